package kiosk

import (
	"mingbai.local/assets/word"
)

// helpPage says in plain words what this machine is for.
func (m Model) helpPage(at At) page {
	return page{
		body: []Block{
			Heading{Text: word.Say("help.title")},
			prose(at, []string{
				word.Say("help.subsidy"),
				word.Say("help.fund"),
				word.Say("help.staffing"),
				word.Say("help.policy"),
				word.Say("help.search"),
				word.Say("help.ask"),
				word.Say("help.privacy"),
				word.Say("help.done"),
			}),
		},
		phone: At{Choice: doorDesk},
	}
}

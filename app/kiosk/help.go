package kiosk

import (
	"mingbai.local/assets/word"
)

// The steps by which a visitor makes the reading louder or lower than staff have set it.
const (
	loudest = 2
	lowest  = -2
)

// helpPage says in plain words what this machine is for and what it keeps of whoever asks, and sets how loud it reads.
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
				word.Say("help.others"),
				word.Say("help.done"),
			}),
			m.loudness(),
			Buttons{Items: append(m.volume(), Button{Icon: "pending_actions", Text: word.Say("missing.title"), Touch: Go{At{Page: PageMissing}}})},
		},
		phone: At{Choice: doorDesk},
	}
}

// loudness says how loud the machine reads.
func (m Model) loudness() Notice {
	n := Notice{Icon: "volume_up", Tone: ToneNeutral}
	switch {
	case m.settings.Volume == 0:
		n.Icon, n.Title = "volume_off", word.Say("help.silent")
	case m.louder <= lowest:
		n.Title = word.Say("help.lowest")
	case m.louder < 0:
		n.Title = word.Say("help.lower")
	case m.louder == 0:
		n.Title = word.Say("help.usual")
	case m.louder < loudest:
		n.Title = word.Say("help.louder")
	default:
		n.Title = word.Say("help.loudest")
	}
	return n
}

// volume are the two buttons; one that leads no further is pale, and where staff have turned the voice off there are none.
func (m Model) volume() []Button {
	if m.settings.Volume == 0 {
		return nil
	}
	down := Button{Icon: "volume_down", Text: word.Say("help.volume.down")}
	up := Button{Icon: "volume_up", Text: word.Say("help.volume.up")}
	if m.louder > lowest {
		down.Touch = Louder{To: m.louder - 1}
	}
	if m.louder < loudest {
		up.Touch = Louder{To: m.louder + 1}
	}
	return []Button{down, up}
}

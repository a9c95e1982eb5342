package kiosk

import (
	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// tabGrounds are the four grounds on which a record is to be put right (不准确、不完整、不适时、不相关).
const tabGrounds = "grounds"

// askAbout is the page of what can be wrong with a payment. What it will suggest to say names no one.
func (m Model) askAbout(p book.Person, d disclosure.Disbursement, kind string) At {
	about := word.Say("question.about", m.placeLine(p.Village, p.Group), listName(d.Year, kind), yuan(d.Amount))
	return At{Page: PageQuestion, Kind: d.Kind, Ref: d.Fund, Choice: doorSubsidy, About: about}
}

// questionPage asks what is wrong with a payment; each answer leads to whoever answers for it, with the sentence to say.
func (m Model) questionPage(at At) page {
	asked := at
	asked.Page, asked.Tab, asked.Offset = PagePhone, "", 0
	if at.About == "" {
		return gonePage()
	}
	b := []Block{
		Heading{Text: word.Say("question.title"), Note: m.phoneNote(asked)},
		Notice{Icon: "receipt_long", Title: at.About, Tone: ToneNeutral},
	}
	say := func(icon, text, sentence string) Button {
		to := asked
		to.About = sentence
		return Button{Icon: icon, Text: text, Subject: SubjectVoice, Touch: Go{to}}
	}
	if at.Tab == tabGrounds {
		b[0] = Heading{Text: word.Say("question.grounds"), Note: m.phoneNote(asked)}
		b = append(b, Buttons{Columns: 1, Items: []Button{
			say("", word.Say("question.inaccurate"), word.Say("question.inaccurate.say", at.About)),
			say("", word.Say("question.incomplete"), word.Say("question.incomplete.say", at.About)),
			say("", word.Say("question.untimely"), word.Say("question.untimely.say", at.About)),
			say("", word.Say("question.irrelevant"), word.Say("question.irrelevant.say", at.About)),
		}})
		return page{body: b, phone: asked}
	}
	grounds := at
	grounds.Tab = tabGrounds
	b = append(b, Buttons{Columns: 1, Items: []Button{
		say("", word.Say("question.notmine"), word.Say("question.notmine.say", at.About)),
		say("", word.Say("question.notgot"), word.Say("question.notgot.say", at.About)),
		{Text: word.Say("question.wrong"), Subject: SubjectVoice, Touch: Go{grounds}},
	}})
	return page{body: b, phone: asked}
}

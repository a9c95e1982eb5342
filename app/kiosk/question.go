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

// answer is one thing that can be wrong with a payment.
type answer struct {
	text, note string
	to         At
}

// questionPage asks what is wrong with a payment; each answer leads to whoever answers for it, with the sentence to say.
func (m Model) questionPage(at At) page {
	if at.About == "" {
		return gonePage()
	}
	asked := at
	asked.Page, asked.Tab, asked.Offset = PagePhone, "", 0
	title, answers := word.Say("question.title"), wrongs(at, asked)
	if at.Tab == tabGrounds {
		title, answers = word.Say("question.grounds"), grounds(asked)
	}
	return page{
		body: []Block{
			Heading{Text: title, Note: at.About},
			Tiles{Columns: 1, Len: len(answers), Offset: at.Offset, ScrollTo: scroll(at), Tile: func(i int) Tile {
				return Tile{Text: answers[i].text, Note: answers[i].note, Touch: Go{answers[i].to}}
			}},
		},
		phone: asked,
	}
}

// wrongs are the three things that a recipient can tell of a payment.
func wrongs(at, asked At) []answer {
	more := at
	more.Tab = tabGrounds
	return []answer{
		{word.Say("question.notmine"), word.Say("question.notmine.note"), saying(asked, word.Say("question.notmine.say", at.About))},
		{word.Say("question.notgot"), word.Say("question.notgot.note"), saying(asked, word.Say("question.notgot.say", at.About))},
		{word.Say("question.wrong"), word.Say("question.wrong.note"), more},
	}
}

func grounds(asked At) []answer {
	return []answer{
		{word.Say("question.inaccurate"), word.Say("question.inaccurate.note"), saying(asked, word.Say("question.inaccurate.say", asked.About))},
		{word.Say("question.incomplete"), word.Say("question.incomplete.note"), saying(asked, word.Say("question.incomplete.say", asked.About))},
		{word.Say("question.untimely"), word.Say("question.untimely.note"), saying(asked, word.Say("question.untimely.say", asked.About))},
		{word.Say("question.irrelevant"), word.Say("question.irrelevant.note"), saying(asked, word.Say("question.irrelevant.say", asked.About))},
	}
}

// saying is the telephone page with another sentence to say.
func saying(asked At, sentence string) At {
	asked.About = sentence
	return asked
}

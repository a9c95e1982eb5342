package kiosk

import (
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// tabVoice is the telephone page as the door 我要反映 opens it.
const tabVoice = "voice"

// staffingLine is the line of the establishment office; it is shown for nothing else, since there they answer nothing else.
const staffingLine = "12310"

// phonePage says whom to ask, where and when, and what to say.
func (m Model) phonePage(at At) page {
	title := word.Say("phone.title")
	if at.Tab == tabVoice {
		title = word.Say("phone.voice")
	}
	contacts := m.contacts(at)
	var cards Cards
	for _, c := range contacts {
		cards.Items = append(cards.Items, contactCard(c))
	}
	cards.Columns, cards.Subject = 1, SubjectVoice
	b := []Block{Heading{Text: title, Note: m.phoneNote(at)}}
	if len(contacts) == 0 {
		b = append(b, Notice{Icon: "call", Title: word.Say("phone.none"), Text: word.Say("phone.none.text", m.config.CountyName), Tone: ToneNeutral})
	} else {
		b = append(b, cards)
	}
	if at.About != "" {
		b = append(b, Notice{Icon: "sms", Title: word.Say("phone.say"), Text: at.About, Tone: ToneNeutral})
	}
	if at.Tab == tabVoice {
		b = append(b, m.voiceDoors())
	}
	return page{body: b, phone: at}
}

// voiceDoors lead from the desk to the lines of each subject.
func (m Model) voiceDoors() Buttons {
	b := Buttons{Columns: 2}
	for _, d := range []struct {
		door, text string
		subject    Subject
	}{
		{doorSubsidy, word.Say("phone.door.subsidy"), SubjectSubsidy},
		{doorFund, word.Say("phone.door.fund"), SubjectFund},
		{doorStaffing, word.Say("phone.door.staffing"), SubjectStaffing},
		{doorPolicy, word.Say("phone.door.policy"), SubjectPolicy},
	} {
		b.Items = append(b.Items, Button{Icon: "call", Text: d.text, Subject: d.subject, Touch: Go{At{Page: PagePhone, Choice: d.door}}})
	}
	return b
}

// phoneNote says who answers for what the page was opened from.
func (m Model) phoneNote(at At) string {
	if owner, ok := m.responsible(at); ok {
		return word.Say("phone.responsible", owner.Name)
	}
	return word.Say("phone.note")
}

// responsible is the unit that answers for the record that the page was opened from.
func (m Model) responsible(at At) (disclosure.Institution, bool) {
	if f, ok := m.shown.Fund(at.Ref); ok {
		return m.shown.Institution(f.Owner)
	}
	return m.shown.Institution(at.Ref)
}

// contacts are the numbers of the most particular subject that has any: the kind or fund itself, the unit that answers for
// it, the unit's own record, the door, the desk.
func (m Model) contacts(at At) []disclosure.Contact {
	owner, known := m.responsible(at)
	if found := m.lines(at, at.Kind, at.Ref, owner.Ref); len(found) > 0 {
		return found
	}
	if known && owner.Contact+owner.Address != "" && (owner.Contact != staffingLine || at.Choice == doorStaffing) {
		return []disclosure.Contact{{Title: owner.Name, Number: owner.Contact, Address: owner.Address}}
	}
	return m.lines(at, at.Choice, doorDesk)
}

// lines are the contacts of the first of these subjects that has any, without the establishment line where it is not asked
// about staffing.
func (m Model) lines(at At, subjects ...string) []disclosure.Contact {
	for _, s := range nonEmpty(subjects...) {
		found := slices.DeleteFunc(slices.Clone(m.shown.Contacts(s)), func(c disclosure.Contact) bool {
			return c.Number == staffingLine && at.Choice != doorStaffing
		})
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// contactCard is one number with where and when; where no number is published it says where to go and ask.
func contactCard(c disclosure.Contact) Card {
	card := Card{Icon: "call", Title: c.Number}
	var lines []string
	if c.Number != "" {
		lines = append(lines, c.Title)
		if c.Address != "" {
			lines = append(lines, word.Say("phone.address", c.Address))
		}
	} else {
		where := c.Address
		if where == "" {
			where = c.Title
		}
		card.Icon, card.Title = "location_on", c.Title
		lines = append(lines, word.Say("phone.unpublished", where))
	}
	if c.Hours != "" {
		lines = append(lines, word.Say("phone.hours", c.Hours))
	}
	card.Text = strings.Join(lines, "\n")
	return card
}

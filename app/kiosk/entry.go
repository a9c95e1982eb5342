package kiosk

import (
	"strings"

	"mingbai.local/app/input"
	"mingbai.local/app/search"
	"mingbai.local/assets/word"
)

// The other methods of entering a name, as tabs of a page where somebody is looked for. tabAnyHand is 手写 when none of the
// characters that lead to anybody was meant.
const (
	tabStrokes = "strokes"
	tabHand    = "hand"
	tabAnyHand = "any-hand"
)

// entering says what a page's text leads on to in scopes, within what the rule allows.
func (m Model) entering(at At, scopes ...search.Query) input.Entry {
	ask := input.Lexicon(func(q search.Query) search.Answer {
		answer, _ := Lookup(m.shown, q)
		return answer
	})
	return ask.Enter(at.Text, scopes...)
}

// methods are the ways to find a person in a village.
func (m Model) methods(at At) Tabs {
	browse := at
	browse.Page, browse.Tab, browse.Text = PageSurnames, "", ""
	at.Page = PagePeople
	return m.methodTabs(at, Tab{Icon: "groups", Text: word.Say("people.browse"), On: browsing(at), Touch: turn(browse)}, tabTyping)
}

// searchMethods are the ways to enter what is looked for among everything; those who would rather turn over lists begin with places.
func (m Model) searchMethods(at At) Tabs {
	return m.methodTabs(at, Tab{Icon: "groups", Text: word.Say("people.browse"), Touch: Go{At{Page: PageTowns}}}, "")
}

// methodTabs puts the methods behind the one that turns over lists; what was entered stays when the method changes.
func (m Model) methodTabs(at At, browse Tab, typing string) Tabs {
	t := Tabs{Items: []Tab{browse}}
	add := func(tab, icon, text string, on bool) {
		to := at
		to.Tab, to.Passed = tab, 0
		t.Items = append(t.Items, Tab{Icon: icon, Text: text, On: on, Touch: turn(to)})
	}
	if m.hand != nil {
		add(tabHand, "touch_app", word.Say("people.hand"), at.Tab == tabHand || at.Tab == tabAnyHand)
	}
	add(typing, "keyboard", word.Say("people.type"), at.Tab == typing)
	add(tabStrokes, "list_alt", word.Say("people.strokes"), at.Tab == tabStrokes)
	return t
}

// enteredField is the field with what was entered: what is settled, and what is still open.
func enteredField(e input.Entry) Search {
	settled, _ := input.Parts(e.Text)
	return Search{Settled: settled, Letters: e.Open()}
}

// entered is what was entered as one would say it.
func entered(e input.Entry) string {
	settled, _ := input.Parts(e.Text)
	return settled + e.Open()
}

// choices offers characters, eight at a time.
func choices(at At, list []input.Candidate, count func(n int) string) []Block {
	if len(list) == 0 {
		return nil
	}
	from := at.Passed
	if from >= len(list) {
		from = 0
	}
	var c Candidates
	for _, one := range list[from:min(from+mostChoices, len(list))] {
		to := at
		to.Text, to.Passed = one.Text, 0
		if to.Tab == tabAnyHand {
			to.Tab = tabHand
		}
		note := word.Say("choices.elsewhere")
		if one.People > 0 {
			note = count(one.People)
		}
		if one.Alike {
			note = word.Say("choices.alike", note)
		}
		c.Items = append(c.Items, Tile{Text: string(one.Char), Note: note, Touch: turn(to)})
	}
	if len(list) > mostChoices {
		c.Others = word.Say("choices.more")
		c.More = func(shown int) Msg {
			others := at
			if others.Passed = from + max(1, shown); others.Passed >= len(list) {
				others.Passed = 0
			}
			return turn(others)
		}
	}
	return []Block{c}
}

// entryPad is what the fingers need for a method: letters with their nine-key form, or strokes; nil for those without keys.
func entryPad(at At, e input.Entry) []Block {
	press := func(list []input.Key, label func(i int, k input.Key) string) []Key {
		var out []Key
		for i, k := range list {
			key := Key{Text: label(i, k)}
			if k.Text != "" {
				to := at
				to.Text, to.Passed = k.Text, 0
				key.Touch = turn(to)
			}
			out = append(out, key)
		}
		return out
	}
	own := func(_ int, k input.Key) string { return k.Label }
	pad := Keys{Back: Key{Text: word.Say("keys.back")}, Clear: Key{Text: word.Say("keys.clear")}}
	switch at.Tab {
	case tabStrokes:
		names := [...]string{word.Say("stroke.1"), word.Say("stroke.2"), word.Say("stroke.3"), word.Say("stroke.4"), word.Say("stroke.5")}
		pad.Letters = press(e.Strokes(), func(i int, _ input.Key) string { return names[i] })
	case tabHand, tabAnyHand:
		return []Block{Buttons{Items: []Button{backByHand(at, e)}}}
	default:
		pad.Letters, pad.Nine = press(e.Letters(), own), press(e.NineKeys(), own)
	}
	if at.Text != "" {
		shorter, empty := at, at
		shorter.Text, shorter.Passed, empty.Text, empty.Passed = e.Back(), 0, "", 0
		pad.Back.Touch, pad.Clear.Touch = turn(shorter), turn(empty)
	}
	return []Block{pad}
}

// goesOn is said where nothing is found yet, and what was entered leads on to names that only a complete entry answers.
func goesOn(e input.Entry) (Notice, bool) {
	if len(e.Candidates()) == 0 || strings.TrimSpace(e.Text) == "" {
		return Notice{}, false
	}
	return Notice{Icon: "info", Title: word.Say("search.goon"), Text: word.Say("search.goon.text"), Tone: ToneNeutral}, true
}

package kiosk

import (
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/word"
)

// The tab of policies beside their first, those no longer in force; and of one policy beside its text, what rests on it.
const (
	tabRepealed = "repealed"
	tabFunds    = "funds"
)

func (m Model) policiesPage(at At) page {
	valid, repealed := at, at
	valid.Tab, repealed.Tab = "", tabRepealed
	tabs := Tabs{Items: []Tab{
		{Text: word.Say("policies.valid"), On: at.Tab != tabRepealed, Touch: turn(valid)},
		{Text: word.Say("policies.repealed"), On: at.Tab == tabRepealed, Touch: turn(repealed)},
		{Text: word.Say("policies.notices"), Touch: Go{At{Page: PageNews}}},
		{Text: word.Say("missing.open"), Touch: Go{At{Page: PageMissing}}},
	}}
	p := page{body: []Block{Heading{Text: word.Say("policies.title")}, tabs}, phone: At{Choice: doorPolicy}}
	list := slices.DeleteFunc(slices.Clone(m.shown.Policies()), func(p disclosure.Policy) bool { return (p.Status == "废止") != (at.Tab == tabRepealed) })
	slices.SortStableFunc(list, func(a, b disclosure.Policy) int { return strings.Compare(string(b.IssuedOn), string(a.IssuedOn)) })
	p.body = append(p.body, List{
		Columns: []Column{{Weight: 1}, {Align: AlignRight}},
		Len:     len(list), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages, Empty: word.Say("policies.empty"),
		Row: func(i int) Row {
			return Row{
				Cells: []Cell{
					{Text: list[i].Title, Style: StyleStrong, Lines: []string{issued(list[i])}},
					{Chip: statusChip(list[i].Status)},
				},
				Touch: Go{At{Page: PagePolicy, Ref: list[i].Ref}},
			}
		},
	})
	return p
}

// issued is a paper's number, who issued it and when.
func issued(p disclosure.Policy) string {
	return strings.Join(nonEmpty(p.DocNo, p.Issuer, p.IssuedOn.Chinese()), " ")
}

func statusChip(status string) *Chip {
	if status == "有效" {
		return &Chip{Icon: "check", Text: word.Say("policy.valid"), Tone: ToneGood}
	}
	return &Chip{Text: status, Tone: ToneNeutral}
}

// inForce is the tab on which a paper stands.
func inForce(p disclosure.Policy) string {
	if p.Status == "废止" {
		return word.Say("policies.repealed")
	}
	return word.Say("policies.valid")
}

func (m Model) policyPage(at At) page {
	p, ok := m.shown.Policy(at.Ref)
	if !ok {
		return gonePage()
	}
	funds := m.fundsOn(p)
	body, linked := at, at
	body.Tab, linked.Tab = "", tabFunds
	tabs := []Tab{{Icon: "menu_book", Text: word.Say("policy.text"), On: at.Tab == "", Touch: turn(body)}}
	if len(funds) > 0 {
		tabs = append(tabs, Tab{Icon: "payments", Text: word.Say("policy.funds", len(funds)), On: at.Tab == tabFunds, Touch: turn(linked)})
	}
	b := []Block{
		Crumbs{Items: []string{word.Say("home.policy"), inForce(p)}},
		Heading{Text: p.Title, Note: issued(p), Chips: []Chip{*statusChip(p.Status)}},
		Notice{Icon: "info", Title: word.Say("policy.summary"), Text: p.Summary, Tone: ToneNeutral},
		Tabs{Items: tabs},
	}
	if at.Tab == tabFunds {
		b = append(b, List{
			Columns: []Column{{Weight: 1}, {Align: AlignRight}}, Len: len(funds), Offset: at.Offset, ScrollTo: scroll(at), Pages: pages,
			Row: func(i int) Row { return m.fundRow(funds[i]) },
		})
	} else {
		b = append(b, prose(at, strings.Split(p.Body, "\n")))
	}
	return page{body: b, phone: At{Choice: doorPolicy, About: word.Say("phone.about.policy", docName(p))}}
}

// fundsOn are the newest year's funds that rest on a paper.
func (m Model) fundsOn(p disclosure.Policy) []disclosure.Fund {
	years := newestFirst(m.shown.FundYears())
	if len(years) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.shown.Funds(years[0])), func(f disclosure.Fund) bool {
		return !slices.ContainsFunc(m.policiesOf(f), func(q disclosure.Policy) bool { return q.Ref == p.Ref })
	})
}

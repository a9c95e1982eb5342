package kiosk

import (
	"slices"
	"strings"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/slip"
	"mingbai.local/assets/word"
)

// takeButton is 带走这一页. What is taken stands in the page's At: with a kind, the totals of that list of a village; with the
// door of funds, the fund of that reference; else the person of that reference. There is nothing else to take.
func takeButton(at At) Button {
	at.Page = PageTake
	return Button{Icon: "qr_code_2", Text: word.Say("take.button"), Touch: Go{at}}
}

// takeFund is the button under a fund; a fund of social aid has none, since nothing is taken of that.
func (m Model) takeFund(ref string) []Block {
	if m.paysAid(ref) {
		return nil
	}
	return []Block{Buttons{Items: []Button{takeButton(At{Ref: ref, Choice: doorFund})}}}
}

// paysAid reports whether a fund pays social aid. The lists of an old fund are gone, so every year of its line in the catalogue is
// looked at.
func (m Model) paysAid(fund string) bool {
	f, _ := m.shown.Fund(fund)
	for _, year := range m.shown.FundYears() {
		for _, g := range m.shown.Funds(year) {
			if g.CatalogueNo == f.CatalogueNo && slices.ContainsFunc(m.shown.FundKinds(g.Ref), func(k disclosure.SubsidyKind) bool { return k.Aid != "" }) {
				return true
			}
		}
	}
	return false
}

// takeTotals is nil on a list of social aid.
func (m Model) takeTotals(at At) *Button {
	if k, ok := m.shown.Kind(at.Kind); !ok || k.Aid != "" {
		return nil
	}
	b := takeButton(At{Village: at.Village, Kind: at.Kind, Year: at.Year})
	return &b
}

// takePage shows the code, the words that are in it, and the way to paper.
func (m Model) takePage(at At) page {
	s, ok := m.slipOf(at)
	if !ok {
		return gonePage()
	}
	text := s.Plain()
	words := prose(at, []string{text})
	if at.Kind == "" && at.Choice != doorFund {
		words.Person = s.Title
	}
	p := page{
		body:  []Block{Heading{Text: word.Say("take.title"), Note: word.Say("take.how")}, Code{Text: text}},
		side:  []Block{words},
		phone: m.askTaken(at, s.Title),
	}
	if paper, ok := m.onPaper(at, s); ok {
		p.side = append(p.side, paper)
	}
	return p
}

// askTaken is the telephone page of whoever answers for what is taken.
func (m Model) askTaken(at At, title string) At {
	switch {
	case at.Kind != "":
		return m.askList(at, m.whole(at).FundRef, title)
	case at.Choice == doorFund:
		return At{Ref: at.Ref, Choice: doorFund, About: word.Say("phone.about.fund", title)}
	}
	return At{Choice: doorSubsidy}
}

// slipOf words what is taken away. Nothing is taken of social aid, and of a list its totals only.
func (m Model) slipOf(at At) (slip.Slip, bool) {
	var s slip.Slip
	var ok bool
	switch {
	case at.Kind != "":
		s, ok = m.listSlip(at)
	case at.Choice == doorFund:
		s, ok = m.fundSlip(at)
	default:
		s, ok = m.personSlip(at)
	}
	s.Foot = m.slipFoot()
	return s, ok
}

// slipFoot says whose word it is, as of when, where to look again, and that what is made up is made up.
func (m Model) slipFoot() []string {
	foot := []string{word.Say("band.title", m.config.CountyName), word.Say("asof", m.book.Manifest().AsOf.Chinese())}
	if m.config.KioskName != "" {
		foot = append(foot, word.Say("take.again", m.config.KioskName))
	}
	if m.book.Manifest().Synthetic {
		foot = append(foot, word.Say("synthetic"))
	}
	return foot
}

// personSlip is one person's payments, newest first.
func (m Model) personSlip(at At) (slip.Slip, bool) {
	p, ok := m.shown.Person(at.Ref)
	if !ok {
		return slip.Slip{}, false
	}
	sum := m.personSum(p)
	place := strings.Join(m.placeNames(p.Village), "") + p.Group
	s := slip.Slip{Title: sum.Name, Lines: []slip.Line{
		{Text: strings.Join(nonEmpty(place, apart(p.Type)), " ")},
		{Text: sum.Note, Figure: sum.Figure + sum.Unit, Strong: true},
	}}
	for _, d := range p.Payments {
		s.Lines = append(s.Lines, slip.Line{Text: listName(d.Year, m.kindName(d.Kind)), Figure: yuan(d.Amount)})
	}
	return s, true
}

// listSlip is what a village's list adds up to, without anyone on it.
func (m Model) listSlip(at At) (slip.Slip, bool) {
	kind, ok := m.shown.Kind(at.Kind)
	list := m.whole(at)
	if !ok || kind.Aid != "" || list.Found == 0 {
		return slip.Slip{}, false
	}
	at.Group = ""
	sum := slip.Line{Text: word.Say("list.totals.title", list.Found), Figure: yuan(list.Sum), Strong: true}
	if !list.TotalsOnly {
		sum.Text = word.Say("list.sum", m.recipients(at, list))
	}
	s := slip.Slip{
		Title: listName(at.Year, kind.Name),
		Lines: []slip.Line{{Text: strings.Join(m.placeNames(at.Village), "")}, sum},
	}
	if !list.TotalsOnly {
		s.Lines = append(s.Lines, slip.Line{Text: m.settled(at, list)})
	}
	return s, true
}

// settled is the reconciliation as it is read at home, where no “电话” can be touched.
func (m Model) settled(at At, list book.List) string {
	owner := m.ownerOf(list.FundRef)
	text, differs := strings.CutSuffix(m.reconciled(at, list), word.Say("list.answers", owner))
	if differs {
		text += word.Say("take.answers", owner)
	}
	return text
}

// fundSlip is a fund's figures, who answers for it, and its statement as far as there is room.
func (m Model) fundSlip(at At) (slip.Slip, bool) {
	f, ok := m.shown.Fund(at.Ref)
	if !ok || m.paysAid(f.Ref) {
		return slip.Slip{}, false
	}
	s := slip.Slip{Title: f.Name, Lines: []slip.Line{
		{Text: word.Say("fund.budget"), Figure: yuan(f.Budget)},
		{Text: word.Say("fund.paid"), Figure: yuan(f.Paid)},
		{Text: word.Say("fund.paid.share", percent(f.Paid, f.Budget))},
		{Text: word.Say("fund.balance"), Figure: yuan(f.Balance)},
		{Text: word.Say("take.answers", m.ownerOf(f.Ref))},
	}}
	for _, c := range m.contacts(At{Ref: f.Ref, Choice: doorFund}) {
		if c.Number != "" {
			s.Lines = append(s.Lines, slip.Line{Text: word.Say("take.call", c.Title, c.Number)})
			break
		}
	}
	for _, part := range []struct{ title, text string }{
		{word.Say("fund.who"), f.Recipients}, {word.Say("fund.howmuch"), f.Standard}, {word.Say("fund.how"), f.Method},
	} {
		if part.text != "" {
			s.Lines = append(s.Lines, slip.Line{Text: word.Say("take.part", part.title, strings.ReplaceAll(part.text, "\n", ""))})
		}
	}
	return s, true
}

// printing (打印) is what has become of the last slip that was sent to the printer, and the page it was sent from.
type printing struct {
	from At
	now  printState
}

type printState int

const (
	printNothing printState = iota
	printUnderWay
	printHandedOver // the queue has it; that paper came out nobody tells
	printFailed
)

// sheetOf is the page itself, wherever its text is turned to.
func sheetOf(at At) At {
	at.Offset = 0
	return at
}

// onPaper is the way to paper: a button, what came of it, or why there is none. It is nothing where there is no printer.
func (m Model) onPaper(at At, s slip.Slip) (Block, bool) {
	if m.settings.Printer == "" {
		return nil, false
	}
	if missing := s.Missing(); len(missing) > 0 {
		return Notice{
			Icon: "info", Title: word.Say("take.rare", string(missing)), Text: word.Say("take.rare.text"), Tone: ToneNeutral,
		}, true
	}
	state := m.printing.now
	if m.printing.from != sheetOf(at) && state != printUnderWay {
		state = printNothing
	}
	button := Button{Icon: "print", Text: word.Say("take.print"), Touch: TakePrint{}, Subject: SubjectResult}
	switch state {
	case printUnderWay:
		button.Text, button.Touch = word.Say("take.printing"), nil
	case printHandedOver:
		return Notice{Icon: "print", Title: word.Say("take.printed"), Text: word.Say("take.printed.text"), Tone: ToneGood}, true
	case printFailed:
		button.Text = word.Say("take.retry")
		return Notice{
			Icon: "info", Title: word.Say("take.failed"), Text: word.Say("take.failed.text"), Tone: ToneNeutral, Button: &button,
		}, true
	}
	return Buttons{Items: []Button{button}}, true
}

// print sends what is taken away to the printer: once from a page, and one after the other.
func (m Model) print() (Model, []Cmd) {
	if m.at.Page != PageTake || m.settings.Printer == "" || m.printing.now == printUnderWay {
		return m, nil
	}
	s, ok := m.slipOf(m.at)
	if !ok || len(s.Missing()) > 0 || m.printing == (printing{sheetOf(m.at), printHandedOver}) {
		return m, nil
	}
	m.printing = printing{sheetOf(m.at), printUnderWay}
	return m, []Cmd{Print{Slip: s}}
}

// printed takes what came of a villager's slip. Whoever left meanwhile is told nothing.
func (m Model) printed(msg Worked) Model {
	m.printing.now = printHandedOver
	if msg.Trouble != (Condition{}) {
		m.printing.now = printFailed
	}
	return m
}

package kiosk

import (
	"math"

	"mingbai.local/assets/word"
)

// corners are the crosses that are touched one after the other, in parts of the panel.
var corners = [4][2]float64{{0.1, 0.1}, {0.9, 0.1}, {0.9, 0.9}, {0.1, 0.9}}

// The views of the calibration's page beside its first.
const (
	tabCrosses = "crosses"
	tabTry     = "try"
	tabBad     = "bad"
	tabLapsed  = "lapsed"
	tabKept    = "kept"
)

var (
	crosses = At{Page: PageStaffTouch, Tab: tabCrosses}
	trying  = At{Page: PageStaffTouch, Tab: tabTry}
)

// A calibration beyond these bounds is a mistake: nobody has touched the crosses.
const (
	mostScale    = 1.3
	leastScale   = 0.7
	mostResidual = 15 // pixels
)

// fit is how the panel is to be drawn and felt now: as it was set, or as is being tried.
func (m Model) fit() Fit {
	f := m.kept().Fit
	switch {
	case !m.desk.in || !m.at.proves():
	case m.at == trying:
		f.Touch = m.desk.trial
	default:
		f.PxPerMM = m.ruled(m.at)
	}
	return f
}

// proves reports whether a page is drawn and felt as is being tried, for a few seconds: a mistake must lock nobody out.
func (a At) proves() bool {
	return (a.Page == PageStaffTouch || a.Page == PageStaffRuler) && a.Tab == tabTry
}

// aim takes one touch of a cross, and after the last works out the map.
func (m *Model) aim(msg Aim) {
	if m.at != crosses || m.desk.aimed >= len(corners) || msg.W <= 0 || msg.H <= 0 {
		return
	}
	m.desk.aims[m.desk.aimed] = msg
	m.desk.aimed++
	if m.desk.aimed < len(corners) {
		return
	}
	touch, ok := calibrate(m.desk.aims)
	m.desk.fitting = fitting{}
	if !ok {
		m.at.Tab = tabBad
		return
	}
	m.desk.trial, m.desk.left = touch, proving
	m.at = trying
}

// calibrate finds the affine map from where the crosses' touches were reported to where the crosses are drawn, by least
// squares. ok is false where no map is worth having.
func calibrate(aims [len(corners)]Aim) (touch [6]float64, ok bool) {
	var normal [3][3]float64
	var right [2][3]float64
	for i, a := range aims {
		row := [3]float64{a.X, a.Y, 1}
		drawn := [2]float64{corners[i][0] * a.W, corners[i][1] * a.H}
		for r := range row {
			for c := range row {
				normal[r][c] += row[r] * row[c]
			}
			for k := range right {
				right[k][r] += row[r] * drawn[k]
			}
		}
	}
	for k := range right {
		solved, ok := solve(normal, right[k])
		if !ok {
			return touch, false
		}
		copy(touch[3*k:], solved[:])
	}
	for i, a := range aims {
		x, y := apply(touch, a.X, a.Y)
		if !(math.Hypot(x-corners[i][0]*a.W, y-corners[i][1]*a.H) <= mostResidual) {
			return [6]float64{}, false
		}
	}
	for _, scale := range []float64{math.Hypot(touch[0], touch[3]), math.Hypot(touch[1], touch[4])} {
		if !(scale >= leastScale && scale <= mostScale) {
			return [6]float64{}, false
		}
	}
	return touch, true
}

// apply maps a reported point.
func apply(t [6]float64, x, y float64) (float64, float64) {
	return t[0]*x + t[1]*y + t[2], t[3]*x + t[4]*y + t[5]
}

// solve solves three equations; ok is false where they have no single answer.
func solve(a [3][3]float64, b [3]float64) (x [3]float64, ok bool) {
	for c := range 3 {
		pivot := c
		for r := c + 1; r < 3; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[pivot][c]) {
				pivot = r
			}
		}
		a[c], a[pivot], b[c], b[pivot] = a[pivot], a[c], b[pivot], b[c]
		if !(math.Abs(a[c][c]) > 1e-6) {
			return x, false
		}
		for r := range 3 {
			if r == c {
				continue
			}
			f := a[r][c] / a[c][c]
			for k := range 3 {
				a[r][k] -= f * a[c][k]
			}
			b[r] -= f * b[c]
		}
	}
	for c := range 3 {
		x[c] = b[c] / a[c][c]
	}
	return x, true
}

// touchPage begins a calibration, shows its crosses and has it proved.
func (m Model) touchPage(at At) page {
	again := Button{Icon: "touch_app", Text: word.Say("fit.touch"), Touch: Turn{crosses}}
	b := []Block{Heading{Text: word.Say("fit.title")}}
	switch at.Tab {
	case tabCrosses:
		n := min(m.desk.aimed, len(corners)-1)
		return page{bare: true, body: []Block{
			Target{X: corners[n][0], Y: corners[n][1], Words: word.Say("fit.cross", n+1, len(corners)), Touch: Aim{}},
		}}
	case tabTry:
		good := m.kept()
		good.Fit.Touch = m.desk.trial
		again.Text = word.Say("fit.again")
		return page{body: append(b,
			Notice{Icon: "touch_app", Title: word.Say("fit.try"), Text: word.Say("fit.try.text", m.seconds()), Tone: ToneNeutral},
			Buttons{Items: []Button{{Icon: "check", Text: word.Say("fit.good"), Filled: true, Touch: Change{good}}}},
			Buttons{Items: []Button{again}},
		)}
	case tabBad:
		b = append(b, Notice{Icon: "warning", Title: word.Say("fit.bad"), Text: word.Say("fit.bad.text"), Tone: ToneAttention})
	case tabLapsed:
		b = append(b, Notice{Icon: "undo", Title: word.Say("fit.lapsed"), Text: word.Say("fit.lapsed.text"), Tone: ToneAttention})
	case tabKept:
		if _, trouble := m.noteOf(TaskSettings); !trouble {
			b = append(b, Notice{Icon: "check", Title: word.Say("fit.kept"), Tone: ToneGood})
		}
	}
	if note, ok := m.noteOf(TaskSettings); ok {
		b = append(b, note)
	}
	if at.Tab == "" {
		b = append(b, Notice{Icon: "info", Title: word.Say("fit.when"), Text: word.Say("fit.when.text"), Tone: ToneNeutral})
	}
	items := []Button{again, {Icon: "straighten", Text: word.Say("fit.ruler"), Touch: Go{At{Page: PageStaffRuler}}}}
	if m.kept().Fit.Touch != [6]float64{} {
		items = append(items, Button{Icon: "undo", Text: word.Say("fit.plain"), Touch: Turn{trying}}) // no map is tried like any other
	}
	return page{body: append(b, Buttons{Columns: 2, Items: items})}
}

// The ruler: how many pixels a millimetre may have, and by how many thousandths of one a touch changes it.
const (
	leastPerMM   = 1
	mostPerMM    = 20
	usualPerMM   = 4
	fineStep     = 20
	coarseStep   = 200
	thousandthOf = 1000
)

// rulerPage compares a bar with a card that everybody has. Offset is the pixels per metre that are tried, 0 those that are set.
func (m Model) rulerPage(at At) page {
	now := int(math.Round(m.ruled(at) * thousandthOf))
	good := m.kept()
	good.Fit.PxPerMM = m.ruled(at)
	if at.Tab == tabTry {
		return page{body: []Block{
			Heading{Text: word.Say("ruler.title")},
			Notice{Icon: "straighten", Title: word.Say("ruler.try"), Text: word.Say("fit.try.text", m.seconds()), Tone: ToneNeutral},
			Buttons{Items: []Button{{Icon: "check", Text: word.Say("fit.good"), Filled: true, Touch: Change{good}}}},
		}}
	}
	try := At{Page: PageStaffRuler, Tab: tabTry, Offset: now}
	step := func(text string, by int) Button {
		to := At{Page: PageStaffRuler}
		to.Offset = min(max(now+by, leastPerMM*thousandthOf), mostPerMM*thousandthOf)
		b := Button{Text: text}
		if to.Offset != now {
			b.Touch = Turn{to}
		}
		return b
	}
	b := []Block{
		Heading{Text: word.Say("ruler.title"), Note: word.Say("ruler.how")},
		Ruler{PxPerMM: good.Fit.PxPerMM},
		Buttons{Columns: 4, Items: []Button{
			step(word.Say("ruler.muchshorter"), -coarseStep), step(word.Say("ruler.shorter"), -fineStep),
			step(word.Say("ruler.longer"), fineStep), step(word.Say("ruler.muchlonger"), coarseStep),
		}},
	}
	if at.Tab == tabLapsed {
		b = append(b, Notice{Icon: "undo", Title: word.Say("fit.lapsed"), Tone: ToneAttention})
	}
	return page{body: append(b, Buttons{Items: []Button{
		{Icon: "check", Text: word.Say("ruler.keep"), Filled: true, Touch: Turn{try}},
		{Icon: "undo", Text: word.Say("ruler.leave"), Touch: Back{}},
	}})}
}

// ruled is what a position on the ruler's page stands for, within bounds.
func (m Model) ruled(at At) float64 {
	px := m.perMM()
	if at.Offset != 0 {
		px = float64(at.Offset) / thousandthOf
	}
	return min(max(px, leastPerMM), mostPerMM)
}

// perMM is what a millimetre of the panel is taken to have.
func (m Model) perMM() float64 {
	switch {
	case m.kept().Fit.PxPerMM > 0:
		return m.kept().Fit.PxPerMM
	case m.config.PxPerMM > 0:
		return m.config.PxPerMM
	}
	return usualPerMM
}

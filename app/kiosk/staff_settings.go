package kiosk

import "mingbai.local/assets/word"

// The bounds of what staff set.
const (
	mostVolume = 10
	halfHour   = 30
	wholeDay   = 24 * 60
	usualOpen  = 8 * 60
	usualClose = 18 * 60
)

// kept are the settings as staff want them, before the machine has said that they are kept.
func (m Model) kept() Settings {
	if m.desk.wants {
		return m.desk.wanted
	}
	return m.settings
}

// change has other settings kept.
func (m Model) change(to Settings) (Model, []Cmd) {
	touch := to.Fit.Touch
	if !to.sane() || touch != ([6]float64{}) && touch != m.kept().Fit.Touch && (m.at != trying || touch != m.desk.trial) {
		return m, nil
	}
	switch m.at.Page {
	case PageStaffTouch:
		m.at.Tab = tabKept
	case PageStaffRuler:
		m, _ = m.depart(Back{})
		if m.at.Page == PageStaffTouch {
			m.at.Tab = tabKept
		}
	}
	m.desk.fitting, m.desk.note = fitting{}, Worked{}
	m.desk.wanted, m.desk.wants = to, true
	return m, []Cmd{Keep{to}}
}

// sane reports whether a machine can work with such settings.
func (s Settings) sane() bool {
	minutes := func(n int) bool { return n >= 0 && n < wholeDay && n%halfHour == 0 }
	return s.Volume >= 0 && s.Volume <= mostVolume && minutes(s.Opens) && minutes(s.Closes) &&
		(s.Fit.PxPerMM == 0 || s.Fit.PxPerMM >= leastPerMM && s.Fit.PxPerMM <= mostPerMM)
}

// soundPage sets how loud the machine reads and when the panel shows itself.
func (m Model) soundPage() page {
	s := m.kept()
	volume := func(by int) *Button {
		to := s
		to.Volume += by
		return stepButton(by, to.Volume >= 0 && to.Volume <= mostVolume, to)
	}
	hour := func(by int, of func(*Settings) *int) *Button {
		to := s
		at := of(&to)
		for first := true; first || to.Opens == to.Closes; first = false { // equal would be the whole day
			*at = (*at + by + wholeDay) % wholeDay
		}
		return stepButton(by, true, to)
	}
	level := word.Say("sound.volume.of", s.Volume)
	if s.Volume == 0 {
		level = word.Say("sound.silent")
	}
	rows := []Row{setRow(word.Say("sound.volume"), level, volume(-1), volume(+1))}
	always := s
	always.Opens, always.Closes = 0, 0
	whole := Button{Icon: "schedule", Text: word.Say("sound.always"), Touch: Change{always}}
	if s.Opens == s.Closes {
		rows = append(rows, setRow(word.Say("sound.hours"), word.Say("sound.wholeday"), nil, nil))
		timed := s
		timed.Opens, timed.Closes = usualOpen, usualClose
		whole.Text, whole.Touch = word.Say("sound.timed"), Change{timed}
	} else {
		opens := func(s *Settings) *int { return &s.Opens }
		closes := func(s *Settings) *int { return &s.Closes }
		rows = append(rows,
			setRow(word.Say("sound.opens"), clock(s.Opens), hour(-halfHour, opens), hour(+halfHour, opens)),
			setRow(word.Say("sound.closes"), clock(s.Closes), hour(-halfHour, closes), hour(+halfHour, closes)),
		)
	}
	sample := Button{Icon: "volume_up", Text: word.Say("sound.try"), Touch: Hear{Words: word.Say("sound.sample")}}
	if s.Volume == 0 {
		sample.Touch = nil
	}
	b := []Block{Heading{Text: word.Say("sound.title"), Note: word.Say("sound.note")}}
	if note, ok := m.noteOf(TaskSettings); ok {
		b = append(b, note)
	}
	return page{body: append(b,
		List{
			Columns: []Column{{Weight: 1}, {Align: AlignRight}, {}, {}}, Len: len(rows), Row: func(i int) Row { return rows[i] },
			ScrollTo: scroll(At{Page: PageStaffSound}), Pages: pages,
		},
		Buttons{Items: []Button{sample, whole}},
	)}
}

func stepButton(by int, possible bool, to Settings) *Button {
	b := &Button{Text: word.Say("sound.more")}
	if by < 0 {
		b.Text = word.Say("sound.less")
	}
	if possible {
		b.Touch = Change{to}
	}
	return b
}

func setRow(label, value string, less, more *Button) Row {
	return Row{Cells: []Cell{{Text: label}, {Text: value, Style: StyleStrong}, {Button: less}, {Button: more}}}
}

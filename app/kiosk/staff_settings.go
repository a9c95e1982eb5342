package kiosk

import (
	"fmt"

	"mingbai.local/assets/word"
)

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
	if m.desk.asked > 0 {
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
	m.desk.wanted, m.desk.asked = to, m.desk.asked+1
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
	level := word.Say("sound.silent")
	if s.Volume > 0 {
		level = fmt.Sprint(s.Volume)
	}
	figures := Figures{Items: []Figure{{Label: word.Say("sound.volume"), Value: level}}}
	sample := Button{Icon: "volume_up", Text: word.Say("sound.try"), Touch: Hear{Words: word.Say("sound.sample")}}
	if s.Volume == 0 {
		sample.Touch = nil
	}
	items := []Button{s.stepVolume(word.Say("sound.softer"), -1), s.stepVolume(word.Say("sound.louder"), +1)}
	hours := s
	if s.Opens == s.Closes {
		hours.Opens, hours.Closes = usualOpen, usualClose
		figures.Items = append(figures.Items, Figure{Label: word.Say("sound.hours"), Value: word.Say("sound.wholeday")})
		items = append(items, sample, Button{Icon: "schedule", Text: word.Say("sound.timed"), Touch: Change{hours}})
	} else {
		hours.Opens, hours.Closes = 0, 0
		figures.Items = append(figures.Items,
			Figure{Label: word.Say("sound.opens"), Value: clock(s.Opens)}, Figure{Label: word.Say("sound.closes"), Value: clock(s.Closes)})
		items = append(items,
			s.stepHours(word.Say("sound.opens.earlier"), -halfHour, 0), s.stepHours(word.Say("sound.opens.later"), +halfHour, 0),
			s.stepHours(word.Say("sound.closes.earlier"), 0, -halfHour), s.stepHours(word.Say("sound.closes.later"), 0, +halfHour),
			sample, Button{Icon: "schedule", Text: word.Say("sound.always"), Touch: Change{hours}})
	}
	b := []Block{Heading{Text: word.Say("sound.title"), Note: word.Say("sound.note")}, figures}
	if note, ok := m.noteOf(TaskSettings); ok {
		b = append(b, note)
	}
	return page{body: b, side: []Block{Buttons{Columns: 2, Items: items}}}
}

func (s Settings) stepVolume(text string, by int) Button {
	b := Button{Text: text}
	if s.Volume += by; s.Volume >= 0 && s.Volume <= mostVolume {
		b.Touch = Change{s}
	}
	return b
}

// stepHours goes past hours that are equal, which would mean the whole day.
func (s Settings) stepHours(text string, opens, closes int) Button {
	for first := true; first || s.Opens == s.Closes; first = false {
		s.Opens, s.Closes = (s.Opens+opens+wholeDay)%wholeDay, (s.Closes+closes+wholeDay)%wholeDay
	}
	return Button{Text: text, Touch: Change{s}}
}

package kiosk

import (
	"strings"
	"time"
	"unicode/utf8"

	"mingbai.local/app/speech"
	"mingbai.local/assets/word"
)

// aloud is what is being read aloud (读给我听).
type aloud struct {
	byTouch bool // on home: the first touch speaks and outlines, the second opens
	heard   Msg  // what the thing sends that was touched last
	saying  int  // the utterance under way, 0 for none
	until   time.Time
}

// on reports whether something is being read. An utterance of which nobody hears the end is over some time after it should be.
func (a aloud) on(now time.Time) bool { return a.saying != 0 && now.Before(a.until) }

// The longest that a character and the pause behind a phrase can take to be read, half as long again as they do.
const (
	perCharacter = 450 * time.Millisecond
	perPhrase    = 3 * time.Second
)

// lasting is longer than phrases take to be read.
func lasting(phrases []speech.Phrase) time.Duration {
	var d time.Duration
	for _, p := range phrases {
		d += perPhrase + time.Duration(utf8.RuneCountInString(speech.Said(p.Text)))*perCharacter
	}
	return d
}

// say has phrases read, instead of whatever is being read.
func (m *Model) say(phrases []speech.Phrase) []Cmd {
	if len(phrases) == 0 {
		return nil
	}
	m.utterance++
	m.aloud.saying, m.aloud.until = m.utterance, m.now.Add(lasting(phrases))
	return []Cmd{Say{ID: m.utterance, Phrases: phrases, Volume: m.loud()}}
}

// loud is the staff's volume with the visitor's steps.
func (m Model) loud() int {
	if m.settings.Volume == 0 {
		return 0
	}
	return min(max(m.settings.Volume+2*m.louder, 1), 10)
}

// hush stops the reading where a touch means something else, and forgets what was to be opened by a second touch.
func (m *Model) hush(msg Msg) []Cmd {
	switch msg.(type) {
	case Resize, Contrast, Louder, Stay:
		return nil
	}
	m.aloud.heard = nil
	if m.aloud.saying == 0 {
		return nil
	}
	m.aloud.saying = 0
	return []Cmd{Silence{}}
}

func (m Model) spoken(msg Spoken) Model {
	if msg.ID == m.aloud.saying {
		m.aloud.saying, m.touchedAt = 0, m.now
	}
	return m
}

// listen reads the page, or, where it was being read, is the end of it: hush has seen to that. On home it lets touches speak.
func (m Model) listen(msg Listen) (Model, []Cmd) {
	if msg.Stop {
		m.aloud.byTouch, m.aloud.heard = false, nil
		return m, nil
	}
	if m.at == (At{Page: PageHome}) {
		m.aloud.byTouch = true
		return m, m.say([]speech.Phrase{{Text: word.Say("listen.how")}})
	}
	return m, m.say(reading(m.View(), msg.From, msg.Rows))
}

// hear speaks what was touched; touching it again opens it.
func (m Model) hear(msg Hear) (Model, []Cmd) {
	m.aloud.heard = msg.Then
	return m, m.say([]speech.Phrase{{Text: msg.Words}})
}

// audible lets the things of home be heard before they open.
func (m Model) audible(v View) View {
	v.Outlined = m.aloud.heard
	wrap := func(to Msg, words ...string) Msg {
		if to == nil || to == m.aloud.heard {
			return to
		}
		return Hear{Words: strings.Join(nonEmpty(words...), "，"), Then: to}
	}
	for i, b := range v.Body {
		switch b := b.(type) {
		case Search:
			b.Touch = wrap(b.Touch, b.Placeholder)
			v.Body[i] = b
		case Doors:
			for j, d := range b.Items {
				b.Items[j].Touch = wrap(d.Touch, d.Title, d.Note)
			}
		case News:
			words := []string{b.Title, b.Note}
			for _, r := range b.Rows {
				words = append(words, r.Label, r.Note, r.Figure)
			}
			b.Touch = wrap(b.Touch, words...)
			v.Body[i] = b
		case Buttons:
			for j, x := range b.Items {
				b.Items[j].Touch = wrap(x.Touch, x.Text)
			}
		}
	}
	if v.Phone != nil {
		v.Phone.Touch = wrap(v.Phone.Touch, v.Phone.Text)
	}
	return v
}

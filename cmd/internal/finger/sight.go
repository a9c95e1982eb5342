package finger

import (
	"strings"
	"unicode"
)

// Sight (所见) is what a kiosk says that it shows: where a finger finds what it is looking for, and what it reads there.
// `kiosk tour --story -` gives it to whoever asks.
type Sight struct {
	Window  uint32   `json:"window"` // the X id
	Page    string   `json:"page"`
	Count   uint64   `json:"count"` // grows each time a page is to be drawn
	Drawn   uint64   `json:"drawn"` // the last of them that was
	Texts   []string `json:"texts"` // in the order of reading
	Areas   []Area   `json:"areas"`
	Scrolls []Scroll `json:"scrolls"`
	Square  Area     `json:"square"` // to write in; nothing on other pages
}

// Area is a place to touch, in pixels of the window (触摸区).
type Area struct {
	Label string `json:"label"`
	X     int    `json:"x"`
	Y     int    `json:"y"`
	W     int    `json:"w"`
	H     int    `json:"h"`
	Key   bool   `json:"key"` // a key of a pad, which two quick touches strike twice
}

// Middle is where a finger aims.
func (a Area) Middle() (x, y int) { return a.X + a.W/2, a.Y + a.H/2 }

// Scroll is a list that follows a finger, in pixels of the window (翻页区).
type Scroll struct {
	X      int     `json:"x"`
	Y      int     `json:"y"`
	W      int     `json:"w"`
	H      int     `json:"h"`
	Step   float64 `json:"step"` // how far a finger goes for By entries
	By     int     `json:"by"`
	Offset int     `json:"offset"`
	Fit    int     `json:"fit"`
	Len    int     `json:"len"`
}

// Spot returns the place to touch that says words: exactly, else at its beginning, else anywhere.
func (s Sight) Spot(words string) (Area, bool) {
	want := squeeze(words)
	for _, fits := range []func(label string) bool{
		func(l string) bool { return l == want },
		func(l string) bool { return strings.HasPrefix(l, want) },
		func(l string) bool { return strings.Contains(l, want) },
	} {
		for _, a := range s.Areas {
			if fits(squeeze(a.Label)) {
				return a, true
			}
		}
	}
	return Area{}, false
}

// Key returns a key of the pad.
func (s Sight) Key(letter string) (Area, bool) {
	for _, a := range s.Areas {
		if a.Key && a.Label == letter {
			return a, true
		}
	}
	return Area{}, false
}

// Sees reports whether the words can be read, wherever a line is broken.
func (s Sight) Sees(words string) bool { return strings.Contains(s.Words(), squeeze(words)) }

// Words are all that can be read, without spaces.
func (s Sight) Words() string { return squeeze(strings.Join(s.Texts, "")) }

// Labels are the words on all that can be touched.
func (s Sight) Labels() string {
	var l []string
	for _, a := range s.Areas {
		l = append(l, a.Label)
	}
	return strings.Join(l, "；")
}

// squeeze takes out the spaces: where a line is broken says nothing of what it says.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

package speller

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"mingbai.local/app/input"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/search"
	"mingbai.local/assets/stroke"
	"mingbai.local/cmd/internal/figures"
)

// What a page shows at once.
const (
	rows       = 8
	candidates = 8
)

// grid (格) is how many tiles a page of 翻名单 shows: of surnames, and of the characters behind them. A test of package screen asks for
// so many in standard print.
type grid struct{ surnames, characters int }

var (
	tall = grid{24, 30} // 1080 × 1920 at 21.5 inches, and wide panels of 15 inches and more
	low  = grid{16, 16} // 1280 × 800 at 10.1 inches
)

// way (走法) is a method of entering a name, one step after another.
type way struct {
	name string
	// next returns the text after one more step towards a name and the touches that the step takes, 0 where there is none.
	next func(e input.Entry, name []rune) (text string, actions int)
	// last is how many touches lead to the rows once few are left.
	last int
}

// fingers are the methods that need nothing but the index.
var fingers = []way{
	{name: "browse", next: browse(tall)},
	{name: "initials", next: initials},
	{name: "pinyin", next: spelled(func(letter byte) rune { return rune(letter) })},
	{name: "ninekeys", next: spelled(func(letter byte) rune {
		return search.NineKey(int("22233344455566677778889999"[letter-'a'] - '0'))
	})},
	{name: "strokes", next: strokes},
}

// browse turns over tiles. Characters of a compound surname count as two.
func browse(g grid) func(e input.Entry, name []rune) (string, int) {
	return func(e input.Entry, name []rune) (string, int) {
		if e.Text == "" {
			return choose(e, name, g.surnames)
		}
		return choose(e, name, g.characters)
	}
}

// initials types the first letter of each character, and chooses characters where these leave too many.
func initials(e input.Entry, name []rune) (string, int) {
	at := len([]rune(e.Text))
	if at == len(name) {
		return choose(e, name, candidates)
	}
	readings := pinyin.NameReadings(string(name))[at]
	if len(readings) == 0 {
		return "", 0
	}
	return e.Text + readings[0][:1], 1
}

// spelled types each character's reading by keys until it is offered.
func spelled(key func(letter byte) rune) func(e input.Entry, name []rune) (string, int) {
	return func(e input.Entry, name []rune) (string, int) {
		return offered(e, name, func(char, typed int) (rune, bool) {
			readings := pinyin.NameReadings(string(name))[char]
			if len(readings) == 0 || typed == len(readings[0]) {
				return 0, false
			}
			return key(readings[0][typed]), true
		})
	}
}

// strokes taps each character's strokes until it is offered.
func strokes(e input.Entry, name []rune) (string, int) {
	return offered(e, name, func(char, typed int) (rune, bool) {
		code := stroke.Code(name[char])
		if typed >= len(code) {
			return 0, false
		}
		return search.Stroke(int(code[typed] - '0')), true
	})
}

// offered chooses the next character if it is among those on show, and else presses its next key, or asks for others where it has no more.
func offered(e input.Entry, name []rune, key func(char, typed int) (rune, bool)) (string, int) {
	if text, n := choose(e, name, candidates); n == 1 {
		return text, 1
	}
	settled, open := input.Parts(e.Text)
	if char := len([]rune(settled)); char < len(name) {
		if k, ok := key(char, len([]rune(open))); ok {
			return e.Text + string(k), 1
		}
	}
	return choose(e, name, candidates)
}

// choose chooses the next character of a name, when so many are shown at once: an action, and one for each time that others have
// to be asked for.
func choose(e input.Entry, name []rune, shown int) (text string, actions int) {
	for i, c := range e.Candidates() {
		if strings.HasPrefix(pinyin.FoldText(string(name)), pinyin.FoldText(settledOf(c.Text))) && settledOf(c.Text) != settledOf(e.Text) {
			return c.Text, 1 + i/shown
		}
	}
	return "", 0
}

func settledOf(text string) string {
	settled, _ := input.Parts(text)
	return settled
}

// Actions counts the touches until no more than eight people are left and on show, or the name is complete: by each method, where
// a village was chosen, and where only a town was. Writers come from Hands.
func (c *County) Actions(t *figures.Table, writer Hand) {
	ways := append(fingers[:len(fingers):len(fingers)], way{name: "handwriting", next: written(writer), last: 1})
	villages := c.ofSize(1_200, 1_800)
	for _, in := range []string{"village", "township"} {
		var all []float64
		for _, w := range ways {
			all = append(all, c.actions(t, in, w, villages, writer)...)
		}
		note := fmt.Sprintf("the %d methods alike, %d names each", len(ways), eachMethod)
		if in == "township" {
			note += "; asked of the index as a village is: a kiosk answers complete names alone there"
		}
		t.Add("actions_"+in+"_median", quantile(all, 0.5), "actions", note)
		t.Add("actions_"+in+"_p90", quantile(all, 0.9), "actions", note)
	}
	c.actions(t, "village", way{name: "browse_low", next: browse(low)}, villages, writer)
}

// eachMethod is how many names are entered by each method.
const eachMethod = 1000

// longest stands for the number of touches towards a name that cannot be entered so.
const longest = 99

func (c *County) actions(t *figures.Table, in string, w way, villages []string, writer Hand) []float64 {
	r := rand.New(rand.NewPCG(9, 1))
	stuck := 0
	var counts []float64
	for tried := 0; len(counts) < eachMethod && tried < 20*eachMethod; tried++ {
		village, name := c.draw(r, villages)
		if _, ok := inkOf(writer, name); !ok && w.name == "handwriting" {
			continue
		}
		q := search.Query{In: search.InPeople, Village: village}
		if in == "township" {
			q = search.Query{In: search.InPeople, Town: village[:9] + "000"}
		}
		n, ok := c.walk(w, q, name)
		if !ok {
			stuck++
			n = longest
		}
		counts = append(counts, float64(n))
	}
	if len(counts) == 0 {
		t.Remark("actions_"+in+"_"+w.name, "no name of these villages can be written by this hand")
		return nil
	}
	note := fmt.Sprintf("%d names of %d villages of about 1,500 people, to no more than %d people or the whole name; mean %.2f", len(counts), len(villages), rows, mean(counts))
	if stuck > 0 {
		note += fmt.Sprintf("; %d could not be entered so", stuck)
	}
	t.Add("actions_"+in+"_"+w.name+"_median", quantile(counts, 0.5), "actions", note)
	t.Add("actions_"+in+"_"+w.name+"_p90", quantile(counts, 0.9), "actions", note)
	return counts
}

// walk counts the touches until few are left; it is not ok where the way does not go on.
func (c *County) walk(w way, q search.Query, name string) (actions int, ok bool) {
	for text := ""; ; {
		e := c.Lexicon.Enter(text, q)
		switch {
		case e.Answer.Found <= rows:
			return actions + w.last, true
		case pinyin.FoldText(text) == pinyin.FoldText(name): // those who are called so stand first among the rows, which 翻名单 shows at a touch
			if strings.HasPrefix(w.name, "browse") && len(e.Candidates()) > 0 {
				return actions + 1, true
			}
			return actions + w.last, true
		}
		next, n := w.next(e, []rune(name))
		if n == 0 {
			return actions, false
		}
		text, actions = next, actions+n
	}
}

package guest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"mingbai.local/cmd/internal/finger"
)

// act is one thing that a visitor does.
type act func(g *Guest, dice *rand.Rand) error

// errands (来意) are what people come for. Each begins at home and ends on a page from which 我用完了 leads.
var errands = []struct {
	name string
	acts []act
}{
	{"browse to a person", []act{touch("查补贴"), pick(), pick(), pick(), try("看这"), pick()}},
	{"type a name", []act{touch("查补贴"), touch("就在本村"), touch("拼音"), strike(2), pick()}},
	{"a village's list", []act{touch("查补贴"), touch("就在本村"), touch("看全村名单"), pick(), try(Down), try(Down), try(Up)}},
	{"a list by amount", []act{touch("查补贴"), touch("就在本村"), touch("看全村名单"), pick(), try("多的在前"), try("按组看")}},
	{"a fund", []act{touch("查资金"), pick(), pick(), try("给谁"), try("返回")}},
	{"a department", []act{touch("查资金"), try("部门预算"), pick()}},
	{"an institution", []act{touch("查编制"), pick(), try("人员名单"), pick()}},
	{"a policy", []act{touch("看政策"), pick(), try(Down), try(Up)}},
	{"a search of everything", []act{touch("找人、找单位"), strike(3), pick(), try("返回")}},
	{"larger letters", []act{touch("字大一点"), touch("字大一点"), touch("查补贴"), pick(), pick()}},
	{"black and white", []act{touch("黑底白字"), touch("看政策"), pick(), try("返回")}},
	{"reading aloud", []act{touch("看政策"), pick(), try("读给我听"), try("别读了")}},
	{"whom to call", []act{touch("我要反映"), try(Down), touch("帮助")}},
}

// Up is the label of ▲.
const Up = "▲"

// Errand does one of the things that people come for, up to 我用完了 where they are not at home again by then, and says which. The home page is
// on before and after.
func (g *Guest) Errand(dice *rand.Rand) (string, error) {
	e := errands[dice.IntN(len(errands))]
	for i, a := range append(e.acts[:len(e.acts):len(e.acts)], try("我用完了")) {
		err := a(g, dice)
		if err == nil {
			_, err = g.Still()
		}
		if err != nil {
			return e.name, fmt.Errorf("%s, step %d: %w", e.name, i+1, err)
		}
	}
	return e.name, g.Arrive("home")
}

func touch(words string) act {
	return func(g *Guest, _ *rand.Rand) error {
		_, err := g.Touch(words)
		return err
	}
}

// try touches what may be there.
func try(words string) act {
	return func(g *Guest, _ *rand.Rand) error {
		s, err := g.Tell()
		if err != nil {
			return err
		}
		if a, ok := s.Spot(words); ok {
			_, err = g.Tap(a, false)
		}
		return err
	}
}

// pick touches some entry of the list on show, where there is one with something behind it.
func pick() act {
	return func(g *Guest, dice *rand.Rand) error {
		s, err := g.Tell()
		if err != nil {
			return err
		}
		if rows := Rows(s); len(rows) > 0 {
			_, err = g.Tap(rows[dice.IntN(len(rows))], false)
		}
		return err
	}
}

// Rows are the entries of the page's list that can be touched, in their order.
func Rows(s finger.Sight) []finger.Area {
	var rows []finger.Area
	for _, c := range s.Scrolls {
		for _, a := range s.Areas {
			x, y := a.Middle()
			if !a.Key && a.Label != Up && a.Label != Down && x >= c.X && x < c.X+c.W && y >= c.Y && y < c.Y+c.H {
				rows = append(rows, a)
			}
		}
	}
	return rows
}

// Choices are the characters that can be chosen beside a pad, in their order, each with what it leads to in its label.
func Choices(s finger.Sight) []finger.Area {
	var all []finger.Area
	for _, a := range s.Areas {
		if char, _, ok := strings.Cut(a.Label, " "); ok && !a.Key && utf8.RuneCountInString(char) == 1 {
			all = append(all, a)
		}
	}
	return all
}

// strike types some letters that lead somewhere.
func strike(letters int) act {
	return func(g *Guest, dice *rand.Rand) error {
		for range letters {
			s, err := g.Tell()
			if err != nil {
				return err
			}
			keys := Keys(s)
			if len(keys) == 0 {
				return nil
			}
			if _, err := g.Tap(keys[dice.IntN(len(keys))], true); err != nil {
				return err
			}
		}
		return nil
	}
}

// Keys are the letters of the pad that lead somewhere now.
func Keys(s finger.Sight) []finger.Area {
	var keys []finger.Area
	for _, a := range s.Areas {
		if a.Key && len(a.Label) == 1 && strings.Contains("abcdefghijklmnopqrstuvwxyz", a.Label) {
			keys = append(keys, a)
		}
	}
	return keys
}

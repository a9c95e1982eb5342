package kiosk

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book/booktest"
)

// rowsOnShow is how many rows of a list the runner looks at, as a tall panel shows them.
const rowsOnShow = 8

// thing is one thing on a page: its words, and what touching it sends.
type thing struct {
	words []string // the first is its own, the others stand beside it
	msg   Msg
}

func (t thing) line() string { return strings.Join(nonEmpty(t.words...), " ") }

// things are what a villager sees of a view, in reading order.
func things(v View) []thing { return thingsOn(v, rowsOnShow) }

// thingsOn are the same on a panel with room for that many rows.
func thingsOn(v View, rows int) []thing {
	var out []thing
	say := func(msg Msg, words ...string) { out = append(out, thing{words, msg}) }
	button := func(b *Button, beside ...string) {
		if b != nil {
			say(b.Touch, append([]string{b.Text}, beside...)...)
		}
	}
	say(nil, v.Title)
	say(v.EmblemTouch, "徽记")
	button(v.Phone)
	button(v.Done)
	for _, b := range append(slices.Clone(v.Body), v.Side...) {
		out = append(out, thingsOf(b, rows)...)
	}
	say(nil, v.AsOf)
	say(nil, v.Synthetic)
	for _, b := range v.Foot {
		button(&b)
	}
	return out
}

func thingsOf(b Block, rowsOnShow int) []thing {
	var out []thing
	say := func(msg Msg, words ...string) { out = append(out, thing{words, msg}) }
	button := func(b *Button, beside ...string) {
		if b != nil {
			say(b.Touch, append([]string{b.Text}, beside...)...)
		}
	}
	chips := func(c ...Chip) (words []string) {
		for _, c := range c {
			words = append(words, c.Text)
		}
		return words
	}
	bars := func(rows []BarRow) {
		for _, r := range rows {
			say(nil, r.Label, r.Value)
		}
	}
	figures := func(items []Figure) {
		for _, f := range items {
			say(nil, f.Label, f.Value)
		}
	}
	scrolled := func(n, offset int, to func(int) Msg, pages func(int, int) string) {
		if offset > 0 {
			say(to(max(offset-rowsOnShow, 0)), "▲")
		}
		if pages != nil {
			say(nil, pages(offset/rowsOnShow+1, (n+rowsOnShow-1)/rowsOnShow))
		}
		if offset+rowsOnShow < n {
			say(to(offset+rowsOnShow), "▼")
		}
	}
	switch b := b.(type) {
	case Crumbs:
		say(nil, strings.Join(b.Items, " › "))
		button(b.Button)
	case Heading:
		say(nil, append([]string{b.Text, b.Note}, chips(b.Chips...)...)...)
	case NameSum:
		say(nil, b.Name, b.Note, b.Figure+b.Unit)
	case Search:
		typed := strings.Join(nonEmpty(b.Settled, b.Letters), " ")
		if typed == "" {
			typed = b.Placeholder
		}
		say(b.Touch, typed, b.Found)
	case Doors:
		for _, d := range b.Items {
			say(d.Touch, d.Title, d.Note)
		}
	case Tiles:
		for i := range b.Len {
			t := b.Tile(i)
			say(t.Touch, t.Text, t.Note)
		}
	case List:
		say(nil, b.Title)
		if b.Header {
			var titles []string
			for _, c := range b.Columns {
				titles = append(titles, c.Title)
			}
			say(nil, titles...)
		}
		if b.Len == 0 {
			say(nil, b.Empty)
		}
		first := b.Offset
		if b.Focus > 0 {
			first = (b.Focus - 1) / rowsOnShow * rowsOnShow
		}
		for i := first; i < min(b.Len, first+rowsOnShow); i++ {
			out = append(out, thingsOfRow(b.Row(i))...)
		}
		scrolled(b.Len, first, b.ScrollTo, b.Pages)
	case Prose:
		for _, p := range b.Paragraphs {
			say(nil, p)
		}
	case Bars:
		say(nil, b.Title)
		bars(b.Rows)
		say(nil, b.Note+b.NoteDim)
	case Gauge:
		say(nil, b.Title, b.Label)
		figures(b.Figures)
	case Figures:
		figures(b.Items)
		bars(b.Rows)
		say(nil, b.Note)
	case Cards:
		for _, c := range b.Items {
			say(c.Touch, c.Title, strings.ReplaceAll(c.Text, "\n", " "))
		}
	case Notice:
		say(nil, b.Title, b.Figure, b.Text)
		button(b.Button)
	case News:
		for _, r := range b.Rows {
			say(b.Touch, b.Title, b.Note, r.Label, r.Note, r.Figure)
		}
	case Buttons:
		for _, x := range b.Items {
			button(&x)
		}
	case Tabs:
		for _, t := range b.Items {
			if t.On {
				say(nil, "▣"+t.Text)
				continue
			}
			say(t.Touch, t.Text)
		}
	case Candidates:
		for _, t := range b.Items {
			say(t.Touch, t.Text, t.Note)
		}
		if b.More != nil {
			say(b.More(len(b.Items)), b.Others)
		}
	case Square:
		say(nil, "方格", b.Hint)
	case Keys:
		for _, k := range slices.Concat(b.Letters, b.Nine, []Key{b.Back, b.Clear}) {
			say(k.Touch, k.Text)
		}
	case PINPad:
		say(nil, fmt.Sprint("输入了", b.Entered, "位"), b.Typed)
		for _, k := range append(slices.Clone(b.Digits), b.Back, b.OK) {
			say(k.Touch, k.Text)
		}
	case Meter:
		say(nil, b.Title, b.Left, b.Right, b.Text)
	case Code:
		say(nil, strings.ReplaceAll(b.Text, "\n", " "))
	case Target:
		say(b.Touch, b.Words)
	case Ruler:
		say(nil, fmt.Sprintf("尺子%.3f", b.PxPerMM))
	case Hero:
		say(nil, b.Title, b.Text)
	case Giant:
		say(b.Touch, b.Text)
	default:
		panic(fmt.Sprintf("a block that the runner does not know: %T", b))
	}
	return out
}

func thingsOfRow(r Row) []thing {
	var words []string
	for _, c := range r.Cells {
		words = append(words, nonEmpty(c.Text)...)
		if c.Chip != nil {
			words = append(words, c.Chip.Text)
		}
		words = append(words, c.Lines...)
	}
	if r.Highlight {
		words = append(words, "★")
	}
	out := []thing{{words, r.Touch}}
	for _, c := range r.Cells {
		if c.Button != nil {
			out = append(out, thing{append([]string{c.Button.Text}, words...), c.Button.Touch})
		}
	}
	return out
}

// sees reports whether one thing of the view carries all the words.
func sees(v View, words string) bool {
	return slices.ContainsFunc(things(v), func(t thing) bool { return carries(t, strings.Fields(words)) })
}

func carries(t thing, words []string) bool {
	line := t.line()
	for _, w := range words {
		if !strings.Contains(line, w) {
			return false
		}
	}
	return true
}

// find returns what touching those words sends. A thing that is called so itself goes before one that carries the words
// somewhere; nothing, or two different things, is an error.
func find(v View, words string) (Msg, error) {
	w := strings.Fields(words)
	var exact, loose []Msg
	add := func(to []Msg, msg Msg) []Msg {
		if slices.Contains(to, msg) {
			return to
		}
		return append(to, msg)
	}
	for _, t := range things(v) {
		if t.msg == nil || len(t.words) == 0 || !carries(t, w) {
			continue
		}
		if t.words[0] == w[0] {
			exact = add(exact, t.msg)
		}
		loose = add(loose, t.msg)
	}
	if len(exact) == 0 {
		exact = loose
	}
	switch len(exact) {
	case 0:
		return nil, fmt.Errorf("nothing that can be touched carries %q", words)
	case 1:
		return exact[0], nil
	}
	return nil, fmt.Errorf("%d different things carry %q: %v", len(exact), words, exact)
}

// TestStories plays the scripts of testdata/stories on the hand-made county.
//
//	touch 查补贴      touches the one thing that carries these words (all of them)
//	see 王建国 445.60元  one thing on the page carries all these words
//	not see …         nothing does
//	type wjg          touches the keys of the pad, one after another
//	pale b            this key is there and leads nowhere
//	write 张           writes in the square what a reader of handwriting takes for that, or for what looks like it
//	wait 90s          lets time pass
//	page person       this page is on
//	new edition       a second edition arrives, whose data reaches to 2026-11-21 and in which some of 杨家畈村 have names that are hard to enter, and many are called 周
//	empty             begins again with a kiosk that has received nothing
//	trouble N-03 网络不通 检查网线   tells the machine's condition: code, words, remedy
//	broken                          tells that the data which is there does not open
//	printer 小票机                   staff set this printer
//	printed, unprinted              the printer's queue has taken the slip, or it could not
//	and the steps of playAloud and playStaff
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d stories, %v", len(files), err)
	}
	first := open(t, county()...)
	second := open(t, slices.Concat(county(), []any{edition("2026-11-21"), rareName()}, hardNames(), manyOfOneSurname())...)
	earlier := open(t, booktest.CountyBefore()...)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			m := send(New(config).Reading(clerk), Tick{morning}, Opened{Book: first, SyncedAt: morning.Add(-46 * time.Minute)})
			lines := bufio.NewScanner(f)
			for n := 1; lines.Scan(); n++ {
				line := strings.TrimSpace(lines.Text())
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				next, err := play(m, line, Opened{Book: second, Before: earlier, SyncedAt: morning})
				if err != nil {
					t.Fatalf("%s:%d: %s: %v\n%s", file, n, line, err, transcript(m.View()))
				}
				m = next
			}
		})
	}
}

func transcript(v View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "page %s:\n", v.Page)
	for _, t := range things(v) {
		if line := t.line(); line != "" {
			mark := " "
			if t.msg != nil {
				mark = "☞"
			}
			fmt.Fprintf(&b, "  %s %s\n", mark, line)
		}
	}
	return b.String()
}

func play(m Model, line string, second Opened) (Model, error) {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "touch":
		msg, err := find(m.View(), rest)
		if err != nil {
			return m, err
		}
		return send(m, msg), nil
	case "see":
		if !sees(m.View(), rest) {
			return m, fmt.Errorf("not there")
		}
		return m, nil
	case "not":
		if rest, ok := strings.CutPrefix(rest, "see "); ok && !sees(m.View(), rest) {
			return m, nil
		}
		return m, fmt.Errorf("it is there")
	case "type":
		for _, r := range rest {
			msg, err := find(m.View(), string(r))
			if err != nil {
				return m, err
			}
			m = send(m, msg)
		}
		return m, nil
	case "pale":
		keys := slices.DeleteFunc(things(m.View()), func(t thing) bool { return len(t.words) != 1 || t.words[0] != rest })
		if len(keys) != 1 || keys[0].msg != nil {
			return m, fmt.Errorf("it is not there, or can be touched")
		}
		return m, nil
	case "wait":
		d, err := time.ParseDuration(rest)
		if err != nil {
			return m, err
		}
		for end := m.now.Add(d); m.now.Before(end); {
			m = send(m, Tick{m.now.Add(min(time.Second, end.Sub(m.now)))})
		}
		return m, nil
	case "write":
		for _, b := range append(slices.Clone(m.View().Body), m.View().Side...) {
			if s, ok := b.(Square); ok {
				return send(m, s.Wrote(inkOf(rest))), nil
			}
		}
		return m, fmt.Errorf("there is nothing to write in")
	case "page":
		if v := m.View(); v.Page != Page(rest) {
			return m, fmt.Errorf("page %s is on", v.Page)
		}
		return m, nil
	case "new":
		return send(m, second), nil
	case "volume", "hours":
		var a, b int
		if _, err := fmt.Sscan(rest+" 0", &a, &b); err != nil {
			return m, err
		}
		to := m.settings
		if verb == "volume" {
			to.Volume = a
		} else {
			to.Opens, to.Closes = a*60, b*60
		}
		return send(m, Set{to}), nil
	case "rouse":
		return send(m, Touched{}), nil
	case "empty":
		return send(New(config), Tick{morning}), nil
	case "mending", "unmended":
		return send(m, Mending{verb == "mending"}), nil
	case "trouble":
		w := strings.Fields(rest)
		return send(m, State{Conditions: []Condition{{Code: w[0], Words: w[1], Remedy: w[2]}}}), nil
	case "broken":
		return send(m, State{Broken: true}), nil
	case "printer":
		to := m.settings
		to.Printer = rest
		return send(m, Set{to}), nil
	case "printed":
		return send(m, Worked{Task: TaskPrint}), nil
	case "unprinted":
		return send(m, Worked{Task: TaskPrint, Trouble: Condition{Code: "R-02", Words: "打印没有成功。", Remedy: "请看看打印机。"}}), nil
	}
	if next, ok, err := playAloud(m, verb, rest); ok {
		return next, err
	}
	if next, ok, err := playStaff(m, verb, rest, second); ok {
		return next, err
	}
	return m, fmt.Errorf("no such step")
}

package main

import (
	"bufio"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/screen"
	"mingbai.local/app/search"
	"mingbai.local/cmd/internal/finger"
)

//go:embed tour.txt
var everyPage string

// patience is how long a step waits for what it expects. A page takes a tenth of a second; a loaded machine takes longer.
const patience = 20 * time.Second

// runTour walks through the pages by real touches and leaves a picture of each.
func runTour(args []string, stdout, stderr io.Writer) int {
	var data, out, story, sticks, code string
	var full, online bool
	window := windowFlag{screen.Panel{WidthPx: 1080, HeightPx: 1920}}
	err := flags("tour", "--data DIR --out DIR [--window WxH | --full] [--story FILE | --story -] [--online] [--sticks DIR] [--pin 123456]", args, stderr, func(set *flag.FlagSet) {
		dataFlag(set, &data)
		set.StringVar(&out, "out", "out/tour", "图片放在哪个文件夹")
		set.StringVar(&story, "story", "", "走法；不写就每一页都走到；-就从标准输入一步一步读，每步答一行，tell答屏幕上有什么")
		set.Var(&window, "window", "窗口大小")
		set.BoolVar(&full, "full", false, "和真的查询点一样占满屏幕")
		set.BoolVar(&online, "online", false, "和真的查询点一样连网")
		set.StringVar(&sticks, "sticks", "", "当作U盘来看的文件夹")
		set.StringVar(&code, "pin", "", "这台机器的管理口令；不写就不走管理页")
	})
	if err != nil {
		return fail(stderr, err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fail(stderr, fmt.Errorf("建不了放图片的文件夹：%w", err))
	}
	p, err := openPoint(data, "")
	if err != nil {
		return fail(stderr, err)
	}
	p.offline, p.sticks = !online, sticks // a tour shows what is there, unless it is to see more come
	var steps []step
	if story != fromInput {
		if steps, err = p.storySteps(story, code); err != nil {
			return fail(stderr, err)
		}
	}
	if full {
		window.panel = screen.Panel{}
	}
	s := p.open(window.panel)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go p.tick(ctx, s.Send)
	kept := p.keepUp(ctx, s.Send)
	walked := make(chan error, 1)
	go func() {
		defer s.Close()
		walked <- walk(s, out, stdout, func(w *walker) error {
			if story == fromInput {
				return w.obey(os.Stdin)
			}
			return w.all(steps)
		})
	}()
	s.Run()
	stop()
	<-kept
	select {
	case err = <-walked:
	default:
		err = errors.New("窗口在走完之前关掉了")
	}
	if err != nil {
		return fail(stderr, err)
	}
	return 0
}

// fromInput is the story that is told step by step on standard input.
const fromInput = "-"

// storySteps reads a story, or fills in the built-in one.
func (p *point) storySteps(file, code string) ([]step, error) {
	text := everyPage
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("读不了走法：%w", err)
		}
		text = string(b)
	} else {
		filled, err := fillIn(text, p, code)
		if err != nil {
			return nil, err
		}
		text = filled
	}
	return parseStory(text)
}

// fillIn puts names from the book into the blanks of the built-in story. A part of the story (its parts are kept apart by
// empty lines) that goes to something which this edition does not have, such as a list that is overdue, or behind a PIN that is not given, is left out.
func fillIn(story string, p *point, code string) (string, error) {
	if p.book == nil {
		return "", errors.New("数据文件夹里还没有数据，没法走。请先用 kiosk pull 更新")
	}
	values, err := highlights(p.book, disclosure.Code(p.enrolment.Place))
	if err != nil {
		return "", err
	}
	var pairs []string
	values["徽"] = p.config(p.book).Emblem
	if code != "" {
		values["口令"] = code
	}
	for blank, value := range values {
		pairs = append(pairs, "{"+blank+"}", value)
	}
	var parts []string
	for part := range strings.SplitSeq(strings.NewReplacer(pairs...).Replace(story), "\n\n") {
		if _, steps, _ := strings.Cut(part, "\n"); !strings.Contains(steps, "{") {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "\n\n"), nil
}

// step is one line of a story (步).
type step struct {
	line int
	verb string
	text string
}

// verbs are what a story can say.
var verbs = []string{"touch", "try", "type", "see", "not see", "shot"}

// parseStory reads a story: one step a line, # begins a comment.
func parseStory(text string) ([]step, error) {
	var steps []step
	for i, l := range strings.Split(text, "\n") {
		l, _, _ = strings.Cut(l, "#")
		l = strings.TrimSpace(l)
		if l == "" {
			continue
		}
		at := slices.IndexFunc(verbs, func(v string) bool { return strings.HasPrefix(l, v+" ") })
		if at < 0 {
			return nil, fmt.Errorf("走法第%d行“%s”看不懂。每行写一步：touch 字、try 字（有就点）、type 字母、see 字、not see 字、shot 图片名", i+1, l)
		}
		steps = append(steps, step{i + 1, verbs[at], strings.TrimSpace(strings.TrimPrefix(l, verbs[at]))})
	}
	return steps, nil
}

// walker does the steps of a story.
type walker struct {
	screen *screen.Screen
	window uint32
	finger *finger.Finger
	out    string
	said   io.Writer
}

// walk lays a finger on the screen and lets it walk. It runs beside the screen.
func walk(s *screen.Screen, out string, stdout io.Writer, how func(*walker) error) error {
	if err := until(func() bool { f, _ := s.Shown(); return len(f.Ops) > 0 && s.X11() != 0 }); err != nil {
		return fmt.Errorf("窗口没有打开：%w", err)
	}
	w := &walker{screen: s, window: s.X11(), out: out, said: stdout}
	f, err := finger.On("", w.window)
	if err != nil {
		return fmt.Errorf("碰不到屏幕：%w", err)
	}
	defer f.Close()
	w.finger = f
	// No picture is looked at here: what is told from outside looks for itself, and a picture is eight megabytes of the process
	// whose memory is measured that way.
	if err := until(func() bool { _, count := s.Shown(); return count == s.Drawn() }); err != nil {
		return fmt.Errorf("窗口没有画出来：%w", err)
	}
	return how(w)
}

func (w *walker) all(steps []step) error {
	for _, st := range steps {
		if err := w.do(st); err != nil {
			return fmt.Errorf("走法第%d行 %s %s：%w", st.line, st.verb, st.text, err)
		}
	}
	return nil
}

// obey does the steps that it is told one by one and answers each with a line: ok, or no and why, or what is on show. Whoever
// tells it touches the window too, with a finger of his own.
func (w *walker) obey(told io.Reader) error {
	answers := json.NewEncoder(w.said)
	answers.SetEscapeHTML(false)
	for lines := bufio.NewScanner(told); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) == "tell" {
			if err := answers.Encode(w.sight()); err != nil {
				return err
			}
			continue
		}
		steps, err := parseStory(lines.Text())
		if err == nil {
			err = w.all(steps)
		}
		if err != nil {
			fmt.Fprintln(w.said, "no", strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		fmt.Fprintln(w.said, "ok")
	}
	return nil
}

func (w *walker) do(st step) error {
	switch st.verb {
	case "touch":
		return w.touch(st.text)
	case "try":
		if a, ok := w.sight().Spot(st.text); ok {
			return w.tap(a, false)
		}
		return nil
	case "type":
		for _, r := range st.text {
			if err := w.key(string(r)); err != nil {
				return err
			}
		}
		return nil
	case "see":
		if err := until(func() bool { return w.sees(st.text) }); err != nil {
			return fmt.Errorf("屏幕上没有这些字，有的是：%s", w.sight().Words())
		}
		return nil
	case "not see":
		if err := until(func() bool { return !w.sees(st.text) }); err != nil {
			return errors.New("屏幕上有这些字")
		}
		return nil
	default:
		return w.shot(st.text)
	}
}

// touch finds words that can be touched, turning the pages of a list for them, and touches them.
func (w *walker) touch(words string) error {
	deadline := time.Now().Add(patience)
	for {
		s := w.sight()
		if a, ok := s.Spot(words); ok {
			return w.tap(a, false)
		}
		if down, ok := s.Spot(screen.LabelDown); ok {
			if err := w.tap(down, false); err != nil {
				return err
			}
			continue
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("屏幕上没有可以点的“%s”，有的是：%s", words, s.Labels())
		}
		<-time.After(glance)
	}
}

// key touches a key of the letter pad.
func (w *walker) key(letter string) error {
	if a, ok := w.sight().Key(letter); ok {
		return w.tap(a, true)
	}
	return fmt.Errorf("键盘上的“%s”现在点不了", letter)
}

// tap touches the middle of a place and waits until the screen has answered.
func (w *walker) tap(a finger.Area, quick bool) error {
	_, before := w.screen.Shown()
	x, y := a.Middle()
	if err := w.finger.Tap(x, y, quick); err != nil {
		return err
	}
	err := until(func() bool { _, now := w.screen.Shown(); return now != before })
	if err != nil {
		return fmt.Errorf("点了“%s”，屏幕没有变：%w", a.Label, err)
	}
	_, err = w.settle()
	w.finger.Seen()
	return err
}

// shot keeps the picture.
func (w *walker) shot(name string) error {
	picture, err := w.settle()
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(w.out, name+".png"))
	if err != nil {
		return err
	}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, picture); err != nil {
		return fmt.Errorf("%s：%w", f.Name(), err)
	}
	fmt.Fprintln(w.said, name)
	return f.Close()
}

// settle waits until the window shows the display list, and returns the picture.
func (w *walker) settle() (*image.RGBA, error) {
	return w.finger.Still(func() (count, drawn uint64) {
		_, count = w.screen.Shown()
		return count, w.screen.Drawn()
	})
}

// glance is how often a condition is looked at.
const glance = 20 * time.Millisecond

// until waits for a condition.
func until(met func() bool) error {
	deadline := time.Now().Add(patience)
	for !met() {
		if time.Now().After(deadline) {
			return fmt.Errorf("等了%d秒", int(patience.Seconds()))
		}
		<-time.After(glance)
	}
	return nil
}

func (w *walker) sees(words string) bool { return w.sight().Sees(words) }

// sight is what is on show.
func (w *walker) sight() finger.Sight {
	f, count := w.screen.Shown()
	s := finger.Sight{Window: w.window, Page: string(f.Page), Count: count, Drawn: w.screen.Drawn(), Texts: f.Texts()}
	s.Square = finger.Area{X: int(f.Square.X), Y: int(f.Square.Y), W: int(f.Square.W), H: int(f.Square.H)}
	for _, a := range f.Areas {
		s.Areas = append(s.Areas, finger.Area{Label: a.Label, X: int(a.X), Y: int(a.Y), W: int(a.W), H: int(a.H), Key: a.Key})
	}
	for _, c := range f.Scrolls {
		s.Scrolls = append(s.Scrolls, finger.Scroll{
			X: int(c.X), Y: int(c.Y), W: int(c.W), H: int(c.H), Step: float64(c.Step), By: c.By, Offset: c.Offset, Fit: c.Fit, Len: c.Len,
		})
	}
	return s
}

// highlights picks what the built-in story goes to from the book at hand, by the names of the story's blanks. They are the
// first that have something to show, so that the same edition gives the same tour.
func highlights(b *book.Book, here disclosure.Code) (map[string]string, error) {
	v := map[string]string{}
	town, village, ok := busyVillage(b, here)
	if !ok {
		return nil, errors.New("这一期里没有一个村有名单，没法走。请先更新数据")
	}
	v["镇"], v["镇全名"], v["村"] = town.ShortName, town.Name, village.ShortName
	person, ok := goodPerson(b, village.Code)
	if !ok {
		return nil, fmt.Errorf("%s的名单里没有人，没法走", village.Name)
	}
	v["姓"], v["人名"], v["字母"] = pinyin.Surname(person.Name), person.Name, initials(person.Name)
	for _, l := range b.Lists(village.Code) {
		if l.TotalsOnly || l.Found < 10 {
			continue
		}
		list := b.List(book.ListQuery{Village: village.Code, Kind: l.Kind, Year: l.Year})
		if f, ok := b.Fund(list.FundRef); ok && slices.ContainsFunc(person.Payments, func(d disclosure.Disbursement) bool { return d.Kind == l.Kind && d.Year == l.Year }) {
			v["名单"], v["资金"], v["类别"] = fmt.Sprintf("%d年%s", l.Year, l.KindName), f.Name, f.Category
			break
		}
	}
	for _, l := range b.Lists(village.Code) {
		if !l.TotalsOnly && !slices.ContainsFunc(person.Payments, func(d disclosure.Disbursement) bool { return d.Kind == l.Kind && d.Year == l.Year }) {
			if k, ok := b.Kind(l.Kind); ok && k.Aid == "" {
				v["别的名单"] = fmt.Sprintf("%d年%s", l.Year, l.KindName)
				break
			}
		}
	}
	overdue(b, v)
	elsewhere(b, v)
	if n := b.Notices(); len(n) > 0 {
		v["公告"] = n[0].Title
	}
	for _, d := range b.Departments() {
		if len(b.Roster(d.Ref)) > 0 {
			v["部门"] = d.Name
			break
		}
	}
	for _, i := range b.Institutions() { // one of the county's own with more people than posts
		if i.Parent != "" || strings.Contains(i.Class, "乡镇") || strings.Contains(i.Class, "街道") || b.Staffing(i.Ref).Over == 0 {
			continue
		}
		if roster := b.Roster(i.Ref); len(roster) > 3 {
			v["单位"], v["在编人员"] = i.Name, roster[0].Name
			break
		}
	}
	for _, p := range b.Policies() {
		v["政策"] = p.Title
		break
	}
	for _, blank := range []string{"名单", "资金", "部门", "单位", "政策"} {
		if v[blank] == "" {
			return nil, fmt.Errorf("这一期里没有可看的%s，没法走完每一页", blank)
		}
	}
	return v, nil
}

// elsewhere fills the blanks of the areas besides the funds. What this edition does not have is left out of the tour.
func elsewhere(b *book.Book, v map[string]string) {
	noted := func(p disclosure.Procurement) string { return string(cmp.Or(p.Noted, p.PublishedOn)) }
	if all := b.Procurements(); len(all) > 0 {
		v["采购"] = slices.MaxFunc(all, func(p, q disclosure.Procurement) int { return strings.Compare(noted(p), noted(q)) }).Title
	}
	if all := b.Projects(); len(all) > 0 {
		v["项目"] = all[0].Title
	}
	if all := b.Relief(); len(all) > 0 {
		v["救助"] = all[0].Kind.Name
	}
}

// overdue fills the blanks of a village list that should have been published and was not.
func overdue(b *book.Book, v map[string]string) {
	for _, o := range b.Obligations() {
		if o.MetOn != "" || !strings.Contains(o.Item, "名单") {
			continue
		}
		for _, t := range b.Towns() {
			for _, village := range b.Villages(t.Code) {
				if !strings.Contains(o.Item, t.Name+village.Name) {
					continue
				}
				for _, k := range b.Kinds() {
					if strings.Contains(o.Item, "年"+k.Name) {
						v["欠的镇"], v["欠的村"], v["欠的名单"] = t.Name, village.Name, o.Item[:strings.Index(o.Item, "年"+k.Name)]+"年"+k.Name
						return
					}
				}
			}
		}
	}
}

// busyVillage is the query point's village, or where it has none the first that has people.
func busyVillage(b *book.Book, here disclosure.Code) (town, village disclosure.Place, ok bool) {
	for _, t := range b.Towns() {
		for _, v := range b.Villages(t.Code) {
			if (here == "" || v.Code == here) && len(b.Surnames(v.Code)) > 0 {
				return t, v, true
			}
		}
	}
	return town, village, false
}

// goodPerson is somebody whose page has something on it: several payments in several years.
func goodPerson(b *book.Book, village disclosure.Code) (best book.Person, ok bool) {
	for _, s := range b.Surnames(village) {
		answer, _ := kiosk.Lookup(b, search.Query{Text: s.Text, In: "people", Village: string(village), Limit: 50})
		for _, h := range answer.Hits {
			p, found := b.Person(h.Ref())
			if found && p.NamesakeNo == 0 && len(p.Years) >= 2 && len(p.Payments) > len(best.Payments) && initials(p.Name) != "" {
				best, ok = p, true
			}
		}
		if ok {
			return best, true
		}
	}
	return best, ok
}

// initials is how a name is typed: the first letter of each character.
func initials(name string) string {
	var b strings.Builder
	for _, readings := range pinyin.NameReadings(name) {
		if len(readings) == 0 || readings[0] == "" {
			return ""
		}
		b.WriteByte(readings[0][0])
	}
	return b.String()
}

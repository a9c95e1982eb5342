package screen

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/kiosk"
	"mingbai.local/app/sample"
	"mingbai.local/assets/font"
)

var remaster = flag.Bool("masters", false, "paint the pictures of docs/pages anew")

// mastersFolder is where a person looks at every page.
const mastersFolder = "../../docs/pages"

// TestMasters paints the pages that testdata/masters.txt walks to, on a sample county, and compares each with its picture in
// docs/pages, which somebody has looked at. After a change that is meant, `make pages` paints them anew, to be looked at again.
//
//	== 07-person 1080x1920 standard     begins a picture: its name, panel, text size, and contrast where it is to be so
//	touch 查补贴                        touches the place that carries these words, turning pages for it
//	type zjg                            touches keys
//	as person                           does first what the picture of that name does
//	staff                               touches the emblem five times
//	...                                 see masterVerbs
func TestMasters(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(newLook())
	text, err := os.ReadFile("testdata/masters.txt")
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]bool{}
	for _, m := range masters(t, string(text)) {
		wanted[m.name+".png"] = true
		t.Run(m.name, func(t *testing.T) {
			f := m.walk(t)
			file := filepath.Join(mastersFolder, m.name+".png")
			got := small(paint(f))
			if *remaster {
				writePNG(t, file, got)
				return
			}
			if off := differing(got, readPNG(t, file)); off > 0.001 {
				writePNG(t, filepath.Join(os.TempDir(), m.name+".png"), got)
				t.Errorf("%.2f%% of the picture differ from %s; what is painted now lies in %s. After a change that is meant: make pages, and look", 100*off, file, os.TempDir())
			}
		})
	}
	files, err := filepath.Glob(filepath.Join(mastersFolder, "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !wanted[filepath.Base(f)] {
			t.Errorf("%s is painted by nothing", f)
		}
	}
}

// master is one picture: where it is taken and how one gets there.
type master struct {
	name     string
	panel    Panel
	size     kiosk.TextSize
	contrast bool
	steps    []string
}

func masters(t *testing.T, text string) []master {
	var out []master
	sizes := []string{"standard", "large", "largest"}
	for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
		line := strings.TrimSpace(s.Text())
		head, ok := strings.CutPrefix(line, "== ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case ok:
			f := strings.Fields(head)
			m := master{name: f[0], contrast: len(f) > 3}
			if _, err := fmt.Sscanf(f[1], "%dx%d", &m.panel.WidthPx, &m.panel.HeightPx); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			m.size = kiosk.TextSize(slices.Index(sizes, f[2]))
			out = append(out, m)
		case strings.HasPrefix(line, "as "):
			from := slices.IndexFunc(out, func(m master) bool { return m.page() == strings.TrimPrefix(line, "as ") })
			if from < 0 {
				t.Fatalf("%q: there is no such picture before it", line)
			}
			out[len(out)-1].steps = append(out[len(out)-1].steps, out[from].steps...)
		default:
			out[len(out)-1].steps = append(out[len(out)-1].steps, line)
		}
	}
	return out
}

// page is the name without its number.
func (m master) page() string {
	_, page, _ := strings.Cut(m.name, "-")
	return page
}

// mastersConfig is the query point of the pictures.
var mastersConfig = kiosk.Config{
	County: "420581", CountyName: "宜都市", Emblem: "宜", Kiosk: "YD-07", KioskName: "黎家坪村查询点",
	Village: "420581104201", Version: "0.1.0", Locked: true,
}

var mastersNow = time.Date(2026, 11, 21, 10, 0, 0, 0, time.FixedZone("CST", 8*60*60))

// player walks through the state machine by touching what the layout offers.
type player struct {
	t     *testing.T
	m     master
	model kiosk.Model
}

func (m master) walk(t *testing.T) Frame {
	p := &player{t, m, kiosk.New(mastersConfig).Reading(copybook{})}
	b := mastersBook(t)
	p.send(
		kiosk.Tick{Now: mastersNow},
		kiosk.Set{To: kiosk.Settings{Volume: 5, Printer: "小票"}},
		kiosk.Opened{Book: b.now, Before: b.before, SyncedAt: mastersNow.Add(-46 * time.Minute)},
	)
	for _, s := range m.steps {
		p.step(s)
	}
	return p.frame()
}

func (p *player) send(msgs ...kiosk.Msg) {
	for _, msg := range msgs {
		p.model, _ = kiosk.Update(p.model, msg)
	}
}

func (p *player) frame() Frame {
	v := p.model.View()
	v.TextSize, v.Contrast = p.m.size, v.Contrast || p.m.contrast
	return Layout(v, p.m.panel, font.Width)
}

// masterVerbs are what the machine tells and a touch cannot bring about.
var masterVerbs = map[string][]kiosk.Msg{
	"staff": {
		kiosk.Emblem{}, kiosk.Emblem{}, kiosk.Emblem{}, kiosk.Emblem{}, kiosk.Emblem{},
	},
	"right PIN": {kiosk.PINChecked{OK: true}},
	"wrong PIN": {kiosk.PINChecked{Left: 2}},
	"trouble":   {kiosk.State{Conditions: []kiosk.Condition{{Code: "N-01", Words: "连不上县里的服务器，现在显示的是以前收到的数据。", Remedy: "请检查网线和路由器。没有网络也不影响查询，机器会自己再试。"}}}},
	"log": {kiosk.LogRead{Lines: []string{
		"11月21日 09:14 换上了第2期", "11月21日 09:13 从网络更新，收了2.1兆", "11月20日 22:40 N-01 连不上县里的服务器", "11月20日 22:10 N-01 连不上县里的服务器",
		"11月20日 18:00 屏幕休息", "11月20日 08:00 屏幕打开", "11月19日 15:02 打印了一张试页", "11月19日 08:00 屏幕打开",
	}}},
	"stick":               {kiosk.Stick{Name: "U盘", Number: 3, AsOf: "2026-11-21"}},
	"old stick":           {kiosk.Stick{Name: "U盘", Number: 3, AsOf: "2026-11-21", Old: true}},
	"older stick":         {kiosk.Stick{Name: "U盘", Older: true, Trouble: kiosk.Condition{Code: "S-06", Words: "U盘里的数据截至2026年6月30日，本机的截至2026年11月20日，U盘里的旧，没有采用。", Remedy: "本机不用更新。要是觉得不对，请打电话问县公开办。"}}},
	"filling":             {kiosk.Working{Task: kiosk.TaskFill, Done: 11_200_000, Total: 18_000_000, Left: 20 * time.Second}},
	"stick with the same": {kiosk.Stick{Name: "U盘", Number: 2, AsOf: "2026-11-20"}},
	"lacks":               {kiosk.State{Conditions: []kiosk.Condition{{Code: "D-12", Words: "检查时发现本机存的数据有损坏。", Remedy: "机器会自己补好。一天后还有这一条，请接上网络，或者联系县公开办。查询照常。"}}, Lacks: true}},
	"forged stick":        {kiosk.Stick{Name: "U盘", Trouble: kiosk.Condition{Code: "S-07", Words: "U盘里的timestamp.json和县里的签字对不上，没有采用。", Remedy: "请不要再用这个U盘，把这个编号报给县公开办。查询照常。"}}},
	"sealed":              {kiosk.Sealed{Found: true}},
	"wrong code":          {kiosk.CodeChecked{}},
	"working":             {kiosk.Working{Task: kiosk.TaskStick, Done: 11_200_000, Total: 18_000_000, Rows: 131_000, Left: 20 * time.Second}},
	"broken":              {kiosk.Mending{}, kiosk.State{Broken: true}},
	"wait":                {kiosk.Tick{Now: mastersNow.Add(95 * time.Second)}},
	"night":               {kiosk.Set{To: kiosk.Settings{Opens: 8 * 60, Closes: 18 * 60}}, kiosk.Tick{Now: mastersNow.Add(12 * time.Hour)}},
	"write":               {kiosk.Wrote{Ink: kingly}},
}

// kingly is 王 as a finger writes it.
var kingly = &kiosk.Ink{
	{{X: 250, Y: 240}, {X: 480, Y: 225}, {X: 740, Y: 235}},
	{{X: 300, Y: 480}, {X: 690, Y: 470}},
	{{X: 495, Y: 240}, {X: 505, Y: 500}, {X: 500, Y: 750}},
	{{X: 200, Y: 760}, {X: 500, Y: 745}, {X: 800, Y: 755}},
}

// copybook reads everything as 王, or as what comes near to it.
type copybook struct{}

func (copybook) Recognise(_ kiosk.Ink, among map[rune]int, n int) []rune {
	list := slices.DeleteFunc([]rune("王玉主汪五工土正李张陈周刘吴赵徐"), func(r rune) bool { return among != nil && among[r] == 0 })
	return list[:min(n, len(list))]
}

func (p *player) step(line string) {
	p.t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "touch":
		p.touch(rest, false)
	case "type":
		for _, r := range rest {
			p.touch(string(r), true)
		}
	case "no": // data: as the machine is before its first edition
		p.model = kiosk.New(mastersConfig)
		p.send(kiosk.Tick{Now: mastersNow}, kiosk.State{})
	case "practising":
		b := mastersBook(p.t)
		p.send(kiosk.Opened{Book: b.now, Before: b.before, SyncedAt: mastersNow, Practice: true})
	default:
		msgs, ok := masterVerbs[line]
		if !ok {
			p.t.Fatalf("%s: no such step: %s", p.m.name, line)
		}
		p.send(msgs...)
	}
}

func (p *player) touch(words string, key bool) {
	p.t.Helper()
	for range 200 {
		f := p.frame()
		var loose, down kiosk.Msg
		for _, a := range f.Areas {
			switch {
			case a.Label == words && a.Key == key:
				p.send(a.Msg)
				return
			case !key && loose == nil && carriesAll(a.Label, words):
				loose = a.Msg
			case a.Label == LabelDown:
				down = a.Msg
			}
		}
		switch {
		case loose != nil:
			p.send(loose)
			return
		case down == nil || key:
			var labels []string
			for _, a := range f.Areas {
				labels = append(labels, a.Label)
			}
			p.t.Fatalf("%s: nothing carries %q; there are %q", p.m.name, words, labels)
		}
		p.send(down)
	}
}

func carriesAll(label, words string) bool {
	for _, w := range strings.Fields(words) {
		if !strings.Contains(label, w) {
			return false
		}
	}
	return true
}

// editions are the sample county as of now and as of a month before.
type editions struct{ now, before *book.Book }

var mastersOnce struct {
	sync.Once
	editions
	err error
}

func mastersBook(t *testing.T) editions {
	o := &mastersOnce
	o.Do(func() {
		dir, err := os.MkdirTemp("", "masters-")
		if err != nil {
			o.err = err
			return
		}
		defer os.RemoveAll(dir) // an open book needs its name no more
		if o.before, o.err = sampleBook(filepath.Join(dir, "1"), 1); o.err == nil {
			o.now, o.err = sampleBook(filepath.Join(dir, "2"), 2)
		}
	})
	if o.err != nil {
		t.Fatal(o.err)
	}
	return o.editions
}

// sampleBook makes the book of a sample county as the press would publish it; the first edition differs in its staffing.
func sampleBook(path string, number int64) (*book.Book, error) {
	c, err := sample.Generate(sample.Options{County: "420581", Seed: 7, Payments: 60000, AsOf: "2026-11-20"})
	if err != nil {
		return nil, err
	}
	asOf := "2026-11-20"
	if number == 1 {
		asOf = "2026-10-20"
		c.Incumbents = slices.DeleteFunc(c.Incumbents, func(i disclosure.Incumbent) bool { return i.EnteredOn >= "2026" })
		for i := range c.Institutions {
			if i%9 == 0 && len(c.Institutions[i].Posts) > 0 {
				c.Institutions[i].Posts = slices.Clone(c.Institutions[i].Posts)
				c.Institutions[i].Posts[0].Authorised++
			}
		}
	}
	records := []any{
		booktest.Edition{
			County: "420581", CountyName: "宜都市", Number: number, AsOf: asOf, PublishedAt: asOf + "T09:14:00+08:00", Synthetic: true,
		},
		c.Places, c.Kinds(), c.Institutions, c.Incumbents, c.Policies, c.Funds, c.Allocations, c.BudgetLines, c.ThreePublic,
		c.Procurements, c.Projects, c.Notices, c.Contacts, c.Obligations,
	}
	unnamed := map[string]bool{}
	for _, k := range c.Kinds() {
		unnamed[k.Ref] = k.Publish == "只公布合计"
	}
	type line struct {
		fund, kind string
		year       int64
		place      disclosure.Code
	}
	totals, persons := map[line]disclosure.Fen{}, map[line]map[string]bool{}
	err = c.Lists(func(rows []disclosure.Disbursement) error {
		for _, d := range rows {
			if !unnamed[d.Kind] {
				records = append(records, d)
				continue
			}
			of := line{d.Fund, d.Kind, d.Year, d.Place}
			if persons[of] == nil {
				persons[of] = map[string]bool{}
			}
			totals[of] += d.Amount
			persons[of][d.Group+d.Name+fmt.Sprint(d.NamesakeNo)] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	n := 0
	for _, of := range slices.SortedFunc(maps.Keys(totals), func(a, b line) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }) {
		if n++; len(persons[of]) >= 5 {
			records = append(records, disclosure.Total{
				Head: disclosure.Head{Ref: fmt.Sprintf("T%05d", n), PublishedOn: "2026-11-01"},
				Fund: of.fund, Kind: of.kind, Year: of.year, Place: of.place, Persons: int64(len(persons[of])), Amount: totals[of],
			})
		}
	}
	if err := book.Build(context.Background(), booktest.FS(records...), path); err != nil {
		return nil, err
	}
	return book.Open(path)
}

// small is a picture at half its size in at most 256 colours, which is enough to look at and to compare.
func small(m image.Image) *image.Paletted {
	b := m.Bounds()
	half := image.NewNRGBA(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
	count := map[color.NRGBA]int{}
	for y := range half.Rect.Dy() {
		for x := range half.Rect.Dx() {
			var sum [3]uint32
			for i := range 4 {
				r, g, bl, _ := m.At(b.Min.X+2*x+i%2, b.Min.Y+2*y+i/2).RGBA()
				sum[0], sum[1], sum[2] = sum[0]+r>>8, sum[1]+g>>8, sum[2]+bl>>8
			}
			c := color.NRGBA{uint8(sum[0] / 4), uint8(sum[1] / 4), uint8(sum[2] / 4), 0xFF}
			half.SetNRGBA(x, y, c)
			count[c]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.NRGBA) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	var palette color.Palette
	for _, c := range colours {
		near := slices.ContainsFunc(palette, func(p color.Color) bool { return distance(p.(color.NRGBA), c) < 24 })
		if !near && len(palette) < 255 {
			palette = append(palette, c)
		}
	}
	out := image.NewPaletted(half.Rect, palette)
	index := map[color.NRGBA]uint8{}
	for y := range half.Rect.Dy() {
		for x := range half.Rect.Dx() {
			c := half.NRGBAAt(x, y)
			i, ok := index[c]
			if !ok {
				i = uint8(palette.Index(c))
				index[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	return out
}

func distance(a, b color.NRGBA) int {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return d(a.R, b.R) + d(a.G, b.G) + d(a.B, b.B)
}

// differing is the share of pixels that differ so that one could see it.
func differing(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 1
	}
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := color.NRGBAModel.Convert(a.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(b.At(x, y)).(color.NRGBA)
			if distance(p, q) > 96 {
				n++
			}
		}
	}
	return float64(n) / float64(a.Bounds().Dx()*a.Bounds().Dy())
}

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func writePNG(t *testing.T, path string, m image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

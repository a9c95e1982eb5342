package main

import (
	"bytes"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"mingbai.local/app/book"
	"mingbai.local/app/input"
	page "mingbai.local/app/kiosk"
	"mingbai.local/app/screen"
	"mingbai.local/app/search"
	"mingbai.local/app/slip"
	"mingbai.local/assets/font"
	"mingbai.local/assets/stroke"
	"mingbai.local/cmd/office/internal/typeface/typefacetest"
	"mingbai.local/sync/depot"
)

// beam is how the font of these tests draws every character.
var beam = typefacetest.Polygon{{50, 300}, {50, 500}, {950, 500}, {950, 300}}

// fontsOf is a folder with a font of these characters.
func fontsOf(t *testing.T, chars string) string {
	t.Helper()
	return fontsDrawn(t, chars, beam)
}

// fontsDrawn is a folder with a font that draws these characters alike.
func fontsDrawn(t *testing.T, chars string, as typefacetest.Polygon) string {
	t.Helper()
	has := map[rune]typefacetest.Polygon{}
	for _, r := range chars {
		has[r] = as
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rare.ttf"), typefacetest.TTF(has), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

const rareSheet = "补贴发放_2026年_陆城街道.csv"

// renamed takes a list in again in which people have other names, as a clerk corrects it.
func renamed(t *testing.T, dir string, names ...string) (refused string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sheets(t, 1000), rareSheet))
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), rareSheet)
	text := strings.NewReplacer(names...).Replace(string(b))
	if text == string(b) {
		t.Fatalf("nobody on the list is called %s", names[0])
	}
	if err := os.WriteFile(again, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, code := office(t, "intake", "--data", dir, again)
	if (code == 0) != (errs == "") {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	return errs
}

func publishRare(t *testing.T, dir, fonts string) (out, errs string) {
	t.Helper()
	out, errs, code := office(t, "publish", "--data", dir, "--as-of", "2026-11-20", "--fonts", fonts)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	return out, errs
}

// pulled is the book of a kiosk that has just been brought up to date.
func pulled(t *testing.T, dir string) *book.Book {
	t.Helper()
	public, err := depot.Dir(filepath.Join(dir, publicDir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = public.Close() })
	k := newKiosk(t, dir, public)
	b, err := book.Open(k.job.Shelf.Book(k.pull()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		font.Carry(nil)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	font.Carry(page.Guests(b))
	return b
}

// TestARareNameFromSheetToScreen: a clerk's list has 刘𠮷兴, whose 𠮷 the query points' fonts lack, 余𡈼富, which the office's font lacks too,
// and 梁𪛖伟, of which nobody knows even the parts. All three are published, found and drawn, none as an empty box; and the clerk is told.
func TestARareNameFromSheetToScreen(t *testing.T) {
	dir := published(t)
	if refused := renamed(t, dir, "刘兴", "刘𠮷兴", "余峰富", "余𡈼富", "梁根伟", "梁𪛖伟"); refused != "" {
		t.Fatal(refused)
	}
	out, errs := publishRare(t, dir, fontsOf(t, "𠮷王"))
	if !strings.Contains(out, "有1个生僻字") {
		t.Errorf("publish says %s", out)
	}
	for _, says := range []string{
		"Z-01 有1个字", "“𡈼”（U+2123C），陆城街道太保湖村补贴发放《" + rareSheet + "》第", "写成（㇒+土）", "fonts-hanazono", "--fonts",
		"Z-02 有1个字", "“𪛖”（U+2A6D6），陆城街道太保湖村补贴发放", "“（缺字）”", "核对原来的表",
	} {
		if !strings.Contains(errs, says) {
			t.Errorf("publish does not say %s:\n%s", says, errs)
		}
	}
	b := pulled(t, dir)
	for _, name := range []string{"刘𠮷兴", "余𡈼富", "梁𪛖伟"} {
		entered(t, b, name)
	}
	person, text := personPage(t, b, "刘𠮷兴", '𠮷')
	drawnLikeTheFont(t, text)
	if missing := (slip.Slip{Title: person}).Missing(); len(missing) > 0 {
		t.Errorf("%q cannot be printed", missing)
	}
	for name, r := range map[string]rune{"余𡈼富": '𡈼', "梁𪛖伟": '𪛖'} {
		personPage(t, b, name, r)
	}
	if got := font.Width("𡈼", false); got != font.Width("（㇒+土）", false) {
		t.Errorf("𡈼 is %v em wide", got)
	}
}

const taibaohu = "420581001201"

// entered finds a name by browsing from character to character, and by the strokes of its second.
func entered(t *testing.T, b *book.Book, name string) {
	t.Helper()
	names := input.Lexicon(func(q search.Query) search.Answer {
		a, _ := page.Lookup(b, q)
		return a
	})
	here := search.Query{In: search.InPeople, Village: taibaohu}
	chars := []rune(name)
	offers := func(text string) bool {
		return slices.ContainsFunc(names.Enter(text, here).Candidates(), func(c input.Candidate) bool { return c.Text == string(chars[:2]) })
	}
	strokes := strings.NewReplacer("1", "㇐", "2", "㇑", "3", "㇒", "4", "㇔", "5", "㇕").Replace(stroke.Code(chars[1]))
	if !offers(string(chars[0])) {
		t.Errorf("browsing behind %c does not come to %s", chars[0], name)
	}
	if strokes == "" || !offers(string(chars[0])+strokes) {
		t.Errorf("%c by the strokes %s does not lead to %s", chars[1], strokes, name)
	}
	if found := names.Enter(name, here).Answer.Found; found == 0 {
		t.Errorf("%s is not found", name)
	}
}

// personPage shows the page of a person on every supported text size, in both contrasts, and returns what his name is drawn as: whole, in Regular,
// and his rare character neither blank nor the box of a font that lacks it.
func personPage(t *testing.T, b *book.Book, name string, rare rune) (string, screen.Op) {
	t.Helper()
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	hits := b.Find(search.Query{Text: name, In: search.InPeople, Village: taibaohu, Limit: 1}).Hits
	if len(hits) == 0 {
		t.Fatalf("nobody is called %s", name)
	}
	var last screen.Op
	for _, contrast := range []bool{false, true} {
		for size := range page.TextSize(3) {
			m := page.New(page.Config{County: "420581", CountyName: "宜都市", Emblem: "宜", Village: taibaohu})
			for _, msg := range []page.Msg{
				page.Tick{Now: now}, page.Opened{Book: b, SyncedAt: now}, page.Touched{}, page.Go{To: page.At{Page: page.PagePerson, Village: taibaohu, Ref: hits[0].Ref()}},
			} {
				m, _ = page.Update(m, msg)
			}
			v := m.View()
			v.TextSize, v.Contrast = size, contrast
			ops := screen.Layout(v, screen.Panel{WidthPx: 1080, HeightPx: 1920}, font.Width).Ops
			i := slices.IndexFunc(ops, func(op screen.Op) bool { return strings.Contains(op.Text, name) })
			if i < 0 {
				t.Fatalf("the page of %s does not show the name", name)
			}
			last = ops[i]
			if last.Bold {
				t.Errorf("%s is drawn in Bold, which cannot draw it whole", name)
			}
			mine, box := inkOf(font.Line(string(rare), int(last.H), last.Bold, last.Fill)), boxOf(t, int(last.H))
			if mine == nil || bytes.Equal(mine, box) {
				t.Errorf("%c is blank or a box", rare)
			}
			if last.Fill == (color.NRGBA{}) {
				t.Errorf("%s has no colour", name)
			}
		}
	}
	return name, last
}

// drawnLikeTheFont compares the name's 𠮷 with the beam of the font: at its size, on its baseline, behind 刘.
func drawnLikeTheFont(t *testing.T, op screen.Op) {
	t.Helper()
	px := int(op.H)
	m, base := font.Line("𠮷", px, op.Bold, op.Fill), int(font.Baseline(px))
	x, y := int(font.Start())+px/2, base-px*2/5
	r, g, b, a := op.Fill.RGBA()
	if got := m.RGBAAt(x, y); uint32(got.R) != r>>8 || uint32(got.G) != g>>8 || uint32(got.B) != b>>8 || uint32(got.A) != a>>8 {
		t.Errorf("in the middle of the beam there is %v", got)
	}
	for _, dy := range []int{-base + 1, -px * 6 / 10, -px * 2 / 10, 0} {
		if got := m.RGBAAt(x, base+dy); got.A != 0 {
			t.Errorf("%d px from the baseline, where the beam is not, there is %v", dy, got)
		}
	}
}

// inkOf is the cover of what a picture shows, cut out; nil for nothing.
func inkOf(m *image.RGBA) []byte {
	cut := image.Rectangle{}
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if m.RGBAAt(x, y).A > 127 {
				cut = cut.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	var out []byte
	for y := cut.Min.Y; y < cut.Max.Y; y++ {
		for x := cut.Min.X; x < cut.Max.X; x++ {
			out = append(out, m.RGBAAt(x, y).A>>7)
		}
	}
	return out
}

// boxOf is the box that stands in Regular for what it lacks.
func boxOf(t *testing.T, px int) []byte {
	t.Helper()
	f, err := sfnt.Parse(font.Regular())
	if err != nil {
		t.Fatal(err)
	}
	segments, err := f.LoadGlyph(&sfnt.Buffer{}, 0, fixed.I(px), nil)
	if err != nil || len(segments) == 0 {
		t.Fatalf("no box: %v", err)
	}
	z := vector.NewRasterizer(2*px, 2*px)
	for _, s := range segments {
		to := func(i int) (x, y float32) { return float32(s.Args[i].X) / 64, float32(s.Args[i].Y)/64 + float32(px) }
		x, y := to(0)
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			z.ClosePath()
			z.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			z.LineTo(x, y)
		default:
			t.Fatal("the box is round")
		}
	}
	z.ClosePath()
	m := image.NewRGBA(image.Rect(0, 0, 2*px, 2*px))
	z.Draw(m, m.Rect, image.Black, image.Point{})
	return inkOf(m)
}

// TestPrivateCharactersAreRefused: what a sheet has of characters that somebody made for himself is refused with what to do, and so is
// never published.
func TestPrivateCharactersAreRefused(t *testing.T) {
	if refused := renamed(t, published(t), "刘兴", "刘\ue123兴"); !strings.Contains(refused, "自造字") || !strings.Contains(refused, "标准字") {
		t.Errorf("intake says %s", refused)
	}
}

// TestAnEditionWithoutRareNames: fonts at hand or not, whoever publishes no rare character publishes no outline, and says nothing of it.
func TestAnEditionWithoutRareNames(t *testing.T) {
	dir := published(t)
	must(t, "intake", "--data", dir, "--kind", "公告", notices(t, 1))
	out, errs := publishRare(t, dir, fontsOf(t, "𠮷"))
	if strings.Contains(out, "生僻字") || strings.Contains(errs, "Z-0") {
		t.Errorf("publish says %s%s", out, errs)
	}
	b := pulled(t, dir)
	if _, said := b.Manifest().Rows["outline"]; said || len(page.Guests(b)) > 0 {
		t.Error("an edition of common characters has outlines")
	}
}

// TestFontsComeLater: an office that could not draw a character publishes its outline once it has the font; and one that publishes the name
// no more takes the outline back.
func TestFontsComeLater(t *testing.T) {
	dir := published(t)
	renamed(t, dir, "刘兴", "刘𠮷兴")
	if _, errs := publishRare(t, dir, fontsOf(t, "王")); !strings.Contains(errs, "Z-01") {
		t.Fatalf("publish says %s", errs)
	}
	if g := page.Guests(pulled(t, dir))['𠮷']; len(g.Outline) > 0 || g.Parts != "土口" {
		t.Errorf("without the font 𠮷 is %+v", g)
	}
	if out, errs := publishRare(t, dir, fontsOf(t, "𠮷")); !strings.Contains(out, "有1个生僻字") || strings.Contains(errs, "Z-0") {
		t.Fatalf("publish says %s%s", out, errs)
	}
	if g := page.Guests(pulled(t, dir))['𠮷']; len(g.Outline) == 0 {
		t.Error("the outline did not come")
	}
	renamed(t, dir, "刘兴", "刘吉兴")
	publishRare(t, dir, fontsOf(t, "𠮷"))
	if b := pulled(t, dir); len(page.Guests(b)) > 0 {
		t.Error("the outline of a name that is published no more is still there")
	}
}

// TestOutlinesBeyondMeasure: of more rare characters than an edition carries the last are told by their parts, and the clerk hears that it is for want of
// room, since no font would help.
func TestOutlinesBeyondMeasure(t *testing.T) {
	var saw typefacetest.Polygon
	for x := range int16(1000) {
		saw = append(saw, [2]int16{x, 900 - x%2})
	}
	for x := int16(999); x >= 0; x-- {
		saw = append(saw, [2]int16{x, -100 + x%2})
	}
	var rare []rune
	for r := rune(0x20100); len(rare) < 160; r++ {
		rare = append(rare, r)
	}
	dir := published(t)
	b, err := os.ReadFile(filepath.Join(sheets(t, 1000), rareSheet))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, line := range strings.Split(string(b), "\n")[1:] {
		if name := strings.Split(line, ",")[10]; !slices.Contains(names, name) {
			names = append(names, name, "王"+string(rare[len(names)/2*4:][:4]))
		}
		if len(names) == len(rare)/2 {
			break
		}
	}
	renamed(t, dir, names...)
	out, errs := publishRare(t, dir, fontsDrawn(t, string(rare), saw))
	if !strings.Contains(out, "个生僻字") || !strings.Contains(errs, "Z-03") || strings.Contains(errs, "Z-01") || strings.Contains(errs, "Z-02") {
		t.Errorf("publish says %s%s", out, errs)
	}
}

func TestFontsThatAreNone(t *testing.T) {
	dir := published(t)
	for _, fonts := range []string{t.TempDir(), filepath.Join(dir, "none"), dir} {
		if _, errs, code := office(t, "publish", "--data", dir, "--fonts", fonts); code != 2 || !strings.Contains(errs, "--fonts") || strings.Count(errs, "\n") != 1 {
			t.Errorf("--fonts %s: exit code %d, %s", fonts, code, errs)
		}
	}
}

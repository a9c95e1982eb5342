package slip

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"rsc.io/qr"

	"mingbai.local/assets/font"
)

var update = flag.Bool("update", false, "write the goldens anew")

// person is a slip as the kiosk words it.
func person(payments int) Slip {
	s := Slip{
		Title: "欧阳文林",
		Lines: []Line{{Text: "枝城镇白水港村2组"}, {Text: "2026年到现在3笔", Figure: "11,646.12元", Strong: true}},
		Foot:  []string{"宜都市财政与编制公开", "数据截至2026年11月20日，再查请到白水港村查询点", "演示数据，并非真实"},
	}
	for i := range payments {
		s.Lines = append(s.Lines, Line{Text: fmt.Sprintf("%d年耕地地力保护补贴", 2026-i/3), Figure: fmt.Sprintf("%d,%03d.12元", 1+i%9, i)})
	}
	return s
}

func TestPlainIsWhatStandsThere(t *testing.T) {
	want := "欧阳文林\n枝城镇白水港村2组\n2026年到现在3笔 11,646.12元\n2026年耕地地力保护补贴 1,000.12元\n" +
		"宜都市财政与编制公开\n数据截至2026年11月20日，再查请到白水港村查询点\n演示数据，并非真实"
	if got := person(1).Plain(); got != want {
		t.Errorf("got\n%s", got)
	}
}

// However much there is, a code can hold it, what it is about and as of when stay, and nothing is left out unsaid.
func TestPlainFitsACode(t *testing.T) {
	for n := range 60 {
		s := person(n)
		got := s.Plain()
		if len(got) > Room {
			t.Fatalf("%d payments are %d bytes", n, len(got))
		}
		if !strings.HasPrefix(got, "欧阳文林\n枝城镇白水港村2组\n2026年到现在3笔 11,646.12元") || !strings.HasSuffix(got, strings.Join(s.Foot, "\n")) {
			t.Fatalf("%d payments: head or foot is lost:\n%s", n, got)
		}
		shown, more := strings.Count(got, "保护补贴"), 0
		if _, rest, ok := strings.Cut(got, "…还有"); ok {
			if _, err := fmt.Sscanf(rest, "%d条", &more); err != nil {
				t.Fatal(err)
			}
		}
		if shown+more != n {
			t.Fatalf("%d payments: %d are shown and %d said to be left out:\n%s", n, shown, more, got)
		}
	}
	if shown := strings.Count(person(60).Plain(), "保护补贴"); shown < 8 {
		t.Errorf("only %d payments have room", shown)
	}
}

// The code of the longest text is read back from a picture, and on the smallest place that the screen has for it, 60 mm, a module
// is wide enough for a telephone.
func TestACodeOfTheLongestTextIsRead(t *testing.T) {
	text := person(60).Plain()
	text += strings.Repeat("0", Room-len(text)) // as long as any can be
	for _, level := range []qr.Level{qr.L, qr.M} {
		code, err := qr.Encode(text, level)
		if err != nil {
			t.Fatal(err)
		}
		if module := 60 / float64(code.Size+8); module < 0.5 {
			t.Errorf("level %d: %d modules are %.2f mm each at 60 mm", level, code.Size, module)
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(picture(code))
		if err != nil {
			t.Fatal(err)
		}
		read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil {
			t.Fatalf("level %d: %v", level, err)
		}
		if read.GetText() != text {
			t.Errorf("level %d reads\n%s", level, read.GetText())
		}
	}
}

// picture draws a code with four pixels to a module and a blank margin of four modules.
func picture(code *qr.Code) image.Image {
	const px, margin = 4, 4
	img := image.NewGray(image.Rect(0, 0, (code.Size+2*margin)*px, (code.Size+2*margin)*px))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if !code.Black(x/px-margin, y/px-margin) {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img
}

func TestMissing(t *testing.T) {
	for text, want := range map[string]string{"张三丰": "", "王𬱖㛃䶮": "", "王𠮷𠮷和𪛖": "𠮷𪛖"} {
		if got := string((Slip{Title: text}).Missing()); got != want {
			t.Errorf("%s: missing %q, want %q", text, got, want)
		}
	}
	if got := (Slip{Lines: []Line{{Text: "𠮷", Figure: "1"}}, Foot: []string{"𪛖"}}).Missing(); string(got) != "𠮷𪛖" {
		t.Errorf("missing %q", got)
	}
}

func TestWhatCannotBeDrawnIsNotPrinted(t *testing.T) {
	var b bytes.Buffer
	err := Slip{Title: "王𠮷"}.PDF(&b, Roll58)
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "𠮷") || b.Len() > 0 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}

var papers = []Paper{Roll58, Roll80, A4}

func TestTheSameSlipIsTheSameBytes(t *testing.T) {
	for _, p := range papers {
		var a, b bytes.Buffer
		for _, w := range []*bytes.Buffer{&a, &b} {
			if err := person(5).PDF(w, p); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: two printings differ", p)
		}
		if a.Len() > 100<<10 {
			t.Errorf("%s: %d bytes", p, a.Len())
		}
		if bytes.Contains(a.Bytes(), []byte("/FontFile")) || bytes.Contains(a.Bytes(), []byte("mingbai")) {
			t.Errorf("%s: a page that should hold outlines only", p)
		}
	}
}

func TestARollIsAsLongAsTheSlip(t *testing.T) {
	box := regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`)
	size := func(n int, p Paper) (w, h float64) {
		var b bytes.Buffer
		if err := person(n).PDF(&b, p); err != nil {
			t.Fatal(err)
		}
		m := box.FindStringSubmatch(b.String())
		if m == nil {
			t.Fatalf("%s: no page size", p)
		}
		if _, err := fmt.Sscan(m[1]+" "+m[2], &w, &h); err != nil {
			t.Fatal(err)
		}
		return w / pointsPerMM, h / pointsPerMM
	}
	for p, want := range map[Paper]float64{Roll58: 58, Roll80: 80, A4: 210, "": 80} {
		few, short := size(1, p)
		many, long := size(9, p)
		most, longest := size(120, p)
		for _, w := range []float64{few, many, most} {
			if w < want-0.1 || w > want+0.1 {
				t.Errorf("%q is %.1f mm wide", p, w)
			}
		}
		if p == A4 {
			if short != long || long != longest || short < 296 || short > 298 {
				t.Errorf("A4 is %.1f, %.1f, %.1f mm high", short, long, longest)
			}
			continue
		}
		if short >= long || longest > 300.1 || longest < 280 {
			t.Errorf("%q is %.1f, %.1f, %.1f mm long", p, short, long, longest)
		}
	}
}

// Everything stands on the paper, figures end at the right margin, and the rows are where the goldens have them: mm from the left
// and from the top, size, weight, text.
func TestLayout(t *testing.T) {
	for _, p := range papers {
		for name, s := range map[string]Slip{"person": person(4), "long": long()} {
			l := s.lay(p)
			at := p.sheet()
			var b strings.Builder
			fmt.Fprintf(&b, "%.1f × %.1f\n", l.width, l.height)
			for _, r := range l.rows {
				weight := "regular"
				if r.bold {
					weight = "bold"
				}
				end := r.x + width(r.text, r.bold)*r.em
				if r.x < at.margin-0.01 || end > at.width-at.margin+0.01 || r.y > l.height-at.margin {
					t.Errorf("%s %s: %q stands from %.1f to %.1f at %.1f", name, p, r.text, r.x, end, r.y)
				}
				fmt.Fprintf(&b, "%6.2f %6.2f %4.2f %-7s %s\n", r.x, r.y, r.em, weight, r.text)
			}
			golden(t, name+"-"+string(p)+".golden", b.String())
		}
	}
}

// long has a text of several rows, a figure that has no room beside its text, and a name that Bold cannot draw.
func long() Slip {
	return Slip{
		Title: "王𬱖（同名第2人）",
		Lines: []Line{
			{Text: "2026年新型农业经营主体贷款贴息和农业保险保费补贴（第二批）", Figure: "1,234,567.89元"},
			{Text: "名单加起来比拨到本村的317,804.55元少50.00元。1户银行卡号有误，待补发。由农业农村局负责。"},
		},
		Foot: []string{"数据截至2026年11月20日"},
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s", name, got)
	}
}

// Whatever a text is, wrapping loses and adds no character.
func FuzzWrap(f *testing.F) {
	f.Add("名单加起来比拨到本村的317,804.55元少50.00元。", 9.0)
	f.Add("，，，1234567890123456789012345678901234567890元", 5.0)
	f.Fuzz(func(t *testing.T, s string, room float64) {
		if !utf8.ValidString(s) || strings.Contains(s, "\n") || room < 1 || room > 1000 {
			return
		}
		if got := strings.Join(wrap(s, room, false), ""); got != s {
			t.Errorf("got %q", got)
		}
	})
}

// TestPapers writes the slips that the goldens measure, for whoever wants to look at them: -pictures names the folder.
func TestPapers(t *testing.T) {
	dir := t.TempDir()
	if *pictures != "" {
		dir = *pictures
	}
	for _, p := range papers {
		for name, s := range map[string]Slip{"person": person(4), "long": long(), "many": person(120)} {
			f, err := os.Create(filepath.Join(dir, name+"-"+string(p)+".pdf"))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.PDF(f, p); err != nil {
				t.Error(err)
			}
			if info, err := f.Stat(); err != nil || info.Size() > 200<<10 {
				t.Errorf("%s %s: %v, %v", name, p, info, err)
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

var pictures = flag.String("pictures", "", "write the slips as PDF into this folder")

// A character that came with the edition is printed as every other one is, and where it had no outline, what it is made of.
func TestWhatCameWithTheEditionIsPrinted(t *testing.T) {
	print := func(name string, g font.Guest) []byte {
		font.Carry(map[rune]font.Guest{'𠮷': g})
		var b bytes.Buffer
		if err := (Slip{Title: "惠农补贴", Lines: []Line{{Text: name, Figure: "812.00元"}}}).PDF(&b, Roll58); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	defer font.Carry(nil)
	like := print("王吉", font.Guest{})
	if !bytes.Equal(print("王𠮷", font.Guest{Outline: font.Segments('吉', false), Parts: "土口"}), like) {
		t.Error("what has the outline of 吉 is not printed as 吉 is")
	}
	if bytes.Equal(print("王𠮷", font.Guest{Parts: "土口"}), like) {
		t.Error("what is told by its parts is printed as another character")
	}
}

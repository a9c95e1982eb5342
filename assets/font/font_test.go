package font

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestRegularDrawsRareNames(t *testing.T) {
	for _, r := range "张王李欧阳覃邹玥喆垚犇龑䶮㛃𬱖𫘦𬭸，。：？（）〔〕“”×›元亩0123456789,.%" {
		if !Draws(r) {
			t.Errorf("Regular has no glyph for %c (%U)", r, r)
		}
	}
	if Draws('\U0010FFFD') {
		t.Error("Draws claims a glyph for a private character")
	}
}

func TestBoldDrawsWholeOrNotAtAll(t *testing.T) {
	for _, s := range []string{"张三丰", "1,141.30元", "查补贴", "欧阳文林", "〔2026〕6号", "abcdefghijklmnopqrstuvwxyz", "“张五”？（）"} {
		if !DrawsBold(s) {
			t.Errorf("Bold cannot draw %q", s)
		}
	}
	rare := "张龘"
	if DrawsBold(rare) {
		t.Errorf("Bold claims to draw %q", rare)
	}
	if got, want := Width(rare, true), Width(rare, false); got != want {
		t.Errorf("%q is measured as %v em in bold, %v in regular: it is drawn in regular", rare, got, want)
	}
}

func TestDigitsAreTabular(t *testing.T) {
	for _, inBold := range []bool{false, true} {
		want := Width("0", inBold)
		for _, d := range strings.Split("123456789", "") {
			if got := Width(d, inBold); got != want {
				t.Errorf("bold %v: %s is %v em wide, 0 is %v: amounts in a column would not line up", inBold, d, got, want)
			}
		}
	}
}

func TestChineseIsOneEmWide(t *testing.T) {
	if got := Width("财政公开", false); got != 4 {
		t.Errorf("four characters are %v em wide", got)
	}
}

func TestBoldStaysSmall(t *testing.T) {
	if n := len(Bold()); n > 3<<20 {
		t.Errorf("Bold is %d bytes; the binary has room for three megabytes", n)
	}
}

// TestNoNameIsOfTwoWeights: a name of standard characters (通用规范汉字表, testdata/standard.txt: kTGH in Unihan 15) is Bold whole; with
// one character that Bold lacks it is Regular whole, be that in Regular, from the edition, told by its parts or unknown.
func TestNoNameIsOfTwoWeights(t *testing.T) {
	text, err := os.ReadFile("testdata/standard.txt")
	if err != nil {
		t.Fatal(err)
	}
	standard := []rune(strings.ReplaceAll(string(text), "\n", ""))
	if len(standard) != 8105 {
		t.Fatalf("%d standard characters", len(standard))
	}
	Carry(map[rune]Guest{'𠮷': {Outline: bar()}, '𡈼': {Parts: "㇒土"}})
	defer Carry(nil)
	const px = 24
	rare := []rune("龘𠮷𡈼𪛖")
	for i, r := range standard {
		name := "欧阳" + string(r)
		if !DrawsBold(name) || Width(name, true) != 3 {
			t.Errorf("Bold cannot draw %s (%U)", name, r)
		}
		for _, mixed := range []string{name + string(rare[i%len(rare)]), string(rare[i%len(rare)]) + string(r)} {
			if DrawsBold(mixed) || Width(mixed, true) != Width(mixed, false) || !slices.Equal(Line(mixed, px, true, black).Pix, Line(mixed, px, false, black).Pix) {
				t.Fatalf("%s is not drawn in Regular whole", mixed)
			}
		}
	}
}

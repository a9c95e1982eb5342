package leak

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// id makes an identity number of an invented person with a right check digit.
func id(r *rand.Rand) string {
	s := fmt.Sprintf("4205%02d%04d%02d%02d%03d", 1+r.IntN(90), 1920+r.IntN(100), 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))
	for _, c := range "0123456789X" {
		if isID([]byte(s + string(c))) {
			return s + string(c)
		}
	}
	panic("no check digit fits " + s)
}

func card(r *rand.Rand, n int) string {
	s := "62"
	for len(s) < n-1 {
		s += string(rune('0' + r.IntN(10)))
	}
	for c := '0'; c <= '9'; c++ {
		if luhn([]byte(s + string(c))) {
			return s + string(c)
		}
	}
	panic("no check digit fits " + s)
}

func phone(r *rand.Rand) string { return fmt.Sprintf("1%d%09d", 3+r.IntN(7), r.IntN(1_000_000_000)) }

func wide(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '0' && c <= '9':
			return c - '0' + '０'
		case c == 'X':
			return 'Ｘ'
		}
		return c
	}, s)
}

func split(s, sep string, sizes ...int) string {
	var parts []string
	for _, n := range sizes {
		parts = append(parts, s[:n])
		s = s[n:]
	}
	return strings.Join(append(parts, s), sep)
}

func TestEverySpellingIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	seps := []string{" ", "　", "-", "－", "\u00a0", "  ", "·", "—"}
	for range 200 {
		n, c, p := id(r), card(r, 16+r.IntN(4)), phone(r)
		sep := seps[r.IntN(len(seps))]
		for text, want := range map[string]Kind{
			n: ID, wide(n): ID, strings.ToLower(n): ID, "户主身份证" + n + "，已核": ID, split(n, sep, 6, 8): ID, split(n, sep, 3, 3, 4, 4): ID,
			wide(split(n, sep, 6, 8)): ID, "（" + n + "）": ID, "zh" + n: ID,
			c: Card, wide(c): Card, split(c, sep, 4, 4, 4): Card, "账号:" + c: Card, "卡号" + split(c, sep, 4, 4, 4) + "农商行": Card,
			p: Phone, wide(p): Phone, "+86" + p: Phone, "+86 " + p: Phone, split(p, sep, 3, 4): Phone, "电话" + p + "。": Phone, split(p, sep, 3): Phone,
		} {
			got := Find(text)
			// A card may happen to hold a valid identity number; any finding refuses the cell.
			if got == None || got != want && want != Card {
				t.Fatalf("Find(%q) = %q, want %q", text, got, want)
			}
		}
	}
}

func TestOrdinaryTextPasses(t *testing.T) {
	for _, text := range []string{
		"", "王建国", "3组", "0717-4821234", "12310", "都财农〔2023〕12号", "2023-05-06", "2023-05-06至2023-05-08", "2023-05-06 2023-07-08",
		"420581106205", "420581106205;420581106207", "JG-0001-2023", "D420581106205H2345abcd67efgh22", "2025年3月1日至2025年12月31日，每亩95.5元，计1234.5亩",
		"13812", "电话0717-4821234、0717-4836655", "2023001138", "YDCG-20230512-001",
	} {
		if k := Find(text); k != None {
			t.Errorf("Find(%q) = %q, want nothing", text, k)
		}
	}
	if k := FindInNumber("13812345678.00"); k != None {
		t.Errorf("an amount of 11 digits is taken for %q", k)
	}
}

func TestWrongChecksumPasses(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	false18 := 0
	for range 20000 {
		s := fmt.Sprintf("%018d", r.Uint64()%1e18)
		if Find(s) == ID {
			false18++
		}
	}
	if false18 > 20 {
		t.Errorf("%d of 20000 random 18-digit texts are taken for identity numbers", false18)
	}
}

func TestMaskKeepsNoNumber(t *testing.T) {
	for in, want := range map[string]string{
		"420581198001011234": "420*************34", "138 1234 5678": "138 **** **78", "杨家贩村": "杨家贩村", "2023-13-45": "202*-**-45", "12.5": "12.5",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("身份证 420581 19800101 1234")
	f.Add("６２２２")
	f.Fuzz(func(t *testing.T, s string) {
		Find(s)
		if k := Find(Mask(s)); k == ID || k == Card || k == Phone {
			t.Errorf("Mask(%q) = %q still shows a %s", s, Mask(s), k)
		}
	})
}

func BenchmarkFindClean(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Find("都财农〔2023〕12号，按每亩95元计")
	}
}

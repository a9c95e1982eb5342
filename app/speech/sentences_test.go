package speech

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestSentences: what the pages say is read as a clerk reads it. The file says where its readings come from.
func TestSentences(t *testing.T) {
	file, err := os.ReadFile("testdata/sentences.tsv")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		text, want, _ := strings.Cut(rest, "\t")
		if kind != "姓名" && kind != "句子" || want == "" || seen[rest] {
			t.Fatalf("%q is no new line of the file", line)
		}
		seen[rest] = true
		if got := Syllables(Phrase{Text: text, Name: kind == "姓名"}); got != want {
			t.Errorf("%s %s is read\n%s, want\n%s", kind, text, got, want)
		}
	}
	if len(seen) != 500 {
		t.Errorf("%d sentences", len(seen))
	}
}

// What follows reads numbers a second time, from their value and straight to syllables; Syllables goes by digits and by characters.

var ones = strings.Fields("ling2 yi1 er4 san1 si4 wu3 liu4 qi1 ba1 jiu3")

type place struct {
	value int64
	unit  string
}

var tens = []place{{1e8, "yi4"}, {1e4, "wan4"}, {1000, "qian1"}, {100, "bai3"}, {10, "shi2"}}

// asNumber is a number under 10^12 as one counts.
func asNumber(n int64) []string {
	if n == 0 {
		return []string{"ling2"}
	}
	said := below(n, true)
	if said[0] == "yi1" && len(said) > 1 && said[1] == "shi2" {
		said = said[1:]
	}
	return said
}

// below reads a number; the first thing of what is said may be 两.
func below(n int64, first bool) []string {
	if n < 10 {
		return []string{ones[n]}
	}
	p := tens[slices.IndexFunc(tens, func(p place) bool { return n >= p.value })]
	many, rest := n/p.value, n%p.value
	var said []string
	switch {
	case many >= 10:
		said = below(many, first)
		if first && said[0] == "yi1" && said[1] == "shi2" {
			said = said[1:]
		}
	case p.value == 10:
		said = []string{ones[many]}
	case many == 1 && (p.unit == "wan4" || p.unit == "yi4"):
		said = []string{"yi2"}
	case many == 1:
		said = []string{"yi4"}
	case many == 2 && first:
		said = []string{"liang3"}
	default:
		said = []string{ones[many]}
	}
	said = append(said, p.unit)
	if rest > 0 {
		if rest < p.value/10 {
			said = append(said, "ling2")
		}
		said = append(said, below(rest, false)...)
	}
	return said
}

// of is so many of something, before a syllable of that tone.
func of(n int64, falling bool) []string {
	switch {
	case n == 1 && falling:
		return []string{"yi2"}
	case n == 1:
		return []string{"yi4"}
	case n == 2:
		return []string{"liang3"}
	}
	return asNumber(n)
}

// yuan is an amount in fen.
func yuan(fen int64) (said []string) {
	whole, jiao, rest := fen/100, fen/10%10, fen%10
	if whole > 0 || fen == 0 {
		said = asNumber(whole)
		if whole > 0 {
			said = of(whole, false)
		}
		said = append(said, "yuan2")
	}
	switch {
	case jiao == 2 && whole == 0:
		said = append(said, "liang3", "jiao3")
	case jiao == 1:
		said = append(said, "yi4", "jiao3")
	case jiao > 0:
		said = append(said, ones[jiao], "jiao3")
	case rest > 0 && whole > 0:
		said = append(said, "ling2")
	}
	switch {
	case rest == 0:
	case rest == 2 && fen == 2:
		said = append(said, "liang3", "fen1")
	case rest == 1 && (jiao > 0 || whole == 0):
		said = append(said, "yi4", "fen1")
	default:
		said = append(said, ones[rest], "fen1")
	}
	return said
}

// parts is a number with hundredths.
func parts(hundredths int64) []string {
	said := asNumber(hundredths / 100)
	if hundredths%100 > 0 {
		said = append(said, "dian3", ones[hundredths/10%10])
	}
	if last := hundredths % 10; last > 0 {
		said = append(said, ones[last])
	}
	return said
}

// acres are so many 亩, in hundredths.
func acres(hundredths int64) []string {
	if hundredths%100 == 0 {
		return of(hundredths/100, false)
	}
	return parts(hundredths)
}

func year(y int) (said []string) {
	for _, d := range strconv.Itoa(y) {
		said = append(said, ones[d-'0'])
	}
	return said
}

// grouped writes a number as the pages do, 1,234,567.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// TestAnyAmountAndAnyDay: both readers agree about whatever number a sentence of the pages can have.
func TestAnyAmountAndAnyDay(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	upTo := func(most int64) int64 { // small ones, round ones and all others
		n := r.Int64N(most) >> r.IntN(36)
		for range r.IntN(4) {
			if n > 100 {
				n -= n % []int64{10, 100, 1000, 100_000, 1_000_000}[r.IntN(5)]
			}
		}
		return n
	}
	check := func(text string, want ...[]string) {
		t.Helper()
		if got, want := Syllables(Phrase{Text: text}), strings.Join(slices.Concat(want...), " "); strings.ReplaceAll(got, ",", "") != want {
			t.Fatalf("%s is read\n%s, want\n%s", text, got, want)
		}
	}
	syllables := strings.Fields
	for range 5_000 {
		fen, households, area, share := upTo(1e13), upTo(1e7), upTo(1e7), r.Int64N(10_000)
		check(fmt.Sprintf("合计%s.%02d元", grouped(fen/100), fen%100), syllables("he2 ji4"), yuan(fen))
		check(fmt.Sprintf("名单共%s户", grouped(households)), syllables("ming2 dan1 gong4"), of(households, true), syllables("hu4"))
		check(fmt.Sprintf("面积%d.%02d亩", area/100, area%100), syllables("mian4 ji1"), acres(area), syllables("mu3"))
		check(fmt.Sprintf("已发%d.%02d%%", share/100, share%100), syllables("yi3 fa1 bai3 fen1 zhi1"), parts(share))
		day := time.Date(1900+r.IntN(200), 1, 1+r.IntN(365), 0, 0, 0, 0, time.UTC)
		on := [][]string{year(day.Year()), {"nian2"}, asNumber(int64(day.Month())), {"yue4"}, asNumber(int64(day.Day())), {"ri4"}}
		check(day.Format("2006-01-02"), on...)
		check(day.Format("2006年1月2日")+"公布", append(on, syllables("gong1 bu4"))...)
	}
}

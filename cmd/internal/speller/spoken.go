package speller

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"mingbai.local/app/input"
	"mingbai.local/app/pinyin"
	"mingbai.local/app/search"
	"mingbai.local/cmd/internal/figures"
)

// surnameReadings are surnames that are read otherwise than their characters are mostly, compiled for this project apart from the
// table of assets/reading that the index reads by.
//
//go:embed surname_readings.csv
var surnameReadings string

// Surnames counts the surnames that are found by typing them as they are read as surnames.
func Surnames(t *figures.Table) error {
	var b search.Builder
	const village = "420581101201"
	b.Village(search.Village{Code: village, Scope: []string{village}})
	read := map[string]string{}
	var people []search.Person
	for line := range strings.Lines(surnameReadings) {
		surname, letters, ok := strings.Cut(strings.TrimSpace(line), ",")
		if !ok || surname == "surname" {
			continue
		}
		read[surname] = letters
		people = append(people, search.Person{Village: village, Name: surname + "建国", Type: "户", Years: []search.YearSum{{Year: 2025, Payments: 1, Sum: 1}}})
	}
	if err := b.People(village, people, 0); err != nil {
		return err
	}
	sections, err := b.Finish()
	if err != nil {
		return err
	}
	x, err := search.Open(func(name string) ([]byte, error) { return sections[name], nil }, nil)
	if err != nil {
		return err
	}
	var wrong []string
	for surname, letters := range read {
		var a search.Answer
		if err := x.Find(search.Query{In: search.InPeople, Village: village, Text: letters + "jianguo", Limit: len(read)}, &a); err != nil {
			return err
		}
		if !slices.ContainsFunc(a.Hits, func(h search.Hit) bool { return h.Title == surname+"建国" && h.Why == search.WhyPinyin }) {
			wrong = append(wrong, surname)
		}
	}
	slices.Sort(wrong)
	note := fmt.Sprintf("%d of %d surnames with a reading of their own are found by it", len(read)-len(wrong), len(read))
	if len(wrong) > 0 {
		note += ", not " + strings.Join(wrong, "、")
	}
	t.Add("surname_readings_right", float64(len(read)-len(wrong))/float64(len(read)), "of 1", note)
	return nil
}

// pairs (不分的音) are what many here do not tell apart when they speak, with how one of the two is said for the other; empty where
// a syllable has neither.
var pairs = []struct {
	name string
	said func(syllable string) string
}{
	{"zh/z", either("zh", "z")},
	{"ch/c", either("ch", "c")},
	{"sh/s", either("sh", "s")},
	{"n/l", either("n", "l")},
	{"hu/f", func(s string) string {
		return map[string]string{"hu": "fu", "hua": "fa", "huan": "fan", "huang": "fang", "fu": "hu", "fa": "hua", "fan": "huan", "fang": "huang"}[s]
	}},
	{"ing, eng/in, en", func(s string) string {
		switch {
		case strings.HasSuffix(s, "ing"), strings.HasSuffix(s, "eng"):
			return s[:len(s)-1]
		case strings.HasSuffix(s, "in"), strings.HasSuffix(s, "en"):
			return s + "g"
		}
		return ""
	}},
}

// either says a syllable with the one beginning for the other.
func either(long, short string) func(string) string {
	return func(s string) string {
		if rest, ok := strings.CutPrefix(s, long); ok {
			return short + rest
		}
		if rest, ok := strings.CutPrefix(s, short); ok && pinyin.Initial(s) == short {
			return long + rest
		}
		return ""
	}
}

// Dialect counts the characters of names that are offered where their syllable is typed as many here say it, with what is read so
// exactly before them.
func (c *County) Dialect(t *figures.Table) {
	const names = 200
	right := 0
	var counts []string
	for i, p := range pairs {
		r := rand.New(rand.NewPCG(9, uint64(10+i)))
		tried, good := 0, 0
		for tried < names {
			village, name := c.draw(r, c.villages)
			runes := []rune(name)
			for at, readings := range pinyin.NameReadings(name) {
				if len(readings) == 0 || p.said(readings[0]) == "" {
					continue
				}
				tried++
				e := c.Lexicon.Enter(string(runes[:at])+p.said(readings[0]), search.Query{In: search.InPeople, Village: village})
				if exactFirst(e.Candidates(), string(runes[:at+1])) {
					good++
				}
			}
		}
		if good == tried {
			right++
		}
		counts = append(counts, fmt.Sprintf("%s %d of %d", p.name, good, tried))
	}
	t.Add("dialect_pairs_right", float64(right), "pairs", fmt.Sprintf("of %d, every character offered when its syllable is typed with the other sound, what is read so exactly before it: %s", len(pairs), strings.Join(counts, ", ")))
}

// exactFirst reports whether a text is among the candidates, and no exact one stands behind one that is only alike.
func exactFirst(list []input.Candidate, text string) bool {
	alike := slices.IndexFunc(list, func(c input.Candidate) bool { return c.Alike })
	if alike >= 0 && slices.ContainsFunc(list[alike:], func(c input.Candidate) bool { return !c.Alike }) {
		return false
	}
	return slices.ContainsFunc(list, func(c input.Candidate) bool { return pinyin.FoldText(c.Text) == pinyin.FoldText(text) })
}

package disclosure_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"mingbai.local/app/disclosure"
)

func TestDatasetsAreWellFormed(t *testing.T) {
	terms := map[string]bool{}
	for _, d := range disclosure.Datasets() {
		if disclosure.ByName(d.Name) != d {
			t.Errorf("%s is not found by its name", d.Name)
		}
		if terms[d.Term] || strings.ContainsAny(d.Term, "_. ") {
			t.Errorf("the term %q cannot begin the name of a file", d.Term)
		}
		terms[d.Term] = true
		names, headings := map[string]bool{}, map[string]bool{}
		for _, c := range d.Columns {
			if names[c.Name] {
				t.Errorf("%s has two columns %s", d.Name, c.Name)
			}
			names[c.Name] = true
			for _, h := range c.Headings() {
				if headings[h] {
					t.Errorf("%s has two headings %s", d.Name, h)
				}
				headings[h] = true
			}
			if c.Refs != "" && disclosure.ByName(c.Refs) == nil {
				t.Errorf("%s.%s refers to no dataset: %s", d.Name, c.Name, c.Refs)
			}
			if got, ok := d.Column(c.Name); !ok || got.Heading != c.Heading {
				t.Errorf("%s: column %s is not found", d.Name, c.Name)
			}
		}
		if d.Columns[0].Name != "ref" {
			t.Errorf("%s does not begin with its reference", d.Name)
		}
		if _, ok := d.Column("nothing"); ok {
			t.Errorf("%s has a column nothing", d.Name)
		}
		if d.Made() != (d.Name == "total" || d.Name == "outline") {
			t.Errorf("%s: Made = %v", d.Name, d.Made())
		}
	}
	if disclosure.ByName("nothing") != nil {
		t.Error("there is a dataset nothing")
	}
}

// No sheet can carry an identity number, a card, a telephone or a birth date of a recipient: there is no column for one.
func TestNoColumnForIdentityOfRecipients(t *testing.T) {
	for _, c := range disclosure.Of[disclosure.Disbursement]().Columns {
		for _, word := range []string{"身份证", "卡号", "账号", "电话", "手机", "出生"} {
			if strings.Contains(c.Heading, word) {
				t.Errorf("a payment has the column %s", c.Heading)
			}
		}
	}
}

// Whatever a record holds, its cells fill a record alike, and a sheet written from them reads back alike.
func TestCellsAndSheetsRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, d := range disclosure.Datasets() {
		for range 200 {
			cells := make([]disclosure.Cell, len(d.Columns))
			for i, c := range d.Columns {
				cells[i] = randomCell(r, c)
			}
			rec := d.New()
			if err := d.Fill(rec, cells); err != nil {
				t.Fatalf("%s: %v", d.Name, err)
			}
			if got := d.Cells(rec); !reflect.DeepEqual(got, cells) {
				t.Fatalf("%s: cells\n%v came back as\n%v", d.Name, cells, got)
			}
			for i, c := range d.Columns {
				text := c.Format(cells[i])
				back, err := c.Parse(text)
				if err != nil || back != cells[i] {
					t.Fatalf("%s.%s: %v is written %q and read %v, %v", d.Name, c.Name, cells[i], text, back, err)
				}
			}
		}
	}
}

func randomCell(r *rand.Rand, c disclosure.Column) disclosure.Cell {
	pick := func(s ...string) disclosure.Cell { return disclosure.Cell{Text: s[r.IntN(len(s))]} }
	switch {
	case c.Kind.Number():
		return disclosure.Cell{Int: (r.Int64N(1<<50) - 1<<49) >> r.IntN(50)}
	case len(c.OneOf) > 0:
		return pick(c.OneOf...)
	}
	switch c.Kind {
	case disclosure.KindDate:
		return pick("", "2023", "2024-02", "2024-02-29", "1999-12-31")
	case disclosure.KindCode, disclosure.KindPlace:
		return pick("", "420581104201", "000000000000")
	case disclosure.KindList:
		return pick("", "一", "一;二", "甲;乙;丙")
	case disclosure.KindPosts:
		return pick("", "行政编制=12", "行政编制=12;工勤编制=0")
	}
	return pick("", "白水港村", "a,b\"c", "𬘓", " 空格 ")
}

func TestUnreadableEstablishmentFails(t *testing.T) {
	d := disclosure.Of[disclosure.Institution]()
	for _, text := range []string{"12", "=3", "行政编制", "行政编制=", "行政编制=-1", "行政编制=十", "行政编制=1;"} {
		cells := make([]disclosure.Cell, len(d.Columns))
		for i, c := range d.Columns {
			if c.Name != "posts" {
				continue
			}
			cells[i].Text = text
			if _, err := c.Parse(text); err == nil {
				t.Errorf("%q was read", text)
			}
		}
		if err := d.Fill(d.New(), cells); err == nil {
			t.Errorf("a record was filled with %q", text)
		}
	}
}

func TestOfRefusesWhatIsNoRecord(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a head passed for a record")
		}
	}()
	disclosure.Of[disclosure.Head]()
}

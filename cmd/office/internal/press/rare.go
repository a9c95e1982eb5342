package press

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/outline"
	"mingbai.local/assets/rare"
	"mingbai.local/sync/edition"
)

// Rare is a character of an edition that the query points' own fonts lack (生僻字), and where it was met first.
type Rare struct {
	Char rune
	// Outlined says that its outline travels with the edition. Where it does not, Parts are what is shown instead, and where there are none
	// either, that a character is missing. Crowded says that there is an outline, and no room for it.
	Outlined, Crowded bool
	Parts             string
	Dataset           *disclosure.Dataset
	Place             string // 乡镇 and 村, where the row is of one
	Source            string
	Row               int64
}

// rarities are the rare characters met so far.
type rarities map[rune]*Rare

// look looks for rare characters in a text of a row. What only says how another character looks is none.
func (m rarities) look(text string, row func() Rare) {
	for _, r := range text {
		if r < unicode.MaxLatin1 || !rare.Lacks(r) || unicode.In(r, unicode.Variation_Selector, unicode.Cf) {
			continue
		}
		if m[r] == nil {
			first := row()
			first.Char = r
			m[r] = &first
		}
	}
}

// where says of which row a text is.
func (b *binding) where() Rare {
	met := Rare{Dataset: b.d, Source: strings.Clone(b.cells[at(b.d, "source")].Text), Row: b.cells[at(b.d, "source_row")].Int}
	if i := at(b.d, "place"); i >= 0 {
		met.Place = b.j.placeName(disclosure.Code(b.cells[i].Text))
	}
	return met
}

// placeName is a place as a clerk writes it, 枝城镇白水港村; empty where nobody knows the code.
func (j *job) placeName(code disclosure.Code) string {
	name := ""
	for range 2 { // a village and its township
		i := slices.IndexFunc(j.places, func(p disclosure.Place) bool { return p.Code == code && p.Level != "县" })
		if i < 0 {
			break
		}
		name, code = j.places[i].Name+name, j.places[i].Parent
	}
	return strings.Clone(name)
}

// outlines prints how the rare characters look, where there are any, and returns them.
func (j *job) outlines() ([]Rare, error) {
	d := disclosure.Of[disclosure.Outline]()
	table := edition.Table{Dataset: d.Name, Columns: columns(d)}
	var out []Rare
	bytes := 0
	for _, r := range slices.Sorted(maps.Keys(j.rare)) {
		met := j.rare[r]
		met.Parts = rare.Parts(r)
		path := ""
		if j.p.Fonts != nil && !unicode.Is(unicode.Co, r) { // what a private character means, no font of ours knows
			path, met.Outlined = j.p.Fonts.Outline(r)
		}
		if bytes += len(path); bytes > outline.Most {
			path, met.Outlined, met.Crowded = "", false, met.Outlined
		}
		out = append(out, *met)
		if path == "" && met.Parts == "" {
			continue
		}
		rec := disclosure.Outline{Head: disclosure.Head{Ref: stableRef("G", 0, 0, string(r))}, Char: string(r), Path: path, Parts: met.Parts}
		var row []edition.Value
		for _, c := range d.Cells(rec) {
			row = append(row, edition.Value(c))
		}
		table.Rows = append(table.Rows, row)
	}
	if len(table.Rows) == 0 {
		return out, nil
	}
	batch := table.Batch(0, "")
	batch.Key = []int{0}
	return out, j.writers[d.Owner].Add(batch)
}

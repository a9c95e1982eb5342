package book

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mingbai.local/app/internal/roll"
)

// Sections that disagree are found, though each is whole and has its checksum.
func TestCheckFindsWhatDisagrees(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "good.db")
	if err := Build(context.Background(), many(3200), path); err != nil {
		t.Fatal(err)
	}
	good, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer good.Close()
	const place = "420581101001"
	// paid lays out a place's payments again, after change was let at them.
	paid := func(change func(rows []roll.Row, marks []byte)) []byte {
		l := good.ledger(place)
		templates, err := good.data.templates()
		if err != nil {
			t.Fatal(err)
		}
		marks := make([]byte, l.People)
		for i := range marks {
			marks[i] = l.Mark(i)
		}
		var rows []roll.Row
		for i := range l.Lists() {
			list := &l.Lists()[i]
			for row := range list.Rows {
				rows = append(rows, list.Row(row))
			}
		}
		change(rows, marks)
		var e roll.Encoder
		b, err := e.Encode(templates, marks, nil, rows)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name, section, says string
		data                func() []byte
	}{
		{"nothing", sectionPaid + place, "", func() []byte { return paid(func([]roll.Row, []byte) {}) }},
		{"an amount", sectionPaid + place, "differ", func() []byte {
			return paid(func(rows []roll.Row, _ []byte) { rows[7].Amount++ })
		}},
		{"whose payment it is", sectionPaid + place, "differ", func() []byte {
			return paid(func(rows []roll.Row, _ []byte) { rows[7].Person++ })
		}},
		{"a mark", sectionPaid + place, "not marked", func() []byte {
			return paid(func(_ []roll.Row, marks []byte) { marks[3]++ })
		}},
		{"a person too many", sectionPaid + place, "people in the index", func() []byte {
			var e roll.Encoder
			b, err := e.Encode(nil, make([]byte, good.ledger(place).People+1), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}},
		{"a flow", sectionFlows, "the flows and the payments differ", func() []byte {
			all, err := good.data.flowsByPlace()
			if err != nil {
				t.Fatal(err)
			}
			p := all[place]
			p.flows = slices.Clone(p.flows)
			p.flows[0].sum++
			return encodeFlows([]placeFlows{p})
		}},
	} {
		sections := map[string][]byte{}
		for name := range good.file.sizes {
			data, err := good.file.section(name)
			if err != nil {
				t.Fatal(err)
			}
			sections[name] = slices.Clone(data)
		}
		sections[c.section] = c.data()
		bad := filepath.Join(dir, c.name+".db")
		if err := writeFile(bad, good.file.head, sections); err != nil {
			t.Fatal(err)
		}
		b, err := Open(bad)
		if err != nil {
			t.Fatal(err)
		}
		err = b.Check(context.Background())
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
		b.Close()
	}
}

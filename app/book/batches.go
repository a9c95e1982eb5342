package book

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"mingbai.local/app/disclosure"
)

// Batch (一批拨款) is what one paper sent down from a fund: to how many places, and how much in all.
type Batch struct {
	No          int64
	DocNo       string
	PublishedOn disclosure.Date // the newest of its allocations
	Places      int
	Amount      disclosure.Fen
}

// Batches returns what was sent down from a fund, batch by batch. It reads the allocations column by column and keeps none of
// them: there are as many as batches of lists, and nobody but this page looks at them.
func (b *Book) Batches(fund string) []Batch {
	defer b.guard(debug.SetPanicOnFault(true))
	d := disclosure.Of[disclosure.Allocation]()
	data, err := b.file.section(sectionData + d.Name)
	if b.note(err); err != nil || data == nil {
		return nil
	}
	t, err := decodeTable(numbers(d.Columns), data)
	if err != nil {
		b.note(fmt.Errorf("dataset %s: %w", d.Name, err))
		return nil
	}
	column := func(name string) *tableColumn {
		return &t.columns[slices.IndexFunc(d.Columns, func(c disclosure.Column) bool { return c.Name == name })]
	}
	funds, batches, docs, until := column("fund"), column("batch"), column("doc_no"), column("visible_until")
	published, places, amounts := column("published_on"), column("place"), column("amount_fen")
	var out []Batch
	seen := map[string]bool{}
	for row := range t.rows {
		if funds.text(row) != fund || !b.shown(disclosure.Head{VisibleUntil: disclosure.Date(until.text(row))}) {
			continue
		}
		no, doc := batches.int(row), docs.text(row)
		i := slices.IndexFunc(out, func(x Batch) bool { return x.No == no && x.DocNo == doc })
		if i < 0 {
			i, out = len(out), append(out, Batch{No: no, DocNo: doc})
		}
		of := &out[i]
		of.Amount += disclosure.Fen(amounts.int(row))
		of.PublishedOn = max(of.PublishedOn, disclosure.Date(published.text(row)))
		if at := fmt.Sprint(i, places.text(row)); !seen[at] {
			seen[at] = true
			of.Places++
		}
	}
	slices.SortFunc(out, func(x, y Batch) int {
		return cmp.Or(cmp.Compare(x.No, y.No), strings.Compare(string(x.PublishedOn), string(y.PublishedOn)), strings.Compare(x.DocNo, y.DocNo))
	})
	return out
}

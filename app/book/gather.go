package book

import (
	"encoding/binary"
	"fmt"
	"slices"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/internal/roll"
	"mingbai.local/app/internal/section"
)

// payments (待编) is what is known of an edition's payments while they are spooled: their texts and templates by number, in the
// order in which they came. A spooled payment is
//
//	uvarint(template) uvarint(group) uvarint(name) uvarint(type) varint(namesake_no) varint(quantity) varint(standard)
//	varint(amount) varint(source_row) uvarint(own texts) text×4 if any: ref, remark, reason, doc
type payments struct {
	groups, names, types []string
	templates            []roll.Template
}

// templateColumns are the text columns that payments of a batch have in common, in the order of templateTexts.
var templateColumns = [...]string{"fund", "kind", "period", "unit", "paid_on", "method", "published_on", "visible_until", "source"}

func templateTexts(t *roll.Template) [len(templateColumns)]*string {
	return [...]*string{&t.Fund, &t.Kind, &t.Period, &t.Unit, &t.PaidOn, &t.Method, &t.PublishedOn, &t.VisibleUntil, &t.Source}
}

// templateKey is a template as numbers of terms.
type templateKey struct {
	texts       [len(templateColumns)]uint32
	year, batch int64
}

// ownColumns are the texts that differ from payment to payment.
var ownColumns = [...]string{"ref", "remark", "change_reason", "change_doc"}

// gathering (收集) is the reading of the payments.
type gathering struct {
	b         *builder
	r         *rows
	columns   map[string]*cells
	common    [len(templateColumns)]*cells
	own       [len(ownColumns)]*cells
	numbers   [len(spooledNumbers)]*cells
	templates map[templateKey]uint32
	last      templateKey
	template  uint32          // of last
	runs      []*run          // by index among the block's places
	withdrawn map[string]bool // places of which a payment was withdrawn by a reference that follows from it
	suspects  []bool          // the same, by index among the block's places
	row       []byte
}

var spooledNumbers = [...]string{"namesake_no", "quantity", "standard_fen", "amount_fen", "source_row"}

// gather sorts the payments by place into the spool.
func (b *builder) gather(d *disclosure.Dataset) error {
	list, err := rowsOf[disclosure.SubsidyKind](b)
	if err != nil {
		return err
	}
	b.kinds = kinds{}
	for _, k := range list {
		b.kinds[k.Ref] = k
	}
	g := gathering{b: b, templates: map[templateKey]uint32{}, withdrawn: map[string]bool{}}
	for ref := range b.withdrawn {
		if place, ok := disclosure.KeyPlace(ref); ok {
			g.withdrawn[string(place)] = true
		}
	}
	intern := append([]string{"group", "name", "recipient_type"}, templateColumns[:]...)
	err = b.read(d, intern, func(r *rows) error {
		if g.r == nil {
			g.open(r)
		}
		return g.block()
	})
	if g.r != nil {
		b.paid.groups, b.paid.names, b.paid.types = g.columns["group"].terms, g.columns["name"].terms, g.columns["recipient_type"].terms
	}
	return err
}

func (g *gathering) open(r *rows) {
	g.r, g.columns = r, map[string]*cells{}
	for i, c := range r.dataset.Columns {
		g.columns[c.Name] = r.columns[i]
	}
	for i, name := range templateColumns {
		g.common[i] = g.columns[name]
	}
	for i, name := range ownColumns {
		g.own[i] = g.columns[name]
	}
	for i, name := range spooledNumbers {
		g.numbers[i] = g.columns[name]
	}
}

func (g *gathering) block() error {
	kind, place := g.columns["kind"], g.columns["place"]
	for _, k := range kind.texts {
		if g.b.kinds[k].Publish == "只公布合计" {
			return fmt.Errorf("kind %s is published as totals only", k)
		}
	}
	g.runs, g.suspects = g.runs[:0], g.suspects[:0]
	for _, code := range place.texts {
		g.runs = append(g.runs, nil)
		g.suspects = append(g.suspects, g.withdrawn[code])
	}
	group, name, typ := g.columns["group"], g.columns["name"], g.columns["recipient_type"]
	year, batch := g.columns["year"].ints, g.columns["batch"].ints
	for i := range g.r.n {
		ref, at := g.own[0].text(i), place.index[i]
		derived := ref == ""
		if !derived || g.suspects[at] {
			key := g.key(i)
			if derived = derived || ref == key; derived {
				ref = key
			}
			if g.b.withdrawn[ref] {
				continue
			}
		}
		var key templateKey
		for k, c := range g.common {
			key.texts[k] = c.ids[c.index[i]]
		}
		key.year, key.batch = year[i], batch[i]
		if key != g.last || len(g.b.paid.templates) == 0 {
			g.last, g.template = key, g.templateOf(key)
		}
		row := binary.AppendUvarint(g.row[:0], uint64(g.template))
		for _, c := range [...]*cells{group, name, typ} {
			row = binary.AppendUvarint(row, uint64(c.ids[c.index[i]]))
		}
		for _, c := range g.numbers {
			row = binary.AppendVarint(row, c.ints[i])
		}
		g.row = g.appendOwn(row, i, derived)
		if g.runs[at] == nil {
			g.runs[at] = g.b.spool.run(place.texts[at])
		}
		if err := g.b.spool.add(g.runs[at], g.row); err != nil {
			return err
		}
	}
	return nil
}

// appendOwn appends the texts that are the payment's own: none, as most have none, or all. A reference that follows from the
// payment is none.
func (g *gathering) appendOwn(row []byte, i int, derived bool) []byte {
	none := derived
	for _, c := range g.own[1:] {
		none = none && c.text(i) == ""
	}
	if none {
		return append(row, 0)
	}
	row = append(row, 1)
	for k, c := range g.own {
		text := c.text(i)
		if k == 0 && derived {
			text = ""
		}
		row = section.AppendText(row, text)
	}
	return row
}

// key returns the reference that follows from the payment in a row.
func (g *gathering) key(i int) string {
	text := func(name string) string { return g.columns[name].text(i) }
	d := disclosure.Disbursement{
		Fund: text("fund"), Kind: text("kind"), Year: g.columns["year"].ints[i], Period: text("period"), Batch: g.columns["batch"].ints[i],
		Place: disclosure.Code(text("place")), Group: text("group"), Name: text("name"), Type: text("recipient_type"),
		NamesakeNo: g.columns["namesake_no"].ints[i],
	}
	return d.Key()
}

func (g *gathering) templateOf(key templateKey) uint32 {
	id, ok := g.templates[key]
	if ok {
		return id
	}
	paid := &g.b.paid
	id = uint32(len(paid.templates))
	g.templates[key] = id
	t := roll.Template{Year: key.year, Batch: key.batch}
	for k, to := range templateTexts(&t) {
		*to = g.common[k].terms[key.texts[k]]
	}
	t.Until = g.b.limit(&t)
	paid.templates = append(paid.templates, t)
	return id
}

// limit returns the last day on which payments of a template are shown: what the record says, and the days that its kind grants
// since it was published; 0 where that is open-ended.
func (b *builder) limit(t *roll.Template) int {
	until := day(disclosure.Date(t.VisibleUntil))
	if days := b.kinds[t.Kind].VisibleDays; days > 0 {
		if published := day(disclosure.Date(t.PublishedOn)); published > 0 {
			const most = 1 << 20 // days, some 2,900 years
			until = earlier(until, published+int(min(days, most)))
		}
	}
	return until
}

func earlier(a, b int) int {
	if a == 0 || b < a {
		return b
	}
	return a
}

// sort puts the templates in their order, and returns where each has come to stand.
func (p *payments) sort() []int32 {
	order := make([]int32, len(p.templates))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return p.templates[a].Compare(&p.templates[b]) })
	sorted, rank := make([]roll.Template, len(order)), make([]int32, len(order))
	for i, from := range order {
		sorted[i], rank[from] = p.templates[from], int32(i)
	}
	p.templates = sorted
	return rank
}

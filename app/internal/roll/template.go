package roll

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"mingbai.local/app/internal/section"
)

// Template (发放批次) is what payments have in common, whoever they went to and wherever.
type Template struct {
	Kind         string
	Year         int64
	PaidOn       string
	Batch        int64
	Fund         string
	Period       string
	Unit         string
	Method       string
	PublishedOn  string
	VisibleUntil string
	Source       string
	// Until is the last day on which payments are shown; 0 where that is open-ended or differs from row to row.
	Until int
}

func (t *Template) texts() [templateTexts]*string {
	return [...]*string{&t.Kind, &t.PaidOn, &t.Fund, &t.Period, &t.Unit, &t.Method, &t.PublishedOn, &t.VisibleUntil, &t.Source}
}

const templateTexts = 9

// Compare orders templates by kind and year, which makes those of one list neighbours, then oldest first.
func (t *Template) Compare(o *Template) int {
	return cmp.Or(
		strings.Compare(t.Kind, o.Kind), cmp.Compare(t.Year, o.Year), strings.Compare(t.PaidOn, o.PaidOn), cmp.Compare(t.Batch, o.Batch),
		strings.Compare(t.Fund, o.Fund), strings.Compare(t.Period, o.Period), strings.Compare(t.Unit, o.Unit), strings.Compare(t.Method, o.Method),
		strings.Compare(t.PublishedOn, o.PublishedOn), strings.Compare(t.VisibleUntil, o.VisibleUntil), strings.Compare(t.Source, o.Source),
		t.Until-o.Until,
	)
}

// EncodeTemplates lays out templates, which are ascending: the texts that they use, ascending, uvarint(n), then per template
// the uvarint indexes of its texts, varint(year), varint(batch) and uvarint(until).
func EncodeTemplates(list []Template) []byte {
	at := map[string]int{}
	for i := range list {
		for _, s := range list[i].texts() {
			at[*s] = 0
		}
	}
	texts := make([]string, 0, len(at))
	for s := range at {
		texts = append(texts, s)
	}
	slices.Sort(texts)
	for i, s := range texts {
		at[s] = i
	}
	out := section.AppendTexts(nil, texts)
	out = binary.AppendUvarint(out, uint64(len(list)))
	for i := range list {
		t := &list[i]
		for _, s := range t.texts() {
			out = binary.AppendUvarint(out, uint64(at[*s]))
		}
		out = binary.AppendVarint(binary.AppendVarint(out, t.Year), t.Batch)
		out = binary.AppendUvarint(out, uint64(t.Until))
	}
	return out
}

// DecodeTemplates reads what EncodeTemplates made. Their texts are shared.
func DecodeTemplates(b []byte) ([]Template, error) {
	c := section.Read(b)
	texts := c.Texts()
	used := make([]bool, len(texts))
	for i := 1; i < len(texts); i++ {
		if texts[i] <= texts[i-1] {
			c.Fail("texts are not ascending")
		}
	}
	list := make([]Template, c.Len(templateTexts+3))
	for i := range list {
		t := &list[i]
		for _, s := range t.texts() {
			n := c.Below(len(texts))
			if c.Err() != nil {
				break
			}
			*s, used[n] = texts[n], true
		}
		t.Year, t.Batch, t.Until = c.Int(), c.Int(), c.Below(math.MaxInt32)
		if i > 0 && t.Compare(&list[i-1]) <= 0 {
			c.Fail("templates are not ascending")
		}
		if c.Err() != nil {
			break
		}
	}
	if slices.Contains(used, false) {
		c.Fail("texts are not all used")
	}
	if err := c.End(); err != nil {
		return nil, fmt.Errorf("roll: templates: %w", err)
	}
	return list, nil
}

package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"

	"mingbai.local/app/pinyin"
)

// bleveIndex has one document for each person, found by the beginning of village and name, in characters, pinyin and initials.
type bleveIndex struct{ index bleve.Index }

func buildBleve(path string, c *county) (*bleveIndex, error) {
	if err := os.RemoveAll(path); err != nil {
		return nil, err
	}
	field := func(index bool) *mapping.FieldMapping {
		f := bleve.NewTextFieldMapping()
		f.Analyzer = keyword.Name
		f.Index, f.Store, f.DocValues = index, !index, false
		f.IncludeTermVectors, f.IncludeInAll = false, false
		return f
	}
	doc := bleve.NewDocumentStaticMapping()
	doc.AddFieldMappingsAt("form", field(true))
	doc.AddFieldMappingsAt("hit", field(false))
	order := bleve.NewNumericFieldMapping()
	order.Store, order.IncludeInAll = false, false
	doc.AddFieldMappingsAt("ord", order)
	m := bleve.NewIndexMapping()
	m.DefaultMapping = doc
	ix, err := bleve.New(path, m)
	if err != nil {
		return nil, err
	}
	const most = 5000 // documents of a batch
	batch := ix.NewBatch()
	for at, p := range c.people {
		full, initials := "", ""
		for _, s := range pinyin.NameReadings(p.Name) {
			if len(s) > 0 {
				full, initials = full+s[0], initials+s[0][:1]
			}
		}
		at := map[string]any{
			"form": []string{p.Village + pinyin.FoldText(p.Name), p.Village + full, p.Village + initials},
			"hit":  strings.Join([]string{c.refs[at], p.Name, p.Group}, "\t"), "ord": float64(at),
		}
		if err := batch.Index(fmt.Sprint(at["ord"]), at); err != nil {
			return nil, err
		}
		if batch.Size() == most {
			if err := ix.Batch(batch); err != nil {
				return nil, err
			}
			batch = ix.NewBatch()
		}
	}
	return &bleveIndex{ix}, ix.Batch(batch)
}

func (b *bleveIndex) close() error { return b.index.Close() }

func (b *bleveIndex) answers(class string) bool {
	switch class {
	case "char1", "char2", "name", "initials1", "initials2", "initials3", "pinyin1", "pinyin2", "pinyin", "everyone":
		return true
	}
	return false
}

func (b *bleveIndex) answer(q *query) error {
	prefix := bleve.NewPrefixQuery(q.Village + q.Text)
	prefix.SetField("form")
	r := bleve.NewSearchRequestOptions(prefix, q.Limit, 0, false)
	r.Score = "none"
	r.Sort = search.SortOrder{&search.SortField{Field: "ord", Type: search.SortFieldAsNumber}}
	r.Fields = []string{"hit"}
	_, err := b.index.Search(r)
	return err
}

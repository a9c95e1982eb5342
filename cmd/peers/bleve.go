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

// bleveIndex has one document for each person, found by village, town or county and the beginning of the
// name, in characters, pinyin and initials.
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
	// Where a person is found, before each way of writing his name.
	where := make([][]string, len(c.people))
	for _, s := range c.scopes {
		for _, at := range s.people {
			where[at] = append(where[at], s.village+s.town+" ")
		}
	}
	for at := range c.people {
		p := &c.people[at]
		full, initials := "", ""
		for _, s := range pinyin.NameReadings(p.name) {
			if len(s) > 0 {
				full, initials = full+s[0], initials+s[0][:1]
			}
		}
		var forms []string
		for _, scope := range where[at] {
			forms = append(forms, scope+pinyin.FoldText(p.name), scope+full, scope+initials)
		}
		doc := map[string]any{
			"form": forms, "ord": float64(at),
			"hit": strings.Join([]string{p.name, p.village, p.group, p.typ, fmt.Sprint(p.namesakeNo)}, "\t"),
		}
		if err := batch.Index(fmt.Sprint(at), doc); err != nil {
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

// answers reports whether a class asks for people by the beginning of a name that is written in one way, without a filter.
func (b *bleveIndex) answers(class string) bool {
	class = strings.TrimPrefix(strings.TrimPrefix(class, "town_"), "county_")
	switch class {
	case "char1", "char2", "full", "initials1", "initials2", "initials3", "pinyin1", "pinyin2", "pinyin", "everyone":
		return true
	}
	return false
}

func (b *bleveIndex) answer(q *query) error {
	_, err := b.find(q)
	return err
}

func (b *bleveIndex) find(q *query) (*bleve.SearchResult, error) {
	prefix := bleve.NewPrefixQuery(q.Village + q.Town + " " + q.Text)
	prefix.SetField("form")
	r := bleve.NewSearchRequestOptions(prefix, q.Limit, 0, false)
	r.Score = "none"
	r.Sort = search.SortOrder{&search.SortField{Field: "ord", Type: search.SortFieldAsNumber}}
	r.Fields = []string{"hit"}
	return b.index.Search(r)
}

// agrees says where what bleve finds is less than an answer: it knows no mixture of syllables and initials, and only the
// commonest reading of each character.
func (b *bleveIndex) agrees(q *query, a *answer) error {
	r, err := b.find(q)
	if err != nil {
		return err
	}
	if r.Total == 0 || int(r.Total) > a.Found || len(r.Hits) != min(int(r.Total), pageRows) {
		return fmt.Errorf("bleve: %s %+v: %d people, %d on the page; the book finds %d", q.class, q.Query, r.Total, len(r.Hits), a.Found)
	}
	return nil
}

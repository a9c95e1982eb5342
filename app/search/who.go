package search

import "fmt"

// Who returns one of People by his index, without what he was paid.
func (x *Index) Who(village string, i int) (Person, error) {
	at, ok := x.at[village]
	if !ok {
		return Person{}, fmt.Errorf("search: no place %s", village)
	}
	p, err := x.place(at)
	if err != nil {
		return Person{}, err
	}
	if i < 0 || i >= p.n {
		return Person{}, fmt.Errorf("search: person %d of %s, who has %d", i, village, p.n)
	}
	r := p.record(i)
	return Person{Village: p.code, Group: p.groups[r.group], Name: string(r.name), NamesakeNo: int64(r.namesake), Type: p.types[r.kind], Until: r.until}, nil
}

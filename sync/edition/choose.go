package edition

import "slices"

// A batch that has been corrected much is printed afresh: its key shards stand for all shards of kind rows that are listed before them. Who has the
// older ones keeps them and their corrections, who has none takes the newer ones; the rows are the same. What was added to the batch later comes
// after the key shards and belongs to both.

// Choose is the edition with those shards that cost the fewest bytes for whom have names what is there already. Who has nothing of the older ones takes
// the newer even if they cost a little more: no row that is gone is in them.
func (e *Edition) Choose(have func(Entry) bool) *Edition {
	out := *e
	out.Datasets = make([]Dataset, len(e.Datasets))
	for i, d := range e.Datasets {
		d.choose(have)
		out.Datasets[i] = d
	}
	return &out
}

// alternatives are what the older and the newer shards of a batch cost, and what the older ones are.
type alternatives struct{ older, whole, newer int64 }

func (a *alternatives) takeNewer() bool {
	if a.older == a.whole {
		return a.newer < a.older+a.older/littleMore
	}
	return a.newer < a.older
}

const littleMore = 8 // an eighth

func (d *Dataset) choose(have func(Entry) bool) {
	last := map[batchID]int{} // the last key shard
	for i, e := range d.Entries {
		if e.Kind == Full {
			last[e.batch()] = i
		}
	}
	used := map[string]bool{} // bases of shards in other batches, which are needed whatever is chosen here
	for _, e := range d.Entries {
		if e.Base != "" && d.base(e).batch() != e.batch() {
			used[e.Base] = true
		}
	}
	costs := map[batchID]*alternatives{}
	for i, e := range d.Entries {
		k, compacted := last[e.batch()]
		if !compacted || i > k {
			continue
		}
		c := costs[e.batch()]
		if c == nil {
			c = &alternatives{}
			costs[e.batch()] = c
		}
		cost := e.LenZ
		if have(e) || used[e.SHA256Raw] {
			cost = 0
		}
		if e.Kind == Full {
			c.newer += cost
		} else {
			c.whole += e.LenZ
			c.older += cost
		}
	}
	d.Shards = nil
	for i, e := range d.Entries {
		k, compacted := last[e.batch()]
		if e.Kind != Fix && (!compacted || i > k || costs[e.batch()].takeNewer() == (e.Kind == Full)) {
			d.Shards = append(d.Shards, e)
		}
	}
}

// Needs lists what must be at hand to read the rows of an edition as it was chosen: shards, their bases, and corrections, each once.
func (e *Edition) Needs() []Entry {
	var out []Entry
	seen := map[string]bool{}
	add := func(s Entry) {
		if !seen[s.SHA256Z] {
			out = append(out, s)
		}
		seen[s.SHA256Z] = true
	}
	for i := range e.Datasets {
		d := &e.Datasets[i]
		for _, s := range d.Entries {
			if s.Kind == Fix {
				add(s)
			}
		}
		for _, s := range d.Shards {
			if s.Base != "" {
				add(d.base(s))
			}
			add(s)
		}
	}
	return out
}

// Shards lists every shard of an edition, each once: what a depot must have, so that every kiosk finds what is cheapest for it.
func (e *Edition) Shards() []Entry {
	var out []Entry
	seen := map[string]bool{}
	for _, d := range e.Datasets {
		for _, s := range d.Entries {
			if !seen[s.SHA256Z] {
				out = append(out, s)
			}
			seen[s.SHA256Z] = true
		}
	}
	return out
}

// Missing lists what of its needs is still to be fetched.
func (e *Edition) Missing(have func(Entry) bool) []Entry { return slices.DeleteFunc(e.Needs(), have) }

package book

import "runtime/debug"

// Detailed returns the funds of which it is published where the money went (拨付明细表): to whom, how much in all where names are
// not published, or to which place.
func (b *Book) Detailed() map[string]bool {
	defer b.guard(debug.SetPanicOnFault(true))
	out := map[string]bool{}
	flows, err := b.data.flowsByPlace()
	b.note(err)
	for _, in := range flows {
		for _, f := range in.flows {
			if f.until == 0 || f.until >= b.day {
				out[f.fund] = true
			}
		}
	}
	for _, t := range b.data.total.where(b, nil) {
		out[t.Fund] = true
	}
	t, err := b.data.sent()
	if b.note(err); err != nil {
		return out
	}
	for _, place := range t.places {
		list, err := t.to(place)
		b.note(err)
		for i := range list {
			if s := &list[i]; s.shown(b.day) {
				out[s.fund] = true
			}
		}
	}
	return out
}

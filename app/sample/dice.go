package sample

// dice (骰子) is a source of choices that is the same for the same throwers on every machine and with every release of Go:
// SplitMix64 over a hash of what is being decided. Each thing that is decided has dice of its own, so that one more village
// or kind does not change the people of another.
type dice struct{ state uint64 }

func newDice(seed uint64, about ...string) *dice {
	h := uint64(14695981039346656037) // FNV-1a
	for _, s := range about {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	d := &dice{state: seed ^ h}
	d.next()
	return d
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() >> 1 % uint64(n)) }

// between returns a number from low to high, both included.
func (d *dice) between(low, high int) int { return low + d.below(high-low+1) }

// chance reports true permille times in 1,000.
func (d *dice) chance(permille int) bool { return d.below(1000) < permille }

func pick[T any](d *dice, list []T) T { return list[d.below(len(list))] }

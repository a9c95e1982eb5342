package search

import (
	"encoding/binary"
	"fmt"
)

// trie (字树) says which items of a sorted list begin with the same units. Nodes stand breadth first, so that the children of
// a node are neighbours and end where those of the next node begin; a node is 8 bytes: its unit in 20 bits, the number of
// its first item in 22, the number of its first child in 22. Children ascend by unit, since items are in the order of names
// and units are numbered in it. Node 0 is the root, and one more node ends the list.
type trie []byte

const (
	nodeSize  = 8
	itemBits  = 22
	unitBits  = 64 - 2*itemBits
	mostItems = 1 << itemBits
)

func packNode(unit uint32, first, child int) uint64 {
	return uint64(unit) | uint64(first)<<unitBits | uint64(child)<<(unitBits+itemBits)
}

func (t trie) node(n int) uint64 { return binary.LittleEndian.Uint64(t[nodeSize*n:]) }

func (t trie) nodes() int { return len(t)/nodeSize - 1 }

func (t trie) unit(n int) int { return int(t.node(n) & (1<<unitBits - 1)) }

func (t trie) first(n int) int { return int(t.node(n) >> unitBits & (mostItems - 1)) }

func (t trie) child(n int) int { return int(t.node(n) >> (unitBits + itemBits)) }

// find returns which of the nodes from c up to last is of a unit, -1 if none: children ascend.
func (t trie) find(c, last int, unit uint32) int {
	high := last
	for c < high {
		mid := int(uint(c+high) >> 1)
		if uint32(t.unit(mid)) < unit {
			c = mid + 1
		} else {
			high = mid
		}
	}
	if c < last && uint32(t.unit(c)) == unit {
		return c
	}
	return -1
}

// renumber gives the units of all nodes their final numbers.
func (t trie) renumber(final []uint32) {
	for n := 1; n <= t.nodes()-1; n++ {
		node := t.node(n)
		binary.LittleEndian.PutUint64(t[nodeSize*n:], node&^(1<<unitBits-1)|uint64(final[node&(1<<unitBits-1)]))
	}
}

// below returns for the nodes of no more than 2 characters the letters with which those of their children begin that have items
// that count; for a silent child those below it. Deeper nodes have few children.
func (t trie) below(u *units, counted counter) []Letters {
	n := 1
	for range 2 {
		n = max(n, t.child(n))
	}
	out, ends := make([]Letters, min(n, t.nodes())), make([]int, min(n, t.nodes()))
	ends[0] = t.first(t.nodes())
	for n := range out {
		for c, end := t.child(n+1)-1, ends[n]; c >= t.child(n); c-- {
			if c < len(ends) {
				ends[c] = end
			}
			end = t.first(c)
		}
	}
	for n := len(out) - 1; n >= 0; n-- {
		out[n] = t.lettersOf(n, ends[n], u, counted)
	}
	return out
}

// lettersOf returns the letters with which the children of node n begin, whose items end before hi.
func (t trie) lettersOf(n, hi int, u *units, counted counter) Letters {
	all := Letters(0)
	for c := t.child(n+1) - 1; c >= t.child(n); c-- {
		lo := t.first(c)
		if lo < hi && counted.count(lo, hi) > 0 {
			if unit := &u.list[t.unit(c)]; unit.silent {
				all |= t.lettersOf(c, hi, u, counted)
			} else {
				all |= Letters(unit.letters)
			}
		}
		hi = lo
	}
	return all
}

// appendTrie appends the trie over the units of sorted items, which are fewer than mostItems with all their units.
func appendTrie(b trie, items [][]uint32) trie { return appendBranches(b, items, 0) }

// appendBranches is appendTrie without what is below a node of as few items as alone.
func appendBranches(b trie, items [][]uint32, alone int) trie {
	type span struct{ lo, hi, depth int }
	level := []span{{0, len(items), 0}}
	units := []uint32{0}
	for n := 0; n < len(level); n++ {
		s := level[n]
		b = binary.LittleEndian.AppendUint64(b, packNode(units[n], s.lo, len(level)))
		for i := s.lo; i < s.hi && s.hi-s.lo > alone; {
			if len(items[i]) == s.depth {
				i++
				continue
			}
			u, from := items[i][s.depth], i
			for i < s.hi && len(items[i]) > s.depth && items[i][s.depth] == u {
				i++
			}
			level = append(level, span{from, i, s.depth + 1})
			units = append(units, u)
		}
	}
	return binary.LittleEndian.AppendUint64(b, packNode(0, len(items), len(level)))
}

// check makes sure that walking t neither leaves it nor goes round in it.
func (t trie) check(items, units int) error {
	n := t.nodes()
	if n < 1 || len(t)%nodeSize != 0 || t.child(0) != 1 || t.child(n) != n || t.first(n) != items {
		return fmt.Errorf("trie of %d bytes for %d items", len(t), items)
	}
	for i := range n {
		next := t.child(i + 1)
		if t.child(i) <= i || next < t.child(i) || next > n || t.first(i) > items || i > 0 && t.unit(i) >= units {
			return fmt.Errorf("trie: node %d", i)
		}
		if t.child(i) < next && t.first(t.child(i)) < t.first(i) {
			return fmt.Errorf("trie: node %d begins before what it stands below", t.child(i))
		}
		for c := t.child(i) + 1; c < next; c++ {
			if t.unit(c) <= t.unit(c-1) || t.first(c) < t.first(c-1) {
				return fmt.Errorf("trie: node %d does not ascend", c)
			}
		}
	}
	return nil
}

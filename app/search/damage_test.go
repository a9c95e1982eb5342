package search

import (
	"encoding/binary"
	"maps"
	"testing"
)

// A place whose section is damaged is not read again for every person of a town: it stays damaged.
func TestDamageIsReadOnce(t *testing.T) {
	var b Builder
	if err := b.People(village, []Person{{Village: village, Name: "王五", Type: "户", Years: []YearSum{{2025, 1, 5}}}}, 0); err != nil {
		t.Fatal(err)
	}
	good, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	damaged := maps.Clone(good)
	damaged[sectionPeople+village] = damaged[sectionPeople+village][1:]
	read := 0
	x, err := Open(func(name string) ([]byte, error) {
		if name == sectionPeople+village {
			read++
		}
		return damaged[name], nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := x.People(village); err == nil {
			t.Error("a damaged section is read")
		}
		if x.Find(Query{Village: village, In: InPeople}, &Answer{}) == nil {
			t.Error("a damaged section is searched")
		}
	}
	if read != 1 {
		t.Errorf("it was read %d times", read)
	}
}

// Two entries that share a document, or one that has none of those there are, are damage.
func TestADocumentOfTwoEntries(t *testing.T) {
	for _, byKind := range [][]uint32{{0, 0}, {0, 2}} {
		lists := make([][]uint32, len(kinds))
		lists[4] = byKind
		if _, err := decodeDocuments(encodeDocuments([]uint32{4 << entryBits, 4<<entryBits | 1}, lists)); err == nil {
			t.Errorf("documents %v are read", byKind)
		}
	}
}

// A trie whose nodes hold items of others would count everyone many times over.
func TestANodeThatReachesBack(t *testing.T) {
	items := [][]uint32{{1, 3}, {2, 3}, {2, 4}}
	good := appendTrie(nil, items)
	if err := good.check(len(items), 9); err != nil {
		t.Fatal(err)
	}
	child := good.child(good.find(good.child(0), good.child(1), 2))
	binary.LittleEndian.PutUint64(good[nodeSize*child:], packNode(3, 0, good.child(child)))
	if good.check(len(items), 9) == nil {
		t.Error("a child with an item of its parent's neighbour is accepted")
	}
}

package book

import (
	"bytes"
	"testing"

	"mingbai.local/app/disclosure"
)

func rowsOfCells(t *table) [][]disclosure.Cell {
	out := make([][]disclosure.Cell, t.rows)
	for i := range out {
		for k := range t.columns {
			out[i] = append(out[i], t.columns[k].cell(i))
		}
	}
	return out
}

// A table is refused or read as its only encoding.
func FuzzTable(f *testing.F) {
	number := []bool{true, false}
	f.Add(encodeTable(number, [][]disclosure.Cell{{{Int: 5}, {Text: "1组"}}, {{Int: 7}, {Text: "1组"}}, {{Int: 7}, {Text: "12组"}}}))
	f.Add(encodeTable(number, [][]disclosure.Cell{{{Int: 5}, {Text: "a"}}, {{Int: 5}, {Text: "a"}}}))
	f.Add(encodeTable(number, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := decodeTable(number, data)
		if err != nil || got.rows > 1000 {
			return
		}
		if !bytes.Equal(encodeTable(number, rowsOfCells(got)), data) {
			t.Error("a table has another encoding")
		}
	})
}

func FuzzFlows(f *testing.F) {
	list := []placeFlows{{place: "420581101201", flows: []flow{{flowKey{"F1", "gdbt", 0}, 3, -5}, {flowKey{"F1", "gdbt", 9}, 1, 5}}}}
	f.Add(encodeFlows(list))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := decodeFlows(data)
		if err != nil {
			return
		}
		var again []placeFlows
		for place := range got {
			again = append(again, got[place])
		}
		if len(again) == 1 && !bytes.Equal(encodeFlows(again), data) {
			t.Error("flows have another encoding")
		}
	})
}

// What was sent down is refused or can be read to the last place.
func FuzzSent(f *testing.F) {
	key := sentKey{"gdbt", 2025, "F1", 9}
	f.Add(sentTo{"420581101201": {key: {key, -5, []string{"退回1元"}}, {}: {}}, "420581101202": {}}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := openSent(data)
		if err != nil {
			return
		}
		again := sentTo{}
		for _, place := range table.places {
			list, err := table.to(place)
			if err != nil {
				return
			}
			again[place] = map[sentKey]*sent{}
			for i := range list {
				again[place][list[i].sentKey] = &list[i]
			}
		}
		if _, err := openSent(again.encode()); err != nil {
			t.Error(err)
		}
	})
}

func FuzzDirectory(f *testing.F) {
	f.Add(encodeDirectory([]byte("{}"), map[string][]byte{"data/place": make([]byte, 9)}))
	f.Fuzz(func(t *testing.T, directory []byte) {
		head, sizes, err := decodeDirectory(directory)
		if err != nil {
			return
		}
		again := map[string][]byte{}
		for name, size := range sizes {
			if size > 1<<20 {
				return
			}
			again[name] = make([]byte, size)
		}
		if !bytes.Equal(encodeDirectory(head, again), directory) {
			t.Error("a directory has another encoding")
		}
	})
}

// A column stream is refused or read; every block has the rows that it says.
func FuzzColumn(f *testing.F) {
	f.Add([]byte{2, 10, 3}, true)
	f.Add([]byte{2, 1, 1, 'a', 0, 0, 1, 1, 0, 0}, false)
	f.Fuzz(func(t *testing.T, data []byte, number bool) {
		c := newColumn(bytes.NewReader(data), number)
		var b cells
		for {
			n, err := c.block(&b)
			if n == 0 || err != nil {
				return
			}
			if number && len(b.ints) != n || !number && len(b.index) != n {
				t.Fatalf("%d rows, and %d numbers, %d texts", n, len(b.ints), len(b.index))
			}
		}
	})
}

// The pages of a file are refused or led through to the end.
func FuzzTree(f *testing.F) {
	path := f.TempDir() + "/tree.db"
	if err := writeFile(path, make([]byte, 2000), map[string][]byte{"a": make([]byte, 5000), "b": nil}); err != nil {
		f.Fatal(err)
	}
	good, err := openFile(path)
	if err != nil {
		f.Fatal(err)
	}
	if err := good.close(); err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(5*4096+8), byte(1))
	data := readAll(f, path)
	f.Fuzz(func(t *testing.T, at uint32, flip byte) {
		spoiled := bytes.Clone(data)
		spoiled[int(at)%len(data)] ^= flip
		_ = checkTree(bytes.NewReader(spoiled), int64(len(spoiled)), nil)
		_ = checkTree(bytes.NewReader(spoiled), int64(len(spoiled)), []byte("search/people/420581101201"))
	})
}

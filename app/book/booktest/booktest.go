// Package booktest lays out records as an edition's decoded contents, for tests that need a small book without an office, a
// depot or a signature.
//
// A test lists the records it is about; FS encodes them with package contents, in blocks so small that even a small test has
// several. What it returns is deterministic.
package booktest

import (
	"io/fs"
	"testing/fstest"

	"mingbai.local/app/book/contents"
)

// Edition is the head of the edition (期) that FS makes up. Passing one to FS replaces the default, which is edition 1 of
// 宜都市, synthetic, as of 2026-11-20. Datasets and Digest are filled in by FS.
type Edition = contents.Head

// blockRows is small, so that even small tests cross the boundary between two blocks.
const blockRows = 7

// FS returns the decoded contents of an edition that holds the records. Each is a struct of package disclosure, a pointer
// to one, or a slice of them; an Edition sets the head. Rows keep the order in which they are given. It panics on
// anything else, since that is a mistake in the test.
func FS(records ...any) fs.FS {
	head := Edition{
		County: "420581", CountyName: "宜都市", Number: 1, AsOf: "2026-11-20",
		PublishedAt: "2026-11-20T09:14:00+08:00", Synthetic: true,
	}
	var rest []any
	for _, rec := range records {
		if e, ok := rec.(Edition); ok {
			head = e
			continue
		}
		rest = append(rest, rec)
	}
	streams, err := contents.Encode(head, blockRows, rest...)
	if err != nil {
		panic(err)
	}
	out := fstest.MapFS{}
	for name, b := range streams {
		out[name] = &fstest.MapFile{Data: b}
	}
	return out
}

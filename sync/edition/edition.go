// Package edition is the format of an edition (期): everything that a county discloses on one day, cut into pieces that can lie anywhere.
//
// There are 3 parties. The office prints an edition: it sorts each dataset's rows into shards (块), lists the shards of a dataset in indexes of a few
// each, and lists the indexes in one catalog (目录) for each owner of data. A depot stores the pieces as plain files under the SHA-256 of their
// stored bytes. A kiosk reads the catalogs, asks for what it lacks and gives the contents on as an fs.FS, one stream for each column. The same
// code writes and reads, so that the two ends cannot drift apart.
//
// An edition is printed after the one before, and a month is small. A shard is never changed: what was wrong in it is said by a fix shard (更正块), and
// a list that was corrected much is printed once more as key shards, which stand for the old ones for whoever has none of those. A list that is
// much like one before it is compressed against that one, its base (底本).
//
//	t/<sha256>.catalog.zst        a catalog: zstd of JSON, readable by anybody, because it holds counts and no names
//	t/<sha256>.keys.json          the county's key sealed to its kiosks, where it was changed (trust.Handout)
//	i/<sha256>.kidx.zst           an index: zstd of JSON
//	s/<aa>/<sha256>.kshard.zst    a shard: a nonce, then XChaCha20-Poly1305 of one zstd frame, which may need a base, of rows as columns
//
// The tree is a Merkle tree: whoever holds the hashes of the catalogs (package trust says which) can check every byte below them. What is promised:
// each meaning has exactly one encoding, so that whatever is accepted encodes to the same bytes again; equal rows after equal editions make
// equal files; no input makes the reader take more than 64 MiB; and the digest of a dataset depends on its rows alone, not on their order or on the
// shards in which they came.
//
// The package knows numbers and texts, not their meaning: which datasets and columns there are is the business of whoever writes and reads.
package edition

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Format is the version of catalogs, indexes and shards, written into each. Its history:
//
//	1  the first: rows by column in blocks of BlockRows, entries of kind rows, fix and key, a base for each, of which no press wrote any but rows.
//	2  months are small: a shard may be compressed against an older one of its item (base), corrections travel by themselves (fix), a batch that
//	   was corrected much is printed afresh as an alternative (key); texts count back from the newest; a dataset's entries lie in indexes of a
//	   few each, whatever their year. Nothing of format 1 is read: whoever holds it fetches anew.
const Format = 2

// Limits of the format. They bound what a reader allocates before it has verified anything.
const (
	MaxShardRaw  = 8 << 20 // bytes of a shard as columns
	MaxShard     = MaxShardRaw + 64<<10
	MaxShardRows = 250_000
	MaxFixRaw    = 1 << 20   // bytes of all fix shards of a dataset, since a reader holds them at once
	MaxFixes     = 64        // fix shards of a dataset
	MaxEntries   = 1 << 13   // shards of an edition
	MaxList      = 128 << 10 // bytes of an index or a catalog, as JSON and as stored
	MaxColumns   = 64
	// BlockRows is the number of rows in each block of a column except the last of a shard.
	BlockRows = 8192
)

// Column is the name of a column and whether it holds whole numbers or text.
type Column struct {
	Name   string `json:"name"`
	Number bool   `json:"number"`
}

// Value is one cell of a row: Int in a number column, Text in the others.
type Value struct {
	Int  int64
	Text string
}

// CatalogPath is where a catalog lies in a depot.
func CatalogPath(sha256 string) string { return "t/" + sha256 + ".catalog.zst" }

// IndexPath is where an index lies in a depot.
func IndexPath(sha256 string) string { return "i/" + sha256 + ".kidx.zst" }

// ShardPath is where a shard lies in a depot.
func ShardPath(sha256 string) string {
	if len(sha256) < 2 {
		return "s/"
	}
	return "s/" + sha256[:2] + "/" + sha256 + ".kshard.zst"
}

var (
	fixedPaths = regexp.MustCompile(`^(?:metadata/(?:timestamp|[1-9][0-9]{0,14}\.(?:root|snapshot|targets|finance|staffing|policy))\.json` +
		`|t/[0-9a-f]{64}\.(?:catalog\.zst|keys\.json)|i/[0-9a-f]{64}\.kidx\.zst|acks/[A-Za-z0-9-]{1,64}\.note|status/[0-9a-f]{64}\.kst\.zst)$`)
	shardPath = regexp.MustCompile(`^s/([0-9a-f]{2})/([0-9a-f]{64})\.kshard\.zst$`)
	nameForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	batchForm = regexp.MustCompile(`^[A-Za-z0-9._-]{0,64}$`)
	dateForm  = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// IsPath reports whether name is a path that a depot may hold. Sticks and packs are opened by these names alone.
func IsPath(name string) bool {
	if m := shardPath.FindStringSubmatch(name); m != nil {
		return strings.HasPrefix(m[2], m[1])
	}
	return fixedPaths.MatchString(name)
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && strings.ToLower(s) == s
}

func checkColumns(columns []Column) error {
	if len(columns) == 0 || len(columns) > MaxColumns {
		return fmt.Errorf("%d columns, not 1 to %d", len(columns), MaxColumns)
	}
	seen := make(map[string]bool, len(columns))
	for _, c := range columns {
		if !nameForm.MatchString(c.Name) {
			return fmt.Errorf("column name %q is not of small letters, digits and _", c.Name)
		}
		if seen[c.Name] {
			return fmt.Errorf("column %s twice", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

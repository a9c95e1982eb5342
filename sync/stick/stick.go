// Package stick is what a USB stick (U盘) carries between a county office and its kiosks, and how it is filled and emptied.
//
// There are three parties: a source, which is any depot and may lie; a clerk at a township's PC, who puts the stick in and pulls it out, sometimes
// too early; and the kiosk, which believes nothing that it has not verified itself. On a stick lies one folder of ours, and nothing beside it is touched:
//
//	mingbai/metadata, t, i, s         the files of one edition under their paths in a depot
//	mingbai/outbox/<kiosk>/<name>.age sealed letters that a kiosk sends back
//	mingbai/lock                      held while somebody writes; gone afterwards
//
// What is promised: a stick that is pulled out at any moment holds the whole edition from before, or the whole new one, and what was copied by then is
// kept; nothing is written outside the folder, whatever the source or the stick says; room is counted before the first byte; a source whose
// signatures are wrong, of another county or older than the stick changes nothing; Fill and Empty return only when all they did is on the stick.
package stick

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"slices"
	"time"
	"unicode"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// Folder is where everything of ours lies on a stick. A kiosk looks one folder deep.
const Folder = "mingbai"

// Card (拷盘卡) tells a township's PC which county it serves, where the office is and whose signatures count. Nothing in it is secret.
type Card struct {
	Format     int             `json:"format"` // 1
	County     string          `json:"county"` // division code, 6 digits
	CountyName string          `json:"county_name"`
	Office     string          `json:"office"` // URL
	Root       json.RawMessage `json:"root"`
}

const maxCard = 64 << 10

// ParseCard reads a card. Each error names the field and what belongs there.
func ParseCard(b []byte) (Card, error) {
	if len(b) > maxCard {
		return Card{}, fmt.Errorf("card: %d bytes is over %d", len(b), maxCard)
	}
	var c Card
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Card{}, fmt.Errorf("card: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Card{}, errors.New("card: goes on after its end")
	}
	return c, c.check()
}

func (c Card) check() error {
	u, err := url.Parse(c.Office)
	switch {
	case c.Format != 1:
		return fmt.Errorf("card: format is %d, this program reads 1", c.Format)
	case c.CountyName == "":
		return errors.New("card: county_name must not be empty")
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.User != nil:
		return fmt.Errorf("card: office %q: an http or https URL belongs there", c.Office)
	}
	county, err := trust.County(c.Root)
	if err != nil {
		return fmt.Errorf("card: root: %w", err)
	}
	if county != c.County {
		return fmt.Errorf("card: root is of county %q, the card of %q", county, c.County)
	}
	return nil
}

// Encode returns the card as JSON, checked.
func (c Card) Encode() ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(c, "", "  ")
	return append(b, '\n'), err
}

// Holding (所存) is what edition lies in a depot, as its signatures say.
type Holding struct {
	County     string    `json:"county"`
	CountyName string    `json:"county_name"`
	Edition    int64     `json:"edition"`
	AsOf       string    `json:"data_as_of"`
	Expires    time.Time `json:"expires"`
}

// Called is the county by its name. The name comes from whoever made the files, so only what a county can be called is said.
func (h Holding) Called() string {
	name := []rune(h.CountyName)
	if len(name) == 0 || len(name) > 16 || slices.ContainsFunc(name, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
		return "代码为" + h.County + "的县"
	}
	return h.CountyName
}

// Why a depot cannot be used, beside the reasons of package trust and edition.ErrNewer.
var (
	ErrNoEdition = errors.New("holds no edition")
	ErrDamaged   = errors.New("is not what was signed, or not all of it")
)

// SourceError is an error of the depot that is read: it cannot be reached, or broke off.
type SourceError struct{ Err error }

func (e *SourceError) Error() string { return e.Err.Error() }
func (e *SourceError) Unwrap() error { return e.Err }

// Look says what a depot holds. Without a card the depot's own first root is taken at its word: then the answer says what the depot claims of itself,
// and that its parts belong together, which is enough for words on a screen and for nothing else.
func Look(ctx context.Context, d depot.Depot, card Card, now time.Time) (Holding, error) {
	r, err := read(ctx, d, card, trust.Seen{}, now)
	if err != nil {
		return Holding{}, fmt.Errorf("stick: look: %w", err)
	}
	return r.Holding, nil
}

// reading is an edition of a depot without its shards.
type reading struct {
	Holding
	files   []file // all but the shards, in the order in which they may be written: the timestamp last
	root    []byte // that was begun with
	edition *edition.Edition
	seen    trust.Seen
	stale   bool
}

// file is one that belongs on a stick. Contents are nil where they are still in the source.
type file struct {
	path     string
	sha256   string // "" where only contents say what is right
	length   int64
	contents []byte
}

const (
	timestamp = "metadata/timestamp.json"
	maxRoot   = 64 << 10
	maxRoots  = 1000
)

// read verifies what a depot holds and keeps the files that say so.
func read(ctx context.Context, d depot.Depot, card Card, seen trust.Seen, now time.Time) (*reading, error) {
	get := func(path string, limit int64) ([]byte, error) { return slurp(ctx, d, path, limit) }
	roots, err := rootsOf(get)
	if err != nil {
		return nil, err
	}
	if card.Root == nil {
		card.Root = roots[0].contents
		if card.County, err = trust.County(card.Root); err != nil {
			return nil, fmt.Errorf("%s: %w", roots[0].path, err)
		}
	}
	var rest []file
	var stamp file
	keep := func(path string, b []byte) {
		switch f := (file{path: path, length: int64(len(b)), contents: b}); {
		case path == timestamp:
			stamp = f
		case !isRoot(path):
			rest = append(rest, f)
		}
	}
	state := trust.NewState(trust.Enrolment{County: card.County, Root: card.Root}, nil, seen)
	v, err := state.Accept(func(path string, limit int64) ([]byte, error) {
		b, err := get(path, limit)
		if err == nil {
			keep(path, b)
		}
		return b, err
	}, now, trust.Asked)
	if err != nil {
		return nil, missing(err)
	}
	refs := map[string]edition.Ref{}
	for owner, t := range v.Catalogs {
		refs[owner] = edition.Ref(t)
	}
	var lists []file
	if h := v.Handout; h != nil {
		path := trust.HandoutPath(h.SHA256)
		b, err := get(path, h.Length)
		if err != nil {
			return nil, missing(err)
		}
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != h.SHA256 {
			return nil, fmt.Errorf("%s: hash is %x: %w", path, sum, ErrDamaged)
		}
		lists = append(lists, file{path: path, length: h.Length, contents: b})
	}
	e, err := edition.Load(refs, func(path string, ref edition.Ref) ([]byte, error) {
		b, err := get(path, ref.Length)
		if err == nil {
			lists = append(lists, file{path: path, length: int64(len(b)), contents: b})
		}
		return b, err
	})
	var broken *SourceError
	switch {
	case err != nil && !errors.As(err, &broken) && !errors.Is(err, edition.ErrNewer):
		return nil, errors.Join(err, ErrDamaged)
	case err != nil:
		return nil, missing(err)
	case e.County != card.County:
		return nil, fmt.Errorf("its owners signed county %.12q: %w", e.County, trust.ErrForeign)
	case e.Number != v.Edition:
		return nil, fmt.Errorf("its owners signed number %d, its timestamp says %d: %w", e.Number, v.Edition, trust.ErrMixed)
	}
	_, accepted := v.State.Keep()
	r := &reading{root: card.Root, edition: e, seen: accepted, stale: v.Stale}
	r.Holding = Holding{e.County, e.CountyName, v.Edition, e.AsOf, v.Expires}
	r.files = append(append(append(lists, roots...), rest...), stamp)
	return r, nil
}

// missing tells a depot that is half copied from one that cannot be had.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, ErrDamaged)
	}
	return err
}

// rootsOf reads every root of a depot: a kiosk that was enrolled long ago walks from its own to the newest.
func rootsOf(get trust.Source) ([]file, error) {
	var out []file
	for n := 1; n <= maxRoots; n++ {
		path := fmt.Sprintf("metadata/%d.root.json", n)
		b, err := get(path, maxRoot)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err == nil {
			_, err = trust.County(b) // a portal has an answer to every question
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, file{path: path, length: int64(len(b)), contents: b})
	}
	if len(out) > 0 {
		return out, nil
	}
	if _, err := get(timestamp, maxRoot); err == nil {
		return nil, fmt.Errorf("metadata/1.root.json is missing: %w", ErrDamaged)
	}
	return nil, ErrNoEdition
}

// rootNumber is the number of a root by its path; ok is false for every other path.
func rootNumber(path string) (n int64, ok bool) {
	var end string
	c, _ := fmt.Sscanf(path, "metadata/%d.%s", &n, &end)
	return n, c == 2 && end == "root.json"
}

func isRoot(path string) bool { _, ok := rootNumber(path); return ok }

// slurp reads a file of at most limit bytes. Of a longer one it is the beginning: whatever comes next finds that this is not what was signed.
func slurp(ctx context.Context, d depot.Depot, path string, limit int64) ([]byte, error) {
	f, err := d.Open(ctx, path, 0, limit)
	if err != nil {
		return nil, &SourceError{err}
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil && !errors.Is(err, depot.ErrTooLong) {
		return nil, &SourceError{err}
	}
	return b, nil
}

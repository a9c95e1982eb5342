// Package trust decides whether an edition (期) may be believed.
//
// There are 3 parties: the office, which signs; the depot, which only stores and may lie, be stale or be somebody else's; the kiosk, which
// verifies. They share one root, which reaches the kiosk inside its Enrolment (入网凭证) and says whose keys count:
//
//	root        2 of 3 keys, kept offline by county office, finance bureau and staffing office; replaces keys
//	targets     1 of 2 keys of the county office; signs office/catalog and says who signs the rest
//	finance, staffing, policy
//	            2 of 2 keys each, handler (经办) and leader (领导); each signs its own part: finance/catalog, staffing/catalog, policy/catalog
//	snapshot, timestamp
//	            1 key each, online in the publishing office; say which parts belong together, and which is newest
//
// The files are those of The Update Framework, as go-tuf's metadata and trustedmetadata read and write them:
//
//	metadata/<n>.root.json  metadata/timestamp.json  metadata/<n>.snapshot.json
//	metadata/<n>.targets.json  metadata/<n>.finance.json  metadata/<n>.staffing.json  metadata/<n>.policy.json
//
// Besides, targets may sign a Handout (换钥单), by which a new county key reaches the kiosks.
//
// What is promised: a kiosk that has opened edition 41 never again accepts edition 40, however it is offered and whatever files it has lost; no
// single person in an owner's office can publish; a part of one edition never mixes with a part of another; an edition that is older than its
// signers promised is used only as the table at Judge says. The package decides and does no I/O: files and the time are passed in.
package trust

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"
)

// The owners of data. Office signs with the targets role, the others with roles of their names.
const (
	Office   = "office"
	Finance  = "finance"
	Staffing = "staffing"
	Policy   = "policy"
)

// Owners returns all owners. An edition has a catalog of each.
func Owners() []string { return []string{Office, Finance, Staffing, Policy} }

var delegated = []string{Finance, Staffing, Policy}

// Why an edition is refused. Errors of Accept wrap one of these.
var (
	ErrRollback  = errors.New("older than what has been accepted")
	ErrFreeze    = errors.New("expired for longer than is applied unasked")
	ErrMixed     = errors.New("parts do not belong together")
	ErrSignature = errors.New("not signed by enough of the keys that count")
	ErrForeign   = errors.New("of another county")
	ErrMalformed = errors.New("not in the form that an office writes")
)

// Limits of what is read before it has been verified.
const (
	maxTimestamp = 16 << 10
	maxMetadata  = 64 << 10
	maxRoots     = 1000 // new roots in one walk
)

// Source returns a file of a depot by its path, fs.ErrNotExist where there is none. It need not read more than limit bytes; of a longer file it may
// return the beginning or an error.
type Source func(path string, limit int64) ([]byte, error)

// Target is the hash and length of a catalog as stored.
type Target struct {
	SHA256 string
	Length int64
}

// Seen is the newest that a kiosk has accepted. It is kept apart from the files, so that losing those does not open the way back.
type Seen struct {
	Edition   int64            `json:"edition"`
	Versions  map[string]int64 `json:"versions"`  // by role
	Timestamp string           `json:"timestamp"` // SHA-256 of the timestamp of that version
	Issued    time.Time        `json:"issued"`
	Clock     time.Time        `json:"clock"` // wall time when last saved
}

// State (信任状态) is what a kiosk remembers between two updates. It is a value: Accept returns the next one.
type State struct {
	county string
	root   []byte // of the enrolment
	files  map[string][]byte
	seen   Seen
}

// NewState is the state of a kiosk that kept files and seen from Keep, or has nothing yet. Files that no longer verify count as lost.
func NewState(e Enrolment, files map[string][]byte, seen Seen) State {
	return State{county: e.County, root: e.Root, files: files, seen: seen}
}

// Keep returns what must be on disk, in one commit with the edition that it stands for.
func (s State) Keep() (map[string][]byte, Seen) { return s.files, s.seen }

// A clock may be behind by this much before staff are told: no two agree to the minute.
const clockSlack = time.Hour

// tooFar is how long after the newest timestamp no kiosk is still in use, so that a clock that says so is wrong.
const tooFar = 10 * 365 * 24 * time.Hour

// Clock corrects a wall clock that is behind what is known to be past (when the program was built, the newest timestamp was issued and the state was
// last saved) or further ahead than can be: what is known to be past is then the best guess. wrong says that staff should look at the clock; nothing is
// ever blocked by it.
func (s State) Clock(wall, built time.Time) (now time.Time, wrong bool) {
	floor := built
	far := func(t time.Time) bool { return !s.seen.Issued.IsZero() && t.Sub(s.seen.Issued) > tooFar }
	for _, past := range []time.Time{s.seen.Issued, s.seen.Clock} {
		if past.After(floor) && !far(past) {
			floor = past
		}
	}
	switch {
	case wall.Before(floor):
		return floor, floor.Sub(wall) > clockSlack
	case far(wall):
		return floor, true
	}
	return wall, false
}

// Verified is what the signatures say of the newest edition of a depot.
type Verified struct {
	Edition  int64
	Issued   time.Time
	Expires  time.Time // the earliest of all parts
	Catalogs map[string]Target
	Handout  *Handout // of the county's key; nil where the enrolment's is good
	// PollMinutes is about how often the office wants kiosks to look for a newer edition, 0 where it says nothing.
	PollMinutes int
	// Unchanged says that the timestamp is the very one accepted last; nothing else was read.
	Unchanged bool
	Verdict   Verdict
	Stale     bool  // expired
	State     State // to keep once the edition serves
	// NewRoot says that keys were replaced. Roots is then to be kept at once, whatever becomes of the edition and also beside an error, so that what
	// a replaced key signs counts never again.
	NewRoot bool
	Roots   State
}

// Accept reads the metadata of a depot and decides. Any error but one of the source's own wraps one of the errors above. Beside an error only NewRoot
// and Roots say anything.
func (s State) Accept(get Source, now time.Time, c Carrier) (v Verified, err error) {
	defer func() { // go-tuf follows null entries of signed maps
		if r := recover(); r != nil {
			err = fmt.Errorf("trust: %v: %w", r, ErrMalformed)
		}
	}()
	ts, err := get("metadata/timestamp.json", maxTimestamp)
	if err != nil {
		return Verified{}, fmt.Errorf("trust: metadata/timestamp.json: %w", err)
	}
	w := walk{state: s, get: get, timestamp: ts}
	if kept, ok := s.files[metadata.TIMESTAMP]; ok && bytes.Equal(ts, kept) {
		again := walk{state: s, get: s.kept, timestamp: ts}
		if v, err = again.run(); err == nil {
			v.Unchanged = true
		}
	}
	if !v.Unchanged {
		if v, err = w.run(); err != nil {
			return v.onlyRoots(), fmt.Errorf("trust: %w", err)
		}
	}
	if v.Issued.Before(s.seen.Issued) {
		// The office, or a thief of its key, had signed an hour that had not come yet. What was concluded from that is void, the kiosk's clock with it.
		now = v.Issued
	}
	v.Stale = now.After(v.Expires)
	v.Verdict = Judge(s.seen.Edition, v.Edition, v.Expires, now, c)
	switch v.Verdict {
	case Older:
		return v.onlyRoots(), fmt.Errorf("trust: edition %d, %d has been accepted: %w", v.Edition, s.seen.Edition, ErrRollback)
	case TooOld:
		return v.onlyRoots(), fmt.Errorf("trust: edition %d expired on %s: %w", v.Edition, v.Expires.Format(time.DateOnly), ErrFreeze)
	}
	// A clock that was a year ahead for ten minutes must not make every later edition look expired.
	if !v.Stale {
		v.State.seen.Clock = now.UTC().Truncate(time.Second)
	}
	return v, nil
}

func (v Verified) onlyRoots() Verified { return Verified{NewRoot: v.NewRoot, Roots: v.Roots} }

// openRoot begins with a root that is trusted for where it was found.
func openRoot(b []byte) (tm *trustedmetadata.TrustedMetadata, err error) {
	defer func() { // go-tuf follows null entries of maps
		if r := recover(); r != nil {
			err = fmt.Errorf("%v: %w", r, ErrMalformed)
		}
	}()
	return trustedmetadata.New(b)
}

// kept is the source of the files last accepted. No root is newer than the kept one.
func (s State) kept(path string, _ int64) ([]byte, error) {
	for role, b := range s.files {
		if role != metadata.ROOT && strings.HasSuffix(path, "."+role+".json") {
			return b, nil
		}
	}
	return nil, fs.ErrNotExist
}

// walk follows the chain of signatures from the root to the catalogs.
type walk struct {
	state     State
	get       Source
	timestamp []byte

	tm    *trustedmetadata.TrustedMetadata
	files map[string][]byte
	seen  Seen
}

func (w *walk) run() (Verified, error) {
	w.files = map[string][]byte{metadata.TIMESTAMP: w.timestamp}
	w.seen = w.state.seen
	w.seen.Versions = maps.Clone(w.state.seen.Versions)
	if w.seen.Versions == nil {
		w.seen.Versions = map[string]int64{}
	}
	v := Verified{}
	for _, step := range []func(*Verified) error{w.roots, w.stamp, w.snapshot, w.targets} {
		if err := step(&v); err != nil {
			return v, err
		}
	}
	v.State = State{county: w.state.county, root: w.state.root, files: w.files, seen: w.seen}
	v.State.seen.Edition = v.Edition
	v.State.seen.Issued = v.Issued
	return v, nil
}

// roots goes from the newest root known to the newest that the depot has.
func (w *walk) roots(v *Verified) error {
	start := w.state.root
	tm, err := openRoot(start)
	if err != nil {
		return fmt.Errorf("root of the enrolment: %w", classify(err))
	}
	if kept, err := openRoot(w.state.files[metadata.ROOT]); err == nil && kept.Root.Signed.Version > tm.Root.Signed.Version {
		start, tm = w.state.files[metadata.ROOT], kept
	}
	// Signatures, thresholds, versions and hashes are the engine's business; how old is too old is decided at Judge.
	tm.RefTime = time.Unix(0, 0)
	w.tm = tm
	w.files[metadata.ROOT] = start
	known := max(w.seen.Versions[metadata.ROOT], tm.Root.Signed.Version)
	old := tm.Root
	for range maxRoots {
		if tm.Root.Signed.Version <= known {
			old = tm.Root // the kept one is lost, and this walk comes by it again
		}
		name := fmt.Sprintf("metadata/%d.root.json", tm.Root.Signed.Version+1)
		b, err := w.get(name, maxMetadata)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := w.root(b); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		w.files[metadata.ROOT] = b
	}
	root := tm.Root.Signed
	if seen := w.seen.Versions[metadata.ROOT]; root.Version < seen {
		return fmt.Errorf("root %d, %d has been accepted: %w", root.Version, seen, ErrRollback)
	}
	if r := root.Roles[metadata.ROOT]; r == nil || r.Threshold < 2 {
		return fmt.Errorf("root %d lets one key be enough: %w", root.Version, ErrSignature)
	}
	if c, _ := root.UnrecognizedFields["x-county"].(string); c != w.state.county {
		return fmt.Errorf("root is of county %q, this kiosk of %q: %w", c, w.state.county, ErrForeign)
	}
	// Whoever stole an online key may have signed a version so high that no honest one follows. New keys begin anew (TUF 5.3.11); the number
	// of the edition stays where it is, since owners sign it too.
	for _, role := range []string{metadata.TIMESTAMP, metadata.SNAPSHOT} {
		if !sameKeys(old.Signed.Roles[role], root.Roles[role]) {
			for name := range w.seen.Versions {
				if name != metadata.ROOT {
					delete(w.seen.Versions, name)
				}
			}
		}
	}
	w.seen.Versions[metadata.ROOT] = root.Version
	v.Expires = root.Expires
	if v.NewRoot = root.Version > known; v.NewRoot {
		v.Roots = w.rootsOnly()
	}
	return nil
}

// rootsOnly is the state before this walk, but for what is known of keys by now.
func (w *walk) rootsOnly() State {
	s := w.state
	s.files = maps.Clone(s.files)
	if s.files == nil {
		s.files = map[string][]byte{}
	}
	s.files[metadata.ROOT] = w.files[metadata.ROOT]
	s.seen.Versions = maps.Clone(w.seen.Versions)
	return s
}

// root verifies one new root. Beyond the threshold, every signature must be right: what has a broken one has been tampered with.
func (w *walk) root(b []byte) error {
	m, err := metadata.Root().FromBytes(b)
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrMalformed)
	}
	if err := canonical(m, b); err != nil {
		return err
	}
	old := w.tm.Root
	if _, err := w.tm.UpdateRoot(b); err != nil {
		return classify(err)
	}
	for _, s := range m.Signatures {
		one := *m
		one.Signatures = []metadata.Signature{s}
		if alone(old, s.KeyID).VerifyDelegate(metadata.ROOT, &one) != nil && alone(m, s.KeyID).VerifyDelegate(metadata.ROOT, &one) != nil {
			return fmt.Errorf("signature of key %.8s: %w", s.KeyID, ErrSignature)
		}
	}
	return nil
}

// alone is the root as if that one of its root keys were enough.
func alone(root *metadata.Metadata[metadata.RootType], keyID string) *metadata.Metadata[metadata.RootType] {
	one := *root
	one.Signed.Roles = map[string]*metadata.Role{}
	if slices.Contains(root.Signed.Roles[metadata.ROOT].KeyIDs, keyID) {
		one.Signed.Roles[metadata.ROOT] = &metadata.Role{KeyIDs: []string{keyID}, Threshold: 1}
	}
	return &one
}

func sameKeys(a, b *metadata.Role) bool {
	return a != nil && b != nil && slices.Equal(slices.Sorted(slices.Values(a.KeyIDs)), slices.Sorted(slices.Values(b.KeyIDs)))
}

// canonical refuses bytes that mean the same as m but are written otherwise.
func canonical[T metadata.Roles](m *metadata.Metadata[T], b []byte) error {
	again, err := m.ToBytes(false)
	if err != nil {
		return fmt.Errorf("%w: %w", err, ErrMalformed)
	}
	if !bytes.Equal(again, b) {
		return fmt.Errorf("is written otherwise than it is signed: %w", ErrMalformed)
	}
	return nil
}

func (w *walk) stamp(v *Verified) error {
	const name = "metadata/timestamp.json"
	m, err := metadata.Timestamp().FromBytes(w.timestamp)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", name, err, ErrMalformed)
	}
	if err := canonical(m, w.timestamp); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := w.tm.UpdateTimestamp(w.timestamp); err != nil {
		err = classify(err)
		// Not verified, so good for a message only: it tells staff whose stick this is.
		if c, _ := m.Signed.UnrecognizedFields["x-county"].(string); errors.Is(err, ErrSignature) && c != "" && c != w.state.county {
			return fmt.Errorf("%s: county %.12q, this kiosk of %q: %w", name, c, w.state.county, ErrForeign)
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	f := m.Signed.UnrecognizedFields
	seq, _ := f["x-seq"].(float64) // a whole number: no other can be signed
	issued, _ := f["x-issued"].(string)
	v.Edition = int64(seq)
	if v.Issued, err = time.Parse(time.RFC3339, issued); err != nil || seq < 1 || seq > 1<<53 {
		return fmt.Errorf("%s: x-seq %v, x-issued %q: %w", name, f["x-seq"], issued, ErrMalformed)
	}
	sum := hash(w.timestamp)
	if seen := w.seen.Versions[metadata.TIMESTAMP]; m.Signed.Version == seen && w.seen.Timestamp != "" && w.seen.Timestamp != sum {
		return fmt.Errorf("%s: another one of version %d: %w", name, seen, ErrMixed)
	}
	if err := w.notOlder(metadata.TIMESTAMP, m.Signed.Version); err != nil {
		return err
	}
	w.seen.Timestamp = sum
	v.PollMinutes = pollMinutes(m)
	v.Expires = earlier(v.Expires, m.Signed.Expires)
	return nil
}

// MaxPollMinutes is a day: a kiosk that looks less often is not kept up to date.
const MaxPollMinutes = 24 * 60

const pollField = "x-poll-minutes"

// pollMinutes is what a timestamp says of looking for the next one. What cannot be meant counts as nothing said: for it no edition is refused.
func pollMinutes(m *metadata.Metadata[metadata.TimestampType]) int {
	n, _ := m.Signed.UnrecognizedFields[pollField].(float64)
	if n < 1 || n > MaxPollMinutes {
		return 0
	}
	return int(n)
}

func (w *walk) snapshot(v *Verified) error {
	b, err := w.part(metadata.SNAPSHOT, w.tm.Timestamp.Signed.Meta)
	if err != nil {
		return err
	}
	m, err := w.tm.UpdateSnapshot(b, false)
	if err != nil {
		return fmt.Errorf("snapshot: %w", classify(err))
	}
	v.Expires = earlier(v.Expires, m.Signed.Expires)
	return nil
}

// part reads the file of a role, as listed in meta.
func (w *walk) part(role string, meta map[string]*metadata.MetaFiles) ([]byte, error) {
	m := meta[role+".json"]
	if m == nil || m.Length < 1 || m.Length > maxMetadata || len(m.Hashes["sha256"]) != sha256.Size {
		return nil, fmt.Errorf("%s: not listed with version, length and hash: %w", role, ErrMalformed)
	}
	if err := w.notOlder(role, m.Version); err != nil {
		return nil, err
	}
	b := w.state.files[role]
	if sum := sha256.Sum256(b); !bytes.Equal(sum[:], m.Hashes["sha256"]) { // what most owners signed is what they signed last month
		name := fmt.Sprintf("metadata/%d.%s.json", m.Version, role)
		var err error
		if b, err = w.get(name, m.Length); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	w.files[role] = b
	return b, nil
}

func (w *walk) notOlder(role string, version int64) error {
	if seen := w.seen.Versions[role]; version < seen {
		return fmt.Errorf("%s: version %d, %d has been accepted: %w", role, version, seen, ErrRollback)
	}
	w.seen.Versions[role] = version
	return nil
}

func (w *walk) targets(v *Verified) error {
	v.Catalogs = map[string]Target{}
	meta := w.tm.Snapshot.Signed.Meta
	for _, owner := range Owners() {
		role, by := owner, metadata.TARGETS
		if owner == Office {
			role, by = metadata.TARGETS, metadata.ROOT
		} else if err := w.delegation(owner); err != nil {
			return err
		}
		b, err := w.part(role, meta)
		if err != nil {
			return err
		}
		m, err := w.tm.UpdateDelegatedTargets(b, role, by)
		if err != nil {
			return fmt.Errorf("%s: %w", role, classify(err))
		}
		signed := 1
		if owner == Office && m.Signed.Targets[handoutTarget] != nil {
			if v.Handout, err = handoutOf(m); err != nil {
				return err
			}
			signed = 2
		}
		t, ok := targetOf(m, owner+"/catalog")
		if !ok || len(m.Signed.Targets) != signed {
			return fmt.Errorf("%s: signs other than %s/catalog: %w", role, owner, ErrMalformed)
		}
		v.Catalogs[owner] = t
		v.Expires = earlier(v.Expires, m.Signed.Expires)
	}
	return nil
}

func targetOf(m *metadata.Metadata[metadata.TargetsType], name string) (t Target, ok bool) {
	f := m.Signed.Targets[name]
	if f == nil || f.Length < 1 || len(f.Hashes["sha256"]) != sha256.Size {
		return Target{}, false
	}
	return Target{f.Hashes["sha256"].String(), f.Length}, true
}

// handoutOf is what targets say of the county's key.
func handoutOf(m *metadata.Metadata[metadata.TargetsType]) (*Handout, error) {
	t, ok := targetOf(m, handoutTarget)
	var custom struct {
		Key string `json:"key"`
	}
	if ok {
		ok = m.Signed.Targets[handoutTarget].Custom != nil && json.Unmarshal(*m.Signed.Targets[handoutTarget].Custom, &custom) == nil
	}
	if !ok || len(custom.Key) != 16 || t.Length > maxHandout {
		return nil, fmt.Errorf("targets: a handout that cannot be meant: %w", ErrMalformed)
	}
	return &Handout{custom.Key, t}, nil
}

// delegation checks that handler and leader must both sign the owner's part.
func (w *walk) delegation(owner string) error {
	var roles []metadata.DelegatedRole
	if d := w.tm.Targets[metadata.TARGETS].Signed.Delegations; d != nil {
		roles = d.Roles
	}
	i := slices.IndexFunc(roles, func(r metadata.DelegatedRole) bool { return r.Name == owner })
	if i < 0 {
		return fmt.Errorf("targets: says nobody signs for %s: %w", owner, ErrMalformed)
	}
	if roles[i].Threshold < 2 {
		return fmt.Errorf("targets: lets one signature be enough for %s: %w", owner, ErrSignature)
	}
	if ok, err := roles[i].IsDelegatedPath(owner + "/catalog"); err != nil || !ok {
		return fmt.Errorf("targets: does not let %s sign its catalog: %w", owner, ErrMalformed)
	}
	return nil
}

// classify gives an error of the engine one of the reasons above.
func classify(err error) error {
	reason := ErrMalformed
	switch {
	case errors.Is(err, &metadata.ErrUnsignedMetadata{}):
		reason = ErrSignature
	case errors.Is(err, &metadata.ErrLengthOrHashMismatch{}), errors.Is(err, &metadata.ErrBadVersionNumber{}):
		reason = ErrMixed
	}
	return fmt.Errorf("%w: %w", err, reason)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Encode returns what has been seen as JSON.
func (s Seen) Encode() ([]byte, error) { return json.Marshal(s) }

// ParseSeen reads the JSON of Encode.
func ParseSeen(b []byte) (Seen, error) {
	var s Seen
	if err := json.Unmarshal(b, &s); err != nil {
		return Seen{}, fmt.Errorf("trust: what has been seen: %w", err)
	}
	return s, nil
}

package trust

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// signer is a key that signs whatever it is given. Its identifier may be any.
type signer struct {
	signature.Signer
	key *metadata.Key
	id  string
}

func newSigner(t *testing.T, kind string) *signer {
	t.Helper()
	var private crypto.Signer
	var s signature.Signer
	var err error
	switch kind {
	case "rsa":
		k, e := rsa.GenerateKey(rand.Reader, 2048)
		if e != nil {
			t.Fatal(e)
		}
		private = k
		s, err = signature.LoadRSAPSSSigner(k, crypto.SHA256, &rsa.PSSOptions{Hash: crypto.SHA256})
	case "ecdsa":
		k, e := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if e != nil {
			t.Fatal(e)
		}
		private = k
		s, err = signature.LoadSigner(k, crypto.SHA256)
	default:
		_, k, e := ed25519.GenerateKey(rand.Reader)
		if e != nil {
			t.Fatal(e)
		}
		private = k
		s, err = signature.LoadSigner(k, crypto.Hash(0))
	}
	if err != nil {
		t.Fatal(err)
	}
	key, err := metadata.KeyFromPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return named(t, s, key)
}

func named(t *testing.T, s signature.Signer, key *metadata.Key) *signer {
	t.Helper()
	id, err := key.ID()
	if err != nil {
		t.Fatal(err)
	}
	return &signer{s, key, id}
}

// simulator is an office that can do everything wrong: what it publishes is what the case says, signed by whom the case says. Files that are
// published again take the place of those before.
type simulator struct {
	t       *testing.T
	signers map[string][]*signer
	root    *metadata.Metadata[metadata.RootType]
	stamp   *metadata.Metadata[metadata.TimestampType]
	snap    *metadata.Metadata[metadata.SnapshotType]
	parts   map[string]*metadata.Metadata[metadata.TargetsType] // of targets and the owners
	files   map[string][]byte
	asked   []string
}

// everything is all roles but root, in the order in which they are signed.
var everything = []string{Finance, Staffing, Policy, metadata.TARGETS, metadata.SNAPSHOT, metadata.TIMESTAMP}

// online is what every change ends with.
var online = []string{metadata.SNAPSHOT, metadata.TIMESTAMP}

func newSimulator(t *testing.T) *simulator {
	t.Helper()
	far := day0.AddDate(1, 0, 0)
	s := &simulator{
		t: t, signers: map[string][]*signer{}, root: metadata.Root(far), stamp: metadata.Timestamp(far), snap: metadata.Snapshot(far),
		parts: map[string]*metadata.Metadata[metadata.TargetsType]{}, files: map[string][]byte{},
	}
	s.root.Signed.ConsistentSnapshot = true
	s.root.Signed.UnrecognizedFields = map[string]any{"x-county": "420581"}
	s.stamp.Signed.UnrecognizedFields = map[string]any{"x-seq": 1, "x-issued": day0.Format(time.RFC3339), "x-county": "420581"}
	for _, owner := range Owners() {
		role := owner
		if owner == Office {
			role = metadata.TARGETS
		}
		s.parts[role] = metadata.Targets(far)
		s.parts[role].Signed.Targets[owner+"/catalog"] = catalogOf(owner + " 1")
	}
	s.parts[metadata.TARGETS].Signed.Delegations = &metadata.Delegations{Keys: map[string]*metadata.Key{}}
	for _, owner := range delegated {
		s.delegate(metadata.TARGETS, metadata.DelegatedRole{Name: owner, Threshold: 2, Terminating: true, Paths: []string{owner + "/*"}})
	}
	for role, n := range map[string]int{
		metadata.ROOT: 3, metadata.TARGETS: 1, metadata.SNAPSHOT: 1, metadata.TIMESTAMP: 1, Finance: 2, Staffing: 2, Policy: 2,
	} {
		for range n {
			s.addKey(role, newSigner(t, "ed25519"))
		}
	}
	s.root.Signed.Roles[metadata.ROOT].Threshold = 2
	s.publish(append([]string{metadata.ROOT}, everything...)...)
	return s
}

func catalogOf(contents string) *metadata.TargetFiles {
	sum := sha256.Sum256([]byte(contents))
	return &metadata.TargetFiles{Length: int64(len(contents)), Hashes: metadata.Hashes{"sha256": sum[:]}}
}

// delegate lets a role speak for another.
func (s *simulator) delegate(from string, d metadata.DelegatedRole) {
	to := s.parts[from].Signed.Delegations
	if to == nil {
		to = &metadata.Delegations{Keys: map[string]*metadata.Key{}}
		s.parts[from].Signed.Delegations = to
	}
	to.Roles = append(to.Roles, d)
}

// addKey makes a signer count for a role, and sign for it.
func (s *simulator) addKey(role string, by *signer) {
	s.signers[role] = append(s.signers[role], by)
	s.allow(role, by)
}

// allow makes a signer count for a role without signing.
func (s *simulator) allow(role string, by *signer) {
	if r, ok := s.root.Signed.Roles[role]; ok {
		r.KeyIDs = append(r.KeyIDs, by.id)
		s.root.Signed.Keys[by.id] = by.key
		return
	}
	d := s.parts[metadata.TARGETS].Signed.Delegations
	i := slices.IndexFunc(d.Roles, func(r metadata.DelegatedRole) bool { return r.Name == role })
	d.Roles[i].KeyIDs = append(d.Roles[i].KeyIDs, by.id)
	d.Keys[by.id] = by.key
}

// rotate gives a role of the root one new key in the place of all it had.
func (s *simulator) rotate(role string) {
	s.root.Signed.Roles[role].KeyIDs, s.signers[role] = nil, nil
	s.addKey(role, newSigner(s.t, "ed25519"))
}

func (s *simulator) version(role string) *int64 {
	switch role {
	case metadata.ROOT:
		return &s.root.Signed.Version
	case metadata.TIMESTAMP:
		return &s.stamp.Signed.Version
	case metadata.SNAPSHOT:
		return &s.snap.Signed.Version
	}
	return &s.parts[role].Signed.Version
}

func (s *simulator) file(role string) string {
	if role == metadata.TIMESTAMP {
		return "metadata/timestamp.json"
	}
	return fmt.Sprintf("metadata/%d.%s.json", *s.version(role), role)
}

// publish signs the roles in this order; of each that is there already, the next version.
func (s *simulator) publish(roles ...string) {
	s.t.Helper()
	for _, role := range roles {
		if s.files[s.file(role)] != nil {
			*s.version(role)++
		}
		s.list(role)
		s.files[s.file(role)] = s.signed(role)
	}
}

// list makes snapshot and timestamp name what is newest.
func (s *simulator) list(role string) {
	switch role {
	case metadata.SNAPSHOT:
		listed := map[string]*metadata.MetaFiles{}
		for part := range s.parts {
			listed[part+".json"] = listing(s.files[s.file(part)], *s.version(part))
		}
		s.snap.Signed.Meta = listed
	case metadata.TIMESTAMP:
		s.stamp.Signed.Meta["snapshot.json"] = listing(s.files[s.file(metadata.SNAPSHOT)], s.snap.Signed.Version)
	}
}

// signed is the file of a role as its signers sign it.
func (s *simulator) signed(role string) []byte {
	s.t.Helper()
	switch role {
	case metadata.ROOT:
		return signedBy(s.t, s.root, s.signers[role])
	case metadata.TIMESTAMP:
		return signedBy(s.t, s.stamp, s.signers[role])
	case metadata.SNAPSHOT:
		return signedBy(s.t, s.snap, s.signers[role])
	}
	return signedBy(s.t, s.parts[role], s.signers[role])
}

func signedBy[T metadata.Roles](t *testing.T, m *metadata.Metadata[T], signers []*signer) []byte {
	t.Helper()
	m.ClearSignatures()
	for _, by := range signers {
		if _, err := m.Sign(by.Signer); err != nil {
			t.Fatal(err)
		}
		m.Signatures[len(m.Signatures)-1].KeyID = by.id
	}
	b, err := m.ToBytes(false)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// resigned changes the signatures of a published file and nothing that they sign.
func resigned[T metadata.Roles](s *simulator, role string, change func([]metadata.Signature) []metadata.Signature) {
	s.t.Helper()
	m := &metadata.Metadata[T]{}
	if _, err := m.FromBytes(s.files[s.file(role)]); err != nil {
		s.t.Fatal(err)
	}
	m.Signatures = change(m.Signatures)
	b, err := m.ToBytes(false)
	if err != nil {
		s.t.Fatal(err)
	}
	s.files[s.file(role)] = b
}

func (s *simulator) get(path string, _ int64) ([]byte, error) {
	s.asked = append(s.asked, strings.TrimSuffix(strings.TrimPrefix(path, "metadata/"), ".json"))
	b, ok := s.files[path]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return b, nil
}

// visitor is a kiosk of the simulated office.
type visitor struct {
	s     *simulator
	state State
}

// visitor is enrolled with the first root.
func (s *simulator) visitor() *visitor {
	return &visitor{s, NewState(Enrolment{County: "420581", Root: s.files["metadata/1.root.json"]}, nil, Seen{})}
}

// refresh looks once, and keeps what may be kept.
func (k *visitor) refresh() error { return k.refreshOn(day0) }

func (k *visitor) refreshOn(now time.Time) error {
	k.s.asked = nil
	v, err := k.state.Accept(k.s.get, now, Network)
	switch {
	case err == nil:
		k.state = v.State
	case v.NewRoot:
		k.state = v.Roots
	}
	return err
}

// version is the newest version of a role that the kiosk has accepted, 0 where it has none.
func (k *visitor) version(role string) int64 { return k.state.seen.Versions[role] }

// follows fails the test where a look is refused.
func (k *visitor) follows() {
	k.s.t.Helper()
	if err := k.refresh(); err != nil {
		k.s.t.Fatalf("refused: %v", err)
	}
}

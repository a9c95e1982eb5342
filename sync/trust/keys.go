package trust

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// The keys of each role, by the names of their files. Those in root/ belong on a medium that is locked away.
var keyNames = map[string][]string{
	metadata.ROOT:      {"root/county-office", "root/finance-bureau", "root/staffing-office"},
	metadata.TARGETS:   {"targets-1", "targets-2"},
	metadata.SNAPSHOT:  {"snapshot"},
	metadata.TIMESTAMP: {"timestamp"},
	Finance:            {"finance-handler", "finance-leader"},
	Staffing:           {"staffing-handler", "staffing-leader"},
	Policy:             {"policy-handler", "policy-leader"},
}

// How long signatures are good for. The online ones are renewed daily; offline ones when less than renewal is left.
const (
	rootLife   = 10 * 365 * 24 * time.Hour
	ownerLife  = 365 * 24 * time.Hour
	onlineLife = 30 * 24 * time.Hour
	renewal    = 90 * 24 * time.Hour
)

// Keys (密钥) is the office's folder of private keys:
//
//	<name>.key            PKCS#8 PEM of an ed25519 key, mode 0600
//	root/<name>.key       the same for the three root keys
//	root/<n>.root.json    every root so far
type Keys struct {
	dir string
	// PollMinutes is about how often kiosks are to look for a newer edition, signed into the timestamps; 0 leaves it at what the newest one says.
	PollMinutes int
}

// CreateKeys makes all keys of a county and its first root. It refuses a folder that has a root.
func CreateKeys(dir, county string, now time.Time) (*Keys, error) {
	k := &Keys{dir: dir}
	if _, err := os.Stat(filepath.Join(dir, "root")); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("trust: %s already holds keys; a county's root is made once", dir)
	}
	if err := os.MkdirAll(filepath.Join(dir, "root"), 0o700); err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	m := metadata.Root(now.Add(rootLife).UTC().Truncate(time.Second))
	m.Signed.ConsistentSnapshot = true
	m.Signed.UnrecognizedFields = map[string]any{"x-county": county}
	m.Signed.Roles[metadata.ROOT].Threshold = 2
	for _, role := range slices.Sorted(maps.Keys(keyNames)) {
		for _, name := range keyNames[role] {
			pub, err := k.create(name)
			if err != nil {
				return nil, err
			}
			if _, inRoot := m.Signed.Roles[role]; !inRoot {
				continue
			}
			if err := m.Signed.AddKey(pub, role); err != nil {
				return nil, fmt.Errorf("trust: %w", err)
			}
		}
	}
	return k, k.writeRoot(m, keyNames[metadata.ROOT])
}

// OpenKeys opens the folder that CreateKeys made.
func OpenKeys(dir string) (*Keys, error) {
	k := &Keys{dir: dir}
	_, err := k.Root()
	return k, err
}

func (k *Keys) create(name string) (*metadata.Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	b := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := write(filepath.Join(k.dir, name+".key"), b, 0o600); err != nil {
		return nil, err
	}
	return metadata.KeyFromPublicKey(private.Public())
}

// write replaces a file, synced and whole.
func write(name string, b []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(name+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	if err := os.Rename(name+".part", name); err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	return nil
}

func (k *Keys) private(name string) (ed25519.PrivateKey, error) {
	b, err := os.ReadFile(filepath.Join(k.dir, name+".key"))
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("trust: key %s is no PEM", name)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("trust: key %s: %w", name, err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("trust: key %s is no ed25519 key", name)
	}
	return private, nil
}

func (k *Keys) public(name string) (*metadata.Key, error) {
	private, err := k.private(name)
	if err != nil {
		return nil, err
	}
	return metadata.KeyFromPublicKey(private.Public())
}

// sign signs with the named keys and returns the file.
func sign[T metadata.Roles](k *Keys, m *metadata.Metadata[T], names []string) ([]byte, error) {
	for _, name := range names {
		private, err := k.private(name)
		if err != nil {
			return nil, err
		}
		signer, err := signature.LoadSigner(private, crypto.Hash(0))
		if err != nil {
			return nil, fmt.Errorf("trust: key %s: %w", name, err)
		}
		if _, err := m.Sign(signer); err != nil {
			return nil, fmt.Errorf("trust: key %s: %w", name, err)
		}
	}
	b, err := m.ToBytes(false)
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	return b, nil
}

func (k *Keys) writeRoot(m *metadata.Metadata[metadata.RootType], names []string) error {
	b, err := sign(k, m, names)
	if err != nil {
		return err
	}
	return write(filepath.Join(k.dir, "root", fmt.Sprintf("%d.root.json", m.Signed.Version)), b, 0o644)
}

// roots returns every root so far, the first first.
func (k *Keys) roots() ([][]byte, error) {
	var out [][]byte
	for {
		b, err := os.ReadFile(filepath.Join(k.dir, "root", fmt.Sprintf("%d.root.json", len(out)+1)))
		if errors.Is(err, fs.ErrNotExist) && len(out) > 0 {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("trust: %w", err)
		}
		out = append(out, b)
	}
}

// Root returns the newest root, for enrolments.
func (k *Keys) Root() ([]byte, error) {
	all, err := k.roots()
	if err != nil {
		return nil, err
	}
	return all[len(all)-1], nil
}

func (k *Keys) root() (*metadata.Metadata[metadata.RootType], error) {
	b, err := k.Root()
	if err != nil {
		return nil, err
	}
	m, err := metadata.Root().FromBytes(b)
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	return m, nil
}

// ErrNoKey is the error of Replace where no key has that name.
var ErrNoKey = errors.New("no key of that name")

// Replace makes a new key in the place of the one of that name, as after a loss or a theft. What the old key signs no longer counts once the
// next Publish, or for an online key the next Resign, has reached the kiosks. The old key is gone from the folder.
func (k *Keys) Replace(name string, now time.Time) error {
	role := ""
	for r, names := range keyNames {
		if slices.Contains(names, name) {
			role = r
		}
	}
	if role == "" {
		return fmt.Errorf("trust: %q: %w", name, ErrNoKey)
	}
	root, err := k.root()
	if err != nil {
		return err
	}
	if _, inRoot := root.Signed.Roles[role]; !inRoot {
		_, err := k.create(name) // who signs for an owner is said by targets, which the next Publish signs anew
		return err
	}
	old, err := k.public(name)
	if err != nil {
		return err
	}
	oldID, err := old.ID()
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	// A new root is signed by the old root keys and by the new ones. The new key waits under another name until that root is on disk.
	next := name + ".next"
	pub, err := k.create(next)
	if err != nil {
		return err
	}
	if err := errors.Join(root.Signed.AddKey(pub, role), root.Signed.RevokeKey(oldID, role)); err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	root.Signed.Version++
	root.Signed.Expires = now.Add(rootLife).UTC().Truncate(time.Second)
	root.ClearSignatures()
	signers := slices.Clone(keyNames[metadata.ROOT])
	if role == metadata.ROOT {
		signers = append(signers, next)
	}
	if err := k.writeRoot(root, signers); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(k.dir, next+".key"), filepath.Join(k.dir, name+".key")); err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	return nil
}

// Release is what an edition's metadata says.
type Release struct {
	Edition  int64             // greater than all before
	Catalogs map[string]Target // of every owner
	Now      time.Time
}

// File is a file of a depot.
type File struct {
	Path string
	Data []byte
}

// Publish signs a release for a depot whose files are as they are now, none for the first. The files returned must be written in their order, each
// synced, after all that the catalogs refer to; the last is the timestamp, with which the edition exists. An owner's part that says what it said
// before is not signed again.
func (k *Keys) Publish(depot fs.FS, r Release) ([]File, error) {
	p, err := k.begin(depot, r.Now)
	if err != nil {
		return nil, err
	}
	if have := p.edition(); r.Edition <= have {
		return nil, fmt.Errorf("trust: edition %d does not come after edition %d", r.Edition, have)
	}
	for _, owner := range Owners() {
		if _, ok := r.Catalogs[owner]; !ok || len(r.Catalogs) != len(Owners()) {
			return nil, fmt.Errorf("trust: edition %d needs exactly one catalog of each of %s", r.Edition, strings.Join(Owners(), ", "))
		}
	}
	targets := metadata.Targets()
	if targets.Signed.Delegations, err = k.delegations(); err != nil {
		return nil, err
	}
	meta := map[string]*metadata.MetaFiles{}
	if meta[metadata.TARGETS+".json"], err = p.owner(Office, metadata.TARGETS, r.Catalogs[Office], targets, keyNames[metadata.TARGETS][:1]); err != nil {
		return nil, err
	}
	for _, owner := range delegated {
		if meta[owner+".json"], err = p.owner(owner, owner, r.Catalogs[owner], metadata.Targets(), keyNames[owner]); err != nil {
			return nil, err
		}
	}
	if err := p.snapshot(meta); err != nil {
		return nil, err
	}
	return p.timestamp(r.Edition)
}

// Resign renews the online signatures of the newest edition, as is done daily, so that kiosks can tell a quiet office from a cut-off one.
func (k *Keys) Resign(depot fs.FS, now time.Time) ([]File, error) {
	p, err := k.begin(depot, now)
	if err != nil {
		return nil, err
	}
	if p.edition() == 0 {
		return nil, errors.New("trust: nothing has been published yet")
	}
	if err := p.snapshot(p.snap.Signed.Meta); err != nil {
		return nil, err
	}
	return p.timestamp(p.edition())
}

// Edition is the number of the newest edition in the office's own depot, unverified; 0 when there is none.
func Edition(depot fs.FS) (int64, error) {
	b, err := fs.ReadFile(depot, "metadata/timestamp.json")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("trust: %w", err)
	}
	m, err := metadata.Timestamp().FromBytes(b)
	if err != nil {
		return 0, fmt.Errorf("trust: metadata/timestamp.json: %w", err)
	}
	seq, _ := m.Signed.UnrecognizedFields["x-seq"].(float64)
	return int64(seq), nil
}

func (k *Keys) delegations() (*metadata.Delegations, error) {
	d := &metadata.Delegations{Keys: map[string]*metadata.Key{}}
	for _, owner := range delegated {
		role := metadata.DelegatedRole{Name: owner, Threshold: 2, Terminating: true, Paths: []string{owner + "/*"}}
		for _, name := range keyNames[owner] {
			pub, err := k.public(name)
			if err != nil {
				return nil, err
			}
			id, err := pub.ID()
			if err != nil {
				return nil, fmt.Errorf("trust: %w", err)
			}
			d.Keys[id] = pub
			role.KeyIDs = append(role.KeyIDs, id)
		}
		d.Roles = append(d.Roles, role)
	}
	return d, nil
}

// printing is one publication under way.
type printing struct {
	k     *Keys
	depot fs.FS
	now   time.Time
	root  *metadata.Metadata[metadata.RootType]
	stamp *metadata.Metadata[metadata.TimestampType] // newest, nil when there is none
	snap  *metadata.Metadata[metadata.SnapshotType]
	files []File
}

func (k *Keys) begin(depot fs.FS, now time.Time) (*printing, error) {
	p := &printing{k: k, depot: depot, now: now.UTC().Truncate(time.Second)}
	roots, err := k.roots()
	if err != nil {
		return nil, err
	}
	for i, b := range roots {
		name := fmt.Sprintf("metadata/%d.root.json", i+1)
		if have, err := fs.ReadFile(depot, name); err != nil || !bytes.Equal(have, b) {
			p.files = append(p.files, File{name, b})
		}
	}
	if p.root, err = k.root(); err != nil {
		return nil, err
	}
	b, err := fs.ReadFile(depot, "metadata/timestamp.json")
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	if p.stamp, err = metadata.Timestamp().FromBytes(b); err != nil {
		return nil, fmt.Errorf("trust: metadata/timestamp.json: %w", err)
	}
	m := p.stamp.Signed.Meta["snapshot.json"]
	if m == nil {
		return nil, errors.New("trust: metadata/timestamp.json names no snapshot")
	}
	name := fmt.Sprintf("metadata/%d.snapshot.json", m.Version)
	if b, err = fs.ReadFile(depot, name); err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	if p.snap, err = metadata.Snapshot().FromBytes(b); err != nil {
		return nil, fmt.Errorf("trust: %s: %w", name, err)
	}
	return p, nil
}

func (p *printing) edition() int64 {
	if p.stamp == nil {
		return 0
	}
	seq, _ := p.stamp.Signed.UnrecognizedFields["x-seq"].(float64)
	return int64(seq)
}

// owner signs an owner's part, or finds that the newest one says the same.
func (p *printing) owner(owner, role string, t Target, m *metadata.Metadata[metadata.TargetsType], names []string) (*metadata.MetaFiles, error) {
	sum, err := hex.DecodeString(t.SHA256)
	if err != nil || len(sum) != sha256.Size || t.Length < 1 {
		return nil, fmt.Errorf("trust: catalog of %s: %q, %d bytes, is no reference", owner, t.SHA256, t.Length)
	}
	m.Signed.Targets[owner+"/catalog"] = &metadata.TargetFiles{Length: t.Length, Hashes: metadata.Hashes{"sha256": sum}}
	m.Signed.Version = 1
	m.Signed.Expires = p.now.Add(ownerLife)
	if p.snap != nil && p.snap.Signed.Meta[role+".json"] != nil {
		listed := p.snap.Signed.Meta[role+".json"]
		b, err := fs.ReadFile(p.depot, fmt.Sprintf("metadata/%d.%s.json", listed.Version, role))
		if err != nil {
			return nil, fmt.Errorf("trust: %w", err)
		}
		if p.saysTheSame(m, b, names) {
			return listed, nil
		}
		m.Signed.Version = listed.Version + 1
	}
	b, err := sign(p.k, m, names)
	if err != nil {
		return nil, err
	}
	p.files = append(p.files, File{fmt.Sprintf("metadata/%d.%s.json", m.Signed.Version, role), b})
	return listing(b, m.Signed.Version), nil
}

// saysTheSame reports whether the file has the contents of m, will last for a while and is signed by the keys of today.
func (p *printing) saysTheSame(m *metadata.Metadata[metadata.TargetsType], file []byte, names []string) bool {
	old, err := metadata.Targets().FromBytes(file)
	if err != nil || old.Signed.Expires.Sub(p.now) < renewal || len(old.Signatures) != len(names) {
		return false
	}
	for i, name := range names {
		pub, err := p.k.public(name)
		if err != nil {
			return false
		}
		if id, err := pub.ID(); err != nil || id != old.Signatures[i].KeyID {
			return false
		}
	}
	as := m.Signed
	as.Version, as.Expires = old.Signed.Version, old.Signed.Expires
	a, errA := json.Marshal(as)
	b, errB := json.Marshal(old.Signed)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

func listing(b []byte, version int64) *metadata.MetaFiles {
	sum := sha256.Sum256(b)
	return &metadata.MetaFiles{Version: version, Length: int64(len(b)), Hashes: metadata.Hashes{"sha256": sum[:]}}
}

func (p *printing) snapshot(meta map[string]*metadata.MetaFiles) error {
	m := metadata.Snapshot(p.now.Add(onlineLife))
	m.Signed.Meta = meta
	if p.snap != nil {
		m.Signed.Version = p.snap.Signed.Version + 1
	}
	b, err := sign(p.k, m, keyNames[metadata.SNAPSHOT])
	if err != nil {
		return err
	}
	p.files = append(p.files, File{fmt.Sprintf("metadata/%d.snapshot.json", m.Signed.Version), b})
	p.snap = m
	return nil
}

func (p *printing) timestamp(edition int64) ([]File, error) {
	m := metadata.Timestamp(p.now.Add(onlineLife))
	if p.stamp != nil {
		m.Signed.Version = p.stamp.Signed.Version + 1
	}
	last := p.files[len(p.files)-1]
	m.Signed.Meta["snapshot.json"] = listing(last.Data, p.snap.Signed.Version)
	poll := p.k.PollMinutes
	if poll == 0 && p.stamp != nil {
		poll = pollMinutes(p.stamp)
	}
	if poll < 0 || poll > MaxPollMinutes {
		return nil, fmt.Errorf("trust: every %d minutes: 1 to %d belongs there", poll, MaxPollMinutes)
	}
	m.Signed.UnrecognizedFields = map[string]any{
		"x-seq": edition, "x-issued": p.now.Format(time.RFC3339), "x-county": p.root.Signed.UnrecognizedFields["x-county"],
	}
	if poll > 0 {
		m.Signed.UnrecognizedFields[pollField] = poll
	}
	b, err := sign(p.k, m, keyNames[metadata.TIMESTAMP])
	if err != nil {
		return nil, err
	}
	return append(p.files, File{"metadata/timestamp.json", b}), nil
}

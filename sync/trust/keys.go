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

// The keys of each role, by the names of their files. In a root the keys of a role stand in this order.
var keyNames = map[string][]string{
	metadata.ROOT:      {"root/county-office", "root/finance-bureau", "root/staffing-office"},
	metadata.TARGETS:   {"targets-1", "targets-2"},
	metadata.SNAPSHOT:  {"snapshot"},
	metadata.TIMESTAMP: {"timestamp"},
	Finance:            {"finance-handler", "finance-leader"},
	Staffing:           {"staffing-handler", "staffing-leader"},
	Policy:             {"policy-handler", "policy-leader"},
}

// RootKeys returns the names of the three root keys.
func RootKeys() []string { return slices.Clone(keyNames[metadata.ROOT]) }

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
//	<name>.pub            its public key, which stays where the private key is moved to its owner's own folder
//	folders               those folders, one a line
//	root/<n>.root.json    every root so far
//
// The three root keys are never in it. They are at hand after CreateKeys, which made them, and after Unlock; nothing but Replace needs them.
type Keys struct {
	// PollMinutes is about how often kiosks are to look for a newer edition, signed into the timestamps; 0 leaves it at what the newest one says.
	PollMinutes int

	dir     string
	folders []string
	atHand  map[string]ed25519.PrivateKey
	next    map[string]ed25519.PrivateKey // see Prepare
}

// CreateKeys makes all keys of a county and its first root. It refuses a folder that has a root. The root keys are only at hand: what Lock returns of
// each must be on a medium before the process ends, or the root can never be changed.
func CreateKeys(dir, county string, now time.Time) (*Keys, error) {
	k := &Keys{dir: dir, atHand: map[string]ed25519.PrivateKey{}, next: map[string]ed25519.PrivateKey{}}
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

// OpenKeys opens the folder that CreateKeys made. Where a power cut came between a new root and the key that it names, that is ended first: nobody else may
// be at a Replace meanwhile.
func OpenKeys(dir string) (*Keys, error) {
	k := &Keys{dir: dir, atHand: map[string]ed25519.PrivateKey{}, next: map[string]ed25519.PrivateKey{}}
	root, err := k.root()
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(dir, "folders"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("trust: %w", err)
	}
	k.folders = strings.FieldsFunc(string(b), func(r rune) bool { return r == '\n' })
	for role := range root.Signed.Roles {
		for _, name := range keyNames[role] {
			if err := k.settle(root, role, name); err != nil {
				return nil, err
			}
		}
	}
	return k, nil
}

// settle puts a new key that waits into its place where the root names it, and else forgets it.
func (k *Keys) settle(root *metadata.Metadata[metadata.RootType], role, name string) error {
	waiting := filepath.Join(k.dir, name+".next.key")
	private, err := readKey(waiting)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	id, err := idOf(private)
	if err != nil {
		return err
	}
	if root.Signed.Roles[role].KeyIDs[slices.Index(keyNames[role], name)] != id {
		return os.Remove(waiting)
	}
	return k.takePlace(name)
}

// takePlace ends the replacing of a key of the root that lies in the folder.
func (k *Keys) takePlace(name string) error {
	if err := os.Rename(filepath.Join(k.dir, name+".next.key"), filepath.Join(k.dir, name+".key")); err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	return syncDir(k.dir)
}

// create makes a key: a root key to be at hand, any other as a file.
func (k *Keys) create(name string) (*metadata.Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	if isRootKey(name) {
		k.atHand[name] = private
		return metadata.KeyFromPublicKey(private.Public())
	}
	if err := k.keep(name, private); err != nil {
		return nil, err
	}
	return metadata.KeyFromPublicKey(private.Public())
}

func isRootKey(name string) bool { return slices.Contains(keyNames[metadata.ROOT], name) }

func (k *Keys) keep(name string, private ed25519.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	return write(filepath.Join(k.dir, name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// write replaces a file, synced and whole. What a power cut has left of an earlier try, or somebody has put there, is not written through.
func write(name string, b []byte, mode fs.FileMode) error {
	part := name + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("trust: %w", err)
	}
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(part, name)
	}
	if err != nil {
		return fmt.Errorf("trust: %w", errors.Join(err, os.Remove(part)))
	}
	return syncDir(filepath.Dir(name))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	return nil
}

// Missing says that a private key is in none of the folders where it may be.
type Missing struct {
	Name    string
	Folders []string
}

func (e *Missing) Error() string {
	return fmt.Sprintf("trust: key %s is in none of %s", e.Name, strings.Join(e.Folders, ", "))
}

func (k *Keys) private(name string) (ed25519.PrivateKey, error) {
	if private, ok := k.atHand[name]; ok {
		return private, nil
	}
	private, err := readKey(filepath.Join(k.dir, name+".key"))
	if !errors.Is(err, fs.ErrNotExist) {
		return private, err
	}
	// An old stick that turns up again must not bring back the key that was replaced because of it.
	pub, err := k.moved(name)
	if err != nil {
		return nil, err
	}
	for _, dir := range k.folders {
		private, err := readKey(filepath.Join(dir, name+".key"))
		if err == nil && pub.Equal(private.Public()) {
			return private, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return nil, &Missing{name, append([]string{k.dir}, k.folders...)}
}

func readKey(path string) (ed25519.PrivateKey, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	private, err := parseKey(b)
	if err != nil {
		return nil, fmt.Errorf("trust: key %s: %w", path, err)
	}
	return private, nil
}

// maxKey is more than any file of a key has. One on somebody's stick may be anything.
const maxKey = 16 << 10

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxKey {
		return nil, fmt.Errorf("trust: %s is no file of a key", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	return b, nil
}

func parseKey(b []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, errors.New("is no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("is no ed25519 key")
	}
	return private, nil
}

// public is the key that counts under a name.
func (k *Keys) public(name string) (*metadata.Key, error) {
	private, err := k.private(name)
	if err == nil {
		return metadata.KeyFromPublicKey(private.Public())
	}
	var missing *Missing
	if !errors.As(err, &missing) {
		return nil, err
	}
	pub, movedErr := k.moved(name)
	if movedErr != nil {
		return nil, movedErr
	}
	if pub == nil {
		return nil, err
	}
	return metadata.KeyFromPublicKey(pub)
}

// moved is the public key of an owner, by the file that stays where the private key does not; nil where none was moved.
func (k *Keys) moved(name string) (ed25519.PublicKey, error) {
	b, err := readFile(filepath.Join(k.dir, name+".pub"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("trust: key %s.pub is no PEM", name)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("trust: key %s.pub: %w", name, err)
	}
	pub, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("trust: key %s.pub is no ed25519 key", name)
	}
	return pub, nil
}

func idOf(private ed25519.PrivateKey) (string, error) {
	pub, err := metadata.KeyFromPublicKey(private.Public())
	if err != nil {
		return "", fmt.Errorf("trust: %w", err)
	}
	id, err := pub.ID()
	if err != nil {
		return "", fmt.Errorf("trust: %w", err)
	}
	return id, nil
}

// Move takes an owner's private key out of the folder to one of its own, such as a USB stick: there first, synced and read again, then gone here. Where
// the power went in the middle, it is done again.
func (k *Keys) Move(name, folder string) error {
	if !slices.ContainsFunc(delegated, func(owner string) bool { return slices.Contains(keyNames[owner], name) }) {
		return fmt.Errorf("trust: %q: %w", name, ErrNoKey)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	from, to := filepath.Join(k.dir, name+".key"), filepath.Join(folder, name+".key")
	private, err := readKey(from)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		if there, err := readKey(to); err != nil || !there.Equal(private) {
			return fmt.Errorf("trust: %s: %w", to, fs.ErrExist)
		}
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	if err := write(filepath.Join(k.dir, name+".pub"), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o644); err != nil {
		return err
	}
	if err := (&Keys{dir: folder}).keep(name, private); err != nil {
		return err
	}
	if again, err := readKey(to); err != nil || !again.Equal(private) {
		return fmt.Errorf("trust: %s cannot be read again: %w", to, err)
	}
	if !slices.Contains(k.folders, folder) {
		k.folders = append(k.folders, folder)
		if err := write(filepath.Join(k.dir, "folders"), []byte(strings.Join(k.folders, "\n")+"\n"), 0o600); err != nil {
			return err
		}
	}
	if err := os.Remove(from); err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	return syncDir(k.dir)
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

// ErrNoKey says that no key that can be meant has that name.
var ErrNoKey = errors.New("no key of that name")

// Prepare makes the key that Replace will put in the place of the root key of that name, so that Lock can give it to a medium before it counts.
func (k *Keys) Prepare(name string) error {
	if !isRootKey(name) {
		return fmt.Errorf("trust: %q: %w", name, ErrNoKey)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	k.next[name] = private
	return nil
}

// NeedsRoot says whether replacing the key of that name changes the root, for which two root keys must be at hand.
func NeedsRoot(name string) bool {
	role := roleOf(name)
	return role != "" && !slices.Contains(delegated, role)
}

func roleOf(name string) string {
	for role, names := range keyNames {
		if slices.Contains(names, name) {
			return role
		}
	}
	return ""
}

// Replace makes a new key in the place of the one of that name, as after a loss or a theft. The old one is gone from the folder. What it signs no
// longer counts once a Resign or Publish, which should follow at once, has reached the kiosks: they look no further where the timestamp is the same.
func (k *Keys) Replace(name string, now time.Time) error {
	role := roleOf(name)
	if role == "" {
		return fmt.Errorf("trust: %q: %w", name, ErrNoKey)
	}
	if !NeedsRoot(name) {
		return k.replaceOwner(name) // who signs for an owner is said by targets, which Resign and Publish sign anew
	}
	hand, need, err := k.AtHand()
	if err != nil {
		return err
	}
	if len(hand) < need {
		return &TooFew{len(hand), need}
	}
	root, err := k.root()
	if err != nil {
		return err
	}
	// A new root is signed by the old root keys and by the new ones. The new key waits under another name until that root is on disk.
	next, err := k.waiting(role, name)
	if err != nil {
		return err
	}
	if err := exchange(root, role, slices.Index(keyNames[role], name), next); err != nil {
		return err
	}
	root.Signed.Version++
	root.Signed.Expires = now.Add(rootLife).UTC().Truncate(time.Second)
	root.ClearSignatures()
	if role == metadata.ROOT {
		hand = append(hand, name+".next")
	}
	if err := k.writeRoot(root, hand); err != nil {
		return err
	}
	if role != metadata.ROOT {
		return k.takePlace(name)
	}
	k.atHand[name] = k.atHand[name+".next"]
	delete(k.atHand, name+".next")
	delete(k.next, name)
	return nil
}

// replaceOwner makes the new key in the folder: where an owner keeps it is for Move to say again.
func (k *Keys) replaceOwner(name string) error {
	if _, err := k.create(name); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(k.dir, name+".pub")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("trust: %w", err)
	}
	for _, dir := range k.folders {
		_ = os.Remove(filepath.Join(dir, name+".key")) // it is worth nothing by now, and may be out of reach
	}
	return nil
}

// waiting makes the key that is to come: a root key at hand, another beside the one whose place it will take.
func (k *Keys) waiting(role, name string) (*metadata.Key, error) {
	if role != metadata.ROOT {
		return k.create(name + ".next")
	}
	if k.next[name] == nil {
		if err := k.Prepare(name); err != nil {
			return nil, err
		}
	}
	k.atHand[name+".next"] = k.next[name]
	return metadata.KeyFromPublicKey(k.next[name].Public())
}

// exchange puts a key of a role into the place of another. No key stands in two places of a root that we made.
func exchange(root *metadata.Metadata[metadata.RootType], role string, at int, next *metadata.Key) error {
	id, err := next.ID()
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	ids := root.Signed.Roles[role].KeyIDs
	delete(root.Signed.Keys, ids[at])
	ids[at] = id
	root.Signed.Keys[id] = next
	return nil
}

// Release is what an edition's metadata says.
type Release struct {
	Edition  int64             // greater than all before
	Catalogs map[string]Target // of every owner
	Handout  *Handout          // where the county's key has been changed
	Now      time.Time
}

// File is a file of a depot, or of a root key's medium.
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
	return p.release(r)
}

// release signs a release. What an owner's part says already is not signed again.
func (p *printing) release(r Release) ([]File, error) {
	targets := metadata.Targets()
	var err error
	if targets.Signed.Delegations, err = p.k.delegations(); err != nil {
		return nil, err
	}
	if r.Handout != nil {
		if err := addHandout(targets, *r.Handout); err != nil {
			return nil, err
		}
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

// Resign renews the online signatures of the newest edition, as is done daily, so that kiosks can tell a quiet office from a cut-off one. Parts whose
// keys were replaced are signed anew, and those whose signatures end soon where their keys are at hand.
func (k *Keys) Resign(depot fs.FS, now time.Time) ([]File, error) {
	p, err := k.begin(depot, now)
	if err != nil {
		return nil, err
	}
	if p.edition() == 0 {
		return nil, errors.New("trust: nothing has been published yet")
	}
	r := Release{Edition: p.edition(), Catalogs: map[string]Target{}}
	for _, owner := range Owners() {
		m, err := p.newest(owner)
		if err != nil {
			return nil, err
		}
		if owner == Office && m.Signed.Targets[handoutTarget] != nil {
			if r.Handout, err = handoutOf(m); err != nil {
				return nil, fmt.Errorf("trust: %w", err)
			}
		}
		t, ok := targetOf(m, owner+"/catalog")
		if !ok {
			return nil, fmt.Errorf("trust: the newest edition has no catalog of %s", owner)
		}
		r.Catalogs[owner] = t
	}
	return p.release(r)
}

func addHandout(targets *metadata.Metadata[metadata.TargetsType], h Handout) error {
	sum, err := hex.DecodeString(h.SHA256)
	if err != nil || len(sum) != sha256.Size || h.Length < 1 || h.Length > maxHandout {
		return fmt.Errorf("trust: handout: %q, %d bytes, is no reference", h.SHA256, h.Length)
	}
	custom, err := json.Marshal(map[string]string{"key": h.Key})
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	targets.Signed.Targets[handoutTarget] = &metadata.TargetFiles{Length: h.Length, Hashes: metadata.Hashes{"sha256": sum}, Custom: (*json.RawMessage)(&custom)}
	return nil
}

// newest is an owner's part of the newest edition.
func (p *printing) newest(owner string) (*metadata.Metadata[metadata.TargetsType], error) {
	role := owner
	if owner == Office {
		role = metadata.TARGETS
	}
	listed := p.snap.Signed.Meta[role+".json"]
	if listed == nil {
		return nil, fmt.Errorf("trust: the newest edition has no part of %s", owner)
	}
	b, err := fs.ReadFile(p.depot, fmt.Sprintf("metadata/%d.%s.json", listed.Version, role))
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	m, err := metadata.Targets().FromBytes(b)
	if err != nil {
		return nil, fmt.Errorf("trust: %s: %w", role, err)
	}
	return m, nil
}

// Edition is the number of the newest edition in the office's own depot, unverified; 0 when there is none.
func Edition(depot fs.FS) (int64, error) {
	p := &printing{depot: depot}
	err := p.readStamp()
	return p.edition(), err
}

// Issued is when the office's own depot was signed last, unverified; zero when it never was.
func Issued(depot fs.FS) (time.Time, error) {
	p := &printing{depot: depot}
	if err := p.readStamp(); err != nil || p.stamp == nil {
		return time.Time{}, err
	}
	said, _ := p.stamp.Signed.UnrecognizedFields["x-issued"].(string)
	at, err := time.Parse(time.RFC3339, said)
	if err != nil {
		return time.Time{}, fmt.Errorf("trust: metadata/timestamp.json: %w", err)
	}
	return at, nil
}

// HandoutOf is the handout of the newest edition in the office's own depot, unverified; false where the county's key was never changed.
func HandoutOf(depot fs.FS) (h Handout, ok bool, err error) {
	p := &printing{depot: depot}
	if err := p.open(); err != nil || p.snap == nil {
		return Handout{}, false, err
	}
	m, err := p.newest(Office)
	if err != nil || m.Signed.Targets[handoutTarget] == nil {
		return Handout{}, false, err
	}
	named, err := handoutOf(m)
	if err != nil {
		return Handout{}, false, fmt.Errorf("trust: %w", err)
	}
	return *named, true, nil
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
	return p, p.open()
}

// readStamp reads the timestamp that the depot has, if it has any.
func (p *printing) readStamp() error {
	b, err := fs.ReadFile(p.depot, "metadata/timestamp.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	if p.stamp, err = metadata.Timestamp().FromBytes(b); err != nil {
		return fmt.Errorf("trust: metadata/timestamp.json: %w", err)
	}
	return nil
}

// open reads the timestamp and the snapshot that the depot has, if it has any.
func (p *printing) open() error {
	if err := p.readStamp(); err != nil || p.stamp == nil {
		return err
	}
	m := p.stamp.Signed.Meta["snapshot.json"]
	if m == nil {
		return errors.New("trust: metadata/timestamp.json names no snapshot")
	}
	name := fmt.Sprintf("metadata/%d.snapshot.json", m.Version)
	b, err := fs.ReadFile(p.depot, name)
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	if p.snap, err = metadata.Snapshot().FromBytes(b); err != nil {
		return fmt.Errorf("trust: %s: %w", name, err)
	}
	return nil
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
		old, err := p.newest(owner)
		if err != nil {
			return nil, err
		}
		if same, soon := p.saysTheSame(m, old, role, names); same && (!soon || !p.canSign(names)) {
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

// saysTheSame reports whether an owner's part has the contents of m and is signed by the keys of today, and whether these signatures end soon.
func (p *printing) saysTheSame(m, old *metadata.Metadata[metadata.TargetsType], role string, names []string) (same, soon bool) {
	if len(old.Signatures) != len(names) {
		return false, false
	}
	for i, name := range names {
		id, err := p.k.id(p.root, role, name)
		if err != nil || id != old.Signatures[i].KeyID {
			return false, false
		}
	}
	as := m.Signed
	as.Version, as.Expires = old.Signed.Version, old.Signed.Expires
	a, errA := json.Marshal(as)
	b, errB := json.Marshal(old.Signed)
	return errA == nil && errB == nil && bytes.Equal(a, b), old.Signed.Expires.Sub(p.now) < renewal
}

// canSign reports whether the private keys are there.
func (p *printing) canSign(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { _, err := p.k.private(name); return err != nil })
}

// id is the identifier of the key that counts under that name.
func (k *Keys) id(root *metadata.Metadata[metadata.RootType], role, name string) (string, error) {
	if r, ok := root.Signed.Roles[role]; ok {
		return r.KeyIDs[slices.Index(keyNames[role], name)], nil
	}
	pub, err := k.public(name)
	if err != nil {
		return "", err
	}
	return pub.ID()
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

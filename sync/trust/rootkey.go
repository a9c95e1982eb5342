package trust

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// Why a root key cannot be used.
var (
	ErrPassphrase = errors.New("another passphrase locks it")
	ErrReplaced   = errors.New("has been replaced, it no longer counts")
)

// TooFew says that a change of the root needs more root keys than are at hand.
type TooFew struct{ Have, Need int }

func (e *TooFew) Error() string {
	return fmt.Sprintf("trust: %d root keys are at hand, %d must sign", e.Have, e.Need)
}

// Passphrase (口令) locks a root key on its medium.
type Passphrase struct {
	Text string
	// Random says that it was made by chance and long, so that guessing is hopeless even where a guess is quick.
	Random bool
}

// LeastPassphrase is how many characters a passphrase must have that a person chose.
const LeastPassphrase = 10

// The work of one guess, as a power of two. 18 is age's own: about a second and 256 MiB. A file that asks for more was made by nobody here.
const (
	chosenWork = 18
	randomWork = 12
)

// RandomPassphrase is one of 99 bits that can be written on paper: no letter in it looks like a digit.
func RandomPassphrase() Passphrase {
	const letters = "23456789abcdefghjkmnpqrstuvwxyz"
	var b strings.Builder
	for i := range 20 {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[below(len(letters))])
	}
	return Passphrase{b.String(), true}
}

// below is a number by chance that is less than n, each as likely.
func below(n int) int {
	var b [1]byte
	for {
		_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
		if int(b[0]) < 256/n*n {
			return int(b[0]) % n
		}
	}
}

// lockedKey is the file of a root key. What is in the clear only says whose it is, before anybody is asked for a passphrase; that it is true is
// checked against the key within.
type lockedKey struct {
	Format int    `json:"format"` // 1
	County string `json:"county"`
	Name   string `json:"name"`
	ID     string `json:"id"`
	// Sum is the SHA-256 of what is sealed, so that a damaged file is not taken for a wrong passphrase.
	Sum    string `json:"sum"`
	Sealed []byte `json:"sealed"` // PKCS#8 in an age file
}

// MaxRootKey is more than the file of a root key has.
const MaxRootKey = 16 << 10

// Lock returns the file by which a root key that is at hand is kept on a medium apart. One that Prepare made comes before the one whose place it will
// take. No two keys have files of one name.
func (k *Keys) Lock(name string, p Passphrase) (File, error) {
	private, ok := k.next[name]
	if !ok {
		private, ok = k.atHand[name]
	}
	if !ok {
		return File{}, fmt.Errorf("trust: root key %s is not at hand", name)
	}
	root, err := k.root()
	if err != nil {
		return File{}, err
	}
	pub, err := metadata.KeyFromPublicKey(private.Public())
	if err != nil {
		return File{}, fmt.Errorf("trust: %w", err)
	}
	l := lockedKey{Format: 1, Name: name}
	l.County, _ = root.Signed.UnrecognizedFields["x-county"].(string)
	if l.ID, err = pub.ID(); err != nil {
		return File{}, fmt.Errorf("trust: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return File{}, fmt.Errorf("trust: %w", err)
	}
	work := chosenWork
	if p.Random {
		work = randomWork
	}
	if l.Sealed, err = sealedBy(p.Text, work, der); err != nil {
		return File{}, err
	}
	l.Sum = hash(l.Sealed)
	b, err := l.encode()
	return File{fmt.Sprintf("%s-%s-%.8s.rootkey", l.County, path.Base(name), l.ID), b}, err
}

func (l lockedKey) encode() ([]byte, error) {
	b, err := json.MarshalIndent(l, "", "  ")
	return append(b, '\n'), err
}

// Named says which root key a file is, without its passphrase: ErrMalformed where it is none or damaged, ErrForeign where it is another county's,
// ErrReplaced where it no longer counts.
func (k *Keys) Named(file []byte) (name string, err error) {
	l, err := k.locked(file)
	return l.Name, err
}

func (k *Keys) locked(file []byte) (lockedKey, error) {
	var l lockedKey
	if err := json.Unmarshal(file, &l); err != nil || len(file) > MaxRootKey {
		return l, fmt.Errorf("trust: no file of a root key: %w", ErrMalformed)
	}
	again, err := l.encode()
	if err != nil {
		return l, err
	}
	root, err := k.root()
	if err != nil {
		return l, err
	}
	i := slices.Index(keyNames[metadata.ROOT], l.Name)
	switch c, _ := root.Signed.UnrecognizedFields["x-county"].(string); {
	case l.Format != 1 || i < 0 || hash(l.Sealed) != l.Sum || !bytes.Equal(again, file):
		return l, fmt.Errorf("trust: the file of a root key is damaged: %w", ErrMalformed)
	case l.County != c:
		return l, fmt.Errorf("trust: root key %s of county %q, this is %q: %w", l.Name, l.County, c, ErrForeign)
	case root.Signed.Roles[metadata.ROOT].KeyIDs[i] != l.ID:
		return l, fmt.Errorf("trust: root key %s %.8s: %w", l.Name, l.ID, ErrReplaced)
	}
	return l, nil
}

// Unlock takes a root key at hand. Beside the errors of Named, ErrPassphrase.
func (k *Keys) Unlock(file []byte, passphrase string) error {
	l, err := k.locked(file)
	if err != nil {
		return err
	}
	der, err := openedBy(passphrase, chosenWork, l.Sealed)
	if err != nil {
		return fmt.Errorf("trust: root key %s: %w", l.Name, err)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	private, ok := key.(ed25519.PrivateKey)
	if err != nil || !ok {
		return fmt.Errorf("trust: root key %s is no ed25519 key: %w", l.Name, ErrMalformed)
	}
	pub, err := metadata.KeyFromPublicKey(private.Public())
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	if id, err := pub.ID(); err != nil || id != l.ID {
		return fmt.Errorf("trust: root key %s is another than its file says: %w", l.Name, ErrMalformed)
	}
	k.atHand[l.Name] = private
	return nil
}

// AtHand lists the root keys at hand, and how many must sign.
func (k *Keys) AtHand() (names []string, need int, err error) {
	root, err := k.root()
	if err != nil {
		return nil, 0, err
	}
	for _, name := range keyNames[metadata.ROOT] {
		if _, ok := k.atHand[name]; ok {
			names = append(names, name)
		}
	}
	return names, root.Signed.Roles[metadata.ROOT].Threshold, nil
}

// sealedBy closes what only whoever knows the passphrase may read.
func sealedBy(passphrase string, work int, plain []byte) ([]byte, error) {
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	to.SetWorkFactor(work)
	return sealedTo(plain, to)
}

func sealedTo(plain []byte, to ...age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	return out.Bytes(), nil
}

// openedBy opens what somebody brings, which may ask for no more work than most: that takes memory and time.
func openedBy(passphrase string, most int, sealed []byte) ([]byte, error) {
	by, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrPassphrase)
	}
	by.SetMaxWorkFactor(most)
	return opened(sealed, by, ErrPassphrase)
}

// opened reads what is sealed; notFor is the error where it was sealed for another.
func opened(sealed []byte, by age.Identity, notFor error) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), by)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) && slices.ContainsFunc(none.Errors, func(e error) bool { return errors.Is(e, age.ErrIncorrectIdentity) }) {
		return nil, fmt.Errorf("%w: %w", err, notFor)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrMalformed)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrMalformed)
	}
	return plain, nil
}

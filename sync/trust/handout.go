package trust

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"filippo.io/age"
)

// ErrNotForUs says that a kiosk is not among those to whom the county's key was handed, as when the office has struck it off.
var ErrNotForUs = errors.New("not handed to this kiosk")

// Handout (换钥单) names the file by which the county's new key reaches its kiosks: the key, sealed to each of them that the office has not struck off.
// It lies in every depot and pack; targets sign it. Where there is none, the key is the one of the enrolments.
type Handout struct {
	Key string // CountyKeyID of the key within
	Target
}

// HandoutPath is where the file of a handout lies.
func HandoutPath(sha256 string) string { return "t/" + sha256 + ".keys.json" }

// handoutTarget is its name among the targets.
const handoutTarget = Office + "/keys"

// CountyKeyID names a county's key without giving any of it away.
func CountyKeyID(key []byte) string {
	b, err := hkdf.Key(sha256.New, key, nil, "mingbai county key 1 id", 8)
	if err != nil {
		panic(err) // asks for more than a hash gives; 8 bytes are less
	}
	return hex.EncodeToString(b)
}

// handout is the file. An age file is sealed to no more than a thousand.
type handout struct {
	Format int      `json:"format"` // 1
	Key    string   `json:"key"`
	Sealed [][]byte `json:"sealed"`
}

const (
	perSealed  = 1000
	maxHandout = 8 << 20
)

// NewIdentity makes a kiosk's own pair: the identity goes into its enrolment, the recipient stays at the office.
func NewIdentity() (identity, recipient string, err error) {
	i, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", fmt.Errorf("trust: %w", err)
	}
	return i.String(), i.Recipient().String(), nil
}

// SealCountyKey is the file of a handout of the key to these kiosks.
func SealCountyKey(key []byte, recipients []string) ([]byte, error) {
	h := handout{Format: 1, Key: CountyKeyID(key), Sealed: [][]byte{}}
	for some := range slices.Chunk(recipients, perSealed) {
		var to []age.Recipient
		for _, r := range some {
			one, err := age.ParseX25519Recipient(r)
			if err != nil {
				return nil, fmt.Errorf("trust: recipient %.12q: %w", r, err)
			}
			to = append(to, one)
		}
		sealed, err := sealedTo(key, to...)
		if err != nil {
			return nil, err
		}
		h.Sealed = append(h.Sealed, sealed)
	}
	return h.encode()
}

func (h handout) encode() ([]byte, error) {
	b, err := json.Marshal(h)
	return append(b, '\n'), err
}

// OpenCountyKey takes the key out of a handout's file: ErrNotForUs where it is sealed to others, ErrMalformed where it is damaged or holds another key
// than id says.
func OpenCountyKey(file []byte, id, identity string) ([]byte, error) {
	var h handout
	if err := json.Unmarshal(file, &h); err != nil || len(file) > maxHandout || h.Format != 1 {
		return nil, fmt.Errorf("trust: no handout of a key: %w", ErrMalformed)
	}
	if again, err := h.encode(); err != nil || !bytes.Equal(again, file) {
		return nil, fmt.Errorf("trust: a handout is written otherwise than an office writes: %w", ErrMalformed)
	}
	if identity == "" {
		return nil, fmt.Errorf("trust: this kiosk was enrolled without an identity: %w", ErrNotForUs)
	}
	by, err := age.ParseX25519Identity(identity)
	if err != nil {
		return nil, fmt.Errorf("trust: %w", err)
	}
	for _, sealed := range h.Sealed {
		key, err := opened(sealed, by, ErrNotForUs)
		if errors.Is(err, ErrNotForUs) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("trust: handout: %w", err)
		}
		if len(key) != 32 || CountyKeyID(key) != id || h.Key != id {
			return nil, fmt.Errorf("trust: handout: another key than %s: %w", id, ErrMalformed)
		}
		return key, nil
	}
	return nil, fmt.Errorf("trust: handout: %w", ErrNotForUs)
}

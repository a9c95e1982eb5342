// Package pin keeps the staff's PIN (口令) of a kiosk: six digits that the office sets and tells by word of mouth, of which the
// enrolment carries only an argon2id hash.
//
// There are 2 parties: the office, which makes the hash, and the kiosk, which checks what was typed against it. Whoever reads the
// enrolment can try all million PINs at leisure, since it is as confidential as the roll of names anyway; the hash only keeps the
// PIN from being read off by the way. What holds at the panel is the wait after wrong ones (cmd/kiosk/internal/gate). What is
// promised: a hash from anywhere costs at most 32 MiB and a bounded time to check.
package pin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"

	"golang.org/x/crypto/argon2"
)

// What a hash costs: 16 MiB, and less than half a second on the weakest terminal.
const (
	passes    = 3
	memoryKiB = 16 << 10
	lanes     = 1
	saltBytes = 16
	hashBytes = 32
)

// The most that a hash may ask for.
const (
	mostPasses    = 8
	mostMemoryKiB = 32 << 10
	mostLanes     = 4
)

var (
	// ErrForm says that a PIN is not six digits.
	ErrForm = errors.New("pin: six digits belong there")
	// ErrHash says that this is no hash of a PIN, or one that costs too much.
	ErrHash = errors.New("pin: no hash that can be checked")
)

var (
	pinForm  = regexp.MustCompile(`^[0-9]{6}$`)
	hashForm = regexp.MustCompile(`^\$argon2id\$v=19\$m=([0-9]{1,6}),t=([0-9]{1,2}),p=([0-9])\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$`)
)

// Random returns a PIN by chance.
func Random() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("pin: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}

// Hash returns the hash of a PIN, each time with another salt.
func Hash(pin string) (string, error) {
	if !pinForm.MatchString(pin) {
		return "", ErrForm
	}
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("pin: %w", err)
	}
	sum := argon2.IDKey([]byte(pin), salt, passes, memoryKiB, lanes, hashBytes)
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, text(salt), text(sum)), nil
}

// Hashed is a hash that has been read (口令散列).
type Hashed struct {
	passes, memoryKiB uint32
	lanes             uint8
	salt, sum         []byte
}

// Parse reads a hash in the form $argon2id$v=19$m=…,t=…,p=…$salt$hash. Nothing is computed.
func Parse(hash string) (Hashed, error) {
	m := hashForm.FindStringSubmatch(hash)
	if m == nil {
		return Hashed{}, ErrHash
	}
	memory, _ := strconv.Atoi(m[1]) // the form lets only digits through
	times, _ := strconv.Atoi(m[2])  // the same
	threads, _ := strconv.Atoi(m[3])
	salt, err := base64.RawStdEncoding.Strict().DecodeString(m[4])
	if err != nil {
		return Hashed{}, fmt.Errorf("%w: %w", ErrHash, err)
	}
	sum, err := base64.RawStdEncoding.Strict().DecodeString(m[5])
	if err != nil {
		return Hashed{}, fmt.Errorf("%w: %w", ErrHash, err)
	}
	if times < 1 || times > mostPasses || threads < 1 || threads > mostLanes || memory < 8*threads || memory > mostMemoryKiB {
		return Hashed{}, fmt.Errorf("%w: m=%d,t=%d,p=%d", ErrHash, memory, times, threads)
	}
	return Hashed{passes: uint32(times), memoryKiB: uint32(memory), lanes: uint8(threads), salt: salt, sum: sum}, nil
}

// Is reports whether this is the PIN.
func (h Hashed) Is(pin string) bool {
	if len(h.sum) == 0 || !pinForm.MatchString(pin) {
		return false
	}
	sum := argon2.IDKey([]byte(pin), h.salt, h.passes, h.memoryKiB, h.lanes, uint32(len(h.sum)))
	return subtle.ConstantTimeCompare(sum, h.sum) == 1
}

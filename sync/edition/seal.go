package edition

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/crypto/chacha20poly1305"
)

// Key (县钥) is the county's key. It travels in a kiosk's enrolment; without it a depot, a stick or an open web directory is no roll of names.
type Key [32]byte

// ErrKey says that a shard was closed with another key.
var ErrKey = errors.New("cannot be opened with this county's key")

// shardKey is the key of one shard. It hangs on the shard's contents, so that equal shards are equal files.
func (k Key) shardKey(raw [32]byte) ([]byte, error) {
	return hkdf.Key(sha256.New, k[:], raw[:], "mingbai kshard 2 key", chacha20poly1305.KeySize)
}

// shardNonce hangs on the compressed bytes too: another release of the compressor may press the same rows into another frame, and two frames must
// never share key and nonce.
func (k Key) shardNonce(frame []byte) ([]byte, error) {
	h := sha256.Sum256(frame)
	return hkdf.Key(sha256.New, k[:], h[:], "mingbai kshard 2 nonce", chacha20poly1305.NonceSizeX)
}

// Seal compresses and encrypts a shard or a fix shard, where there is a base against that one. It returns the bytes to store and their entry, in which
// the caller still names year and batch.
func (k Key) Seal(raw []byte, base *Shard) ([]byte, Entry, error) {
	e, err := describe(raw)
	if err != nil {
		return nil, Entry{}, fmt.Errorf("edition: %w", err)
	}
	sum := sha256.Sum256(raw)
	e.LenRaw, e.SHA256Raw = int64(len(raw)), hex.EncodeToString(sum[:])
	frame := compress(raw)
	if base != nil {
		e.Base = hash(base.raw)
		if frame, err = compressAgainst(raw, base.raw); err != nil {
			return nil, Entry{}, fmt.Errorf("edition: %w", err)
		}
	}
	key, err := k.shardKey(sum)
	if err != nil {
		return nil, Entry{}, err
	}
	nonce, err := k.shardNonce(frame)
	if err != nil {
		return nil, Entry{}, err
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, Entry{}, err
	}
	stored := make([]byte, 0, len(nonce)+len(frame)+aead.Overhead())
	stored = aead.Seal(append(stored, nonce...), nonce, frame, nil)
	e.LenZ, e.SHA256Z = int64(len(stored)), hash(stored)
	return stored, e, nil
}

// describe reads what kind of shard the bytes are and how much they hold.
func describe(raw []byte) (Entry, error) {
	if bytes.HasPrefix(raw, []byte(fixMagic)) {
		f, err := parseFixes(raw)
		if err != nil {
			return Entry{}, fmt.Errorf("fix shard: %w", err)
		}
		return Entry{Dataset: f.dataset, Kind: Fix, Rows: int64(f.slots)}, nil
	}
	s, err := parseShard(raw)
	if err != nil {
		return Entry{}, fmt.Errorf("shard: %w", err)
	}
	return Entry{Dataset: s.Dataset, Kind: Rows, Rows: int64(s.Rows)}, nil
}

// Open decrypts, expands and checks a shard against its entry; base is the shard that the entry names as its base, else nil. It may overwrite stored.
func (k Key) Open(stored []byte, e Entry, base *Shard) (*Shard, error) {
	raw, err := k.open(stored, e, base)
	if err == nil && e.Kind == Fix {
		err = errors.New("holds corrections")
	}
	var s *Shard
	if err == nil {
		s, err = parseShard(raw)
	}
	if err == nil && (s.Dataset != e.Dataset || int64(s.Rows) != e.Rows) {
		err = fmt.Errorf("holds %d rows of %s, index says %d of %s", s.Rows, s.Dataset, e.Rows, e.Dataset)
	}
	if err != nil {
		return nil, fmt.Errorf("edition: shard %s %s: %w", e.Dataset, e.SHA256Z, err)
	}
	return s, nil
}

// openFixes does with a fix shard what Open does with the others.
func (k Key) openFixes(stored []byte, e Entry) (*fixes, error) {
	raw, err := k.open(stored, e, nil)
	var f *fixes
	if err == nil {
		f, err = parseFixes(raw)
	}
	if err == nil && (f.dataset != e.Dataset || int64(f.slots) != e.Rows) {
		err = fmt.Errorf("holds %d corrections of %s, index says %d of %s", f.slots, f.dataset, e.Rows, e.Dataset)
	}
	if err != nil {
		return nil, fmt.Errorf("edition: fix shard %s %s: %w", e.Dataset, e.SHA256Z, err)
	}
	return f, nil
}

func (k Key) open(stored []byte, e Entry, base *Shard) ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	if int64(len(stored)) != e.LenZ {
		return nil, fmt.Errorf("%d bytes, index says %d", len(stored), e.LenZ)
	}
	if h := hash(stored); h != e.SHA256Z {
		return nil, fmt.Errorf("hash is %s, index says %s", h, e.SHA256Z)
	}
	var sum [32]byte
	if _, err := hex.Decode(sum[:], []byte(e.SHA256Raw)); err != nil {
		return nil, err
	}
	key, err := k.shardKey(sum)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, err
	}
	if len(stored) < aead.NonceSize()+aead.Overhead() {
		return nil, errShort
	}
	nonce, sealed := stored[:aead.NonceSize()], stored[aead.NonceSize():]
	frame, err := aead.Open(sealed[:0], nonce, sealed, nil)
	if err != nil {
		return nil, ErrKey
	}
	var raw []byte
	switch {
	case e.Base == "" && base == nil:
		raw, err = expand(frame, e.LenRaw)
	case base != nil && hash(base.raw) == e.Base:
		raw, err = expandAgainst(frame, e.LenRaw, base.raw)
	default:
		err = fmt.Errorf("base %q is not the shard at hand", e.Base)
	}
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) != e.LenRaw || sha256.Sum256(raw) != sum {
		return nil, errors.New("contents are not those that the index names")
	}
	return raw, nil
}

// One goroutine makes the same input the same frame on every machine; a single segment says its size.
var (
	encoding = []zstd.EOption{
		zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true), zstd.WithSingleSegment(true),
		zstd.WithLowerEncoderMem(true),
	}
	decoding = []zstd.DOption{
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxShardRaw), zstd.WithDecoderMaxWindow(4 * MaxShardRaw), zstd.WithDecodeAllCapLimit(true),
		zstd.WithDecoderLowmem(true),
	}
	encoder = newEncoder(zstd.WithWindowSize(4 << 20))
	decoder = newDecoder()
)

func newEncoder(more ...zstd.EOption) *zstd.Encoder {
	e, err := zstd.NewWriter(nil, append(slices.Clone(encoding), more...)...)
	if err != nil {
		panic(err)
	}
	return e
}

func newDecoder(more ...zstd.DOption) *zstd.Decoder {
	d, err := zstd.NewReader(nil, append(slices.Clone(decoding), more...)...)
	if err != nil {
		panic(err)
	}
	return d
}

func compress(raw []byte) []byte { return encoder.EncodeAll(raw, nil) }

// compressAgainst uses a base as dictionary, over which the window must reach. Its number in the frame says nothing to anybody but the compressor.
func compressAgainst(raw, base []byte) ([]byte, error) {
	window := 1 << max(20, bits.Len(uint(len(raw)+len(base))))
	e := newEncoder(zstd.WithWindowSize(window), zstd.WithEncoderDictRaw(dictionary, base))
	frame := e.EncodeAll(raw, nil)
	return frame, e.Close()
}

const dictionary = 1

// expand takes no more memory than size, whatever the frame says of itself.
func expand(frame []byte, size int64) ([]byte, error) {
	return decoder.DecodeAll(frame, make([]byte, 0, size))
}

func expandAgainst(frame []byte, size int64, base []byte) ([]byte, error) {
	d := newDecoder(zstd.WithDecoderDictRaw(dictionary, base))
	defer d.Close()
	return d.DecodeAll(frame, make([]byte, 0, size))
}

package edition

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/crypto/chacha20poly1305"
)

// Key (县钥) is the county's key. It travels in a kiosk's enrolment; without it a depot, a stick or an open web directory is no roll of names.
type Key [32]byte

// shardKey is the key of one shard. It hangs on the shard's contents, so that equal shards are equal files.
func (k Key) shardKey(raw [32]byte) ([]byte, error) {
	return hkdf.Key(sha256.New, k[:], raw[:], "mingbai kshard 1 key", chacha20poly1305.KeySize)
}

// shardNonce hangs on the compressed bytes too: another release of the compressor may press the same rows into another frame, and two frames must
// never share key and nonce.
func (k Key) shardNonce(frame []byte) ([]byte, error) {
	h := sha256.Sum256(frame)
	return hkdf.Key(sha256.New, k[:], h[:], "mingbai kshard 1 nonce", chacha20poly1305.NonceSizeX)
}

// Seal compresses and encrypts a shard. It returns the bytes to store and their entry, in which the caller still names year, batch and kind.
func (k Key) Seal(raw []byte) ([]byte, Entry, error) {
	s, err := ParseShard(raw)
	if err != nil {
		return nil, Entry{}, err
	}
	sum := sha256.Sum256(raw)
	frame := compress(raw)
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
	return stored, Entry{
		Dataset: s.Dataset, Kind: Rows, Rows: int64(s.Rows),
		LenZ: int64(len(stored)), LenRaw: int64(len(raw)), SHA256Z: hash(stored), SHA256Raw: hex.EncodeToString(sum[:]),
	}, nil
}

// Open decrypts, expands and checks a shard against its entry. It may overwrite stored.
func (k Key) Open(stored []byte, e Entry) (*Shard, error) {
	s, err := k.open(stored, e)
	if err != nil {
		return nil, fmt.Errorf("edition: shard %s %s: %w", e.Dataset, e.SHA256Z, err)
	}
	return s, nil
}

func (k Key) open(stored []byte, e Entry) (*Shard, error) {
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
		return nil, errors.New("cannot be opened with this county's key")
	}
	raw, err := expand(frame, e.LenRaw)
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) != e.LenRaw || sha256.Sum256(raw) != sum {
		return nil, errors.New("contents are not those that the index names")
	}
	s, err := parseShard(raw)
	if err != nil {
		return nil, err
	}
	if s.Dataset != e.Dataset || int64(s.Rows) != e.Rows {
		return nil, fmt.Errorf("holds %d rows of %s, index says %d of %s", s.Rows, s.Dataset, e.Rows, e.Dataset)
	}
	return s, nil
}

// The window of 4 MiB and one goroutine make the same input the same frame on every machine; a single segment says its size.
var encoder = func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(4<<20), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true), zstd.WithSingleSegment(true))
	if err != nil {
		panic(err)
	}
	return e
}()

var decoder = func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxShardRaw), zstd.WithDecoderMaxWindow(MaxShardRaw), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		panic(err)
	}
	return d
}()

func compress(raw []byte) []byte { return encoder.EncodeAll(raw, nil) }

// expand takes no more memory than size, whatever the frame says of itself.
func expand(frame []byte, size int64) ([]byte, error) {
	return decoder.DecodeAll(frame, make([]byte, 0, size))
}

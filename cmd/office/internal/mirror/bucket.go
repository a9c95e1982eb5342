package mirror

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"mingbai.local/cmd/office/internal/web"
	"mingbai.local/sync/edition"
)

// Store (对象存储) says where a bucket is.
type Store struct {
	Endpoint string // https://host, http://host:port
	Region   string
	Bucket   string
	Prefix   string // of all names, "" or without / at its ends
	// HostStyle has the bucket in the host's name, as some stores ask; otherwise it is in the path.
	HostStyle bool
}

// Bucket is a place in an object store.
type Bucket struct {
	s      Store
	client *minio.Client

	mu   sync.Mutex
	tags map[string]string // ETags of what was read, by name
}

// How a store is asked. What it does not answer is asked again a few times, for seconds, not for minutes: the next run goes on
// from there.
const (
	tries     = 4
	askTime   = time.Minute
	slowest   = 8 << 10 // bytes a second
	emptyRead = 32 << 20
)

// S3 opens a bucket with the access key of the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or of the standard files
// (~/.aws/credentials). The key never gets into an error.
func S3(s Store) (*Bucket, error) {
	u, err := url.Parse(s.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("mirror: endpoint: %w", ErrUnreachable)
	}
	key := credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}})
	if v, err := key.GetWithContext(nil); err != nil || v.SignerType.IsAnonymous() {
		return nil, fmt.Errorf("mirror: %w", ErrNoKey)
	}
	lookup := minio.BucketLookupPath
	if s.HostStyle {
		lookup = minio.BucketLookupDNS
	}
	c, err := minio.New(u.Host, &minio.Options{Creds: key, Secure: u.Scheme == "https", Region: s.Region, BucketLookup: lookup, MaxRetries: tries})
	if err != nil {
		return nil, fmt.Errorf("mirror: endpoint: %w", err)
	}
	return &Bucket{s: s, client: c, tags: map[string]string{}}, nil
}

func (b *Bucket) object(name string) string { return path.Join(b.s.Prefix, name) }

// List says what is there.
func (b *Bucket) List(ctx context.Context) (map[string]File, error) {
	prefix := b.s.Prefix
	if prefix != "" {
		prefix += "/"
	}
	out := map[string]File{}
	for o := range b.client.ListObjectsIter(ctx, b.s.Bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return nil, known(o.Err)
		}
		if name := strings.TrimPrefix(o.Key, prefix); edition.IsPath(name) {
			out[name] = File{o.Size, o.LastModified}
		}
	}
	return out, context.Cause(ctx)
}

// Read reads a file and remembers which it was.
func (b *Bucket) Read(ctx context.Context, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience(edition.MaxShard))
	defer cancel()
	o, err := b.client.GetObject(ctx, b.s.Bucket, b.object(name), minio.GetObjectOptions{})
	if err != nil {
		return nil, known(err)
	}
	defer func() { _ = o.Close() }() // it was only read
	body, err := io.ReadAll(io.LimitReader(o, emptyRead))
	if err != nil {
		return nil, known(err)
	}
	info, err := o.Stat()
	if err != nil {
		return nil, known(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tags[name] = info.ETag
	return body, nil
}

// patience is how long so many bytes may take.
func patience(size int64) time.Duration { return askTime + time.Duration(size/slowest)*time.Second }

// Write puts an object. A store shows it whole or not at all.
func (b *Bucket) Write(ctx context.Context, name string, body []byte) error {
	return b.put(ctx, name, body, options(name))
}

// options are those of one plain request whose body carries a checksum. Without DisableContentSha256 the body would be sent in
// signed chunks over http, and some stores then give "aws-chunked" as its encoding to every reader.
func options(name string) minio.PutObjectOptions {
	kind, cache := web.Headers(name)
	return minio.PutObjectOptions{ContentType: kind, CacheControl: cache, SendContentMd5: true, DisableContentSha256: true, DisableMultipart: true}
}

func (b *Bucket) put(ctx context.Context, name string, body []byte, o minio.PutObjectOptions) error {
	ctx, cancel := context.WithTimeout(ctx, patience(int64(len(body))))
	defer cancel()
	_, err := b.client.PutObject(ctx, b.s.Bucket, b.object(name), bytes.NewReader(body), int64(len(body)), o)
	return known(err)
}

// Settle has nothing to do: a store answers when it has the object.
func (b *Bucket) Settle() error { return nil }

// Replace puts an object in the place of the one that was read. A store that knows no conditions overwrites; kiosks refuse the
// older timestamp that may be there then until the next run.
func (b *Bucket) Replace(ctx context.Context, name string, old, body []byte) error {
	o := options(name)
	if old == nil {
		o.SetMatchETagExcept("*")
	} else {
		b.mu.Lock()
		o.SetMatchETag(b.tags[name])
		b.mu.Unlock()
	}
	err := b.put(ctx, name, body, o)
	if response(err).Code == minio.NotImplemented {
		return b.Write(ctx, name, body)
	}
	return err
}

// Remove removes an object.
func (b *Bucket) Remove(ctx context.Context, name string) error {
	return known(b.client.RemoveObject(ctx, b.s.Bucket, b.object(name), minio.RemoveObjectOptions{}))
}

// known gives a store's error the name that it has here.
func known(err error) error {
	if err == nil {
		return nil
	}
	if kind := kindOf(err); kind != nil {
		return fmt.Errorf("%w: %w", kind, err)
	}
	return err
}

var kinds = map[string]error{
	"NoSuchKey": fs.ErrNotExist, "NotFound": fs.ErrNotExist,
	"NoSuchBucket": ErrNoBucket, "InvalidBucketName": ErrNoBucket,
	"InvalidAccessKeyId": ErrKey, "SignatureDoesNotMatch": ErrKey, "InvalidToken": ErrKey, "ExpiredToken": ErrKey,
	"InvalidSecurity": ErrKey, "AuthorizationHeaderMalformed": ErrKey, "TokenRefreshRequired": ErrKey,
	"AccessDenied": ErrDenied, "AllAccessDisabled": ErrDenied, "AccountProblem": ErrDenied,
	"RequestTimeTooSkewed": ErrClock, "RequestExpired": ErrClock,
	"PreconditionFailed": ErrChanged, "ConditionalRequestConflict": ErrChanged,
	"QuotaExceeded": ErrFull, "InsufficientStorage": ErrFull, "XMinioStorageFull": ErrFull, "InsufficientCapacity": ErrFull,
}

// response is what the store said, empty where it said nothing.
func response(err error) minio.ErrorResponse {
	var r minio.ErrorResponse
	_ = errors.As(err, &r) // what it did not say stays empty
	return r
}

func kindOf(err error) error {
	var asked *url.Error
	var op *net.OpError
	var syntax *xml.SyntaxError
	var element xml.UnmarshalError
	said := response(err)
	switch kind := kinds[said.Code]; {
	case errors.Is(err, context.Canceled):
		return nil
	case kind != nil:
		return kind
	case said.StatusCode == http.StatusInsufficientStorage:
		return ErrFull
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &asked), errors.As(err, &op), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrUnreachable
	case said.StatusCode >= http.StatusInternalServerError:
		return ErrUnreachable
	case errors.As(err, &syntax), errors.As(err, &element), errors.Is(err, io.EOF), said.StatusCode != 0 && said.RequestID == "",
		said.Code == minio.InternalError && said.StatusCode == 0: // an answer without what every store says of an object
		return ErrNotS3
	}
	return nil
}

package depot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// Remote is a depot behind HTTP.
type Remote struct {
	client *resty.Client
	base   string
	stall  time.Duration
}

// Stall is how long a server may take for each further KiB before it is given up. A line of 1 KiB in 30 s would take a day for an edition.
const Stall = 30 * time.Second

const stallBytes = 1 << 10

// Why a file cannot be had from a server.
var (
	ErrStalled = errors.New("depot: server fell silent")
	// ErrElsewhere says that something on the way wants the reader to go elsewhere first, as a portal (登录页) does.
	ErrElsewhere = errors.New("depot: sent elsewhere, as by a portal")
	// ErrSame says that a file is the one for which the depot gave the tag.
	ErrSame = errors.New("depot: unchanged")
)

// Later says that the server is there and asks to be left alone for a while.
type Later struct {
	Status string
	After  time.Duration
}

func (l *Later) Error() string {
	return fmt.Sprintf("%s: asked to come back after %v", l.Status, l.After)
}

// Question is how a reader asks for a file that changes.
type Question struct {
	// Tag is what Poll returned with the file that the reader has, "" when it wants the file in any case.
	Tag string
	// PastCaches asks the server itself, whatever keeps copies on the way.
	PastCaches bool
}

// HTTP is the depot at a URL. Contents are authenticated by signatures, so plain HTTP is enough. stall is Stall, but in tests.
func HTTP(base string, stall time.Duration) (*Remote, error) {
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("depot: %q is no http or https URL", base)
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: stall, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout: stall, MaxIdleConnsPerHost: 1, IdleConnTimeout: 90 * time.Second, ForceAttemptHTTP2: true,
		MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
	}
	c := resty.NewWithClient(&http.Client{Transport: transport})
	// A portal answers with a redirect to its login page. resty's own output file and retries are not used: the first keeps a portal's page as
	// the file, the second cannot resume.
	c.SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }))
	c.SetDoNotParseResponse(true)
	c.SetHeader("Accept-Encoding", "identity")
	c.SetHeader("User-Agent", "mingbai")
	return &Remote{c, strings.TrimSuffix(base, "/"), stall}, nil
}

// Close drops idle connections.
func (r *Remote) Close() error {
	r.client.GetClient().CloseIdleConnections()
	return nil
}

// Open reads a file, mostly with one request. 404, 403 and 410 all mean that there is no such file: object stores answer 403 for what they do not have.
func (r *Remote) Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	f, _, err := r.open(ctx, ask{path: path, offset: offset}, limit)
	return f, err
}

// Poll reads a file that changes, or says with ErrSame that it has not. The tag is for the next question to this depot; no other takes it for its own.
func (r *Remote) Poll(ctx context.Context, path string, limit int64, q Question) (f io.ReadCloser, tag string, err error) {
	a := ask{path: path, past: q.PastCaches}
	if etag, ours := strings.CutPrefix(q.Tag, r.base+" "); ours && !a.past {
		a.etag = etag
	}
	f, resp, err := r.open(ctx, a, limit)
	if err != nil {
		return nil, "", err
	}
	if etag := resp.Header().Get("ETag"); tagForm.MatchString(etag) {
		tag = r.base + " " + etag
	}
	return f, tag, nil
}

// tagForm is what tags look like. They are kept and sent again, so nothing else and nothing longer is taken for one.
var tagForm = regexp.MustCompile(`^(W/)?"[!#-~]{0,200}"$`)

// ask is one request.
type ask struct {
	path   string
	offset int64
	whole  bool // although the reader has the part before offset: this server's ranges cannot be used
	etag   string
	past   bool
}

func (r *Remote) open(ctx context.Context, a ask, limit int64) (io.ReadCloser, *resty.Response, error) {
	if err := check(a.path, a.offset, limit); err != nil {
		return nil, nil, fmt.Errorf("depot: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{ctx: ctx, cancel: cancel, every: r.stall, timer: time.AfterFunc(r.stall, func() { cancel(ErrStalled) })}
	resp, err := r.get(ctx, a, w)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, nil, errors.Join(fmt.Errorf("depot: %s: %w", a.path, err), w.Close())
	}
	return &capped{ctx, w, limit, w}, resp, nil
}

// get begins an answer; w then reads it from the offset on.
func (r *Remote) get(ctx context.Context, a ask, w *watch) (*resty.Response, error) {
	resp, err := r.send(ctx, a)
	if err != nil {
		return nil, err
	}
	w.body = resp.RawBody()
	skip, err := judge(resp, a)
	switch {
	case errors.Is(err, errRange):
		if err := w.body.Close(); err != nil {
			return nil, err
		}
		a.whole = true
		return r.get(ctx, a, w)
	case err != nil:
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, w, skip); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return resp, nil // where the file ends before the offset there is nothing to read, as for the other kinds
}

func (r *Remote) send(ctx context.Context, a ask) (*resty.Response, error) {
	req := r.client.R().SetContext(ctx)
	if a.past {
		// A cache that hands out what it should not have kept knows nothing by this name.
		req.SetHeader("Cache-Control", "no-cache").SetQueryParam("n", rand.Text())
	}
	if a.etag != "" {
		req.SetHeader("If-None-Match", a.etag)
	}
	if a.offset > 0 && !a.whole {
		// No If-Range: a file that can be resumed is named by its hash, so it cannot have changed, and what is put together is checked against it.
		req.SetHeader("Range", "bytes="+strconv.FormatInt(a.offset, 10)+"-")
	}
	return req.Get(r.base + "/" + a.path)
}

// errRange says that the server answers a range with something else.
var errRange = errors.New("depot: not the range that was asked for")

// judge says whether the answer is the file and how many bytes come before those asked for.
func judge(resp *resty.Response, a ask) (skip int64, err error) {
	h, code, ranged := resp.Header(), resp.StatusCode(), a.offset > 0 && !a.whole
	switch {
	case code == http.StatusNotFound || code == http.StatusForbidden || code == http.StatusGone:
		return 0, fmt.Errorf("%s: %w", resp.Status(), fs.ErrNotExist)
	case code == http.StatusNotModified && a.etag != "":
		return 0, ErrSame
	case h.Get("Content-Encoding") != "" && h.Get("Content-Encoding") != "identity":
		return 0, fmt.Errorf("answer is encoded as %.20q", h.Get("Content-Encoding"))
	case code == http.StatusOK:
		return a.offset, nil
	case code == http.StatusPartialContent && ranged:
		if first, ok := contentRange(h.Get("Content-Range")); !ok || first != a.offset {
			return 0, fmt.Errorf("asked from byte %d, got %.40q: %w", a.offset, h.Get("Content-Range"), errRange)
		}
		return 0, nil
	case code == http.StatusRequestedRangeNotSatisfiable && ranged:
		return 0, fmt.Errorf("%s: %w", resp.Status(), errRange)
	case code >= 300 && code < 400 && code != http.StatusNotModified, code == http.StatusNetworkAuthenticationRequired:
		return 0, fmt.Errorf("%s: %w", resp.Status(), ErrElsewhere)
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		if after, ok := retryAfter(h.Get("Retry-After"), h.Get("Date"), time.Now()); ok {
			return 0, &Later{resp.Status(), after}
		}
	}
	return 0, fmt.Errorf("status %s", resp.Status())
}

// contentRange reads where a range begins: bytes 5-9/10, or bytes 5-9/* where the whole is not known.
func contentRange(s string) (first int64, ok bool) {
	s, ok = strings.CutPrefix(s, "bytes ")
	span, whole, both := strings.Cut(s, "/")
	from, to, dash := strings.Cut(span, "-")
	first, okFirst := number(from)
	last, okLast := number(to)
	if !ok || !both || !dash || !okFirst || !okLast || last < first {
		return 0, false
	}
	size, known := number(whole)
	return first, whole == "*" || known && last < size
}

// retryAfter reads how long a server wants to be left alone: seconds, or a date. That is held against the server's own clock where it says what that
// is, because the machine's may be wrong.
func retryAfter(s, date string, now time.Time) (after time.Duration, ok bool) {
	if seconds, ok := number(s); ok {
		return time.Duration(min(seconds, maxAfter)) * time.Second, true
	}
	at, err := http.ParseTime(s)
	if err != nil {
		return 0, false
	}
	if t, err := http.ParseTime(date); err == nil {
		now = t
	}
	return min(max(at.Sub(now), 0), maxAfter*time.Second), true
}

// maxAfter is so many seconds, a year, that more would be nonsense. How much of it is waited is the courier's business.
const maxAfter = 365 * 24 * 60 * 60

// number reads digits alone, where strconv would take a sign.
func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && strings.Trim(s, "0123456789") == ""
}

// watch gives up when less than stallBytes come in a period.
type watch struct {
	body   io.ReadCloser // nil before there is an answer
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	every  time.Duration
	got    int
}

func (w *watch) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	if w.got += n; w.got >= stallBytes {
		w.got = 0
		w.timer.Reset(w.every)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		if cause := context.Cause(w.ctx); cause != nil {
			err = cause
		}
	}
	return n, err
}

func (w *watch) Close() error {
	w.timer.Stop()
	w.cancel(nil)
	if w.body == nil {
		return nil
	}
	return w.body.Close()
}

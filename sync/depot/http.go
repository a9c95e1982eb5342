package depot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
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

// ErrStalled says that the server fell silent.
var ErrStalled = errors.New("depot: server fell silent")

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

// Open sends one request. 404, 403 and 410 all mean that there is no such file: object stores answer 403 for what they do not have.
func (r *Remote) Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	if err := check(path, offset, limit); err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	watch := &watch{cancel: cancel, every: r.stall}
	watch.timer = time.AfterFunc(r.stall, func() { cancel(ErrStalled) })
	body, err := r.get(ctx, path, offset)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		watch.timer.Stop()
		cancel(nil)
		return nil, fmt.Errorf("depot: %s: %w", path, err)
	}
	watch.Closer = body
	watch.r = body
	watch.ctx = ctx
	return &capped{ctx, watch, limit, watch}, nil
}

func (r *Remote) get(ctx context.Context, path string, offset int64) (io.ReadCloser, error) {
	req := r.client.R().SetContext(ctx)
	if path == "metadata/timestamp.json" {
		req.SetHeader("Cache-Control", "no-cache")
	}
	if offset > 0 {
		req.SetHeader("Range", "bytes="+strconv.FormatInt(offset, 10)+"-")
	}
	resp, err := req.Get(r.base + "/" + path)
	if err != nil {
		return nil, err
	}
	body := resp.RawBody()
	skip, err := r.judge(resp, offset)
	if err == nil && skip > 0 {
		_, err = io.CopyN(io.Discard, body, skip)
		if errors.Is(err, io.EOF) {
			err = nil // the file ends before the offset, as for the other kinds
		}
	}
	if err != nil {
		return nil, errors.Join(err, body.Close())
	}
	return body, nil
}

// judge says whether the answer is the file and how many bytes come before those asked for.
func (r *Remote) judge(resp *resty.Response, offset int64) (skip int64, err error) {
	switch code := resp.StatusCode(); {
	case code == http.StatusNotFound || code == http.StatusForbidden || code == http.StatusGone:
		return 0, fmt.Errorf("%s: %w", resp.Status(), fs.ErrNotExist)
	case resp.Header().Get("Content-Encoding") != "" && resp.Header().Get("Content-Encoding") != "identity":
		return 0, fmt.Errorf("answer is encoded as %.20q", resp.Header().Get("Content-Encoding"))
	case code == http.StatusOK:
		return offset, nil
	case code == http.StatusPartialContent && offset > 0:
		if !strings.HasPrefix(resp.Header().Get("Content-Range"), "bytes "+strconv.FormatInt(offset, 10)+"-") {
			return 0, fmt.Errorf("asked from byte %d, got %.40q", offset, resp.Header().Get("Content-Range"))
		}
		return 0, nil
	case code == http.StatusRequestedRangeNotSatisfiable && offset > 0:
		return 0, fmt.Errorf("%s: ends before byte %d", resp.Status(), offset)
	}
	return 0, fmt.Errorf("status %s", resp.Status())
}

// watch gives up when less than stallBytes come in a period.
type watch struct {
	io.Closer
	r      io.Reader
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	every  time.Duration
	got    int
}

func (w *watch) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
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
	return w.Closer.Close()
}

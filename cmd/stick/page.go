package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"html/template"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"mingbai.local/cmd/stick/internal/media"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/stick"
)

//go:embed page.html
var pageText string

var pages = template.Must(template.New("page").Parse(pageText))

const (
	// idle is how long nobody may look at the page before the program ends. A browser lets a page in the background ask once a minute.
	idle = 10 * time.Minute
	// lookTime is how long a stick may take to say what it holds. It may be broken, and each of its sectors asked for again and again.
	lookTime = 20 * time.Second
)

// desk is the page's state: which sticks there are and the one job that is being done.
type desk struct {
	card   stick.Card
	media  func() []media.Medium
	packs  func() []string // data packs that lie where a clerk may have put them
	home   string          // where letters are taken to
	token  string
	origin string // http://127.0.0.1:port
	now    func() time.Time
	// life ends with the program. Jobs end with it, not with the request that began them.
	life context.Context
	quit context.CancelFunc

	mu   sync.Mutex
	seen time.Time // when somebody last asked
	job  *job
	jobs sync.WaitGroup
}

// job is one filling or emptying (活).
type job struct {
	fills  bool
	medium media.Medium
	from   string
	stop   context.CancelFunc

	pace    stick.Pace
	ended   bool
	filled  stick.Filled
	emptied stick.Emptied
	err     error
}

// runPage serves the page until nobody looks at it any more.
func runPage(ctx context.Context, args []string, stdout io.Writer) error {
	var dir, cardFile string
	var quiet bool
	err := flags("", "[--media 文件夹] [--card 文件] [--no-browser]", args, stdout, func(f *flag.FlagSet) {
		f.StringVar(&dir, "media", "", "把这个文件夹里的每个文件夹当成一个U盘；不写就找插着的U盘")
		f.StringVar(&cardFile, "card", "", "县里发的拷盘卡；不写就用程序旁边的 "+cardName)
		f.BoolVar(&quiet, "no-browser", false, "不打开浏览器，只显示网址")
	})
	if err != nil {
		return err
	}
	card, err := readCard(cardFile)
	if err != nil {
		return err
	}
	list := media.List
	if dir != "" {
		list = func() []media.Medium { return media.In(dir) }
	}
	open := openBrowser
	if quiet {
		open = func(string) error { return nil }
	}
	// Started twice, the page that is there is shown once more.
	note := noteFile()
	if url, ok := running(ctx, note); ok && dir == "" {
		fmt.Fprintf(stdout, "程序已经开着，网址是 %s\n", url)
		return open(url)
	}
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d, err := newDesk(ctx, card, list, ln.Addr().String())
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	if dir == "" {
		if err := leaveNote(note, d.url()); err == nil {
			defer os.Remove(note)
		}
	}
	fmt.Fprintf(stdout, "操作页面：%s\n浏览器没有自动打开的话，请把这个网址抄到浏览器里。用完了点页面上的“结束”，或者关掉这个窗口。\n", d.url())
	_ = open(d.url()) // where there is no browser, the address has just been printed
	return d.serve(ln)
}

func newDesk(ctx context.Context, card stick.Card, list func() []media.Medium, addr string) (*desk, error) {
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return nil, err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	d := &desk{
		card: card, media: list, token: hex.EncodeToString(secret), origin: "http://" + addr, now: time.Now, seen: time.Now(),
		home: filepath.Join(home, "查询点的信"), packs: func() []string { return packsIn(likely(home)) },
	}
	d.life, d.quit = context.WithCancel(ctx)
	return d, nil
}

func (d *desk) url() string { return d.origin + "/" + d.token + "/" }

// serve ends with the context, when the clerk says so, or when nobody has looked for a while and no job is being done.
func (d *desk) serve(ln net.Listener) error {
	s := &http.Server{Handler: d, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for d.wanted() {
			select {
			case <-d.life.Done():
			case <-t.C:
				continue
			}
			break
		}
		grace, cancel := context.WithTimeout(context.WithoutCancel(d.life), 2*time.Second)
		defer cancel()
		d.quit()
		d.jobs.Wait()         // the job that was stopped lets go of the stick
		_ = s.Shutdown(grace) // whoever still holds the page open loses nothing
	}()
	err := s.Serve(ln)
	<-ended
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// wanted says whether anybody is there, or anything to be done.
func (d *desk) wanted() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now().Sub(d.seen) < idle || d.job != nil && !d.job.ended
}

// ServeHTTP answers only whoever knows the token and came from this page: any program and any page on this PC can call 127.0.0.1.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if "http://"+r.Host != d.origin || subtle.ConstantTimeCompare([]byte(token), []byte(d.token)) != 1 {
		http.Error(w, "404", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	if rest == "alive" {
		fmt.Fprint(w, aliveWord)
		return
	}
	d.mu.Lock()
	d.seen = d.now()
	d.mu.Unlock()
	switch r.Method + " " + rest {
	case "GET ":
		d.show(w, d.choose())
	case "GET stick":
		d.show(w, d.about(r.Context(), r.URL.Query().Get("m")))
	case "GET work":
		d.show(w, d.working())
	case "POST fill", "POST empty", "POST stop", "POST quit":
		if o := r.Header.Get("Origin"); o != d.origin {
			http.Error(w, "403", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
		d.do(w, r, rest)
	default:
		http.Error(w, "404", http.StatusNotFound)
	}
}

func (d *desk) do(w http.ResponseWriter, r *http.Request, what string) {
	to := d.url() + "work"
	switch what {
	case "fill", "empty":
		m, ok := d.find(r.PostFormValue("m"))
		if !ok {
			to = d.url()
			break
		}
		from := r.PostFormValue("from")
		if from == "other" {
			from = strings.TrimSpace(r.PostFormValue("address"))
		}
		if what == "fill" && from == "" {
			v := d.about(r.Context(), id(m))
			v.Fails = &trouble{"U-25", "没有写从哪里拷。", "请写上网址、文件夹或数据包的位置。"}
			d.show(w, v)
			return
		}
		d.begin(what == "fill", m, from)
	case "stop":
		d.mu.Lock()
		if d.job != nil {
			d.job.stop()
		}
		d.mu.Unlock()
	case "quit":
		d.show(w, view{Title: "结束了", Done: "可以关掉这个页面了。"})
		d.quit()
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// begin starts a job where none is being done.
func (d *desk) begin(fills bool, m media.Medium, from string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.job != nil && !d.job.ended {
		return
	}
	ctx, stop := context.WithCancel(d.life)
	j := &job{fills: fills, medium: m, from: from, stop: stop}
	d.job = j
	d.jobs.Go(func() {
		defer stop()
		var filled stick.Filled
		var emptied stick.Emptied
		var err error
		if fills {
			filled, err = fill(ctx, from, m.Path, d.card, func(p stick.Progress) {
				d.mu.Lock()
				j.pace.Tell(p, d.now())
				d.mu.Unlock()
			})
		} else {
			emptied, err = stick.Empty(ctx, m.Path, d.home, nil)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		j.filled, j.emptied, j.err, j.ended = filled, emptied, err, true
	})
}

// id stands for a stick in a form. What a form says is only ever looked up among the sticks that are in.
func id(m media.Medium) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(m.Path)) // never fails
	return hex.EncodeToString(h.Sum(nil))
}

func (d *desk) find(which string) (media.Medium, bool) {
	list := d.media()
	i := slices.IndexFunc(list, func(m media.Medium) bool { return id(m) == which })
	if i < 0 {
		return media.Medium{}, false
	}
	return list[i], true
}

// view is what a page shows.
type view struct {
	Title  string
	Live   bool // it changes by itself
	Nonce  string
	County string
	Base   string
	// choose
	Sticks []stickLine
	None   bool
	// one stick
	Stick   *stickLine
	Held    string
	Sources []sourceLine
	Letters int
	Home    string
	// work
	Work  string
	Bar   int // per mille, -1 for none
	Fails *trouble
	Done  string
	Lines []string
	Again string // the stick's page
}

type stickLine struct{ ID, Name, Room, Held string }

type sourceLine struct{ Value, Text string }

// choose lists the sticks.
func (d *desk) choose() view {
	v := view{Title: "选U盘", Live: true}
	for _, m := range d.media() {
		v.Sticks = append(v.Sticks, lineOf(m))
	}
	v.None = len(v.Sticks) == 0
	return v
}

func lineOf(m media.Medium) stickLine {
	room := fmt.Sprintf("共%s，还空着%s", media.Bytes(m.Size), media.Bytes(m.Free))
	if m.ReadOnly {
		room += "，写保护了，写不进去"
	}
	return stickLine{ID: id(m), Name: m.Name, Room: room}
}

// about is the page of one stick.
func (d *desk) about(ctx context.Context, which string) view {
	m, ok := d.find(which)
	if !ok {
		v := d.choose()
		v.Fails = &trouble{"U-26", "这个U盘已经拔出来了。", "请重新插好。"}
		return v
	}
	line := lineOf(m)
	v := view{Title: "U盘“" + m.Name + "”", Stick: &line, Held: d.heldOn(ctx, m), Letters: stick.Letters(m.Path), Home: d.home}
	if d.card.Office != "" {
		v.Sources = append(v.Sources, sourceLine{d.card.Office, "从县公开办的网上拷：" + d.card.Office})
	}
	for _, p := range d.packs() {
		v.Sources = append(v.Sources, sourceLine{p, "从数据包拷：" + p})
	}
	return v
}

// heldOn says what lies on a stick.
func (d *desk) heldOn(ctx context.Context, m media.Medium) string {
	folder, err := depot.Dir(filepath.Join(m.Path, stick.Folder))
	if err != nil {
		return "还没有县里的数据。"
	}
	defer folder.Close()
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	h, err := stick.Look(ctx, folder, stick.Card{}, d.now())
	switch {
	case errors.Is(err, stick.ErrNoEdition):
		return "还没有县里的数据。"
	case err != nil:
		return "有县里的数据，但是不全或者坏了，要重新放。"
	}
	return held(h) + "。"
}

// working is how far the job is, or what came of it.
func (d *desk) working() view {
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.job
	if j == nil {
		return view{Title: "没有在做的事", Done: "没有在做的事。"}
	}
	v := view{Title: "U盘“" + j.medium.Name + "”", Bar: -1, Again: id(j.medium)}
	switch {
	case !j.ended:
		v.Live, v.Work = true, paceWords(&j.pace, d.now())
		if !j.fills {
			v.Work = "正在收U盘里带回来的信"
		}
		if p := j.pace; p.Total > 0 && p.Stage == stick.Copying {
			v.Bar = int(p.Done * 1000 / p.Total)
		}
	case j.err != nil:
		t := troubleOf(j.err)
		v.Fails = &t
		if unread := (*stick.UnreadError)(nil); errors.As(j.err, &unread) {
			v.Lines = emptiedWords(j.emptied, d.home)
		}
	case j.fills:
		lines := filledWords(j.filled, d.card)
		v.Done, v.Lines = lines[0], lines[1:]
	default:
		lines := emptiedWords(j.emptied, d.home)
		v.Done, v.Lines = lines[0], lines[1:]
	}
	return v
}

func (d *desk) show(w http.ResponseWriter, v view) {
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	v.Nonce, v.Base, v.County = base64.StdEncoding.EncodeToString(nonce), d.url(), d.card.CountyName
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+v.Nonce+"'; script-src 'nonce-"+v.Nonce+
		"'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	if err := pages.Execute(w, v); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// likely is where a clerk may have put a pack.
func likely(home string) (dirs []string) {
	if program, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(program))
	}
	for _, name := range []string{"Downloads", "下载", "Desktop", "桌面"} {
		dirs = append(dirs, filepath.Join(home, name))
	}
	return dirs
}

// mostPacks is how many packs are offered.
const mostPacks = 8

// packsIn lists data packs, the newest first.
func packsIn(dirs []string) []string {
	type found struct {
		path string
		at   time.Time
	}
	var all []found
	for _, dir := range dirs {
		list, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range list {
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() && strings.HasSuffix(strings.ToLower(e.Name()), ".kpack") {
				all = append(all, found{filepath.Join(dir, e.Name()), info.ModTime()})
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int { return b.at.Compare(a.at) })
	var out []string
	for _, f := range all[:min(len(all), mostPacks)] {
		out = append(out, f.path)
	}
	return out
}

const aliveWord = "mingbai-stick"

// noteFile is where the program that runs leaves its address, for one that is started a second time by the same person.
func noteFile() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "mingbai-stick", "page")
}

func leaveNote(file, url string) error {
	if file == "" {
		return os.ErrNotExist
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(url), 0o600)
}

// running is the address of the program that runs already.
func running(ctx context.Context, file string) (url string, ok bool) {
	b, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(b), "http://127.0.0.1:") {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, string(b)+"alive", nil)
	if err != nil {
		return "", false
	}
	resp, err := (&http.Transport{}).RoundTrip(req) // no proxy: it is this PC
	if err != nil {
		return "", false
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 100))
	return string(b), err == nil && string(said) == aliveWord
}

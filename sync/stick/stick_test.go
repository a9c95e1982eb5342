package stick_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/stick"
	"mingbai.local/sync/trust"
)

// office is a county office, read where it publishes.
type office struct {
	*officetest.Office
	t *testing.T
}

func newOffice(t *testing.T, county, name string) *office {
	t.Helper()
	return &office{officetest.New(t, county, name), t}
}

func yidu(t *testing.T) *office { t.Helper(); return newOffice(t, "420581", "宜都市") }

func openDir(t *testing.T, dir string) *depot.Directory {
	t.Helper()
	d, err := depot.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func (o *office) depot() depot.Depot { o.t.Helper(); return openDir(o.t, o.Dir) }

func (o *office) filling(to string) stick.Filling {
	o.t.Helper()
	return stick.Filling{From: o.depot(), To: to, Card: o.Card(), Now: o.Now, Patience: time.Microsecond}
}

func fill(f stick.Filling) (stick.Filled, error) { return stick.Fill(context.Background(), f) }

func mustFill(t *testing.T, f stick.Filling) stick.Filled {
	t.Helper()
	out, err := fill(f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// holds is what a kiosk would find on the stick, every row read.
func holds(t *testing.T, o *office, medium string) (number int64) {
	t.Helper()
	d, err := depot.Dir(filepath.Join(medium, stick.Folder))
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	get := func(path string, limit int64) ([]byte, error) {
		f, err := d.Open(context.Background(), path, 0, limit)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(f)
	}
	if _, err := get("metadata/timestamp.json", 1<<20); errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	v, err := trust.NewState(trust.Enrolment{County: o.County, Root: o.Card().Root}, nil, trust.Seen{}).Accept(get, o.Now, trust.Stick)
	if err != nil {
		t.Fatalf("what lies on the stick is not signed: %v", err)
	}
	refs := map[string]edition.Ref{}
	for owner, c := range v.Catalogs {
		refs[owner] = edition.Ref(c)
	}
	e, err := edition.Load(refs, func(path string, r edition.Ref) ([]byte, error) { return get(path, r.Length) })
	if err != nil {
		t.Fatalf("half an edition passes for a whole one: %v", err)
	}
	load := func(e edition.Entry) ([]byte, error) { return get(edition.ShardPath(e.SHA256Z), e.LenZ) }
	if err := edition.NewReader(e, officetest.Key, load).Check(func(int64) error { return nil }); err != nil {
		t.Fatalf("half an edition passes for a whole one: %v", err)
	}
	return v.Edition
}

// names lists everything below a folder.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A clerk's month: an empty stick, the same again, a newer edition, and what was on the stick beside it.
func TestAStickIsFilledEveryMonth(t *testing.T) {
	o, medium := yidu(t), t.TempDir()
	own := filepath.Join(medium, "照片.jpg")
	if err := os.WriteFile(own, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	o.Publish("一", "二")
	first := mustFill(t, o.filling(medium))
	want := stick.Holding{County: "420581", CountyName: "宜都市", Edition: 1, AsOf: "2026-11-20", Expires: first.Expires}
	if first.Holding != want || !first.Changed || first.Before.Edition != 0 || first.Copied == 0 || first.Kept != 0 {
		t.Errorf("%+v", first)
	}
	if n := holds(t, o, medium); n != 1 {
		t.Fatalf("the stick holds %d", n)
	}
	again := mustFill(t, o.filling(medium))
	if again.Changed || again.Copied != 0 || again.Kept != first.Copied || again.Before.Edition != 1 || again.Bytes != 0 {
		t.Errorf("again: %+v", again)
	}
	o.Now = o.Now.AddDate(0, 1, 0)
	o.Publish("二", "三", "四")
	second := mustFill(t, o.filling(medium))
	if second.Edition != 2 || second.Before.Edition != 1 || second.Removed == 0 || second.Kept == 0 {
		t.Errorf("a month later: %+v", second)
	}
	if n := holds(t, o, medium); n != 2 {
		t.Errorf("the stick holds %d", n)
	}
	fresh := t.TempDir()
	mustFill(t, o.filling(fresh))
	if got, want := names(t, filepath.Join(medium, stick.Folder)), names(t, filepath.Join(fresh, stick.Folder)); !slices.Equal(got, want) {
		t.Errorf("on the used stick lie %q, on a fresh one %q", got, want)
	}
	if _, err := os.Stat(own); err != nil {
		t.Errorf("what was on the stick: %v", err)
	}
}

// TestPulledOutAtEveryStep: whenever the filling ends, the stick holds the old edition whole or the new one whole, and the next filling goes on.
func TestPulledOutAtEveryStep(t *testing.T) {
	o := yidu(t)
	o.Publish("一", "二")
	old := t.TempDir()
	mustFill(t, o.filling(old))
	o.Now = o.Now.AddDate(0, 0, 1)
	o.Publish("一", "三", "四")
	errPulled := errors.New("pulled out")
	ended := map[int64]int{}
	for step := 1; ; step++ {
		medium := t.TempDir()
		if err := os.CopyFS(medium, os.DirFS(old)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(context.Background())
		f, n, copied := o.filling(medium), 0, false
		f.From = &during{f.From, ctx}
		f.Progress = func(p stick.Progress) {
			if n++; n == step {
				copied = p.Stage == stick.Copying && p.Done > 0
				cancel(errPulled)
			}
		}
		_, err := stick.Fill(ctx, f)
		cancel(nil)
		ended[holds(t, o, medium)]++
		if n < step {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		next := mustFill(t, o.filling(medium))
		if holds(t, o, medium) != 2 || copied && next.Kept == 0 {
			t.Fatalf("step %d: after the next filling the stick holds %d, %d files were kept", step, holds(t, o, medium), next.Kept)
		}
	}
	if ended[1] < 5 || ended[2] == 0 || len(ended) != 2 {
		t.Errorf("the fillings ended at %v", ended)
	}
}

// during is a depot that is gone with its context.
type during struct {
	depot.Depot
	ctx context.Context
}

func (d *during) Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	if err := context.Cause(d.ctx); err != nil {
		return nil, err
	}
	return d.Depot.Open(ctx, path, offset, limit)
}

// TestHostileSource: whatever a source does, the stick keeps what it had and nothing is written beside our folder.
func TestHostileSource(t *testing.T) {
	o := yidu(t)
	o.Publish("一", "二")
	medium := t.TempDir()
	mustFill(t, o.filling(medium))
	before := names(t, medium)
	o.Now = o.Now.AddDate(0, 0, 1)
	o.Publish("一", "二", "三")
	for name, lie := range map[string]func(path string, b []byte) []byte{
		"flipped shard":     onlyIn("s/", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }),
		"cut shard":         onlyIn("s/", func(b []byte) []byte { return b[:len(b)/2] }),
		"endless shard":     onlyIn("s/", func(b []byte) []byte { return append(b, make([]byte, 1<<20)...) }),
		"flipped index":     onlyIn("i/", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }),
		"cut catalog":       onlyIn("t/", func(b []byte) []byte { return b[:1] }),
		"flipped timestamp": onlyIn("metadata/timestamp", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }),
		"portal":            func(string, []byte) []byte { return []byte("<html>请登录</html>") },
		"empty":             func(string, []byte) []byte { return []byte{} },
		"no shards":         onlyIn("s/", func([]byte) []byte { return nil }),
		"no snapshot":       onlyIn("metadata/2.snapshot", func([]byte) []byte { return nil }),
	} {
		t.Run(name, func(t *testing.T) {
			f := o.filling(medium)
			f.From = liar{f.From, lie}
			if _, err := fill(f); err == nil {
				t.Error("was taken")
			}
			if n := holds(t, o, medium); n != 1 {
				t.Errorf("the stick holds %d", n)
			}
			for _, n := range names(t, medium) {
				if !slices.Contains(before, n) && !strings.HasPrefix(n, stick.Folder+"/") {
					t.Errorf("%s was written", n)
				}
			}
		})
	}
	mustFill(t, o.filling(medium))
	if n := holds(t, o, medium); n != 2 {
		t.Errorf("after all that the stick holds %d", n)
	}
}

func onlyIn(prefix string, f func([]byte) []byte) func(string, []byte) []byte {
	return func(path string, b []byte) []byte {
		if strings.HasPrefix(path, prefix) {
			return f(b)
		}
		return b
	}
}

// liar is a depot whose files are changed on the way; nil is one that it does not have.
type liar struct {
	depot.Depot
	lie func(path string, b []byte) []byte
}

func (l liar) Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	f, err := l.Depot.Open(ctx, path, 0, 1<<30)
	var b []byte
	if err == nil {
		defer f.Close()
		if b, err = io.ReadAll(f); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if b = l.lie(path, b); b == nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	b = b[min(offset, int64(len(b))):]
	if int64(len(b)) > limit {
		return struct {
			io.Reader
			io.Closer
		}{io.MultiReader(strings.NewReader(string(b[:limit])), failing{depot.ErrTooLong}), io.NopCloser(nil)}, nil
	}
	return io.NopCloser(strings.NewReader(string(b))), nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestSourceThatBreaksOff: a line that drops every few bytes is asked for the rest, and what has come is not asked for again.
func TestSourceThatBreaksOff(t *testing.T) {
	o := yidu(t)
	o.Publish("一", strings.Repeat("二", 3000))
	f := o.filling(t.TempDir())
	b := &breaking{Depot: f.From}
	f.From = b
	mustFill(t, f)
	if n := holds(t, o, f.To); n != 1 || b.resumed == 0 {
		t.Errorf("the stick holds %d, resumed %d times", n, b.resumed)
	}
	b.always = true
	f.To = t.TempDir()
	_, err := fill(f)
	var source *stick.SourceError
	if !errors.As(err, &source) {
		t.Errorf("a source that is gone for good: %v", err)
	}
}

// breaking breaks off in the middle of the first answer for each shard, or always.
type breaking struct {
	depot.Depot
	resumed int
	always  bool
}

func (b *breaking) Open(ctx context.Context, path string, offset, limit int64) (io.ReadCloser, error) {
	f, err := b.Depot.Open(ctx, path, offset, limit)
	if err != nil || !strings.HasPrefix(path, "s/") {
		return f, err
	}
	if offset > 0 {
		b.resumed++
	}
	if offset == 0 || b.always {
		return struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(f, 10), failing{syscall.ECONNRESET}), f}, nil
	}
	return f, nil
}

func TestRollbackNamesBothDates(t *testing.T) {
	o, medium, old := yidu(t), t.TempDir(), t.TempDir()
	o.Publish("一")
	if err := os.CopyFS(old, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	o.Now = o.Now.AddDate(0, 1, 0)
	o.Publish("一", "二")
	mustFill(t, o.filling(medium))
	for _, card := range []stick.Card{o.Card(), {}} {
		f := o.filling(medium)
		f.From, f.Card = openDir(t, old), card
		_, err := fill(f)
		var back *stick.RollbackError
		if !errors.As(err, &back) || back.Stick.AsOf != "2026-12-20" || back.Source.AsOf != "2026-11-20" {
			t.Errorf("%v", err)
		}
	}
	if n := holds(t, o, medium); n != 2 {
		t.Errorf("the stick holds %d", n)
	}
}

func TestForeignCountyIsNamed(t *testing.T) {
	o, other := yidu(t), newOffice(t, "420923", "云梦县")
	o.Publish("一")
	other.Publish("一")
	medium := t.TempDir()
	mustFill(t, o.filling(medium))
	for _, card := range []stick.Card{o.Card(), {}} { // without a card the stick itself says whose it is
		f := other.filling(medium)
		f.Card = card
		_, err := fill(f)
		var foreign *stick.ForeignError
		if !errors.As(err, &foreign) || foreign.Want.CountyName != "宜都市" || foreign.Got.CountyName != "云梦县" {
			t.Errorf("%v", err)
		}
	}
	if n := holds(t, o, medium); n != 1 {
		t.Errorf("the stick holds %d", n)
	}
}

// TestImpostor: the county's number, but keys of one's own.
func TestImpostor(t *testing.T) {
	o, impostor := yidu(t), yidu(t)
	o.Publish("一")
	impostor.Publish("一", "二")
	f := impostor.filling(t.TempDir())
	f.Card = o.Card()
	if _, err := fill(f); !errors.Is(err, trust.ErrSignature) {
		t.Errorf("%v", err)
	}
	if got := names(t, f.To); len(got) > 0 {
		t.Errorf("it left %q", got)
	}
}

// TestExpiredIsCarried: whether it is too old is for the kiosk's staff to say, who see the date; the clerk hears of it.
func TestExpiredIsCarried(t *testing.T) {
	o := yidu(t)
	o.Publish("一")
	o.Now = o.Now.AddDate(2, 0, 0)
	if out := mustFill(t, o.filling(t.TempDir())); !out.Stale {
		t.Errorf("%+v", out)
	}
}

// TestRootsTravel: keys were replaced since the card was given out; the stick carries every root, for kiosks that were enrolled before.
func TestRootsTravel(t *testing.T) {
	o := yidu(t)
	o.Publish("一")
	f := o.filling(t.TempDir())
	for _, name := range []string{"timestamp", "finance-leader"} {
		if err := o.Keys.Replace(name, o.Now); err != nil {
			t.Fatal(err)
		}
	}
	o.Publish("二")
	mustFill(t, f)
	for n := range 2 {
		if _, err := os.Stat(filepath.Join(f.To, stick.Folder, "metadata", []string{"1.root.json", "2.root.json"}[n])); err != nil {
			t.Error(err)
		}
	}
}

// TestANewCountyKeyTravels: a kiosk that never sees a network gets it from the stick, and a damaged one is not carried.
func TestANewCountyKeyTravels(t *testing.T) {
	o := yidu(t)
	_, recipient, err := trust.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if o.Handout, err = trust.SealCountyKey(officetest.Key[:], []string{recipient}); err != nil {
		t.Fatal(err)
	}
	o.Publish("一")
	f := o.filling(t.TempDir())
	mustFill(t, f)
	found, err := filepath.Glob(filepath.Join(f.To, stick.Folder, "t", "*.keys.json"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	b, err := os.ReadFile(found[0])
	if err != nil || !bytes.Equal(b, o.Handout) {
		t.Errorf("%q, %v", b, err)
	}
	o.Publish("二")
	name := filepath.Join(o.Dir, "t", filepath.Base(found[0]))
	if err := os.WriteFile(name, append([]byte(" "), o.Handout[1:]...), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := fill(f); !errors.Is(err, stick.ErrDamaged) {
		t.Errorf("damaged: %v", err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if _, err := fill(f); !errors.Is(err, stick.ErrDamaged) {
		t.Errorf("missing: %v", err)
	}
	if n := holds(t, o, f.To); n != 1 {
		t.Errorf("the stick holds edition %d", n)
	}
}

// TestLinksOnTheStick: nothing is written or deleted where a stick's links lead.
func TestLinksOnTheStick(t *testing.T) {
	o := yidu(t)
	o.Publish("一", "二")
	for _, at := range []string{stick.Folder, stick.Folder + "/s", stick.Folder + "/metadata", stick.Folder + "/metadata/timestamp.json", stick.Folder + "/metadata/1.root.json.part"} {
		t.Run(at, func(t *testing.T) {
			medium, outside := t.TempDir(), t.TempDir()
			if err := os.WriteFile(filepath.Join(outside, "timestamp.json"), []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.MkdirAll(filepath.Join(medium, filepath.Dir(at)), 0o755), os.Symlink(outside, filepath.Join(medium, at))); err != nil {
				t.Fatal(err)
			}
			_, err := fill(o.filling(medium))
			if at == stick.Folder && !errors.Is(err, stick.ErrInTheWay) || at != stick.Folder && err != nil {
				t.Error(err)
			}
			if got := names(t, outside); !slices.Equal(got, []string{"timestamp.json"}) {
				t.Errorf("outside lies %q", got)
			}
			if at != stick.Folder && holds(t, o, medium) != 1 {
				t.Error("the stick is not filled")
			}
		})
	}
}

// TestPipesAndFoldersInTheWay: whatever has the name of a file of ours gives way to it, and none holds the program up.
func TestPipesAndFoldersInTheWay(t *testing.T) {
	o := yidu(t)
	o.Publish("一", "二")
	medium := t.TempDir()
	meta := filepath.Join(medium, stick.Folder, "metadata")
	if err := errors.Join(
		os.MkdirAll(filepath.Join(meta, "timestamp.json", "x"), 0o755), syscall.Mkfifo(filepath.Join(meta, "1.root.json"), 0o644),
		syscall.Mkfifo(filepath.Join(meta, "1.snapshot.json.part"), 0o644), os.WriteFile(filepath.Join(medium, stick.Folder, "s"), []byte("x"), 0o644),
		os.MkdirAll(filepath.Join(medium, stick.Folder, "lock", "x"), 0o755),
	); err != nil {
		t.Fatal(err)
	}
	mustFill(t, o.filling(medium))
	if n := holds(t, o, medium); n != 1 {
		t.Errorf("the stick holds %d", n)
	}
}

// TestRottenStick: every file is damaged in one way or another; the next filling mends exactly those.
func TestRottenStick(t *testing.T) {
	o := yidu(t)
	o.Publish("一", "二", "三")
	medium := t.TempDir()
	first := mustFill(t, o.filling(medium))
	dir := filepath.Join(medium, stick.Folder)
	for i, name := range names(t, dir) {
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		switch i % 4 {
		case 0:
			b[len(b)/2] ^= 4
			err = os.WriteFile(path, b, 0o644)
		case 1:
			err = os.Truncate(path, int64(len(b)/2))
		case 2:
			err = os.Remove(path)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	out := mustFill(t, o.filling(medium))
	if n := holds(t, o, medium); n != 1 || out.Kept != first.Copied/4 {
		t.Errorf("the stick holds %d, %+v", n, out)
	}
}

func TestTwoFillOneStick(t *testing.T) {
	o := yidu(t)
	o.Publish("一", "二")
	f := o.filling(t.TempDir())
	var second error
	f.Progress = func(p stick.Progress) {
		if p.Stage == stick.Copying && second == nil {
			_, second = fill(o.filling(f.To))
		}
	}
	mustFill(t, f)
	if !errors.Is(second, stick.ErrBusy) {
		t.Errorf("the second got %v", second)
	}
	mustFill(t, o.filling(f.To))
}

func TestLettersAreTakenOnce(t *testing.T) {
	medium, home := t.TempDir(), filepath.Join(t.TempDir(), "信")
	box := filepath.Join(medium, stick.Folder, "outbox")
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(box, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	empty := func() stick.Emptied {
		t.Helper()
		out, err := stick.Empty(context.Background(), medium, home, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := empty(); out.Letters != 0 || len(names(t, medium)) != 0 {
		t.Errorf("an empty stick: %+v", out)
	}
	put("YD-01/a-1.age", "sealed")
	put("YD-02/a-1.age", "sealed too")
	put("YD-02/说明.txt", "not ours")
	put("YD-02/big.age", strings.Repeat("x", stick.MaxLetter+1))
	if err := errors.Join(os.Symlink("/etc/passwd", filepath.Join(box, "YD-01", "link.age")), syscall.Mkfifo(filepath.Join(box, "YD-01", "pipe.age"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if n := stick.Letters(medium); n != 2 {
		t.Errorf("%d letters are seen", n)
	}
	out := empty()
	want := []string{"outbox/YD-01/link.age", "outbox/YD-01/pipe.age", "outbox/YD-02/big.age", "outbox/YD-02/说明.txt"}
	if out.Letters != 2 || !slices.Equal(out.Left, want) {
		t.Errorf("%+v", out)
	}
	if got := names(t, home); !slices.Equal(got, []string{"YD-01/a-1.age", "YD-02/a-1.age"}) {
		t.Errorf("at home lie %q", got)
	}
	// The same again is nothing new; another one under the name of one is never thrown away.
	put("YD-01/a-1.age", "sealed")
	put("YD-02/a-1.age", "another")
	if out := empty(); out.Letters != 1 || !slices.Contains(out.Left, "outbox/YD-02/a-1.age") {
		t.Errorf("again: %+v", out)
	}
	if b, err := os.ReadFile(filepath.Join(home, "YD-02", "a-1.age")); err != nil || string(b) != "sealed too" {
		t.Errorf("at home lies %q, %v", b, err)
	}
}

func TestCards(t *testing.T) {
	c := yidu(t).Card()
	b, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := stick.ParseCard(b); err != nil || again.County != c.County || again.Office != c.Office {
		t.Errorf("%+v, %v", again, err)
	}
	for name, spoil := range map[string]func(*stick.Card){
		"format": func(c *stick.Card) { c.Format = 2 }, "office": func(c *stick.Card) { c.Office = "file:///etc" },
		"county_name": func(c *stick.Card) { c.CountyName = "" }, "county": func(c *stick.Card) { c.County = "420923" },
		"root": func(c *stick.Card) { c.Root = []byte(`{}`) },
	} {
		bad := c
		spoil(&bad)
		if _, err := bad.Encode(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := stick.ParseCard(append(b, '{')); err == nil {
		t.Error("goes on after its end")
	}
}

func FuzzParseCard(f *testing.F) {
	f.Add([]byte(`{"format":1,"county":"420581","county_name":"宜都市","office":"http://a/","root":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := stick.ParseCard(b)
		if err != nil {
			return
		}
		again, err := c.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stick.ParseCard(again); err != nil {
			t.Fatal(err)
		}
	})
}

// TestRootsOfOthersAreNotLeft: the stick was another county's, which has replaced more keys. A kiosk goes on from our newest root to whatever has the
// next number, and must not find theirs.
func TestRootsOfOthersAreNotLeft(t *testing.T) {
	o, other, medium := yidu(t), newOffice(t, "420923", "云梦县"), t.TempDir()
	for range 2 {
		other.Publish("一")
		if err := other.Keys.Replace("timestamp", other.Now); err != nil {
			t.Fatal(err)
		}
	}
	other.Publish("二")
	mustFill(t, other.filling(medium))
	if err := o.Keys.Replace("timestamp", o.Now); err != nil {
		t.Fatal(err)
	}
	o.Publish("一")
	f, looked := o.filling(medium), false
	f.Progress = func(p stick.Progress) {
		if p.Stage == stick.Tidying { // it may be pulled out before that
			looked = holds(t, o, medium) == 1
		}
	}
	mustFill(t, f)
	if n := holds(t, o, medium); n != 1 || !looked {
		t.Errorf("the stick holds %d, %t", n, looked)
	}
}

// TestAKioskFillsAStick: a kiosk's disk has not all that a depot has; the rest lies on the stick that it brings up to date.
func TestAKioskFillsAStick(t *testing.T) {
	o, medium := yidu(t), t.TempDir()
	_, recipient, err := trust.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if o.Handout, err = trust.SealCountyKey(officetest.Key[:], []string{recipient}); err != nil {
		t.Fatal(err)
	}
	first := o.Card().Root
	o.Publish("一", "二")
	mustFill(t, o.filling(medium))
	if err := o.Keys.Replace("timestamp", o.Now); err != nil {
		t.Fatal(err)
	}
	o.Now = o.Now.AddDate(0, 0, 1)
	o.Publish("一", "三", "四")
	shelf := shelved(t, o)
	on := openDir(t, filepath.Join(medium, stick.Folder))
	f := o.filling(medium)
	f.Card.Root = first // that of its enrolment
	if f.From, err = stick.FromKiosk(shelf, first, on); err != nil {
		t.Fatal(err)
	}
	if out := mustFill(t, f); out.Edition != 2 || out.Before.Edition != 1 {
		t.Errorf("%+v", out)
	}
	if n := holds(t, o, medium); n != 2 {
		t.Errorf("the stick holds %d", n)
	}
	fresh := t.TempDir()
	mustFill(t, o.filling(fresh))
	if got, want := names(t, medium), names(t, fresh); !slices.Equal(got, want) {
		t.Errorf("on the stick lie %q, on one from the office %q", got, want)
	}
	// A root that follows the kiosk's newest is nobody's that it knows, and what its shelf has lost is not made up for.
	if err := os.WriteFile(filepath.Join(medium, stick.Folder, "metadata", "3.root.json"), first, 0o644); err != nil {
		t.Fatal(err)
	}
	f.To = t.TempDir()
	if out := mustFill(t, f); out.Edition != 2 {
		t.Errorf("%+v", out)
	}
	// Nor does it pass the stick's own edition off as the kiosk's.
	if f.From, err = stick.FromKiosk(emptyShelf, first, on); err != nil {
		t.Fatal(err)
	}
	f.To = medium
	if _, err := fill(f); !errors.Is(err, stick.ErrDamaged) {
		t.Errorf("from a kiosk that has kept nothing: %v", err)
	}
	for sum := range shelf.objects {
		delete(shelf.objects, sum)
	}
	for from, others := range map[string][]depot.Depot{"nothing": nil, "a stick that has not": {openDir(t, t.TempDir())}, "the office": {openDir(t, t.TempDir()), o.depot()}} {
		if f.From, err = stick.FromKiosk(shelf, first, others...); err != nil {
			t.Fatal(err)
		}
		f.To = t.TempDir()
		if _, err := fill(f); (err == nil) != (from == "the office") || err != nil && !errors.Is(err, stick.ErrDamaged) && !errors.Is(err, stick.ErrNoEdition) {
			t.Errorf("what the shelf has lost, from %s: %v", from, err)
		}
	}
}

var emptyShelf = &shelf{}

// shelf is a kiosk's disk.
type shelf struct {
	signed  map[string][]byte
	objects map[string][]byte
}

func (s *shelf) Trust() (map[string][]byte, []byte, error) { return s.signed, nil, nil }

func (s *shelf) Object(sum string) ([]byte, error) {
	if b, ok := s.objects[sum]; ok {
		return b, nil
	}
	return nil, fs.ErrNotExist
}

// shelved is what a kiosk keeps of what the office has published: not the handout, and of the roots only the newest.
func shelved(t *testing.T, o *office) *shelf {
	t.Helper()
	get := func(path string, _ int64) ([]byte, error) { return os.ReadFile(filepath.Join(o.Dir, path)) }
	v, err := trust.NewState(trust.Enrolment{County: o.County, Root: o.Card().Root}, nil, trust.Seen{}).Accept(get, o.Now, trust.Stick)
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{objects: map[string][]byte{}}
	s.signed, _ = v.State.Keep()
	s.signed["timestamp tag"] = []byte(`"1"`)
	for _, name := range names(t, o.Dir) {
		sum, _, _ := strings.Cut(filepath.Base(name), ".")
		if len(sum) == 64 && !strings.HasSuffix(name, ".keys.json") {
			if s.objects[sum], err = os.ReadFile(filepath.Join(o.Dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

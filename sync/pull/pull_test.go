package pull_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/depot/depottest"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// office is a county office that publishes a toy schema into a directory.
type office struct {
	*officetest.Office
	t *testing.T
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return &office{officetest.New(t, "420581", "宜都市"), t}
}

// kiosk is a kiosk whose book is the text of all streams.
type kiosk struct {
	t     *testing.T
	store *store.Store
	dir   string
	job   pull.Job
}

func (o *office) kiosk(d depot.Depot) *kiosk {
	o.t.Helper()
	e, err := o.Enrolment("http://127.0.0.1/")
	if err != nil {
		o.t.Fatal(err)
	}
	dir := filepath.Join(o.t.TempDir(), "data")
	s, err := store.Open(dir)
	if err != nil {
		o.t.Fatal(err)
	}
	return &kiosk{o.t, s, dir, pull.Job{
		Depot: d, Shelf: s, Enrolment: e, Make: builds(s, build), Open: opens, Now: func() time.Time { return o.Now }, Built: officetest.Day0.AddDate(0, -1, 0),
	}}
}

func (o *office) directory() depot.Depot {
	o.t.Helper()
	d, err := depot.Dir(o.Dir)
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { d.Close() })
	return d
}

const bookEnd = "\nend"

func build(ctx context.Context, contents fs.FS, path string) error {
	var b bytes.Buffer
	err := fs.WalkDir(contents, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(contents, name)
		fmt.Fprintf(&b, "%s: %s\n", name, text)
		return err
	})
	if err != nil {
		return err
	}
	b.WriteString(bookEnd)
	if err := os.WriteFile(path+".part", b.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// builds makes books with that builder.
func builds(s *store.Store, build func(context.Context, fs.FS, string) error) func(context.Context, edition.Generation, func(pull.Progress)) error {
	return func(ctx context.Context, g edition.Generation, progress func(pull.Progress)) error {
		return pull.Make(ctx, g, pull.Making{Shelf: s, Key: officetest.Key, Build: build, Open: opens, Progress: progress})
	}
}

func opens(path string) error {
	b, err := os.ReadFile(path)
	if err == nil && !strings.HasSuffix(string(b), bookEnd) {
		err = errors.New("damaged")
	}
	return err
}

func (k *kiosk) pull() (pull.Result, error) { return pull.Run(context.Background(), k.job) }

func (k *kiosk) mustPull() pull.Result {
	k.t.Helper()
	r, err := k.pull()
	if err != nil {
		k.t.Fatal(err)
	}
	return r
}

// shows is the book that the kiosk serves after a restart, "" when there is none.
func (k *kiosk) shows() string {
	k.t.Helper()
	s, err := store.Open(k.dir)
	if err != nil {
		k.t.Fatal(err)
	}
	g, _, err := s.Serve(opens)
	if err != nil {
		return ""
	}
	b, err := os.ReadFile(s.Book(g.Number))
	if err != nil {
		k.t.Fatal(err)
	}
	return string(b)
}

func TestAKioskFollowsItsOffice(t *testing.T) {
	o := newOffice(t)
	server := httptest.NewServer(http.FileServer(http.Dir(o.Dir)))
	defer server.Close()
	d, err := depot.HTTP(server.URL, depot.Stall)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	k := o.kiosk(d)

	o.Publish("王建国 812.00", "李秀英 95.50")
	r := k.mustPull()
	if !r.Changed || r.Edition != 1 || r.DataAsOf != "2026-11-20" || r.ShardsFetched != 5 || r.ShardsKept != 0 || r.Bytes == 0 || len(r.Digest) != 64 {
		t.Errorf("first: %+v", r)
	}
	if s := k.shows(); !strings.Contains(s, "王建国 812.00") || !strings.Contains(s, `"number":1`) {
		t.Errorf("shows %s", s)
	}

	if r = k.mustPull(); r.Changed || r.Requests != 1 || r.Edition != 1 || r.ShardsFetched != 0 || len(r.Digest) != 64 {
		t.Errorf("unchanged: %+v", r)
	}

	o.Now = o.Now.Add(24 * time.Hour)
	o.Publish("王建国 812.00", "李秀英 95.50", "张三 20.00")
	if r = k.mustPull(); !r.Changed || r.Edition != 2 || r.ShardsFetched != 1 || r.ShardsKept != 5 || r.DataAsOf != "2026-11-21" {
		t.Errorf("one shard more: %+v", r)
	}
	if s := k.shows(); !strings.Contains(s, "张三 20.00") {
		t.Errorf("shows %s", s)
	}
	server.Close()
	if _, err := k.pull(); pull.FaultOf(err) != pull.Unreachable {
		t.Errorf("office down: %v", err)
	}
	if s := k.shows(); !strings.Contains(s, "张三 20.00") {
		t.Error("shows nothing with the office down")
	}
}

func TestResultAsJSON(t *testing.T) {
	b, err := json.Marshal(pull.Result{})
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields("edition data_as_of bytes requests shards_fetched shards_kept seconds digest changed") {
		if _, ok := m[name]; !ok {
			t.Errorf("no %s", name)
		}
	}
}

func TestAPackOnAStick(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	var b bytes.Buffer
	if err := depottest.WritePack(&b, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.kpack")
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := depot.Pack(file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	k := o.kiosk(d)
	k.job.Carrier = trust.Stick
	k.job.Confirm = func(v trust.Verified) bool { return false }
	if _, err := k.pull(); pull.FaultOf(err) != pull.Declined || k.shows() != "" {
		t.Errorf("staff said no: %v", err)
	}
	asked := trust.Verified{}
	k.job.Confirm = func(v trust.Verified) bool { asked = v; return true }
	r := k.mustPull()
	// However it came, it is the same edition.
	other := o.kiosk(o.directory())
	if by := other.mustPull(); by.Digest != r.Digest || other.shows() != k.shows() || asked.Edition != 1 {
		t.Errorf("from a pack %+v, from a directory %+v", r, by)
	}
}

// One byte changed anywhere in the depot: the edition is refused and the one before goes on serving.
func TestTamperedDepot(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	first := o.kiosk(o.directory())
	first.mustPull()
	before := first.shows()
	old := paths(t, o.Dir)
	if err := o.Keys.Replace("timestamp", o.Now); err != nil { // so that there is a second root to tamper with
		t.Fatal(err)
	}
	o.Publish("王建国 912.00")
	tried := 0
	for _, path := range paths(t, o.Dir) {
		if path != "metadata/timestamp.json" && slices.Contains(old, path) {
			continue // of the first edition; a kiosk that has it does not read it again
		}
		name := filepath.Join(o.Dir, path)
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		changes := map[string][]byte{"cut": good[:len(good)-1], "longer": append(bytes.Clone(good), 'x'), "empty": {}, "gone": nil}
		for _, i := range []int{0, len(good) / 3, len(good) / 2, len(good) - 1} {
			b := bytes.Clone(good)
			b[i] ^= 0x20
			changes[fmt.Sprint("byte ", i)] = b
		}
		for what, b := range changes {
			err := os.WriteFile(name, b, 0o644)
			if b == nil {
				err = os.Remove(name)
			}
			if err != nil {
				t.Fatal(err)
			}
			k := first.copy()
			_, err = k.pull()
			f := pull.FaultOf(err)
			none := what == "gone" && path == "metadata/timestamp.json" && f == pull.NoEdition
			if f != pull.Tampered && f != pull.NotAnOffice && !none {
				t.Errorf("%s: %s: %v", path, what, err)
			}
			if k.shows() != before {
				t.Fatalf("%s: %s: shows %s", path, what, k.shows())
			}
			tried++
		}
		if err := os.WriteFile(name, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// A root, a snapshot, four owners' parts, the timestamp, four catalogs, an index and a shard were all tried.
	if tried != 13*8 {
		t.Errorf("%d changes were tried", tried)
	}
	if r := first.mustPull(); r.Edition != 2 || !strings.Contains(first.shows(), "912.00") {
		t.Errorf("put right again: %+v", r)
	}
}

// copy is another kiosk with the same disk.
func (k *kiosk) copy() *kiosk {
	k.t.Helper()
	dir := filepath.Join(k.t.TempDir(), "data")
	if err := os.CopyFS(dir, os.DirFS(k.dir)); err != nil {
		k.t.Fatal(err)
	}
	s, err := store.Open(dir)
	if err != nil {
		k.t.Fatal(err)
	}
	c := *k
	c.dir, c.store, c.job.Shelf = dir, s, s
	return &c
}

// A kiosk that has nothing shows nothing of a depot with one wrong byte, in whichever file.
func TestTamperedDepotForANewKiosk(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	for _, path := range paths(t, o.Dir) {
		if path == "metadata/1.root.json" {
			continue // comes with the enrolment
		}
		name := filepath.Join(o.Dir, path)
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(good)
		bad[len(bad)*2/3] ^= 1
		if err := os.WriteFile(name, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		k := o.kiosk(o.directory())
		if _, err := k.pull(); err == nil || k.shows() != "" {
			t.Errorf("%s: %v, shows %s", path, err, k.shows())
		}
		if err := os.WriteFile(name, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func paths(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// cut is a shelf on which the n-th operation fails, and all after it: the power is gone.
type cut struct {
	pull.Shelf
	left int
}

var errPower = errors.New("power is gone")

func (c *cut) step() error {
	if c.left--; c.left < 0 {
		return errPower
	}
	return nil
}

func (c *cut) Put(sum string, n int64, r io.Reader) error {
	if c.step() != nil {
		return errPower
	}
	// Half of an object may have arrived.
	if c.left == 0 {
		_ = c.Shelf.Put(sum, n, io.LimitReader(r, n/2))
		return errPower
	}
	return c.Shelf.Put(sum, n, r)
}

func (c *cut) Object(sum string) ([]byte, error) {
	if c.step() != nil {
		return nil, errPower
	}
	return c.Shelf.Object(sum)
}

func (c *cut) Switch(g edition.Generation, files map[string][]byte, seen []byte) error {
	if c.step() != nil {
		return errPower
	}
	if err := c.Shelf.Switch(g, files, seen); err != nil {
		return err
	}
	return c.step() // gone just after the commit
}

func (c *cut) Confirm(at time.Time, files map[string][]byte, seen []byte) error {
	if c.step() != nil {
		return errPower
	}
	return c.Shelf.Confirm(at, files, seen)
}

func (c *cut) Sweep(wanted ...edition.Generation) (int64, error) {
	if c.step() != nil {
		return 0, errPower
	}
	return c.Shelf.Sweep(wanted...)
}

// Whenever the power goes, after it the kiosk shows the old edition or the new one, whole, and the next update ends at the new one.
func TestPowerCut(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	saved := filepath.Join(t.TempDir(), "first")
	if err := os.CopyFS(saved, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	o.Publish("王建国 912.00", "李秀英 95.50")
	ref := o.kiosk(o.directory())
	ref.mustPull()
	newBook := ref.shows()

	firstDepot, err := depot.Dir(saved)
	if err != nil {
		t.Fatal(err)
	}
	defer firstDepot.Close()
	switched := false
	for n := 0; !switched; n++ {
		if n > 200 {
			t.Fatal("the power never stays")
		}
		k := o.kiosk(firstDepot)
		k.mustPull()
		oldBook := k.shows()
		k.job.Depot = o.directory()
		k.job.Shelf = &cut{Shelf: k.store, left: n}
		_, err := k.pull()
		switched = err == nil
		if got := k.shows(); got != oldBook && got != newBook {
			t.Fatalf("power gone at operation %d: shows %q", n, got)
		}
		k.job.Shelf = k.store
		if r := k.mustPull(); r.Edition != 2 || k.shows() != newBook {
			t.Fatalf("power gone at operation %d: then %+v", n, r)
		}
	}
}

func TestBuilderFails(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	k.mustPull()
	before := k.shows()
	o.Publish("王建国 912.00")
	broken := errors.New("no such dataset")
	k.job.Make = builds(k.store, func(context.Context, fs.FS, string) error { return broken })
	if _, err := k.pull(); !errors.Is(err, broken) || pull.FaultOf(err) != pull.Internal || k.shows() != before {
		t.Errorf("%v, shows %s", err, k.shows())
	}
	// A book that cannot be read once it is built is no book.
	k.job.Make = builds(k.store, func(_ context.Context, _ fs.FS, path string) error { return os.WriteFile(path, []byte("half"), 0o600) })
	if _, err := k.pull(); err == nil || k.shows() != before {
		t.Errorf("%v, shows %s", err, k.shows())
	}
	k.job.Make = builds(k.store, build)
	if r := k.mustPull(); r.ShardsFetched != 0 || r.Edition != 2 {
		t.Errorf("then: %+v", r)
	}
}

func TestDamagedBookIsBuiltAgain(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	k.mustPull()
	book := k.shows()
	if err := os.WriteFile(k.store.Book(1), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := k.mustPull(); r.ShardsFetched != 0 || r.Requests != 1 || k.shows() != book {
		t.Errorf("%+v, shows %s", r, k.shows())
	}
	// Shards too.
	if err := os.WriteFile(k.store.Book(1), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range paths(t, filepath.Join(k.dir, "s")) {
		name := filepath.Join(k.dir, "s", p)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 { // each run finds at least one more
		if _, err := k.pull(); err == nil {
			break
		}
	}
	if k.shows() != book {
		t.Errorf("shows %s", k.shows())
	}
}

func TestRebuildWithoutADepot(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	k.mustPull()
	book := k.shows()
	if err := os.Remove(k.store.Book(1)); err != nil {
		t.Fatal(err)
	}
	k.job.Depot = nil
	if err := pull.Rebuild(context.Background(), k.job); err != nil || k.shows() != book {
		t.Errorf("%v, shows %s", err, k.shows())
	}
	empty := o.kiosk(nil)
	if err := pull.Rebuild(context.Background(), empty.job); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("rebuilt from nothing: %v", err)
	}
}

func TestLostState(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 712.00")
	old := filepath.Join(t.TempDir(), "old")
	if err := os.CopyFS(old, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	k.mustPull()
	book := k.shows()
	if err := os.WriteFile(filepath.Join(k.dir, "state.db"), []byte("garbage"), 0o600); err != nil {
		t.Fatal(err)
	}
	if k.shows() != book {
		t.Errorf("shows %s", k.shows())
	}
	oldDepot, err := depot.Dir(old)
	if err != nil {
		t.Fatal(err)
	}
	defer oldDepot.Close()
	k.job.Depot = oldDepot
	if _, err := k.pull(); pull.FaultOf(err) == pull.None && !strings.Contains(k.shows(), "812.00") {
		t.Errorf("went back: %v", err)
	}
	k.job.Depot = o.directory()
	if r := k.mustPull(); r.Edition != 2 || r.ShardsFetched != 0 || k.shows() != book {
		t.Errorf("%+v, shows %s", r, k.shows())
	}
	if r := k.mustPull(); r.Changed || r.Requests != 1 {
		t.Errorf("then %+v", r)
	}
}

func TestRollback(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	old := filepath.Join(t.TempDir(), "old")
	if err := os.CopyFS(old, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	o.Publish("王建国 912.00")
	k := o.kiosk(o.directory())
	k.mustPull()
	book := k.shows()
	d, err := depot.Dir(old)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	k.job.Depot = d
	if _, err := k.pull(); pull.FaultOf(err) != pull.Rollback || k.shows() != book {
		t.Errorf("%v, shows %s", err, k.shows())
	}
}

func TestAfterGoingBackOnlyANewerEditionComes(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 712.00")
	k := o.kiosk(o.directory())
	k.mustPull()
	o.Publish("王建国 812.00")
	k.mustPull()
	if _, err := k.store.Back(); err != nil {
		t.Fatal(err)
	}
	if r := k.mustPull(); r.Changed || r.Edition != 1 || !strings.Contains(k.shows(), "712.00") {
		t.Errorf("%+v, shows %s", r, k.shows())
	}
	o.Publish("王建国 912.00")
	if r := k.mustPull(); r.Edition != 3 || !strings.Contains(k.shows(), "912.00") {
		t.Errorf("%+v, shows %s", r, k.shows())
	}
}

func TestWhatOwnersSignMustAgree(t *testing.T) {
	for want, head := range map[pull.Fault]func(*edition.Head){
		pull.Foreign: func(h *edition.Head) { h.County = "420923" }, pull.Tampered: func(h *edition.Head) { h.Number += 5 },
	} {
		o := newOffice(t)
		o.Head = head
		o.Publish("王建国 812.00")
		k := o.kiosk(o.directory())
		if _, err := k.pull(); pull.FaultOf(err) != want || k.shows() != "" {
			t.Errorf("%v, shows %s", err, k.shows())
		}
	}
	// A kiosk of a real county never shows invented people.
	o := newOffice(t)
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	k.job.Enrolment.Synthetic = false
	if _, err := k.pull(); pull.FaultOf(err) != pull.Foreign || k.shows() != "" {
		t.Errorf("synthetic: %v", err)
	}
}

func TestPortalAndEmptyOffice(t *testing.T) {
	o := newOffice(t)
	page := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page == "" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, page)
	}))
	defer server.Close()
	d, err := depot.HTTP(server.URL, depot.Stall)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	k := o.kiosk(d)
	if _, err := k.pull(); pull.FaultOf(err) != pull.NoEdition {
		t.Errorf("no edition yet: %v", err)
	}
	for _, page = range []string{"<html>请先登录</html>", strings.Repeat("<p>请先登录</p>", 10_000)} {
		if _, err := k.pull(); pull.FaultOf(err) != pull.NotAnOffice {
			t.Errorf("portal: %v", err)
		}
	}
}

func TestTwoUpdatesAtOnce(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	unlock, err := k.store.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.pull(); pull.FaultOf(err) != pull.Busy {
		t.Errorf("%v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	k.mustPull()
}

func TestStopped(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	for _, at := range []pull.Stage{pull.Probe, pull.Fetch, pull.Check} {
		k := o.kiosk(o.directory())
		ctx, cancel := context.WithCancel(context.Background())
		k.job.Progress = func(p pull.Progress) {
			if p.Stage == at {
				cancel()
			}
		}
		if _, err := pull.Run(ctx, k.job); pull.FaultOf(err) != pull.Stopped || k.shows() != "" {
			t.Errorf("stopped at %s: %v", at, err)
		}
		k.job.Progress = nil
		k.mustPull()
	}
}

func TestProgress(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00", "李秀英 95.50")
	k := o.kiosk(o.directory())
	last := map[pull.Stage]pull.Progress{}
	var order []pull.Stage
	k.job.Progress = func(p pull.Progress) {
		if l := last[p.Stage]; l.Done > p.Done || p.Done > p.Total {
			t.Errorf("%+v after %+v", p, l)
		}
		if _, seen := last[p.Stage]; !seen {
			order = append(order, p.Stage)
		}
		last[p.Stage] = p
	}
	k.mustPull()
	if !slices.Equal(order, []pull.Stage{pull.Probe, pull.Fetch, pull.Check, pull.Build, pull.Switch}) {
		t.Errorf("stages %v", order)
	}
	for _, s := range []pull.Stage{pull.Fetch, pull.Check} {
		if p := last[s]; p.Done != p.Total || p.Total == 0 {
			t.Errorf("%+v", p)
		}
	}
}

func TestExpired(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	o.Now = officetest.Day0.AddDate(0, 0, 31)
	late := o.kiosk(k.job.Depot)
	if r := late.mustPull(); !r.Stale || !r.Changed {
		t.Errorf("a day after expiry: %+v", r)
	}
	o.Now = officetest.Day0.AddDate(0, 3, 0)
	if _, err := k.pull(); pull.FaultOf(err) != pull.Expired {
		t.Errorf("months after expiry: %v", err)
	}
	k.job.Carrier = trust.Asked
	if r := k.mustPull(); !r.Stale || !r.Changed {
		t.Errorf("staff asked: %+v", r)
	}
}

func TestWrongClock(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	k.job.Now = func() time.Time { return time.Unix(0, 0) }
	if r := k.mustPull(); !r.Changed || !r.ClockWrong {
		t.Errorf("in 1970: %+v", r)
	}
	g, _, err := k.store.Current()
	if err != nil || g.SyncedAt.Before(k.job.Built) {
		t.Errorf("synced at %v, %v", g.SyncedAt, err)
	}
}

func TestFaults(t *testing.T) {
	seen := map[pull.Fault]bool{}
	for err, want := range map[error]pull.Fault{
		trust.ErrSignature: pull.Tampered, trust.ErrMixed: pull.Tampered, edition.ErrNewer: pull.Newer, context.Canceled: pull.Stopped, errors.New("x"): pull.Internal,
	} {
		if got := pull.FaultOf(fmt.Errorf("pull: %w", err)); got != want {
			t.Errorf("%v: %v", err, got)
		}
		seen[want] = true
	}
	if len(slices.Collect(maps.Keys(seen))) != 4 {
		t.Error("faults run together")
	}
}

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai.local/app/kiosk"
	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/health"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/stick"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

func TestOnlyDisksUnderTheRootsAreSticks(t *testing.T) {
	const mounts = `/dev/sda1 / ext4 rw 0 0
/dev/sdb1 /media/kiosk/KINGSTON\040USB vfat rw 0 0
/dev/sdc1 /mnt exfat rw 0 0
10.0.0.2:/share /mnt/share nfs rw 0 0
//server/x /media/x cifs rw 0 0
/dev/sdd1 /mediate/y vfat rw 0 0
tmpfs /run/media/z tmpfs rw 0 0
/dev/sde1
/dev/sdf1 /run/media/u/U\134P vfat rw 0 0
`
	want := []string{"/media/kiosk/KINGSTON USB", "/mnt", `/run/media/u/U\P`}
	if got := mountedUnder([]byte(mounts), stickRoots); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// plug makes a stick with those files in the folder that stands for what is mounted.
func plug(t *testing.T, sticks, name string, files ...string) string {
	t.Helper()
	stick := filepath.Join(sticks, name)
	if err := os.MkdirAll(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		path := filepath.Join(stick, f)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return stick
}

func TestWhereEditionsLieOnAStick(t *testing.T) {
	sticks := t.TempDir()
	medium := plug(t, sticks, "a", "metadata/timestamp.json", "公开/metadata/timestamp.json", "x.kpack", "y.txt", "a/b/c.kpack", "照片/1.jpg")
	if err := errors.Join(
		syscall.Mkfifo(filepath.Join(medium, "pipe.kpack"), 0o600),
		os.Symlink("/dev/zero", filepath.Join(medium, "link.kpack")),
		os.Mkdir(filepath.Join(medium, "folder.kpack"), 0o700),
	); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range placesOn(medium) {
		rel, err := filepath.Rel(medium, p.path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rel)
	}
	if want := []string{".", "x.kpack", "公开"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, empty := range []string{plug(t, sticks, "b"), plug(t, sticks, "c", "y.txt")} {
		if got := placesOn(empty); len(got) != 1 || got[0].path != "" {
			t.Errorf("on a stick without an edition is %+v", got)
		}
	}
	for i := range 2 * mostEntries {
		plug(t, sticks, "d", strings.Repeat("z", i%50+1)+string(rune('一'+i)))
	}
	if got := placesOn(filepath.Join(sticks, "d")); len(got) != 1 {
		t.Errorf("a full stick has %d places", len(got))
	}
	if got := placesOn(filepath.Join(sticks, "gone")); got != nil {
		t.Errorf("a stick that is gone has %+v", got)
	}
}

// TestTheWatchTellsWhatIsPluggedAndPulled: each once.
func TestTheWatchTellsWhatIsPluggedAndPulled(t *testing.T) {
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	p, err := openPoint(data, "")
	if err != nil {
		t.Fatal(err)
	}
	defer closeBook(p.book)
	p.sticks = t.TempDir()
	var told []kiosk.Stick
	s := newSticks(p, func(m kiosk.Msg) { told = append(told, m.(kiosk.Stick)) })
	look := func() { s.look(context.Background()); s.look(context.Background()) }
	look()
	if len(told) > 0 {
		t.Fatalf("without a stick: %+v", told)
	}
	stick := plug(t, p.sticks, "KINGSTON", "照片.jpg")
	look()
	if len(told) != 1 || told[0].Name != "KINGSTON" || told[0].Trouble.Code != health.NoData.Code {
		t.Fatalf("a stick with pictures: %+v", told)
	}
	plug(t, p.sticks, "KINGSTON", "metadata/timestamp.json")
	look()
	if len(told) != 2 || told[1].Trouble.Words == "" || told[1].Trouble.Remedy == "" || told[1].Number != 0 {
		t.Fatalf("a stick with nonsense: %+v", told)
	}
	plug(t, p.sticks, "b", "x.kpack")
	look()
	if err := errors.Join(os.RemoveAll(stick), os.RemoveAll(filepath.Join(p.sticks, "b"))); err != nil {
		t.Fatal(err)
	}
	look()
	if last := told[len(told)-1]; last != (kiosk.Stick{}) || len(told) > 5 {
		t.Errorf("pulled out: %+v", told)
	}
}

func TestAStickThatIsPulledIsNoNetworkTrouble(t *testing.T) {
	dir := t.TempDir()
	there := place{path: dir, file: dir}
	gone := place{path: dir, file: filepath.Join(dir, "x")} // its mountpoint stays behind, empty
	if got := stickTrouble(fs.ErrNotExist, gone); got != health.Pulled {
		t.Errorf("gone: %+v", got)
	}
	if got := stickTrouble(fs.ErrNotExist, there); got != health.Incomplete {
		t.Errorf("half copied: %+v", got)
	}
	if got := stickTrouble(errors.New("input/output error"), there); got != health.Incomplete {
		t.Errorf("broken: %+v", got)
	}
}

// TestTheForgedFileIsNamed: staff tell the office which it was.
func TestTheForgedFileIsNamed(t *testing.T) {
	o, impostor := published(t, hasEdition+1, "420581", "宜都市", "一"), published(t, hasEdition+1, "420581", "宜都市", "一")
	d := enrolledWith(t, o)
	_, told := d.insert(t, impostor)
	if told.Trouble.Code != health.Forged.Code || told.Trouble.Words != "U盘里的timestamp.json和县里的签字对不上，没有采用。" {
		t.Errorf("%+v", told)
	}
	if c := stickTrouble(fmt.Errorf("trust: finance: %w", trust.ErrSignature), place{file: d.data}); c.Words != "U盘里的finance和县里的签字对不上，没有采用。" {
		t.Errorf("%+v", c)
	}
	if c := stickTrouble(trust.ErrSignature, place{file: d.data}); c != health.Forged {
		t.Errorf("%+v", c)
	}
}

// TestOursAmongAThousandPhotographs: the folder is found by its name, wherever the system lists it.
func TestOursAmongAThousandPhotographs(t *testing.T) {
	sticks := t.TempDir()
	medium := plug(t, sticks, "KINGSTON", stick.Folder+"/metadata/timestamp.json")
	for i := range 4 * mostEntries {
		plug(t, medium, fmt.Sprint("相册", i))
	}
	if got := placesOn(medium); len(got) != 1 || got[0].path != filepath.Join(medium, stick.Folder) {
		t.Errorf("%+v", got)
	}
	if got := placesOn(plug(t, sticks, "alone", stick.Folder+"/metadata/timestamp.json")); len(got) != 1 {
		t.Errorf("ours is there twice: %+v", got)
	}
	linked := plug(t, sticks, "linked")
	if err := os.Symlink(filepath.Join(medium, stick.Folder), filepath.Join(linked, stick.Folder)); err != nil {
		t.Fatal(err)
	}
	if got := placesOn(linked); len(got) != 1 || got[0].path != "" {
		t.Errorf("a link is taken: %+v", got)
	}
	if got := placesOn(plug(t, sticks, "capitals", "A.KPACK")); len(got) != 1 || !strings.HasSuffix(got[0].path, "A.KPACK") {
		t.Errorf("%+v", got)
	}
}

// holdsAll makes the kiosk's disk hold all that an office has published, as after an update; its book stays what it was.
func (d desk) holdsAll(t *testing.T, o *officetest.Office) {
	t.Helper()
	get := func(path string, _ int64) ([]byte, error) { return os.ReadFile(filepath.Join(o.Dir, path)) }
	v, err := trust.NewState(d.enrolment, nil, trust.Seen{}).Accept(get, o.Now, trust.Asked)
	if err != nil {
		t.Fatal(err)
	}
	g := edition.Generation{Number: v.Edition, AsOf: o.Now.Format(time.DateOnly), SyncedAt: o.Now, Catalogs: map[string]edition.Ref{}}
	for owner, c := range v.Catalogs {
		g.Catalogs[owner] = edition.Ref(c)
	}
	for _, dir := range []string{"t/*", "i/*", "s/*/*"} {
		found, err := filepath.Glob(filepath.Join(o.Dir, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			sum, _, _ := strings.Cut(filepath.Base(name), ".")
			b, err := os.ReadFile(name)
			if err == nil {
				err = d.store.Put(sum, int64(len(b)), bytes.NewReader(b))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	files, seen := v.State.Keep()
	memory, err := seen.Encode()
	if err == nil {
		err = d.store.Switch(g, files, memory)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// worked is what comes of a task.
func (d desk) worked(t *testing.T, task kiosk.Task) kiosk.Worked {
	t.Helper()
	d.do(kiosk.Run{Task: task})
	return answer[kiosk.Worked](t, d)
}

// TestAStickThatIsBehindIsBroughtUpToThisMachine: it came here with the edition before, and goes on to the next village with this one.
func TestAStickThatIsBehindIsBroughtUpToThisMachine(t *testing.T) {
	o := published(t, hasEdition-1, "420581", "宜都市", "一", "二")
	d := enrolledWith(t, o)
	folder, _ := d.insert(t, o)
	if c := d.worked(t, kiosk.TaskFill).Trouble; c.Code != health.NotOurs.Code {
		t.Errorf("a machine that has not kept what was signed: %+v", c)
	}
	o.Publish("一", "三", "四")
	d.holdsAll(t, o)
	if told := d.looks(); !told.Older || told.Trouble.Code != health.Outdated.Code {
		t.Fatalf("%+v", told)
	}
	d.do(kiosk.Run{Task: kiosk.TaskFill})
	if w := answer[kiosk.Working](t, d); w.Task != kiosk.TaskFill || w.Total == 0 {
		t.Errorf("%+v", w)
	}
	if got := answer[kiosk.Worked](t, d); got.Trouble.Words != "" || !strings.Contains(got.Words, fmt.Sprintf("U盘里现在是第%d期", hasEdition)) {
		t.Fatalf("%+v", got)
	}
	if told := d.looks(); told.Number != hasEdition || told.Older || told.Trouble.Words != "" {
		t.Errorf("%+v", told)
	}
	// What the next kiosk reads is all there.
	next := enrolledWith(t, o)
	if _, err := next.store.Back(); err == nil {
		t.Fatal("there is something to go back to")
	}
	filled, err := stick.Fill(t.Context(), stick.Filling{From: openedDir(t, folder), To: t.TempDir(), Card: o.Card(), Now: o.Now})
	if err != nil || filled.Edition != hasEdition {
		t.Errorf("%+v, %v", filled, err)
	}
	// Staff have gone back an edition: what lies on the disk is not what was signed last.
	o.Publish("五")
	memory, err := trust.Seen{Edition: hasEdition + 1}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	files, _, err := d.store.Trust()
	if err == nil {
		err = d.store.Confirm(o.Now, files, memory)
	}
	if err != nil {
		t.Fatal(err)
	}
	if told := d.looks(); told.Older {
		t.Errorf("gone back: %+v", told)
	}
}

func openedDir(t *testing.T, dir string) *depot.Directory {
	t.Helper()
	d, err := depot.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestWhyAStickCannotBeWritten: each reason in words of its own.
func TestWhyAStickCannotBeWritten(t *testing.T) {
	here := t.TempDir()
	there, gone := place{medium: here, file: here}, place{medium: here, file: filepath.Join(here, "gone")}
	broken := &stick.MediumError{Err: syscall.EIO}
	for want, err := range map[health.Condition]error{
		health.WontTake: broken, health.NoRoom: &stick.NoSpace{Need: 2, Free: 1}, health.Busy: stick.ErrBusy,
		health.Swapped: &stick.RollbackError{}, health.NotOurs: stick.ErrDamaged,
	} {
		if got := unfilled(fmt.Errorf("stick: fill: %w", err), there); got != conditionOf(want) {
			t.Errorf("%v: %+v", err, got)
		}
	}
	if got := unfilled(broken, gone); got.Code != health.Pulled.Code || !strings.Contains(got.Remedy, "接着写") {
		t.Errorf("%+v", got)
	}
}

// TestAMachineWithoutANetworkIsMendedFromAStick: the night's round has found a shard damaged; the office cannot be asked, a stick with the same
// edition can.
func TestAMachineWithoutANetworkIsMendedFromAStick(t *testing.T) {
	o := published(t, hasEdition, "420581", "宜都市", "一", "二")
	d := enrolledWith(t, o)
	d.line.set(false)
	d.holdsAll(t, o)
	folder, told := d.insert(t, o)
	if told.Number != hasEdition || d.lacks() {
		t.Fatalf("%+v, lacks %t", told, d.lacks())
	}
	shards, err := filepath.Glob(filepath.Join(d.data, "s", "*", "*"))
	if err != nil || len(shards) == 0 {
		t.Fatal(err)
	}
	for _, path := range shards {
		if err := os.WriteFile(path, []byte("worn"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.round(t.Context(), d.send)
	if found, _ := d.watchman.report(); found.Well() || !d.lacks() || !answerLacks(t, d) {
		t.Fatalf("%+v, lacks %t", found, d.lacks())
	}
	// A stick that has not all of it is said to be the one at fault, and what it has is kept.
	on, err := filepath.Glob(filepath.Join(folder, "s", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	away := filepath.Join(t.TempDir(), "away")
	if err := os.Rename(on[0], away); err != nil {
		t.Fatal(err)
	}
	if got := d.worked(t, kiosk.TaskMend); got.Trouble.Code != health.Incomplete.Code || !d.lacks() {
		t.Errorf("%+v", got)
	}
	if err := os.Rename(away, on[0]); err != nil {
		t.Fatal(err)
	}
	if got := d.worked(t, kiosk.TaskMend); got.Trouble.Words != "" || got.Words != "补好了，本机的数据又是完好的。" {
		t.Fatalf("%+v", got)
	}
	if found, _ := d.watchman.report(); !found.Well() || d.lacks() || slices.Contains(d.onDisk(), health.Worn) {
		t.Errorf("%+v", found)
	}
}

func answerLacks(t *testing.T, d desk) bool { t.Helper(); return answer[kiosk.State](t, d).Lacks }

func TestNamesOfSticks(t *testing.T) {
	for path, want := range map[string]string{
		"/media/u/县公开办": "县公开办", "/media/u/KINGSTON": "KINGSTON", "/s/a.kpack": "a", "/media/u/\x1b[31m": "U盘", "/media/u/\u202e": "U盘",
		"/media/u/" + strings.Repeat("长", 60): strings.Repeat("长", 24),
	} {
		if got := nameOf(path); got != want {
			t.Errorf("%q is called %q", path, got)
		}
	}
}

// hasEdition is the number of the edition that the kiosks of these tests have, as of 2026-11-20.
const hasEdition = 9

// enrolledWith is a desk of a kiosk that believes that office and has edition hasEdition.
func enrolledWith(t *testing.T, o *officetest.Office) desk {
	t.Helper()
	data := enrolledFolder(t, "http://127.0.0.1:1/")
	change(t, data, map[string]any{"root": json.RawMessage(o.Card().Root), "county_key": officetest.Key[:]})
	if err := os.Rename(filepath.Join(data, "gen", "1.db"), filepath.Join(data, "gen", strconv.Itoa(hasEdition)+".db")); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := trust.Seen{Edition: hasEdition}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Switch(edition.Generation{Number: hasEdition, AsOf: "2026-11-20", SyncedAt: time.Now()}, nil, seen); err != nil {
		t.Fatal(err)
	}
	return open(t, data, true)
}

// insert copies what an office has published onto a stick, and looks at it.
func (d desk) insert(t *testing.T, o *officetest.Office) (folder string, told kiosk.Stick) {
	t.Helper()
	medium := filepath.Join(d.sticks, "KINGSTON")
	folder = filepath.Join(medium, stick.Folder)
	if err := errors.Join(os.RemoveAll(medium), os.MkdirAll(medium, 0o755), os.CopyFS(folder, os.DirFS(o.Dir))); err != nil {
		t.Fatal(err)
	}
	return folder, d.looks()
}

// looks is what the watch tells of the sticks that are in.
func (d desk) looks() kiosk.Stick {
	places := d.stick.places()
	here, told := d.stick.best(context.Background(), places)
	d.stick.mu.Lock()
	defer d.stick.mu.Unlock()
	d.stick.here, d.stick.told = here, told
	return told
}

func (d desk) takes(t *testing.T) kiosk.Worked {
	t.Helper()
	d.do(kiosk.Run{Task: kiosk.TaskStick})
	return answer[kiosk.Worked](t, d)
}

// published is an office that publishes that edition today.
func published(t *testing.T, number int64, county, name string, rows ...string) *officetest.Office {
	t.Helper()
	o := officetest.New(t, county, name)
	o.Now, o.Next = time.Now(), number
	o.Publish(rows...)
	return o
}

func TestTheNeighboursStickNamesBothCounties(t *testing.T) {
	d := enrolledWith(t, published(t, hasEdition+1, "420581", "宜都市", "一"))
	_, told := d.insert(t, published(t, hasEdition+1, "420923", "云梦县", "一"))
	if told.Trouble.Code != health.OtherCounty.Code || told.Trouble.Words != "这个U盘是云梦县的，本机是宜都市的，没有采用。" {
		t.Errorf("%+v", told)
	}
	if got := d.takes(t); got.Trouble != told.Trouble {
		t.Errorf("taken all the same: %+v", got)
	}
	// A name that is no name is not shown.
	_, told = d.insert(t, published(t, hasEdition+1, "420923", "<b>县", "一"))
	if told.Trouble.Words != "这个U盘是代码为420923的县的，本机是宜都市的，没有采用。" {
		t.Errorf("%+v", told)
	}
}

func TestAnOlderStickNamesBothDates(t *testing.T) {
	o := published(t, hasEdition-4, "420581", "宜都市", "一")
	o.Now = time.Date(2026, 6, 30, 9, 0, 0, 0, time.UTC)
	o.Publish("一")
	d := enrolledWith(t, o)
	_, told := d.insert(t, o)
	want := "U盘里的数据截至2026年6月30日，本机的截至2026年11月20日，U盘里的旧，没有采用。"
	if told.Trouble.Code != health.Outdated.Code || told.Trouble.Words != want || told.Number != 0 || !told.Older {
		t.Errorf("%+v", told)
	}
	if got := d.takes(t); got.Trouble.Words != want {
		t.Errorf("taken all the same: %+v", got)
	}
}

// TestOldDataIsTakenOnlyWhenItsAgeWasSaid: the question is the page's; here, that no other answer counts for it.
func TestOldDataIsTakenOnlyWhenItsAgeWasSaid(t *testing.T) {
	o := officetest.New(t, "420581", "宜都市")
	o.Now, o.Next = time.Now().AddDate(-2, 0, 0), hasEdition+1
	o.Publish("一")
	d := enrolledWith(t, o)
	_, told := d.insert(t, o)
	if !told.Old || told.Number != hasEdition+1 || told.Trouble.Words != "" {
		t.Fatalf("%+v", told)
	}
	d.stick.told.Old = false // as if it had been fresh when staff saw it
	if got := d.takes(t); got.Trouble.Code != health.Swapped.Code {
		t.Errorf("taken unasked: %+v", got)
	}
	d.stick.told.Old = true
	// The toy's rows make no book, so it ends there: beyond the question.
	if got := d.takes(t); got.Trouble.Code == health.Swapped.Code {
		t.Errorf("asked for in vain: %+v", got)
	}
}

// TestSwappedUnderTheFinger: what staff saw is edition 10; by the time of the touch 11 lies there.
func TestSwappedUnderTheFinger(t *testing.T) {
	o := published(t, hasEdition+1, "420581", "宜都市", "一")
	d := enrolledWith(t, o)
	folder, told := d.insert(t, o)
	o.Publish("一", "二")
	if err := errors.Join(os.RemoveAll(folder), os.CopyFS(folder, os.DirFS(o.Dir))); err != nil {
		t.Fatal(err)
	}
	if got := d.takes(t); told.Number != hasEdition+1 || got.Trouble.Code != health.Swapped.Code {
		t.Errorf("%+v, then %+v", told, got)
	}
	if again := d.looks(); again.Number != hasEdition+2 {
		t.Errorf("%+v", again)
	}
}

// TestPulledOutInTheMiddle says how far the reading was; what was read is kept, and the next try reads only the rest.
func TestPulledOutInTheMiddle(t *testing.T) {
	rows := make([]string, 40)
	for i := range rows {
		rows[i] = strings.Repeat(string(rune('一'+i)), 200)
	}
	o := published(t, hasEdition+1, "420581", "宜都市", rows...)
	d := enrolledWith(t, o)
	folder, _ := d.insert(t, o)
	shards, err := filepath.Glob(filepath.Join(folder, "s", "*", "*"))
	if err != nil || len(shards) < len(rows) {
		t.Fatal(len(shards), err)
	}
	// Half of what it holds is gone, and so is what it is known by: the stick has been pulled out.
	away, gone := t.TempDir(), shards[:len(shards)/2]
	for i, path := range gone {
		if err := os.Rename(path, filepath.Join(away, strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	d.stick.here.file = filepath.Join(away, "gone")
	got := d.takes(t)
	if got.Trouble.Code != health.Pulled.Code || !strings.Contains(got.Trouble.Words, "U盘已经拔出，读了") || !strings.Contains(got.Trouble.Words, "%") || !strings.Contains(got.Trouble.Remedy, "接着读") {
		t.Fatalf("%+v", got)
	}
	read, err := filepath.Glob(filepath.Join(d.data, "s", "*", "*"))
	if err != nil || len(read) == 0 {
		t.Fatalf("nothing was kept: %v", err)
	}
	for i, path := range gone {
		if err := os.Rename(filepath.Join(away, strconv.Itoa(i)), path); err != nil {
			t.Fatal(err)
		}
	}
	d.looks()
	if got := d.takes(t); got.Trouble.Code == health.Pulled.Code {
		t.Errorf("put in again: %+v", got)
	}
	if d.book == nil || d.book.Err() != nil {
		t.Error("what served does not serve")
	}
}

// TestHostileSticks: each is refused in words of its own, at once, and what serves goes on.
func TestHostileSticks(t *testing.T) {
	o := published(t, hasEdition+1, "420581", "宜都市", "一", "二")
	impostor := published(t, hasEdition+1, "420581", "宜都市", "三")
	d := enrolledWith(t, o)
	first := func(folder, pattern string) string {
		t.Helper()
		all, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil || len(all) == 0 {
			t.Fatal(pattern, err)
		}
		return all[0]
	}
	pack := func(folder, name string, add func(*zip.Writer) error) error {
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		z := zip.NewWriter(f)
		return errors.Join(os.RemoveAll(filepath.Join(folder, "metadata")), add(z), z.Close(), f.Close())
	}
	replace := func(path string, make func(string) error) error { return errors.Join(os.Remove(path), make(path)) }
	for name, c := range map[string]struct {
		spoil func(folder string) error
		want  health.Condition
	}{
		"an impostor": {func(folder string) error {
			return errors.Join(os.RemoveAll(folder), os.CopyFS(folder, os.DirFS(impostor.Dir)))
		}, health.Forged},
		"a flipped timestamp": {func(folder string) error {
			path := filepath.Join(folder, "metadata", "timestamp.json")
			b, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path, bytes.Replace(b, []byte(`"x-seq": 10`), []byte(`"x-seq": 11`), 1), 0o644),
				os.WriteFile(path, bytes.Replace(b, []byte(`"x-seq":10`), []byte(`"x-seq":11`), 1), 0o644))
		}, health.Forged},
		"a page instead": {func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "metadata", "timestamp.json"), []byte("<html>"), 0o644)
		}, health.Incomplete},
		"a catalog is missing": {func(folder string) error { return os.Remove(first(folder, "t/*")) }, health.Incomplete},
		"a damaged catalog": {func(folder string) error {
			return os.WriteFile(first(folder, "t/*"), []byte("x"), 0o644)
		}, health.Incomplete},
		"a pipe as a catalog": {func(folder string) error {
			return replace(first(folder, "t/*"), func(path string) error { return syscall.Mkfifo(path, 0o644) })
		}, health.Incomplete},
		"a device as a catalog": {func(folder string) error {
			return replace(first(folder, "t/*"), func(path string) error { return syscall.Mknod(path, syscall.S_IFCHR|0o644, 1<<8|5) })
		}, health.Incomplete},
		"a link out of the stick": {func(folder string) error {
			return replace(first(folder, "t/*"), func(path string) error { return os.Symlink("/etc/passwd", path) })
		}, health.Incomplete},
		"a link to itself": {func(folder string) error {
			return replace(first(folder, "t/*"), func(path string) error { return os.Symlink(filepath.Base(path), path) })
		}, health.Incomplete},
		"20 GB that are nowhere": {func(folder string) error {
			return os.Truncate(filepath.Join(folder, "metadata", "timestamp.json"), 20<<30)
		}, health.Incomplete},
		"a photograph in a pack": {func(folder string) error {
			return pack(folder, "x.kpack", func(z *zip.Writer) error { _, err := z.Create("照片.jpg"); return err })
		}, health.NoData},
		"a path upwards in a pack": {func(folder string) error {
			return pack(folder, "x.kpack", func(z *zip.Writer) error { _, err := z.Create("../../etc/passwd"); return err })
		}, health.NoData},
		"a bomb in a pack": {func(folder string) error {
			return pack(folder, "x.kpack", func(z *zip.Writer) error {
				w, err := z.Create("metadata/timestamp.json") // deflated
				if err != nil {
					return err
				}
				_, err = w.Write(make([]byte, 64<<20))
				return err
			})
		}, health.NoData},
		"a part that its owner has not signed": {func(folder string) error {
			path := first(folder, "metadata/*.finance.json")
			b, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path, append(b, ' '), 0o644))
		}, health.Incomplete},
		"half a pack": {func(folder string) error {
			return errors.Join(os.RemoveAll(filepath.Join(folder, "metadata")), os.WriteFile(filepath.Join(folder, "x.kpack"), []byte("PK\x03\x04"), 0o644))
		}, health.Incomplete},
		"3,000 names": {func(folder string) error {
			err := os.RemoveAll(filepath.Join(folder, "metadata"))
			for i := range 3000 {
				err = errors.Join(err, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.kpack", i)), nil, 0o644))
			}
			return err
		}, health.Incomplete},
		"folders in folders": {func(folder string) error {
			return errors.Join(os.RemoveAll(folder), os.MkdirAll(filepath.Join(folder, strings.Repeat("a/", 1000)), 0o755))
		}, health.NoData},
	} {
		folder, told := d.insert(t, o)
		if told.Number != hasEdition+1 {
			t.Fatalf("before %s: %+v", name, told)
		}
		if err := c.spoil(folder); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.Contains(name, "pack") || name == "3,000 names" {
			// A pack lies at the top of a stick.
			medium := filepath.Dir(folder)
			if err := errors.Join(os.Rename(folder, medium+"-"), os.RemoveAll(medium), os.Rename(medium+"-", medium)); err != nil {
				t.Fatal(err)
			}
		}
		if told = d.looks(); told.Trouble.Code != c.want.Code || told.Number != 0 {
			t.Errorf("%s: %+v", name, told)
		}
	}
	if d.book == nil || d.book.Err() != nil {
		t.Error("what served does not serve")
	}
}

package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

var day0 = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// office is a county office with a depot in memory.
type office struct {
	t     *testing.T
	keys  *Keys
	depot fstest.MapFS
	next  int64
}

func newOffice(t *testing.T) *office {
	t.Helper()
	k, err := CreateKeys(filepath.Join(t.TempDir(), "keys"), "420581", day0)
	if err != nil {
		t.Fatal(err)
	}
	return &office{t: t, keys: k, depot: fstest.MapFS{}, next: 1}
}

// catalogs are made up: trust never looks inside.
func catalogs(edition int64) map[string]Target {
	m := map[string]Target{}
	for _, o := range Owners() {
		m[o] = Target{hash(fmt.Append(nil, o, edition)), 100 + edition}
	}
	return m
}

func (o *office) publish(now time.Time) {
	o.t.Helper()
	files, err := o.keys.Publish(o.depot, Release{Edition: o.next, Catalogs: catalogs(o.next), Now: now})
	if err != nil {
		o.t.Fatal(err)
	}
	o.next++
	o.write(files)
}

func (o *office) resign(now time.Time) {
	o.t.Helper()
	files, err := o.keys.Resign(o.depot, now)
	if err != nil {
		o.t.Fatal(err)
	}
	o.write(files)
}

func (o *office) write(files []File) {
	for _, f := range files {
		o.depot[f.Path] = &fstest.MapFile{Data: f.Data}
	}
}

func (o *office) copy() fstest.MapFS { return maps.Clone(o.depot) }

// kiosk is a kiosk enrolled now.
func (o *office) kiosk() State {
	o.t.Helper()
	root, err := o.keys.Root()
	if err != nil {
		o.t.Fatal(err)
	}
	return NewState(Enrolment{County: "420581", Root: root}, nil, Seen{})
}

func from(depot fs.FS) Source {
	return func(path string, _ int64) ([]byte, error) { return fs.ReadFile(depot, path) }
}

func (o *office) accept(s State, depot fs.FS, now time.Time) Verified {
	o.t.Helper()
	v, err := s.Accept(from(depot), now, Network)
	if err != nil {
		o.t.Fatal(err)
	}
	return v
}

func refused(t *testing.T, s State, depot fs.FS, now time.Time, why error) {
	t.Helper()
	v, err := s.Accept(from(depot), now, Network)
	if !errors.Is(err, why) {
		t.Errorf("accepted edition %d with error %v, not %q", v.Edition, err, why)
	}
	if v.Edition != 0 || v.Catalogs != nil || v.State.files != nil {
		t.Errorf("beside an error it says %+v", v)
	}
}

// edit changes what a role says, as whoever has the named keys could, and lists the new file wherever it must be listed.
func edit[T metadata.Roles](t *testing.T, o *office, name string, change func(*metadata.Metadata[T]), keys ...string) {
	t.Helper()
	m := &metadata.Metadata[T]{}
	if _, err := m.FromBytes(o.depot[name].Data); err != nil {
		t.Fatal(err)
	}
	change(m)
	m.ClearSignatures()
	b, err := sign(o.keys, m, keys)
	if err != nil {
		t.Fatal(err)
	}
	o.depot[name] = &fstest.MapFile{Data: b}
}

type targetsFile = metadata.Metadata[metadata.TargetsType]

// relistAs lists the version v of a role in the newest snapshot.
func relistAs(t *testing.T, o *office, role string, v int64) {
	t.Helper()
	stamp, err := metadata.Timestamp().FromBytes(o.depot["metadata/timestamp.json"].Data)
	if err != nil {
		t.Fatal(err)
	}
	n := stamp.Signed.Meta["snapshot.json"].Version
	snap := fmt.Sprintf("metadata/%d.snapshot.json", n)
	edit(t, o, snap, func(m *metadata.Metadata[metadata.SnapshotType]) {
		m.Signed.Version++
		m.Signed.Meta[role+".json"] = listing(o.depot[fmt.Sprintf("metadata/%d.%s.json", v, role)].Data, v)
	}, "snapshot")
	o.depot[fmt.Sprintf("metadata/%d.snapshot.json", n+1)] = o.depot[snap]
	edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) {
		m.Signed.Version++
		m.Signed.Meta["snapshot.json"] = listing(o.depot[snap].Data, n+1)
	}, "timestamp")
}

// relist makes snapshot and timestamp agree with the changed file of a role, as whoever has the online keys could.
func relist(t *testing.T, o *office, role string, n int) {
	t.Helper()
	snap := fmt.Sprintf("metadata/%d.snapshot.json", n)
	edit(t, o, snap, func(m *metadata.Metadata[metadata.SnapshotType]) {
		v := m.Signed.Meta[role+".json"].Version
		m.Signed.Meta[role+".json"] = listing(o.depot[fmt.Sprintf("metadata/%d.%s.json", v, role)].Data, v)
	}, "snapshot")
	edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) {
		m.Signed.Meta["snapshot.json"] = listing(o.depot[snap].Data, int64(n))
	}, "timestamp")
}

func TestAKioskFollowsItsOffice(t *testing.T) {
	o := newOffice(t)
	s := o.kiosk()
	o.publish(day0)
	v := o.accept(s, o.depot, day0)
	if v.Edition != 1 || v.Verdict != Apply || v.Unchanged || v.Stale || !maps.Equal(v.Catalogs, catalogs(1)) || !v.Issued.Equal(day0) {
		t.Fatalf("first: %+v", v)
	}
	if v = o.accept(v.State, o.depot, day0); !v.Unchanged || v.Verdict != Same || !maps.Equal(v.Catalogs, catalogs(1)) {
		t.Errorf("again: %+v", v)
	}
	o.resign(day0.Add(24 * time.Hour))
	if v = o.accept(v.State, o.depot, day0); v.Unchanged || v.Verdict != Same {
		t.Errorf("signed again: %+v", v)
	}
	o.publish(day0.Add(48 * time.Hour))
	if v = o.accept(v.State, o.depot, day0); v.Edition != 2 || v.Verdict != Apply || !maps.Equal(v.Catalogs, catalogs(2)) {
		t.Errorf("second: %+v", v)
	}
}

func TestUnchangedTakesOneRequest(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	v := o.accept(o.kiosk(), o.depot, day0)
	n := 0
	if _, err := v.State.Accept(func(p string, l int64) ([]byte, error) { n++; return from(o.depot)(p, l) }, day0, Network); err != nil || n != 1 {
		t.Errorf("%d requests, %v", n, err)
	}
}

// A kiosk asks only for what it has not: most owners signed nothing new. What was damaged in its keeping is asked for again.
func TestWhatIsKeptIsNotAskedForAgain(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	v := o.accept(o.kiosk(), o.depot, day0)
	next := catalogs(1)
	next[Finance] = Target{hash([]byte("new")), 5}
	files, err := o.keys.Publish(o.depot, Release{Edition: 2, Catalogs: next, Now: day0})
	if err != nil {
		t.Fatal(err)
	}
	o.write(files)
	asked := func(s State) string {
		var names []string
		v, err := s.Accept(func(p string, limit int64) ([]byte, error) {
			names = append(names, strings.TrimPrefix(p, "metadata/"))
			return from(o.depot)(p, limit)
		}, day0, Network)
		if err != nil || v.Edition != 2 || !maps.Equal(v.Catalogs, next) {
			t.Errorf("%+v, %v", v, err)
		}
		return strings.Join(names, " ")
	}
	if got := asked(v.State); got != "timestamp.json 2.root.json 2.snapshot.json 2.finance.json" {
		t.Errorf("asked for %s", got)
	}
	kept, seen := v.State.Keep()
	kept = maps.Clone(kept)
	kept[Policy] = bytes.Replace(kept[Policy], []byte("policy"), []byte("police"), 1)
	if got := asked(NewState(Enrolment{County: "420581", Root: o.kiosk().root}, kept, seen)); got != "timestamp.json 2.root.json 2.snapshot.json 2.finance.json 1.policy.json" {
		t.Errorf("with a damaged file asked for %s", got)
	}
}

func TestTheTimestampIsWrittenLast(t *testing.T) {
	o := newOffice(t)
	files, err := o.keys.Publish(o.depot, Release{Edition: 1, Catalogs: catalogs(1), Now: day0})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if (f.Path == "metadata/timestamp.json") != (i == len(files)-1) {
			t.Errorf("%s is file %d of %d", f.Path, i, len(files))
		}
		if len(f.Data) > 6<<10 {
			t.Errorf("%s is %d bytes", f.Path, len(f.Data))
		}
	}
}

func TestAnOwnerWhoSaysNothingNewSignsNothing(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	same := catalogs(1)
	same[Finance] = Target{hash([]byte("new")), 5}
	files, err := o.keys.Publish(o.depot, Release{Edition: 2, Catalogs: same, Now: day0})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimPrefix(f.Path, "metadata/"))
	}
	if got := strings.Join(names, " "); got != "2.finance.json 2.snapshot.json timestamp.json" {
		t.Errorf("signed %s", got)
	}
}

func TestEditionsOnlyGoForward(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	if _, err := o.keys.Publish(o.depot, Release{Edition: 1, Catalogs: catalogs(1), Now: day0}); err == nil {
		t.Error("edition 1 published twice")
	}
	few := catalogs(2)
	delete(few, Policy)
	if _, err := o.keys.Publish(o.depot, Release{Edition: 2, Catalogs: few, Now: day0}); err == nil {
		t.Error("published without a catalog of policy")
	}
}

func TestRollback(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	old := o.copy()
	o.publish(day0)
	s := o.accept(o.kiosk(), o.depot, day0).State
	refused(t, s, old, day0, ErrRollback)
}

func TestRollbackAfterTheFilesAreLost(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	old := o.copy()
	o.publish(day0)
	_, seen := o.accept(o.kiosk(), o.depot, day0).State.Keep()
	b, err := seen.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if seen, err = ParseSeen(b); err != nil {
		t.Fatal(err)
	}
	root, _ := o.keys.Root()
	e := Enrolment{County: "420581", Root: root}
	for name, files := range map[string]map[string][]byte{
		"none": nil, "empty": {"timestamp": {}, "root": {}}, "garbage": {"timestamp": []byte("{}"), "snapshot": []byte("x"), "root": []byte(`{"signed":{"_type":"root"}}`)},
	} {
		s := NewState(e, files, seen)
		refused(t, s, old, day0, ErrRollback)
		if v := o.accept(s, o.depot, day0); v.Verdict != Same {
			t.Errorf("%s: the newest is %v", name, v.Verdict)
		}
	}
}

// An edition that is signed anew with an old number is still old.
func TestRollbackOfTheEditionWithNewVersions(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	o.publish(day0)
	s := o.accept(o.kiosk(), o.depot, day0).State
	o.resign(day0)
	edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) { m.Signed.UnrecognizedFields["x-seq"] = 1 }, "timestamp")
	refused(t, s, o.depot, day0, ErrRollback)
}

// What is known of keys by now is kept also beside a rollback: the thief of the old key may be the one who brings it.
func TestANewRootIsKeptBesideARollback(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	o.publish(day0)
	s := o.accept(o.kiosk(), o.depot, day0).State
	if err := o.keys.Replace("snapshot", day0); err != nil {
		t.Fatal(err)
	}
	o.resign(day0)
	edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) { m.Signed.UnrecognizedFields["x-seq"] = 1 }, "timestamp")
	v, err := s.Accept(from(o.depot), day0, Network)
	if !errors.Is(err, ErrRollback) || !v.NewRoot || v.Roots.seen.Versions["root"] != 2 || v.Roots.seen.Edition != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}

// Whoever has the online keys may sign these.
func TestTimestampsThatCannotBeMeant(t *testing.T) {
	for name, change := range map[string]func(f map[string]any){
		"edition 0": func(f map[string]any) { f["x-seq"] = 0 }, "edition -1": func(f map[string]any) { f["x-seq"] = -1 },
		"an edition that has no next": func(f map[string]any) { f["x-seq"] = 1 << 54 },
		"no edition":                  func(f map[string]any) { delete(f, "x-seq") }, "a word": func(f map[string]any) { f["x-seq"] = "1" },
		"no hour": func(f map[string]any) { delete(f, "x-issued") }, "an hour that is none": func(f map[string]any) { f["x-issued"] = "yesterday" },
	} {
		o := newOffice(t)
		o.publish(day0)
		edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) { change(m.Signed.UnrecognizedFields) }, "timestamp")
		t.Log(name)
		refused(t, o.kiosk(), o.depot, day0, ErrMalformed)
	}
}

func TestPartsOfALengthThatCannotBeMeant(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) {
		m.Signed.Meta["snapshot.json"].Length = maxMetadata + 1
	}, "timestamp")
	refused(t, o.kiosk(), o.depot, day0, ErrMalformed)
	o = newOffice(t)
	o.publish(day0)
	edit(t, o, "metadata/1.finance.json", func(m *targetsFile) { m.Signed.Targets["finance/catalog"].Length = 0 }, "finance-handler", "finance-leader")
	relist(t, o, Finance, 1)
	refused(t, o.kiosk(), o.depot, day0, ErrMalformed)
}

func TestAnOwnerForWhomNobodySigns(t *testing.T) {
	for _, change := range []func(d **metadata.Delegations){
		func(d **metadata.Delegations) { *d = nil }, func(d **metadata.Delegations) { (*d).Roles = (*d).Roles[1:] },
	} {
		o := newOffice(t)
		o.publish(day0)
		edit(t, o, "metadata/1.targets.json", func(m *targetsFile) { change(&m.Signed.Delegations) }, "targets-1")
		relist(t, o, "targets", 1)
		if _, err := o.kiosk().Accept(from(o.depot), day0, Network); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "nobody signs for finance") {
			t.Error(err)
		}
	}
}

func TestRollbackOfOneOwner(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	o.publish(day0)
	s := o.accept(o.kiosk(), o.depot, day0).State
	o.resign(day0)
	edit(t, o, "metadata/3.snapshot.json", func(m *metadata.Metadata[metadata.SnapshotType]) {
		m.Signed.Meta["finance.json"] = listing(o.depot["metadata/1.finance.json"].Data, 1)
	}, "snapshot")
	edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) {
		m.Signed.Meta["snapshot.json"] = listing(o.depot["metadata/3.snapshot.json"].Data, 3)
	}, "timestamp")
	refused(t, s, o.depot, day0, ErrRollback)
}

func TestFreeze(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.kiosk()
	if v := o.accept(s, o.depot, day0.Add(onlineLife+Grace)); v.Verdict != ApplyStale || !v.Stale {
		t.Errorf("30 days after: %+v", v)
	}
	late := day0.Add(onlineLife + Grace + time.Second)
	refused(t, s, o.depot, late, ErrFreeze)
	if v, err := s.Accept(from(o.depot), late, Asked); err != nil || v.Verdict != ApplyStale {
		t.Errorf("staff asked: %v, %v", v.Verdict, err)
	}
	// What is already shown is never taken away by time.
	served := o.accept(s, o.depot, day0).State
	if v, err := served.Accept(from(o.depot), late, Network); err != nil || v.Verdict != Same || !v.Stale {
		t.Errorf("served: %+v, %v", v, err)
	}
}

func TestMixedEditions(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	old := o.copy()
	o.publish(day0)
	for _, role := range []string{"snapshot", "targets", "finance", "staffing", "policy"} {
		mixed := o.copy()
		mixed["metadata/2."+role+".json"] = old["metadata/1."+role+".json"]
		refused(t, o.kiosk(), mixed, day0, ErrMixed)
	}
}

func TestTwoTimestampsOfOneVersion(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.accept(o.kiosk(), o.depot, day0).State
	edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) { m.Signed.UnrecognizedFields["x-seq"] = 9 }, "timestamp")
	refused(t, s, o.depot, day0, ErrMixed)
}

func TestOneSignatureIsNotEnough(t *testing.T) {
	for owner, alone := range map[string]string{Finance: "finance-handler", Staffing: "staffing-leader", Policy: "policy-handler"} {
		o := newOffice(t)
		o.publish(day0)
		edit(t, o, "metadata/1."+owner+".json", func(m *metadata.Metadata[metadata.TargetsType]) { m.Signed.Targets[owner+"/catalog"].Length++ }, alone)
		relist(t, o, owner, 1)
		refused(t, o.kiosk(), o.depot, day0, ErrSignature)
	}
}

// The county office may say who signs for an owner, but not that one signature does.
func TestWrongThreshold(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	edit(t, o, "metadata/1.targets.json", func(m *metadata.Metadata[metadata.TargetsType]) { m.Signed.Delegations.Roles[0].Threshold = 1 }, "targets-1")
	relist(t, o, "targets", 1)
	refused(t, o.kiosk(), o.depot, day0, ErrSignature)
}

func TestOneOwnerCannotSignForAnother(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	edit(t, o, "metadata/1.policy.json", func(m *metadata.Metadata[metadata.TargetsType]) {}, "finance-handler", "finance-leader")
	relist(t, o, "policy", 1)
	refused(t, o.kiosk(), o.depot, day0, ErrSignature)
	o = newOffice(t)
	o.publish(day0)
	edit(t, o, "metadata/1.policy.json", func(m *metadata.Metadata[metadata.TargetsType]) {
		m.Signed.Targets["finance/catalog"] = m.Signed.Targets["policy/catalog"]
	}, "policy-handler", "policy-leader")
	relist(t, o, "policy", 1)
	refused(t, o.kiosk(), o.depot, day0, ErrMalformed)
}

func TestOneRootKeyIsNotEnough(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.kiosk()
	if err := o.keys.Replace("timestamp", day0); err != nil {
		t.Fatal(err)
	}
	o.resign(day0)
	if v := o.accept(s, o.depot, day0); v.Edition != 1 {
		t.Fatal("three signatures refused")
	}
	edit(t, o, "metadata/2.root.json", func(*metadata.Metadata[metadata.RootType]) {}, "root/county-office")
	refused(t, s, o.depot, day0, ErrSignature)
}

func TestRevokedKey(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.accept(o.kiosk(), o.depot, day0).State
	stolen := filepath.Join(t.TempDir(), "timestamp.key")
	b, err := os.ReadFile(filepath.Join(o.keys.dir, "timestamp.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stolen, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.keys.Replace("timestamp", day0); err != nil {
		t.Fatal(err)
	}
	o.publish(day0)
	v := o.accept(s, o.depot, day0)
	if v.Edition != 2 {
		t.Fatalf("after the new root: %+v", v)
	}
	thief := &Keys{dir: filepath.Dir(stolen)}
	m, err := metadata.Timestamp().FromBytes(o.depot["metadata/timestamp.json"].Data)
	if err != nil {
		t.Fatal(err)
	}
	m.Signed.Version = 99
	m.ClearSignatures()
	b, err = sign(thief, m, []string{"timestamp"})
	if err != nil {
		t.Fatal(err)
	}
	o.depot["metadata/timestamp.json"] = &fstest.MapFile{Data: b}
	refused(t, v.State, o.depot, day0, ErrSignature)
	// Nor may the new root be hidden again.
	delete(o.depot, "metadata/2.root.json")
	kept, seen := v.State.Keep()
	delete(kept, "root")
	refused(t, NewState(Enrolment{County: "420581", Root: s.root}, kept, seen), o.depot, day0, ErrRollback)
}

// A kiosk that was enrolled anew begins with the root that it was given then, where that is newer than the one it knew.
func TestANewerEnrolmentCounts(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	files, seen := o.accept(o.kiosk(), o.depot, day0).State.Keep()
	if err := o.keys.Replace("timestamp", day0); err != nil {
		t.Fatal(err)
	}
	o.resign(day0)
	delete(o.depot, "metadata/2.root.json")
	s := NewState(Enrolment{County: "420581", Root: o.kiosk().root}, files, seen)
	if v := o.accept(s, o.depot, day0); v.State.seen.Versions["root"] != 2 {
		t.Errorf("%+v", v)
	}
}

// A thief of the online key who signs the highest version cannot shut the office out for good.
func TestFastForward(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	honest := o.copy()
	edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) { m.Signed.Version = 1 << 50 }, "timestamp")
	s := o.accept(o.kiosk(), o.depot, day0).State
	o.depot = honest
	if err := o.keys.Replace("timestamp", day0); err != nil {
		t.Fatal(err)
	}
	o.publish(day0)
	if v := o.accept(s, o.depot, day0); v.Edition != 2 {
		t.Errorf("shut out: %+v", v)
	}
}

func TestEveryKeyCanBeReplaced(t *testing.T) {
	o := newOffice(t)
	first := o.kiosk()
	o.publish(day0)
	s := o.accept(first, o.depot, day0).State
	for _, names := range keyNames {
		for _, name := range names {
			if err := o.keys.Replace(name, day0); err != nil {
				t.Fatal(name, err)
			}
			o.publish(day0)
			v := o.accept(s, o.depot, day0)
			if v.Edition != o.next-1 {
				t.Errorf("after %s: edition %d", name, v.Edition)
			}
			s = v.State
		}
	}
	if v := o.accept(first, o.depot, day0); v.Edition != o.next-1 {
		t.Errorf("a kiosk that slept through all: %+v", v)
	}
	if err := o.keys.Replace("nobody", day0); err == nil {
		t.Error("replaced the key of nobody")
	}
}

// One byte changed in any file that a kiosk reads, and nothing is accepted.
func TestTamperedMetadata(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.kiosk()
	if err := o.keys.Replace("snapshot", day0); err != nil {
		t.Fatal(err)
	}
	o.publish(day0)
	for name, f := range o.depot {
		if name == "metadata/1.root.json" || strings.HasPrefix(name, "metadata/1.") {
			continue // the root comes with the enrolment; the first edition is no longer read
		}
		step := 97 // a hash covers the file
		if strings.HasSuffix(name, "root.json") || strings.HasSuffix(name, "timestamp.json") {
			step = 11
		}
		for i := 0; i < len(f.Data); i += step {
			bad := o.copy()
			b := bytes.Clone(f.Data)
			b[i] ^= []byte{0x01, 0x20}[i%2] // 0x20 makes a small letter of a hex digit a capital
			bad[name] = &fstest.MapFile{Data: b}
			if _, err := s.Accept(from(bad), day0, Network); err == nil {
				t.Fatalf("%s: byte %d (%.20q) changed: accepted", name, i, b[max(0, i-10):])
			}
		}
	}
}

func TestTamperedTimestamp(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	good := o.depot["metadata/timestamp.json"].Data
	for name, b := range map[string]string{
		"empty": "", "portal": "<html>请先登录</html>", "null": "null", "nulls": `{"signatures":null,"signed":{"_type":"timestamp","meta":null}}`, "space": string(good) + "\n",
		"twice": string(good) + string(good), "spelled otherwise": strings.Replace(string(good), `"version":1`, `"version":1e0`, 1), "another edition": strings.Replace(string(good), `"x-seq":1`, `"x-seq":2`, 1),
		"named twice": strings.Replace(string(good), `{"signatures"`, `{"signed":{},"signatures"`, 1),
	} {
		o.depot["metadata/timestamp.json"] = &fstest.MapFile{Data: []byte(b)}
		if _, err := o.kiosk().Accept(from(o.depot), day0, Network); !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNeighbouringCounty(t *testing.T) {
	o := newOffice(t)
	k, err := CreateKeys(filepath.Join(t.TempDir(), "keys"), "420923", day0)
	if err != nil {
		t.Fatal(err)
	}
	other := &office{t: t, keys: k, depot: fstest.MapFS{}, next: 1}
	other.publish(day0)
	refused(t, o.kiosk(), other.depot, day0, ErrForeign)
}

func TestCountyOfARoot(t *testing.T) {
	for county, good := range map[string]bool{"420581": true, "": false, "4205": false, "宜都市": false, "420581/..": false} {
		k, err := CreateKeys(filepath.Join(t.TempDir(), "keys"), county, day0)
		if err != nil {
			t.Fatal(err)
		}
		root, err := k.Root()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := County(root); (err == nil) != good || good && got != county || !good && !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %q, %v", county, got, err)
		}
	}
}

func TestABrokenSourceIsNoAttack(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	down := errors.New("connection reset")
	for name := range o.depot {
		_, err := o.kiosk().Accept(func(p string, l int64) ([]byte, error) {
			if p == name || (name == "metadata/1.root.json" && p == "metadata/2.root.json") {
				return nil, down
			}
			return from(o.depot)(p, l)
		}, day0, Network)
		if !errors.Is(err, down) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClock(t *testing.T) {
	built := day0.AddDate(0, -1, 0)
	s := State{seen: Seen{Issued: day0, Clock: day0.Add(time.Hour)}}
	for _, c := range []struct {
		wall  time.Time
		now   time.Time
		wrong bool
	}{
		{day0.Add(2 * time.Hour), day0.Add(2 * time.Hour), false},
		{time.Unix(0, 0), day0.Add(time.Hour), true},
		{day0.Add(30 * time.Minute), day0.Add(time.Hour), false},
		{day0.AddDate(9, 0, 0), day0.AddDate(9, 0, 0), false},
		{day0.AddDate(73, 0, 0), day0.Add(time.Hour), true},
	} {
		if now, wrong := s.Clock(c.wall, built); !now.Equal(c.now) || wrong != c.wrong {
			t.Errorf("wall %v: %v, %t", c.wall, now, wrong)
		}
	}
	saved := State{seen: Seen{Issued: day0, Clock: day0.AddDate(73, 0, 0)}}
	if now, wrong := saved.Clock(day0.Add(time.Hour), built); !now.Equal(day0.Add(time.Hour)) || wrong {
		t.Errorf("a clock that was once saved at 2099: %v, %t", now, wrong)
	}
	if now, wrong := (State{}).Clock(time.Unix(0, 0), built); !now.Equal(built) || !wrong {
		t.Errorf("before anything: %v, %t", now, wrong)
	}
}

// TestAClockThatWasAheadIsForgiven: somebody sets the year wrong, the kiosk looks at its office, and the year is put right.
func TestAClockThatWasAheadIsForgiven(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.accept(o.kiosk(), o.depot, day0).State
	ahead, _ := s.Clock(day0.AddDate(1, 0, 0), day0)
	s = o.accept(s, o.depot, ahead).State
	o.publish(day0.Add(24 * time.Hour))
	now, wrong := s.Clock(day0.Add(25*time.Hour), day0)
	if v := o.accept(s, o.depot, now); v.Verdict != Apply || v.Stale || wrong {
		t.Errorf("at %v (wrong: %t) the next edition is %+v", now, wrong, v)
	}
}

// TestAnOfficeWhoseClockWasAheadIsForgiven: its machine said 2028 for a day, and every kiosk believed it. Once it signs with the right hour, kiosks take what
// it signs without anybody's doing; and so they do where a thief of the online key had signed that hour.
func TestAnOfficeWhoseClockWasAheadIsForgiven(t *testing.T) {
	for name, mend := range map[string]func(o *office){
		"a wrong clock": func(*office) {},
		"a thief": func(o *office) {
			if err := o.keys.Replace("timestamp", day0); err != nil {
				t.Fatal(err)
			}
		},
	} {
		o := newOffice(t)
		o.publish(day0.AddDate(2, 0, 0))
		s := o.accept(o.kiosk(), o.depot, day0).State
		day := day0.Add(24 * time.Hour)
		now, wrong := s.Clock(day, day0)
		if !wrong || now.Equal(day) {
			t.Errorf("%s: the hour was not believed, which proves nothing", name)
		}
		s = o.accept(s, o.depot, now).State
		mend(o)
		o.publish(day)
		now, _ = s.Clock(day, day0)
		v := o.accept(s, o.depot, now.Add(time.Hour)) // in a program that has run for an hour
		if v.Verdict != Apply || v.Stale {
			t.Errorf("%s: %+v", name, v)
		}
		if now, wrong := v.State.Clock(day.Add(time.Hour), day0); wrong || !now.Equal(day.Add(time.Hour)) {
			t.Errorf("%s: the clock is still held to be %v", name, now)
		}
	}
}

// The whole table, so that a change of policy is a change of this test.
func TestJudge(t *testing.T) {
	exp := day0
	for _, c := range []struct {
		have, offered int64
		late          time.Duration
		by            Carrier
		want          Verdict
	}{
		{1, 2, 0, Network, Apply},
		{1, 2, 0, Asked, Apply},
		{1, 2, 0, Stick, Confirm},
		{1, 2, time.Second, Network, ApplyStale},
		{1, 2, Grace, Network, ApplyStale},
		{1, 2, Grace, Asked, ApplyStale},
		{1, 2, time.Second, Stick, ConfirmOld},
		{1, 2, Grace + 1, Network, TooOld},
		{1, 2, Grace + 1, Asked, ApplyStale},
		{1, 2, Grace + 1, Stick, ConfirmOld},
		{2, 2, Grace + 1, Network, Same},
		{2, 2, 0, Asked, Same},
		{2, 2, 0, Stick, Same},
		{2, 1, 0, Network, Older},
		{2, 1, 0, Asked, Older},
		{2, 1, 0, Stick, Older},
	} {
		if got := Judge(c.have, c.offered, exp, exp.Add(c.late), c.by); got != c.want {
			t.Errorf("have %d, offered %d, %v late, by %v: %v, not %v", c.have, c.offered, c.late, c.by, got, c.want)
		}
	}
}

func TestKeysOnDisk(t *testing.T) {
	o := newOffice(t)
	keys := 0
	err := filepath.WalkDir(o.keys.dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		i, err := d.Info()
		if strings.HasSuffix(p, ".key") {
			keys++
			if i.Mode().Perm() != 0o600 {
				t.Errorf("%s is %v", p, i.Mode())
			}
		}
		return err
	})
	if err != nil || keys != 10 {
		t.Errorf("%d keys, %v", keys, err)
	}
	if _, err := CreateKeys(o.keys.dir, "420581", day0); err == nil {
		t.Error("a second root made over the first")
	}
	if _, err := OpenKeys(t.TempDir()); err == nil {
		t.Error("opened an empty folder")
	}
}

func enrolment(t *testing.T) Enrolment {
	root, err := newOffice(t).keys.Root()
	if err != nil {
		t.Fatal(err)
	}
	return Enrolment{
		Format: 1, Kiosk: "YD-01", Name: "白水港村查询点", County: "420581", CountyName: "宜都市", Emblem: "宜", Place: "420581101203",
		Office: "http://127.0.0.1:8420/", Root: root, CountyKey: make([]byte, 32), PollMinutes: 10, Synthetic: true,
	}
}

func TestEnrolment(t *testing.T) {
	e := enrolment(t)
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseEnrolment(b)
	if err != nil || got.Name != e.Name || len(got.CountyKey) != 32 {
		t.Fatalf("%+v, %v", got, err)
	}
	if NewState(got, nil, Seen{}).county != "420581" {
		t.Error("state of no county")
	}
	for _, later := range []string{"pin", "primary"} { // an enrolment of an earlier program has neither
		if strings.Contains(string(b), `"`+later+`"`) {
			t.Errorf("an enrolment without %s names it", later)
		}
	}
	e.PIN, e.Primary = "$argon2id$v=19$m=16384,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "#0A5C4C"
	withBoth, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseEnrolment(withBoth); err != nil || got.PIN != e.PIN || got.Primary != e.Primary {
		t.Errorf("%+v, %v", got, err)
	}
	for name, change := range map[string]func(m map[string]any){
		"format": func(m map[string]any) { m["format"] = 2 }, "kiosk": func(m map[string]any) { m["kiosk"] = "../x" }, "name": func(m map[string]any) { m["name"] = "" },
		"county": func(m map[string]any) { m["county"] = "42" }, "place": func(m map[string]any) { m["place"] = "420923101203" }, "emblem": func(m map[string]any) { m["emblem"] = "宜都市" },
		"office": func(m map[string]any) { m["office"] = "file:///etc" }, "root": func(m map[string]any) { m["root"] = nil }, "county_key": func(m map[string]any) { m["county_key"] = "AAAA" },
		"poll_minutes": func(m map[string]any) { m["poll_minutes"] = 0 }, "panel": func(m map[string]any) { m["panel"] = map[string]any{"width_px": -1} }, "extra": func(m map[string]any) { m["extra"] = 1 },
		"pin": func(m map[string]any) { m["pin"] = "482913" },
	} {
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		change(m)
		bad, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseEnrolment(bad); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseEnrolment(append(b, b...)); err == nil {
		t.Error("two enrolments in one file")
	}
}

func FuzzTimestamp(f *testing.F) {
	k, err := CreateKeys(filepath.Join(f.TempDir(), "keys"), "420581", day0)
	if err != nil {
		f.Fatal(err)
	}
	files, err := k.Publish(fstest.MapFS{}, Release{Edition: 1, Catalogs: catalogs(1), Now: day0})
	if err != nil {
		f.Fatal(err)
	}
	depot := fstest.MapFS{}
	for _, file := range files {
		depot[file.Path] = &fstest.MapFile{Data: file.Data}
	}
	good := depot["metadata/timestamp.json"].Data
	root, err := k.Root()
	if err != nil {
		f.Fatal(err)
	}
	s := NewState(Enrolment{County: "420581", Root: root}, nil, Seen{})
	f.Add(good)
	f.Add([]byte(`{"signatures":[],"signed":{"_type":"timestamp","meta":{"snapshot.json":null}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := s.Accept(func(p string, l int64) ([]byte, error) {
			if p == "metadata/timestamp.json" {
				return b, nil
			}
			return from(depot)(p, l)
		}, day0, Network)
		if (err == nil) != bytes.Equal(b, good) {
			t.Fatalf("%q: %v", b, err)
		}
	})
}

func FuzzSeen(f *testing.F) {
	f.Add([]byte(`{"edition":3,"versions":{"root":1,"timestamp":7},"timestamp":"00","issued":"2026-11-20T09:00:00Z","clock":"2026-11-20T10:00:00Z"}`))
	f.Add([]byte(`{"versions":null,"issued":"9999-12-31T23:59:59Z"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		seen, err := ParseSeen(b)
		if err != nil {
			return
		}
		again, err := seen.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if same, err := ParseSeen(again); err != nil || same.Edition != seen.Edition || !same.Clock.Equal(seen.Clock) || !maps.Equal(same.Versions, seen.Versions) {
			t.Errorf("%q is kept as %q, %v", b, again, err)
		}
		if now, _ := NewState(Enrolment{}, nil, seen).Clock(day0, day0); now.Before(day0) {
			t.Errorf("%q turns the clock back to %v", b, now)
		}
	})
}

func FuzzCounty(f *testing.F) {
	k, err := CreateKeys(filepath.Join(f.TempDir(), "keys"), "420581", day0)
	if err != nil {
		f.Fatal(err)
	}
	root, err := k.Root()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(root)
	f.Add([]byte(`{"signatures":[],"signed":{"_type":"root","keys":{"a":null},"roles":{"root":null},"x-county":"420581"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if county, err := County(b); err == nil && !countyForm.MatchString(county) {
			t.Errorf("%q is of county %q", b, county)
		}
	})
}

func FuzzEnrolment(f *testing.F) {
	f.Add([]byte(`{"format":1,"root":{"signatures":[],"signed":{"_type":"root","keys":{"a":null},"roles":{"root":{"keyids":["a"],"threshold":1}}}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := ParseEnrolment(b); err == nil {
			if _, err := e.Encode(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// The office says how often kiosks look; what it said holds until it says something else, also when only the timestamp is signed again.
func TestPollMinutesAreSigned(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.kiosk()
	for i, step := range []struct{ set, want int }{{0, 0}, {60, 60}, {0, 60}, {1, 1}, {MaxPollMinutes, MaxPollMinutes}, {0, MaxPollMinutes}} {
		o.keys.PollMinutes = step.set
		o.resign(day0.Add(time.Duration(i) * time.Hour))
		v := o.accept(s, o.depot, day0)
		if v.PollMinutes != step.want {
			t.Errorf("step %d: every %d minutes, not %d", i, v.PollMinutes, step.want)
		}
		s = v.State
		if again := o.accept(s, o.depot, day0); !again.Unchanged || again.PollMinutes != step.want {
			t.Errorf("step %d, unchanged: every %d minutes", i, again.PollMinutes)
		}
	}
	for _, bad := range []int{-1, MaxPollMinutes + 1} {
		o.keys.PollMinutes = bad
		if _, err := o.keys.Resign(o.depot, day0); err == nil {
			t.Errorf("signed every %d minutes", bad)
		}
	}
}

// What no office means by minutes stops no edition.
func TestPollMinutesThatCannotBeMeant(t *testing.T) {
	for _, bad := range []any{0, -5, MaxPollMinutes + 1, 1 << 52, "10", nil, []int{10}} {
		o := newOffice(t)
		o.publish(day0)
		edit(t, o, "metadata/timestamp.json", func(m *metadata.Metadata[metadata.TimestampType]) {
			m.Signed.UnrecognizedFields["x-poll-minutes"] = bad
		}, "timestamp")
		if v := o.accept(o.kiosk(), o.depot, day0); v.PollMinutes != 0 || v.Edition != 1 {
			t.Errorf("%v: every %d minutes", bad, v.PollMinutes)
		}
	}
}

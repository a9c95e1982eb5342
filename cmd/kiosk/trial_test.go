package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/kiosk"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/health"
	"mingbai.local/sync/store"
)

// twoEditions is a data folder whose second edition is on trial; both have the same contents.
func twoEditions(t *testing.T) (data string, s *store.Store) {
	t.Helper()
	data = enrolledFolder(t, "http://127.0.0.1:1/")
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	one, err := os.ReadFile(s.Book(1))
	if err != nil {
		t.Fatal(err)
	}
	for number := int64(1); number <= 2; number++ {
		if err := os.WriteFile(s.Book(number), one, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Switch(edition.Generation{Number: number, AsOf: "2026-11-20", Digest: strings.Repeat("0", 64)}, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	return data, s
}

// aScreen makes the program believe that there is one.
func aScreen(t *testing.T) {
	t.Helper()
	t.Setenv("DISPLAY", "elsewhere:0")
}

// starts opens the folder as the window does, and returns the trial and which edition serves.
func starts(t *testing.T, data string) (*trial, *point) {
	t.Helper()
	p, err := newPoint(data, "")
	if err != nil {
		t.Fatal(err)
	}
	p.trial = newTrial(p.store)
	p.show()
	t.Cleanup(func() {
		if p.book != nil {
			closeBook(p.book)
		}
		if p.before != nil {
			closeBook(p.before)
		}
	})
	return p.trial, p
}

func TestTwoCrashesGoBack(t *testing.T) {
	aScreen(t)
	data, _ := twoEditions(t)
	for start, want := range []int64{2, 2, 1, 1} {
		watch, p := starts(t, data)
		if p.number != want {
			t.Fatalf("start %d serves edition %d, not %d", start+1, p.number, want)
		}
		if told := slices.Contains(codes(p.onDisk()), health.WentBack.Code); told != (want == 1) || (watch.left == 2) != (start == 2) {
			t.Errorf("start %d: staff are told %v, left %d", start+1, codes(p.onDisk()), watch.left)
		}
	}
}

func TestAnOrderlyEndIsNoCrash(t *testing.T) {
	aScreen(t)
	data, _ := twoEditions(t)
	for range 5 {
		watch, p := starts(t, data)
		if p.number != 2 {
			t.Fatalf("edition %d serves", p.number)
		}
		watch.end()
	}
}

// TestABookThatIsOpenedAgainIsNoCrash: while one program runs, its book is opened anew whenever an update was looked for, a disk was mended or staff
// asked. That is one beginning of the edition and not many, however its day ends.
func TestABookThatIsOpenedAgainIsNoCrash(t *testing.T) {
	aScreen(t)
	data, _ := twoEditions(t)
	_, p := starts(t, data)
	for range 5 {
		was := []*book.Book{p.book, p.before}
		if !p.reopen(func(kiosk.Msg) {}) || p.number != 2 {
			t.Fatalf("opened again, edition %d serves", p.number)
		}
		for _, b := range was {
			closeBook(b)
		}
	}
	// Its plug is not pulled: it crashes, once. One crash is forgiven.
	if watch, p := starts(t, data); p.number != 2 || watch.left != 0 {
		t.Errorf("the next start serves edition %d, and %d was left", p.number, watch.left)
	}
}

// TestAnUpdateWhileTheProgramEnds: what comes then is not served any more, and its end is no crash of it.
func TestAnUpdateWhileTheProgramEnds(t *testing.T) {
	aScreen(t)
	data, s := twoEditions(t)
	for number := int64(3); number < 6; number++ {
		_, p := starts(t, data)
		p.trial.end()
		b, err := os.ReadFile(s.Book(2))
		if err == nil {
			err = os.WriteFile(s.Book(number), b, 0o600)
		}
		if err == nil && number == 3 {
			err = s.Switch(edition.Generation{Number: number, AsOf: "2026-11-21", Digest: strings.Repeat("0", 64)}, nil, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		p.reopen(func(m kiosk.Msg) {
			for _, b := range []*book.Book{m.(kiosk.Opened).Book, m.(kiosk.Opened).Before} {
				if b != nil {
					t.Cleanup(func() { closeBook(b) })
				}
			}
		})
		p.book, p.before = nil, nil
	}
	if _, p := starts(t, data); p.number != 3 {
		t.Errorf("edition %d serves", p.number)
	}
}

// TestAnEditionSettles after ten minutes and twenty pages, and not before.
func TestAnEditionSettles(t *testing.T) {
	aScreen(t)
	data, _ := twoEditions(t)
	watch, _ := starts(t, data)
	now := time.Now()
	watch.now = func() time.Time { return now }
	settled := func() bool {
		again, err := store.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		found, err := again.Began(opens)
		if err != nil || again.Ended() != nil {
			t.Fatal(err)
		}
		return found.Trial == 0
	}
	for range store.GoodQueries - 1 {
		watch.painted(kiosk.PagePerson)
	}
	for range 30 {
		watch.painted(kiosk.PageHome) // nothing has been asked of the book there
		watch.painted(kiosk.PageStaffLog)
	}
	now = now.Add(store.GoodAfter)
	watch.look()
	if !watch.long || settled() {
		t.Error("with too few pages it is good already, or its time has not been counted")
	}
	watch.painted(kiosk.PageFund)
	watch.look()
	if !settled() {
		t.Error("after ten minutes and twenty pages it is not good")
	}
	for range 4 {
		if _, p := starts(t, data); p.number != 2 {
			t.Fatalf("crashes of a good edition bring back edition %d", p.number)
		}
	}
}

// TestAStartWithoutAScreenIsNoCrash: the program is started again and again until its X server is there.
func TestAStartWithoutAScreenIsNoCrash(t *testing.T) {
	data, _ := twoEditions(t)
	for _, display := range []string{"", ":4711", "unix:4711.0"} {
		t.Setenv("DISPLAY", display)
		for range 3 {
			if _, p := starts(t, data); p.number != 2 {
				t.Fatalf("with DISPLAY=%q edition %d serves", display, p.number)
			}
		}
	}
	l, err := net.Listen("unix", "@/tmp/.X11-unix/X4712")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("DISPLAY", ":4712.0")
	if !displayThere() {
		t.Error("a screen that is there is not seen")
	}
}

// TestABookThatShowsWhatWasWithdrawnDoesNotServe whichever way an older edition comes to serve.
func TestABookThatShowsWhatWasWithdrawnDoesNotServe(t *testing.T) {
	aScreen(t)
	data, s := twoEditions(t)
	const ref = "Z2" // a policy
	if err := os.WriteFile(filepath.Join(data, withdrawnFile), []byte(`{"edition":2,"refs":["`+ref+`"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	// The books of these tests are one and the same, so edition 2 is not what withdraws it.
	if err := os.WriteFile(s.Book(2), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, p := starts(t, data)
	if p.book != nil || !slices.Contains(codes(p.onDisk()), health.Broken.Code) {
		t.Errorf("edition %d serves, staff are told %v", p.number, codes(p.onDisk()))
	}
	if page := p.machine.View().Page; page != kiosk.PageEmpty {
		t.Errorf("page %s is on", page)
	}
	// Nothing of edition 1 has been withdrawn: it serves.
	if err := os.WriteFile(filepath.Join(data, withdrawnFile), []byte(`{"edition":2,"refs":["nobody"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, p := starts(t, data); p.number != 1 || p.book == nil {
		t.Errorf("edition %d serves", p.number)
	}
	for _, bad := range []string{"", "{", "null", `{"edition":"2"}`} {
		if err := os.WriteFile(filepath.Join(data, withdrawnFile), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if w := readWithdrawn(data); len(w.since(0)) != 0 {
			t.Errorf("%q withdraws %v", bad, w.Refs)
		}
	}
}

func TestWithdrawalsAreNoted(t *testing.T) {
	data, _ := twoEditions(t)
	p, err := newPoint(data, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Build(context.Background(), booktest.FS(booktest.County()...), p.store.Book(1)); err != nil {
		t.Fatal(err)
	}
	if err := p.noteWithdrawals(1); err != nil {
		t.Fatal(err)
	}
	w := readWithdrawn(data)
	if w.Edition != 1 || !slices.Contains(w.Refs, "inc-90") || len(w.since(1)) != 0 || !slices.Contains(w.since(0), "inc-90") {
		t.Errorf("noted %+v", w)
	}
	if err := os.WriteFile(filepath.Join(data, withdrawnFile), []byte(`{"edition":9,"refs":["x"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.noteWithdrawals(1); err != nil || readWithdrawn(data).Edition != 9 {
		t.Errorf("an older edition has replaced what a newer one withdraws: %v", err)
	}
}

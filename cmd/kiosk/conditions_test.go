package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai.local/app/kiosk"
	"mingbai.local/app/slip"
	"mingbai.local/cmd/internal/pin"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/health"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// anOffice is a county office that signs editions, serves them over HTTP and has enrolled a kiosk, whose data folder holds one edition.
type anOffice struct {
	*officetest.Office
	url string
}

func newOffice(t *testing.T) anOffice {
	t.Helper()
	o := officetest.New(t, "420581", "宜都市")
	server := httptest.NewServer(http.FileServer(http.Dir(o.Dir)))
	t.Cleanup(server.Close)
	return anOffice{o, server.URL + "/"}
}

// enrols makes a data folder believe in this office.
func (o anOffice) enrols(t *testing.T, data string) string {
	t.Helper()
	e, err := o.Enrolment(o.url)
	if err != nil {
		t.Fatal(err)
	}
	e.County, e.Place = "420581", "420581104212" // whatever the owners sign by mistake
	b, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	put(t, b, data, enrolled)
	return data
}

func put(t *testing.T, b []byte, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, b, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// says is what a command prints and how it ends.
func says(args ...string) (stdout, stderr string, code int) {
	var out, err bytes.Buffer
	code = run(args, &out, &err)
	return out.String(), err.String(), code
}

// reach is a way in which a kiosk comes into a condition: it returns the data folder, and the arguments of the update that leads there,
// if any.
type reach func(t *testing.T) (data string, pull []string)

// TestEveryConditionIsReached: each condition of the catalogue is brought about as it comes about in a village, and kiosk status, doctor and pull
// say its code, its words and what to do. Where only the running screen can know, the staff's page says so.
func TestEveryConditionIsReached(t *testing.T) {
	served := func(t *testing.T, data string) (string, []string) { return data, []string{"pull", "--data", data} }
	from := func(t *testing.T, dir string) (string, []string) {
		data := newOffice(t).enrols(t, dataFolder(t))
		return data, []string{"pull", "--data", data, "--from", dir}
	}
	answers := func(t *testing.T, status int, text string) (string, []string) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, text)
		}))
		t.Cleanup(server.Close)
		return from(t, server.URL+"/")
	}
	folder := func(change func(t *testing.T, data string)) reach {
		return func(t *testing.T) (string, []string) {
			data := enrolledFolder(t, "http://127.0.0.1:1/")
			change(t, data)
			return data, nil
		}
	}
	reached := map[health.Condition]reach{
		health.Full: func(t *testing.T) (string, []string) {
			o := newOffice(t)
			o.Publish("王建国 812.00")
			data := t.TempDir()
			if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=8m"); err != nil {
				t.Fatalf("this test fills a disk and must be root for that: %v", err)
			}
			t.Cleanup(func() { syscall.Unmount(data, 0) }) //nolint:errcheck // the folder cannot be removed then, which is said
			return served(t, o.enrols(t, data))
		},
		health.Damaged: func(t *testing.T) (string, []string) {
			data, s := twoEditions(t)
			put(t, []byte("half a book"), s.Book(2))
			return data, nil
		},
		health.Failed: func(t *testing.T) (string, []string) {
			o := newOffice(t)
			err := o.Print(func(owner string, w *edition.Writer) error {
				// What a dataset must have is missing in its rows.
				half := edition.Table{Dataset: "contact", Columns: []edition.Column{{Name: "ref"}}, Rows: [][]edition.Value{{{Text: "1"}}}}
				if owner != trust.Finance {
					half.Dataset = "place"
				}
				return w.Add(half.Batch(0, ""))
			})
			if err != nil {
				t.Fatal(err)
			}
			return served(t, o.enrols(t, dataFolder(t)))
		},
		health.Empty: func(t *testing.T) (string, []string) { return newOffice(t).enrols(t, t.TempDir()), nil },
		health.Broken: folder(func(t *testing.T, data string) {
			put(t, []byte("half a book"), data, "gen", "1.db")
		}),
		health.BadSettings: folder(func(t *testing.T, data string) { put(t, []byte("{"), data, settingsFile) }),
		health.PINFile: folder(func(t *testing.T, data string) {
			hash, err := pin.Hash("482913")
			if err != nil {
				t.Fatal(err)
			}
			change(t, data, map[string]any{"pin": hash})
			put(t, []byte("{"), data, pinFile)
		}),
		health.WentBack: func(t *testing.T) (string, []string) {
			data, _ := twoEditions(t)
			for range 3 {
				s, err := store.Open(data)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := s.Began(opens); err != nil {
					t.Fatal(err)
				}
			}
			return data, nil
		},
		health.Unreachable: func(t *testing.T) (string, []string) { return from(t, "http://127.0.0.1:1/") },
		health.NoEdition: func(t *testing.T) (string, []string) {
			return served(t, newOffice(t).enrols(t, dataFolder(t)))
		},
		health.Portal: func(t *testing.T) (string, []string) { return answers(t, http.StatusOK, "<html>请先登录</html>") },
		health.Tampered: func(t *testing.T) (string, []string) {
			o := newOffice(t)
			o.Publish("王建国 812.00")
			other := newOffice(t) // has keys of its own
			return served(t, anOffice{other.Office, o.url}.enrols(t, dataFolder(t)))
		},
		health.Rollback: func(t *testing.T) (string, []string) {
			o := newOffice(t)
			o.Publish("王建国 812.00")
			old := filepath.Join(t.TempDir(), "old")
			if err := os.CopyFS(old, os.DirFS(o.Dir)); err != nil {
				t.Fatal(err)
			}
			o.Next = 7
			o.Publish("王建国 912.00")
			data := o.enrols(t, dataFolder(t))
			o.believed(t, data)
			return data, []string{"pull", "--data", data, "--from", old}
		},
		health.Foreign: func(t *testing.T) (string, []string) {
			o := newOffice(t)
			o.County = "420923" // by mistake its owners have signed the data of their neighbours
			o.Publish("王建国 812.00")
			return served(t, o.enrols(t, dataFolder(t)))
		},
		health.Stale: func(t *testing.T) (string, []string) {
			o := newOffice(t)
			o.Now = time.Now().AddDate(0, 0, -40)
			o.Publish("王建国 812.00")
			return served(t, o.enrols(t, dataFolder(t)))
		},
		health.Expired: func(t *testing.T) (string, []string) {
			o := newOffice(t)
			o.Now = time.Now().AddDate(0, 0, -100)
			o.Publish("王建国 812.00")
			data := o.enrols(t, dataFolder(t))
			looks(t, data) // by itself: staff who ask are given it
			return data, nil
		},
		health.Offline: folder(func(t *testing.T, data string) {
			if err := writeSettings(data, kiosk.Settings{Offline: true}); err != nil {
				t.Fatal(err)
			}
		}),
		health.NoEnrolment: func(t *testing.T) (string, []string) { return dataFolder(t), nil },
		health.Newer: func(t *testing.T) (string, []string) {
			o := newOffice(t)
			o.Publish("王建国 812.00")
			o.publishNewer(t)
			return served(t, o.enrols(t, dataFolder(t)))
		},
		health.Busy: func(t *testing.T) (string, []string) {
			o := newOffice(t)
			data := o.enrols(t, dataFolder(t))
			s, err := store.Open(data)
			if err != nil {
				t.Fatal(err)
			}
			unlock, err := s.Lock()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { unlock() }) //nolint:errcheck // the folder goes away with it
			return served(t, data)
		},
		health.Colour: folder(func(t *testing.T, data string) { change(t, data, map[string]any{"primary": "#FFFF00"}) }),
		health.BadPIN: folder(func(t *testing.T, data string) {
			change(t, data, map[string]any{"pin": "$argon2id$v=19$m=999999,t=99,p=9$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
		}),
		health.Clock: folder(func(t *testing.T, data string) {
			put(t, []byte(formatClock(time.Now().AddDate(0, 0, 3))), data, clockFile)
		}),
	}
	// What only a running screen can come into, and the test that brings it there.
	onScreen := map[health.Condition]string{
		health.NotKept: "TestSettingsAreKeptAndOfflineIsAtOnce", health.NoBack: "TestThereIsNothingToGoBackTo", health.NoLog: "TestALogThatCannotBeWrittenIsTold",
		health.Worn: "TestStaffHearOfARound", health.NoPractice: "TestPracticeIsOpened", health.ForcedOff: "TestStartedOfflineStaysOffline",
		health.NoPrinter: "TestAPrinterThatIsNotThereIsTold", health.NotPrinted: "TestNothingIsLeftToAQueueThatDoesNotPrint",
		health.Undrawable: "TestARareCharacterDoesNotReachTheQueue",
		health.NotHanded:  "TestAStolenKioskCannotOpenTheNextEdition", health.OtherCounty: "TestTheNeighboursStickNamesBothCounties",
		health.Outdated: "TestAnOlderStickNamesBothDates", health.Forged: "TestHostileSticks", health.Swapped: "TestSwappedUnderTheFinger",
		health.WontTake: "TestWhyAStickCannotBeWritten", health.NoRoom: "TestWhyAStickCannotBeWritten", health.NotOurs: "TestWhyAStickCannotBeWritten",
		health.BadSeal: "TestASealThatIsBroken",
		health.NoStick: "TestThereIsNothingToGoBackTo", health.NoData: "TestTheWatchTellsWhatIsPluggedAndPulled", health.Pulled: "TestAStickIsPulledBeforeItIsRead", health.Incomplete: "TestAStickThatIsPulledIsNoNetworkTrouble",
	}
	tests := testsOf(t, ".", "internal/printer")
	for _, c := range health.All() {
		if name := onScreen[c]; name != "" && !strings.Contains(tests, "func "+name+"(") {
			t.Errorf("%s: there is no %s", c.Code, name)
		}
		if (reached[c] == nil) == (onScreen[c] == "") {
			t.Errorf("%s must be reached in one of the two ways", c.Code)
		}
	}
	for c, how := range reached {
		t.Run(c.Code, func(t *testing.T) {
			data, pull := how(t)
			told := func(where, text string) {
				t.Helper()
				words := strings.TrimSuffix(c.Words, "。") // of a full disk it is said how much is missing
				if !strings.Contains(text, c.Code+" "+words) || !strings.Contains(text, c.Remedy) {
					t.Errorf("%s does not say %s %s%s but\n%s", where, c.Code, c.Words, c.Remedy, text)
				}
			}
			if pull != nil {
				_, stderr, code := says(pull...)
				if c != health.Stale {
					told("kiosk pull", stderr)
				}
				if code != 1 || strings.Count(stderr, "\n") != 1 && !strings.Contains(stderr, "level=") {
					t.Errorf("kiosk pull ends with %d and says\n%s", code, stderr)
				}
			}
			stdout, stderr, code := says("status", "--data", data)
			if code != 0 {
				t.Errorf("kiosk status ends with %d: %s", code, stderr)
			}
			told("kiosk status", stdout)
			stdout, _, code = says("status", "--data", data, "--json")
			var st status
			if err := json.Unmarshal([]byte(stdout), &st); err != nil || code != 0 {
				t.Fatalf("kiosk status --json ends with %d: %v", code, err)
			}
			if !slices.ContainsFunc(st.Conditions, func(d condition) bool { return d.Code == c.Code && d.Remedy == c.Remedy }) {
				t.Errorf("kiosk status --json says %v", st.Conditions)
			}
			stdout, stderr, code = says("doctor", "--data", data)
			told("kiosk doctor", stdout)
			if low := strings.Contains(stdout, "不好  磁盘只剩"); low != (c == health.Full) {
				t.Errorf("kiosk doctor says that the disk is nearly full (%t)", low)
			}
			if code != 1 && c != health.Offline { // which staff want; the folder of this test has other troubles
				t.Errorf("kiosk doctor ends with %d: %s%s", code, stdout, stderr)
			}
			if p, err := openPoint(data, ""); err != nil {
				t.Error(err)
			} else if p.book != nil {
				if page := p.machine.View().Page; page != kiosk.PageIdle { // whatever is the matter, what there is to show is shown
					t.Errorf("page %s is on", page)
				}
				p.letGo()
			}
		})
	}
}

// testsOf is the source of the tests in these folders.
func testsOf(t *testing.T, folders ...string) (source string) {
	t.Helper()
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			source += string(b)
		}
	}
	return source
}

// believed makes a data folder believe what the office has published, though no book was made of it.
func (o anOffice) believed(t *testing.T, data string) {
	t.Helper()
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := readEnrolment(data, "")
	if err != nil {
		t.Fatal(err)
	}
	v, err := trust.NewState(e, nil, trust.Seen{}).Accept(func(path string, _ int64) ([]byte, error) {
		return os.ReadFile(filepath.Join(o.Dir, path))
	}, o.Now, trust.Asked)
	if err != nil {
		t.Fatal(err)
	}
	files, seen := v.State.Keep()
	memory, err := seen.Encode()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(s.Book(1))
	if err != nil {
		t.Fatal(err)
	}
	put(t, b, s.Book(v.Edition))
	g := edition.Generation{Number: v.Edition, AsOf: "2026-11-20", Digest: strings.Repeat("0", 64)}
	if err := s.Switch(g, files, memory); err != nil {
		t.Fatal(err)
	}
}

// publishNewer signs catalogs of a format that is not known yet.
func (o anOffice) publishNewer(t *testing.T) {
	t.Helper()
	o.publishAs(t, func(catalog []byte) ([]byte, edition.Ref, error) {
		return officetest.Reformatted(catalog, edition.Format+1)
	})
}

// publishAs signs its last edition once more, with catalogs that are written otherwise.
func (o anOffice) publishAs(t *testing.T, write func(catalog []byte) ([]byte, edition.Ref, error)) {
	t.Helper()
	e, _, err := readEnrolment(o.enrols(t, t.TempDir()), "")
	if err != nil {
		t.Fatal(err)
	}
	v, err := trust.NewState(e, nil, trust.Seen{}).Accept(func(path string, _ int64) ([]byte, error) {
		return os.ReadFile(filepath.Join(o.Dir, path))
	}, o.Now, trust.Asked)
	if err != nil {
		t.Fatal(err)
	}
	refs := map[string]trust.Target{}
	for owner, target := range v.Catalogs {
		b, err := os.ReadFile(filepath.Join(o.Dir, edition.CatalogPath(target.SHA256)))
		var ref edition.Ref
		if err == nil {
			b, ref, err = write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
		refs[owner] = trust.Target(ref)
		put(t, b, o.Dir, edition.CatalogPath(ref.SHA256))
	}
	files, err := o.Keys.Publish(os.DirFS(o.Dir), trust.Release{Edition: o.Next, Catalogs: refs, Now: o.Now})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		put(t, f.Data, o.Dir, f.Path)
	}
}

// TestOnlyWhatWasSignedIsNewer: that a program is too old is believed of an edition that the office has signed, and of nothing else.
func TestOnlyWhatWasSignedIsNewer(t *testing.T) {
	for name, c := range map[string]struct {
		publish func(t *testing.T, o anOffice)
		told    health.Condition
	}{
		"signed": {func(t *testing.T, o anOffice) { o.publishNewer(t) }, health.Newer},
		"signed by others": {func(t *testing.T, o anOffice) {
			stranger := newOffice(t)
			stranger.Next = 8
			stranger.Publish("王建国 9999.00")
			stranger.publishNewer(t)
			if err := errors.Join(os.RemoveAll(o.Dir), os.CopyFS(o.Dir, os.DirFS(stranger.Dir))); err != nil {
				t.Fatal(err)
			}
		}, health.Tampered},
		"put in the place of what was signed": {func(t *testing.T, o anOffice) {
			o.publishAs(t, func(catalog []byte) ([]byte, edition.Ref, error) {
				signed, ref, err := officetest.Reformatted(catalog, edition.Format+1)
				if err != nil {
					return nil, ref, err
				}
				forged, _, err := officetest.Reformatted(catalog, edition.Format+2)
				if len(forged) != len(signed) {
					return nil, ref, fmt.Errorf("forged are %d bytes, signed %d", len(forged), len(signed))
				}
				return forged, ref, err
			})
		}, health.Tampered},
		"signed, and no list at all": {func(t *testing.T, o anOffice) {
			o.publishAs(t, func([]byte) ([]byte, edition.Ref, error) {
				b := []byte(`{"format":3,"owner"`)
				return b, edition.Ref{SHA256: fmt.Sprintf("%x", sha256.Sum256(b)), Length: int64(len(b))}, nil
			})
		}, health.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.Publish("王建国 812.00")
			data := o.enrols(t, dataFolder(t))
			c.publish(t, o)
			_, stderr, code := says("pull", "--data", data)
			if code != 1 || !strings.Contains(stderr, c.told.Code+" ") {
				t.Errorf("kiosk pull ends with %d and says\n%s\nnot %s", code, stderr, c.told.Code)
			}
		})
	}
}

// looks lets a kiosk look at its office by itself once.
func looks(t *testing.T, data string) {
	t.Helper()
	p, err := openPoint(data, "")
	if err != nil {
		t.Fatal(err)
	}
	p.looks(t)
	p.letGo()
}

func (p *point) looks(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	looked := make(chan struct{}, 16)
	p.line.set(true)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.courier(ctx, func(m kiosk.Msg) {
			if _, ok := m.(kiosk.State); ok {
				looked <- struct{}{}
			}
		})
	}()
	<-looked
	stop()
	<-ended
}

func TestALogThatCannotBeWrittenIsTold(t *testing.T) {
	d := open(t, enrolledFolder(t, "http://127.0.0.1:1/"), true)
	put(t, nil, d.data, logFolder)
	if err := d.journal.write(time.Now(), "试一试"); err == nil {
		t.Fatal("a log was written into a file that is none")
	}
	if got := codes(d.onDisk()); !slices.Contains(got, health.NoLog.Code) {
		t.Errorf("staff are told %v", got)
	}
}

func TestAPrinterThatIsNotThereIsTold(t *testing.T) {
	d := open(t, enrolledFolder(t, "http://127.0.0.1:1/"), true)
	t.Setenv("PATH", t.TempDir())
	d.do(kiosk.Print{Slip: slip.Slip{Title: "试页"}})
	if got := answer[kiosk.Worked](t, d); got.Trouble.Code != health.NoPrinter.Code {
		t.Errorf("%+v", got)
	}
}

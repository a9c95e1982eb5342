package pull_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/trust"
)

// The office replaces a stolen key; the kiosk sees the new root, and cannot get the edition that came with it. Then the thief hides the new root
// and serves what he signs himself. The kiosk remembers.
func TestAReplacedKeyIsRememberedWithoutItsEdition(t *testing.T) {
	o := newOffice(t)
	o.Publish("a", "b")
	k := o.kiosk(o.directory())
	k.mustPull()
	synced := k.synced()
	thief := t.TempDir()
	if err := os.CopyFS(thief, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	if err := o.Keys.Replace("timestamp", o.Now); err != nil {
		t.Fatal(err)
	}
	o.Now = o.Now.AddDate(0, 0, 1)
	o.Publish("a", "b", "c")
	if err := os.Remove(filepath.Join(o.Dir, "metadata", "2.finance.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := pull.Run(t.Context(), k.job); pull.FaultOf(err) != pull.Tampered {
		t.Fatal(err)
	}
	if k.synced() != synced {
		t.Error("an edition that was not there confirmed the one that serves")
	}
	o.Dir = thief
	k.job.Depot = o.directory()
	if _, err := pull.Run(t.Context(), k.job); pull.FaultOf(err) != pull.Tampered && pull.FaultOf(err) != pull.Rollback {
		t.Errorf("the thief's depot: %v", err)
	}
	_, memory, err := k.store.Trust()
	if err != nil {
		t.Fatal(err)
	}
	seen, err := trust.ParseSeen(memory)
	if err != nil || seen.Versions["root"] != 2 || seen.Edition != 1 {
		t.Errorf("%+v, %v", seen, err)
	}
}

func (k *kiosk) synced() string {
	k.t.Helper()
	g, ok, err := k.store.Current()
	if err != nil || !ok {
		k.t.Fatal(ok, err)
	}
	return g.SyncedAt.String()
}

// An object store says 403 for what it does not have, some caches say 410. Neither hides an edition; any other answer might hide a new root.
func TestAMissingRootIsAnsweredIn403(t *testing.T) {
	for code, follows := range map[int]bool{403: true, 404: true, 410: true, 401: false, 429: false, 500: false, 503: false} {
		o := newOffice(t)
		o.Publish("a")
		files := http.FileServer(http.Dir(o.Dir))
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".root.json") {
				if _, err := os.Stat(filepath.Join(o.Dir, filepath.FromSlash(r.URL.Path))); err != nil {
					w.WriteHeader(code)
					return
				}
			}
			files.ServeHTTP(w, r)
		}))
		d, err := depot.HTTP(s.URL+"/", depot.Stall)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.kiosk(d).pull(); (err == nil) != follows {
			t.Errorf("%d: %v", code, err)
		}
		// A second root is found behind the same answers.
		if err := o.Keys.Replace("timestamp", o.Now); err != nil {
			t.Fatal(err)
		}
		o.Publish("a", "b")
		if r, err := o.kiosk(d).pull(); follows && (err != nil || r.Edition != 2) {
			t.Errorf("%d, after a new root: %+v, %v", code, r, err)
		}
		d.Close()
		s.Close()
	}
}

package pull_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mingbai.local/sync/edition"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/trust"
)

// look is a kiosk's look at an office's files as they would lie on a stick.
func (k *kiosk) look() (pull.Offer, error) {
	j := k.job
	j.Carrier = trust.Stick
	return pull.Look(context.Background(), j)
}

// listing is every file of a data folder with its size.
func listing(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		b, _ := os.ReadFile(path) // empty for a folder
		out = append(out, path+string(b))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestALookSaysWhatIsOfferedAndChangesNothing(t *testing.T) {
	o := newOffice(t)
	o.Publish("one")
	k := o.kiosk(o.directory())
	before := listing(t, k.dir)
	if offer, err := k.look(); err != nil || offer != (pull.Offer{Edition: 1, AsOf: "2026-11-20", Verdict: trust.Confirm}) {
		t.Errorf("%+v, %v", offer, err)
	}
	if after := listing(t, k.dir); !slices.Equal(before, after) {
		t.Errorf("the look left something: %d files, %d before", len(after), len(before))
	}
	k.mustPull()
	if offer, err := k.look(); err != nil || offer.Verdict != trust.Same || offer.Edition != 1 {
		t.Errorf("%+v, %v", offer, err)
	}
	o.Publish("one", "two")
	if offer, err := k.look(); err != nil || offer.Verdict != trust.Confirm || offer.Edition != 2 {
		t.Errorf("%+v, %v", offer, err)
	}
	o.Now = officetest.Day0.AddDate(1, 0, 0)
	if offer, err := k.look(); err != nil || offer.Verdict != trust.ConfirmOld {
		t.Errorf("%+v, %v", offer, err)
	}
}

func TestALookTellsWhatCannotBeTaken(t *testing.T) {
	o := newOffice(t)
	o.Publish("one")
	old := t.TempDir()
	if err := os.CopyFS(old, os.DirFS(o.Dir)); err != nil {
		t.Fatal(err)
	}
	o.Publish("one", "two")
	k := o.kiosk(o.directory())
	k.mustPull()
	was := o.Dir
	o.Dir = old
	k.job.Depot = o.directory()
	if _, err := k.look(); pull.FaultOf(err) != pull.Rollback {
		t.Errorf("an older edition: %v", err)
	}
	o.Dir = was

	o.Head = func(h *edition.Head) { h.County = "420923" }
	o.Publish("one")
	k.job.Depot = o.directory()
	if _, err := k.look(); pull.FaultOf(err) != pull.Foreign {
		t.Errorf("another county: %v", err)
	}

	o.Dir = t.TempDir()
	k.job.Depot = o.directory()
	if _, err := k.look(); pull.FaultOf(err) != pull.NoEdition {
		t.Errorf("nothing there: %v", err)
	}

	for _, damage := range []func(path string) error{
		os.Remove,
		func(path string) error { return os.Truncate(path, 3) },
		func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("x", 40)), 0o600) },
	} {
		o := newOffice(t)
		o.Publish("one")
		all, err := filepath.Glob(filepath.Join(o.Dir, "t", "*"))
		if err != nil || len(all) == 0 {
			t.Fatal(all, err)
		}
		if err := damage(all[0]); err != nil {
			t.Fatal(err)
		}
		if _, err := o.kiosk(o.directory()).look(); pull.FaultOf(err) != pull.Tampered {
			t.Errorf("a damaged catalog: %v", err)
		}
	}
}

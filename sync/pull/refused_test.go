package pull_test

import (
	"os"
	"strings"
	"testing"

	"mingbai.local/sync/store"
)

// An edition that crashes the program is not taken again, even where the one before must be mended, and the next one is.
func TestAnEditionThatCrashedIsNotTakenAgain(t *testing.T) {
	o := newOffice(t)
	o.Publish("王建国 812.00")
	k := o.kiosk(o.directory())
	k.mustPull()
	good := k.shows()
	o.Publish("王建国 912.00")
	k.mustPull()
	for range 3 { // starts of the program, of which two crash
		s, err := store.Open(k.dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Began(opens); err != nil {
			t.Fatal(err)
		}
	}
	if k.shows() != good {
		t.Fatalf("shows %s", k.shows())
	}
	if r := k.mustPull(); r.Changed || r.Edition != 1 || k.shows() != good {
		t.Errorf("%+v, shows %s", r, k.shows())
	}
	if err := os.WriteFile(k.store.Book(1), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := k.mustPull(); r.Changed || r.Edition != 1 || k.shows() != good {
		t.Errorf("mended: %+v, shows %s", r, k.shows())
	}
	o.Publish("王建国 922.00")
	if r := k.mustPull(); !r.Changed || r.Edition != 3 || !strings.Contains(k.shows(), "922.00") {
		t.Errorf("the next one: %+v, shows %s", r, k.shows())
	}
}

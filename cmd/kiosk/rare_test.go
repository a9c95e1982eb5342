package main

import (
	"testing"

	"mingbai.local/assets/font"
	"mingbai.local/sync/health"
)

// TestAKioskDrawsWhatItsEditionBrings: once a query point has opened what it holds, a character that the fonts lack is drawn.
func TestAKioskDrawsWhatItsEditionBrings(t *testing.T) {
	font.Carry(nil)
	defer font.Carry(nil)
	if font.Draws('𠮷') {
		t.Fatal("𠮷 is drawn without an edition")
	}
	if _, err := openPoint(dataFolder(t), ""); err != nil {
		t.Fatal(err)
	}
	if !font.Draws('𠮷') || font.Width("𠮷", false) != 1 {
		t.Error("the edition's outline of 𠮷 is not drawn")
	}
}

// TestANewerEditionIsCalledSo: an edition with a dataset that this program does not know, as one with outlines is to programs from before
// there were any, is left where it is, and staff are told that the program is too old.
func TestANewerEditionIsCalledSo(t *testing.T) {
	o := published(t, hasEdition+1, "420581", "宜都市", "一")
	d := enrolledWith(t, o)
	d.insert(t, o)
	if got := d.takes(t).Trouble; got.Code != health.Newer.Code {
		t.Errorf("staff are told %+v", got)
	}
}

package disclosure_test

import (
	"reflect"
	"regexp"
	"testing"

	"mingbai.local/app/disclosure"
)

func TestKeyStaysTheSameOverEditions(t *testing.T) {
	d := disclosure.Disbursement{
		Fund: "F2025-01", Kind: "nongye_gengdi", Year: 2025, Period: "全年", Batch: 1, Place: "420581104201",
		Group: "3组", Name: "欧阳文林", Type: "户",
	}
	// The reference stands in letters and withdrawals: this text may never change.
	if got, want := d.Key(), "D420581104201Hlsjufeclaipmhofa"; got != want {
		t.Errorf("Key() = %s, want %s", got, want)
	}
	if !regexp.MustCompile(`^D420581104201H[a-z2-7]{16}$`).MatchString(d.Key()) {
		t.Errorf("Key() = %s is not D, the place, H and 16 characters of base32", d.Key())
	}
	if place, ok := disclosure.KeyPlace(d.Key()); !ok || place != d.Place {
		t.Errorf("the place of %s is %s", d.Key(), place)
	}
	for _, ref := range []string{"", "D", "DH", "Dlsjufeclaipmhofa", "DHlsjufeclaipmhofa", "P420581104201Hlsjufeclaipmhofa", "给的编号"} {
		if place, ok := disclosure.KeyPlace(ref); ok {
			t.Errorf("%q names the place %q", ref, place)
		}
	}
	corrected := d
	corrected.Amount, corrected.Quantity, corrected.Standard, corrected.Remark, corrected.PaidOn = 1, 2, 3, "更正", "2025-06-01"
	corrected.Ref, corrected.Source, corrected.SourceRow, corrected.PublishedOn = "x", "y", 4, "2025-06-09"
	if corrected.Key() != d.Key() {
		t.Error("a corrected amount is another payment")
	}
}

func TestKeyTellsPaymentsApart(t *testing.T) {
	base := disclosure.Disbursement{Fund: "f", Kind: "k", Year: 1, Period: "p", Batch: 1, Place: "1", Group: "g", Name: "n", Type: "t", NamesakeNo: 1}
	seen := map[string]string{base.Key(): "the first"}
	for _, field := range []string{"Fund", "Kind", "Year", "Period", "Batch", "Place", "Group", "Name", "Type", "NamesakeNo"} {
		d := base
		f := reflect.ValueOf(&d).Elem().FieldByName(field)
		if f.CanInt() {
			f.SetInt(2)
		} else {
			f.SetString(f.String() + "2")
		}
		if other, ok := seen[d.Key()]; ok {
			t.Errorf("another %s has the key of %s", field, other)
		}
		seen[d.Key()] = field
	}
	shifted := base
	shifted.Group, shifted.Name = "", "gn"
	if shifted.Key() == base.Key() {
		t.Error("text moved between columns keeps the key")
	}
}

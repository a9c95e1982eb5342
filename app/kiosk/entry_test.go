package kiosk

import (
	"testing"

	"mingbai.local/app/search"
)

// TestThePadCountsNobodyAboveAVillage: keys and characters lead on to complete names of the county and of a town, whatever is asked
// beside, and say of nobody how many there are before a name is complete.
func TestThePadCountsNobodyAboveAVillage(t *testing.T) {
	m := started(t)
	offered := 0
	for _, q := range []search.Query{{}, {Town: zhicheng}, {Village: zhicheng}, {Kind: "dibao", Group: "1组", Year: 2026}} {
		for _, text := range []string{"", "z", "zs", "张", "张s", "㇕㇐", "⑨", "张三"} {
			q.In, q.Pad, q.Near, q.Limit, q.Text = search.InPeople, true, mostNear, 20, text
			a, scope := Lookup(m.shown, q)
			if scope != ScopeNames || a.Payments != 0 || a.Sum != 0 || len(a.Near) > 0 || len(a.Hits) > 0 && text != "张三" {
				t.Errorf("%+v answers %+v", q, a)
			}
			for _, k := range a.Next {
				offered++
				if k.Found != 0 {
					t.Errorf("%+v says that %d go on with %c", q, k.Found, k.Char)
				}
			}
			for _, c := range append(a.Choices, a.Alike...) {
				offered++
				if c.Found != 0 {
					t.Errorf("%+v says that %d are called %c", q, c.Found, c.Char)
				}
			}
			// Who gets social aid alone leads on to no more than he is found.
			for _, k := range a.Next {
				if k.Char == '刘' {
					t.Errorf("%+v leads on to who gets aid alone", q)
				}
			}
		}
	}
	if offered < 50 {
		t.Errorf("only %d characters are offered", offered)
	}
}

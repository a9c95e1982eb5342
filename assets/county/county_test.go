package county_test

import (
	"testing"

	"mingbai.local/assets/county"
)

func TestDivisionsFormATree(t *testing.T) {
	for code, want := range map[string]struct {
		name            string
		towns, villages int
	}{"420581": {"宜都市", 11, 155}, "420923": {"云梦县", 13, 195}} {
		name, ok := county.Name(code)
		if !ok || name != want.name {
			t.Errorf("Name(%s) = %q, %v", code, name, ok)
		}
		seen := map[string]bool{}
		towns, villages := 0, 0
		for _, d := range county.Divisions(code) {
			if d.Level != "county" && !seen[d.Parent] {
				t.Errorf("%s %s stands before its parent %s", d.Code, d.Name, d.Parent)
			}
			seen[d.Code] = true
			switch d.Level {
			case "town":
				towns++
			case "village":
				villages++
			}
		}
		if towns != want.towns || villages != want.villages {
			t.Errorf("%s has %d townships and %d villages, want %d and %d", name, towns, villages, want.towns, want.villages)
		}
	}
	if _, ok := county.Name("4205"); ok {
		t.Error("a city's code passed for a county's")
	}
}

func TestChangesNameOldAndNewVillages(t *testing.T) {
	now, then := map[string]string{}, map[string]string{}
	for _, d := range county.Divisions("420581") {
		now[d.Code] = d.Name
	}
	for _, d := range county.Divisions2019("420581") {
		then[d.Code] = d.Name
	}
	for _, c := range county.Changes("420581") {
		if c.Old != "" && then[c.Old] != c.OldName {
			t.Errorf("%v: in 2019 it was %q", c, then[c.Old])
		}
		if c.New != "" && now[c.New] != c.NewName {
			t.Errorf("%v: in 2023 it is %q", c, now[c.New])
		}
	}
	if len(county.Changes("420923")) != 0 {
		t.Error("changes of Yunmeng are not known")
	}
}

func TestTablesAreWhole(t *testing.T) {
	if n := len(county.SubsidyKinds()); n != 50 {
		t.Errorf("%d kinds, want 50", n)
	}
	for _, list := range [][]county.Subject{county.Functional(), county.Economic()} {
		known := map[string]bool{"": true}
		for _, s := range list {
			known[s.Code] = true
		}
		for _, s := range list {
			if !known[s.Parent] {
				t.Errorf("%s %s: parent %s is missing", s.Code, s.Name, s.Parent)
			}
		}
	}
	if len(county.Surnames()) != 300 || len(county.GivenChars(true)) != 800 {
		t.Error("a table of names is cut short")
	}
}

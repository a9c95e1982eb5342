package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A run that broke off goes on with what is missing, as long as the programs are the same; what is named is tried again; and when all has been tried all is
// tried anew.
func TestARunGoesOn(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer
	b := &bench{program: filepath.Join(dir, "kiosk"), press: filepath.Join(dir, "office"), log: &log}
	builds := func(program string) {
		t.Helper()
		if err := os.WriteFile(program, []byte(time.Now().String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	builds(b.program)
	builds(b.press)
	all := []trial{{name: "power cut"}, {name: "full disk"}, {name: "killed"}}
	opened := func(only string) (k *kept, todo string) {
		t.Helper()
		k, err := openKept(filepath.Join(dir, "out", "long.json"))
		if err != nil {
			t.Fatal(err)
		}
		chosen, err := k.open(b, all, only)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range chosen {
			todo += one.name + ";"
		}
		return k, todo
	}
	tries := func(k *kept, name string, well bool) {
		t.Helper()
		r := row{fault: name, tried: 7, note: "so"}
		if !well {
			r.lost = 1
		}
		if err := k.add(r, time.Minute, well); err != nil {
			t.Fatal(err)
		}
	}
	k, todo := opened("")
	if todo != "power cut;full disk;killed;" {
		t.Errorf("at first: %s", todo)
	}
	tries(k, "power cut", true)
	tries(k, "full disk", false)
	if k, todo = opened(""); todo != "full disk;killed;" || len(k.rows(all)) != 2 || !strings.Contains(log.String(), "1 of 3") {
		t.Errorf("broken off: %s, %v, %s", todo, k.rows(all), log.String())
	}
	if k, todo = opened("power"); todo != "power cut;" || len(k.rows(all)) != 2 {
		t.Errorf("named: %s", todo)
	}
	if _, err := k.open(b, all, "flood"); err == nil {
		t.Error("a name that is none is nothing to try, and nobody says so")
	}
	tries(k, "full disk", true)
	tries(k, "killed", true)
	rows := k.rows(all)
	if len(rows) != 3 || rows[1].fault != "full disk" || rows[1].lost != 0 || rows[1].tried != 7 || rows[1].note != "so" {
		t.Errorf("table %+v", rows)
	}
	if k, todo = opened(""); todo != "power cut;full disk;killed;" {
		t.Errorf("all tried: %s", todo)
	}
	tries(k, "power cut", true)
	if k, todo = opened(""); todo != "full disk;killed;" {
		t.Errorf("anew, broken off: %s", todo)
	}
	for _, program := range []string{b.program, b.press} {
		for _, one := range all {
			tries(k, one.name, true)
		}
		builds(program)
		if k, todo = opened(""); todo != "power cut;full disk;killed;" || len(k.rows(all)) != 0 {
			t.Errorf("another %s: %s, %v", filepath.Base(program), todo, k.rows(all))
		}
	}
}

// How far a run is, and how long it will take by what is known, is said every ten seconds.
func TestHowFarARunIs(t *testing.T) {
	k := &kept{Trials: map[string]tried{"a": {Took: time.Minute}, "b": {Took: time.Hour}}}
	for _, c := range []struct {
		nth, n, of int
		says       string
	}{
		{0, 25, 100, "1 of 3, a: 25 of 100, 2 lost, 1 wrong; 1m0s left, of all about 1h3m30s"},
		{0, 25, 0, "1 of 3, a: 25, 2 lost, 1 wrong; about 1h2m30s for the others"},
		{2, 25, 100, "3 of 3, c: 25 of 100, 2 lost, 1 wrong; 1m0s left, of all 1m0s"},
	} {
		var log bytes.Buffer
		p := k.begin(&log, []trial{{name: "a"}, {name: "b"}, {name: "c"}}, c.nth)
		p.tell(&row{lost: 2, wrong: 1}, c.n, c.of)
		if log.Len() > 0 {
			t.Errorf("at once it says %s", log.String())
		}
		p.began, p.said = p.began.Add(-20*time.Second), p.said.Add(-20*time.Second)
		p.tell(&row{lost: 2, wrong: 1}, c.n, c.of)
		p.tell(&row{lost: 2, wrong: 1}, c.n, c.of)
		if got := strings.TrimSpace(log.String()); got != c.says {
			t.Errorf("it says %q, not %q", got, c.says)
		}
	}
	k.Trials["c"] = tried{Took: time.Second}
	if p := k.begin(nil, []trial{{name: "a"}, {name: "b"}, {name: "c"}}, 0); p.after != time.Hour+time.Second || p.unsure {
		t.Errorf("after it come %v (unsure %t)", p.after, p.unsure)
	}
}

// What a mutant leaves out must be noticed by somebody: each has a trial.
func TestEveryMutantHasATrial(t *testing.T) {
	names := []string{}
	for _, one := range trials(long) {
		if slices.Contains(names, one.name) {
			t.Errorf("%s twice: what came of one would be taken for the other", one.name)
		}
		names = append(names, one.name)
	}
	for _, m := range mutants {
		if !slices.Contains(names, "left out: "+m.step) || len(m.by) == 0 {
			t.Errorf("%s: no trial", m.step)
		}
	}
}

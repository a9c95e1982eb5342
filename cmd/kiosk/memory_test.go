package main

import (
	"math"
	"runtime/debug"
	"testing"
)

// TestTheEnvironmentDecidesHowMuchMemory: what an operator sets counts; else a kiosk stays small, and what makes its books smaller still.
func TestTheEnvironmentDecidesHowMuchMemory(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	defer debug.SetGCPercent(percent)
	defer debug.SetMemoryLimit(limit)
	for _, c := range []struct {
		gogc, gomemlimit string
		set              func()
		percent          int
		limited          bool
	}{
		{"", "", collectOften, garbage, false},
		{"80", "", collectOften, 100, false},
		{"", "", collectMore, 40, true},
		{"80", "1GiB", collectMore, 100, false},
		{"80", "", collectMore, 100, true},
		{"", "1GiB", collectMore, 40, false},
	} {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(math.MaxInt64)
		t.Setenv("GOGC", c.gogc)
		t.Setenv("GOMEMLIMIT", c.gomemlimit)
		c.set()
		if is, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1); is != c.percent || (limit < math.MaxInt64) != c.limited {
			t.Errorf("GOGC=%q GOMEMLIMIT=%q: %d%%, at most %d bytes", c.gogc, c.gomemlimit, is, limit)
		}
	}
}

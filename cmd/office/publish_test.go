package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// How often kiosks look is said once, signed, and stays until it is said anew, also where nothing else has changed.
func TestPublishSaysHowOftenKiosksLook(t *testing.T) {
	dir := published(t)
	signed := func() float64 {
		b, err := os.ReadFile(filepath.Join(dir, publicDir, "metadata", "timestamp.json"))
		if err != nil {
			t.Fatal(err)
		}
		var m struct {
			Signed map[string]any `json:"signed"`
		}
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		n, _ := m.Signed["x-poll-minutes"].(float64)
		return n
	}
	publish := []string{"publish", "--data", dir, "--as-of", "2026-11-20"}
	for _, c := range []struct {
		add  []string
		want float64
	}{{nil, 0}, {[]string{"--poll-minutes", "60"}, 60}, {nil, 60}, {[]string{"--poll-minutes", "5"}, 5}} {
		must(t, append(publish, c.add...)...)
		if got := signed(); got != c.want {
			t.Errorf("publish %v: every %v minutes are signed, not %v", c.add, got, c.want)
		}
	}
	for _, bad := range []string{"0", "-1", "1441", "ten", "1.5"} {
		if _, said, code := office(t, append(publish, "--poll-minutes", bad)...); code == 0 || !strings.Contains(said, "1到1440") {
			t.Errorf("--poll-minutes %s: exit code %d, %s", bad, code, said)
		}
	}
}

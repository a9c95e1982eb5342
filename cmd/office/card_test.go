package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai.local/sync/stick"
)

// A township's PC gets a card: it names the county and its root, and nothing of what opens the data.
func TestACardHoldsNoSecret(t *testing.T) {
	dir := published(t)
	out := filepath.Join(t.TempDir(), "stick.json")
	must(t, "card", "--data", dir, "--office", "http://10.1.2.3:8420/", "--out", out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	c, err := stick.ParseCard(b)
	if err != nil || c.County != "420581" || c.CountyName != "宜都市" || c.Office != "http://10.1.2.3:8420/" {
		t.Errorf("%+v, %v", c, err)
	}
	key, err := os.ReadFile(filepath.Join(dir, keysDir, countyKeyFile))
	if err != nil || strings.Contains(string(b), strings.TrimSpace(string(key))) {
		t.Errorf("the county key is in it, or cannot be read: %v", err)
	}
	for args, says := range map[string]string{
		"--out " + out: "已经有了",
		"--out " + out + "2 --office file:///etc": "请核对 --office 网址",
		"": "--out 要写",
	} {
		_, errs, code := office(t, append([]string{"card", "--data", dir}, strings.Fields(args)...)...)
		if code == 0 || !strings.Contains(errs, says) {
			t.Errorf("%q: %d %s", args, code, errs)
		}
	}
}

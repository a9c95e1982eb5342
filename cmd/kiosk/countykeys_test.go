package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai.local/sync/trust"
)

// A lost or broken file of keys is mended by the next update that needs it.
func TestTheFileOfKeysIsMended(t *testing.T) {
	identity, recipient, err := trust.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	key := bytes.Repeat([]byte{7}, 32)
	id := trust.CountyKeyID(key)
	handout, err := trust.SealCountyKey(key, []string{recipient})
	if err != nil {
		t.Fatal(err)
	}
	k := countyKeys{t.TempDir(), trust.Enrolment{CountyKey: make([]byte, 32), Identity: identity}}
	for _, broken := range []string{"", "{", `{"` + id + `":"AAAA"}`, `{"` + id + `":"` + strings.Repeat("A", 43) + `="}`} {
		if broken != "" {
			if err := os.WriteFile(filepath.Join(k.data, keysFile), []byte(broken), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if k.Has(id) {
			t.Errorf("%q has the key", broken)
		}
		if err := k.Take(id, handout); err != nil {
			t.Error(err)
		}
		if got, err := k.key(id); err != nil || !bytes.Equal(got[:], key) {
			t.Errorf("%q: %v, %v", broken, got, err)
		}
	}
	other := bytes.Repeat([]byte{8}, 32)
	more, err := trust.SealCountyKey(other, []string{recipient})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Take(trust.CountyKeyID(other), more); err != nil || !k.Has(id) {
		t.Errorf("the key before is lost: %v", err)
	}
	if got, err := k.key(""); err != nil || got[0] != 0 {
		t.Errorf("the enrolment's key: %v, %v", got, err)
	}
}

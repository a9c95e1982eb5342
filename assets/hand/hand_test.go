package hand

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestReplaceable: the licences give everybody the right to use another table. One beside the program is used, an empty one takes
// the table away, and the other table stays.
func TestReplaceable(t *testing.T) {
	dir := t.TempDir()
	if got := found(dir); len(got) != 2 || !bytes.Equal(got[0], medians) || !bytes.Equal(got[1], tomoe) {
		t.Fatalf("%d tables are inside", len(got))
	}
	beside := filepath.Join(dir, "tomoe.hand")
	if err := os.WriteFile(beside, []byte("another table"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := found(dir); len(got) != 2 || !bytes.Equal(got[0], medians) || string(got[1]) != "another table" {
		t.Errorf("with another table beside the program: %d tables", len(got))
	}
	if err := os.Truncate(beside, 0); err != nil {
		t.Fatal(err)
	}
	if got := found(dir); len(got) != 1 || !bytes.Equal(got[0], medians) {
		t.Errorf("with an empty table beside the program: %d tables", len(got))
	}
}

// TestSmall: the tables are a good part of what a kiosk downloads when the program is renewed.
func TestSmall(t *testing.T) {
	if size := len(medians) + len(tomoe); size > 3_700_000 {
		t.Errorf("%d bytes of tables", size)
	}
}

package book_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
)

// What readers see does not change while the book rests, and afterwards nothing of the file counts as the program's memory.
func TestRestingLetsTheFileGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "county.db")
	if err := book.Build(t.Context(), booktest.FS(booktest.County()...), path); err != nil {
		t.Fatal(err)
	}
	b, err := book.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	want := look(b, village, "王")
	if want.Found == 0 {
		t.Fatal("nobody is found")
	}
	before := resident(t, path)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for range 50 {
				if got := look(b, village, "王"); !reflect.DeepEqual(got, want) {
					t.Error("another answer while the book rests")
				}
			}
		})
	}
	for range 50 {
		if err := b.Rest(); err != nil {
			t.Error(err)
		}
	}
	readers.Wait()
	if err := b.Rest(); err != nil {
		t.Fatal(err)
	}
	if after := resident(t, path); before == 0 || after != 0 {
		t.Errorf("%d kB of the file were in memory, and after resting %d", before, after)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Rest(); err != nil {
		t.Errorf("after it was closed: %v", err)
	}
}

// resident is how many kB of a mapped file count as this program's memory.
func resident(t *testing.T, path string) (kB int) {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mapped := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.Contains(line, " r--s ") || strings.Contains(line, "-p ") {
			mapped = strings.HasSuffix(line, path)
		}
		var n int
		if _, err := fmt.Sscanf(line, "Rss: %d kB", &n); err == nil && mapped {
			kB += n
		}
	}
	return kB
}

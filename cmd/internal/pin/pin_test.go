package pin

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestOnlyTheRightPINIsRight(t *testing.T) {
	hash, err := Hash("482913")
	if err != nil {
		t.Fatal(err)
	}
	h, err := Parse(hash)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if !h.Is("482913") {
		t.Error("the right PIN is refused")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("one check takes %v", took)
	}
	for _, wrong := range []string{"482914", "", "48291", "4829130", "４８２９１３", "482913\x00", "abcdef"} {
		if h.Is(wrong) {
			t.Errorf("%q is taken for the PIN", wrong)
		}
	}
	if again, _ := Hash("482913"); again == hash {
		t.Error("two hashes of one PIN are alike")
	}
}

func TestOnlySixDigitsAreAPIN(t *testing.T) {
	for _, bad := range []string{"", "12345", "1234567", "12345a", " 12345", "一二三四五六"} {
		if _, err := Hash(bad); !errors.Is(err, ErrForm) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for range 100 {
		p, err := Random()
		if err != nil || !pinForm.MatchString(p) {
			t.Fatalf("%q %v", p, err)
		}
	}
}

// An enrolment may come from anywhere: what its hash asks for is looked at before a byte is spent on it.
func TestHostileHashesAreNotComputed(t *testing.T) {
	good, err := Hash("000000")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"", "482913", good + "x$", "x" + good,
		strings.Replace(good, "m=16384", "m=999999", 1),
		strings.Replace(good, "m=16384", "m=32769", 1),
		strings.Replace(good, "m=16384", "m=7", 1),
		strings.Replace(good, "m=16384", "m=99999999999999999999", 1),
		strings.Replace(good, "t=3", "t=99", 1),
		strings.Replace(good, "t=3", "t=0", 1),
		strings.Replace(good, "p=1", "p=9", 1),
		strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "argon2id", "argon2i", 1),
		strings.Replace(good, "v=19", "v=16", 1),
		good[:len(good)-30],
		good + strings.Repeat("A", 60),
		strings.Repeat("$", 1<<16),
	} {
		if h, err := Parse(bad); !errors.Is(err, ErrHash) || h.Is("000000") {
			t.Errorf("%.80q is taken: %v", bad, err)
		}
	}
	var none Hashed
	if none.Is("") || none.Is("000000") {
		t.Error("no hash has a PIN")
	}
}

func FuzzParse(f *testing.F) {
	good, err := Hash("000000")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := Parse(s)
		if err == nil && (h.memoryKiB > mostMemoryKiB || h.passes > mostPasses || len(h.sum) < 16 || len(h.salt) < 8) {
			t.Errorf("%q is taken", s)
		}
	})
}

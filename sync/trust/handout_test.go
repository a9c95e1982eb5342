package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

type member struct{ identity, recipient string }

func members(t *testing.T, n int) (out []member, recipients []string) {
	t.Helper()
	for range n {
		i, r, err := NewIdentity()
		if err != nil {
			t.Fatal(err)
		}
		out, recipients = append(out, member{i, r}), append(recipients, r)
	}
	return out, recipients
}

var newKey = bytes.Repeat([]byte{9}, 32)

func TestANewCountyKeyReachesWhomItIsHandedTo(t *testing.T) {
	all, recipients := members(t, perSealed+2) // more than one age file holds
	file, err := SealCountyKey(newKey, recipients[1:])
	if err != nil {
		t.Fatal(err)
	}
	id := CountyKeyID(newKey)
	for _, i := range []int{1, perSealed, perSealed + 1} {
		if key, err := OpenCountyKey(file, id, all[i].identity); err != nil || !bytes.Equal(key, newKey) {
			t.Errorf("kiosk %d: %v", i, err)
		}
	}
	for name, identity := range map[string]string{"struck off": all[0].identity, "of an old enrolment": ""} {
		if _, err := OpenCountyKey(file, id, identity); !errors.Is(err, ErrNotForUs) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if bytes.Contains(file, newKey) {
		t.Error("it lies open")
	}
}

func TestHandoutsThatCannotBeMeant(t *testing.T) {
	all, recipients := members(t, 2)
	file, err := SealCountyKey(newKey, recipients)
	if err != nil {
		t.Fatal(err)
	}
	id := CountyKeyID(newKey)
	short, err := SealCountyKey(newKey[:31], recipients)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file []byte
		id   string
	}{
		"another key than was signed": {file, CountyKeyID(make([]byte, 32))},
		"no key at all":               {short, CountyKeyID(newKey[:31])},
		"empty":                       {nil, id},
		"a portal's page":             {[]byte("<html>"), id},
		"cut":                         {file[:len(file)/2], id},
		"of tomorrow":                 {bytes.Replace(file, []byte(`"format":1`), []byte(`"format":2`), 1), id},
		"written otherwise":           {append(bytes.Clone(file), ' '), id},
		"too long":                    {append(bytes.Clone(file), bytes.Repeat([]byte(" "), maxHandout)...), id},
		"another name written over":   {bytes.Replace(file, []byte(id), []byte("0011223344556677"), 1), id},
	} {
		if _, err := OpenCountyKey(c.file, c.id, all[0].identity); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenCountyKey(file, id, "AGE-SECRET-KEY-1"); err == nil {
		t.Error("an identity that is none")
	}
	if _, err := SealCountyKey(newKey, []string{"age1nobody"}); err == nil {
		t.Error("sealed to nobody")
	}
}

func TestNamesOfCountyKeysDiffer(t *testing.T) {
	a, b := CountyKeyID(newKey), CountyKeyID(make([]byte, 32))
	if a == b || !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(a) {
		t.Error(a, b)
	}
}

// What is handed out is signed, stays in force from edition to edition, and is signed again with everything else.
func TestTheHandoutIsSigned(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.kiosk()
	if _, ok, err := HandoutOf(o.depot); ok || err != nil {
		t.Errorf("handed out: %t, %v", ok, err)
	}
	if _, ok, err := HandoutOf(fstest.MapFS{}); ok || err != nil {
		t.Errorf("of an empty depot: %t, %v", ok, err)
	}
	if v := o.accept(s, o.depot, day0); v.Handout != nil {
		t.Errorf("%+v", v.Handout)
	}
	h := Handout{CountyKeyID(newKey), Target{hash([]byte("file")), 4}}
	files, err := o.keys.Publish(o.depot, Release{Edition: o.next, Catalogs: catalogs(o.next), Handout: &h, Now: day0})
	if err != nil {
		t.Fatal(err)
	}
	o.next++
	o.write(files)
	if got, ok, err := HandoutOf(o.depot); err != nil || !ok || got != h {
		t.Errorf("%+v, %t, %v", got, ok, err)
	}
	o.replaceAll("targets-1")
	for range 2 {
		v := o.accept(s, o.depot, day0)
		if v.Handout == nil || *v.Handout != h || len(v.Catalogs) != 4 {
			t.Errorf("%+v", v.Handout)
		}
		if again := o.accept(v.State, o.depot, day0); !again.Unchanged || again.Handout == nil || *again.Handout != h {
			t.Errorf("unchanged: %+v", again.Handout)
		}
		o.resign(day0)
	}
	for _, bad := range []Handout{{h.Key, Target{"", 4}}, {h.Key, Target{h.SHA256, 0}}, {h.Key, Target{h.SHA256, maxHandout + 1}}} {
		if _, err := o.keys.Publish(o.depot, Release{Edition: o.next, Catalogs: catalogs(o.next), Handout: &bad, Now: day0}); err == nil {
			t.Errorf("published %+v", bad)
		}
	}
}

// replaceAll replaces a key and signs again.
func (o *office) replaceAll(name string) {
	o.t.Helper()
	o.replace(name)
	o.resign(day0)
}

func TestSignedHandoutsThatCannotBeMeant(t *testing.T) {
	for name, change := range map[string]func(m *metadata.Metadata[metadata.TargetsType]){
		"no name": func(m *targetsFile) { m.Signed.Targets[handoutTarget].Custom = nil },
		"a name too short": func(m *targetsFile) {
			c := json.RawMessage(`{"key":"00"}`)
			m.Signed.Targets[handoutTarget].Custom = &c
		},
		"no hash":             func(m *targetsFile) { m.Signed.Targets[handoutTarget].Hashes = nil },
		"endless":             func(m *targetsFile) { m.Signed.Targets[handoutTarget].Length = maxHandout + 1 },
		"under another name":  func(m *targetsFile) { m.Signed.Targets["office/key"] = m.Signed.Targets[handoutTarget] },
		"in place of another": func(m *targetsFile) { delete(m.Signed.Targets, "office/catalog") },
	} {
		o := newOffice(t)
		h := Handout{CountyKeyID(newKey), Target{hash([]byte("file")), 4}}
		files, err := o.keys.Publish(o.depot, Release{Edition: 1, Catalogs: catalogs(1), Handout: &h, Now: day0})
		if err != nil {
			t.Fatal(err)
		}
		o.write(files)
		edit(t, o, "metadata/1.targets.json", change, "targets-1")
		relist(t, o, "targets", 1)
		t.Log(name)
		refused(t, o.kiosk(), o.depot, day0, ErrMalformed)
	}
	// An owner hands out no keys.
	o := newOffice(t)
	o.publish(day0)
	edit(t, o, "metadata/1.finance.json", func(m *targetsFile) { m.Signed.Targets["office/keys"] = m.Signed.Targets["finance/catalog"] }, "finance-handler", "finance-leader")
	relist(t, o, "finance", 1)
	refused(t, o.kiosk(), o.depot, day0, ErrMalformed)
}

func TestASealedEnrolment(t *testing.T) {
	e := enrolment(t)
	identity, _, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	e.Identity = identity
	code := NewCode()
	if !IsCode(code) || code == NewCode() {
		t.Errorf("code %s", code)
	}
	b, err := e.Seal(code)
	if err != nil || !IsSealed(b) || IsSealed([]byte("{}")) {
		t.Fatalf("%.60s, %v", b, err)
	}
	for _, told := range []string{code, strings.ReplaceAll(code, "-", "")} {
		if got, err := OpenEnrolment(b, told); err != nil || got.Identity != identity || got.Kiosk != e.Kiosk {
			t.Errorf("%q: %+v, %v", told, got, err)
		}
	}
	wrong := "0" + code[1:]
	if wrong == code {
		wrong = "1" + code[1:]
	}
	for told, why := range map[string]error{"": ErrSealed, wrong: ErrCode, "1234": ErrCode, code + "1": ErrCode} {
		if _, err := OpenEnrolment(b, told); !errors.Is(err, why) {
			t.Errorf("%q: %v", told, err)
		}
	}
	for name, bad := range map[string][]byte{
		"cut": b[:len(b)/2], "empty": nil, "too long": append(bytes.Clone(b), bytes.Repeat([]byte("\n"), 2*maxEnrolment)...),
		"damaged": bytes.Replace(b, b[200:203], []byte("AAA"), 1),
	} {
		if _, err := OpenEnrolment(bad, code); err == nil || errors.Is(err, ErrCode) && name != "damaged" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := e.Seal("1234"); !errors.Is(err, ErrCode) {
		t.Error(err)
	}
	e.Identity = "AGE-SECRET-KEY-1"
	if _, err := e.Seal(code); err == nil || !strings.Contains(err.Error(), "identity") {
		t.Error(err)
	}
}

func FuzzCountyKey(f *testing.F) {
	identity, recipient, err := NewIdentity()
	if err != nil {
		f.Fatal(err)
	}
	file, err := SealCountyKey(newKey, []string{recipient})
	if err != nil {
		f.Fatal(err)
	}
	id := CountyKeyID(newKey)
	f.Add(file)
	f.Add([]byte(`{"format":1,"key":"` + id + `","sealed":[null]}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		key, err := OpenCountyKey(b, id, identity)
		if (err == nil) != bytes.Equal(b, file) || err == nil && !bytes.Equal(key, newKey) {
			t.Fatalf("%q: %v", b, err)
		}
	})
}

func FuzzSealedEnrolment(f *testing.F) {
	f.Add([]byte("-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCg==\n-----END AGE ENCRYPTED FILE-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := OpenEnrolment(b, "1234-5678-1234-5678"); err == nil {
			t.Fatalf("opened %q", b)
		}
	})
}

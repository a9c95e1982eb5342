package trust

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"filippo.io/age/armor"
)

// locked locks all root keys with one passphrase, and opens the office again without them.
func (o *office) locked() map[string][]byte {
	o.t.Helper()
	files := map[string][]byte{}
	for _, name := range RootKeys() {
		b, err := o.keys.Lock(name, quick)
		if err != nil {
			o.t.Fatal(err)
		}
		files[name] = b.Data
	}
	o.reopen()
	return files
}

var quick = Passphrase{"2345-6789-abcd-efgh-jkmn", true}

func (o *office) reopen() {
	o.t.Helper()
	var err error
	if o.keys, err = OpenKeys(o.keys.dir); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) unlock(files ...[]byte) {
	o.t.Helper()
	for _, b := range files {
		if err := o.keys.Unlock(b, quick.Text); err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *office) replace(name string) {
	o.t.Helper()
	if err := o.keys.Replace(name, day0); err != nil {
		o.t.Fatal(name, err)
	}
}

func TestTwoOfThreeRootKeysChangeTheRootAndNothingElseNeedsThem(t *testing.T) {
	o := newOffice(t)
	s := o.kiosk()
	root := o.locked()
	o.publish(day0)
	o.resign(day0)
	s = o.accept(s, o.depot, day0).State
	var few *TooFew
	if err := o.keys.Replace("timestamp", day0); !errors.As(err, &few) || *few != (TooFew{0, 2}) {
		t.Errorf("with none: %v", err)
	}
	o.unlock(root["root/finance-bureau"])
	if err := o.keys.Replace("timestamp", day0); !errors.As(err, &few) || *few != (TooFew{1, 2}) {
		t.Errorf("with one: %v", err)
	}
	o.unlock(root["root/finance-bureau"]) // twice the same is one
	if names, need, err := o.keys.AtHand(); len(names) != 1 || need != 2 || err != nil {
		t.Errorf("at hand %v of %d, %v", names, need, err)
	}
	o.unlock(root["root/staffing-office"])
	o.replace("timestamp")
	o.reopen()
	o.resign(day0)
	if v := o.accept(s, o.depot, day0); !v.NewRoot || v.State.seen.Versions["root"] != 2 {
		t.Errorf("%+v", v)
	}
}

func TestNoRootKeyLiesBesideTheOthers(t *testing.T) {
	o := newOffice(t)
	var secrets [][]byte
	for _, name := range RootKeys() {
		private, err := o.keys.private(name)
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, private.Seed())
	}
	for name, file := range o.locked() {
		for _, s := range secrets {
			if bytes.Contains(file, s) {
				t.Errorf("%s lies open", name)
			}
		}
	}
	err := fs.WalkDir(os.DirFS(o.keys.dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasPrefix(path, "root/") && path != "root/1.root.json" {
			t.Errorf("%s lies in the office's folder", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range RootKeys() {
		var missing *Missing
		if _, err := o.keys.private(name); !errors.As(err, &missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALostRootKeyIsReplacedByTheOtherTwo(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.accept(o.kiosk(), o.depot, day0).State
	root := o.locked()
	o.unlock(root["root/county-office"], root["root/finance-bureau"])
	if err := o.keys.Prepare("root/staffing-office"); err != nil {
		t.Fatal(err)
	}
	medium, err := o.keys.Lock("root/staffing-office", quick)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.keys.Unlock(medium.Data, quick.Text); !errors.Is(err, ErrReplaced) {
		t.Errorf("counts before the root names it: %v", err)
	}
	o.replace("root/staffing-office")
	o.resign(day0)
	s = o.accept(s, o.depot, day0).State
	// The finder of the lost key, and one that was bribed.
	o.reopen()
	if err := o.keys.Unlock(root["root/staffing-office"], quick.Text); !errors.Is(err, ErrReplaced) {
		t.Errorf("the lost key: %v", err)
	}
	o.unlock(medium.Data, root["root/finance-bureau"])
	o.replace("snapshot")
	o.resign(day0)
	if v := o.accept(s, o.depot, day0); v.State.seen.Versions["root"] != 3 {
		t.Errorf("the new key does not count: %+v", v)
	}
	if err := o.keys.Prepare("timestamp"); !errors.Is(err, ErrNoKey) {
		t.Error(err)
	}
}

func TestWhatIsWrongWithARootKeyIsSaid(t *testing.T) {
	o := newOffice(t)
	good := o.locked()["root/county-office"]
	other, err := CreateKeys(filepath.Join(t.TempDir(), "keys"), "420923", day0)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.Lock("root/county-office", quick)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file       []byte
		passphrase string
		why        error
	}{
		"wrong passphrase":    {good, "2345-6789-abcd-efgh-jkmm", ErrPassphrase},
		"no passphrase":       {good, "", ErrPassphrase},
		"of another county":   {foreign.Data, quick.Text, ErrForeign},
		"county written over": {bytes.Replace(foreign.Data, []byte("420923"), []byte("420581"), 1), quick.Text, ErrReplaced},
		"empty":               {nil, quick.Text, ErrMalformed},
		"no key":              {[]byte("<html>"), quick.Text, ErrMalformed},
		"an enrolment":        {[]byte(`{"format":1,"kiosk":"YD-01"}`), quick.Text, ErrMalformed},
		"cut":                 {good[:len(good)/2], quick.Text, ErrMalformed},
		"too long":            {append(bytes.Clone(good), bytes.Repeat([]byte(" "), MaxRootKey)...), quick.Text, ErrMalformed},
		"of tomorrow":         {bytes.Replace(good, []byte(`"format": 1`), []byte(`"format": 2`), 1), quick.Text, ErrMalformed},
		"named as another":    {bytes.Replace(good, []byte("county-office"), []byte("finance-bureau"), 1), quick.Text, ErrReplaced},
	} {
		if err := o.keys.Unlock(c.file, c.passphrase); !errors.Is(err, c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x01
		if _, err := o.keys.Named(bad); err == nil {
			t.Errorf("byte %d (%q) changed, and nobody says so", i, good[i])
		}
	}
	if names, _, err := o.keys.AtHand(); len(names) != 0 || err != nil {
		t.Errorf("at hand: %v, %v", names, err)
	}
}

func TestRandomPassphrase(t *testing.T) {
	form := regexp.MustCompile(`^([2-9a-hjkmnp-z]{4}-){4}[2-9a-hjkmnp-z]{4}$`)
	seen := map[rune]bool{}
	for range 100 {
		p := RandomPassphrase()
		if !form.MatchString(p.Text) || !p.Random {
			t.Fatalf("%+v", p)
		}
		for _, r := range p.Text {
			seen[r] = true
		}
	}
	if len(seen) != 32 {
		t.Errorf("of 31 characters and the hyphen %d appear", len(seen))
	}
}

// A chosen passphrase costs whoever guesses about a second each.
func TestAChosenPassphraseIsSlow(t *testing.T) {
	o := newOffice(t)
	b, err := o.keys.Lock("root/county-office", Passphrase{Text: "宜都县办的根密钥口令"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := o.keys.locked(b.Data)
	if err != nil || !bytes.Contains(l.Sealed, []byte(" 18\n")) {
		t.Errorf("%q, %v", l.Sealed[:80], err)
	}
}

// A kiosk that slept through three changes of all that can be changed follows, and one that saw each, too.
func TestOfflineAcrossThreeRootRotations(t *testing.T) {
	o := newOffice(t)
	asleep, awake := o.kiosk(), o.kiosk()
	o.publish(day0)
	asleep = o.accept(asleep, o.depot, day0).State
	awake = o.accept(awake, o.depot, day0).State
	for i, name := range RootKeys() {
		root := o.locked()
		o.unlock(root[name], root[RootKeys()[(i+1)%3]])
		o.replace(name)
		if err := o.keys.Replace("timestamp", day0); err != nil {
			t.Fatal(err)
		}
		o.publish(day0)
		// The third root key stays where it was; its medium is as good as before.
		o.unlock(root[RootKeys()[(i+2)%3]])
		awake = o.accept(awake, o.depot, day0).State
	}
	for _, s := range []State{asleep, awake, o.kiosk()} {
		v := o.accept(s, o.depot, day0)
		if v.Edition != 4 || v.State.seen.Versions["root"] != 7 {
			t.Errorf("%+v", v)
		}
	}
}

// The publisher's rule: what is replaced counts from the next Resign on, without a new edition.
func TestEveryReplacementIsFollowedByANewTimestamp(t *testing.T) {
	for _, names := range keyNames {
		for _, name := range names {
			o := newOffice(t)
			o.publish(day0)
			s := o.accept(o.kiosk(), o.depot, day0).State
			before := o.depot["metadata/timestamp.json"].Data
			old := privateOf(t, o, name)
			o.replace(name)
			o.resign(day0)
			if bytes.Equal(before, o.depot["metadata/timestamp.json"].Data) {
				t.Errorf("%s: a kiosk would look no further", name)
			}
			v := o.accept(s, o.depot, day0)
			if v.Edition != 1 || v.Verdict != Same || NeedsRoot(name) != v.NewRoot {
				t.Errorf("%s: %+v", name, v)
			}
			for _, f := range o.depot {
				if strings.Contains(string(f.Data), `"version":2`) && strings.Contains(string(f.Data), old) && roleOf(name) != "root" {
					t.Errorf("%s: the old key is still named", name)
				}
			}
		}
	}
}

func privateOf(t *testing.T, o *office, name string) string {
	t.Helper()
	private, err := o.keys.private(name)
	if err != nil {
		t.Fatal(err)
	}
	id, err := idOf(private)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// The power goes between the new root and the key that it names, and before that root.
func TestPowerCutWhileAKeyIsReplaced(t *testing.T) {
	o := newOffice(t)
	o.publish(day0)
	s := o.accept(o.kiosk(), o.depot, day0).State
	key, next := filepath.Join(o.keys.dir, "timestamp.key"), filepath.Join(o.keys.dir, "timestamp.next.key")
	old, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	o.replace("timestamp")
	if err := os.Rename(key, next); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, old, 0o600); err != nil {
		t.Fatal(err)
	}
	o.reopen()
	o.resign(day0)
	s = o.accept(s, o.depot, day0).State

	if _, err := o.keys.create("timestamp.next"); err != nil {
		t.Fatal(err)
	}
	o.reopen()
	o.resign(day0)
	o.accept(s, o.depot, day0)
	if _, err := os.Stat(next); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key that no root names still waits: %v", err)
	}
}

func TestAnOwnerKeepsHisKeyHimself(t *testing.T) {
	o := newOffice(t)
	s := o.kiosk()
	stick := t.TempDir()
	if err := o.keys.Move("finance-leader", stick); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"timestamp", "root/county-office", "targets-1", "nobody"} {
		if err := o.keys.Move(name, stick); !errors.Is(err, ErrNoKey) {
			t.Errorf("moved %s: %v", name, err)
		}
	}
	if i, err := os.Stat(filepath.Join(stick, "finance-leader.key")); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", i, err)
	}
	if _, err := os.Stat(filepath.Join(o.keys.dir, "finance-leader.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("it is still in the office")
	}
	o.reopen()
	o.publish(day0)
	s = o.accept(s, o.depot, day0).State

	unplugged := stick + ".away"
	if err := os.Rename(stick, unplugged); err != nil {
		t.Fatal(err)
	}
	o.resign(day0)
	s = o.accept(s, o.depot, day0).State
	o.resign(day0.Add(ownerLife - renewal + time.Hour)) // it would be renewed; without its key it stays as it is
	if v := o.accept(s, o.depot, day0); v.State.seen.Versions["finance"] != 1 || v.State.seen.Versions["staffing"] != 2 {
		t.Errorf("%v", v.State.seen.Versions)
	}
	var missing *Missing
	_, err := o.keys.Publish(o.depot, Release{Edition: 2, Catalogs: catalogs(2), Now: day0})
	if !errors.As(err, &missing) || missing.Name != "finance-leader" || missing.Folders[1] != stick {
		t.Errorf("published without the leader: %v", err)
	}
	if err := os.Rename(unplugged, stick); err != nil {
		t.Fatal(err)
	}
	o.publish(day0)
	s = o.accept(s, o.depot, day0).State

	if err := o.keys.Move("finance-leader", stick); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("moved twice: %v", err)
	}
	stolen, err := os.ReadFile(filepath.Join(stick, "finance-leader.key"))
	if err != nil {
		t.Fatal(err)
	}
	o.replace("finance-leader")
	if _, err := os.Stat(filepath.Join(stick, "finance-leader.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old key still lies on the stick: %v", err)
	}
	o.resign(day0)
	s = o.accept(s, o.depot, day0).State
	if err := os.WriteFile(filepath.Join(o.keys.dir, "finance-leader.key"), stolen, 0o600); err != nil {
		t.Fatal(err)
	}
	honest := o.copy()
	edit(t, o, "metadata/3.finance.json", func(m *targetsFile) { m.Signed.Version = 4; m.Signed.Targets["finance/catalog"].Length++ }, "finance-handler", "finance-leader")
	o.depot["metadata/4.finance.json"] = o.depot["metadata/3.finance.json"]
	relistAs(t, o, "finance", 4)
	refused(t, s, o.depot, day0, ErrSignature)
	o.accept(s, honest, day0)
}

// A medium is never written over.
func TestAKeyIsNotMovedOverAnother(t *testing.T) {
	o := newOffice(t)
	stick := t.TempDir()
	if err := os.WriteFile(filepath.Join(stick, "policy-leader.key"), []byte("somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.keys.Move("policy-leader", stick); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	o.publish(day0)
}

// The leader's stick was lost, his key replaced, and the stick turns up again where it always was.
func TestAnOldStickDoesNotBringBackItsKey(t *testing.T) {
	o := newOffice(t)
	s := o.kiosk()
	lost, fresh := filepath.Join(t.TempDir(), "lost"), t.TempDir()
	if err := os.Mkdir(lost, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := o.keys.Move("finance-leader", lost); err != nil {
		t.Fatal(err)
	}
	o.publish(day0)
	s = o.accept(s, o.depot, day0).State
	old := privateOf(t, o, "finance-leader")
	if err := os.Rename(lost, lost+".away"); err != nil {
		t.Fatal(err)
	}
	o.replace("finance-leader")
	if _, err := os.Stat(filepath.Join(o.keys.dir, "finance-leader.pub")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old key is still the one that was moved: %v", err)
	}
	if err := o.keys.Move("finance-leader", fresh); err != nil {
		t.Fatal(err)
	}
	o.resign(day0)
	s = o.accept(s, o.depot, day0).State
	if err := os.Rename(lost+".away", lost); err != nil {
		t.Fatal(err)
	}
	o.reopen()
	o.publish(day0)
	if v := o.accept(s, o.depot, day0); v.Edition != 2 {
		t.Errorf("edition %d", v.Edition)
	}
	p := &printing{depot: o.depot}
	if err := p.open(); err != nil {
		t.Fatal(err)
	}
	if m, err := p.newest(Office); err != nil || m.Signed.Delegations.Keys[old] != nil {
		t.Errorf("the lost key is named again: %v", err)
	}
	if err := os.Rename(fresh, fresh+".away"); err != nil {
		t.Fatal(err)
	}
	var missing *Missing
	if _, err := o.keys.Publish(o.depot, Release{Edition: 3, Catalogs: catalogs(3), Now: day0}); !errors.As(err, &missing) {
		t.Errorf("published with the lost key: %v", err)
	}
}

// A stick that is write-protected, or out of reach, keeps nobody from replacing the key that was stolen with it.
func TestAStolenKeyIsReplacedWithoutItsStick(t *testing.T) {
	o := newOffice(t)
	stick := filepath.Join(t.TempDir(), "stick")
	if err := os.Mkdir(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := o.keys.Move("policy-leader", stick); err != nil {
		t.Fatal(err)
	}
	// What cannot be removed as a file.
	key := filepath.Join(stick, "policy-leader.key")
	if err := errors.Join(os.Remove(key), os.MkdirAll(filepath.Join(key, "x"), 0o700)); err != nil {
		t.Fatal(err)
	}
	o.replace("policy-leader")
	o.publish(day0)
	o.accept(o.kiosk(), o.depot, day0)
}

func TestAMoveThatWasCutOffIsDoneAgain(t *testing.T) {
	o := newOffice(t)
	stick := t.TempDir()
	private, err := o.keys.private("finance-leader")
	if err != nil {
		t.Fatal(err)
	}
	if err := (&Keys{dir: stick}).keep("finance-leader", private); err != nil {
		t.Fatal(err)
	}
	if err := o.keys.Move("finance-leader", stick); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(o.keys.dir, "finance-leader.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still in the office: %v", err)
	}
	o.reopen()
	o.publish(day0)
}

// Whose stick it was before, the office does not know: no link leads a key elsewhere, and nothing under a key's name holds anybody up.
func TestHostileSticks(t *testing.T) {
	o := newOffice(t)
	stick, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "elsewhere")
	if err := os.WriteFile(elsewhere, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(stick, "finance-leader.key.part")); err != nil {
		t.Fatal(err)
	}
	if err := o.keys.Move("finance-leader", stick); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(elsewhere); string(b) != "mine" || err != nil {
		t.Errorf("the key went through a link: %v", err)
	}
	key := filepath.Join(stick, "finance-leader.key")
	if i, err := os.Lstat(key); err != nil || i.Mode() != 0o600 {
		t.Errorf("%v, %v", i, err)
	}
	for name, put := range map[string]func() error{
		"a pipe":   func() error { return syscall.Mkfifo(key, 0o600) },
		"a device": func() error { return os.Symlink("/dev/zero", key) },
		"a sparse terabyte": func() error {
			return errors.Join(os.WriteFile(key, nil, 0o600), os.Truncate(key, 1<<40))
		},
		"a text": func() error { return os.WriteFile(key, []byte("hello"), 0o600) },
	} {
		if err := errors.Join(os.Remove(key), put()); err != nil {
			t.Fatal(name, err)
		}
		var missing *Missing
		if _, err := o.keys.private("finance-leader"); err == nil || errors.As(err, &missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file that somebody brings does not decide how much memory a guess takes.
func TestNoFileAsksForMoreWorkThanOursDo(t *testing.T) {
	o := newOffice(t)
	var l lockedKey
	if err := json.Unmarshal(o.locked()["root/county-office"], &l); err != nil {
		t.Fatal(err)
	}
	l.Sealed = bytes.Replace(l.Sealed, []byte(" 12\n"), []byte(" 19\n"), 1)
	l.Sum = hash(l.Sealed)
	file, err := l.encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.keys.Unlock(file, quick.Text); !errors.Is(err, ErrMalformed) {
		t.Errorf("a root key: %v", err)
	}
	const code = "1234-5678-1234-5678"
	sealed, err := enrolment(t).Seal(code)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(armor.NewReader(bytes.NewReader(sealed)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := armor.NewWriter(&out)
	_, err = w.Write(bytes.Replace(plain, []byte(" 15\n"), []byte(" 16\n"), 1))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenEnrolment(out.Bytes(), code); err == nil || errors.Is(err, ErrCode) {
		t.Errorf("an enrolment: %v", err)
	}
}

func FuzzKeyFile(f *testing.F) {
	k, err := CreateKeys(filepath.Join(f.TempDir(), "keys"), "420581", day0)
	if err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(k.dir, "timestamp.key"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		private, err := parseKey(b)
		if err != nil {
			return
		}
		if _, err := idOf(private); err != nil || len(private) != ed25519.PrivateKeySize {
			t.Errorf("a key of %d bytes: %v", len(private), err)
		}
	})
}

func FuzzLockedKey(f *testing.F) {
	k, err := CreateKeys(filepath.Join(f.TempDir(), "keys"), "420581", day0)
	if err != nil {
		f.Fatal(err)
	}
	good, err := k.Lock("root/county-office", quick)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.Data)
	f.Add([]byte(`{"format":1,"county":"420581","name":"root/county-office","sealed":null}`))
	delete(k.atHand, "root/county-office")
	f.Fuzz(func(t *testing.T, b []byte) {
		k.atHand = map[string]ed25519.PrivateKey{}
		if err := k.Unlock(b, "wrong"); err == nil || len(k.atHand) != 0 {
			t.Fatalf("unlocked %q", b)
		}
	})
}

// Whatever stands in the place of one file of an edition, nothing but that very file is accepted.
func FuzzAccept(f *testing.F) {
	o := &office{next: 1, depot: fstest.MapFS{}}
	var err error
	if o.keys, err = CreateKeys(filepath.Join(f.TempDir(), "keys"), "420581", day0); err != nil {
		f.Fatal(err)
	}
	first, err := o.keys.Root()
	if err != nil {
		f.Fatal(err)
	}
	if err := o.keys.Replace("snapshot", day0); err != nil {
		f.Fatal(err)
	}
	files, err := o.keys.Publish(o.depot, Release{Edition: 1, Catalogs: catalogs(1), Now: day0})
	if err != nil {
		f.Fatal(err)
	}
	o.write(files)
	names := []string{"2.root", "timestamp", "1.snapshot", "1.targets", "1.finance", "1.staffing", "1.policy"}
	for i, name := range names {
		f.Add(uint8(i), o.depot["metadata/"+name+".json"].Data)
		f.Add(uint8(i), []byte(`{"signatures":[],"signed":{"_type":"root","version":2,"keys":{"a":null},"roles":{"root":null},"meta":{"snapshot.json":null},"targets":{"finance/catalog":null},"delegations":{"keys":null,"roles":[{}]}}}`))
	}
	s := NewState(Enrolment{County: "420581", Root: first}, nil, Seen{})
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		path := "metadata/" + names[int(which)%len(names)] + ".json"
		_, err := s.Accept(func(p string, l int64) ([]byte, error) {
			if p == path {
				return b, nil
			}
			return from(o.depot)(p, l)
		}, day0, Network)
		if (err == nil) != bytes.Equal(b, o.depot[path].Data) {
			t.Fatalf("%s: %q: %v", path, b, err)
		}
	})
}

// A file whose clear part names one key and whose sealed part is another, by somebody who knows the passphrase of the other.
func TestARootKeyIsWhatItsFileSays(t *testing.T) {
	o := newOffice(t)
	files := o.locked()
	var a, b lockedKey
	for name, l := range map[string]*lockedKey{"root/county-office": &a, "root/finance-bureau": &b} {
		if err := json.Unmarshal(files[name], l); err != nil {
			t.Fatal(err)
		}
	}
	a.Sealed, a.Sum = b.Sealed, b.Sum
	forged, err := a.encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.keys.Unlock(forged, quick.Text); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	if names, _, err := o.keys.AtHand(); len(names) != 0 || err != nil {
		t.Errorf("at hand: %v, %v", names, err)
	}
}

package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mingbai.local/sync/trust"
)

// saidPassphrases are those that init printed.
func saidPassphrases(t testing.TB, said string) []string {
	t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`口令是 (\S+)\n`).FindAllStringSubmatch(said, -1) {
		out = append(out, m[1])
	}
	if len(out) != 3 {
		t.Fatalf("three passphrases, not %q", said)
	}
	return out
}

// passphraseFile holds them, a line each.
func passphraseFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passphrases")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// rootKey is the file of a root key, the newest where there are several.
func rootKey(t *testing.T, dir, name string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*-"+name+"-*.rootkey"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	return found[0]
}

// follower is a kiosk that was enrolled when the office began.
type follower struct {
	t     *testing.T
	dir   string
	state trust.State
}

func follow(t *testing.T, dir string) *follower {
	t.Helper()
	root, err := os.ReadFile(filepath.Join(dir, keysDir, "root", "1.root.json"))
	if err != nil {
		t.Fatal(err)
	}
	f := &follower{t, dir, trust.NewState(trust.Enrolment{County: "420581", Root: root}, nil, trust.Seen{})}
	f.look()
	return f
}

func (f *follower) look() trust.Verified {
	f.t.Helper()
	files := os.DirFS(filepath.Join(f.dir, publicDir))
	v, err := f.state.Accept(func(path string, _ int64) ([]byte, error) { return fs.ReadFile(files, path) }, time.Now(), trust.Network)
	if err != nil {
		f.t.Fatal(err)
	}
	f.state = v.State
	return v
}

// A thief has the server's keys. Two of the three offices bring their sticks, and the kiosks hear of it with their next look.
func TestAStolenKeyIsReplaced(t *testing.T) {
	dir := published(t)
	kiosk := follow(t, dir)
	open := passphraseFile(t, passphrases...)
	for i, name := range []string{"finance-leader", "timestamp", "targets-1"} {
		out := must(t, "keys", "--data", dir, "--replace", name, "--passphrase-file", open)
		if !strings.Contains(out, "已换上新的"+name) || !strings.Contains(out, "重签") {
			t.Errorf("replacing %s says %q", name, out)
		}
		if v := kiosk.look(); v.Edition != 1 || v.Unchanged || v.NewRoot != (i > 0) {
			t.Errorf("%s: the kiosk sees %+v", name, v)
		}
	}
	must(t, "publish", "--data", dir, "--as-of", "2026-11-20")
	if e := verify(t, dir); e.Number != 2 {
		t.Errorf("edition %d", e.Number)
	}
	kiosk.look()
}

// The finance bureau has lost its stick. The other two make it a new one, and the old one is worth nothing.
func TestALostRootKeyIsReplaced(t *testing.T) {
	dir := published(t)
	kiosk := follow(t, dir)
	home := dir + rootSuffix
	lost, a, b := rootKey(t, home, "finance-bureau"), rootKey(t, home, "county-office"), rootKey(t, home, "staffing-office")
	stick := t.TempDir()
	two := passphraseFile(t, passphrases[2], passphrases[0])
	out := must(t, "keys", "replace", "root/finance-bureau", "--data", dir, "--root-key", a, "--root-key", b, "--passphrase-file", two, "--root-dir", stick)
	if !strings.Contains(out, "已换上新的root/finance-bureau") {
		t.Error(out)
	}
	fresh := rootKey(t, stick, "finance-bureau")
	if v := kiosk.look(); !v.NewRoot {
		t.Errorf("%+v", v)
	}
	_, errs, code := office(t, "keys", "replace", "timestamp", "--data", dir, "--root-key", a, "--root-key", lost, "--passphrase-file", passphraseFile(t, passphrases...))
	if code != 1 || !strings.Contains(errs, "已经被换掉") {
		t.Errorf("the lost key: %d %s", code, errs)
	}
	// A passphrase from the file was taken for the new key, too.
	must(t, "keys", "replace", "timestamp", "--data", dir, "--root-key", fresh, "--root-key", a, "--passphrase-file", two)
	kiosk.look()
}

func TestWhatIsWrongWithRootKeysIsSaid(t *testing.T) {
	dir := published(t)
	home := dir + rootSuffix
	a, b := rootKey(t, home, "county-office"), rootKey(t, home, "staffing-office")
	open, none := passphraseFile(t, passphrases...), passphraseFile(t, "没有这样的口令吧没有")
	cut := filepath.Join(t.TempDir(), "cut.rootkey")
	whole, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, whole[:200], 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(t.TempDir(), "yunmeng")
	must(t, "init", "--data", foreign, "--county", "420923")
	empty, strange := t.TempDir(), t.TempDir()
	huge := filepath.Join(strange, "420581-county-office-00000000.rootkey")
	if err := errors.Join(os.WriteFile(huge, nil, 0o600), os.Truncate(huge, 1<<40), syscall.Mkfifo(filepath.Join(strange, "a.rootkey"), 0o600)); err != nil {
		t.Fatal(err)
	}
	before := depotFiles(t, dir)
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"--root-key", a, "--passphrase-file", open}, []string{"2个", "只有1个", "--root-key"}},
		{[]string{"--root-key", empty, "--passphrase-file", open}, []string{"只有0个"}},
		{[]string{"--root-key", filepath.Join(empty, "x"), "--passphrase-file", open}, []string{filepath.Join(empty, "x"), "U盘"}},
		{[]string{"--root-key", a, "--passphrase-file", none}, []string{"县办根密钥", "口令不对", "office keys replace root/county-office"}},
		{[]string{"--root-key", cut, "--passphrase-file", open}, []string{cut, "坏了", "备份"}},
		{[]string{"--root-key", rootKey(t, foreign+rootSuffix, "county-office"), "--passphrase-file", open}, []string{"别的县"}},
		{[]string{"--root-key", a, "--root-key", b}, []string{"口令", "终端", "--passphrase-file"}},
		{[]string{"--root-key", a, "--passphrase-file", filepath.Join(empty, "x")}, []string{"口令文件"}},
		{[]string{"--root-key", a, "--passphrase-file", passphraseFile(t, "")}, []string{"空的"}},
		{[]string{"--root-key", "/dev/zero", "--passphrase-file", open}, []string{"/dev/zero", "不是根密钥的文件"}},
		{[]string{"--root-key", strange, "--passphrase-file", open}, []string{"只有0个"}},
	} {
		_, errs, code := office(t, append([]string{"keys", "replace", "timestamp", "--data", dir}, c.args...)...)
		for _, want := range c.says {
			if code != 1 || !strings.Contains(errs, want) {
				t.Errorf("%v: code %d, not %q: %s", c.args, code, want, errs)
			}
		}
	}
	_, errs, code := office(t, "keys", "replace", "root/county-office", "--data", dir, "--root-dir", filepath.Join(dir, "sub"), "--root-key", home, "--passphrase-file", open)
	if code != 1 || !strings.Contains(errs, "不能放在数据目录") {
		t.Error(code, errs)
	}
	if after := depotFiles(t, dir); !slices.Equal(before, after) {
		t.Errorf("something was published: %v, then %v", before, after)
	}
	kiosk := follow(t, dir)
	if v := kiosk.look(); !v.Unchanged {
		t.Errorf("%+v", v)
	}
}

func depotFiles(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(dir, publicDir), func(p string, _ fs.DirEntry, err error) error {
		out = append(out, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// No root key lies in the data directory, and those beside it are closed.
func TestRootKeysAreApart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "office")
	said := must(t, "init", "--data", dir, "--county", "420581")
	for _, word := range []string{"县办根密钥", "财政局根密钥", "编办根密钥", dir + rootSuffix, "三个U盘"} {
		if !strings.Contains(said, word) {
			t.Errorf("init does not say %q: %s", word, said)
		}
	}
	for _, p := range saidPassphrases(t, said) {
		for _, root := range []string{dir, dir + rootSuffix} {
			err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				b, err := os.ReadFile(path)
				if bytes.Contains(b, []byte(p)) {
					t.Errorf("%s holds a passphrase", path)
				}
				private := strings.HasSuffix(path, ".rootkey") || strings.HasSuffix(path, ".key")
				if i, statErr := e.Info(); statErr != nil || private && i.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v", path, i.Mode(), statErr)
				}
				if strings.HasPrefix(path, dir+string(filepath.Separator)) && strings.HasSuffix(path, ".rootkey") {
					t.Errorf("%s lies beside the other keys", path)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	_, errs, code := office(t, "init", "--data", filepath.Join(t.TempDir(), "x"), "--county", "420581", "--passphrase-file", passphraseFile(t, "太短了"))
	if code != 1 || !strings.Contains(errs, "至少10个字") {
		t.Error(code, errs)
	}
	_, errs, code = office(t, "init", "--data", filepath.Join(t.TempDir(), "x"), "--county", "420581", "--ask")
	if code != 1 || !strings.Contains(errs, "终端") {
		t.Error(code, errs)
	}
}

// A person at a terminal chooses the passphrases, each twice, and gives them when they are needed.
func TestPassphrasesAskedForAtATerminal(t *testing.T) {
	var asked []string
	answers := []string{}
	e := env{out: &bytes.Buffer{}, err: &bytes.Buffer{}, now: time.Now, ask: func(prompt string) (string, error) {
		asked = append(asked, prompt)
		if len(answers) == 0 {
			return "", errors.New("nobody answers")
		}
		a := answers[0]
		answers = answers[1:]
		return a, nil
	}}
	dir := filepath.Join(t.TempDir(), "office")
	first := "宜都县办根密钥的口令一"
	answers = []string{first, "宜都县办根密钥的口令二"}
	if code := run(context.Background(), e, []string{"init", "--data", dir, "--county", "420581", "--ask"}); code != 1 {
		t.Error("two different answers were taken for one")
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was made: %v", err)
	}
	answers = []string{first, first, first, first, first, first}
	if code := run(context.Background(), e, []string{"init", "--data", dir, "--county", "420581", "--ask"}); code != 0 {
		t.Fatal(e.err)
	}
	asked, answers = nil, []string{"记错了的口令", first, first}
	if code := run(context.Background(), e, []string{"keys", "replace", "timestamp", "--data", dir}); code != 0 {
		t.Fatal(e.err)
	}
	if want := []string{"县办根密钥的口令：", "县办根密钥的口令：", "财政局根密钥的口令："}; !slices.Equal(asked, want) {
		t.Errorf("asked %q", asked)
	}
}

// Keys are changed by one at a time, and while nothing is made with them: nothing is half one and half the other.
func TestKeysAreChangedByOneAtATime(t *testing.T) {
	dir := published(t)
	open := passphraseFile(t, passphrases...)
	out := filepath.Join(t.TempDir(), "k.json")
	changes := [][]string{
		{"keys", "replace", "timestamp", "--data", dir, "--passphrase-file", open},
		{"keys", "county", "--data", dir},
		{"keys", "revoke", "420581-001", "--data", dir},
		{"keys", "move", "finance-leader", "--to", t.TempDir(), "--data", dir},
	}
	uses := [][]string{
		{"publish", "--data", dir, "--as-of", "2026-11-21"},
		{"enrol", "--data", dir, "--name", "甲", "--out", out},
		{"card", "--data", dir, "--out", out + "2"},
		{"keys", "list", "--data", dir},
	}
	for _, c := range []struct {
		change  bool
		refused [][]string
	}{{true, slices.Concat(changes, uses)}, {false, changes}} {
		letGo, err := holdKeys(dir, c.change)
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range c.refused {
			if _, errs, code := office(t, args...); code != 1 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "请等它做完再试") {
				t.Errorf("%v: %d %s", args[:2], code, errs)
			}
		}
		if err := letGo(); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range slices.Concat(uses, changes) {
		must(t, args...)
	}
}

// The battery of the office's machine is empty, and it believes that it is 2015. Nothing is signed, until somebody says that it was the last time that was
// wrong.
func TestNothingIsSignedAtAnHourThatCannotBe(t *testing.T) {
	dir := published(t)
	before := depotFiles(t, dir)
	at := func(now time.Time, args ...string) (errs string, code int) {
		var o, e bytes.Buffer
		code = run(context.Background(), env{out: &o, err: &e, now: func() time.Time { return now }}, args)
		return e.String(), code
	}
	wrong, open := time.Date(2015, 1, 1, 8, 0, 0, 0, time.Local), passphraseFile(t, passphrases...)
	publish, replace := []string{"publish", "--data", dir}, []string{"keys", "replace", "timestamp", "--data", dir, "--passphrase-file", open}
	for _, args := range [][]string{publish, replace} {
		if errs, code := at(wrong, args...); code != 1 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "2015-01-01 08:00") || !strings.Contains(errs, "校准时钟") {
			t.Errorf("%v: %d %s", args[:2], code, errs)
		}
	}
	if after := depotFiles(t, dir); !slices.Equal(before, after) {
		t.Errorf("something was signed: %v, then %v", before, after)
	}
	kiosk := follow(t, dir)
	for _, args := range [][]string{publish, replace} {
		if errs, code := at(time.Now().Add(-90*time.Minute), append(args, "--clock-is-right")...); code != 0 {
			t.Errorf("%v: %d %s", args[:2], code, errs)
		}
		kiosk.look()
	}
	if errs, code := at(time.Now().Add(-2*time.Hour), publish...); code != 0 { // half an hour is no mistake
		t.Errorf("%d %s", code, errs)
	}
}

// The leader of finance keeps his key on a stick of his own: daily signing goes on without it, and new data wait for it.
func TestALeaderKeepsHisKeyOnHisStick(t *testing.T) {
	const later = "2031-11-20" // when lists are past their last day: that is news of finance
	dir := published(t)
	stick := filepath.Join(t.TempDir(), "stick")
	if err := os.Mkdir(stick, 0o755); err != nil {
		t.Fatal(err)
	}
	if out := must(t, "keys", "move", "finance-leader", "--data", dir, "--to", stick); !strings.Contains(out, stick) {
		t.Error(out)
	}
	for _, c := range []struct{ name, says string }{{"timestamp", "不能移走"}, {"finance-leader", "早已移走"}} {
		if _, errs, code := office(t, "keys", "move", c.name, "--data", dir, "--to", stick); code != 1 || !strings.Contains(errs, c.says) {
			t.Errorf("%s: %d %s", c.name, code, errs)
		}
	}
	must(t, "publish", "--data", dir, "--as-of", "2026-11-20")
	if err := os.Rename(stick, stick+".out"); err != nil {
		t.Fatal(err)
	}
	must(t, "publish", "--data", dir, "--as-of", "2026-11-20")
	_, errs, code := office(t, "publish", "--data", dir, "--as-of", later)
	if code != 1 || !strings.Contains(errs, "finance-leader") || !strings.Contains(errs, stick) {
		t.Errorf("%d %s", code, errs)
	}
	if e := verify(t, dir); e.Number != 2 {
		t.Errorf("edition %d", e.Number)
	}
	if err := os.Rename(stick+".out", stick); err != nil {
		t.Fatal(err)
	}
	must(t, "publish", "--data", dir, "--as-of", later)
	if e := verify(t, dir); e.Number != 3 {
		t.Errorf("edition %d", e.Number)
	}
}

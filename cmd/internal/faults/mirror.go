package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"mingbai.local/sync/trust"
)

// copies are the trials of what the office keeps beside its own depot: a mirror of it in a folder, and the keys that sign it. The short form has them on one
// file system, and leaves nothing out.
func copies(s scale) []trial {
	systems, left := []fileSystem{xfs, ext4}, copyMutants
	if s.left < len(mutants) {
		systems, left = systems[:1], nil
	}
	var out []trial
	for _, f := range systems {
		out = append(out,
			trial{"block log of a mirror, " + f.name, func(b *bench, s scale) (row, error) { return b.mirrors(f, s.press) }},
			trial{"block log of the keys, " + f.name, func(b *bench, s scale) (row, error) { return b.keyChanges(f, max(s.press/5, 10)) }},
		)
	}
	for _, m := range left {
		out = append(out, trial{"left out: " + m.step, func(b *bench, s scale) (row, error) { return m.caught(b, s.hunt) }})
	}
	return out
}

var (
	mirrored = []sieve{
		{officeProgram, func(b *bench, n int) (row, error) { return b.mirrors(xfs, n) }},
		{officeProgram, func(b *bench, n int) (row, error) { return b.mirrors(ext4, n) }},
	}
	locked = []sieve{
		{officeProgram, func(b *bench, n int) (row, error) { return b.keyChanges(xfs, n) }},
		{officeProgram, func(b *bench, n int) (row, error) { return b.keyChanges(ext4, n) }},
	}
)

// copyMutants are the steps that keep a mirror and the keys whole. What writes a file of a mirror is the press's, which has its own.
var copyMutants = []mutant{
	{
		step: "sync the timestamp of a mirror", file: "cmd/office/internal/mirror/mirror.go",
		old: "err = r.Place.Settle()", new: "err = nil", by: mirrored,
	},
	{
		step: "sync a key", file: "sync/trust/keys.go",
		old: "err = f.Sync()", new: "err = nil", by: locked,
	},
	{
		step: "sync the name of a key", file: "sync/trust/keys.go",
		old: "\treturn syncDir(filepath.Dir(name))\n", new: "\treturn nil\n", by: locked,
	},
	{
		step: "sync the county key", file: "cmd/office/internal/disk/disk.go",
		old: "err = f.Sync()", new: "err = nil", by: locked,
	},
	{
		step: "sync the name of the county key", file: "cmd/office/internal/disk/disk.go",
		old: "\treturn Sync(filepath.Dir(path))\n", new: "\treturn nil\n", by: locked,
	},
	{
		step: "put a key into its place", file: "sync/trust/keys.go",
		old: "if root.Signed.Roles[role].KeyIDs[slices.Index(keyNames[role], name)] != id {", new: `if id != "" {`, by: locked,
	},
}

// paperwork (文书) is a real office with the sheets of a few days, of which the first was published.
type paperwork struct {
	office
	dir, data string
	digests   []string // of the editions, by number
}

func (b *bench) openPaperwork() (p *paperwork, err error) {
	dir, err := os.MkdirTemp(b.dir, "paperwork-")
	if err != nil {
		return nil, err
	}
	p = &paperwork{office{dir}, dir, filepath.Join(dir, "data"), []string{""}}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	for n, day := range days {
		if err := run(b.press, "sample", "--county", "420581", "--seed", strconv.Itoa(n+1), "--payments", "100", "--as-of", day, "--out", filepath.Join(dir, day)); err != nil {
			return nil, err
		}
	}
	said, err := exec.Command(b.press, "init", "--data", p.data, "--county", "420581").Output()
	if err != nil {
		return nil, fmt.Errorf("office init: %w", err)
	}
	var lines []byte
	for _, m := range regexp.MustCompile(`口令是 (\S+)\n`).FindAllSubmatch(said, -1) {
		lines = append(append(lines, m[1]...), '\n')
	}
	if err := os.WriteFile(p.passphrases(), lines, 0o600); err != nil {
		return nil, err
	}
	return p, b.nextDay(p)
}

func (p *paperwork) close() error { return os.RemoveAll(p.dir) }

func (p *paperwork) passphrases() string { return filepath.Join(p.dir, "passphrases") }

// nextDay publishes the sheets of the next day.
func (b *bench) nextDay(p *paperwork) error {
	n := len(p.digests)
	day := days[n-1]
	err := run(b.press, "intake", "--data", p.data, filepath.Join(p.dir, day))
	if err == nil && n == 1 { // what is enrolled before anything was taken in is of a real county
		err = run(b.press, "enrol", "--data", p.data, "--name", "试验", "--code", enrolCode, "--out", filepath.Join(p.dir, "enrolment.json"))
	}
	if err == nil {
		err = b.publish(p.data, day)
	}
	if err != nil {
		return err
	}
	got, err := b.take(p.office, p.data)
	if err == nil && got.Edition != int64(n) {
		err = fmt.Errorf("published edition %d, not %d", got.Edition, n)
	}
	p.digests = append(p.digests, got.Digest)
	return err
}

// mirrors (镜像) copies edition after edition to a folder on a disk that remembers. Of every disk that a power cut could leave, a new kiosk must be able to take
// the edition whose copying had ended, or a newer one, whole; and the next mirror must bring the newest.
func (b *bench) mirrors(f fileSystem, images int) (r row, err error) {
	p, err := b.openPaperwork()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	mirror := func(at string) error {
		return run(b.press, "mirror", "--data", p.data, "file://"+filepath.Join(at, "province", "public"))
	}
	nothing := func(string) error { return nil }
	rec, err := b.record(f, nothing, func(d *disk, at string, rec *recording) error {
		for {
			if err := mirror(at); err != nil {
				return err
			}
			n := len(p.digests)
			rec.heard = append(rec.heard, heard{d.happened(), promised{Edition: int64(n - 1)}})
			if n > len(days) {
				return nil
			}
			if err := b.nextDay(p); err != nil {
				return err
			}
		}
	})
	if err != nil {
		return r, err
	}
	looked := 0
	return b.replay(rec, f, images, func(at string, had promised) error {
		at = filepath.Join(at, "province")
		if err := b.offers(p.office, at, had.Edition, p.digests); err != nil {
			return err
		}
		if looked++; looked%10 != 0 {
			return nil
		}
		if err := mirror(filepath.Dir(at)); err != nil {
			return &violation{"wrong: nothing can be mirrored any more: " + err.Error()}
		}
		return b.offers(p.office, at, int64(len(days)), p.digests)
	})
}

// replaced are the keys that keyChanges changes, in this order.
var replaced = []string{"timestamp", "targets-1", "finance-leader", "county"}

// keyChanges (换钥) changes the keys of an office on a disk that remembers. Whatever a power cut leaves of them, the office can publish, a kiosk that was enrolled
// at the beginning believes what it publishes and has or is handed the key to it, and a key that was replaced is gone.
func (b *bench) keyChanges(f fileSystem, images int) (r row, err error) {
	p, err := b.openPaperwork()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	keys, prepared := filepath.Join(p.data, "keys"), filepath.Join(p.dir, "keys")
	if err := os.Rename(keys, prepared); err != nil {
		return r, err
	}
	// The keys alone are on the disk: the syncs of ledger and depot would bring their names along.
	use := func(at string) error {
		if err := os.Remove(keys); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return os.Symlink(filepath.Join(at, "keys"), keys)
	}
	public := filepath.Join(p.data, "public")
	depot := func(changes int64) string { return filepath.Join(p.dir, fmt.Sprint("public-", changes)) }
	if err := os.CopyFS(depot(0), os.DirFS(public)); err != nil {
		return r, err
	}
	was := map[string][]byte{}
	prepare := func(at string) error {
		return errors.Join(os.CopyFS(filepath.Join(at, "keys"), os.DirFS(prepared)), use(at))
	}
	rec, err := b.record(f, prepare, func(d *disk, at string, rec *recording) error {
		for n, name := range replaced {
			args := []string{"keys", "replace", name, "--data", p.data, "--passphrase-file", p.passphrases()}
			if name == "county" {
				args = []string{"keys", "county", "--data", p.data}
			}
			old, err := os.ReadFile(keyIn(at, name))
			if err == nil {
				was[name] = old
				err = run(b.press, args...)
			}
			if err == nil {
				err = os.CopyFS(depot(int64(n+1)), os.DirFS(public))
			}
			if err != nil {
				return err
			}
			rec.heard = append(rec.heard, heard{d.happened(), promised{Edition: int64(n + 1)}})
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	return b.replay(rec, f, images, func(at string, had promised) error {
		for _, name := range replaced[:had.Edition] {
			if now, err := os.ReadFile(keyIn(at, name)); err != nil || bytes.Equal(now, was[name]) {
				return &violation{fmt.Sprintf("lost: %s had been replaced: %v", name, err)}
			}
		}
		if err := errors.Join(use(at), os.RemoveAll(public), os.CopyFS(public, os.DirFS(depot(had.Edition)))); err != nil {
			return err
		}
		if err := b.publish(p.data, days[0]); err != nil {
			return &violation{"wrong: the office cannot publish any more: " + err.Error()}
		}
		if now, err := os.ReadFile(keyIn(at, "county")); err != nil || !bytes.Equal(now, was["county"]) {
			return p.handed(now, public)
		}
		if _, err := b.take(p.office, p.data); err != nil {
			return &violation{"wrong: a kiosk does not take what the office publishes: " + err.Error()}
		}
		return nil
	})
}

func keyIn(at, name string) string { return filepath.Join(at, "keys", name+".key") }

// handed says whether the kiosk comes by the county key that lies in the office.
func (p *paperwork) handed(line []byte, public string) error {
	sealed, err := os.ReadFile(filepath.Join(p.dir, "enrolment.json"))
	if err != nil {
		return err
	}
	e, err := trust.OpenEnrolment(sealed, enrolCode)
	if err != nil {
		return err
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(line)))
	depot := os.DirFS(public)
	h, ok, errs := trust.HandoutOf(depot)
	if err = errors.Join(err, errs); err != nil || !ok || h.Key != trust.CountyKeyID(key) {
		return &violation{fmt.Sprintf("wrong: the new county key is handed to nobody: %v", err)}
	}
	file, err := fs.ReadFile(depot, trust.HandoutPath(h.SHA256))
	if err == nil {
		_, err = trust.OpenCountyKey(file, h.Key, e.Identity)
	}
	if err != nil {
		return &violation{"wrong: the new county key does not reach the kiosk: " + err.Error()}
	}
	return nil
}

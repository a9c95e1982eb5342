package stick_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/officetest"
	"mingbai.local/sync/pull"
	"mingbai.local/sync/stick"
	"mingbai.local/sync/store"
	"mingbai.local/sync/trust"
)

// pulls is how often a stick is pulled out, or cut, by each test.
var pulls = flag.Int("pulls", 6, "how often a stick is pulled out at a random moment")

// medium is an exFAT stick: an image that a process of its own serves. Killing the process is pulling the stick out: whatever that process had not
// written yet is lost, and every call fails from then on.
type medium struct {
	t          *testing.T
	image, dir string
	device     string // the loop device while it is in
	process    *exec.Cmd
	ended      chan struct{}
}

func newMedium(t *testing.T, megabytes int64) *medium {
	t.Helper()
	m := copyOf(t, nil)
	if err := os.Truncate(m.image, megabytes<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.exfat", "-L", "县公开办", m.image).CombinedOutput(); err != nil {
		t.Fatalf("mkfs.exfat, of Debian's exfatprogs: %v\n%s", err, out)
	}
	return m
}

// copyOf is a stick with that on it.
func copyOf(t *testing.T, image []byte) *medium {
	t.Helper()
	m := &medium{t: t, image: filepath.Join(t.TempDir(), "stick.img"), dir: t.TempDir()}
	if err := os.WriteFile(m.image, image, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if m.process != nil {
			m.pullOut()
		}
	})
	return m
}

// attach makes a disk of an image, and detach an image of a disk.
func attach(t *testing.T, image string) (device string) {
	t.Helper()
	out, err := exec.Command("losetup", "--find", "--show", image).CombinedOutput()
	if err != nil {
		t.Fatalf("losetup: %v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func detach(t *testing.T, device string) {
	t.Helper()
	if out, err := exec.Command("losetup", "--detach", device).CombinedOutput(); err != nil {
		t.Errorf("losetup: %v\n%s", err, out)
	}
}

// plug puts the stick in. A damaged one may not mount.
func (m *medium) plug(options ...string) error {
	m.t.Helper()
	m.device = attach(m.t, m.image)
	m.process = exec.Command("mount.exfat-fuse", append(append([]string{"-d"}, options...), m.device, m.dir)...)
	var said bytes.Buffer
	m.process.Stderr = &said
	m.process.WaitDelay = time.Second
	if err := m.process.Start(); err != nil {
		m.t.Fatalf("mount.exfat-fuse, of Debian's exfat-fuse: %v", err)
	}
	m.ended = make(chan struct{})
	go func(c *exec.Cmd, ended chan struct{}) {
		_ = c.Wait() // it may have been killed
		close(ended)
	}(m.process, m.ended)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !m.mounted() {
		select {
		case <-m.ended:
			m.gone()
			return errors.New("does not mount: " + said.String())
		case <-tick.C:
		}
	}
	return nil
}

func (m *medium) mustPlug() {
	m.t.Helper()
	if err := m.plug(); err != nil {
		m.t.Fatal(err)
	}
}

func (m *medium) mounted() bool {
	var in, above syscall.Stat_t
	return syscall.Stat(m.dir, &in) == nil && syscall.Stat(filepath.Dir(m.dir), &above) == nil && in.Dev != above.Dev
}

// kill is the moment at which the stick leaves its socket.
func (m *medium) kill() {
	if err := m.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		m.t.Error(err)
	}
	<-m.ended
}

// pullOut takes the stick out, whatever reads it.
func (m *medium) pullOut() {
	m.kill()
	if err := syscall.Unmount(m.dir, syscall.MNT_DETACH); err != nil {
		m.t.Error(err)
	}
	m.gone()
}

func (m *medium) gone() {
	m.t.Helper()
	m.process = nil
	detach(m.t, m.device)
}

// eject takes the stick out as one should.
func (m *medium) eject() {
	m.t.Helper()
	if err := syscall.Unmount(m.dir, 0); err != nil {
		m.t.Fatal(err)
	}
	<-m.ended
	m.gone()
}

// check is what a PC does with a stick that was pulled out.
func (m *medium) check() {
	m.t.Helper()
	out, err := exec.Command("fsck.exfat", "-y", m.image).CombinedOutput()
	var code *exec.ExitError
	if err != nil && !(errors.As(err, &code) && code.ExitCode() == 1) { // 1: mended
		m.t.Logf("fsck.exfat: %v\n%s", err, out)
	}
}

// monthly is an office with a first edition, and what publishes the second.
func monthly(t *testing.T) (o *office, second func()) {
	t.Helper()
	o = yidu(t)
	var rows []string
	for i := range 30 {
		rows = append(rows, strings.Repeat(string(rune('一'+i)), 400))
	}
	o.Publish(rows...)
	return o, func() {
		o.Now = o.Now.AddDate(0, 1, 0)
		o.Publish(append(rows[10:], "新", "来", "的")...)
	}
}

func TestOnExFAT(t *testing.T) {
	o, second := monthly(t)
	m := newMedium(t, 32)
	m.mustPlug()
	// FAT knows no case: somebody has made our folders in capitals.
	if err := os.MkdirAll(filepath.Join(m.dir, strings.ToUpper(stick.Folder), "METADATA"), 0o755); err != nil {
		t.Fatal(err)
	}
	mustFill(t, o.filling(m.dir))
	m.eject()
	m.mustPlug()
	if n := holds(t, o, m.dir); n != 1 {
		t.Errorf("put in again, the stick holds %d", n)
	}
	second()
	out := mustFill(t, o.filling(m.dir))
	m.kill() // the moment after 可以拔U盘
	m.pullOut()
	m.mustPlug()
	if n := holds(t, o, m.dir); n != 2 || out.Kept < 10 {
		t.Errorf("pulled out when it was done, the stick holds %d, %+v", n, out)
	}
	m.eject()
	if err := m.plug("-o", "ro"); err != nil {
		t.Fatal(err)
	}
	_, err := fill(o.filling(m.dir))
	var medium *stick.MediumError
	if !errors.As(err, &medium) || !errors.Is(err, syscall.EROFS) {
		t.Errorf("write-protected: %v", err)
	}
}

// journal is a stick of ext4, which keeps in memory what nobody has asked to be on the disk: cutting it off shows whether somebody has.
type journal struct {
	t          *testing.T
	image, dir string
	device     string
}

func newJournal(t *testing.T) *journal {
	t.Helper()
	j := &journal{t: t, image: filepath.Join(t.TempDir(), "stick.img"), dir: t.TempDir()}
	if err := os.WriteFile(j.image, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("mkfs.ext4", "-q", j.image, "64M").CombinedOutput()
	if err != nil {
		t.Fatalf("mkfs.ext4: %v\n%s", err, out)
	}
	j.device = attach(t, j.image)
	t.Cleanup(func() {
		_ = syscall.Unmount(j.dir, syscall.MNT_DETACH) // a test that failed may have left it either way
		detach(t, j.device)
	})
	j.mount()
	return j
}

func (j *journal) mount() {
	j.t.Helper()
	if err := syscall.Mount(j.device, j.dir, "ext4", 0, ""); err != nil {
		j.t.Fatal(err)
	}
}

// cut is a power cut, and the next start.
func (j *journal) cut() {
	j.t.Helper()
	const shutdown, withoutLog = 0x8004587d, 2 // EXT4_IOC_SHUTDOWN, EXT4_GOING_FLAGS_NOLOGFLUSH
	d, err := os.Open(j.dir)
	if err != nil {
		j.t.Fatal(err)
	}
	flags := uint32(withoutLog)
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, d.Fd(), shutdown, uintptr(unsafe.Pointer(&flags)))
	if err := d.Close(); errno != 0 || err != nil {
		j.t.Fatal(errno, err)
	}
	if err := syscall.Unmount(j.dir, 0); err != nil {
		j.t.Fatal(err)
	}
	j.mount()
}

// TestPulledOutTheMomentItIsDone: what was said to be on the stick is on it.
func TestPulledOutTheMomentItIsDone(t *testing.T) {
	o, second := monthly(t)
	j := newJournal(t)
	mustFill(t, o.filling(j.dir))
	j.cut()
	if n := holds(t, o, j.dir); n != 1 {
		t.Errorf("the first filling is lost: %d", n)
	}
	second()
	mustFill(t, o.filling(j.dir))
	j.cut()
	if n := holds(t, o, j.dir); n != 2 {
		t.Errorf("the second filling is lost: %d", n)
	}
}

// TestPowerCutTheMomentLettersAreTaken: a letter that has left the stick is on the disk that it was taken to.
func TestPowerCutTheMomentLettersAreTaken(t *testing.T) {
	j, medium := newJournal(t), t.TempDir()
	box := filepath.Join(medium, stick.Folder, "outbox", "YD-01")
	if err := errors.Join(os.MkdirAll(box, 0o755), os.WriteFile(filepath.Join(box, "a-1.age"), []byte("sealed"), 0o644)); err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(j.dir, "信")
	if out, err := stick.Empty(context.Background(), medium, home, nil); err != nil || out.Letters != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	j.cut()
	if b, err := os.ReadFile(filepath.Join(home, "YD-01", "a-1.age")); err != nil || string(b) != "sealed" {
		t.Errorf("the letter is nowhere: %q, %v", b, err)
	}
}

// TestFullStick: room is counted before the first byte, also where the old edition must go first.
func TestFullStick(t *testing.T) {
	o := yidu(t)
	m := newMedium(t, 8)
	m.mustPlug()
	rows := func(n int, seed uint64) (out []string) {
		r := rand.New(rand.NewPCG(seed, 1))
		for range n {
			b := make([]byte, 20_000) // that no compression makes smaller
			for i := range b {
				b[i] = byte('!' + r.IntN(90))
			}
			out = append(out, string(b))
		}
		return out
	}
	o.Publish(rows(170, 1)...)
	mustFill(t, o.filling(m.dir))
	o.Publish(rows(900, 2)...)
	_, err := fill(o.filling(m.dir))
	var space *stick.NoSpace
	if !errors.As(err, &space) || space.Need <= space.Free || holds(t, o, m.dir) != 1 {
		t.Errorf("too much for it: %v; it holds %d", err, holds(t, o, m.dir))
	}
	o.Publish(rows(170, 3)...) // it has no room for two of these
	out := mustFill(t, o.filling(m.dir))
	if n := holds(t, o, m.dir); n != 3 || out.Removed < 170 {
		t.Errorf("the stick holds %d, %+v", n, out)
	}
}

// TestPulledOutOfTheSocket: at a random moment of a filling. The stick then holds the old edition whole or the new one whole, and after the next
// filling the new one.
func TestPulledOutOfTheSocket(t *testing.T) {
	o, second := monthly(t)
	before := newMedium(t, 16)
	before.mustPlug()
	mustFill(t, o.filling(before.dir))
	before.eject()
	image, err := os.ReadFile(before.image)
	if err != nil {
		t.Fatal(err)
	}
	second()
	stood := map[int64]int{}
	for seed := range *pulls {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		m := copyOf(t, image)
		m.mustPlug()
		f, n, at := o.filling(m.dir), 0, r.IntN(90)
		f.Progress = func(stick.Progress) {
			if n++; n == at {
				m.kill()
			}
		}
		_, err := fill(f)
		var medium *stick.MediumError
		if n >= at && at > 0 && err != nil && !errors.As(err, &medium) {
			t.Errorf("seed %d, step %d: %v", seed, at, err)
		}
		m.pullOut()
		m.check()
		m.mustPlug()
		stood[stands(o, m.dir)]++
		mustFill(t, o.filling(m.dir))
		m.eject()
		m.mustPlug()
		if n := holds(t, o, m.dir); n != 2 {
			t.Errorf("seed %d, step %d: after the next filling it holds %d", seed, at, n)
		}
		m.eject()
	}
	t.Log(stood)
	if stood[1]+stood[2] < *pulls {
		t.Errorf("pulled out, the sticks held %v", stood)
	}
}

// stands is the edition that a kiosk would take from the stick, 0 for none. It reads every row.
func stands(o *office, dir string) int64 {
	d, err := depot.Dir(filepath.Join(dir, stick.Folder))
	if err != nil {
		return 0
	}
	defer d.Close()
	h, err := stick.Look(context.Background(), d, o.Card(), o.Now)
	if err != nil {
		return 0
	}
	return h.Edition
}

// kiosk is a kiosk with a book that is the text of all streams.
type kiosk struct {
	shelf *store.Store
	job   pull.Job
}

const bookEnd = "\nend"

func newKiosk(t *testing.T, o *office) *kiosk {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	opens := func(path string) error {
		b, err := os.ReadFile(path)
		if err == nil && !strings.HasSuffix(string(b), bookEnd) {
			err = errors.New("damaged")
		}
		return err
	}
	build := func(_ context.Context, contents fs.FS, path string) error {
		var b bytes.Buffer
		err := fs.WalkDir(contents, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(contents, name)
			b.Write(text)
			return err
		})
		b.WriteString(bookEnd)
		return errors.Join(err, os.WriteFile(path, b.Bytes(), 0o600))
	}
	e, err := o.Enrolment("http://127.0.0.1/")
	if err != nil {
		t.Fatal(err)
	}
	return &kiosk{s, pull.Job{
		Shelf: s, Enrolment: e, Carrier: trust.Stick, Open: opens, Now: func() time.Time { return o.Now },
		Make: func(ctx context.Context, g edition.Generation, progress func(pull.Progress)) error {
			return pull.Make(ctx, g, pull.Making{Shelf: s, Key: officetest.Key, Build: build, Open: opens, Progress: progress})
		},
	}}
}

// takes makes an update from a stick, and calls at with every step.
func (k *kiosk) takes(dir string, at func(step int, s pull.Stage)) (pull.Result, error) {
	d, err := depot.Dir(filepath.Join(dir, stick.Folder))
	if err != nil {
		return pull.Result{}, err
	}
	defer d.Close()
	j, n := k.job, 0
	j.Depot = d
	j.Progress = func(p pull.Progress) {
		n++
		at(n, p.Stage)
	}
	return pull.Run(context.Background(), j)
}

// TestAKioskWhoseStickIsPulled: in every stage. Until all is read the update ends and keeps what it has; once all is read it goes on without the stick.
func TestAKioskWhoseStickIsPulled(t *testing.T) {
	o, _ := monthly(t)
	m := newMedium(t, 16)
	m.mustPlug()
	mustFill(t, o.filling(m.dir))
	ended := map[pull.Stage]int{}
	var steps []int // the first of each stage, and some of the others
	last := pull.Stage("")
	if _, err := newKiosk(t, o).takes(m.dir, func(n int, s pull.Stage) {
		if s != last || n%(60 / *pulls + 1) == 0 {
			steps = append(steps, n)
		}
		last = s
	}); err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		k := newKiosk(t, o)
		var at pull.Stage
		result, err := k.takes(m.dir, func(n int, s pull.Stage) {
			if n == step {
				at = s
				m.kill()
			}
		})
		if at == "" {
			t.Fatalf("step %d did not come: %v", step, err)
		}
		ended[at]++
		m.pullOut()
		m.mustPlug()
		switch fault := pull.FaultOf(err); {
		case err != nil && at != pull.Probe && at != pull.Fetch:
			t.Errorf("pulled out at %s: %v", at, err)
		case err == nil && result.Edition != 1:
			t.Errorf("pulled out at %s: edition %d", at, result.Edition)
		case err != nil && fault != pull.Unreachable && fault != pull.Tampered:
			t.Errorf("pulled out at %s: %d, %v", at, fault, err)
		}
		kept := result.ShardsFetched
		again, err := k.takes(m.dir, func(int, pull.Stage) {})
		if err != nil || again.Edition != 1 {
			t.Fatalf("put in again: %v", err)
		}
		if again.Changed && kept > 0 && again.ShardsKept == 0 {
			t.Errorf("of %d shards that were read none was kept", kept)
		}
	}
	if ended[pull.Fetch] < 3 || ended[pull.Build] == 0 || ended[pull.Switch] == 0 {
		t.Errorf("pulled out at %v", ended)
	}
}

// TestImageCutAtARandomSector: a stick that has lost everything beyond some sector, as cheap ones do. What can be read of it is right or refused.
func TestImageCutAtARandomSector(t *testing.T) {
	o, _ := monthly(t)
	whole := newMedium(t, 4)
	whole.mustPlug()
	mustFill(t, o.filling(whole.dir))
	whole.eject()
	image, err := os.ReadFile(whole.image)
	if err != nil {
		t.Fatal(err)
	}
	want := newKiosk(t, o)
	whole.mustPlug()
	good, err := want.takes(whole.dir, func(int, pull.Stage) {})
	if err != nil {
		t.Fatal(err)
	}
	whole.eject()
	outcomes := map[string]int{}
	for seed := range 2 * *pulls {
		r := rand.New(rand.NewPCG(uint64(seed), 11))
		at := r.IntN(len(image)/512) * 512
		cut := image[:at]
		if seed%2 == 0 { // the sectors answer, with nothing
			cut = append(bytes.Clone(cut), make([]byte, len(image)-at)...)
		}
		m := copyOf(t, cut)
		if err := m.plug(); err != nil {
			outcomes["does not mount"]++
			continue
		}
		k := newKiosk(t, o)
		got, err := k.takes(m.dir, func(int, pull.Stage) {})
		switch fault := pull.FaultOf(err); {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, io.ErrUnexpectedEOF), fault == pull.Tampered, fault == pull.Unreachable, fault == pull.NotAnOffice, fault == pull.NoEdition:
			outcomes["refused"]++
		case errors.Is(err, syscall.EIO):
			outcomes["refused"]++
		case err != nil:
			t.Errorf("seed %d, cut at %d: %d, %v", seed, at, fault, err)
		case got.Digest != good.Digest:
			t.Errorf("seed %d, cut at %d: took something else", seed, at)
		default:
			outcomes["taken whole"]++
		}
		m.pullOut()
	}
	t.Log(outcomes)
	if outcomes["refused"] == 0 {
		t.Errorf("no cut was noticed: %v", outcomes)
	}
}

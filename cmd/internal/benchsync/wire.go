package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// arrived (到手) is what a kiosk has fetched, kept beside its data folder from run to run.
type arrived struct {
	Requests int   `json:"requests"`
	Data     int64 `json:"data"`     // bytes on the wire for shards
	Metadata int64 `json:"metadata"` // and for all else
	Files    int64 `json:"files"`    // of that without the heads of requests and answers
	Shards   int   `json:"shards"`
}

// bringing (送达) is an office with an edition and a kiosk that has fetched it.
type bringing struct {
	office, kiosk string
	arrived
}

// first publishes the county and has a kiosk fetch it with nothing on disk.
func (b *bench) first() (bringing, error) {
	_, base, err := b.county()
	if err != nil {
		return bringing{}, err
	}
	return b.bring("first", func(dir bringing) error {
		if err := clone(base, dir.office); err != nil {
			return err
		}
		_, err := call(b.program("office"), "enrol", "--data", dir.office, "--name", "查询点", "--place", "420581104212", "--office", "http://127.0.0.1:1/", "--out", b.enrolment(), "--code", code)
		return errors.Join(err, b.publish(dir.office, firstDay))
	})
}

// code opens the enrolment.
const code = "3141592653589793"

// enrolment is of the office that first made.
func (b *bench) enrolment() string { return filepath.Join(b.path("first"), "kiosk.json") }

// next publishes a month's sheets a month later, and has the kiosk fetch what is new.
func (b *bench) next(name string, unlike bool) (bringing, error) {
	first, err := b.first()
	if err != nil {
		return bringing{}, err
	}
	sheets, _, err := b.county()
	if err != nil {
		return bringing{}, err
	}
	month, err := b.month(sheets, unlike)
	if err != nil {
		return bringing{}, err
	}
	return b.bring(name, func(dir bringing) error {
		if err := errors.Join(clone(first.office, dir.office), clone(first.kiosk, dir.kiosk)); err != nil {
			return err
		}
		if _, err := call(b.program("office"), "intake", "--data", dir.office, month); err != nil {
			return err
		}
		return b.publish(dir.office, monthDay)
	})
}

func (b *bench) publish(office, day string) error {
	_, err := call(b.program("office"), "publish", "--data", office, "--as-of", day)
	return err
}

// bring has an office publish and a kiosk fetch, unless an earlier run did with the same programs.
func (b *bench) bring(name string, publish func(bringing) error) (bringing, error) {
	dir, err := b.once(name, b.key, func(dir string) error {
		at := bringing{office: filepath.Join(dir, "office"), kiosk: filepath.Join(dir, "kiosk")}
		if err := publish(at); err != nil {
			return err
		}
		got, err := b.fetch(at)
		if err != nil {
			return err
		}
		text, err := json.Marshal(got)
		return errors.Join(err, os.WriteFile(filepath.Join(dir, "arrived.json"), text, 0o644))
	})
	if err != nil {
		return bringing{}, err
	}
	out := bringing{office: filepath.Join(dir, "office"), kiosk: filepath.Join(dir, "kiosk")}
	text, err := os.ReadFile(filepath.Join(dir, "arrived.json"))
	return out, errors.Join(err, json.Unmarshal(text, &out.arrived))
}

// fetch has the kiosk fetch from the office over a meter.
func (b *bench) fetch(at bringing) (got arrived, err error) {
	server, address, err := b.serve(at.office)
	if err != nil {
		return got, err
	}
	defer stop(server)
	m, err := newMeter(b.office, address)
	if err != nil {
		return got, err
	}
	b.office = m.listener.Addr().String()
	said, err := call(b.program("kiosk"), "pull", "--data", at.kiosk, "--enrolment", b.enrolment(), "--code", code, "--from", m.url(), "--json")
	if err = errors.Join(err, m.close()); err != nil {
		return got, err
	}
	var r struct {
		Shards int `json:"shards_fetched"`
	}
	if err := json.Unmarshal([]byte(said), &r); err != nil {
		return got, fmt.Errorf("kiosk pull --json: %w", err)
	}
	shard := func(path string) bool { return strings.HasPrefix(path, "s/") }
	for path := range m.bytes {
		if info, err := os.Stat(filepath.Join(at.office, "public", path)); err == nil && !shard(path) { // a newer root is asked for, and there is none
			got.Files += info.Size()
		}
	}
	return arrived{
		Files:    got.Files,
		Requests: m.requests, Shards: r.Shards, Data: m.sum(shard), Metadata: m.sum(func(path string) bool { return !shard(path) }),
	}, nil
}

// serve starts the office and waits for the address that it prints.
func (b *bench) serve(office string) (cmd *exec.Cmd, address string, err error) {
	cmd = exec.Command(b.program("office"), "serve", "--data", office, "--listen", "127.0.0.1:0")
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "http://"); ok {
			go io.Copy(io.Discard, pipe) //nolint:errcheck // until it ends
			address, _, _ = strings.Cut(rest, "/")
			return cmd, address, nil
		}
	}
	stop(cmd)
	return nil, "", errors.New("office serve ended without saying where it listens")
}

func stop(cmd *exec.Cmd) {
	if cmd.ProcessState == nil {
		cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended
		cmd.Wait()                          //nolint:errcheck // it was told to go
	}
}

// wire measures what a first fetch and a month take on the wire.
func (b *bench) wire() error {
	first, err := b.first()
	if err != nil {
		return err
	}
	rows, err := paymentsOf(first.kiosk)
	if err != nil {
		return err
	}
	const mb = 1e6
	b.table.Add("first_mb", float64(first.Data+first.Metadata)/mb, "MB",
		fmt.Sprintf("%d payments and all other records; %d requests for %d shards, headers counted", rows, first.Requests, first.Shards))
	month, err := b.month5M("recurring", false)
	if err != nil {
		return err
	}
	b.table.Add("wire_recurring_ratio", month.ratio(), "×", month.note())
	b.table.Add("metadata_bytes", float64(month.Metadata), "bytes", fmt.Sprintf(
		"on the wire in the same month beside the shards: %d are files of metadata, catalogs and indexes, the rest heads of %d requests and answers", month.Files, month.Requests-month.Shards))
	worst, err := b.month5M("unlike", true)
	if err != nil {
		return err
	}
	b.table.Add("wire_worst_ratio", worst.ratio(), "×", "nobody on the five new lists was on an earlier one; "+worst.note())
	return nil
}

// change (变动) is a month as it was fetched, beside what of the rows is other than before.
type change struct {
	bringing
	differs
	zstd int64
}

func (c change) ratio() float64 { return float64(c.Data) / float64(c.zstd) }

func (c change) note() string {
	return fmt.Sprintf("%d bytes on the wire for %d shards against %d by %s of the %d new and %d corrected rows as TSV, %d bytes",
		c.Data, c.Shards, c.zstd, zstdCommand, c.Added, c.Corrected, c.Bytes)
}

func (b *bench) month5M(name string, unlike bool) (change, error) {
	first, err := b.first()
	if err != nil {
		return change{}, err
	}
	at, err := b.next(name, unlike)
	if err != nil {
		return change{}, err
	}
	c := change{bringing: at}
	dir, err := b.once(name+"-rows", b.key, func(dir string) error {
		d, err := compare(first.kiosk, at.kiosk, filepath.Join(dir, "rows.tsv"))
		if err != nil {
			return err
		}
		if d.Corrected != corrections || d.Gone != 0 {
			return fmt.Errorf("%d rows corrected, %d gone: %d and none were", d.Corrected, d.Gone, corrections)
		}
		text, err := json.Marshal(d)
		return errors.Join(err, os.WriteFile(filepath.Join(dir, "differs.json"), text, 0o644))
	})
	if err != nil {
		return change{}, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "differs.json"))
	if err = errors.Join(err, json.Unmarshal(text, &c.differs)); err != nil {
		return change{}, err
	}
	c.zstd, err = zstdOf(filepath.Join(dir, "rows.tsv"))
	return c, err
}

// poll measures what looking at an office costs where nothing is new.
func (b *bench) poll() error {
	first, err := b.first()
	if err != nil {
		return err
	}
	if _, err := b.fetch(first); err != nil { // what it has kept may be of an office elsewhere, in an earlier run
		return err
	}
	got, err := b.fetch(first)
	if err != nil {
		return err
	}
	if got.Shards != 0 {
		return fmt.Errorf("%d shards were new", got.Shards)
	}
	b.table.Add("poll_requests", float64(got.Requests), "requests", "by a process that has just been started")
	b.table.Add("poll_bytes", float64(got.Data+got.Metadata), "bytes", "request and answer on the wire, headers counted")
	return nil
}

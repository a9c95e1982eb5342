package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"mingbai.local/sync/health"
)

// status is what kiosk status says.
type status struct {
	Edition    int64            `json:"edition"`
	DataAsOf   string           `json:"data_as_of"`
	SyncedAt   string           `json:"synced_at"`
	Digest     string           `json:"digest"`
	Synthetic  bool             `json:"synthetic"`
	Datasets   map[string]int64 `json:"datasets"`
	Conditions []condition      `json:"conditions"`
}

type condition struct {
	Code   string `json:"code"`
	Words  string `json:"words"`
	Remedy string `json:"remedy"`
}

func (c condition) String() string { return c.Code + " " + c.Words + c.Remedy }

// look opens a data folder as status and doctor do, and says what it holds.
func look(data string) (*point, status, error) {
	st := status{Datasets: map[string]int64{}, Conditions: []condition{}}
	if _, err := os.Stat(data); err != nil {
		return nil, st, fmt.Errorf("没有数据文件夹%s。请检查--data，或者先用 kiosk pull 更新", data)
	}
	p, err := newPoint(data, "")
	if err != nil {
		return nil, st, err
	}
	synced, err := p.serve()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, st, err
	}
	if p.before != nil {
		closeBook(p.before)
		p.before = nil
	}
	if b := p.book; b != nil {
		m := b.Manifest()
		st.Edition, st.DataAsOf, st.Digest, st.Synthetic, st.Datasets = m.Number, string(m.AsOf), m.Digest, m.Synthetic, m.Rows
		if !synced.IsZero() {
			st.SyncedAt = synced.Format(time.RFC3339)
		}
	}
	found := p.onDisk()
	if !p.enrolled {
		found = append(found, health.NoEnrolment)
	}
	if p.settings.Offline {
		found = append(found, health.Offline)
	}
	st.Conditions = tellable(found)
	for _, c := range readLooked(data) {
		if !slices.Contains(st.Conditions, c) {
			st.Conditions = append(st.Conditions, c)
		}
	}
	return p, st, nil
}

// runStatus says what a data folder holds. It works beside a running kiosk.
func runStatus(args []string, stdout, stderr io.Writer) int {
	var data string
	var asJSON bool
	err := flags("status", "--data DIR [--json]", args, stderr, func(set *flag.FlagSet) {
		dataFlag(set, &data)
		set.BoolVar(&asJSON, "json", false, "结果写成JSON")
	})
	if err != nil {
		return fail(stderr, err)
	}
	p, st, err := look(data)
	if err != nil {
		return fail(stderr, err)
	}
	if p.book != nil {
		defer closeBook(p.book)
	}
	if asJSON {
		return printJSON(stdout, stderr, st)
	}
	if p.book != nil {
		fmt.Fprintf(stdout, "第%d期，数据截至%s\n", st.Edition, st.DataAsOf)
		if st.Synthetic {
			fmt.Fprintln(stdout, "演示数据，并非真实")
		}
		names := make([]string, 0, len(st.Datasets))
		for name := range st.Datasets {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(stdout, "%-20s%d\n", name, st.Datasets[name])
		}
	}
	for _, c := range st.Conditions {
		fmt.Fprintln(stdout, c)
	}
	return 0
}

func printJSON(stdout, stderr io.Writer, v any) int {
	e := json.NewEncoder(stdout)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fail(stderr, err)
	}
	return 0
}

package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai.local/sync/edition"
)

const heading = "公布日期,公布至,资金编号,补贴种类,年度,所属期,批次,乡镇,村,组,姓名,对象类型,同名序号,数量,单位,标准（元）,金额（元）,发放日期,发放方式,备注,变动原因,变动依据\n"

// sheetsOf writes sheets of payments: for each kind that recurs, three batches of so many rows in two towns.
func sheetsOf(t *testing.T, rows int) string {
	t.Helper()
	dir := t.TempDir()
	for _, town := range []string{"枝城镇", "陆城街道"} {
		var b strings.Builder
		b.WriteString(heading)
		for _, kind := range recurring {
			for batch := 1; batch <= 3; batch++ {
				for i := range rows {
					fmt.Fprintf(&b, "2026-0%d-17,,F2026-01,%s,2026,%d月,%d,%s,甲村,%d组,王%d,户,,%d.50,亩,10.00,%d5.00,2026-0%d-13,一卡通,,,\n", batch, kind, batch, batch, town, i%9+1, i, i+1, i+1, batch)
				}
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "补贴发放_2026年_"+town+".csv"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func rowsIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := eachSheet(dir, func(path string) error {
		return eachRow(path, func(row []byte) error { out[string(row)] = true; return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A month corrects exactly so many rows, and pays each recurring kind once more to nearly the same people, or to nobody who was paid before.
func TestAMonth(t *testing.T) {
	sheets := sheetsOf(t, 400)
	for _, unlike := range []bool{false, true} {
		b := &bench{data: t.TempDir()}
		dir, err := b.month(sheets, unlike)
		if err != nil {
			t.Fatal(err)
		}
		before, after := rowsIn(t, sheets), rowsIn(t, dir)
		corrected, added, known := 0, 0, 0
		names := map[string]bool{}
		for row := range before {
			names[strings.Split(row, ",")[colName]] = true
		}
		for row := range after {
			cells := strings.Split(row, ",")
			switch {
			case before[row]:
			case cells[colBatch] == "4":
				added++
				if names[cells[colName]] {
					known++
				}
				if cells[colPeriod] != "12月" || !strings.HasPrefix(cells[colPublished], "2026-12-") {
					t.Errorf("%s", row)
				}
			default:
				corrected++
				if cells[colReason] == "" || cells[colDoc] == "" {
					t.Errorf("%s", row)
				}
			}
		}
		whole := 2 * 400 * len(recurring)
		if corrected != corrections || added < whole*97/100 || added > whole*103/100 {
			t.Errorf("unlike %t: %d corrected, %d added to %d", unlike, corrected, added, whole)
		}
		if unlike && known > 0 || !unlike && known < whole*97/100 {
			t.Errorf("unlike %t: %d of %d were there before", unlike, known, added)
		}
	}
}

// What is drawn to be corrected stands in as many lists as was asked for.
func TestCorrectionsAreScattered(t *testing.T) {
	rows := map[list]int{}
	for i := range 480 {
		rows[list{"2026", fmt.Sprint("k", i), "1"}] = 20 + i
	}
	chosen := drawRows(rows, rand.New(rand.NewPCG(1, 2)))
	n := 0
	for l, of := range chosen {
		for at := range of {
			if at >= rows[l] {
				t.Errorf("row %d of %d", at, rows[l])
			}
			n++
		}
	}
	if len(chosen) != correctedLists || n != corrections {
		t.Errorf("%d rows in %d lists", n, len(chosen))
	}
}

// The meter counts what passes in both directions, by what was asked for, over one connection and over several.
func TestTheMeterCountsEveryByte(t *testing.T) {
	const body = 100_000
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/empty" {
			return
		}
		w.Write(make([]byte, body))
	}))
	defer server.Close()
	m, err := newMeter("127.0.0.1:0", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	client := &http.Client{Transport: transport}
	for _, path := range []string{"s/aa", "i/b", "s/aa", "empty"} {
		answer, err := client.Get(m.url() + path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	transport.CloseIdleConnections()
	if err := m.close(); err != nil {
		t.Fatal(err)
	}
	const most = 500 // bytes of the two heads
	for prefix, bodies := range map[string]int64{"s/": 2, "i/": 1, "empty": 0, "": 3} {
		n := m.sum(func(path string) bool { return strings.HasPrefix(path, prefix) })
		if n <= bodies*body || n > bodies*body+4*most {
			t.Errorf("%q: %d bytes", prefix, n)
		}
	}
	if m.requests != 4 {
		t.Errorf("%d requests", m.requests)
	}
}

// The columns of an edition are read as they are documented, whatever wrote them.
func TestRowsOfAnEdition(t *testing.T) {
	columns := []edition.Column{{Name: "name"}, {Name: "fen", Number: true}}
	table := edition.Table{Dataset: "d", Columns: columns}
	want := ""
	for i := range 20_000 {
		row := []edition.Value{{Text: fmt.Sprint("王", i%700)}, {Int: int64(i * (i%3 - 1))}}
		want += fmt.Sprintf("%s %d\n", row[0].Text, row[1].Int)
		table.Rows = append(table.Rows, row)
	}
	pieces := map[string][]byte{}
	head := edition.Head{County: "420581", CountyName: "宜都市", Number: 1, AsOf: "2026-11-20"}
	w := edition.NewWriter(edition.Key{1}, "finance", head, func(path string, b []byte) error { pieces[path] = b; return nil })
	if err := w.Add(table.Batch(2026, "")); err != nil {
		t.Fatal(err)
	}
	catalog, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	e, err := edition.Load(map[string]edition.Ref{"finance": catalog}, func(path string, _ edition.Ref) ([]byte, error) { return pieces[path], nil })
	if err != nil {
		t.Fatal(err)
	}
	contents := edition.NewReader(e, edition.Key{1}, func(s edition.Entry) ([]byte, error) { return bytes.Clone(pieces[edition.ShardPath(s.SHA256Z)]), nil }).Files()
	open := func(name string) io.Reader {
		f, err := contents.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	names, sums := decoding(false, open("d/name")), decoding(true, open("d/fen"))
	var got strings.Builder
	for range table.Rows {
		name, err := names.next()
		if err != nil {
			t.Fatal(err)
		}
		sum, err := sums.next()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&got, "%s %s\n", name, sum)
	}
	if got.String() != want {
		t.Error("rows are others than were written")
	}
	if _, err := names.next(); err == nil {
		t.Error("there are more rows than were written")
	}
}

// A folder that was made once is not made again for the same key, and made anew for another or after it broke.
func TestStepsAreKept(t *testing.T) {
	b := &bench{data: t.TempDir()}
	made := 0
	step := func(key string, fail error) error {
		_, err := b.once("x", key, func(dir string) error {
			made++
			left, err := os.ReadDir(dir)
			if len(left) > 0 || err != nil {
				t.Errorf("begins with %v, %v", left, err)
			}
			if err := os.WriteFile(filepath.Join(dir, "f"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return fail
		})
		return err
	}
	for _, c := range []struct {
		key  string
		fail error
		made int
	}{{"1", nil, 1}, {"1", nil, 1}, {"2", io.ErrShortWrite, 2}, {"2", nil, 3}, {"2", nil, 3}} {
		if err := step(c.key, c.fail); (err == nil) != (c.fail == nil) && made == c.made {
			t.Errorf("%+v: %v", c, err)
		}
		if made != c.made {
			t.Errorf("%+v: made %d times", c, made)
		}
	}
}

// Several ranges come in the form that zsync reads; one, or none, as net/http gives them.
func TestSeveralRanges(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(newRanges(dir))
	defer server.Close()
	for asked, want := range map[string]string{
		"":               "200 0123456789",
		"bytes=2-4":      "206 234",
		"bytes=0-1,8-9":  "206 \r\n--b\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n--b\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n--b--\r\n",
		"bytes=0-1,8-10": "400 range \"8-10\"\n",
	} {
		r, err := http.NewRequest(http.MethodGet, server.URL+"/f", nil)
		if err != nil {
			t.Fatal(err)
		}
		if asked != "" {
			r.Header.Set("Range", asked)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if got := fmt.Sprintf("%d %s", answer.StatusCode, body); err != nil || got != want {
			t.Errorf("%s: %q, %v", asked, got, err)
		}
	}
}

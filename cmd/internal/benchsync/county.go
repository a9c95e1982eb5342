package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"mingbai.local/app/disclosure"
)

// The days of the two editions, a month apart.
const (
	firstDay = "2026-11-20"
	monthDay = "2026-12-20"
)

// Where the columns of a payment stand in its sheet.
const (
	colPublished = iota
	colUntil
	colFund
	colKind
	colYear
	colPeriod
	colBatch
	colTown
	colVillage
	colGroup
	colName
	colType
	colNamesake
	colQuantity
	colUnit
	colStandard
	colAmount
	colPaid
	colMethod
	colRemark
	colReason
	colDoc
	columnCount
)

const (
	paymentSheets = "补贴发放_*.csv"
	kindSheet     = "补贴种类.csv"
)

// county has the office take in a county of five million payments. It is generated larger and then cut down to what can be published
// by name and is not past its last day, so that each step has to do with these alone.
func (b *bench) county() (sheets, office string, err error) {
	key := strconv.Itoa(b.payments)
	sheets, err = b.once("sheets", key, func(dir string) error {
		_, err := call(b.program("office"), "sample", "--county", "420581", "--seed", "1", "--payments", key, "--as-of", firstDay, "--out", dir)
		if err != nil {
			return err
		}
		return cutDown(dir)
	})
	if err != nil {
		return "", "", err
	}
	office, err = b.once("office", key, func(dir string) error {
		if err := os.Remove(dir); err != nil { // init makes it
			return err
		}
		if _, err := call(b.program("office"), "init", "--data", dir, "--county", "420581"); err != nil {
			return err
		}
		_, err := call(b.program("office"), "intake", "--data", dir, sheets)
		return err
	})
	return sheets, office, err
}

// cutDown leaves in the sheets what an edition of the first day shows by name.
func cutDown(dir string) error {
	named, err := namedKinds(filepath.Join(dir, kindSheet))
	if err != nil {
		return err
	}
	return eachSheet(dir, func(path string) error {
		return rewrite(path, path, func(row []byte) ([]byte, error) {
			cells := bytes.SplitN(row, []byte(","), colYear+1)
			until := string(cells[colUntil])
			if !named[string(cells[colKind])] || until != "" && until < firstDay {
				return nil, nil
			}
			return row, nil
		})
	})
}

// namedKinds are the kinds that are published by name.
func namedKinds(path string) (map[string]bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	publish, days := slices.Index(rows[0], "公布方式"), slices.Index(rows[0], "公布天数")
	if publish < 0 || days < 0 {
		return nil, fmt.Errorf("%s: headings are %v", path, rows[0])
	}
	named := map[string]bool{}
	for _, r := range rows[1:] {
		if r[days] != "" {
			return nil, fmt.Errorf("%s: %s is shown for some days only, which cutDown does not reckon with", path, r[0])
		}
		named[r[0]] = r[publish] == "名单"
	}
	return named, nil
}

// eachSheet calls f with the sheets of payments in their order.
func eachSheet(dir string, f func(path string) error) error {
	paths, err := filepath.Glob(filepath.Join(dir, paymentSheets))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("%s: no %s", dir, paymentSheets)
	}
	for _, p := range paths {
		if err := f(p); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(p), err)
		}
	}
	return nil
}

// eachRow calls f with the rows of a sheet; the heading is the first.
func eachRow(path string, f func(row []byte) error) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if err := f(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// rewrite writes a sheet anew, each row as change returns it; nil leaves it out.
func rewrite(from, to string, change func(row []byte) ([]byte, error)) error {
	part := to + ".part"
	f, err := os.Create(part)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	heading := true
	err = eachRow(from, func(row []byte) error {
		if !heading {
			var err error
			if row, err = change(row); row == nil || err != nil {
				return err
			}
		}
		heading = false
		out.Write(row)
		return out.WriteByte('\n')
	})
	err = errors.Join(err, out.Flush(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(part, to)
}

// list (名单) names a batch of one kind in one year: what the office prints into shards of its own.
type list struct{ year, kind, batch string }

func listOf(row []byte) list {
	cells := strings.SplitN(string(row), ",", colTown+1)
	return list{cells[colYear], cells[colKind], cells[colBatch]}
}

// lists counts the rows of each.
func lists(sheets string) (map[list]int, error) {
	rows := map[list]int{}
	err := eachSheet(sheets, func(path string) error {
		heading := true
		return eachRow(path, func(row []byte) error {
			if !heading {
				rows[listOf(row)]++
			}
			heading = false
			return nil
		})
	})
	return rows, err
}

// What a month changes (editions.md §9): corrections scattered over so many lists, and these kinds paid once more, 84 thousand rows.
const (
	corrections    = 5006
	correctedLists = 325
)

var recurring = []string{"minzheng_gaoling", "yimin_houfu", "nongye_daogu", "xiangcun_gongyi", "tuiyi_nongcunji"}

// month makes the sheets that come in within a month: all corrected documents, and a new one of each recurring kind. Where unlike is
// set nobody on the new lists was on an old one.
func (b *bench) month(sheets string, unlike bool) (string, error) {
	name := "month"
	if unlike {
		name = "month-unlike"
	}
	return b.once(name, strconv.Itoa(b.payments), func(dir string) error {
		rows, err := lists(sheets)
		if err != nil {
			return err
		}
		if err := correct(sheets, dir, rows); err != nil {
			return err
		}
		for i, kind := range recurring {
			if err := repeat(sheets, dir, rows, kind, rand.New(rand.NewPCG(84, uint64(i))), unlike); err != nil {
				return err
			}
		}
		return nil
	})
}

// correct writes every document of which a row is corrected.
func correct(sheets, dir string, rows map[list]int) error {
	r := rand.New(rand.NewPCG(50, 6))
	chosen := drawRows(rows, r)
	at := map[list]int{}
	done := 0
	err := eachSheet(sheets, func(path string) error {
		before := done
		to := filepath.Join(dir, filepath.Base(path))
		err := rewrite(path, to, func(row []byte) ([]byte, error) {
			l := listOf(row)
			at[l]++
			if !chosen[l][at[l]-1] {
				return row, nil
			}
			done++
			return correctRow(row, r)
		})
		if err == nil && done == before {
			err = os.Remove(to)
		}
		return err
	})
	if err == nil && done != corrections {
		err = fmt.Errorf("%d rows corrected, not %d", done, corrections)
	}
	return err
}

// drawRows draws the rows to correct: some lists, and in each about as many as it is long.
func drawRows(rows map[list]int, r *rand.Rand) map[list]map[int]bool {
	all := make([]list, 0, len(rows))
	for l := range rows {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b list) int {
		return strings.Compare(a.year+" "+a.kind+" "+a.batch, b.year+" "+b.kind+" "+b.batch)
	})
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:min(correctedLists, len(all))]
	total := 0
	chosen := map[list]map[int]bool{}
	for _, l := range all {
		chosen[l] = map[int]bool{r.IntN(rows[l]): true}
		total += rows[l]
	}
	for left := corrections - len(all); left > 0; {
		n := r.IntN(total)
		for _, l := range all {
			if n < rows[l] {
				if !chosen[l][n] {
					chosen[l][n] = true
					left--
				}
				break
			}
			n -= rows[l]
		}
	}
	return chosen
}

// correctRow corrects what somebody gets, and gives the reason.
func correctRow(row []byte, r *rand.Rand) ([]byte, error) {
	cells, err := cellsOf(row)
	if err != nil {
		return nil, err
	}
	if err := setQuantity(cells, r); err != nil {
		return nil, err
	}
	cells[colReason], cells[colDoc] = "核对后更正", fmt.Sprintf("都财更〔2026〕%d号", 1+r.IntN(40))
	return lineOf(cells)
}

// setQuantity gives a larger quantity, and the amount that goes with it. What is taken back stays below nothing.
func setQuantity(cells []string, r *rand.Rand) error {
	text, back := strings.CutPrefix(cells[colQuantity], "-")
	q, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("quantity: %w", err)
	}
	standard, err := strconv.ParseFloat(cells[colStandard], 64)
	if err != nil {
		return fmt.Errorf("standard: %w", err)
	}
	milli := disclosure.Milli(q*1000 + 0.5)
	if cells[colUnit] == "亩" {
		milli += disclosure.Milli(1+r.IntN(90)) * 10
		cells[colQuantity] = fmt.Sprintf("%d.%02d", milli/1000, milli%1000/10)
	} else {
		milli += disclosure.Milli(1+r.IntN(3)) * 1000
		cells[colQuantity] = strconv.Itoa(int(milli / 1000))
	}
	amount := milli.Times(disclosure.Fen(standard*100 + 0.5))
	cells[colAmount] = fmt.Sprintf("%d.%02d", amount/100, amount%100)
	if back {
		cells[colQuantity], cells[colAmount] = "-"+cells[colQuantity], "-"+cells[colAmount]
	}
	return nil
}

func cellsOf(row []byte) ([]string, error) {
	cells, err := csv.NewReader(bytes.NewReader(row)).Read()
	if err == nil && len(cells) != columnCount {
		err = fmt.Errorf("%d cells, not %d", len(cells), columnCount)
	}
	return cells, err
}

func lineOf(cells []string) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write(cells); err != nil {
		return nil, err
	}
	w.Flush()
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), w.Error()
}

// repeat writes the next batch of a kind: the newest whole list once more, with a person in a hundred gone, one come and one who gets
// another amount; or where unlike is set with other people throughout.
func repeat(sheets, dir string, rows map[list]int, kind string, r *rand.Rand, unlike bool) error {
	from, next, err := newest(rows, kind)
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, fmt.Sprintf("补贴发放_2026年12月_%s.csv", kind)))
	if err != nil {
		return err
	}
	defer f.Close()
	n := &nextBatch{out: bufio.NewWriter(f), no: strconv.Itoa(next), r: r, unlike: unlike, seen: map[string]bool{}}
	wrote := false
	err = eachSheet(sheets, func(path string) error {
		heading := true
		return eachRow(path, func(row []byte) error {
			if heading {
				heading = false
				if !wrote {
					wrote = true
					n.out.Write(row)
					return n.out.WriteByte('\n')
				}
				return nil
			}
			if listOf(row) != from {
				return nil
			}
			cells, err := cellsOf(row)
			if err != nil {
				return err
			}
			return n.again(cells)
		})
	})
	return errors.Join(err, n.out.Flush())
}

// newest returns the newest list of a kind that is out in every village, and the number of the batch after the last.
func newest(rows map[list]int, kind string) (from list, next int, err error) {
	const year = "2026"
	whole := 0
	for l, n := range rows {
		if l.kind == kind && l.year == year {
			whole = max(whole, n)
		}
	}
	last := 0
	for l, n := range rows {
		if l.kind != kind || l.year != year {
			continue
		}
		batch, err := strconv.Atoi(l.batch)
		if err != nil {
			return from, 0, err
		}
		next = max(next, batch+1)
		if n > whole*9/10 && batch > last {
			last, from = batch, l
		}
	}
	if last == 0 {
		return from, 0, fmt.Errorf("no list of %s in %s", kind, year)
	}
	return from, next, nil
}

// nextBatch (下一批) is a list that is being written from the one before.
type nextBatch struct {
	out    *bufio.Writer
	no     string
	r      *rand.Rand
	unlike bool
	seen   map[string]bool // who is on it
}

// again writes what becomes of a row.
func (n *nextBatch) again(cells []string) error {
	cells[colBatch] = n.no
	if strings.HasSuffix(cells[colPeriod], "月") {
		cells[colPeriod] = "12月"
	}
	cells[colPublished], cells[colPaid] = inDecember(cells[colPublished]), inDecember(cells[colPaid])
	cells[colRemark], cells[colReason], cells[colDoc] = "", "", ""
	fate := n.r.IntN(100)
	switch {
	case n.unlike:
		cells[colGroup] = fmt.Sprintf("%d组", 1+n.r.IntN(9))
		if err := setQuantity(cells, n.r); err != nil {
			return err
		}
		return n.somebody(cells)
	case fate == 0:
		return nil
	case fate == 1:
		if err := setQuantity(cells, n.r); err != nil {
			return err
		}
	}
	n.seen[who(cells)] = true
	if err := n.write(cells); err != nil || fate != 2 {
		return err
	}
	return n.somebody(cells)
}

// somebody writes a row of somebody who is new.
func (n *nextBatch) somebody(cells []string) error {
	cells[colNamesake] = ""
	for cells[colName] = name(n.r); n.seen[who(cells)]; cells[colName] = name(n.r) {
	}
	n.seen[who(cells)] = true
	return n.write(cells)
}

func who(cells []string) string {
	return strings.Join([]string{cells[colTown], cells[colVillage], cells[colGroup], cells[colName]}, " ")
}

func (n *nextBatch) write(cells []string) error {
	line, err := lineOf(cells)
	if err != nil {
		return err
	}
	n.out.Write(line)
	return n.out.WriteByte('\n')
}

// inDecember moves a day into the first half of the month.
func inDecember(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return fmt.Sprintf("2026-12-%02d", 1+d.Day()%15)
}

var (
	surnames = []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤")
	given    = []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂红玉华国建文志海春生金荣福贵珍梅凤香翠莲清云龙祥德义忠孝仁礼智信东西南北山川河林森波浩然子轩宇航一诺欣怡梓涵雨晨佳琪思远家豪俊峰正先才发元光胜利民新运成昌大顺长久永安全友善道传世良本立学诗书开启后显承宗祖绍继")
)

// name makes one up.
func name(r *rand.Rand) string {
	return string([]rune{surnames[r.IntN(len(surnames))], given[r.IntN(len(given))], given[r.IntN(len(given))]})
}

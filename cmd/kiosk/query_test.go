package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
)

const asked = "420581101201"

// dataFolder makes a kiosk's data folder with one small book.
func dataFolder(t *testing.T) string {
	t.Helper()
	head := func(ref string) disclosure.Head {
		return disclosure.Head{Ref: ref, PublishedOn: "2026-06-30"}
	}
	pay := func(group, name, kind string, amount disclosure.Fen) disclosure.Disbursement {
		d := disclosure.Disbursement{
			Head: head(""), Fund: "F1", Kind: kind, Year: 2025, Period: "全年", Batch: 1, Place: asked, Group: group, Name: name,
			Type: "户", Amount: amount, PaidOn: "2025-05-20",
		}
		d.Ref = d.Key()
		return d
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "gen"), 0o700); err != nil {
		t.Fatal(err)
	}
	fsys := booktest.FS(
		disclosure.Place{Head: head("A1"), Code: "420581101000", Name: "枝城镇", ShortName: "枝城", Level: "乡"},
		disclosure.Place{Head: head("A2"), Code: asked, Name: "白水港村", ShortName: "白水港", Level: "村", Parent: "420581101000"},
		disclosure.SubsidyKind{Head: head("gdbt"), Name: "耕地地力保护补贴", Publish: "名单"},
		disclosure.SubsidyKind{Head: head("dibao"), Name: "农村低保", Publish: "名单", Aid: "低保"},
		disclosure.Fund{Head: head("F1"), CatalogueNo: 1, Year: 2025, Name: "耕地地力保护补贴资金", Policies: []string{"Z1"}},
		disclosure.Policy{Head: head("Z2"), Title: "农机补贴细则", IssuedOn: "2024-05-08", Body: "先买后补。\n机具两年内不能轉賣。"},
		disclosure.Outline{Head: head("G1"), Char: "𠮷", Path: "m50 -500l900 0l0 200l-900 0", Parts: "土口"},
		disclosure.Allocation{Head: head("L1"), Fund: "F1", Kind: "gdbt", Year: 2025, Place: asked, Amount: 40000},
		pay("3组", "王建国", "gdbt", 30000), pay("4组", "王建军", "gdbt", 10000), pay("3组", "王建国", "dibao", 500000),
	)
	if err := book.Build(context.Background(), fsys, filepath.Join(dir, "gen", "1.db")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ask runs a command with --json and returns what it printed.
func ask(t *testing.T, run func([]string, *bytes.Buffer, *bytes.Buffer) int, args ...string) map[string]any {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(append(args, "--json"), &stdout, &stderr); code != 0 || stderr.Len() > 0 {
		t.Fatalf("%v: code %d, %s", args, code, stderr.String())
	}
	var out map[string]any
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatalf("%v: %v in %s", args, err, stdout.String())
	}
	return out
}

func lookup(args []string, stdout, stderr *bytes.Buffer) int { return runLookup(args, stdout, stderr) }

func list(args []string, stdout, stderr *bytes.Buffer) int { return runList(args, stdout, stderr) }

func show(args []string, stdout, stderr *bytes.Buffer) int { return runShow(args, stdout, stderr) }

func TestLookupInAVillage(t *testing.T) {
	dir := dataFolder(t)
	a := ask(t, lookup, "--data", dir, "--in", "people", "--village", asked, "wj")
	if a["query"] != "wj" || a["found"] != 2.0 || a["payments"] != 2.0 || a["sum_fen"] != 40000.0 || a["years"].(map[string]any)["2025"] != 40000.0 {
		t.Errorf("%v", a)
	}
	hit := a["hits"].([]any)[0].(map[string]any)
	if hit["title"] != "王建国" || hit["kind"] != "person" || hit["sum_fen"] != 30000.0 || hit["group"] != "3组" || hit["why"] != "initials" {
		t.Errorf("%v", hit)
	}
	p := ask(t, show, "--data", dir, hit["ref"].(string))
	if p["name"] != "王建国" || len(p["payments"].([]any)) != 1 {
		t.Errorf("%v", p)
	}
}

func TestLookupAboveAVillageSaysNoAmounts(t *testing.T) {
	dir := dataFolder(t)
	for _, text := range []string{"王", "wjg", "王建"} {
		if a := ask(t, lookup, "--data", dir, "--in", "people", text); a["found"] != 0.0 || len(a["hits"].([]any)) != 0 || len(a["next"].([]any)) != 0 {
			t.Errorf("%s: %v", text, a)
		}
	}
	a := ask(t, lookup, "--data", dir, "--town", "420581101000", "--in", "people", "--kind", "dibao", "王建国")
	hits := a["hits"].([]any)
	if len(hits) != 1 || a["sum_fen"] != 0.0 || a["payments"] != 0.0 || hits[0].(map[string]any)["sum_fen"] != 0.0 || len(a["years"].(map[string]any)) != 0 {
		t.Errorf("%v", a)
	}
}

func TestLookupOfANameNearlyRight(t *testing.T) {
	dir := dataFolder(t)
	a := ask(t, lookup, "--data", dir, "--village", asked, "王国")
	near := a["near"].([]any)
	if a["found"] != 0.0 || len(a["hits"].([]any)) != 0 || len(near) != 1 {
		t.Fatalf("%v", a)
	}
	if hit := near[0].(map[string]any); hit["title"] != "王建国" || hit["why"] != "missing" || hit["sum_fen"] != 30000.0 {
		t.Errorf("%v", hit)
	}
	if a := ask(t, lookup, "--data", dir, "--in", "people", "王国"); len(a["near"].([]any)) != 0 {
		t.Errorf("above a village a name is answered with another: %v", a)
	}
	var stdout, stderr bytes.Buffer
	if code := lookup([]string{"--data", dir, "--village", asked, "wagnjianjun"}, &stdout, &stderr); code != 0 || !strings.Contains(stdout.String(), "名字差一点的：\n") || !strings.Contains(stdout.String(), "王建军") {
		t.Errorf("%s%s", stdout.String(), stderr.String())
	}
}

func TestLookupInTexts(t *testing.T) {
	dir := dataFolder(t)
	hits := ask(t, lookup, "--data", dir, "不能转卖")["hits"].([]any)
	if len(hits) != 1 {
		t.Fatalf("%v", hits)
	}
	if hit := hits[0].(map[string]any); hit["ref"] != "Z2" || hit["why"] != "text" || hit["excerpt"] != "机具两年内【不能轉賣】。" {
		t.Errorf("%v", hit)
	}
	var stdout, stderr bytes.Buffer
	if code := lookup([]string{"--data", dir, "--in", "policies", "先买"}, &stdout, &stderr); code != 0 || !strings.HasSuffix(stdout.String(), "\n  【先买】后补。\n") {
		t.Errorf("%s%s", stdout.String(), stderr.String())
	}
}

func TestListAddsUp(t *testing.T) {
	a := ask(t, list, "--data", dataFolder(t), "--village", asked, "--kind", "gdbt", "--year", "2025", "--sort", "amount", "--limit", "1")
	rows := a["rows"].([]any)
	if a["found"] != 2.0 || a["sum_fen"] != 40000.0 || a["allocated_fen"] != 40000.0 || a["difference_fen"] != 0.0 || len(rows) != 1 {
		t.Errorf("%v", a)
	}
	if row := rows[0].(map[string]any); row["name"] != "王建国" || row["amount_fen"] != 30000.0 || row["no"] != 1.0 {
		t.Errorf("%v", row)
	}
}

func TestShowARecord(t *testing.T) {
	a := ask(t, show, "--data", dataFolder(t), "F1")
	if a["dataset"] != "fund" || a["name"] != "耕地地力保护补贴资金" || a["policies"].([]any)[0] != "Z1" {
		t.Errorf("%v", a)
	}
}

func TestBench(t *testing.T) {
	dir := dataFolder(t)
	file := filepath.Join(dir, "queries")
	if err := os.WriteFile(file, []byte("initials\t"+asked+"\twj\nfunds\tfunds\t耕地\nfull name\tcounty\t王建国\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := runLookup([]string{"--data", dir, "--bench", file}, &stdout, &stderr); code != 0 || strings.Count(stdout.String(), "p99") != 3 {
		t.Errorf("%d %s%s", code, stdout.String(), stderr.String())
	}
}

func TestBadQuestions(t *testing.T) {
	dir := dataFolder(t)
	for want, try := range map[string]func(*bytes.Buffer, *bytes.Buffer) int{
		"没有写数据文件夹":      func(o, e *bytes.Buffer) int { return runLookup([]string{"王"}, o, e) },
		"没有代码是1的地方":     func(o, e *bytes.Buffer) int { return runLookup([]string{"--data", dir, "--village", "1", "王"}, o, e) },
		"只能写all、people": func(o, e *bytes.Buffer) int { return runLookup([]string{"--data", dir, "--in", "x", "王"}, o, e) },
		"只能写一个": func(o, e *bytes.Buffer) int {
			return runLookup([]string{"--data", dir, "--village", asked, "--town", asked, "王"}, o, e)
		},
		"看不懂的选项":    func(o, e *bytes.Buffer) int { return runShow([]string{"--data", dir, "--nonsense"}, o, e) },
		"没有编号是X的记录": func(o, e *bytes.Buffer) int { return runShow([]string{"--data", dir, "X"}, o, e) },
		"三样都要":      func(o, e *bytes.Buffer) int { return runList([]string{"--data", dir}, o, e) },
		"没有代码是420581101000的村": func(o, e *bytes.Buffer) int {
			return runList([]string{"--data", dir, "--village", "420581101000", "--kind", "gdbt", "--year", "2025"}, o, e)
		},
		"没有编号是x的补贴种类": func(o, e *bytes.Buffer) int {
			return runList([]string{"--data", dir, "--village", asked, "--kind", "x", "--year", "2025"}, o, e)
		},
		"请先用 kiosk pull 更新": func(o, e *bytes.Buffer) int { return runShow([]string{"--data", dir + "/none", "X"}, o, e) },
		"请用 kiosk pull 更新":  func(o, e *bytes.Buffer) int { return runShow([]string{"--data", t.TempDir(), "X"}, o, e) },
		"用制表符隔开":            func(o, e *bytes.Buffer) int { return runLookup([]string{"--data", dir, "--bench", os.Args[0]}, o, e) },
	} {
		var stdout, stderr bytes.Buffer
		code := try(&stdout, &stderr)
		if code == 0 || stdout.Len() > 0 || !strings.Contains(stderr.String(), want) || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%s: code %d, %q", want, code, stderr.String())
		}
	}
}

package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// recognised runs the built program over lines of ink.
func recognised(t *testing.T, dir, lines string, args ...string) (out, errors string, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ink.jsonl")
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(filepath.Join(dir, "kiosk"), append(append([]string{"recognise"}, args...), file)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

const (
	ten = `{"ink":[[[60,260],[540,250]],[[300,40],[305,570]]]}`
	one = `{"ink":[[[60,260],[540,250]]],"among":{"一":300,"丁":2},"n":1}`
	dot = `{"ink":[[[60,260]]]}`
)

// TestRecogniseForOthers: others' hands are measured by a file of ink; each line has its answer, in their order.
func TestRecogniseForOthers(t *testing.T) {
	dir := filepath.Dir(shared.kiosk)
	out, errors, code := recognised(t, dir, ten+"\n"+one+"\n"+dot+"\n", "--json")
	if code != 0 || errors != "" {
		t.Fatalf("code %d, %s", code, errors)
	}
	type answer struct {
		Candidates []struct {
			Char  string
			Score int
		}
		Micros *int64
	}
	var answers []answer
	for line := range strings.Lines(out) {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil || a.Micros == nil || a.Candidates == nil {
			t.Fatalf("%s: %v", line, err)
		}
		answers = append(answers, a)
	}
	if len(answers) != 3 || len(answers[0].Candidates) != 8 || len(answers[1].Candidates) != 1 || len(answers[2].Candidates) != 0 ||
		answers[0].Candidates[0].Char != "十" || answers[1].Candidates[0].Char != "一" {
		t.Errorf("%s", out)
	}
	if out, _, _ := recognised(t, dir, one+"\n"); out != "一\n" {
		t.Errorf("without --json: %q", out)
	}
	help, err := exec.Command(shared.kiosk, "recognise", "-h").Output()
	if err != nil || !strings.Contains(string(help), `"among":{"一":300`) {
		t.Errorf("%v: %s", err, help)
	}
}

// TestRecogniseSaysWhichLine: what cannot be read is named by its line; what came before has been answered.
func TestRecogniseSaysWhichLine(t *testing.T) {
	dir := filepath.Dir(shared.kiosk)
	for _, wrong := range []string{
		"no ink", `{"strokes":[]}`, `{"ink":[[[1.5,2]]]}`, `{"ink":[[["1",2]]]}`, one + one, `{"ink":[],"among":{"一二":1}}`,
		`{"ink":[[[60,260],[9223372036854775808,250]]]}`, `{"ink":[`, "",
	} {
		out, errors, code := recognised(t, dir, one+"\n"+wrong+"\n"+one+"\n")
		if code != 1 || out != "一\n" || !strings.Contains(errors, "第2行") || strings.Count(errors, "\n") != 1 {
			t.Errorf("%s: code %d, %q, %q", wrong, code, out, errors)
		}
	}
	if _, errors, code := recognised(t, dir, strings.Repeat(" ", 5<<20)); code != 1 || !strings.Contains(errors, "读不了文件") {
		t.Errorf("an endless line: code %d, %q", code, errors)
	}
	for _, args := range [][]string{{"recognise"}, {"recognise", "a", "b"}, {"recognise", "--yaml", "a"}, {"recognise", "/no/such/file"}} {
		out, err := exec.Command(shared.kiosk, args...).CombinedOutput()
		if err == nil || !strings.HasPrefix(string(out), "kiosk recognise：") || bytes.Count(out, []byte("\n")) != 1 {
			t.Errorf("%v: %v, %q", args, err, out)
		}
	}
}

// TestTableBesideTheProgram: whoever wants another table lays it beside the program; a damaged one is named and not used.
func TestTableBesideTheProgram(t *testing.T) {
	program, err := os.ReadFile(shared.kiosk)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kiosk"), program, 0o700); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join("..", "..", "assets", "hand", "tomoe.hand")
	whole, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	lay := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lay("medians.hand", nil)
	lay("tomoe.hand", whole)
	if out, errors, code := recognised(t, dir, ten+"\n"); code != 0 || !strings.HasPrefix(out, "十") {
		t.Errorf("with one table: code %d, %q, %q", code, out, errors)
	}
	lay("tomoe.hand", nil)
	if out, errors, code := recognised(t, dir, ten+"\n"); code != 0 || out != "\n" {
		t.Errorf("without tables: code %d, %q, %q", code, out, errors)
	}
	whole[len(whole)/2] ^= 1
	lay("tomoe.hand", whole)
	if out, errors, code := recognised(t, dir, ten+"\n"); code != 1 || out != "" || !strings.Contains(errors, "damaged") || !strings.Contains(errors, ".hand") {
		t.Errorf("with a damaged table: code %d, %q, %q", code, out, errors)
	}
}

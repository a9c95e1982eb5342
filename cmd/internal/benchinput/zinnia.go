package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"mingbai.local/app/input/hand"
	"mingbai.local/cmd/internal/figures"
	"mingbai.local/cmd/internal/hands"
)

// model is Zinnia's Chinese one of Debian's package.
const model = "/usr/share/tegaki/models/zinnia/handwriting-zh_CN.model"

// zinnia (对照) is Debian's recogniser, a process of its own, and what its runs took.
type zinnia struct {
	runes    []rune // that its model knows, ascending
	asked    int
	took     time.Duration
	resident int64 // in kB, with one character
}

// startZinnia asks which characters the model knows: with one stroke, for more answers than there can be.
func startZinnia() (*zinnia, error) {
	z := &zinnia{}
	all, err := z.run([]hands.Writing{{Ink: hand.Ink{{{X: 0, Y: 0}, {X: 100, Y: 0}}}}}, 1<<16)
	if err != nil {
		return nil, err
	}
	z.runes = all[0]
	slices.Sort(z.runes)
	return z, nil
}

// known leaves out what the model was never taught, and of the rest takes every third: Zinnia takes its time.
func (z *zinnia) known(writings []hands.Writing) (out []hands.Writing) {
	for i, w := range writings {
		if _, ok := slices.BinarySearch(z.runes, w.Rune); ok && i%3 == 0 {
			out = append(out, w)
		}
	}
	return out
}

func (z *zinnia) answers(writings []hands.Writing, _ hand.Prior) ([][]rune, error) {
	return z.run(writings, asked)
}

// run has one process recognise all writings.
func (z *zinnia) run(writings []hands.Writing, n int) ([][]rune, error) {
	file, err := os.CreateTemp("", "mingbai-zinnia-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	text := bufio.NewWriter(file)
	for _, w := range writings {
		text.WriteString(expression(w.Ink))
	}
	if err := text.Flush(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	command := exec.Command("zinnia", "-m", model, "-n", strconv.Itoa(n), file.Name())
	command.Stdout, command.Stderr = &out, os.Stderr
	start := time.Now()
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("zinnia: %w", err)
	}
	z.took += time.Since(start)
	z.asked += len(writings)
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok && z.resident == 0 {
		z.resident = usage.Maxrss // of the first, which is asked one character: it keeps all that it has read
	}
	var found [][]rune
	for l := range strings.Lines(out.String()) {
		switch r, size := utf8.DecodeRuneInString(l); {
		case strings.HasPrefix(l, "Answer"):
			found = append(found, nil)
		case strings.HasPrefix(l[size:], " ") && len(found) > 0:
			found[len(found)-1] = append(found[len(found)-1], r)
		}
	}
	if len(found) != len(writings) {
		return nil, fmt.Errorf("zinnia answered %d of %d", len(found), len(writings))
	}
	return found, nil
}

// expression writes ink as Zinnia reads it, in the middle of a square of 1000 with a margin of 50.
func expression(ink hand.Ink) string {
	low, high := ink[0][0], ink[0][0]
	for _, s := range ink {
		for _, p := range s {
			low = hand.Point{X: min(low.X, p.X), Y: min(low.Y, p.Y)}
			high = hand.Point{X: max(high.X, p.X), Y: max(high.Y, p.Y)}
		}
	}
	size := max(high.X-low.X, high.Y-low.Y, 1)
	var b strings.Builder
	b.WriteString("(character (width 1000)(height 1000)(strokes ")
	for _, s := range ink {
		b.WriteString("(")
		for _, p := range s {
			fmt.Fprintf(&b, "(%d %d)", (2*p.X-low.X-high.X)*450/size+500, (2*p.Y-low.Y-high.Y)*450/size+500)
		}
		b.WriteString(")")
	}
	b.WriteString("))\n")
	return b.String()
}

// report notes what Zinnia took.
func (z *zinnia) report(table *figures.Table) {
	table.Add("hw_zinnia_ms", z.took.Seconds()*1000/float64(z.asked), "ms", "one character, the mean of all asked, with the start of its process")
	table.Add("hw_zinnia_mb", float64(z.resident)/1e3, "MB", "resident set of its process, asked one character")
}

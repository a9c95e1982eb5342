package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"mingbai.local/app/input/hand"
	tables "mingbai.local/assets/hand"
)

// written is one line of what is to be recognised.
type written struct {
	Ink   [][][2]int     `json:"ink"`
	Among map[string]int `json:"among"`
	N     *int           `json:"n"`
}

type recogniseAnswer struct {
	Candidates []recogniseCandidate `json:"candidates"`
	Micros     int64                `json:"micros"`
}

type recogniseCandidate struct {
	Char  string `json:"char"`
	Score int    `json:"score"`
}

const recogniseUsage = `[--json] FILE
      认手写的字。FILE一行一个字，写成JSON；FILE写 - 就从标准输入读。比如：

        {"ink":[[[100,500],[900,500]],[[500,100],[500,900]]]}
        {"ink":[[[100,500],[900,500]]],"among":{"一":300,"丁":2},"n":3}

      ink    一笔一笔写，每一笔是一串点[横,竖]，横向右、竖向下，什么单位都行，要整数
      among  只在这些字里认，各有多少人；不写就在认得的所有字里认
      n      最多几个候选字，不写是8个

      一行回答一行：候选字从最像的排起，score越小越像，micros是用了多少微秒。不写--json就只写字。
`

// longestLine bounds one line of ink in a file.
const longestLine = 4 << 20

// runRecognise recognises the ink of a file.
func runRecognise(args []string, stdout, stderr io.Writer) int {
	bad := func(format string, args ...any) int {
		fmt.Fprintf(stderr, "kiosk recognise："+format+"\n", args...)
		return 1
	}
	set := flag.NewFlagSet("recognise", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	asJSON := set.Bool("json", false, "结果写成JSON")
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, "用法：kiosk recognise "+recogniseUsage)
		return 0
	case err != nil:
		return bad("看不懂的选项（%v）。用 kiosk recognise -h 看怎么写", err)
	case set.NArg() != 1:
		return bad("要写一个文件，写了%d个。用 kiosk recognise -h 看怎么写", set.NArg())
	}
	recogniser, err := hand.New(tables.Tables()...)
	if err != nil {
		return bad("手写字形表不能用（%v）。请重新安装程序，程序旁边换过.hand文件的请删掉", err)
	}
	in := os.Stdin
	if name := set.Arg(0); name != "-" {
		if in, err = os.Open(name); err != nil {
			return bad("读不了文件：%v", err)
		}
		defer in.Close()
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	out := bufio.NewWriter(stdout)
	for n := 1; lines.Scan(); n++ {
		ask, err := readInk(lines.Bytes())
		if err != nil {
			out.Flush()
			return bad("第%d行看不懂：%v。用 kiosk recognise -h 看怎么写", n, err)
		}
		answer := ask.recognise(recogniser)
		if !*asJSON {
			for _, c := range answer.Candidates {
				out.WriteString(c.Char)
			}
			out.WriteByte('\n')
		} else if err := json.NewEncoder(out).Encode(answer); err != nil {
			return bad("写不出结果：%v", err)
		}
	}
	if err := lines.Err(); err != nil {
		out.Flush()
		return bad("读不了文件：%v", err)
	}
	if err := out.Flush(); err != nil {
		return bad("写不出结果：%v", err)
	}
	return 0
}

// readInk reads one line, which must be one object of the known names and nothing more.
func readInk(line []byte) (written, error) {
	var w written
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return w, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return w, errors.New("一行只能写一个字")
	}
	for c := range w.Among {
		if len([]rune(c)) != 1 {
			return w, fmt.Errorf("among里的“%s”不是一个字", c)
		}
	}
	return w, nil
}

func (w written) recognise(r *hand.Recogniser) recogniseAnswer {
	var ink hand.Ink
	for _, stroke := range w.Ink {
		var s hand.Stroke
		for _, p := range stroke {
			s = append(s, hand.Point{X: p[0], Y: p[1]})
		}
		ink = append(ink, s)
	}
	var among hand.Prior
	if w.Among != nil {
		among = hand.Prior{}
		for c, people := range w.Among {
			among[[]rune(c)[0]] = people
		}
	}
	n := 8
	if w.N != nil {
		n = *w.N
	}
	start := time.Now()
	found := r.Recognise(ink, among, n)
	a := recogniseAnswer{Candidates: []recogniseCandidate{}, Micros: time.Since(start).Microseconds()}
	for _, c := range found {
		a.Candidates = append(a.Candidates, recogniseCandidate{string(c.Rune), c.Score})
	}
	return a
}

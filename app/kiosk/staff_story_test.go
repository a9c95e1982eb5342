package kiosk

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mingbai.local/app/disclosure"
)

// playStaff plays the steps that only the staff's stories have; ok is false for all others.
//
//	locked                          the enrolment carries a PIN
//	knock                           touches the emblem five times
//	pin ok, pin wrong 2, pin shut 60s   answers a PIN: right, wrong with so many tries left, none is taken for so long
//	staff                           all that together: staff are in
//	stick 43 2026-11-20, stick 43 2025-02-01 old, stick out, stick S-07 words remedy   what is on the stick, or that it cannot be used
//	older S-06 words remedy         what is on the stick is older than what this machine has
//	lacks                           part of what the edition was made of is lost
//	sealed, unsealed                there is an enrolment closed by its code, or none
//	code ok, code wrong, code P-07 words remedy   answers a code
//	progress stick 11200000 18000000 0 20s   a task, bytes of bytes, rows, time left
//	worked stick words, failed stick S-07 words remedy   what came of a task
//	kept, failed settings …         the settings were kept, or were not
//	log one|two                     brings the log
//	fact label value                tells one more thing of the machine
//	printer HP                      a printer is there
//	aims 0 0, aims 10 -5            touches the four crosses so far beside their centres
//	practice                        the made-up county is ready
func playStaff(m Model, verb, rest string, second Opened) (next Model, ok bool, err error) {
	w := strings.Fields(rest)
	knock := []Msg{Emblem{}, Emblem{}, Emblem{}, Emblem{}, Emblem{}}
	switch verb {
	case "locked":
		m.config.Locked = true
	case "knock":
		m = send(m, knock...)
	case "staff":
		m = let(m)
	case "pin":
		switch w[0] {
		case "ok":
			m = send(m, PINChecked{OK: true})
		case "wrong":
			n, err := strconv.Atoi(w[1])
			return send(m, PINChecked{Left: n}), true, err
		case "shut":
			d, err := time.ParseDuration(w[1])
			return send(m, PINChecked{Wait: d}), true, err
		}
	case "stick":
		switch n, bad := strconv.ParseInt(w[0], 10, 64); {
		case w[0] == "out":
			m = send(m, Stick{})
		case bad == nil:
			m = send(m, Stick{Name: "U", Number: n, AsOf: disclosure.Date(w[1]), Old: len(w) > 2 && w[2] == "old"})
		default:
			m = send(m, Stick{Name: "U", Trouble: Condition{Code: w[0], Words: w[1], Remedy: w[2]}})
		}
	case "older":
		m = send(m, Stick{Name: "U", Older: true, Trouble: Condition{Code: w[0], Words: w[1], Remedy: w[2]}})
	case "lacks":
		m = send(m, State{Conditions: m.conditions, Lacks: true})
	case "sealed", "unsealed":
		m = send(m, Sealed{verb == "sealed"})
	case "code":
		switch w[0] {
		case "ok", "wrong":
			m = send(m, CodeChecked{OK: w[0] == "ok"})
		default:
			m = send(m, CodeChecked{Trouble: Condition{Code: w[0], Words: w[1], Remedy: w[2]}})
		}
	case "progress":
		msg := Working{Task: Task(w[0])}
		var left string
		if _, err := fmt.Sscan(strings.Join(w[1:], " "), &msg.Done, &msg.Total, &msg.Rows, &left); err != nil {
			return m, true, err
		}
		msg.Left, err = time.ParseDuration(left)
		m = send(m, msg)
	case "worked":
		m = send(m, Worked{Task: Task(w[0]), Words: strings.Join(w[1:], " ")})
	case "failed":
		m = send(m, Worked{Task: Task(w[0]), Trouble: Condition{Code: w[1], Words: w[2], Remedy: w[3]}})
	case "kept":
		m = send(m, Set{m.kept()})
	case "log":
		m = send(m, LogRead{strings.Split(rest, "|")})
	case "fact":
		m = send(m, State{Conditions: m.conditions, Facts: []Fact{{w[0], w[1]}}})
	case "printer":
		s := m.settings
		s.Printer = rest
		m = send(m, Set{s})
	case "aims":
		var dx, dy float64
		if _, err := fmt.Sscan(rest, &dx, &dy); err != nil {
			return m, true, err
		}
		for _, a := range aimsAt(1280, 800, func(x, y float64) (float64, float64) { return x + dx, y + dy }) {
			m = send(m, a)
		}
	case "practice":
		second.Practice = true
		m = send(m, second)
	default:
		return m, false, nil
	}
	return m, true, err
}

// let lets staff in.
func let(m Model) Model {
	m.config.Locked = true
	m = send(m, Touched{}, Emblem{}, Emblem{}, Emblem{}, Emblem{}, Emblem{})
	for n := range digitsOfPIN {
		m = send(m, Digit{n})
	}
	return send(m, Enter{}, PINChecked{OK: true})
}

// aimsAt are the touches of the four crosses on a panel of that size that reports a finger where feel says.
func aimsAt(w, h float64, feel func(x, y float64) (float64, float64)) (aims [len(corners)]Aim) {
	for i, c := range corners {
		x, y := feel(c[0]*w, c[1]*h)
		aims[i] = Aim{X: x, Y: y, W: w, H: h}
	}
	return aims
}

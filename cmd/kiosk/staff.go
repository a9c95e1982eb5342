package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"mingbai.local/app/colour"
	"mingbai.local/app/kiosk"
	"mingbai.local/cmd/internal/pin"
	"mingbai.local/cmd/kiosk/internal/gate"
	"mingbai.local/sync/health"
	"mingbai.local/sync/trust"
)

// pinFile is where wrong tries at the staff's PIN are counted in the data folder.
const pinFile = "pin.json"

// inspect reads what staff and the office have set for this machine, and notes what of it cannot be used.
func (p *point) inspect() {
	settings, err := readSettings(p.data)
	p.settings, p.badSettings = settings, err != nil
	if err != nil {
		slog.Warn("settings", "err", err)
	}
	if p.enrolment.Primary != "" && colour.Primary(p.enrolment.Primary) != nil {
		p.enrolment.Primary = ""
		p.given = append(p.given, health.Colour)
	}
	if p.enrolment.PIN == "" {
		return
	}
	if p.pin, err = pin.Parse(p.enrolment.PIN); err != nil {
		slog.Warn("pin", "err", err)
		p.given = append(p.given, health.BadPIN)
		return
	}
	p.gate = gate.Open(filepath.Join(p.data, pinFile), p.enrolment.PIN)
}

// remember reads when an office signed last, as far as this machine has heard.
func (p *point) remember() (issued time.Time) {
	_, b, err := p.store.Trust()
	if err != nil {
		slog.Warn("kiosk", "err", err)
	}
	if seen, err := trust.ParseSeen(b); err == nil {
		issued = seen.Issued
	}
	p.clock.signed(issued)
	return issued
}

// standing are the conditions that come from what was set and given, whatever edition serves. p.mu is held.
func (p *point) standing() []health.Condition {
	found := p.given[:len(p.given):len(p.given)]
	if _, wrong := p.clock.check(time.Now()); wrong {
		found = append(found, health.Clock)
	}
	if p.badSettings {
		found = append(found, health.BadSettings)
	}
	if p.gate != nil && p.gate.Broken() != nil {
		found = append(found, health.PINFile)
	}
	if p.journal != nil && p.journal.broken() {
		found = append(found, health.NoLog)
	}
	return found
}

// shown are the settings as staff see them: a program that was started offline is offline.
func (p *point) shown() kiosk.Settings {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.settings
	s.Offline = s.Offline || p.offline
	return s
}

// keep stores settings. Offline is at once, before anything is written; the network is back only when that is on the disk.
func (c *chores) keep(s kiosk.Settings) {
	p := c.p
	p.mu.Lock()
	before, asked := p.settings, s
	p.mu.Unlock()
	if p.offline {
		s.Offline = before.Offline // how it was started says nothing of how it is to be started
	}
	if s.Offline {
		p.line.set(false)
	}
	if err := writeSettings(p.data, s); err != nil {
		slog.Warn("settings", "err", err)
		p.line.set(!before.Offline && !p.offline)
		c.send(kiosk.Worked{Task: kiosk.TaskSettings, Trouble: conditionOf(health.NotKept)})
		return
	}
	p.mu.Lock()
	p.settings, p.badSettings = s, false
	p.mu.Unlock()
	p.line.set(!s.Offline && !p.offline)
	slog.Info("设置存下了")
	c.send(kiosk.Set{To: p.shown()})
	if p.offline && !asked.Offline {
		c.send(kiosk.Worked{Task: kiosk.TaskSettings, Trouble: conditionOf(health.ForcedOff)})
	}
	p.tell(c.send)
}

// checkPIN says whether this is the staff's PIN. Without one in the enrolment nothing is.
func (c *chores) checkPIN(typed string) kiosk.PINChecked {
	p := c.p
	if p.gate == nil {
		return kiosk.PINChecked{Trouble: conditionOf(health.BadPIN)}
	}
	ok, count, err := p.gate.Try(func() bool { return p.pin.Is(typed) })
	switch {
	case err != nil:
		slog.Error("pin", "err", err)
		return kiosk.PINChecked{Trouble: conditionOf(health.PINFile)}
	case ok:
		slog.Info("进了管理页")
		return kiosk.PINChecked{OK: true}
	}
	slog.Warn("口令不对", "连续次数", count.Failures)
	return kiosk.PINChecked{Wait: count.Wait, Left: count.Left()}
}

// serveWaits lets the wait after wrong PINs pass, by time that the program runs: the difference of two readings of a clock that
// nobody can set.
func (c *chores) serveWaits(ctx context.Context) {
	if c.p.gate == nil {
		return
	}
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now := time.Now()
		c.p.gate.Serve(now.Sub(last))
		last = now
	}
}

func conditionOf(c health.Condition) kiosk.Condition {
	return kiosk.Condition{Code: c.Code, Words: c.Words, Remedy: c.Remedy}
}

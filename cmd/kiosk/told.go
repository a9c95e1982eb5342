package main

import (
	"fmt"
	"slices"

	"mingbai.local/app/kiosk"
	"mingbai.local/sync/health"
)

// tell hands the conditions to the staff's page.
func (p *point) tell(send func(kiosk.Msg)) {
	disk := p.onDisk()
	p.mu.Lock()
	found := append(disk, p.looked...)
	p.mu.Unlock()
	send(kiosk.State{Conditions: conditionsOf(found), Broken: slices.Contains(disk, health.Broken), Lacks: p.lacks(), Facts: p.facts()})
}

// facts are what else staff may want to know of the machine.
func (p *point) facts() (out []kiosk.Fact) {
	if free, err := p.store.Free(); err == nil {
		out = append(out, kiosk.Fact{Label: "磁盘还有", Value: fmt.Sprintf("%.1fGB", float64(free)/(1<<30))})
	}
	if queue := p.shown().Printer; queue != "" {
		out = append(out, kiosk.Fact{Label: "打印机", Value: queue})
	}
	if worn, last := p.watchman.report(); !last.IsZero() && worn.Well() {
		last = last.In(china)
		out = append(out, kiosk.Fact{Label: "数据查过一遍", Value: fmt.Sprintf("%d月%d日%s，完好", last.Month(), last.Day(), last.Format("15:04"))})
	}
	if p.chores != nil {
		out = append(out, p.chores.voice.fact())
	}
	return out
}

// onDisk are the conditions that can be told from the disk alone.
func (p *point) onDisk() []health.Condition {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.standing()
	if refused, err := p.store.Refused(); err == nil && refused > p.number {
		found = append(found, health.WentBack)
	}
	if worn, _ := p.watchman.report(); !worn.Well() {
		found = append(found, health.Worn)
	}
	switch {
	case p.book == nil && p.damaged:
		return append(found, health.Broken)
	case p.book == nil:
		return append(found, health.Empty)
	case p.damaged:
		return append(found, health.Damaged)
	}
	return found
}

func conditionsOf(found []health.Condition) []kiosk.Condition {
	var out []kiosk.Condition
	for _, c := range found {
		k := conditionOf(c)
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

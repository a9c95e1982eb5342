package main

import (
	"context"
	"log/slog"

	"mingbai.local/app/kiosk"
	"mingbai.local/app/slip"
	"mingbai.local/cmd/kiosk/internal/printer"
)

// print puts a slip on paper. What is on it is nobody's business, so the log says only that one was printed.
func (c *chores) print(s slip.Slip) {
	set := c.p.shown()
	err := printer.Print(c.ctx, set.Printer, slip.Paper(set.Paper), s)
	trouble := conditionOf(printer.Trouble(err))
	if err == nil {
		slog.Info("打印了一张")
	} else {
		slog.Warn(trouble.Words, "code", trouble.Code)
	}
	c.send(kiosk.Worked{Task: kiosk.TaskPrint, Trouble: trouble})
}

// findPrinter takes the only queue that there is where nobody has set one. Offline none is looked for, since CUPS would ask the
// network for its printers.
func (c *chores) findPrinter(ctx context.Context) {
	set := c.p.shown()
	if set.Printer != "" || set.Offline {
		return
	}
	queues, err := printer.Queues(ctx)
	if err != nil || len(queues) != 1 || !isQueue(queues[0]) {
		return
	}
	c.p.mu.Lock()
	if c.p.settings.Printer == "" {
		c.p.settings.Printer = queues[0]
	}
	c.p.mu.Unlock()
	c.send(kiosk.Set{To: c.p.shown()})
}

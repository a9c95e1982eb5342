package kiosk

import "testing"

// TestWindow: whatever is asked for in whatever order is the right row, and neighbours cost one fetch.
func TestWindow(t *testing.T) {
	const have = 100
	fetches := 0
	w := newWindow(90, func(offset, limit int) []int {
		fetches++
		var rows []int
		for i := offset; i < min(offset+limit, have); i++ {
			rows = append(rows, i)
		}
		return rows
	})
	for i := 90; i < have; i++ {
		if got, ok := w.row(i); !ok || got != i {
			t.Fatalf("row %d is %d, %v", i, got, ok)
		}
	}
	if fetches != 1 {
		t.Errorf("%d fetches for one page", fetches)
	}
	if got, ok := w.row(have); ok {
		t.Errorf("row %d of %d is %d", have, have, got)
	}
	for _, i := range []int{0, 99, 31, 32, 5} {
		if got, ok := w.row(i); !ok || got != i {
			t.Errorf("row %d is %d, %v", i, got, ok)
		}
	}
}

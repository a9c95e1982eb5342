package main

import (
	"log/slog"

	"mingbai.local/app/input/hand"
	"mingbai.local/app/kiosk"
	tables "mingbai.local/assets/hand"
)

// inkReader reads what is written with a finger, for the pages (手写).
type inkReader struct{ hand *hand.Recogniser }

// newInkReader is nil where there are no tables, or none that can be used: names are then entered in the other ways.
func newInkReader() kiosk.Recogniser {
	files := tables.Tables()
	if len(files) == 0 {
		return nil
	}
	r, err := hand.New(files...)
	if err != nil {
		slog.Warn("handwriting", "err", err)
		return nil
	}
	return inkReader{r}
}

func (r inkReader) Recognise(ink kiosk.Ink, among map[rune]int, n int) []rune {
	strokes := make(hand.Ink, len(ink))
	for i, s := range ink {
		for _, p := range s {
			strokes[i] = append(strokes[i], hand.Point{X: p.X, Y: p.Y})
		}
	}
	found := r.hand.Recognise(strokes, among, n)
	if among == nil && len(found) > 0 && found[0].Score >= hand.Far {
		return nil // it is no character at all
	}
	out := make([]rune, len(found))
	for i, c := range found {
		out[i] = c.Rune
	}
	return out
}

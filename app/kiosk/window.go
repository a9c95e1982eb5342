package kiosk

// onShow is how many rows are fetched at once: more than any panel shows.
const onShow = 32

// window (窗口) holds the rows of a long list that are on show, so that drawing eight rows asks the book once.
type window[T any] struct {
	first int
	rows  []T
	fetch func(offset, limit int) []T
}

// newWindow fetches the rows from offset on.
func newWindow[T any](offset int, fetch func(offset, limit int) []T) *window[T] {
	w := &window[T]{fetch: fetch}
	w.open(offset)
	return w
}

func (w *window[T]) open(offset int) { w.first, w.rows = offset, w.fetch(offset, onShow) }

// row returns row i, and false where the list has none.
func (w *window[T]) row(i int) (T, bool) {
	if i < w.first || i >= w.first+onShow {
		w.open(i)
	}
	if i -= w.first; i < len(w.rows) {
		return w.rows[i], true
	}
	var none T
	return none, false
}

// Package screen draws a kiosk.View (页面) with Fyne and turns touches into kiosk.Msg.
//
// There are three parts. Layout is a pure function from a view, a panel and the width of texts to a Frame: a flat list of
// boxes, discs, words, signs and codes with the places to touch, in our colours, with a county's own primary one, or white on
// black. The painter keeps Fyne's canvas objects in step with that list and changes only what differs. The surface is the one
// widget of the window: it feels for fingers itself, because the toolkit's own widgets lose taps of trembling hands and scroll
// by drags that nobody here is asked to make.
//
// What is promised: nothing on a page is cut and nothing overlaps, on every panel that is supported and at every text size;
// whatever can be touched is as large in millimetres as kiosk.md asks; a finger sees its colour before the page answers; and
// all of it happens on Fyne's goroutine, which messages from elsewhere reach through Screen.Send alone.
package screen

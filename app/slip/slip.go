// Package slip is what a villager takes away (带走这一页): a few lines of text about one person or about totals, as plain text for a
// QR code and as a page for a printer.
//
// There are 3 parties: the kiosk, which words the lines; this package, which sets them with the product's own fonts; and the
// printer's queue, which is given a finished PDF, since no printer is trusted to have Chinese. What is promised: a slip that holds
// a character which cannot be drawn is not printed, and says which character that is.
package slip

// Slip (小票) is what is taken away.
type Slip struct {
	Title string
	Lines []Line
	// Foot says as of when this is true and where it can be looked up again.
	Foot []string
}

// Line is one line: a text, and a figure at its right.
type Line struct {
	Text, Figure string
	Strong       bool
}

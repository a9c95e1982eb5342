// Package kiosk is the query point (查询点) as a pure state machine: which page is on, what it says, and what each touch
// does. Update takes what happened and returns the new Model; View says how it looks.
//
// There are 3 parties: the villager, who touches what the View shows and so sends back the Msg that lies in it; package
// screen, which draws the View and knows nothing of subsidies; and cmd/kiosk, which brings an opened book, the time and the
// machine's conditions as messages. The book is called directly, because every answer takes microseconds. Nothing here does
// input or output, reads a clock or starts a goroutine, so every page, every session and every rule is tested without a
// display.
//
// Promised: home is one touch away from every page; a page never changes under a finger, not even when a new edition
// arrives; after 我用完了 or two minutes without a touch nothing of the visit is left in the Model; and what may be looked
// up where is decided in one place, Lookup, which the command line uses too.
package kiosk

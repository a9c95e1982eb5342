// Package speech is what the kiosk says aloud (读给我听): text as toned syllables, and the speakers that say them.
//
// There are 3 parties: the kiosk, which hands over phrases; this package, which works out how names, amounts, dates and words are
// read; and a Speaker, which makes the sound: espeak-ng, a folder of the county's own recordings, or nobody. What is promised: no
// speaker is asked to read a character that it would spell out in English; and a speaker is silent as soon as its context is done.
package speech

import "context"

// Phrase (一句) is what is said without a longer pause.
type Phrase struct {
	Text string
	// Name says that the text is a person's name, whose surname has a reading of its own (单 is shàn).
	Name bool
}

// Speaker (朗读) says phrases.
type Speaker interface {
	// Say returns when all has been said, or with the context's error as soon as that is done, and nothing sounds any more then.
	// Volume is from 0, silent, to 10.
	Say(ctx context.Context, phrases []Phrase, volume int) error
}

// Silent (不出声) says nothing, where a machine has no voice: whatever it is given counts as said.
type Silent struct{}

// Say implements Speaker.
func (Silent) Say(ctx context.Context, _ []Phrase, _ int) error { return ctx.Err() }

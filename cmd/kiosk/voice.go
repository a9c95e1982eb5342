package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"mingbai.local/app/kiosk"
	"mingbai.local/app/speech"
	"mingbai.local/assets/word"
)

// recordingsDir is where a county puts its own recordings, in the data folder.
const recordingsDir = "recordings"

// voice is what reads aloud (朗读). One goroutine owns the speaker; what it is asked replaces what it is saying.
type voice struct {
	speaker speech.Speaker
	name    string // what it is, for staff
	send    func(kiosk.Msg)

	asked chan struct{} // holds one: something has been asked since the speaker last looked

	mu     sync.Mutex // guards what follows
	next   *kiosk.Say // what is to be said now, nil for nothing
	stop   context.CancelFunc
	failed bool // the last phrase could not be heard
}

// newVoice takes the best voice that the machine has. It says nothing until it runs.
func newVoice(data string, send func(kiosk.Msg)) *voice {
	speaker, name := bestVoice(filepath.Join(data, recordingsDir))
	return &voice{speaker: speaker, name: name, send: send, asked: make(chan struct{}, 1), stop: func() {}}
}

// bestVoice is the county's recordings over espeak-ng, one of them alone, or nobody. What is missing is in the log, with the remedy.
func bestVoice(recordings string) (speaker speech.Speaker, name string) {
	speaker, name = speech.Silent{}, word.Say("voice.none")
	player, err := speech.NewAplay()
	if err != nil {
		slog.Warn("voice", "err", err)
		return speaker, name
	}
	if espeak, err := speech.NewEspeak(player); err != nil {
		slog.Warn("voice", "err", err)
	} else {
		speaker, name = espeak, word.Say("voice.made")
	}
	switch r, err := speech.NewRecordings(os.DirFS(recordings), player, speaker); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		slog.Warn("voice", "err", err)
	case r.Len() > 0:
		speaker, name = r, word.Say("voice.recorded", r.Len(), name)
	}
	return speaker, name
}

// do takes Say and Silence. What is being said stops at once; nobody waits here for anything.
func (v *voice) do(cmd kiosk.Cmd) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.next = nil
	if say, ok := cmd.(kiosk.Say); ok {
		v.next = &say
	}
	v.stop()
	select {
	case v.asked <- struct{}{}:
	default: // it will look anyway
	}
}

// run says what is asked until ctx is done, and tells when it has come to an end by itself. What could not be heard counts as said:
// a page must not wait for it.
func (v *voice) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-v.asked:
		}
		saying, stop := context.WithCancel(ctx)
		say := v.take(stop)
		if say != nil {
			err := v.speaker.Say(saying, say.Phrases, say.Volume)
			if saying.Err() == nil {
				v.ended(err)
				v.send(kiosk.Spoken{ID: say.ID})
			}
		}
		stop()
	}
}

func (v *voice) take(stop context.CancelFunc) *kiosk.Say {
	v.mu.Lock()
	defer v.mu.Unlock()
	say := v.next
	v.next, v.stop = nil, stop
	return say
}

// ended keeps whether anything was to be heard. A failure is logged when it begins and not at every phrase.
func (v *voice) ended(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err != nil && !v.failed {
		slog.Warn("voice", "err", err)
	}
	v.failed = err != nil
}

// fact says to staff what reads aloud here.
func (v *voice) fact() kiosk.Fact {
	v.mu.Lock()
	defer v.mu.Unlock()
	f := kiosk.Fact{Label: word.Say("voice.label"), Value: v.name}
	if v.failed {
		f.Value = word.Say("voice.failed")
	}
	return f
}

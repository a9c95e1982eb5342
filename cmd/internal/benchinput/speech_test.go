package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"mingbai.local/app/speech"
	"mingbai.local/cmd/internal/figures"
)

// late is a speaker that is heard after a while, and goes on for a while after it was told to stop.
type late struct {
	card          *card
	after, beyond time.Duration
}

func (l late) Say(ctx context.Context, _ []speech.Phrase, _ int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(l.after):
	}
	for ctx.Err() == nil {
		l.card.note(time.Now())
		<-time.After(10 * time.Millisecond)
	}
	go func() {
		<-time.After(l.beyond)
		l.card.note(time.Now())
	}()
	return ctx.Err()
}

// TestWhatIsHeardIsMeasured: from when it is said until it is heard, and from when it is stopped until it is silent, though the program has ended.
func TestWhatIsHeardIsMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &card{}
		for range 2 {
			start, stop, err := c.utter(late{c, 80 * time.Millisecond, 200 * time.Millisecond}, begins, 500*time.Millisecond)
			if err != nil || start != 80*time.Millisecond || stop < 200*time.Millisecond || stop > 210*time.Millisecond {
				t.Errorf("heard after %v, silent after %v: %v", start, stop, err)
			}
			start, stop, err = c.utter(late{c, 80 * time.Millisecond, 0}, begins, -30*time.Millisecond)
			if err != nil || start != 0 || stop != 0 {
				t.Errorf("stopped before it was heard: %v, %v, %v", start, stop, err)
			}
		}
		if _, _, err := c.utter(late{c, time.Minute, 0}, begins, 0); err == nil {
			t.Error("what is not heard is measured")
		}
	})
}

func TestOneLoudSampleIsHeard(t *testing.T) {
	c := &card{}
	c.silence()
	hush := make([]byte, 8192)
	c.listen(bytes.NewReader(hush))
	if !c.first.IsZero() {
		t.Error("silence is heard")
	}
	hush[8001] = 2                                        // 512
	c.listen(iotest.OneByteReader(bytes.NewReader(hush))) // as a pipe may cut it
	if c.first.IsZero() {
		t.Error("a sample is not heard")
	}
	if v := p95([]float64{3, 1, 2}); v != 3 {
		t.Errorf("p95 is %v", v)
	}
}

// TestWithoutAVoiceNothingIsMeasured, and it is said what to install.
func TestWithoutAVoiceNothingIsMeasured(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := measureSpeech(&figures.Table{Prefix: "input"})
	if err == nil || errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "apt-get install alsa-utils") {
		t.Errorf("%v", err)
	}
}

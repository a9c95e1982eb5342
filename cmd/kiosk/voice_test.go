package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mingbai.local/app/kiosk"
	"mingbai.local/app/speech"
)

// reader is a speaker that takes a second for each phrase.
type reader struct {
	said      []string
	interrupt int
	broken    bool
}

func (r *reader) Say(ctx context.Context, phrases []speech.Phrase, _ int) error {
	for _, p := range phrases {
		if r.broken {
			return errors.New("no sound card")
		}
		select {
		case <-ctx.Done():
			r.interrupt++
			return ctx.Err()
		case <-time.After(time.Second):
		}
		r.said = append(r.said, p.Text)
	}
	return nil
}

// speaking runs a voice and hands its test what was sent.
func speaking(t *testing.T, r *reader, test func(v *voice, sent func() []kiosk.Msg)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var msgs []kiosk.Msg
		v := &voice{speaker: r, asked: make(chan struct{}, 1), stop: func() {}, send: func(m kiosk.Msg) {
			mu.Lock()
			defer mu.Unlock()
			msgs = append(msgs, m)
		}}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			v.run(ctx)
		}()
		test(v, func() []kiosk.Msg {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(msgs)
		})
		stop()
		<-done
	})
}

func say(id int, texts ...string) kiosk.Say {
	s := kiosk.Say{ID: id, Volume: 5}
	for _, t := range texts {
		s.Phrases = append(s.Phrases, speech.Phrase{Text: t})
	}
	return s
}

func TestVoiceTellsWhenItHasEnded(t *testing.T) {
	r := &reader{}
	speaking(t, r, func(v *voice, sent func() []kiosk.Msg) {
		v.do(say(7, "一", "二"))
		time.Sleep(1500 * time.Millisecond)
		if got := sent(); len(got) > 0 {
			t.Errorf("%v was sent before the end", got)
		}
		time.Sleep(time.Second)
		if got := sent(); !slices.Equal(got, []kiosk.Msg{kiosk.Spoken{ID: 7}}) || len(r.said) != 2 {
			t.Errorf("%v after %v", got, r.said)
		}
	})
}

func TestVoiceIsSilentAtOnce(t *testing.T) {
	r := &reader{}
	speaking(t, r, func(v *voice, sent func() []kiosk.Msg) {
		v.do(say(1, "一", "二", "三"))
		time.Sleep(1500 * time.Millisecond)
		v.do(kiosk.Silence{})
		if got := sent(); len(got) > 0 || r.interrupt != 1 {
			t.Errorf("%v was sent, interrupted %d times", got, r.interrupt)
		}
		time.Sleep(time.Minute)
		if got := sent(); len(got) > 0 || len(r.said) != 1 {
			t.Errorf("%v was sent, %v was said", got, r.said)
		}
	})
}

// What is asked last is said, however quickly one thing is touched after another.
func TestVoiceSaysTheLast(t *testing.T) {
	r := &reader{}
	speaking(t, r, func(v *voice, sent func() []kiosk.Msg) {
		v.do(say(1, "一", "一"))
		time.Sleep(500 * time.Millisecond)
		for id := 2; id < 10; id++ {
			v.do(kiosk.Silence{})
			v.do(say(id, "早就过去了"))
		}
		v.do(say(10, "十"))
		time.Sleep(5 * time.Second)
		if got := sent(); !slices.Equal(got, []kiosk.Msg{kiosk.Spoken{ID: 10}}) || strings.Join(r.said, " ") != "十" {
			t.Errorf("%v after %v", got, r.said)
		}
	})
}

func TestVoiceThatIsNotHeard(t *testing.T) {
	r := &reader{broken: true}
	speaking(t, r, func(v *voice, sent func() []kiosk.Msg) {
		v.do(say(3, "一"))
		if got := sent(); !slices.Equal(got, []kiosk.Msg{kiosk.Spoken{ID: 3}}) {
			t.Errorf("the page waits: %v", got)
		}
		if got := v.fact().Value; got != "放不出声音" {
			t.Errorf("staff are told %s", got)
		}
		r.broken = false
		v.do(say(4, "一"))
		time.Sleep(2 * time.Second)
		if sent(); v.fact().Value == "放不出声音" {
			t.Error("staff are not told that it is heard again")
		}
	})
}

// programs are stand-ins for those of the machine, in a folder that alone is searched.
func programs(t *testing.T, names ...string) {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		if err := os.WriteFile(filepath.Join(dir, n), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestTheBestVoiceThereIs(t *testing.T) {
	folder := func(files ...string) string {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, recordingsDir), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if err := os.WriteFile(filepath.Join(dir, recordingsDir, f), make(speech.Sound, 2000).WAV(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	for _, c := range []struct {
		programs []string
		data     string
		want     string
	}{
		{nil, folder("一.wav"), "没有声音"},
		{[]string{"espeak-ng"}, folder(), "没有声音"},
		{[]string{"aplay"}, folder(), "没有声音"},
		{[]string{"aplay", "espeak-ng"}, t.TempDir(), "合成的声音"},
		{[]string{"aplay", "espeak-ng"}, folder(), "合成的声音"},
		{[]string{"aplay", "espeak-ng"}, folder("一.wav", "元.wav"), "录音2段，没录的：合成的声音"},
		{[]string{"aplay"}, folder("一.wav"), "录音1段，没录的：没有声音"},
		{[]string{"aplay", "espeak-ng"}, folder("一.wav", "↑.wav"), "合成的声音"},
	} {
		programs(t, c.programs...)
		if f := newVoice(c.data, nil).fact(); f.Value != c.want || f.Label != "朗读" {
			t.Errorf("%v, %s: %v, want %s", c.programs, c.data, f, c.want)
		}
	}
}

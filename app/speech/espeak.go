package speech

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
)

// pace is espeak-ng's speed in its own words a minute: about 3½ syllables a second, slower than the news and fast enough to
// keep a sum in mind.
const pace = 140

// Espeak (合成的声音) has espeak-ng make the sound of our own syllables: its dictionary of Chinese characters is not asked, which
// lacks words and reads numbers and names wrongly.
type Espeak struct {
	path   string
	player Player
}

// NewEspeak finds the program. Its error is for staff.
func NewEspeak(player Player) (*Espeak, error) {
	path, err := exec.LookPath("espeak-ng")
	if err != nil {
		return nil, fmt.Errorf("没有朗读的程序espeak-ng（apt-get install espeak-ng）：%w", err)
	}
	return &Espeak{path, player}, nil
}

// Say implements Speaker.
func (e *Espeak) Say(ctx context.Context, phrases []Phrase, volume int) error {
	if volume <= 0 {
		return ctx.Err()
	}
	for _, p := range phrases {
		s, err := e.Sound(ctx, p)
		if err != nil {
			return err
		}
		if len(s) == 0 {
			continue
		}
		if err := e.player.Play(ctx, s.loud(volume)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Sound returns the sound of a phrase, none where there is nothing to read.
func (e *Espeak) Sound(ctx context.Context, p Phrase) (Sound, error) {
	syllables := Syllables(p)
	if syllables == "" {
		return nil, ctx.Err()
	}
	wav, err := run(ctx, []byte(syllables+".\n"), e.path, "-v", "cmn-latn-pinyin", "-s", strconv.Itoa(pace), "--stdin", "--stdout")
	if err != nil {
		return nil, err
	}
	s, err := fromWAV(wav)
	if err != nil {
		return nil, fmt.Errorf("speech: espeak-ng: %d bytes: %w", len(wav), err)
	}
	return s, nil
}

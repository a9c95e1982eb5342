package speech

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
	"unicode/utf8"
)

// Recordings (录音) says phrases from a county's own recordings: a folder of WAV files named by the words that they say, from
// single ones (一.wav, 千.wav, 元.wav) to whole sentences. A phrase is said from them where all of it is recorded, the longest
// pieces first, and by another speaker where not: one voice within a phrase.
type Recordings struct {
	files   fs.FS
	names   map[string]string // by what is said
	longest int               // characters of the longest of them
	player  Player
	other   Speaker
}

// Between two pieces that a pause parts, this long is nothing to be heard.
const (
	shortPause = 250 * time.Millisecond
	longPause  = 500 * time.Millisecond
)

// NewRecordings reads every file of the folder once. Its error is for staff and names a file that cannot be played.
func NewRecordings(files fs.FS, player Player, other Speaker) (*Recordings, error) {
	r := &Recordings{files: files, names: map[string]string{}, player: player, other: other}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("打不开录音文件夹：%w", err)
	}
	for _, e := range entries {
		ending := path.Ext(e.Name())
		if !strings.EqualFold(ending, ".wav") {
			continue
		}
		words := Said(strings.TrimSuffix(e.Name(), ending))
		if words == "" {
			return nil, fmt.Errorf("录音%s的名字里没有字：文件要用它念的话做名字", e.Name())
		}
		if _, err := r.read(e.Name()); err != nil {
			return nil, fmt.Errorf("录音%s放不了：%w", e.Name(), err)
		}
		r.names[words] = e.Name()
		r.longest = max(r.longest, utf8.RuneCountInString(words))
	}
	return r, nil
}

// Len returns how many recordings there are.
func (r *Recordings) Len() int { return len(r.names) }

// Say implements Speaker.
func (r *Recordings) Say(ctx context.Context, phrases []Phrase, volume int) error {
	if volume <= 0 {
		return ctx.Err()
	}
	for _, p := range phrases {
		if err := r.say(ctx, p, volume); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (r *Recordings) say(ctx context.Context, p Phrase, volume int) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s, ok := r.sound(Said(p.Text))
	if !ok {
		return r.other.Say(ctx, []Phrase{p}, volume)
	}
	return r.player.Play(ctx, s.loud(volume))
}

// sound joins the recordings of what is said, and reports whether there are any and none is missing.
func (r *Recordings) sound(said string) (Sound, bool) {
	var out Sound
	for rest := []rune(said); len(rest) > 0; {
		switch rest[0] {
		case '，':
			out, rest = append(out, hush(shortPause)...), rest[1:]
			continue
		case '。':
			out, rest = append(out, hush(longPause)...), rest[1:]
			continue
		}
		name, n := r.longestAt(rest)
		if n == 0 {
			return nil, false
		}
		piece, err := r.read(name)
		if err != nil {
			return nil, false // it was there at the start; the other speaker says what is gone
		}
		out, rest = append(out, piece...), rest[n:]
	}
	return out, len(out) > 0
}

// longestAt returns the file of the longest words that are recorded and begin the text, and how many characters they have.
func (r *Recordings) longestAt(text []rune) (name string, n int) {
	for n := min(r.longest, len(text)); n > 0; n-- {
		if name, ok := r.names[string(text[:n])]; ok {
			return name, n
		}
	}
	return "", 0
}

func (r *Recordings) read(name string) (Sound, error) {
	file, err := fs.ReadFile(r.files, name)
	if err != nil {
		return nil, err
	}
	return fromWAV(file)
}

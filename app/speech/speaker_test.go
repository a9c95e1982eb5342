package speech

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
)

// at100ms is how long a speaker may take to be silent.
const at100ms = 100 * time.Millisecond

// ear is a player that listens: what it was given, and whether it is playing.
type ear struct {
	mu      sync.Mutex
	heard   []Sound
	playing bool
	// endless plays until it is told to stop, as a long text would.
	endless bool
	begun   chan struct{}
}

func newEar() *ear { return &ear{begun: make(chan struct{}, 100)} }

func (e *ear) Play(ctx context.Context, s Sound) error {
	e.set(true)
	defer e.set(false)
	e.mu.Lock()
	e.heard = append(e.heard, s)
	e.mu.Unlock()
	e.begun <- struct{}{}
	if e.endless {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (e *ear) set(playing bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.playing = playing
}

// lasted is how long all took that was heard.
func (e *ear) lasted() time.Duration {
	var d time.Duration
	for _, s := range e.heard {
		d += s.Lasts()
	}
	return d
}

func tone(d time.Duration) Sound {
	s := hush(d)
	for i := range s {
		s[i] = int16(i%100*200 - 10000)
	}
	return s
}

func recorded(names ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, n := range names {
		files[n+".wav"] = &fstest.MapFile{Data: tone(200 * time.Millisecond).WAV()}
	}
	return files
}

// speakers are all there are, each with a player of its own.
func speakers(t *testing.T, player Player) map[string]Speaker {
	t.Helper()
	espeak, err := NewEspeak(player)
	if err != nil {
		t.Fatal(err)
	}
	recordings, err := NewRecordings(recorded("一", "二", "三", "百", "元", "王", "建", "国", "读完了"), player, espeak)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Speaker{"espeak-ng": espeak, "recordings": recordings, "silent": Silent{}}
}

var (
	short = []Phrase{{Text: "王建国", Name: true}}
	long  = []Phrase{{Text: "王建国", Name: true}, {Text: "123.00元"}, {Text: ""}, {Text: "读完了"}, {Text: "一分不差"}}
)

// TestSpeakers is what is promised of every speaker.
func TestSpeakers(t *testing.T) {
	for name := range speakers(t, newEar()) {
		t.Run(name, func(t *testing.T) {
			makes := name != "silent"

			t.Run("says everything", func(t *testing.T) {
				little, much := newEar(), newEar()
				if err := speakers(t, little)[name].Say(t.Context(), short, 10); err != nil {
					t.Fatal(err)
				}
				if err := speakers(t, much)[name].Say(t.Context(), long, 10); err != nil {
					t.Fatal(err)
				}
				if makes && (little.lasted() < 200*time.Millisecond || much.lasted() < 2*little.lasted() || len(much.heard) != len(long)-1) {
					t.Errorf("%v for %v, %v in %d sounds for %v", little.lasted(), short, much.lasted(), len(much.heard), long)
				}
				for _, s := range much.heard {
					if peak(s) < 3000 {
						t.Errorf("a sound of %v is hardly heard: %d", s.Lasts(), peak(s))
					}
				}
			})

			t.Run("is silent at once", func(t *testing.T) {
				e := newEar()
				e.endless = makes
				ctx, stop := context.WithCancel(t.Context())
				said := make(chan error)
				go func() { said <- speakers(t, e)[name].Say(ctx, long, 5) }()
				if makes {
					<-e.begun
				}
				began := time.Now()
				stop()
				err := <-said
				if makes && !errors.Is(err, context.Canceled) {
					t.Errorf("returned %v", err)
				}
				if took := time.Since(began); took > at100ms {
					t.Errorf("was silent after %v", took)
				}
				if e.playing || len(e.heard) > 1 {
					t.Errorf("playing: %v, after %d sounds", e.playing, len(e.heard))
				}
			})

			t.Run("says nothing that was stopped before", func(t *testing.T) {
				e := newEar()
				ctx, stop := context.WithCancel(t.Context())
				stop()
				if err := speakers(t, e)[name].Say(ctx, long, 5); !errors.Is(err, context.Canceled) || len(e.heard) > 0 {
					t.Errorf("%v after %d sounds", err, len(e.heard))
				}
			})

			t.Run("makes nothing at volume 0", func(t *testing.T) {
				e := newEar()
				if err := speakers(t, e)[name].Say(t.Context(), long, 0); err != nil || len(e.heard) > 0 {
					t.Errorf("%v after %d sounds", err, len(e.heard))
				}
			})

			t.Run("is louder where it should be", func(t *testing.T) {
				quiet, loud := newEar(), newEar()
				for volume, e := range map[int]*ear{2: quiet, 10: loud} {
					if err := speakers(t, e)[name].Say(t.Context(), short, volume); err != nil {
						t.Fatal(err)
					}
				}
				if makes && peak(loud.heard[0]) < 4*peak(quiet.heard[0]) {
					t.Errorf("%d at volume 2, %d at 10", peak(quiet.heard[0]), peak(loud.heard[0]))
				}
			})
		})
	}
}

func peak(s Sound) (most int) {
	for _, v := range s {
		most = max(most, int(v), -int(v))
	}
	return most
}

// What is recorded is taken in the longest pieces; a phrase of which one piece is missing is said by the other voice as a whole.
func TestRecordingsTakeTheLongest(t *testing.T) {
	files := recorded("一百", "二十", "三元", "读完了。", "点哪里，就读哪里")
	for name, d := range map[string]time.Duration{"一": 100, "百": 100, "元": 100, "角": 300} {
		files[name+".wav"] = &fstest.MapFile{Data: tone(d * time.Millisecond).WAV()}
	}
	files["说明.txt"] = &fstest.MapFile{Data: []byte("谁录的")}
	e, other := newEar(), &notes{}
	r, err := NewRecordings(files, e, other)
	if err != nil || r.Len() != 9 {
		t.Fatalf("%d recordings, %v", r.Len(), err)
	}
	for text, want := range map[string]time.Duration{
		"123.00元":    600, // 一百 二十 三元
		"100元":       300,
		"1元":         200,
		"读完了":        200,
		"点哪里，就读哪里。":  200,
		"读完了。读完了，1元": 1350, // with a long pause and a short one
	} {
		e.heard = nil
		if err := r.Say(t.Context(), []Phrase{{Text: text}}, 10); err != nil || e.lasted().Round(time.Millisecond) != want*time.Millisecond {
			t.Errorf("%s: %v, %v; %v is %d ms", text, err, other.said, e.lasted(), want)
		}
	}
	if err := r.Say(t.Context(), []Phrase{{Text: "100元2角"}, {Text: "100元"}}, 10); err != nil || strings.Join(other.said, "|") != "100元2角" {
		t.Errorf("the other speaker was given %q, %v", other.said, err)
	}
}

// notes is a speaker that writes down what it is given.
type notes struct{ said []string }

func (n *notes) Say(_ context.Context, phrases []Phrase, _ int) error {
	for _, p := range phrases {
		n.said = append(n.said, p.Text)
	}
	return nil
}

// Whoever recorded is told which file is wrong and how it should be.
func TestRecordingsThatCannotBePlayed(t *testing.T) {
	good := tone(time.Second).WAV()
	float := bytes.Clone(good)
	float[20] = 3
	for name, file := range map[string][]byte{"空": {}, "一": []byte("ID3 this is an MP3"), "二": float, "三": good[:30], "↑": good} {
		_, err := NewRecordings(fstest.MapFS{name + ".wav": {Data: file}}, newEar(), Silent{})
		if err == nil || !strings.Contains(err.Error(), "录音"+name+".wav") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewRecordings(os.DirFS(filepath.Join(t.TempDir(), "none")), newEar(), Silent{}); err == nil {
		t.Error("a folder that is not there is no error")
	}
}

func TestSoundsOfOtherRates(t *testing.T) {
	s := tone(time.Second)
	wav := s.WAV()
	back, err := fromWAV(wav)
	if err != nil || len(back) != len(s) || peak(back) != peak(s) {
		t.Fatalf("%d samples of %d, %v", len(back), len(s), err)
	}
	wav[22], wav[24], wav[25] = 2, 0x44, 0xac // two channels, 44,100 a second
	half, err := fromWAV(wav)
	if err != nil || half.Lasts().Round(time.Millisecond) != 250*time.Millisecond {
		t.Errorf("%v, %v", half.Lasts(), err)
	}
}

func FuzzWAV(f *testing.F) {
	f.Add(tone(10 * time.Millisecond).WAV())
	f.Add([]byte("RIFF----WAVEfmt \xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if s, err := fromWAV(file); err == nil && len(s) > len(file)*8 {
			t.Errorf("%d samples of %d bytes", len(s), len(file))
		}
	})
}

// program writes a script that stands in for a program of the machine.
func program(t *testing.T, lines string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+lines+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// A program that plays or reads is killed with all that it has started, whether it listens or not.
func TestProgramsAreKilledAtOnce(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	stubborn := program(t, "trap '' TERM INT HUP PIPE\nsleep 60 &\necho $$ $! > "+pids+".part\nmv "+pids+".part "+pids+"\nwait; wait")
	for name, say := range map[string]func(context.Context) error{
		"aplay": func(ctx context.Context) error { return (&Aplay{stubborn}).Play(ctx, tone(time.Second)) },
		"espeak-ng": func(ctx context.Context) error {
			return (&Espeak{stubborn, newEar()}).Say(ctx, short, 5)
		},
	} {
		if err := os.RemoveAll(pids); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		said := make(chan error)
		go func() { said <- say(ctx) }()
		var written []byte
		for deadline := time.Now().Add(10 * time.Second); len(written) == 0; {
			written, _ = os.ReadFile(pids)
			if time.Now().After(deadline) {
				t.Fatal("the program did not start")
			}
		}
		began := time.Now()
		stop()
		if err := <-said; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > at100ms {
			t.Errorf("%s: took %v", name, took)
		}
		for _, pid := range strings.Fields(string(written)) {
			n, err := strconv.Atoi(pid)
			if err != nil {
				t.Fatal(err)
			}
			for runs(n) { // what is killed may still be on its way out
				if time.Since(began) > at100ms {
					t.Fatalf("%s: process %d still runs", name, n)
				}
			}
		}
	}
}

// runs reports whether a process is there and no zombie.
func runs(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func TestProgramsThatFail(t *testing.T) {
	broken := program(t, "echo 'audio open error: No such file or directory' >&2; exit 1")
	err := (&Aplay{broken}).Play(t.Context(), tone(time.Second))
	if err == nil || !strings.Contains(err.Error(), "audio open error") {
		t.Errorf("%v does not say why", err)
	}
	if err := (&Espeak{program(t, "echo no sound"), newEar()}).Say(t.Context(), short, 5); err == nil {
		t.Error("what is no sound is played")
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := NewEspeak(newEar()); err == nil || !strings.Contains(err.Error(), "apt-get install espeak-ng") {
		t.Errorf("%v does not say what to do", err)
	}
	if _, err := NewAplay(); err == nil || !strings.Contains(err.Error(), "apt-get install alsa-utils") {
		t.Errorf("%v does not say what to do", err)
	}
}

// aplay gets all of the sound and is waited for.
func TestAplayIsGivenTheSound(t *testing.T) {
	to := filepath.Join(t.TempDir(), "heard.wav")
	s := tone(300 * time.Millisecond)
	if err := (&Aplay{program(t, "cat > "+to)}).Play(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	wav, err := os.ReadFile(to)
	if err != nil || !bytes.Equal(wav, s.WAV()) {
		t.Errorf("%d bytes, %v", len(wav), err)
	}
}

// The voice knows every syllable that there is: it spells none out in English, and none is silent.
func TestTheVoiceKnowsEverySyllable(t *testing.T) {
	cmd := exec.Command("espeak-ng", "-v", "cmn-latn-pinyin", "-x", "-q", "--stdin")
	all := everySyllable(t)
	cmd.Stdin = strings.NewReader(strings.Join(all, ".\n") + ".\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	read := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(read) != len(all) {
		t.Fatalf("%d syllables of %d", len(read), len(all))
	}
	for i, phonemes := range read {
		if strings.Contains(phonemes, "(en)") || strings.TrimSpace(phonemes) == "" {
			t.Errorf("%s is read %s", all[i], phonemes)
		}
	}
}

// What docs/decisions/0011-speech.md says of the voice: it raises a third tone before another by itself, within a phrase only,
// and leaves 一 and 不 alone.
func TestTonesThatTheVoiceChanges(t *testing.T) {
	phonemes := func(syllables string) string {
		out, err := exec.Command("espeak-ng", "-v", "cmn-latn-pinyin", "-x", "-q", syllables).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if got := phonemes("ni3 hao3"); !strings.Contains(got, "35") {
		t.Errorf("你好 is %s: no third tone rises", got)
	}
	if got := phonemes("ni3.\nhao3"); strings.Contains(got, "35") {
		t.Errorf("你。好 is %s: a tone rises over a pause", got)
	}
	for _, s := range []string{"bu4 shi4", "yi1 hu4"} {
		if got := phonemes(s); strings.Contains(got, "35") {
			t.Errorf("%s is %s: the voice changes what we have changed already", s, got)
		}
	}
}

package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mingbai.local/app/speech"
	"mingbai.local/cmd/internal/figures"
)

const (
	// utterances is how many are begun and stopped.
	utterances = 200
	// quiet is how long nothing must be heard for it to be silent: longer than any pause within a phrase.
	quiet = 700 * time.Millisecond
	// patience is how long a sound is waited for at most.
	patience = 5 * time.Second
)

// begins are first phrases of pages: a name, a place, a sum, and the longest sentences that pages begin with.
var begins = []speech.Phrase{
	{Text: "单国强", Name: true},
	{Text: "枝城镇，白水港村"},
	{Text: "共3笔，1,141.30元"},
	{Text: "名单共182户，加起来与拨到本村的94,350.20元一分不差"},
	{Text: "资金拨付及结余：2023年安排235.00万元，已拨付224.00万元，占95.3%，还剩11.00万元，结转到下一年接着用"},
}

// measureSpeech measures how long after Say the first sample is heard, and how long after its context is done the last. The programs are those of
// the kiosk, espeak-ng and aplay. Where they are heard is a sound card without a sound, of PulseAudio: it plays as fast as a card does, and what it
// plays can be listened to. The ten milliseconds at a time in which it is heard are in the figures.
func measureSpeech(t *figures.Table) error {
	player, err := speech.NewAplay()
	if err != nil {
		return err
	}
	voice, err := speech.NewEspeak(player)
	if err != nil {
		return err
	}
	c, err := openCard()
	if err != nil {
		return err
	}
	defer c.close()
	r := rand.New(rand.NewPCG(seed, 8))
	// Until somebody has played to it, such a card renders two seconds at a time.
	if _, _, err := c.utter(voice, begins, time.Second); err != nil {
		return err
	}
	var starts, stops []float64
	for i := range utterances {
		phrases := []speech.Phrase{begins[i%len(begins)], begins[len(begins)-1]}
		during := time.Duration(r.IntN(1500)) * time.Millisecond
		if i%4 == 3 {
			during = -time.Duration(r.IntN(60)) * time.Millisecond // so soon after it was begun, whether heard or not
		}
		start, stop, err := c.utter(voice, phrases, during)
		if err != nil {
			return err
		}
		if start > 0 {
			starts = append(starts, milliseconds(start))
		}
		stops = append(stops, milliseconds(stop))
	}
	how := "espeak-ng and aplay into a null sink of PulseAudio, as there is no sound card: from Say to the %s sample, p95 of %d; worst %.0f ms"
	t.Add("speech_start_ms", p95(starts), "ms", fmt.Sprintf(how, "first", len(starts), slices.Max(starts)))
	how = "the same: from the end of Say's context to the %s sample and the end of both programs, p95 of %d; worst %.0f ms"
	t.Add("speech_stop_ms", p95(stops), "ms", fmt.Sprintf(how, "last", len(stops), slices.Max(stops)))
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// p95 is the value that 95 of 100 do not exceed.
func p95(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)*95+99)/100-1]
}

// card is a sound card without a sound, and somebody who listens to it.
type card struct {
	dir          string
	server, hear *exec.Cmd
	before       map[string]string // the environment

	mu          sync.Mutex
	first, last time.Time     // when something was heard since it was last silent
	heard       chan struct{} // closed at the first
}

// openCard starts a sound server of our own and makes its card the one that programs play to.
func openCard() (_ *card, err error) {
	dir, err := os.MkdirTemp("", "card-")
	if err != nil {
		return nil, err
	}
	c := &card{dir: dir, before: map[string]string{}}
	c.silence()
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	socket := filepath.Join(dir, "socket")
	if err := os.WriteFile(filepath.Join(dir, ".asoundrc"), []byte("pcm.!default { type pulse }\n"), 0o600); err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"HOME": dir, "XDG_RUNTIME_DIR": dir, "PULSE_SERVER": "unix:" + socket} {
		c.before[name] = os.Getenv(name)
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	// Programs that are killed leave shared memory behind, so none is used.
	c.server = exec.Command("pulseaudio", "-n", "--daemonize=no", "--disable-shm=yes", "--exit-idle-time=-1", "-L", "module-null-sink sink_name=card rate=22050 channels=1 format=s16le",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+socket)
	if err := c.server.Start(); err != nil {
		c.server = nil
		return nil, fmt.Errorf("a sound card to listen to (apt-get install pulseaudio pulseaudio-utils libasound2-plugins): %w", err)
	}
	for deadline := time.Now().Add(patience); ; {
		if exec.Command("pactl", "info").Run() == nil {
			break
		}
		if time.Now().After(deadline) {
			return nil, errors.New("pulseaudio does not answer")
		}
	}
	c.hear = exec.Command("parec", "--device=card.monitor", "--format=s16le", "--rate=22050", "--channels=1", "--latency-msec=10", "--raw")
	out, err := c.hear.StdoutPipe()
	if err == nil {
		err = c.hear.Start()
	}
	if err != nil {
		c.hear = nil
		return nil, err
	}
	go c.listen(out)
	return c, nil
}

func (c *card) close() {
	for _, cmd := range []*exec.Cmd{c.hear, c.server} {
		if cmd != nil {
			_ = cmd.Process.Kill() // it may have ended
			_ = cmd.Wait()
		}
	}
	for name, value := range c.before {
		os.Setenv(name, value)
	}
	os.RemoveAll(c.dir)
}

// loudEnough is a sample that is heard.
const loudEnough = 100

// listen notes when what is played is to be heard.
func (c *card) listen(samples io.Reader) {
	b := make([]byte, 4096)
	for {
		n, err := io.ReadAtLeast(samples, b, 2)
		if err != nil {
			return
		}
		if n%2 == 1 {
			if _, err := io.ReadFull(samples, b[n:n+1]); err != nil {
				return
			}
			n++
		}
		if audible(b[:n]) {
			c.note(time.Now())
		}
	}
}

func audible(samples []byte) bool {
	for i := 0; i < len(samples); i += 2 {
		if v := int16(binary.LittleEndian.Uint16(samples[i:])); v > loudEnough || v < -loudEnough {
			return true
		}
	}
	return false
}

func (c *card) note(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.first.IsZero() {
		c.first = at
		close(c.heard)
	}
	c.last = at
}

func (c *card) silence() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.first, c.last, c.heard = time.Time{}, time.Time{}, make(chan struct{})
}

// utter has phrases said and stops them so long after they were first heard, or if that is negative, after they were begun. It returns how long
// both took; start is 0 where nothing was heard before it was stopped.
func (c *card) utter(voice speech.Speaker, phrases []speech.Phrase, during time.Duration) (start, stop time.Duration, err error) {
	c.silence()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	said := make(chan error, 1)
	began := time.Now()
	go func() { said <- voice.Say(ctx, phrases, 10) }()
	if during >= 0 {
		select {
		case <-c.heard:
		case err := <-said:
			return 0, 0, fmt.Errorf("nothing of %v was heard: %w", phrases, err)
		case <-time.After(patience):
			return 0, 0, fmt.Errorf("nothing of %v was heard", phrases)
		}
	}
	<-time.After(max(during, -during))
	stopped := time.Now()
	cancel()
	if err := <-said; !errors.Is(err, context.Canceled) {
		return 0, 0, fmt.Errorf("%v came to its end: %w", phrases, err)
	}
	silent := time.Now()
	for {
		c.mu.Lock()
		first, last := c.first, c.last
		c.mu.Unlock()
		if last.After(silent) {
			silent = last
		}
		if left := quiet - time.Since(silent); left > 0 {
			<-time.After(left)
			continue
		}
		if during >= 0 {
			start = first.Sub(began)
		}
		return start, silent.Sub(stopped), nil
	}
}

package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// Player (放音) lets a sound be heard.
type Player interface {
	// Play returns when the sound has been heard, or with the context's error as soon as that is done, and nothing sounds any more
	// then.
	Play(ctx context.Context, s Sound) error
}

// Aplay (放音程序) plays through ALSA's program aplay, one process for each sound.
type Aplay struct{ path string }

// NewAplay finds the program. Its error is for staff.
func NewAplay() (*Aplay, error) {
	path, err := exec.LookPath("aplay")
	if err != nil {
		return nil, fmt.Errorf("没有放音的程序aplay（apt-get install alsa-utils）：%w", err)
	}
	return &Aplay{path}, nil
}

// Play implements Player. Killing the process takes back what the sound card has not played yet.
func (a *Aplay) Play(ctx context.Context, s Sound) error {
	_, err := run(ctx, s.WAV(), a.path, "-q", "-t", "wav", "-")
	return err
}

// run runs a program that is killed as soon as the context is done, with all that it may have started, and returns what it wrote.
func run(ctx context.Context, in []byte, path string, args ...string) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin = bytes.NewReader(in)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	alone(cmd)
	// What a killed program leaves in a pipe is not waited for.
	cmd.WaitDelay = 50 * time.Millisecond
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, exec.ErrWaitDelay):
		return out.Bytes(), nil
	case err != nil:
		return nil, fmt.Errorf("speech: %s: %w: %s", path, err, strings.TrimSpace(complaint.String()))
	}
	return out.Bytes(), nil
}

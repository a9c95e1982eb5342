package speech

import (
	"encoding/binary"
	"errors"
	"time"
)

// rate is how many samples a second every Sound has: what espeak-ng makes. Recordings of another rate are brought to it.
const rate = 22050

// Sound (声音) is one channel of 16-bit samples, 22,050 a second.
type Sound []int16

// Lasts returns how long the sound takes.
func (s Sound) Lasts() time.Duration { return time.Duration(len(s)) * time.Second / rate }

// loud returns the sound at a volume from 0 to 10. It is scaled here and not at the mixer, which another program may have set.
func (s Sound) loud(volume int) Sound {
	volume = min(max(volume, 0), 10)
	out := make(Sound, len(s))
	for i, v := range s {
		out[i] = int16(int(v) * volume / 10)
	}
	return out
}

// hush is nothing to be heard for a while.
func hush(d time.Duration) Sound { return make(Sound, d*rate/time.Second) }

// WAV returns the sound as a file.
func (s Sound) WAV() []byte {
	size := uint32(2 * len(s))
	b := make([]byte, 0, 44+size)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, 36+size)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // PCM
	b = binary.LittleEndian.AppendUint16(b, 1) // one channel
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, 2*rate)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, size)
	for _, v := range s {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// errNotPCM is what staff do something about: how a recording has to be saved.
var errNotPCM = errors.New("要存成16位的WAV（PCM）")

// fromWAV reads a file of 16-bit samples. A length that is larger than what follows means to its end: a program that writes
// into a pipe does not know how much there will be.
func fromWAV(file []byte) (Sound, error) {
	if len(file) < 12 || string(file[:4]) != "RIFF" || string(file[8:12]) != "WAVE" {
		return nil, errNotPCM
	}
	channels, from := 0, 0
	for rest := file[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:]
		size = min(size, len(body))
		switch name {
		case "fmt ":
			if size < 16 || binary.LittleEndian.Uint16(body) != 1 || binary.LittleEndian.Uint16(body[14:]) != 16 {
				return nil, errNotPCM
			}
			channels, from = int(binary.LittleEndian.Uint16(body[2:])), int(binary.LittleEndian.Uint32(body[4:]))
		case "data":
			if channels < 1 || from < 4000 || from > 192000 {
				return nil, errNotPCM
			}
			return resampled(mono(body[:size], channels), from), nil
		}
		rest = body[min(size+size%2, len(body)):]
	}
	return nil, errNotPCM
}

// mono mixes the channels of a file into one.
func mono(samples []byte, channels int) Sound {
	out := make(Sound, len(samples)/2/channels)
	for i := range out {
		sum := 0
		for c := range channels {
			sum += int(int16(binary.LittleEndian.Uint16(samples[2*(i*channels+c):])))
		}
		out[i] = int16(sum / channels)
	}
	return out
}

// resampled brings samples to our rate, in straight lines from one to the next: enough for a voice.
func resampled(s Sound, from int) Sound {
	if from == rate || len(s) == 0 {
		return s
	}
	out := make(Sound, len(s)*rate/from)
	for i := range out {
		at := i * from
		n, part := at/rate, at%rate
		here, next := int(s[n]), int(s[min(n+1, len(s)-1)])
		out[i] = int16(here + (next-here)*part/rate)
	}
	return out
}

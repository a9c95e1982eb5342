package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"mingbai.local/cmd/kiosk/internal/whole"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// keysFile is where the county's keys lie that were handed out after the enrolment, by their names. Earlier ones stay: the edition that is
// gone back to was closed with one of them.
const keysFile = "keys.json"

const mostKeys = 64 << 10

// countyKeys are the keys of this kiosk's county.
type countyKeys struct {
	data      string
	enrolment trust.Enrolment
}

func (p *point) keys() countyKeys { return countyKeys{p.data, p.enrolment} }

// key is the one that closed an edition's shards; where an edition names none, it is the enrolment's.
func (k countyKeys) key(id string) (edition.Key, error) {
	if id == "" || id == trust.CountyKeyID(k.enrolment.CountyKey) {
		return edition.Key(k.enrolment.CountyKey), nil
	}
	kept, err := k.kept()
	if err != nil {
		return edition.Key{}, err
	}
	if b := kept[id]; len(b) == len(edition.Key{}) && trust.CountyKeyID(b) == id {
		return edition.Key(b), nil
	}
	return edition.Key{}, fmt.Errorf("county key %s: %w", id, fs.ErrNotExist)
}

// Has reports whether the key is there.
func (k countyKeys) Has(id string) bool {
	_, err := k.key(id)
	return err == nil
}

// Take keeps a key that was handed out to this kiosk.
func (k countyKeys) Take(id string, handout []byte) error {
	key, err := trust.OpenCountyKey(handout, id, k.enrolment.Identity)
	if err != nil {
		return err
	}
	kept, err := k.kept()
	if err != nil {
		kept = nil // it cannot be read, so nothing is lost by writing over it
	}
	if kept == nil {
		kept = map[string][]byte{}
	}
	kept[id] = key
	b, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return err
	}
	return whole.Write(filepath.Join(k.data, keysFile), append(b, '\n'))
}

func (k countyKeys) kept() (out map[string][]byte, err error) {
	b, err := whole.Read(filepath.Join(k.data, keysFile), mostKeys)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		return nil, fmt.Errorf("county keys: %w", err)
	}
	return out, nil
}

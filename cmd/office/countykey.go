package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"mingbai.local/cmd/office/internal/disk"
	"mingbai.local/cmd/office/internal/ledger"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// newCountyKey is made by chance.
func newCountyKey() (key edition.Key) {
	_, _ = rand.Read(key[:]) // never fails: crypto/rand ends the program instead
	return key
}

func keepCountyKey(keys string, key edition.Key) error {
	return disk.Replace(filepath.Join(keys, countyKeyFile), countyKeyLine(key), 0o600)
}

func countyKeyLine(key edition.Key) []byte {
	return []byte(base64.StdEncoding.EncodeToString(key[:]) + "\n")
}

// handoutFile is where the file lies by which a county key reaches its kiosks, from the change to the publishing and on.
func handoutFile(dir string, key edition.Key) string {
	return filepath.Join(dir, keysDir, "handout-"+trust.CountyKeyID(key[:])+".json")
}

// handout reads it; nil where the county's key is the first.
func handout(dir string, key edition.Key) ([]byte, error) {
	b, err := os.ReadFile(handoutFile(dir, key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// changeCountyKey makes a new county key and seals it to every kiosk but one and those that have been struck off. What was published with the old one is as it
// was; the next edition is closed with the new one.
func changeCountyKey(ctx context.Context, e env, l *ledger.Ledger, dir, but string) error {
	kiosks, err := l.Kiosks(ctx)
	if err != nil {
		return err
	}
	var recipients, old []string
	for _, k := range kiosks {
		switch {
		case k.StruckOff || k.ID == but:
		case k.Recipient == "":
			old = append(old, k.ID)
		default:
			recipients = append(recipients, k.Recipient)
		}
	}
	key := newCountyKey()
	sealed, err := trust.SealCountyKey(key[:], recipients)
	if err != nil {
		return err
	}
	// The handout first: a key that nobody can open must not be published with.
	if err := disk.Replace(handoutFile(dir, key), sealed, 0o600); err != nil {
		return wrong("新县钥写不下来（%v）：原来的还在用。请检查磁盘", err)
	}
	if err := keepCountyKey(filepath.Join(dir, keysDir), key); err != nil {
		return wrong("新县钥写不下来（%v）：请检查磁盘，再运行一次", err)
	}
	if _, err := fmt.Fprintf(e.out, "已换上新的县钥，封给%d台查询机。请运行 office publish：新的一期用新县钥，查询机收到这一期就自己换上，不用去现场。\n", len(recipients)); err != nil {
		return err
	}
	for _, id := range old {
		if _, err := fmt.Fprintf(e.err, "提醒：%s 的凭证是旧式的，收不到新县钥，请给它重新发凭证（office enrol）。\n", id); err != nil {
			return err
		}
	}
	return nil
}

// revokeKiosk strikes a kiosk off, and changes the county key, which it knows.
func revokeKiosk(ctx context.Context, e env, l *ledger.Ledger, dir, id string) error {
	kiosks, err := l.Kiosks(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(kiosks, func(k ledger.Kiosk) bool { return k.ID == id })
	switch {
	case i < 0:
		return wrong("没有编号是“%s”的查询机。编号写在发凭证时的那一行里，如 %s-001", id, countyOf(kiosks))
	case kiosks[i].StruckOff:
		return wrong("%s（%s）早已除名，县钥也换过了。要再换一次县钥，请用 office keys county", id, kiosks[i].Name)
	}
	// Struck off last: whoever is interrupted does both again.
	if err := changeCountyKey(ctx, e, l, dir, id); err != nil {
		return err
	}
	if err := l.StrikeOff(ctx, id); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%s（%s）已除名，新的一期它打不开；已经收到的收不回来。\n", id, kiosks[i].Name)
	return err
}

func countyOf(kiosks []ledger.Kiosk) string {
	if len(kiosks) == 0 {
		return "420581"
	}
	return kiosks[0].ID[:6]
}

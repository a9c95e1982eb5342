package press

import (
	"fmt"
	"os"
	"time"

	"mingbai.local/sync/trust"
)

// Resign signs the newest edition of a depot again (重签), as after a key was replaced: a kiosk looks no further where the timestamp
// is the one it knows. It reports false where nothing has been published yet.
func Resign(dir string, keys *trust.Keys, now time.Time) (bool, error) {
	unlock, err := lock(dir)
	if err != nil {
		return false, err
	}
	defer unlock()
	number, err := trust.Edition(os.DirFS(dir))
	if err != nil || number == 0 {
		return false, err
	}
	files, err := keys.Resign(os.DirFS(dir), now)
	if err != nil {
		return false, fmt.Errorf("press: %w", err)
	}
	out, err := openDepot(dir)
	if err != nil {
		return false, err
	}
	return true, out.publishAll(files)
}

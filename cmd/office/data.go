package main

import (
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"mingbai.local/app/disclosure"
	"mingbai.local/assets/county"
	"mingbai.local/cmd/office/internal/disk"
	"mingbai.local/cmd/office/internal/ledger"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// What lies in the data directory besides the ledger.
const (
	keysDir       = "keys"
	countyKeyFile = "county.key" // in keysDir: 32 bytes in base64
	publicDir     = "public"
)

var countyForm = regexp.MustCompile(`^[0-9]{6}$`)

var initCommand = command{
	name: "init", args: "--data 目录 --county 区划代码 [--root-dir 目录]",
	what:    "建立一个县的数据目录：台账、签名密钥和县钥；三个根密钥另放，上口令",
	example: "office init --data /srv/yidu --county 420581 --root-dir /media/usb",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("county", "", "县（市、区）的6位区划代码")
		passphraseFlags(f)
	},
	run: func(ctx context.Context, e env, c *call) error {
		dir, err := c.data()
		if err != nil {
			return err
		}
		code := c.text("county")
		if err := c.none(); err != nil {
			return err
		}
		if !countyForm.MatchString(code) {
			return misused("区划代码“%s”不对：要写县（市、区）的6位代码，如 --county 420581", code)
		}
		name, ok := county.Name(code)
		if !ok {
			return wrong("不认识区划代码 %s：程序里现在只有 420581（宜都市）和 420923（云梦县）的区划，请核对代码", code)
		}
		said, err := create(ctx, e, c, ledger.County{Code: disclosure.Code(code), Name: name})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "已为%s（%s）建立数据目录 %s。密钥在 %s，请不要外传，并做好备份。\n%s%s", name, code, dir, filepath.Join(dir, keysDir), said, keepApart)
		return err
	},
}

// create makes the data directory whole or not at all: it is built beside its place and renamed. It returns what is to be said of
// the root keys, which are on their medium by then; those of a try that failed count for nothing.
func create(ctx context.Context, e env, c *call, county ledger.County) (said string, err error) {
	dir := filepath.Clean(c.text("data"))
	rootDir, err := c.rootDir(dir)
	if err != nil {
		return "", err
	}
	switch entries, err := os.ReadDir(dir); {
	case err == nil && len(entries) > 0:
		return "", wrong("目录 %s 里已经有东西：init 不覆盖已有的数据，请另选一个空目录", dir)
	case err == nil:
		if err := os.Remove(dir); err != nil {
			return "", wrong("目录 %s 不能用（%v）：请另选一个可以写的目录", dir, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return "", wrong("目录 %s 不能用（%v）：请另选一个可以写的目录", dir, err)
	}
	if err := disk.MakeFolder(filepath.Dir(dir), 0o755); err != nil {
		return "", wrong("建不了目录 %s（%v）：请另选一个可以写的目录", dir, err)
	}
	part, err := os.MkdirTemp(filepath.Dir(dir), ".init-*")
	if err != nil {
		return "", wrong("建不了目录 %s（%v）：请另选一个可以写的目录", dir, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(part))
		}
	}()
	if err := os.MkdirAll(filepath.Join(part, publicDir), 0o755); err != nil {
		return "", err
	}
	keys, err := trust.CreateKeys(filepath.Join(part, keysDir), string(county.Code), e.now())
	if err != nil {
		return "", err
	}
	for i, name := range trust.RootKeys() {
		line, err := c.keepRootKey(e, keys, rootDir, name, i)
		if err != nil {
			return "", err
		}
		said += line
	}
	if err := keepCountyKey(filepath.Join(part, keysDir), newCountyKey()); err != nil {
		return "", err
	}
	l, err := ledger.Create(ctx, part, county)
	if err != nil {
		return "", err
	}
	if err := l.Close(); err != nil {
		return "", err
	}
	if err := disk.Sync(part); err != nil {
		return "", err
	}
	if err := os.Rename(part, dir); err != nil {
		return "", err
	}
	return said, disk.Sync(filepath.Dir(dir))
}

// isData refuses what is no data directory.
func isData(ctx context.Context, dir string) error {
	l, err := openLedger(ctx, dir)
	if err != nil {
		return err
	}
	return l.Close()
}

// openLedger opens the ledger of a data directory.
func openLedger(ctx context.Context, dir string) (*ledger.Ledger, error) {
	l, err := ledger.Open(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, wrong("%s 不是数据目录：里面没有台账（%s）。请核对目录，或先运行 office init", dir, ledger.File)
	}
	return l, err
}

func countyKey(dir string) (edition.Key, error) {
	path := filepath.Join(dir, keysDir, countyKeyFile)
	raw, err := os.ReadFile(path)
	if err != nil {
		return edition.Key{}, wrong("读不到县钥 %s（%v）：请从备份恢复这个文件", path, err)
	}
	key, ok := parseCountyKey(raw)
	if !ok {
		return edition.Key{}, wrong("县钥 %s 坏了：请从备份恢复这个文件", path)
	}
	return key, nil
}

func parseCountyKey(line []byte) (key edition.Key, ok bool) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(line)))
	if err != nil || len(b) != len(key) {
		return edition.Key{}, false
	}
	return edition.Key(b), true
}

// signingKeys opens the keys, which are held: what a change has half made would be taken for what a power cut left.
func signingKeys(dir string) (*trust.Keys, error) {
	k, err := trust.OpenKeys(filepath.Join(dir, keysDir))
	if err != nil {
		return nil, wrong("打不开签名密钥（%v）：请从备份恢复 %s", err, filepath.Join(dir, keysDir))
	}
	return k, nil
}

// holdKeys keeps the keys, and who has them, as they are while something is made with them; to change them is only for one at a time. The
// kernel lets go when the process ends, however it ends.
func holdKeys(dir string, change bool) (letGo func() error, err error) {
	f, err := os.Open(filepath.Join(dir, keysDir))
	if err != nil {
		return nil, wrong("打不开 %s（%v）：请从备份恢复", filepath.Join(dir, keysDir), err)
	}
	how := syscall.LOCK_SH
	if change {
		how = syscall.LOCK_EX
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	switch {
	case err == nil:
		return f.Close, nil
	case !errors.Is(err, syscall.EWOULDBLOCK):
		err = fmt.Errorf("lock %s: %w", f.Name(), err)
	case change:
		err = wrong("密钥正在用：另一个 office 命令还没有做完（发布、发凭证或换密钥）。什么都没有改，请等它做完再试")
	default:
		err = wrong("密钥正在换：另一个 office keys 还没有做完。请等它做完再试")
	}
	return nil, errors.Join(err, f.Close())
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"mingbai.local/cmd/office/internal/disk"
	"mingbai.local/sync/trust"
)

// rootSuffix makes the name of the folder for root keys where nobody named one: beside the data directory, never in it.
const rootSuffix = ".root"

// several is a flag that may be given more than once.
type several []string

func (s *several) String() string { return strings.Join(*s, "\n") }

func (s *several) Set(v string) error {
	*s = append(*s, v)
	return nil
}

func (c *call) several(name string) []string {
	return *c.set.Lookup(name).Value.(*several)
}

// passphraseFlags are those of whatever locks a root key.
func passphraseFlags(f *flag.FlagSet) {
	f.String("root-dir", "", "根密钥放在哪个文件夹，最好是U盘；不写就放在数据目录旁边的“目录"+rootSuffix+"”")
	f.String("passphrase-file", "", "从这个文件读根密钥的口令，一行一个，如 /dev/fd/3")
	f.Bool("ask", false, "新根密钥的口令自己定，在终端里问两遍；不写就随机给一个，只显示这一次")
}

var rootWords = map[string]string{"root/county-office": "县办根密钥", "root/finance-bureau": "财政局根密钥", "root/staffing-office": "编办根密钥"}

// passphrase decides the passphrase of a new root key: from the file, asked for twice, or by chance.
func (c *call) passphrase(e env, name string, at int) (trust.Passphrase, error) {
	lines, err := c.passphrases()
	if err != nil {
		return trust.Passphrase{}, err
	}
	if len(lines) > 0 {
		return chosen(lines[min(at, len(lines)-1)])
	}
	if !c.on("ask") {
		return trust.RandomPassphrase(), nil
	}
	if e.ask == nil {
		return trust.Passphrase{}, wrong("--ask 要在终端里运行才能问口令。请在终端里运行，或用 --passphrase-file")
	}
	first, err := e.ask("给" + rootWords[name] + "定一个口令：")
	if err != nil {
		return trust.Passphrase{}, err
	}
	p, err := chosen(first)
	if err != nil {
		return trust.Passphrase{}, err
	}
	again, err := e.ask("再输一遍：")
	if err != nil {
		return trust.Passphrase{}, err
	}
	if again != first {
		return trust.Passphrase{}, wrong("两遍口令不一样，什么都没有改。请再来一次")
	}
	return p, nil
}

func chosen(text string) (trust.Passphrase, error) {
	if utf8.RuneCountInString(text) < trust.LeastPassphrase {
		return trust.Passphrase{}, wrong("根密钥的口令太短：至少%d个字，最好是一句只有自己知道的话", trust.LeastPassphrase)
	}
	return trust.Passphrase{Text: text}, nil
}

// passphrases are the lines of the file, none where none is named.
func (c *call) passphrases() ([]string, error) {
	path := c.text("passphrase-file")
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, wrong("读不到口令文件（%v）：请核对 --passphrase-file", err)
	}
	lines := slices.DeleteFunc(strings.Split(string(b), "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	if len(lines) == 0 {
		return nil, wrong("口令文件 %s 是空的：一行写一个口令", path)
	}
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\r")
	}
	return lines, nil
}

// rootDir is where new root keys go.
func (c *call) rootDir(data string) (string, error) {
	dir := c.text("root-dir")
	if dir == "" {
		dir = filepath.Clean(data) + rootSuffix
	}
	full, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	inside, err := filepath.Abs(data)
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(inside, full); err == nil && (rel == "." || filepath.IsLocal(rel)) {
		return "", wrong("根密钥不能放在数据目录 %s 里：偷走这台电脑的人就什么都有了。请用 --root-dir 写一个U盘上的文件夹", data)
	}
	return dir, nil
}

// keepRootKey writes a root key that is at hand to its medium, whole and synced, and says what its passphrase is where nobody chose it.
func (c *call) keepRootKey(e env, keys *trust.Keys, dir, name string, at int) (said string, err error) {
	p, err := c.passphrase(e, name, at)
	if err != nil {
		return "", err
	}
	file, err := keys.Lock(name, p)
	if err != nil {
		return "", err
	}
	if err := disk.MakeFolder(dir, 0o700); err != nil {
		return "", wrong("建不了放根密钥的文件夹 %s（%v）：请换一个可以写的位置", dir, err)
	}
	path := filepath.Join(dir, file.Path)
	if err := disk.Replace(path, file.Data, 0o600); err != nil {
		return "", wrong("根密钥写不到 %s（%v）：请换一个可以写的位置", path, err)
	}
	said = fmt.Sprintf("%s在 %s", rootWords[name], path)
	if p.Random {
		said += "，口令是 " + p.Text
	}
	return said + "\n", nil
}

const keepApart = "三个根密钥请分别拷到三个U盘，由三个单位各自锁好，再从这台电脑上删掉；口令抄在纸上，只显示这一次。\n"

// unlock takes as many root keys at hand as must sign, from the files and folders named by --root-key.
func (c *call) unlock(e env, keys *trust.Keys, data string) error {
	paths := c.several("root-key")
	if len(paths) == 0 {
		paths = []string{filepath.Clean(data) + rootSuffix}
		if dir := c.text("root-dir"); dir != "" {
			paths = []string{dir}
		}
	}
	lines, err := c.passphrases()
	if err != nil {
		return err
	}
	for _, path := range paths {
		files, err := rootFiles(keys, path)
		if errors.Is(err, fs.ErrNotExist) && len(c.several("root-key")) == 0 {
			continue // nobody named it
		}
		if err != nil {
			return wrong("读不到根密钥 %s（%v）：请插上存根密钥的U盘，核对 --root-key", path, err)
		}
		for _, f := range files {
			hand, need, err := keys.AtHand()
			if err != nil || len(hand) >= need {
				return err
			}
			if err := c.unlockOne(e, keys, f, lines); err != nil {
				return err
			}
		}
	}
	return nil
}

// rootFiles is the file, or those of a folder that count.
func rootFiles(keys *trust.Keys, path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	found, err := filepath.Glob(filepath.Join(path, "*.rootkey"))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(f string) bool {
		b, err := readRootKey(f)
		if err == nil {
			_, err = keys.Named(b)
		}
		return err != nil // another county's, an earlier one: of a folder, the good ones are enough
	}), nil
}

// readRootKey reads the file of a root key. A stick may have anything under such a name.
func readRootKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > trust.MaxRootKey {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("不是根密钥的文件")}
	}
	return os.ReadFile(path)
}

// unlockOne tries the lines of the passphrase file, or asks three times.
func (c *call) unlockOne(e env, keys *trust.Keys, path string, lines []string) error {
	b, err := readRootKey(path)
	if err != nil {
		return wrong("读不到根密钥 %s（%v）：请插上存根密钥的U盘，核对 --root-key", path, err)
	}
	name, err := keys.Named(b)
	if err != nil {
		return rootKeyError(path, name, err)
	}
	if len(lines) == 0 && e.ask == nil {
		return wrong("要%s的口令。请在终端里运行，或用 --passphrase-file 写明口令文件", rootWords[name])
	}
	const tries = 3
	next := func(i int) (string, error) { return e.ask(rootWords[name] + "的口令：") }
	n := tries
	if len(lines) > 0 {
		next, n = func(i int) (string, error) { return lines[i], nil }, len(lines)
	}
	for i := range n {
		line, err := next(i)
		if err != nil {
			return err
		}
		if err = keys.Unlock(b, line); err == nil {
			return nil
		}
		if !errors.Is(err, trust.ErrPassphrase) {
			return rootKeyError(path, name, err)
		}
	}
	return rootKeyError(path, name, trust.ErrPassphrase)
}

func rootKeyError(path, name string, err error) error {
	const other = "；实在没有，就用另外两个根密钥把它换掉：office keys replace "
	switch {
	case errors.Is(err, trust.ErrPassphrase):
		return wrong("%s（%s）的口令不对。请核对大小写和横线再试%s%s", rootWords[name], path, other, name)
	case errors.Is(err, trust.ErrForeign):
		return wrong("%s 是别的县的根密钥。请换上本县的", path)
	case errors.Is(err, trust.ErrReplaced):
		return wrong("%s 已经被换掉，不再有效。请用换上以后的那一份", path)
	case errors.Is(err, trust.ErrMalformed):
		return wrong("%s 坏了，或者不是根密钥的文件。请用另一份备份", path)
	}
	return err
}

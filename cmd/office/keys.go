package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mingbai.local/cmd/office/internal/press"
	"mingbai.local/sync/trust"
)

var keysCommand = command{
	name: "keys", args: "[list | replace 密钥 | move 密钥 --to 目录 | county | revoke 查询机编号] --data 目录 [--root-key 文件]…",
	what:    "管密钥：列出来（list）；丢了、被偷了就换新的（replace）；经办、领导的放到各自的U盘上（move）；换县钥（county）；查询机丢了就除名并换县钥（revoke）",
	example: "office keys replace timestamp --data /srv/yidu --root-key /media/a/420581-county-office-3fa9c1d2.rootkey --root-key /media/b/420581-finance-bureau-77e0b1a4.rootkey",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("replace", "", "和 replace 一样：换掉这一把。有 timestamp、snapshot、targets-1、targets-2、finance-handler、finance-leader、staffing-handler、staffing-leader、policy-handler、policy-leader、root/county-office、root/finance-bureau、root/staffing-office；除经办、领导的以外都要两个根密钥")
		f.Var(new(several), "root-key", "根密钥的文件，或放根密钥的文件夹；可以写几次")
		passphraseFlags(f)
		f.String("to", "", "move 把密钥移到哪个文件夹")
		clockFlag(f)
	},
	run: runKeys,
}

// role is one line of the list: who signs, how many of whose keys, until when.
type role struct {
	name      string
	threshold int
	ids       []string
	expires   time.Time // zero where nothing is signed yet
}

// signed is what the list needs of a metadata file.
type signed struct {
	Signed struct {
		Expires time.Time `json:"expires"`
		Roles   map[string]struct {
			KeyIDs    []string `json:"keyids"`
			Threshold int      `json:"threshold"`
		} `json:"roles"`
		Delegations struct {
			Roles []struct {
				Name      string   `json:"name"`
				KeyIDs    []string `json:"keyids"`
				Threshold int      `json:"threshold"`
			} `json:"roles"`
		} `json:"delegations"`
	} `json:"signed"`
}

var roleWords = map[string]string{
	"root": "根（县办、财政局、编办）", "targets": "县办", "snapshot": "快照", "timestamp": "时间戳", "finance": "财政", "staffing": "编制", "policy": "政策",
}

func runKeys(ctx context.Context, e env, c *call) (err error) {
	dir, err := c.data()
	if err != nil {
		return err
	}
	verb, name, err := keysVerb(c)
	if err != nil {
		return err
	}
	l, err := openLedger(ctx, dir) // refuses what is no data directory
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	letGo, err := holdKeys(dir, verb != "list")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, letGo()) }()
	keys, err := signingKeys(dir)
	if err != nil {
		return err
	}
	switch verb {
	case "replace":
		err = replaceKey(e, c, keys, dir, name)
	case "move":
		err = moveKey(e, c, keys, name)
	case "county":
		return changeCountyKey(ctx, e, l, dir, "")
	case "revoke":
		return revokeKiosk(ctx, e, l, dir, name)
	}
	if err != nil {
		return err
	}
	return printRoles(e, keys, dir)
}

// keysVerb is what is to be done with which key.
func keysVerb(c *call) (verb, name string, err error) {
	takes := map[string]int{"list": 0, "replace": 1, "move": 1, "county": 0, "revoke": 1}
	args := c.args
	if len(args) == 0 {
		args = []string{"list"}
		if name := c.text("replace"); name != "" {
			args = []string{"replace", name}
		}
	}
	n, ok := takes[args[0]]
	if !ok || len(args) != 1+n {
		return "", "", misused("看不懂“%s”。用法请看 office keys -h", strings.Join(args, " "))
	}
	return args[0], strings.Join(args[1:], ""), nil
}

// replaceKey replaces a key and signs the newest edition again, so that the kiosks hear of it at once.
func replaceKey(e env, c *call, keys *trust.Keys, dir, name string) error {
	if err := c.clock(e, dir); err != nil {
		return err
	}
	if trust.NeedsRoot(name) {
		if err := c.unlock(e, keys, dir); err != nil {
			return err
		}
	}
	said := ""
	if slices.Contains(trust.RootKeys(), name) {
		to, err := c.rootDir(dir)
		if err != nil {
			return err
		}
		if err := keys.Prepare(name); err != nil {
			return err
		}
		if said, err = c.keepRootKey(e, keys, to, name, 0); err != nil {
			return err
		}
	}
	var few *trust.TooFew
	err := keys.Replace(name, e.now())
	switch {
	case errors.Is(err, trust.ErrNoKey):
		return wrong("没有叫“%s”的密钥。有哪些，请看 office keys -h", name)
	case errors.As(err, &few):
		return wrong("换这一把要三个根密钥中的%d个，现在只有%d个。请插上存根密钥的U盘，用 --root-key 写明文件，可以写几次", few.Need, few.Have)
	case err != nil:
		return err
	}
	if _, err := fmt.Fprintf(e.out, "已换上新的%s，旧的作废。\n%s", name, said); err != nil {
		return err
	}
	signed, err := press.Resign(filepath.Join(dir, publicDir), keys, e.now())
	if err != nil {
		return resignError(err)
	}
	if signed {
		_, err = fmt.Fprintln(e.out, "最新一期已用新密钥重签，查询点下次来取就知道。")
	}
	return err
}

// resignError says what to do where a key was replaced, and the newest edition could not be signed again.
func resignError(err error) error {
	var missing *trust.Missing
	switch {
	case errors.Is(err, press.ErrBusy):
		return wrong("密钥已经换好；另一个 office publish 正在运行，请等它做完，再运行一次 office publish，查询点才知道")
	case errors.As(err, &missing):
		return wrong("密钥已经换好；重签还缺%s，再运行 office publish，查询点才知道", missingWords(missing))
	}
	return err
}

// missingWords says which key is missing and where it may be, to stand after 缺.
func missingWords(m *trust.Missing) string {
	if len(m.Folders) == 1 {
		return fmt.Sprintf(" %s。请从备份恢复它到 %s", m.Name, m.Folders[0])
	}
	return fmt.Sprintf(" %s。请插上放它的U盘（%s）", m.Name, strings.Join(m.Folders[1:], "、"))
}

// moveKey gives an owner his key.
func moveKey(e env, c *call, keys *trust.Keys, name string) error {
	to := c.text("to")
	if to == "" {
		return misused("没有写移到哪里。请加上 --to 目录，例子见 office keys -h")
	}
	err := keys.Move(name, to)
	switch {
	case errors.Is(err, trust.ErrNoKey):
		return wrong("“%s”不能移走：能移走的是经办、领导的密钥（如 finance-leader）。别的要留在办公室，根密钥本来就不在这里", name)
	case errors.Is(err, fs.ErrExist):
		return wrong("%s 里已经有 %s.key：不覆盖别的密钥，请换一个文件夹", to, name)
	case errors.Is(err, fs.ErrNotExist):
		return wrong("移不了 %s（%v）：请核对 --to 的文件夹；它也可能早已移走", name, err)
	case err != nil:
		return wrong("移不了 %s（%v）：原来的还在原处。请核对 --to 的文件夹", name, err)
	}
	_, err = fmt.Fprintf(e.out, "%s 已移到 %s。以后发布财政、编制或政策的新数据，要插上它。\n", name, to)
	return err
}

func printRoles(e env, keys *trust.Keys, dir string) error {
	root, err := keys.Root()
	if err != nil {
		return err
	}
	roles, err := listRoles(root, os.DirFS(filepath.Join(dir, publicDir)))
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, r := range roles {
		until := "还没有签过"
		if !r.expires.IsZero() {
			until = r.expires.Local().Format(time.DateOnly) + "到期"
		}
		fmt.Fprintf(&b, "%s %s：%d个密钥中要%d个签名，%s\n", r.name, roleWords[r.name], len(r.ids), r.threshold, until)
		for _, id := range r.ids {
			fmt.Fprintf(&b, "    %s\n", id)
		}
	}
	_, err = fmt.Fprint(e.out, b.String())
	return err
}

// listRoles lists the roles of the root, and those that the newest edition's targets name.
func listRoles(root []byte, depot fs.FS) ([]role, error) {
	var top signed
	if err := json.Unmarshal(root, &top); err != nil {
		return nil, fmt.Errorf("keys: root: %w", err)
	}
	newest, err := newestMetadata(depot)
	if err != nil {
		return nil, err
	}
	newest["root"] = top
	var out []role
	for _, name := range slices.Sorted(maps.Keys(top.Signed.Roles)) {
		r := top.Signed.Roles[name]
		out = append(out, role{name, r.Threshold, r.KeyIDs, newest[name].Signed.Expires})
	}
	for _, d := range newest["targets"].Signed.Delegations.Roles {
		out = append(out, role{d.Name, d.Threshold, d.KeyIDs, newest[d.Name].Signed.Expires})
	}
	return out, nil
}

// newestMetadata reads the metadata of the newest edition by role; there is none before the first.
func newestMetadata(depot fs.FS) (map[string]signed, error) {
	out := map[string]signed{}
	names, err := press.MetadataPaths(depot)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := fs.ReadFile(depot, name)
		if err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		var m signed
		if err := json.Unmarshal(b, &m); err != nil {
			return nil, fmt.Errorf("keys: %s: %w", name, err)
		}
		base := strings.TrimSuffix(filepath.Base(name), ".json")
		out[base[strings.LastIndexByte(base, '.')+1:]] = m
	}
	return out, nil
}

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
	name: "keys", args: "--data 目录 [--replace 密钥]",
	what:    "列出签名的角色：要几个签名、密钥编号、到期日；丢了、被偷了的密钥用 --replace 换新的",
	example: "office keys --data /srv/yidu",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("replace", "", "换掉这一把，从下一次发布起算：timestamp、snapshot、targets-1、targets-2、finance-handler、finance-leader、staffing-handler、staffing-leader、policy-handler、policy-leader、root/county-office、root/finance-bureau、root/staffing-office")
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

func runKeys(ctx context.Context, e env, c *call) error {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if err := c.none(); err != nil {
		return err
	}
	l, err := openLedger(ctx, dir) // refuses what is no data directory
	if err != nil {
		return err
	}
	if err := l.Close(); err != nil {
		return err
	}
	keys, err := signingKeys(dir)
	if err != nil {
		return err
	}
	if name := c.text("replace"); name != "" {
		if err := keys.Replace(name, time.Now()); errors.Is(err, trust.ErrNoKey) {
			return wrong("没有叫“%s”的密钥。有哪些，请看 office keys -h", name)
		} else if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(e.out, "已换上新的%s。旧的作废，从下一次 office publish 起算。\n", name); err != nil {
			return err
		}
	}
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

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"mingbai.local/app/colour"
	"mingbai.local/app/disclosure"
	"mingbai.local/cmd/internal/pin"
	"mingbai.local/cmd/office/internal/disk"
	"mingbai.local/cmd/office/internal/ledger"
	"mingbai.local/sync/trust"
)

// pollMinutes is how often a county's kiosks look for a newer edition.
const pollMinutes = 10

var enrolCommand = command{
	name: "enrol", args: "--data 目录 --name 名称 --out 文件 [--place 代码] [--office 网址] [--panel 宽x高@寸] [--pin 六位数] [--code 入网码] [--primary 颜色]",
	what:    "给一台查询机发凭证：它是谁、办公室在哪里、信任谁的签名；凭证封好，凭入网码打开",
	example: "office enrol --data /srv/yidu --name 白水港村查询点 --place 420581104212 --office http://10.1.2.3:8420/ --out 白水港.json",
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.String("name", "", "查询点的名称")
		f.String("out", "", "凭证写到哪个文件")
		f.String("place", "", "所在村或社区的12位区划代码；不写就是县里")
		f.String("office", "http://127.0.0.1:8420/", "办公室的网址")
		f.String("panel", "", "屏幕，如 1080x1920@21.5")
		f.String("pin", "", "值守人的口令，6位数字；不写就随机给一个，只显示这一次")
		f.String("code", "", "打开凭证的入网码，16位数字；不写就随机给一个，只显示这一次")
		f.String("primary", "", "本县的主色，如 #0A5C4C；看不清字的颜色不收")
	},
	run: runEnrol,
}

func runEnrol(ctx context.Context, e env, c *call) (err error) {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if err := c.none(); err != nil {
		return err
	}
	name, out := strings.TrimSpace(c.text("name")), c.text("out")
	if name == "" || out == "" {
		return misused("--name 和 --out 都要写。例子见 office enrol -h")
	}
	if primary := c.text("primary"); primary != "" {
		if err := colour.Primary(primary); err != nil {
			return misused("--primary 不对：%v", err)
		}
	}
	secret, hash, err := staffPIN(c.text("pin"))
	if err != nil {
		return err
	}
	code := c.text("code")
	switch {
	case code == "":
		code = trust.NewCode()
	case !trust.IsCode(code):
		return misused("--code 不对：要写16位数字，如 1234-5678-9012-3456；不写就随机给一个")
	}
	if _, err := os.Lstat(out); err == nil {
		return wrong("文件 %s 已经有了：enrol 不覆盖凭证，请换一个文件名", out)
	}
	l, err := openLedger(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // it was only read
	county, err := l.County(ctx)
	if err != nil {
		return err
	}
	letGo, err := holdKeys(dir, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, letGo()) }()
	enrolment, err := newEnrolment(ctx, dir, l, county, c)
	if err != nil {
		return err
	}
	enrolment.PIN = hash
	b, err := enrolment.Seal(code)
	if err != nil {
		return err
	}
	if err := disk.Replace(out, b, 0o600); err != nil {
		return wrong("写不了 %s（%v）：请换一个可以写的位置", out, err)
	}
	_, err = fmt.Fprintf(e.out, "已给“%s”发凭证 %s，编号 %s。凭证是封好的，只给这一台查询机用。\n", name, out, enrolment.Kiosk)
	if err == nil && c.text("code") == "" {
		_, err = fmt.Fprintf(e.out, "入网码是 %s，请用电话或当面告诉装机的人，不要和凭证放在一起。入网码忘了只能重新发凭证。\n", code)
	}
	if err == nil && c.text("pin") == "" {
		_, err = fmt.Fprintf(e.out, "口令是 %s，请当面告诉值守的人。凭证里没有口令本身，忘了只能重新发凭证。\n", secret)
	}
	return err
}

// staffPIN is the PIN that was given, or one by chance, and its hash.
func staffPIN(given string) (secret, hash string, err error) {
	if secret = given; given == "" {
		if secret, err = pin.Random(); err != nil {
			return "", "", err
		}
	}
	hash, err = pin.Hash(secret)
	if errors.Is(err, pin.ErrForm) {
		return "", "", misused("--pin 不对：要写6位数字，如 482913；不写就随机给一个")
	}
	return secret, hash, err
}

func newEnrolment(ctx context.Context, dir string, l *ledger.Ledger, county ledger.County, c *call) (trust.Enrolment, error) {
	place, err := placeOf(ctx, l, county, c.text("place"))
	if err != nil {
		return trust.Enrolment{}, err
	}
	panel, err := parsePanel(c.text("panel"))
	if err != nil {
		return trust.Enrolment{}, err
	}
	keys, err := signingKeys(dir)
	if err != nil {
		return trust.Enrolment{}, err
	}
	root, err := keys.Root()
	if err != nil {
		return trust.Enrolment{}, err
	}
	key, err := countyKey(dir)
	if err != nil {
		return trust.Enrolment{}, err
	}
	identity, recipient, err := trust.NewIdentity()
	if err != nil {
		return trust.Enrolment{}, err
	}
	enrolment := trust.Enrolment{
		Format: 1, Kiosk: "0", Name: strings.TrimSpace(c.text("name")), County: string(county.Code), CountyName: county.Name,
		Emblem: string([]rune(county.Name)[:1]), Place: string(place), Office: c.text("office"), Root: root, CountyKey: key[:], Panel: panel,
		PollMinutes: pollMinutes, Synthetic: county.Synthetic, Identity: identity, Primary: strings.TrimSpace(c.text("primary")),
	}
	// A kiosk that is counted has its enrolment, or a new county key would be sealed to nobody.
	if _, err := enrolment.Encode(); err != nil {
		return trust.Enrolment{}, wrong("凭证写不成（%v）：请核对 --office 网址", err)
	}
	enrolment.Kiosk, err = l.NewKiosk(ctx, enrolment.Name, place, recipient)
	return enrolment, err
}

// placeOf checks the code against the places taken in; without a code the kiosk stands in the county's own hall.
func placeOf(ctx context.Context, l *ledger.Ledger, county ledger.County, code string) (disclosure.Code, error) {
	if code == "" {
		return county.Code + "000000", nil
	}
	sources, err := l.Sources(ctx, disclosure.Of[disclosure.Place]().Name)
	if err != nil {
		return "", err
	}
	d := disclosure.Of[disclosure.Place]()
	found := false
	for _, s := range sources {
		err := l.Each(s, func(cells []disclosure.Cell) error {
			var p disclosure.Place
			if err := d.Fill(&p, cells); err != nil {
				return err
			}
			found = found || string(p.Code) == code
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	if !found {
		return "", wrong("--place %s 不对：台账的“行政区划”表里没有这个代码。请核对，或先导入行政区划表", code)
	}
	return disclosure.Code(code), nil
}

var panelForm = regexp.MustCompile(`^([1-9][0-9]{2,4})x([1-9][0-9]{2,4})(?:@([0-9]{1,3}(?:\.[0-9]{1,2})?))?$`)

func parsePanel(s string) (trust.Panel, error) {
	if s == "" {
		return trust.Panel{}, nil
	}
	m := panelForm.FindStringSubmatch(s)
	if m == nil {
		return trust.Panel{}, misused("--panel “%s”不对：要写成 1080x1920@21.5 的样子（宽x高，单位像素，@后面是对角线英寸）", s)
	}
	var p trust.Panel
	p.WidthPx, _ = strconv.Atoi(m[1])  // the form lets only digits through
	p.HeightPx, _ = strconv.Atoi(m[2]) // the same
	if m[3] != "" {
		p.DiagonalInch, _ = strconv.ParseFloat(m[3], 64) // the same
	}
	return p, nil
}

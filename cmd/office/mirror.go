package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"mingbai.local/cmd/office/internal/mirror"
	"mingbai.local/cmd/office/internal/press"
)

var mirrorCommand = command{
	name: "mirror", args: "--data 目录 [--verify] [--delete-unreferenced] 去处",
	what:    "把最新一期拷到别处，让一个网站目录（file://）或对象存储（s3://）来提供；断了再运行就接着拷",
	example: `office mirror --data /srv/yidu "s3://mingbai/420581?endpoint=https://obs.example.cn&region=cn-north-4"`,
	flags: func(f *flag.FlagSet) {
		dataFlag(f)
		f.Bool("verify", false, "把那边已有的文件都读一遍，坏了的重新传")
		f.Bool("delete-unreferenced", false, "传完以后，删去那边最新两期都用不着、又放了一天以上的文件")
	},
	run: runMirror,
}

func runMirror(ctx context.Context, e env, c *call) error {
	dir, err := c.data()
	if err != nil {
		return err
	}
	if len(c.args) != 1 {
		return misused("要写一个去处，如 file:///srv/镜像 或 s3://桶/前缀?endpoint=https://…&region=…。例子见 office mirror -h")
	}
	to, err := parseTarget(c.args[0])
	if err != nil {
		return err
	}
	i, err := newestIssue(ctx, dir)
	if err != nil {
		return err
	}
	var before *press.Issue
	if c.on("delete-unreferenced") {
		if before, err = issueBefore(filepath.Join(dir, publicDir), i); err != nil {
			return err
		}
	}
	place, closePlace, err := to.open(dir)
	if err != nil {
		return to.words(err)
	}
	r, err := mirror.Run(ctx, mirror.Job{
		Newest: i, Before: before, Place: place, Verify: c.on("verify"), Delete: c.on("delete-unreferenced"), Progress: newMeter(e.err, "已到").tell,
	})
	if err = errors.Join(err, closePlace()); err != nil {
		return to.words(err)
	}
	return sayMirrored(e, to, i, r)
}

func sayMirrored(e env, to target, i *press.Issue, r mirror.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s 现在是第%d期，数据截至%s：", to.name, i.Edition.Number, i.Edition.AsOf)
	if r.Files == 0 {
		b.WriteString("那边本来就齐全，没有要传的。")
	} else {
		fmt.Fprintf(&b, "传了%d个文件共 %s。", r.Files, size(r.Bytes))
	}
	if r.Repaired > 0 {
		fmt.Fprintf(&b, "其中%d个是那边坏了重新传的，请查一查那边的磁盘。", r.Repaired)
	}
	if r.Removed > 0 {
		fmt.Fprintf(&b, "删去%d个用不着的。", r.Removed)
	}
	_, err := fmt.Fprintln(e.out, b.String())
	return err
}

// issueBefore is the edition before an issue, nil where the depot has none.
func issueBefore(public string, newest *press.Issue) (*press.Issue, error) {
	for i, err := range press.Issues(os.DirFS(public)) {
		if err != nil {
			return nil, err
		}
		if i.Edition.Number < newest.Edition.Number {
			return i, nil
		}
	}
	return nil, nil
}

// target is where to, as it was written.
type target struct {
	name  string // without what need not be shown
	dir   string // file://
	store mirror.Store
}

// parseTarget reads file:///folder and s3://bucket/prefix?endpoint=…&region=…&style=host.
func parseTarget(s string) (target, error) {
	u, err := url.Parse(s)
	if err != nil {
		return target{}, misused("去处看不懂：要写成 file:///srv/镜像 或 s3://桶/前缀?endpoint=https://…&region=… 的样子")
	}
	if u.User != nil {
		return target{}, misused("去处里不能写密钥：请把密钥放进环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY，或写进 ~/.aws/credentials")
	}
	switch u.Scheme {
	case "file":
		dir := filepath.Clean(u.Path)
		if u.Host != "" || !filepath.IsAbs(dir) || dir == "/" || u.RawQuery != "" {
			return target{}, misused("去处“%s”不对：目录要从根写起，前面三条斜线，如 file:///srv/镜像", s)
		}
		return target{name: "file://" + dir, dir: dir}, nil
	case "s3":
		return parseStore(u)
	}
	return target{}, misused("去处“%s”不对：要以 file:// 或 s3:// 开头，如 file:///srv/镜像", s)
}

func parseStore(u *url.URL) (target, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || u.Host == "" {
		return target{}, misused("去处看不懂：要写成 s3://桶/前缀?endpoint=https://…&region=… 的样子，放在引号里")
	}
	t := target{name: "s3://" + u.Host + u.Path, store: mirror.Store{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/"), Region: "us-east-1"}}
	if p := t.store.Prefix; p != "" && !fs.ValidPath(p) {
		return target{}, misused("去处里的前缀“%s”不对：写成 420581 或 湖北/420581 的样子", p)
	}
	for key, values := range query {
		value := values[len(values)-1]
		switch {
		case key == "endpoint":
			t.store.Endpoint = value
			if !strings.Contains(value, "://") {
				t.store.Endpoint = "https://" + value
			}
		case key == "region":
			t.store.Region = value
		case key == "style" && (value == "host" || value == "path"):
			t.store.HostStyle = value == "host"
		default:
			return target{}, misused("去处里的“%s”不认识或不对：问号后面只写 endpoint、region，和 style=host（桶名在网址开头的存储要写）", key)
		}
	}
	if e, err := url.Parse(t.store.Endpoint); err != nil || e.Host == "" || e.User != nil || strings.Trim(e.Path, "/") != "" || e.Scheme != "http" && e.Scheme != "https" {
		return target{}, misused("去处里没有写对对象存储的网址：请加上 endpoint=https://…（只写主机和端口），并把整个去处放在引号里")
	}
	return t, nil
}

func (t target) open(data string) (place mirror.Place, close func() error, err error) {
	if t.dir == "" {
		b, err := mirror.S3(t.store)
		return b, func() error { return nil }, err
	}
	if err := outside(t.dir, data); err != nil {
		return nil, nil, err
	}
	d, err := mirror.Dir(t.dir)
	if err != nil {
		return nil, nil, err
	}
	return d, d.Close, nil
}

// outside refuses a folder in the data directory, where the depot itself lies.
func outside(dir, data string) error {
	own, err := os.Stat(data)
	if err != nil {
		return err
	}
	for p := dir; ; p = filepath.Dir(p) {
		if info, err := os.Stat(p); err == nil && os.SameFile(info, own) {
			return misused("去处 %s 在数据目录里面：请换一个别处的目录", dir)
		}
		if p == filepath.Dir(p) {
			return nil
		}
	}
}

// words says what a person can mend: the place, the rule, the remedy.
func (t target) words(err error) error {
	say := func(format string, args ...any) error { return wrong("%s %s", t.name, fmt.Sprintf(format, args...)) }
	is := func(kind error) bool { return errors.Is(err, kind) }
	const again = "再运行一次，会接着传"
	switch {
	case is(mirror.ErrNoKey):
		return say("没有传：没有找到访问密钥。请设好环境变量 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY，或写进 ~/.aws/credentials")
	case is(mirror.ErrKey):
		return say("没有传：%s 不认这把访问密钥。请核对 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY 和 region", t.store.Endpoint)
	case is(mirror.ErrDenied):
		return say("没有传完：这把访问密钥在桶 %s 里没有权限。要能列出、读、写（清理时还要能删），请让管存储的人加上", t.store.Bucket)
	case is(mirror.ErrNoBucket):
		return say("没有传：%s 上没有叫 %s 的桶。请核对桶名，或先在那边建好", t.store.Endpoint, t.store.Bucket)
	case is(mirror.ErrClock):
		return say("没有传：这台机器的时钟和 %s 差得太多。请先校准这台机器的时间", t.store.Endpoint)
	case is(mirror.ErrNotS3):
		return say("没有传：%s 不像是对象存储。请核对 endpoint", t.store.Endpoint)
	case is(mirror.ErrUnreachable):
		return say("没有传完：连不上 %s，或者中途断了（%v）。请核对 endpoint 和网络；%s", t.store.Endpoint, root(err), again)
	case is(mirror.ErrFull):
		return say("没有传完：那边的空间满了。请腾出地方；%s。那边原来的一期不受影响", again)
	case is(mirror.ErrForeign):
		return say("没有传：那边放的是另一个县（或另一套密钥）的数据，盖上去那边的查询点就用不了了。请换一个目录或前缀")
	case is(mirror.ErrNewer):
		return say("没有传：那边的一期比这里的新。这个数据目录可能是从旧备份恢复的，请核对；确实要用这里的，请换一个目录或前缀")
	case is(mirror.ErrBusy):
		return say("没有传：另一个 office mirror 正在往这里写。请等它做完")
	case is(mirror.ErrStrange):
		return say("没有传：这个目录里已经有别的东西。请另给一个空目录，或核对是不是写错了")
	case is(mirror.ErrChanged):
		return say("没有做完：另一个 office mirror 同时在这里增删文件。请等它做完，再运行一次")
	case is(press.ErrDamaged):
		return wrong("没有传完：public 目录里有文件坏了（%v）。请先运行 office publish 把它重新印出来", err)
	}
	var path *fs.PathError
	if t.dir != "" && errors.As(err, &path) {
		return say("没有传完（%v）。请核对这个目录能不能写；%s", err, again)
	}
	return err
}

// root is the innermost error, which says most in the fewest words.
func root(err error) error {
	for {
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			if e.Unwrap() == nil {
				return err
			}
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			all := e.Unwrap()
			err = all[len(all)-1]
		default:
			return err
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"mingbai.local/cmd/stick/internal/media"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/stick"
	"mingbai.local/sync/trust"
)

// trouble is what went wrong, and what the clerk can do about it. Its code is told the county over the telephone: U, as those of the kiosk (package
// health) have other letters, and a number that keeps its meaning.
type trouble struct {
	Code, Words, Remedy string
}

// troubleOf words an error. Every branch says whether the stick is still as it was.
func troubleOf(err error) trouble {
	var (
		card    *cardError
		space   *stick.NoSpace
		back    *stick.RollbackError
		foreign *stick.ForeignError
		medium  *stick.MediumError
		target  *stick.TargetError
		source  *stick.SourceError
		pack    *packError
		unread  *stick.UnreadError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return trouble{"U-01", "停下了。已经拷好的都还在。", "再做一次，会接着拷。"}
	case errors.As(err, &card):
		return trouble{"U-02", fmt.Sprintf("县里发的拷盘卡 %s 不能用（%v）。", card.path, card.err), "请向县公开办重新要一份，放在程序旁边。"}
	case errors.Is(err, stick.ErrBusy):
		return trouble{"U-03", "另一个程序正在往这个U盘里写。", "请等它做完再试。"}
	case errors.Is(err, stick.ErrInTheWay):
		return trouble{"U-04", "U盘里有一个叫" + stick.Folder + "的东西，不是文件夹，占了数据的位置。", "请把它改个名字，再试一次。"}
	case errors.As(err, &space):
		return trouble{
			"U-05",
			fmt.Sprintf("U盘放不下：要%s，只腾得出%s。还没有往里写。", media.Bytes(space.Need), media.Bytes(space.Free)),
			fmt.Sprintf("请删掉U盘里用不着的文件，再腾出%s，或者换一个U盘。", media.Bytes(space.Need-space.Free)),
		}
	case errors.As(err, &target):
		return trouble{"U-06", "收东西的文件夹写不进去。U盘里的没有动。", "请换一个文件夹再试。"}
	case errors.As(err, &medium):
		return mediumTrouble(medium)
	case errors.As(err, &unread):
		return trouble{
			"U-24", fmt.Sprintf("U盘里有%d封信读不出来，留在U盘里没有动。", len(unread.Letters)),
			"请把U盘重新插好，再收一次。还是不行，请把这个U盘送到县公开办，不要再往里写东西。",
		}
	case errors.As(err, &back):
		return trouble{
			"U-07",
			fmt.Sprintf("来源的数据比U盘里的旧：来源截至%s，U盘里截至%s。U盘没有动。", day(back.Source.AsOf), day(back.Stick.AsOf)),
			"U盘可以照用。要是觉得不对，请打电话问县公开办。",
		}
	case errors.As(err, &foreign):
		return trouble{
			"U-08",
			fmt.Sprintf("来源是%s的数据，这里要的是%s的。U盘没有动。", foreign.Got.Called(), foreign.Want.Called()),
			"请核对来源。要把这个U盘改给别的县用，请先把U盘里的" + stick.Folder + "文件夹删掉。",
		}
	case errors.Is(err, trust.ErrForeign):
		return trouble{"U-09", "来源是别的县的数据。U盘没有动。", "请核对来源。"}
	case errors.Is(err, trust.ErrRollback):
		return trouble{"U-10", "来源的数据比U盘里的旧。U盘没有动。", "U盘可以照用。要是觉得不对，请打电话问县公开办。"}
	case errors.Is(err, edition.ErrNewer):
		return trouble{"U-11", "新数据要用新版的U盘程序才能拷。U盘没有动。", "请向县公开办要新版的程序。"}
	case errors.Is(err, trust.ErrSignature):
		return trouble{"U-12", "来源的数据和县里的签字对不上，没有采用。U盘没有动。", "请打电话告诉县公开办。"}
	case errors.Is(err, stick.ErrNoEdition):
		return trouble{"U-13", "这个来源里没有县里的数据。", "请核对来源。地址没有错的话，请问县公开办数据发布了没有。"}
	case errors.Is(err, trust.ErrMalformed):
		return trouble{"U-14", "这个来源回来的不是县里的数据，可能地址写错了，也可能要先登录才能上网。U盘没有动。", "请核对来源，用浏览器看看能不能上网。"}
	case errors.Is(err, stick.ErrDamaged), errors.Is(err, trust.ErrMixed):
		return trouble{"U-15", "来源的数据不全，或者在路上坏了。U盘里原来的数据还在。", "请过几分钟再做一次，会接着拷。还是不行，请打电话问县公开办。"}
	case errors.As(err, &pack):
		if errors.Is(err, fs.ErrNotExist) {
			return trouble{"U-16", fmt.Sprintf("找不到 %s。", pack.path), "请核对文件夹或数据包的位置。"}
		}
		return trouble{"U-17", fmt.Sprintf("%s 打不开，不是县里的数据，或者没有拷全。", pack.path), "请向县公开办重新要一份。"}
	case errors.As(err, &source):
		return trouble{"U-18", "来源连不上，或者半路断了。已经拷好的都还在。", "请看看网线插好没有，地址对不对。好了再做一次，会接着拷。"}
	}
	return trouble{"U-19", fmt.Sprintf("没有做成（%v）。", err), "请再试一次。还是不行，请把括号里的字告诉县公开办。"}
}

// mediumTrouble is what is wrong with the stick itself.
func mediumTrouble(m *stick.MediumError) trouble {
	const writeProtected = syscall.Errno(19) // ERROR_WRITE_PROTECT; on Linux no device of that name, which is a stick that is gone
	is := func(errs ...error) bool {
		for _, e := range errs {
			if errors.Is(m, e) {
				return true
			}
		}
		return false
	}
	switch {
	case is(syscall.EROFS, fs.ErrPermission) || onWindows && is(writeProtected):
		return trouble{"U-20", "这个U盘写不进去，可能写保护了。", "请看看U盘侧面有没有小开关，拨到另一边；没有开关或者拨了也不行，请换一个U盘。"}
	case is(syscall.ENOSPC):
		return trouble{"U-21", "U盘拷到一半满了。已经拷好的都还在。", "请删掉U盘里用不着的文件，再做一次，会接着拷。"}
	case !isFolder(m.Medium), is(syscall.ENODEV, syscall.ENXIO, syscall.ENOTCONN):
		return trouble{"U-22", "U盘拔出来了，或者接触不好。已经拷好的都还在。", "请重新插好，再做一次，会接着拷。"}
	}
	return trouble{"U-23", "U盘读写出错。已经拷好的都还在。", "请重新插好再做一次。还是不行，这个U盘可能坏了，请换一个。"}
}

// day is a date as it is said.
func day(s string) string {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "不明日期"
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
}

// held is what lies on a stick or in a source.
func held(h stick.Holding) string {
	return fmt.Sprintf("%s，第%d期，数据截至%s", h.Called(), h.Edition, day(h.AsOf))
}

// filledWords say what came of a filling; the first is what matters.
func filledWords(out stick.Filled, card stick.Card) []string {
	first := "做好了，可以拔U盘。"
	if !out.Changed {
		first = "U盘里已经是最新的，不用再拷，可以拔U盘。"
	}
	lines := []string{first, "U盘里现在是：" + held(out.Holding) + "。"}
	if out.Stale {
		lines = append(lines, "县里很久没有更新这份数据了。机器上会先问值班的人要不要用。")
	}
	if card.Root == nil {
		lines = append(lines, "旁边没有县里发的拷盘卡，这份数据的签字由查询点的机器来核对。")
	}
	return lines
}

// emptiedWords say what came of an emptying; the first is what matters.
func emptiedWords(out stick.Emptied, to string) []string {
	var lines []string
	switch bad := len(out.Unread) > 0; {
	case out.Letters > 0 && bad:
		lines = append(lines, fmt.Sprintf("收好了%d封信，在 %s 里，U盘里的已经清掉。", out.Letters, to))
	case out.Letters > 0:
		lines = append(lines, fmt.Sprintf("收好了%d封信，在 %s 里。U盘里的已经清掉，可以拔U盘。", out.Letters, to))
	case !bad:
		lines = append(lines, "U盘里没有带回来的信。")
	}
	for _, u := range out.Unread[:min(len(out.Unread), mostNamed)] {
		lines = append(lines, fmt.Sprintf("没收到 %s：%s。", u.Name, unreadWhy(u.Err)))
	}
	if n := len(out.Unread) - mostNamed; n > 0 {
		lines = append(lines, fmt.Sprintf("另外还有%d封没收到。", n))
	}
	if n := len(out.Left); n > 0 {
		lines = append(lines, fmt.Sprintf("有%d个文件不是信，或者和以前收的同名不同样，留在U盘里没有动：%s", n, strings.Join(out.Left[:min(n, mostNamed)], "、")))
	}
	return lines
}

// mostNamed is how many files of a kind are named.
const mostNamed = 5

// unreadWhy says why a letter could not be read.
func unreadWhy(err error) string {
	const crc, shared = syscall.Errno(23), syscall.Errno(32) // ERROR_CRC, ERROR_SHARING_VIOLATION
	switch {
	case errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENOTCONN):
		return "U盘拔出来了"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "信不全，后面的没有了"
	case errors.Is(err, syscall.EIO), onWindows && errors.Is(err, crc):
		return "U盘这个地方坏了"
	case errors.Is(err, fs.ErrNotExist):
		return "文件忽然不见了"
	case errors.Is(err, fs.ErrPermission), onWindows && errors.Is(err, shared):
		return "别的程序正占着它"
	}
	return "读的时候出错"
}

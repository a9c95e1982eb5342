// Package health is the catalogue of the conditions (状况) in which a kiosk can be.
//
// There are two readers: staff, who see the code and the words in the staff corner and do what the remedy says, and the county office, who is told
// the code over the telephone. A villager never sees any of it. What is promised: a code once given keeps its meaning, the words are those of a
// township clerk, and each condition says what can be done about it by whoever stands there.
package health

import "fmt"

// Condition (状况) is something about a kiosk that staff should know.
type Condition struct {
	// Code is N for the network and what comes over it, S for a stick, D for the machine's disk, T for its clock, P for the program
	// and what it was given, R for the printer.
	Code string
	// Words say what is the case, Remedy what to do.
	Words, Remedy string
	// Grave conditions need somebody soon; the others pass by themselves or may wait.
	Grave bool
}

// The conditions. In every one an edition serves, but for Empty and Broken.
var (
	Unreachable = Condition{Code: "N-01", Words: "连不上县里的服务器，现在显示的是以前收到的数据。", Remedy: "请检查网线和路由器。没有网络也不影响查询，机器会自己再试。"}
	NoEdition   = Condition{Code: "N-02", Words: "县里的服务器通了，但是还没有发布数据。", Remedy: "请打电话问县公开办什么时候发布。"}
	Portal      = Condition{Code: "N-03", Words: "网络通了，但是回来的不是县里的数据，可能要先登录才能上网。", Remedy: "请联系装网络的人，让这台机器不用登录就能上网。"}
	Tampered    = Condition{Code: "N-04", Words: "收到的数据和县里签字的不一样，没有采用。", Remedy: "请把这个编号报给县公开办。查询照常。", Grave: true}
	Rollback    = Condition{Code: "N-05", Words: "收到的数据比本机的还旧，没有采用。", Remedy: "请把这个编号报给县公开办。查询照常。", Grave: true}
	Foreign     = Condition{Code: "N-06", Words: "收到的是别的县的数据，没有采用。", Remedy: "请检查服务器地址或者U盘是不是本县的。", Grave: true}
	Stale       = Condition{Code: "N-07", Words: "县里很久没有更新数据了。", Remedy: "请打电话问县公开办。查询照常，页面上写着数据的日期。"}
	Expired     = Condition{Code: "N-08", Words: "收到的数据太旧，没有自动采用。", Remedy: "请打电话问县公开办，要一份新的数据。"}
	Offline     = Condition{Code: "N-09", Words: "现在是离线运行，没有连网。", Remedy: "要从网络更新，请先关掉离线运行。也可以用县里发的U盘更新。"}
	NoEnrolment = Condition{Code: "N-10", Words: "这台机器没有入网凭证，收不到新数据。", Remedy: "请向县公开办要一份入网凭证。", Grave: true}
	NotHanded   = Condition{Code: "N-11", Words: "县里换了县钥，没有发给这台机器，新的数据打不开。", Remedy: "请把这个编号报给县公开办，重新要一份入网凭证。查询照常。", Grave: true}
	NoStick     = Condition{Code: "S-01", Words: "没有找到插好的U盘。", Remedy: "请把县里发的U盘插好，等十秒钟再试。"}
	NoData      = Condition{Code: "S-02", Words: "这个U盘里没有县里发的数据。", Remedy: "请检查是不是拿错了U盘。"}
	Pulled      = Condition{Code: "S-03", Words: "U盘读到一半读不下去了，可能是拔早了。原来的数据没有动。", Remedy: "请重新插好U盘再更新一次，更新完再拔。"}
	Incomplete  = Condition{Code: "S-04", Words: "U盘里的数据不全或者坏了，没有采用。", Remedy: "请拿U盘到县公开办重新拷一份。"}
	OtherCounty = Condition{Code: "S-05", Words: "这个U盘是别的县的，没有采用。", Remedy: "请换成本县的U盘。"}
	Outdated    = Condition{Code: "S-06", Words: "U盘里的数据比本机的旧，没有采用。", Remedy: "本机不用更新。要是觉得不对，请打电话问县公开办。"}
	Forged      = Condition{Code: "S-07", Words: "U盘里的数据和县里的签字对不上，没有采用。", Remedy: "请不要再用这个U盘，把这个编号报给县公开办。查询照常。", Grave: true}
	Swapped     = Condition{Code: "S-08", Words: "U盘里的和刚才看到的不是同一份，没有采用。", Remedy: "请看清U盘里是哪一天的数据，再更新一次。"}
	WontTake    = Condition{Code: "S-09", Words: "这个U盘写不进去，可能写保护了，也可能坏了。", Remedy: "请看看U盘侧面有没有小开关，拨到另一边再试。还是不行，请换一个U盘。"}
	NoRoom      = Condition{Code: "S-10", Words: "U盘里放不下本机的数据。", Remedy: "请删掉U盘里用不着的文件再试，或者换一个U盘。"}
	NotOurs     = Condition{Code: "S-11", Words: "本机存的这一期不全，写不了U盘。", Remedy: "请拿U盘到县公开办重新拷一份。查询照常。"}
	Newer       = Condition{Code: "P-01", Words: "新数据要用新版的程序才能打开。", Remedy: "请联系县公开办更新程序。查询照常。", Grave: true}
	Busy        = Condition{Code: "P-02", Words: "另一个程序正在更新数据。", Remedy: "请等几分钟。"}
	Colour      = Condition{Code: "P-03", Words: "入网凭证里的主色看不清字，用的是原来的颜色。", Remedy: "请让县公开办换一个颜色，重新发入网凭证。查询照常。"}
	BadPIN      = Condition{Code: "P-04", Words: "入网凭证里的口令读不出来，进不了管理页。", Remedy: "请让县公开办重新发入网凭证。查询照常。", Grave: true}
	NoPractice  = Condition{Code: "P-05", Words: "练习用的数据打不开。", Remedy: "请重新启动机器再试。查询照常。"}
	ForcedOff   = Condition{Code: "P-06", Words: "程序是按离线运行启动的，这里打不开网络。", Remedy: "要连网，请联系县公开办改启动方式。"}
	BadSeal     = Condition{Code: "P-07", Words: "入网凭证打不开，文件不全或者坏了。", Remedy: "请向县公开办重新要一份入网凭证。", Grave: true}
	Full        = Condition{Code: "D-01", Words: "机器里放不下新的数据了。", Remedy: "请删掉机器里和查询无关的文件，或者联系县公开办。查询照常。", Grave: true}
	Damaged     = Condition{Code: "D-02", Words: "本机的数据有损坏，正在显示还打得开的一期。", Remedy: "机器会自己修复。一天后还有这一条，请联系县公开办。", Grave: true}
	Failed      = Condition{Code: "D-03", Words: "更新没有成功，原因不明。", Remedy: "请重新启动机器。还是不行，请把这个编号报给县公开办。查询照常。", Grave: true}
	Empty       = Condition{Code: "D-04", Words: "本机还没有数据。", Remedy: "请接上网络，或者插入县里发的U盘。", Grave: true}
	Broken      = Condition{Code: "D-05", Words: "本机的数据打不开，现在查不了。", Remedy: "请接上网络，或者插入县里发的U盘，机器会重新收一份。还是不行，请联系县公开办。", Grave: true}
	BadSettings = Condition{Code: "D-06", Words: "本机存的设置读不出来，用的是原来的设置。", Remedy: "请在管理页把音量、开关时间和离线运行重新设一次。"}
	NotKept     = Condition{Code: "D-07", Words: "设置没有存下来。", Remedy: "请重新启动机器再试。还是不行，请联系县公开办。"}
	PINFile     = Condition{Code: "D-08", Words: "本机记不下口令输错的次数，所以先不让进管理页。", Remedy: "请让县公开办重新发入网凭证，口令要换一个。查询照常。", Grave: true}
	NoBack      = Condition{Code: "D-09", Words: "退不回上一期，显示的还是原来这一期。", Remedy: "如果机器刚装好，本来就没有上一期。不是刚装的，请联系县公开办。"}
	NoLog       = Condition{Code: "D-10", Words: "日志写不下来。", Remedy: "请检查机器的磁盘。查询照常。"}
	WentBack    = Condition{Code: "D-11", Words: "新收到的一期用不了，机器自己退回了上一期。", Remedy: "请把这个编号报给县公开办。查询照常，下一期来了会自动换上。", Grave: true}
	Worn        = Condition{Code: "D-12", Words: "检查时发现本机存的数据有损坏。", Remedy: "机器会自己补好。一天后还有这一条，请接上网络，或者联系县公开办。查询照常。"}
	NoPrinter   = Condition{Code: "R-01", Words: "没有找到设置好的打印机。", Remedy: "请检查打印机的线和电源，再到管理页重新选一次打印机。查询照常，可以用手机扫码带走。"}
	NotPrinted  = Condition{Code: "R-02", Words: "打印没有成功。", Remedy: "请看看打印机有没有纸、盖子盖好没有，再打一次。还是不行，请重新打开打印机的电源。"}
	Undrawable  = Condition{Code: "R-03", Words: "有打不出来的字，这一张没有打。", Remedy: "请让群众用手机扫码带走，并把这个字报给县公开办。"}
	Clock       = Condition{Code: "T-01", Words: "机器的时钟不对。", Remedy: "请把日期和时间调准。"}
)

// ForgedFile is Forged where it is known which file it was, by its name in a depot.
func ForgedFile(name string) Condition {
	c := Forged
	c.Words = fmt.Sprintf("U盘里的%s和县里的签字对不上，没有采用。", name)
	return c
}

// FullBy is Full where it is known how many bytes more there should be.
func FullBy(missing int64) Condition {
	c := Full
	c.Words = fmt.Sprintf("机器里放不下新的数据了，还差%dMB。", (missing+1<<20-1)>>20)
	return c
}

// All returns every condition in the order of codes.
func All() []Condition {
	return []Condition{
		Full, Damaged, Failed, Empty, Broken, BadSettings, NotKept, PINFile, NoBack, NoLog, WentBack, Worn,
		Unreachable, NoEdition, Portal, Tampered, Rollback, Foreign, Stale, Expired, Offline, NoEnrolment, NotHanded,
		Newer, Busy, Colour, BadPIN, NoPractice, ForcedOff, BadSeal,
		NoPrinter, NotPrinted, Undrawable,
		NoStick, NoData, Pulled, Incomplete, OtherCounty, Outdated, Forged, Swapped, WontTake, NoRoom, NotOurs,
		Clock,
	}
}

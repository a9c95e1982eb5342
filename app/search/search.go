// Package search answers what is typed on a key pad: names in characters, full pinyin, initials or any mixture, and titles.
//
// There are 2 parties. The book gives a Builder the people of each village and the titles of everything else, and stores
// the sections (节) that come out. An Index reads them where they lie and answers a Query after every key: how many are found
// and what they were paid, the first page of hits in a fixed order, and which keys still lead somewhere.
//
// What is promised: totals, hits, their order and the next keys are those that trying every name would give. A person is
// village, group, name, namesake number and recipient type, never a name alone. Social aid is not given to the Builder at all,
// so it is in no total. Who may ask for what is not decided here.
//
// What matches exactly (characters, their variants, pinyin, initials) hides what only sounds alike; where nothing matches
// exactly, what sounds alike in the county's speech answers, marked similar. Who is only nearly what was typed (a slip, a
// character left out) is named beside the hits, if asked for, and counted nowhere. A title matches from any of its characters
// on. What an entry says beside its title is looked through for what was typed as it stands, and named after all titles, newest
// first, with the sentence around it; texts lead on to no keys.
//
// Names are read where they lie, so the bytes of the sections must stay as they are while an Index is used.
//
// The package does no input or output. A section that was damaged is an error, never a panic.
package search

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strconv"
	"strings"

	"mingbai.local/app/internal/section"
)

// The subjects that a Query can be restricted to (查询范围).
const (
	InAll          = "all"
	InPeople       = "people"
	InFunds        = "funds"
	InInstitutions = "institutions"
	InIncumbents   = "incumbents"
	InPolicies     = "policies"
	InPlaces       = "places"
	InNotices      = "notices"
)

// The kinds of a Hit (结果类型), in the order in which they are answered where they match equally well.
const (
	KindPerson      = "person"
	KindPlace       = "place"
	KindFund        = "fund"
	KindInstitution = "institution"
	KindPolicy      = "policy"
	KindNotice      = "notice"
	KindIncumbent   = "incumbent"
)

var kinds = []string{KindPerson, KindPlace, KindFund, KindInstitution, KindPolicy, KindNotice, KindIncumbent}

var kindOf = map[string]string{
	InPeople: KindPerson, InPlaces: KindPlace, InFunds: KindFund, InInstitutions: KindInstitution,
	InPolicies: KindPolicy, InNotices: KindNotice, InIncumbents: KindIncumbent,
}

// Why a hit matched (匹配方式).
const (
	WhyExact     = "exact"     // 字
	WhyVariant   = "variant"   // 繁体、异体
	WhyPinyin    = "pinyin"    // 全拼
	WhyInitials  = "initials"  // 首字母
	WhySubstring = "substring" // 中间的字
	WhySimilar   = "similar"   // 读音相近
	WhyText      = "text"      // 正文里的字
)

// Query (查询) is what was typed and where it is to be looked for.
type Query struct {
	// Text is characters, pinyin, initials, nine-keys, strokes or a mixture; empty finds everything in scope.
	Text string
	// In is one of the In constants; empty is all.
	In string
	// Village and Town are division codes: people are looked for in the village and those merged into it, else in the town, else
	// in the county.
	Village, Town string
	// Whole asks for people by complete name only, and for nothing that they were paid. Above a village a villager may ask for
	// no more.
	Whole bool
	// Group, Fund, Kind and Year restrict people, and sums, to those payments; Year restricts funds too.
	Group, Fund, Kind string
	Year              int64
	// Day hides what was to be shown until an earlier day (see Day); 0 hides nothing.
	Day           int
	Offset, Limit int
	// Near is how many people who are only nearly what was typed may be named, where fewer than so many match.
	Near int
	// Pad asks for what a pad of keys needs to lead on (智能键盘): keys that lead on only by ear, too; Alike; and Next also behind
	// letters. With Whole, of all names in scope and without counts.
	Pad bool
}

// Answer (答案) is what a Query found. Payments, Sum (in fen) and Years run over all found, not only over the page.
type Answer struct {
	Found, Payments int
	Sum             int64
	Years           []YearSum // ascending
	// Letters are those letters and strokes that can follow and still lead to a hit of the same exactness.
	Letters Letters
	// Next are the characters that can follow, those with most hits first, where no letters are typed. Behind letters Choices settle
	// those first, unless Query.Pad asks.
	Next []Key
	// Choices are the characters that the first letters typed can stand for, those with most hits first. Alike are those that they
	// stand for only by ear, or with their strokes in another order; only Query.Pad asks for them, and parts them from Choices.
	Choices, Alike []Choice
	Hits           []Hit
	// Near are people who are nearly what was typed, nearest first, and in none of the totals.
	Near  []Hit
	years []YearSum // of the hits
}

// YearSum (年度合计) is what was paid in one year, in fen.
type YearSum struct {
	Year     int64
	Payments int
	Sum      int64
}

// Letters (字母键) is a set of letters, a in the lowest bit, and behind them of strokes.
type Letters uint32

// Has reports whether a letter is in the set.
func (l Letters) Has(letter rune) bool { return isAZ(letter) && l&(1<<(letter-'a')) != 0 }

// String returns the letters in their order.
func (l Letters) String() string {
	var b []byte
	for c := 'a'; c <= 'z'; c++ {
		if l.Has(c) {
			b = append(b, byte(c))
		}
	}
	return string(b)
}

// Key (按键) is a character that can be typed next, and how many hits are behind it.
type Key struct {
	Char  rune
	Found int
}

// Choice (候选字) is a character that the first letters typed can stand for.
type Choice struct {
	Char  rune
	Found int
	end   int // of the letters, as a character of the text
}

// Choose returns the query's text with its first letters made the character of c. Spaces there separate nothing any more.
func (q Query) Choose(c Choice) string {
	var t asked
	t.read(q.Text, nil)
	from := t.firstLetter()
	if from < 0 || c.end > len(t.char) {
		return q.Text
	}
	return string(t.char[:from]) + string(c.Char) + strings.TrimLeft(string(t.char[c.end:]), " '’")
}

// Hit (结果) is one thing found.
type Hit struct {
	Kind, Title string
	VillageCode string
	Group       string
	NamesakeNo  int64
	Type        string // of the recipient: 户, 个人 or 组织
	Place       string // in words, as in 枝城镇 白水港村
	Why         string
	Payments    int
	Sum         int64
	Years       []YearSum // ascending
	Chars       int       // of the title, that were matched
	// Excerpt is the sentence around a match in a body; empty where the title matches.
	Excerpt Excerpt
	ref     string // of an entry
}

// Excerpt (摘句) is a sentence and where in it the match stands, in bytes.
type Excerpt struct {
	Text     string
	From, To int
}

// Marked returns the sentence with the match in 【】, empty where there is none.
func (x Excerpt) Marked() string {
	if x.Text == "" {
		return ""
	}
	return x.Text[:x.From] + "【" + x.Text[x.From:x.To] + "】" + x.Text[x.To:]
}

// Ref returns the reference (编号) of what was found. A person's is made only when it is asked for, since no list shows it.
func (h *Hit) Ref() string {
	if h.Kind != KindPerson {
		return h.ref
	}
	p := Person{Village: h.VillageCode, Group: h.Group, Name: h.Title, NamesakeNo: h.NamesakeNo, Type: h.Type}
	return p.Ref()
}

// Person (补助对象) is one recipient in one village with what he was paid in each year, social aid left out. One without years
// stands in lists only.
type Person struct {
	Village, Group, Name string
	NamesakeNo           int64
	Type                 string
	Years                []YearSum // ascending
	// Until is the last day on which any of it is shown, see Day; 0 is open-ended.
	Until int
}

// Filter (筛选) is what a query asks for of payments; what is zero lets everything through. Social aid is never let through.
type Filter struct {
	Kind, Fund string
	Year       int64
	Day        int
}

// Ledger (村账) is the payments of one place, as far as a Filter needs them.
type Ledger interface {
	// Sums calls add for the people from lo up to hi with how many payments of a year f lets through and what they come to, in any
	// order and perhaps more than once.
	Sums(f Filter, lo, hi int, add func(person int, year int64, payments int, amount int64))
}

// Village (村) is where people are looked up.
type Village struct {
	Code, Town string
	Place      string // in words, as in 枝城镇 白水港村
	// Scope are the codes under which its people are found: its own, and those of villages merged into it.
	Scope  []string
	people int // under its own code
}

// Entry (条目) is anything else that has a title. An incumbent has no aliases and no year.
type Entry struct {
	Kind, Ref, Title string
	Aliases          []string // other titles
	Place            string   // in words: where it is, or whose it is
	VillageCode      string
	Year             int64
	Until            int
	// Texts is what else it says, as its summary and its body; of entries that match in it the newest by On are first (see Day).
	Texts []string
	On    int

	doc int // one more than the number of its texts among all, 0 without any
}

var refText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Ref returns the person's reference (编号): the letter P, the village code, and 80 bits of SHA-256 over group, name,
// namesake number and type. It is the same in every edition and says no name to a log.
func (p Person) Ref() string {
	var buf [128]byte
	b := buf[:0]
	for _, s := range [...]string{p.Village, p.Group, p.Name, p.Type} {
		b = section.AppendText(b, s)
	}
	b = binary.AppendVarint(b, p.NamesakeNo)
	sum := sha256.Sum256(b)
	var hash [hashLen]byte
	refText.Encode(hash[:], sum[:10])
	return "P" + p.Village + string(hash[:])
}

const hashLen = 16 // characters of Ref after the village

// RefVillage returns the village code in a person's reference.
func RefVillage(ref string) (string, bool) {
	if len(ref) <= 1+hashLen || ref[0] != 'P' {
		return "", false
	}
	return ref[1 : len(ref)-hashLen], true
}

// CompareGroups orders villagers' groups: 2组 before 10组, none first.
func CompareGroups(a, b string) int {
	na, nb := leadingNumber(a), leadingNumber(b)
	if na != nb {
		return na - nb
	}
	return strings.Compare(a, b)
}

func leadingNumber(s string) int {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	n, _ := strconv.Atoi(s[:min(digits, 6)])
	return n
}

func visible(until, day int) bool { return until == 0 || until >= day }

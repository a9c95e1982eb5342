package sample

import (
	"sort"
	"strings"
	"sync"

	"mingbai.local/assets/county"
)

// weights (权重) draws from a list by weight.
type weights struct {
	text []string
	upTo []int
}

func weigh(list []county.Weighted) *weights {
	w := &weights{}
	sum := 0
	for _, e := range list {
		if e.Weight > 0 {
			sum += e.Weight
			w.text, w.upTo = append(w.text, e.Text), append(w.upTo, sum)
		}
	}
	return w
}

func (w *weights) draw(d *dice) string {
	n := d.below(w.upTo[len(w.upTo)-1])
	return w.text[sort.SearchInts(w.upTo, n+1)]
}

var (
	surnameWeights = sync.OnceValue(func() *weights { return weigh(county.Surnames()) })
	givenMen       = sync.OnceValue(func() *weights { return weigh(givenWithout("女")) })
	givenWomen     = sync.OnceValue(func() *weights { return weigh(county.GivenChars(true)) })
)

// givenWithout returns the given-name characters of men that do not hold the text.
func givenWithout(not string) []county.Weighted {
	var out []county.Weighted
	for _, c := range county.GivenChars(false) {
		if !strings.Contains(c.Text, not) {
			out = append(out, c)
		}
	}
	return out
}

var (
	// Compound surnames that are still met with; the table of surnames holds more, too rare to turn up.
	compoundSurnames = []string{"欧阳", "司马", "上官", "诸葛", "皇甫", "尉迟", "令狐", "长孙"}
	// Surnames that are read otherwise than the character usually is.
	readSurnames = []string{"单", "仇", "查", "覃", "曾", "解", "朴", "乐", "盖", "区", "任", "华", "缪", "翟", "臧", "宁", "尹", "谌", "郗", "阚", "牟", "瞿", "鄢", "冼"}
	// Characters that name-bearers and their banks know trouble with; those of the table that name places are left out, and
	// so is the one that the bundled font does not draw.
	rareGiven = []rune("喆堃昇淼犇瀞珺璟翀骉龑赟燚玥婳嫚芃祎炘垚鑫叕㛃䶮𠅤𤧛𤩽𨱏𫄨𫄸𫍯𫍲𫍽𫖮𫖯𫗧𫘝𫘧𫚖𫛭𫟅𫟹𫟼𬀩𬀪𬇕𬇙𬉼𬊈𬊤𬍛𬍡𬍤𬒈𬒗𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓")
)

// surname draws a surname: mostly one of the village's clans, where there are any.
func surname(d *dice, clans []string) string {
	switch n := d.below(1000); {
	case n < 8:
		return pick(d, compoundSurnames)
	case n < 24:
		return pick(d, readSurnames)
	case n < 480 && len(clans) > 0:
		return clans[min(d.below(len(clans)), d.below(len(clans)))]
	}
	return surnameWeights().draw(d)
}

// given draws a given name of one or two characters, now and then with a rare one.
func given(d *dice, woman bool) string {
	w := givenMen()
	if woman {
		w = givenWomen()
	}
	first := w.draw(d)
	if d.chance(5) {
		first = string(pick(d, rareGiven))
	}
	if d.chance(140) {
		return first
	}
	second := w.draw(d)
	for second == first && !d.chance(100) {
		second = w.draw(d)
	}
	return first + second
}

package speech

import (
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mingbai.local/app/pinyin"
)

func TestSaid(t *testing.T) {
	for text, want := range map[string]string{
		// money
		"1,141.30元": "一千一百四十一元三角", "1,141.05元": "一千一百四十一元零五分", "-753.06元": "负七百五十三元零六分", "0.00元": "零元",
		"0.05元": "五分", "0.50元": "五角", "2.00元": "两元", "20,000.00元": "两万元", "94,350元": "九万四千三百五十元", "10.20元": "十元二角",
		"1,200万元": "一千二百万元", "1,714.56万元": "一千七百一十四点五六万元", "2亿元": "两亿元", "0.125元": "零点一二五元", "89.12元/亩": "八十九元一角二分每亩",
		"12,000,305,000.00元": "一百二十亿零三十万五千元",
		// counts and quantities
		"182户": "一百八十二户", "2户": "两户", "2人": "两人", "12户": "十二户", "22户": "二十二户", "第2名": "第二名", "2组": "二组", "2月2日": "二月二日",
		"8.45亩": "八点四五亩", "8.50亩": "八点五亩", "2亩": "两亩", "2.00亩": "两亩", "94.1%": "百分之九十四点一", "5%-10%": "百分之五到百分之十", "3-5户": "三到五户", "100%": "百分之百", "100.5%": "百分之一百点五",
		"3月 × 每月380.00元": "三个月，乘每月三百八十元", "2026年3月": "二零二六年三月",
		"2小时": "两小时", "2分钟": "两分钟", "第2点": "第二点", "2期": "二期", "2年": "两年", "2年级": "二年级", "98325人": "九万八千三百二十五人", "10005户": "一万零五户", "200户": "两百户", "2200": "两千二百", "0": "零",
		// a sum that one can follow
		"8.45亩 × 每亩89.12元 = 753.06元": "八点四五亩，乘每亩八十九元一角二分，等于七百五十三元零六分",
		// dates and times
		"2026年11月20日": "二零二六年十一月二十日", "2026-11-20": "二零二六年十一月二十日", "2025—2026年": "二零二五到二零二六年", "2026": "二零二六",
		"今天09:14更新": "今天九点十四分更新", "09:00": "九点", "9:05": "九点零五分", "8:30-11:30": "八点三十分到十一点三十分", "14:00": "十四点", "2:00": "两点",
		"周一至周五 8:30—17:30": "周一至周五，八点三十分到十七点三十分",
		// papers, codes and telephones
		"鄂财农发〔2026〕6号": "鄂财农发，二零二六，六号", "12310": "幺二三幺零", "拨打12345热线": "拨打幺二三四五热线", "打120": "打幺二零",
		"0717-4822345": "零七幺七，四八二，二三四五", "13971234567": "幺三九，七幺二三，四五六七", "YD-07": "YD零七", "都采2026-001": "都采二零二六，零零幺",
		"2026-420581-001": "二零二六，四二零五八幺，零零幺", "U盘": "U盘", "S-07 U盘": "S零七，U盘",
		// punctuation
		"名单共182户（全村），一分不差。": "名单共一百八十二户，全村，一分不差", "《办法》、“大白话”": "办法，大白话", "您还在看吗？30秒后": "您还在看吗。三十秒后", "": "", "×": "乘",
		"枝城镇 › 白水港村": "枝城镇，白水港村", "欧阳·修": "欧阳修", "１２户": "十二户",
	} {
		if got := Said(text); got != want {
			t.Errorf("%s is said %q, want %q", text, got, want)
		}
	}
}

// Whoever hears a number and writes it down has the number.
func TestNumbersAreHeardAsTheyAre(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		n := r.Uint64() % uint64(1e12)
		n >>= r.UintN(40)
		if heard := hear(counted(strconv.FormatUint(n, 10))); heard != n {
			t.Fatalf("%d is said %s, which is %d", n, counted(strconv.FormatUint(n, 10)), heard)
		}
	}
}

// hear is the number that somebody who knows Chinese hears.
func hear(said string) uint64 {
	var total, section, digit uint64
	for _, r := range said {
		switch r {
		case '十':
			section += max(digit, 1) * 10
		case '百':
			section += digit * 100
		case '千':
			section += digit * 1000
		case '万', '亿':
			total += (section + digit) * map[rune]uint64{'万': 1e4, '亿': 1e8}[r]
			section = 0
		case '两':
			digit = 2
			continue
		default:
			digit = uint64(strings.IndexRune(numerals, r) / len("零"))
			continue
		}
		digit = 0
	}
	return total + section + digit
}

func TestSyllables(t *testing.T) {
	for phrase, want := range map[Phrase]string{
		{Text: "一分不差"}:               "yi4 fen1 bu2 cha4",
		{Text: "1户"}:                 "yi2 hu4",
		{Text: "1,100.00元"}:          "yi4 qian1 yi4 bai3 yuan2",
		{Text: "11元"}:                "shi2 yi1 yuan2",
		{Text: "110元"}:               "yi4 bai3 yi1 shi2 yuan2",
		{Text: "1组"}:                 "yi1 zu3",
		{Text: "2011年1月1日"}:          "er4 ling2 yi1 yi1 nian2 yi1 yue4 yi1 ri4",
		{Text: "不是，不对，不差，不好"}:        "bu2 shi4, bu2 dui4, bu2 cha4, bu4 hao3",
		{Text: "12310"}:              "yao1 er4 san1 yao1 ling2",
		{Text: "一个人"}:                "yi2 ge4 ren2",
		{Text: "单国强", Name: true}:    "shan4 guo2 qiang2",
		{Text: "曾一", Name: true}:     "zeng1 yi1",
		{Text: "任一不", Name: true}:    "ren2 yi1 bu4",
		{Text: "王建国（2）", Name: true}: "wang2 jian4 guo2, er4",
		{Text: "单国强的名单"}:             "dan1 guo2 qiang2 de5 ming2 dan1",
		{Text: "U盘"}:                 "you1 pan2",
		{Text: "再点一下"}:               "zai4 dian3 yi2 xia4",
		{Text: "早一点来"}:               "zao3 yi4 dian3 lai2",
		{Text: "1.5亩"}:               "yi1 dian3 wu3 mu3",
		{Text: "查一查是不是"}:             "cha2 yi5 cha2 shi4 bu5 shi4",
		{Text: "6.21元一分不差"}:          "liu4 yuan2 er4 jiao3 yi4 fen1 yi4 fen1 bu2 cha4",
		{Text: "周一到周五，同一个项目"}:        "zhou1 yi1 dao4 zhou1 wu3, tong2 yi2 ge4 xiang4 mu4",
		{Text: "一楼1号窗口"}:             "yi1 lou2 yi1 hao4 chuang1 kou3",
		{Text: "1到5组，下一期"}:           "yi1 dao4 wu3 zu3, xia4 yi4 qi1",
		{Text: "70,100元，7,010,000元"}: "qi1 wan4 ling2 yi4 bai3 yuan2, qi1 bai3 ling2 yi1 wan4 yuan2",
		{Text: "100,010,000元"}:       "yi2 yi4 ling2 yi2 wan4 yuan2",
		{Text: "第100名"}:              "di4 yi1 bai3 ming2",
		{Text: "都财发〔2023〕25号，都采用"}:   "du1 cai2 fa1, er4 ling2 er4 san1, er4 shi2 wu3 hao4, dou1 cai3 yong4",
		{Text: "拨到8处，留守处"}:           "bo1 dao4 ba1 chu4, liu2 shou3 chu4",
		{Text: "好了。请看"}:              "hao3 le5.\nqing3 kan4",
	} {
		if got := Syllables(phrase); got != want {
			t.Errorf("%v is read %q, want %q", phrase, got, want)
		}
	}
}

// No speaker is asked to read what it would spell out: whatever the screen says becomes syllables with tones and pauses.
func TestEverythingHasSyllables(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+[1-5]((,? |\.\n)[a-z]+[1-5])*$`)
	for _, text := range append(catalogue(t), "𠮷田龘", "abc①☎ № 3/4 王", "《》") {
		for _, name := range []bool{false, true} {
			if got := Syllables(Phrase{Text: text, Name: name}); got != "" && !form.MatchString(got) {
				t.Errorf("%s is read %q", text, got)
			}
		}
	}
}

// catalogue is all that the screen says.
func catalogue(t *testing.T) []string {
	t.Helper()
	words, err := os.ReadFile("../../assets/word/zh-Hans.txt")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for line := range strings.Lines(string(words)) {
		if _, text, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
			texts = append(texts, text)
		}
	}
	if len(texts) < 200 {
		t.Fatalf("only %d texts", len(texts))
	}
	return texts
}

func FuzzSaid(f *testing.F) {
	for _, s := range []string{"1,141.30元", "2026-11-20", "0717-4822345", "8:30-11:30", "鄂财农发〔2026〕6号", "-", "第", "9:99", "1,2,3", "5%-"} {
		f.Add(s)
	}
	form := regexp.MustCompile(`^([\p{Han}A-Z]+([，。][\p{Han}A-Z]+)*)?$`)
	f.Fuzz(func(t *testing.T, text string) {
		if got := Said(text); !form.MatchString(got) || Said(got) != got {
			t.Errorf("%q is said %q, and that %q", text, got, Said(got))
		}
	})
}

// everySyllable is every reading of every character in the dictionary.
func everySyllable(t *testing.T) []string {
	t.Helper()
	seen := map[string]bool{}
	for r := range rune(0x30000) {
		for _, s := range pinyin.Spoken(string(r)) {
			if s != "" {
				seen[s] = true
			}
		}
	}
	for _, s := range letters {
		for _, part := range strings.Fields(s) {
			seen[part] = true
		}
	}
	if len(seen) < 1200 {
		t.Fatalf("only %d syllables", len(seen))
	}
	return slices.Sorted(maps.Keys(seen))
}

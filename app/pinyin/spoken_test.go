package pinyin

import (
	"slices"
	"strings"
	"testing"
)

func TestSpokenAsInTheWord(t *testing.T) {
	for text, want := range map[string]string{
		"王建国":     "wang2 jian4 guo2",
		"行政在银行":   "xing2 zheng4 zai4 yin2 hang2",
		"重点，重写":   "zhong4 dian3  chong2 xie3",
		"镇长等了很长":  "zhen4 zhang3 deng3 le5 hen3 chang2",
		"长期种粮的":   "chang2 qi1 zhong4 liang2 de5",
		"还剩多少":    "hai2 sheng4 duo1 shao5",
		"归还了":     "gui1 huan2 le5",
		"会计处理差额":  "kuai4 ji4 chu3 li3 cha1 e2",
		"一分不差":    "yi1 fen1 bu4 cha4",
		"良种补贴":    "liang2 zhong3 bu3 tie1",
		"补种水稻":    "bu3 zhong4 shui3 dao4",
		"调整、借调":   "tiao2 zheng3  jie4 diao4",
		"耕地地力保护":  "geng1 di4 di4 li4 bao3 hu4",
		"应在本月供应":  "ying1 zai4 ben3 yue4 gong1 ying4",
		"宜都市都有":   "yi2 du1 shi4 dou1 you3",
		"为什么定为准":  "wei4 shen2 me5 ding4 wei2 zhun3",
		"绿色女":     "lv4 se4 nv3",
		"公示到二月为止": "gong1 shi4 dao4 er4 yue4 wei2 zhi3",
		"残疾人家庭绩效": "can2 ji2 ren2 jia1 ting2 ji4 xiao4",
		"签合同的任务":  "qian1 he2 tong5 de5 ren4 wu5",
		"甚至一幢、茄子": "shen4 zhi4 yi1 zhuang4  qie2 zi5",
		"更正、变更":   "geng1 zheng4  bian4 geng1",
	} {
		if got := strings.Join(Spoken(text), " "); got != want {
			t.Errorf("%s is read %q, want %q", text, got, want)
		}
	}
}

func TestSpokenNames(t *testing.T) {
	for name, want := range map[string]string{
		"单国强": "shan4 guo2 qiang2", "仇和": "qiu2 he2", "查志": "zha1 zhi4", "曾长明": "zeng1 chang2 ming2", "区少华": "ou1 shao4 hua2",
		"解兴": "xie4 xing1", "朴仁": "piao2 ren2", "盖茂": "ge3 mao4", "任为民": "ren2 wei2 min2", "华得地": "hua4 de2 di4",
		"尉迟恭": "yu4 chi2 gong1", "万俟卨": "mo4 qi2 xie4", "欧阳修": "ou1 yang2 xiu1", "肖红": "xiao1 hong2", "翟平": "zhai2 ping2",
		"罗卓": "luo2 zhuo2", "诸葛亮": "zhu1 ge3 liang4", "令狐冲": "ling2 hu2 chong1", "都勒": "du1 le4", "王焘": "wang2 tao1",
		"": "", "王": "wang2",
	} {
		if got := strings.Join(SpokenName(name), " "); got != want {
			t.Errorf("%s is read %q, want %q", name, got, want)
		}
	}
}

// What is read aloud is one of the ways in which the character is read at all, and the tables say nothing twice.
func TestTablesAgreeWithTheDictionary(t *testing.T) {
	check := func(text string, syllables []string) {
		t.Helper()
		runes := []rune(text)
		if len(syllables) == 0 {
			return
		}
		if len(syllables) != len(runes) {
			t.Errorf("%s has %d syllables", text, len(syllables))
			return
		}
		for i, r := range runes {
			tone := syllables[i][len(syllables[i])-1]
			if !slices.Contains(Readings(r), toneless(syllables[i])) && !slices.Contains([]string{"能", "贠", "黑"}, text) || tone < '1' || tone > '5' {
				t.Errorf("%s in %s is read %s, which no dictionary knows", string(r), text, syllables[i])
			}
		}
	}
	for text, syllables := range words() {
		check(text, syllables)
		if n := len([]rune(text)); n > longestWord {
			t.Errorf("%s has %d characters, and none so long is looked for", text, n)
		}
	}
	for text, syllables := range surnames() {
		check(text, syllables)
	}
	for text, syllables := range given() {
		check(text, syllables)
	}
	if len(words()) < 500 || len(given()) < 20 {
		t.Errorf("%d words, %d given: the tables were not read", len(words()), len(given()))
	}
}

func BenchmarkSpoken(b *testing.B) {
	for b.Loop() {
		Spoken("名单共一百八十二户，加起来与拨到本村的钱一分不差。")
	}
}

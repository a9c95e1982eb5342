package pinyin

import (
	"slices"
	"strings"
	"testing"
)

func TestReadingsCommonestFirst(t *testing.T) {
	for text, want := range map[string]string{
		"张": "zhang", "重": "zhong chong", "单": "dan chan shan", "任": "ren", "吕": "lv", "堃": "kun", "䶮": "yan",
		"𬭎": "hong", "a": "", "·": "",
	} {
		if got := strings.Join(Readings([]rune(text)[0]), " "); got != want {
			t.Errorf("Readings(%s) = %q, want %q", text, got, want)
		}
	}
}

func TestSurnamesAreReadAsSurnames(t *testing.T) {
	for name, want := range map[string]string{
		"单国强": "shan guo qiang", "仇和": "qiu he", "曾国藩": "zeng guo fan", "尉迟恭": "yu chi gong", "欧阳修": "ou yang xiu",
		"万俟卨": "mo qi xie", "覃勇": "qin yong", "王建国": "wang jian guo", "欧阳": "ou yang", "解放": "xie fang",
	} {
		var got []string
		for _, readings := range NameReadings(name) {
			got = append(got, readings[0])
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s is read %q, want %q", name, s, want)
		}
	}
	if got := NameReadings("单")[0]; !slices.Equal(got, []string{"shan", "dan", "chan"}) {
		t.Errorf("单 = %q: the other readings must stay", got)
	}
}

func TestSurname(t *testing.T) {
	for name, want := range map[string]string{"欧阳修": "欧阳", "欧阳": "欧", "王建国": "王", "单于冒顿": "单于", "": ""} {
		if got := Surname(name); got != want {
			t.Errorf("Surname(%s) = %s, want %s", name, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{"張": "张", "堃": "坤", "喆": "哲", "Ａ": "a", "３": "3", "王": "王", "乾": "乾", "後": "后"} {
		if got := FoldText(text); got != want {
			t.Errorf("FoldText(%s) = %s, want %s", text, got, want)
		}
	}
}

// Folding what is folded changes nothing: otherwise two spellings of one name could miss each other.
func TestFoldIsStable(t *testing.T) {
	for r := range rune(0x30000) {
		if once := Fold(r); Fold(once) != once {
			t.Errorf("%c folds to %c, which folds to %c", r, once, Fold(once))
		}
	}
}

func TestDialect(t *testing.T) {
	for _, pair := range [][2]string{
		{"zhang", "zang"},
		{"chen", "ceng"},
		{"shi", "si"},
		{"liu", "niu"},
		{"fa", "hua"},
		{"feng", "heng"},
		{"ling", "nin"},
		{"fan", "huan"},
		{"lv", "nu"},
	} {
		if Dialect(pair[0]) != Dialect(pair[1]) {
			t.Errorf("%s = %s, %s = %s", pair[0], Dialect(pair[0]), pair[1], Dialect(pair[1]))
		}
	}
	for _, pair := range [][2]string{{"zhang", "wang"}, {"hong", "heng"}, {"hu", "h"}, {"li", "lu"}} {
		if Dialect(pair[0]) == Dialect(pair[1]) {
			t.Errorf("%s and %s are not alike", pair[0], pair[1])
		}
	}
}

func TestKeysOrderAsNamesAreRead(t *testing.T) {
	names := []string{"阿牛", "李四", "李四光", "林一", "单一", "王五", "張三", "张三"}
	sorted := slices.SortedFunc(slices.Values(names), func(a, b string) int { return strings.Compare(Key(a), Key(b)) })
	if want := "阿牛 李四 李四光 林一 单一 王五 张三 張三"; strings.Join(sorted, " ") != want {
		t.Errorf("%s, want %s", strings.Join(sorted, " "), want)
	}
}

func BenchmarkNameReadings(b *testing.B) {
	for b.Loop() {
		NameReadings("欧阳建国")
	}
}

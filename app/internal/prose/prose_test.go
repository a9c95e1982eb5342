package prose

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mingbai.local/app/pinyin"
)

func all(int) bool { return true }

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func written(t testing.TB, docs [][]string) (*Prose, []byte) {
	t.Helper()
	var w Writer
	for _, d := range docs {
		if err := w.Add(d...); err != nil {
			t.Fatal(err)
		}
	}
	texts, pairs := w.Finish(upTo(len(docs)))
	return opened(t, texts, pairs), pairs
}

func opened(t testing.TB, texts, pairs []byte) *Prose {
	t.Helper()
	read, err := ReadTexts(texts)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(read, pairs)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lookFor returns the documents that hold a piece, each with its excerpt, the match in brackets.
func lookFor(t testing.TB, p *Prose, piece string) []string {
	t.Helper()
	var s Search
	list, err := s.Find(p, piece, all)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range list {
		x := s.Excerpt(m)
		out = append(out, fmt.Sprint(m.Doc, " ", x.Text[:x.From], "【", x.Text[x.From:x.To], "】", x.Text[x.To:]))
	}
	return out
}

func TestAPieceIsFoundWithItsSentence(t *testing.T) {
	p, _ := written(t, [][]string{
		{"有承包地的农户，每亩地一年补一次。", "第一条　为了保护耕地，制定本办法。\n第二条　補貼给有承包权的农户。没有承包到户的，给经营的单位！第三条　２０２４年起每亩80元；荒了的不补？"},
		{"", "Ａbc项目𠮷祥𠀀的公告"},
		{"哈哈哈哈。"},
		{},
		{strings.Repeat("一", 40) + "补贴标准" + strings.Repeat("二", 40), strings.Repeat("𠀀", 30) + "到卡" + strings.Repeat("𠀀", 30)},
	})
	for piece, want := range map[string][]string{
		"承包":                           {"0 有【承包】地的农户，每亩地一年补一次。"},
		"补贴":                           {"0 第二条　【補貼】给有承包权的农户。", "4 …" + strings.Repeat("一", 29) + "【补贴】标准" + strings.Repeat("二", 27) + "…"},
		" 補贴给 ":                        {"0 第二条　【補貼给】有承包权的农户。"},
		"2024年起":                       {"0 第三条　【２０２４年起】每亩80元；"},
		"农户。没有":                        {"0 第二条　補貼给有承包权的【农户。没有】承包到户的，给经营的单位！"},
		"单位":                           {"0 没有承包到户的，给经营的【单位】！"},
		"农户第":                          nil,
		"办法第二":                         nil, // not across the end of a paragraph
		"一次第一":                         nil, // nor of a passage
		"ABC":                          {"1 【Ａbc】项目𠮷祥𠀀的公告"},
		"项目𠮷祥":                         {"1 Ａbc【项目𠮷祥】𠀀的公告"},
		"𠀀的":                           {"1 Ａbc项目𠮷祥【𠀀的】公告"},
		"哈哈":                           {"2 【哈哈】哈哈。"},
		"哈哈哈哈":                         {"2 【哈哈哈哈】。"},
		"哈哈哈哈哈":                        nil,
		"告":                            {"1 Ａbc项目𠮷祥𠀀的公【告】"},
		"𠀀到卡":                          {"4 …" + strings.Repeat("𠀀", 14) + "【𠀀到卡】" + strings.Repeat("𠀀", 14) + "…"},
		"":                             nil,
		"没有的":                          nil,
		"。没有承包到户的":                     {"0 第二条　補貼给有承包权的农户【。没有承包到户的】，给经营的单位！"},
		strings.Repeat("一", Longest+1): nil,
	} {
		if got := lookFor(t, p, piece); !slices.Equal(got, want) {
			t.Errorf("%q finds\n%q, want\n%q", piece, got, want)
		}
	}
	if texts, err := p.Document(1); err != nil || !slices.Equal(texts, []string{"", "Ａbc项目𠮷祥𠀀的公告"}) {
		t.Errorf("document 1 is %q, %v", texts, err)
	}
	if _, err := p.Document(5); err == nil {
		t.Error("there is a document too many")
	}
}

// corpus makes documents of few characters, so that pieces overlap, repeat and stand across blocks.
func corpus(r *rand.Rand, docs int, alphabet string) [][]string {
	runes := []rune(alphabet)
	out := make([][]string, docs)
	for d := range out {
		for range r.IntN(4) {
			var b strings.Builder
			word := []rune{runes[r.IntN(len(runes))], runes[r.IntN(len(runes))], runes[r.IntN(len(runes))]}
			for range r.IntN(500) {
				if r.IntN(3) == 0 {
					b.WriteString(string(word[:1+r.IntN(3)]))
				} else {
					b.WriteRune(runes[r.IntN(len(runes))])
				}
			}
			out[d] = append(out[d], b.String())
		}
	}
	return out
}

// TestFindEqualsReadingEverything is the law of this package: the documents are those one of whose passages contains the piece,
// and the excerpt stands in the first of them, around the first match.
func TestFindEqualsReadingEverything(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, alphabet := range []string{"补補贴", "一二三四五六七八九十百千。；\n", "国國a A𠀀𠮷圆圓，2２", "𠀀𠮷𪚥"} {
		docs := corpus(r, 60, alphabet)
		folded := make([][]string, len(docs))
		for i, passages := range docs {
			for _, s := range passages {
				folded[i] = append(folded[i], pinyin.FoldText(s))
			}
		}
		p, pairs := written(t, docs)
		if err := p.Check(pairs); err != nil {
			t.Error(err)
		}
		var s Search
		found := 0
		for range 800 {
			piece := ""
			if from := docs[r.IntN(len(docs))]; len(from) > 0 {
				if runes := []rune(from[r.IntN(len(from))]); len(runes) > 0 {
					at := r.IntN(len(runes))
					piece = string(runes[at:min(len(runes), at+1+r.IntN(9))])
				}
			}
			if r.IntN(8) == 0 {
				piece += string([]rune(alphabet)[r.IntN(utf8.RuneCountInString(alphabet))])
			}
			odd := r.IntN(2) == 0
			wanted := func(doc int) bool { return !odd || doc%2 == 1 }
			got, err := s.Find(p, piece, wanted)
			if err != nil {
				t.Fatal(err)
			}
			fold := pinyin.FoldText(strings.TrimSpace(piece))
			k := 0
			for doc, passages := range docs {
				i := slices.IndexFunc(folded[doc], func(s string) bool { return strings.Contains(s, fold) })
				if i < 0 || fold == "" || !wanted(doc) {
					continue
				}
				if k == len(got) || got[k].Doc != doc {
					t.Fatalf("%q is not found in document %d, which holds it: %v", piece, doc, got)
				}
				checkExcerpt(t, s.Excerpt(got[k]), passages[i], fold)
				k++
				found++
			}
			if k < len(got) {
				t.Fatalf("%q is found in document %d, which does not hold it", piece, got[k].Doc)
			}
		}
		if found < 500 {
			t.Errorf("only %d matches were compared", found)
		}
	}
}

// checkExcerpt: an excerpt is part of the passage, and its match the passage's first.
func checkExcerpt(t *testing.T, x Excerpt, passage, fold string) {
	t.Helper()
	head, tail := strings.TrimPrefix(x.Text[:x.From], "…"), strings.TrimSuffix(x.Text[x.To:], "…")
	match := x.Text[x.From:x.To]
	text := []rune(passage)
	at := utf8.RuneCountInString(pinyin.FoldText(passage)[:strings.Index(pinyin.FoldText(passage), fold)])
	if pinyin.FoldText(match) != fold || !strings.HasPrefix(string(text[at:]), match+tail) || !strings.HasSuffix(string(text[:at]), head) {
		t.Fatalf("%q is cut out of %q for %q, at %d", x.Text, passage, fold, at)
	}
	if n := utf8.RuneCountInString(head + tail); n > excerptChars || strings.ContainsAny(head, "。；\n") || strings.ContainsAny(tail, "\n") {
		t.Fatalf("%q is not one sentence", x.Text)
	}
}

func TestTextsThatAreNone(t *testing.T) {
	if (&Writer{}).Add("\xff") == nil {
		t.Error("bytes that are not UTF-8 are a text")
	}
	p := opened(t, nil, nil)
	if got := lookFor(t, p, "补贴"); got != nil {
		t.Errorf("nothing holds %q", got)
	}
	read, err := ReadTexts(nil)
	if err != nil || read.Len() != 0 {
		t.Error("no bytes are no texts")
	}
}

func TestCheckFindsForeignPairs(t *testing.T) {
	p, pairs := written(t, [][]string{{"耕地补贴"}})
	_, other := written(t, [][]string{{"耕地补助"}})
	if p.Check(pairs) != nil || p.Check(other) == nil {
		t.Error("pairs of other texts are not told from the right ones")
	}
}

// Sections are refused, or answer whatever is asked of them without a panic.
func FuzzSections(f *testing.F) {
	var w Writer
	_ = w.Add("耕地地力保护补贴", "第一条　補貼给农户。𠀀")
	_ = w.Add("2024年Ａ")
	texts, pairs := w.Finish([]int{1, 0})
	f.Add(texts, pairs)
	f.Add(texts, []byte{})
	f.Add([]byte{}, pairs)
	f.Fuzz(func(t *testing.T, texts, pairs []byte) {
		read, err := ReadTexts(texts)
		if err != nil {
			return
		}
		var again Writer
		for i := range read.Len() {
			passages, err := read.Document(i)
			if err != nil || again.Add(passages...) != nil {
				t.Fatal("a document cannot be read")
			}
		}
		p, err := Open(read, pairs)
		if err != nil {
			return
		}
		var s Search
		for _, piece := range []string{"补", "补贴", "地地力", "補貼给农", "2024年a", "𠀀", "農户。𠀀"} {
			list, err := s.Find(p, piece, all)
			if err != nil {
				continue
			}
			for _, m := range list {
				s.Excerpt(m)
			}
		}
		if len(texts) > 0 && p.Check(pairs) == nil {
			whole, own := again.Finish(upTo(read.Len()))
			if slices.Equal(whole, texts) && !slices.Equal(own, pairs) {
				t.Error("pairs have another encoding")
			}
		}
	})
}

// sentences are like a county's papers: the same words in many of them.
func sentences(r *rand.Rand, bytes int) [][]string {
	words := strings.Fields("农户 耕地 补贴 地力 保护 农业农村局 财政局 乡镇 村民委员会 张榜公示 工作日 面积 承包 经营权 确权 登记 标准 每亩 一次性 " +
		"发放 一卡通 名单 复核 异议 资金 拨付 结余 公开 监督 办法 通知 实施 方案 困难群众 低保 特困 救助 供养 危房 改造 公益林 移民 后期 扶持 " +
		"学生 资助 养老 保险 合作医疗 防汛 抗旱 道路 硬化 饮水 安全 申请 审核 批准 不得 截留 挪用 报销 按照 根据 规定 以上 以下 其中 应当 可以")
	var out [][]string
	total := 0
	for total < bytes {
		var b strings.Builder
		for range 300 + r.IntN(600) {
			// Few words are frequent, many are rare.
			b.WriteString(words[int(float64(len(words))*r.Float64()*r.Float64())])
			switch r.IntN(12) {
			case 0:
				b.WriteString("，")
			case 1:
				b.WriteString("。")
			case 2:
				fmt.Fprint(&b, r.IntN(3000))
			case 3:
				b.WriteRune('一' + rune(r.IntN(4000)))
			}
		}
		out = append(out, []string{string([]rune(b.String())[:30]), b.String()})
		total += b.Len()
	}
	return out
}

func BenchmarkFind(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	docs := sentences(r, 15<<20)
	var w Writer
	for _, d := range docs {
		if err := w.Add(d...); err != nil {
			b.Fatal(err)
		}
	}
	texts, pairs := w.Finish(upTo(len(docs)))
	p := opened(b, texts, pairs)
	b.Logf("%d documents, texts %.1f MB, pairs %.1f MB", len(docs), float64(len(texts))/1e6, float64(len(pairs))/1e6)
	for n := 1; n <= 8; n++ {
		var pieces []string
		for range 300 {
			runes := []rune(docs[r.IntN(len(docs))][1])
			at := r.IntN(len(runes) - n)
			pieces = append(pieces, string(runes[at:at+n]))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var s Search
			found, i := 0, 0
			for b.Loop() {
				list, err := s.Find(p, pieces[i%len(pieces)], all)
				if err != nil {
					b.Fatal(err)
				}
				for _, m := range list[:min(8, len(list))] {
					s.Excerpt(m)
				}
				found += len(list)
				i++
			}
			b.ReportMetric(float64(found)/float64(i), "docs/op")
		})
	}
}

func BenchmarkFinish(b *testing.B) {
	docs := sentences(rand.New(rand.NewPCG(3, 4)), 4<<20)
	for b.Loop() {
		var w Writer
		for _, d := range docs {
			_ = w.Add(d...)
		}
		texts, _ := w.Finish(upTo(len(docs)))
		b.SetBytes(int64(len(texts)))
	}
}

// A list that leads out of the texts is an error.
func TestAListThatLeadsOut(t *testing.T) {
	var w Writer
	_ = w.Add("补贴")
	texts, pairs := w.Finish([]int{0})
	for _, last := range []byte{1, 0x7F, 0x80} {
		damaged := slices.Clone(pairs)
		damaged[len(damaged)-2] = last // the list of 补贴, or of 贴 at the end
		damaged[len(damaged)-1] = last
		var s Search
		if _, err := s.Find(opened(t, texts, damaged), "补贴", all); err == nil {
			t.Errorf("a list that ends in %#x is read", last)
		}
	}
}

//go:build !race

package book_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"
	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

var flips = flag.Int("flips", 1500, "how many bits TestEveryFlippedBit flips; make test-flips flips 100,000")

// everyDataset is a county with every dataset, every kind of section and a merged village.
func everyDataset(payments int) []any {
	r := rand.New(rand.NewPCG(21, 22))
	sentences := []string{"农民种了地就有补贴。", "荒了两年的地不补；", "買機器的农民自己谈价钱。", "村里张榜七天，不发现金！", "一卡通由本人保管。"}
	prose := func(n int) string {
		var out strings.Builder
		for i := range n {
			fmt.Fprintf(&out, "第%d条　%s\n", i+1, sentences[r.IntN(len(sentences))])
		}
		return out.String()
	}
	var institutions []disclosure.Institution
	var incumbents []disclosure.Incumbent
	var budget []disclosure.BudgetLine
	for i := range 12 {
		ref := fmt.Sprint("I", i)
		institutions = append(institutions, disclosure.Institution{
			Head: head(ref), Name: []string{"农业农村局", "财政局", "枝城镇人民政府", "农技站"}[i%4] + fmt.Sprint(i), Kind: "行政", Duties: prose(2), OtherNames: []string{"农委"},
			Posts: []disclosure.Posts{{Type: "行政编制", Authorised: int64(i)}},
		})
		budget = append(budget, disclosure.BudgetLine{Head: head("B" + ref), Institution: ref, Year: 2025, Stage: "预算", Table: "支出", Name: "合计", Total: disclosure.Fen(r.IntN(1e9))})
		for k := range 8 {
			incumbents = append(incumbents, disclosure.Incumbent{
				Head: head(fmt.Sprint("N", i, "-", k)), Institution: ref, PostType: "行政编制", Status: []string{"在编", "超编", "借调"}[r.IntN(3)],
				Name: string([]rune{[]rune("王李张刘")[r.IntN(4)], []rune("建国明华")[r.IntN(4)], rune(0x4e00 + r.IntN(900))}),
			})
		}
	}
	incumbents[3].VisibleUntil = "2025-12-31"
	var policies []disclosure.Policy
	var notices []disclosure.Notice
	for i := range 10 {
		policies = append(policies, disclosure.Policy{
			Head: head(fmt.Sprint("Z", i)), Title: fmt.Sprint("耕地补贴办法之", i), DocNo: fmt.Sprintf("都农发〔2025〕%d号", i), Issuer: "农业农村局", IssuedOn: "2025-01-01",
			Kinds: []string{"gdbt"}, Funds: []string{"1"}, Summary: prose(1), Body: prose(12),
		})
		notices = append(notices, disclosure.Notice{Head: head(fmt.Sprint("G", i)), Kind: "动态", Title: fmt.Sprint("抽查结果", i), Body: prose(4), Institution: "I1"})
	}
	return []any{
		places(), kinds(), institutions, incumbents, budget, policies, notices, unusual(r, payments),
		disclosure.Fund{Head: head("F20241"), CatalogueNo: 1, Year: 2024, Name: "耕地补贴资金", Owner: "I1", Recipients: prose(1), Standard: prose(1), Method: "打到一卡通"},
		disclosure.Fund{Head: head("F20250"), CatalogueNo: 2, Year: 2025, Name: "粮食直补资金", Owner: "I2"},
		disclosure.Allocation{Head: head("L1"), Fund: "F20241", Kind: "gdbt", Year: 2024, Batch: 1, Place: village, Amount: 60000, DocNo: "1号"},
		disclosure.Allocation{Head: head("L2"), Fund: "F20241", Kind: "gdbt", Year: 2024, Batch: 1, Place: other, Amount: 5000, Remark: "退回"},
		disclosure.Total{Head: head("T1"), Fund: "F20250", Kind: "canji", Year: 2025, Place: village, Persons: 7, Amount: 70000},
		disclosure.ThreePublic{Head: head("P1"), Institution: "I1", Year: 2025, Stage: "预算", Reception: 100},
		disclosure.Procurement{Head: head("C1"), Number: "1", Title: "办公电脑", Buyer: "I1", Type: "采购公告", Budget: 500000},
		disclosure.InvestmentProject{Head: head("V1"), Number: "2", Title: "村道", Owner: "I1", Approved: 900},
		disclosure.Contact{Head: head("K1"), Subject: "补贴", Title: "农业农村局", Number: "0717-1234567"},
		disclosure.Obligation{Head: head("O1"), Item: "补贴名单", Unit: "枝城镇", DueOn: "2025-12-31"},
		disclosure.Withdrawal{Head: head("W1"), Refs: []string{"nobody"}, Reason: "测试", WithdrawnOn: "2026-01-01"},
	}
}

// question (提问) is something that a page asks of a book.
type question struct {
	name string
	ask  func(*book.Book) any
}

// found is what a lookup that may find nothing returned.
type found struct {
	what any
	ok   bool
}

// questions are those of every page, about every part of a book: good is the one that they are made for.
func questions(good *book.Book) []question {
	var out []question
	add := func(name string, ask func(*book.Book) any) { out = append(out, question{name, ask}) }
	find := func(q search.Query) {
		q.Limit = 6
		add(fmt.Sprintf("find %+v", q), func(b *book.Book) any { return b.Find(q) })
	}
	for _, v := range []disclosure.Code{village, other, old} {
		add("village "+string(v), func(b *book.Book) any {
			place, ok := b.Place(v)
			return []any{found{place, ok}, b.Lists(v), b.Surnames(v), b.Groups(v), b.News(v, 9), b.Path(v), b.Successors(v)}
		})
		for _, q := range []book.ListQuery{
			{Kind: "gdbt", Year: 2025, Limit: 7},
			{Kind: "lzbt", Year: 2024, Sort: "amount", Offset: 9, Limit: 7},
			{Kind: "dibao", Year: 2023, Group: "2组", Limit: 3},
			{Kind: "canji", Year: 2025, Limit: 3},
		} {
			q.Village = v
			add(fmt.Sprintf("list %+v", q), func(b *book.Book) any { return b.List(q) })
		}
		for _, text := range []string{"", "王", "wjg", "oy", "zangs"} {
			find(search.Query{Text: text, In: search.InPeople, Village: string(v), Near: 3})
		}
		find(search.Query{In: search.InPeople, Village: string(v), Kind: "gdbt", Year: 2025, Group: "1组"})
		hits := good.Find(search.Query{In: search.InPeople, Village: string(v), Limit: 50}).Hits
		for _, i := range []int{0, len(hits) / 2, len(hits) - 1} {
			ref := hits[i].Ref()
			person, _ := good.Person(ref)
			paid := person.Payments[0].Ref
			q := book.ListQuery{Village: v, Kind: person.Payments[0].Kind, Year: person.Payments[0].Year}
			add("person "+ref, func(b *book.Book) any {
				p, ok := b.Person(ref)
				at, in := b.RowOf(q, ref)
				return []any{found{p, ok}, found{at, in}}
			})
			if i == 0 {
				add("payment "+paid, func(b *book.Book) any { rec, ok := b.Show(paid); return found{rec, ok} })
			}
		}
	}
	for _, q := range []search.Query{
		{Text: "王建国", Whole: true, In: search.InPeople},
		{Text: "zs", Town: string(town), In: search.InPeople},
		{Text: "l", In: search.InPeople},
		{Text: "李四", In: search.InPeople, Fund: "F20241"},
		{Text: "王", In: search.InIncumbents},
		{Text: "zjg", In: search.InIncumbents},
		{Text: "不发现金"},
		{Text: "gdbt"},
		{Text: "补贴", In: search.InFunds, Year: 2024},
		{Text: "办法", In: search.InPolicies},
		{Text: "抽查", In: search.InNotices},
		{Text: "机器", In: search.InNotices},
		{Text: "杨家畈", In: search.InPlaces},
		{Text: "nongye", In: search.InInstitutions},
	} {
		find(q)
	}
	for _, ref := range []string{"A5", "gdbt", "I3", "N4-2", "F20241", "L2", "T1", "BI4", "P1", "C1", "V1", "K1", "O1", "W1", "Z3", "G2", "nothing"} {
		add("show "+ref, func(b *book.Book) any { rec, ok := b.Show(ref); return found{rec, ok} })
	}
	for name, ask := range map[string]func(*book.Book) any{
		"manifest": func(b *book.Book) any { return b.Manifest() },
		"staff": func(b *book.Book) any {
			return []any{b.Institutions(), b.Departments(), b.Staffing("I2"), b.Roster("I2")}
		},
		"money": func(b *book.Book) any {
			return []any{b.Budget("I2", 2025), b.ThreePublic("I1", 2025), b.BudgetYears("I1")}
		},
		"funds": func(b *book.Book) any { return []any{b.FundYears(), b.Funds(2024), b.FundKinds("F20241")} },
		"flow":  func(b *book.Book) any { return []any{b.Flow("F20241", town), b.Flow("F20250", county)} },
		"sums": func(b *book.Book) any {
			return []any{b.FlowInto("F20241", town), b.Relief(), b.ReliefBelow("dibao", 2025, county), b.Batches("F20241")}
		},
		"papers": func(b *book.Book) any { return []any{b.Policies(), b.PoliciesOf("gdbt"), b.Notices()} },
		"places": func(b *book.Book) any { return []any{b.Towns(), b.Villages(town), b.Kinds(), b.Contacts("补贴")} },
		"rest":   func(b *book.Book) any { return []any{b.Obligations(), b.Procurements(), b.Projects(), b.Withdrawals()} },
		"namesakes": func(b *book.Book) any {
			return b.Find(search.Query{Text: "李四", In: search.InPeople, Whole: true, Limit: 50})
		},
		"a day": func(b *book.Book) any {
			b = b.At("2025-07-31")
			return []any{
				b.Lists(village), b.List(book.ListQuery{Village: other, Kind: "gdbt", Year: 2024, Limit: 5}),
				b.Find(search.Query{Text: "王", In: search.InPeople, Village: string(village), Limit: 5}), b.Find(search.Query{Text: "w", In: search.InIncumbents, Limit: 5}),
			}
		},
	} {
		add(name, ask)
	}
	slices.SortFunc(out, func(a, b question) int { return strings.Compare(a.name, b.name) })
	return out
}

// answers returns what a book answers, in the order of the questions.
func answers(b *book.Book, list []question) []any {
	out := make([]any, len(list))
	for i, q := range list {
		out[i] = q.ask(b)
	}
	return out
}

// exhibit is a whole book with what it answers to every question.
type exhibit struct {
	path      string
	data      []byte
	used      []bool // of each byte, whether it is of a section
	sections  map[string][]byte
	head      []byte
	questions []question
	answers   []any
}

// plenty is how many payments make a book of which a section fills its pages.
const plenty = 2500

// exhibited makes a book with so many payments. What is done with it has nothing to race and takes long under the race detector,
// so this file is for tests without.
func exhibited(t testing.TB, payments int) *exhibit {
	t.Helper()
	x := &exhibit{path: filepath.Join(t.TempDir(), "whole.db")}
	if err := book.Build(context.Background(), booktest.FS(everyDataset(payments)...), x.path); err != nil {
		t.Fatal(err)
	}
	b := open(t, x.path)
	x.questions = questions(b)
	fresh := open(t, x.path)
	x.answers = answers(fresh, x.questions)
	if left := fresh.Untouched(); len(left) > 0 {
		t.Fatalf("no question is about %v", left)
	}
	if again := answers(fresh, x.questions); !reflect.DeepEqual(again, x.answers) {
		t.Fatal("a book does not answer alike twice")
	}
	if err := fresh.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	var err error
	if x.head, x.sections, err = fresh.Sections(); err != nil {
		t.Fatal(err)
	}
	if x.data, err = os.ReadFile(x.path); err != nil {
		t.Fatal(err)
	}
	x.used = make([]bool, len(x.data))
	for name, data := range x.sections {
		whole := book.Frame(name, bytes.Clone(data))
		from := bytes.Index(x.data, whole)
		if from < 0 {
			t.Fatalf("section %s is not in the file", name)
		}
		for i := range whole {
			x.used[from+i] = true
		}
	}
	return x
}

// How damage ends (结局).
const (
	unharmed  = iota // it lies where nothing does, and every answer is right
	atOpen           // the book does not open
	whenAsked        // Err says so once an answer could be wrong
	outcomes
)

// try opens a file that may be damaged and asks it everything. An answer that is wrong although Err says nothing is an error.
func (x *exhibit) try(path string) (outcome int, err error) {
	b, err := book.Open(path)
	if err != nil {
		return atOpen, nil
	}
	defer b.Close()
	for i, q := range x.questions {
		got := q.ask(b)
		if b.Err() != nil {
			outcome = whenAsked
		} else if !reflect.DeepEqual(got, x.answers[i]) {
			return 0, fmt.Errorf("%s: %+v, want %+v", q.name, got, x.answers[i])
		}
	}
	if outcome == unharmed {
		return outcome, nil
	}
	fresh, err := book.Open(path)
	if err != nil {
		return 0, fmt.Errorf("opened once, not twice: %w", err)
	}
	defer fresh.Close()
	if fresh.Check(context.Background()) == nil {
		return 0, fmt.Errorf("the scrub does not see what a page sees: %w", b.Err())
	}
	return outcome, nil
}

// TestEveryFlippedBit: whichever bit of a book is flipped, the book does not open, or says that it is damaged with the answer that
// could be wrong, or answers rightly because nothing lies there.
func TestEveryFlippedBit(t *testing.T) {
	x := exhibited(t, plenty)
	dir := t.TempDir()
	workers := runtime.GOMAXPROCS(0)
	var counted [outcomes]int
	var mu sync.Mutex
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			path := filepath.Join(dir, fmt.Sprint(w))
			if err := os.WriteFile(path, x.data, 0o600); err != nil {
				t.Error(err)
				return
			}
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			r := rand.New(rand.NewPCG(31, uint64(w)))
			for range (*flips + workers - 1 - w) / workers {
				at, bit := r.IntN(len(x.data)), r.IntN(8)
				_, err := f.WriteAt([]byte{x.data[at] ^ 1<<bit}, int64(at))
				outcome := 0
				if err == nil {
					outcome, err = x.try(path)
				}
				if err == nil && outcome == unharmed && x.used[at] {
					err = errors.New("a section is damaged, and nothing is said")
				}
				if err != nil {
					t.Errorf("byte %d bit %d: %v", at, bit, err)
					return
				}
				if _, err := f.WriteAt(x.data[at:at+1], int64(at)); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				counted[outcome]++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if t.Failed() {
		return
	}
	t.Logf("%d KiB, %d flips: %d found when opened, %d when asked, %d where nothing lies, none silently wrong",
		len(x.data)>>10, *flips, counted[atOpen], counted[whenAsked], counted[unharmed])
	if counted[whenAsked] < *flips/2 || counted[atOpen] == 0 {
		t.Errorf("too few flips were found: %v", counted)
	}
}

// mostMemory is what a file may take before it is refused, whatever it says: 64 MiB.
const mostMemory = 64 << 20

// taken returns how much memory was set aside while f ran, also what was given back at once.
func taken(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc + max(after.StackSys, before.StackSys) - before.StackSys
}

// bucketFile makes a file of one bucket, as bbolt has it.
func bucketFile(t *testing.T, path, bucket string, values map[string][]byte) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: page, NoSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket([]byte(bucket))
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if err == nil {
				err = b.Put([]byte(name), values[name])
			}
		}
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// sectionsFile makes a book of whatever sections, with right checksums.
func sectionsFile(t *testing.T, path string, head []byte, sections map[string][]byte) {
	t.Helper()
	values := map[string][]byte{"directory": book.Frame("directory", book.EncodeDirectory(head, sections))}
	for name, data := range sections {
		values[name] = book.Frame(name, bytes.Clone(data))
	}
	bucketFile(t, path, "book", values)
}

const page = 4096

// meta makes the page that names the root, as bbolt has it, of a file of so many pages.
func meta(n, root, pages int) []byte {
	out := make([]byte, page)
	le := binary.LittleEndian
	le.PutUint64(out, uint64(n))
	le.PutUint16(out[8:], 4)
	m := out[16:]
	le.PutUint32(m, 0xED0CDAED)
	le.PutUint32(m[4:], 2)
	le.PutUint32(m[8:], page)
	le.PutUint64(m[16:], uint64(root))
	le.PutUint64(m[32:], uint64(root))
	le.PutUint64(m[40:], uint64(pages))
	sum := fnv.New64a()
	sum.Write(m[:56])
	le.PutUint64(m[56:], sum.Sum64())
	return out
}

// branch makes a page that leads to others.
func branch(id int, children ...int) []byte {
	out := make([]byte, page)
	le := binary.LittleEndian
	le.PutUint64(out, uint64(id))
	le.PutUint16(out[8:], 1)
	le.PutUint16(out[10:], uint16(len(children)))
	for i, child := range children {
		e := out[16+16*i:]
		le.PutUint32(e, uint32(16*(len(children)-i)))
		le.PutUint64(e[8:], uint64(child))
	}
	return out
}

// pages makes a file of branch pages, each of which leads where children says.
func pages(n int, children func(id int) []int) []byte {
	out := slices.Concat(meta(0, n-1, n), meta(1, n-1, n))
	for id := 2; id < n; id++ {
		out = append(out, branch(id, children(id)...)...)
	}
	return out
}

// TestHostileFiles: whatever lies where a book should be is refused with what is wrong with it, and takes no more memory than a
// book does.
func TestHostileFiles(t *testing.T) {
	x := exhibited(t, plenty)
	data := func(b []byte) func(string) error {
		return func(path string) error { return os.WriteFile(path, b, 0o600) }
	}
	sections := func(head []byte, list map[string][]byte) func(string) error {
		return func(path string) error { sectionsFile(t, path, head, list); return nil }
	}
	foreign := func(bucket string, values map[string][]byte) func(string) error {
		return func(path string) error { bucketFile(t, path, bucket, values); return nil }
	}
	directory := func(b []byte) func(string) error {
		return foreign("book", map[string][]byte{"directory": book.Frame("directory", b), "else": make([]byte, page)})
	}
	with := func(name string, b []byte) func(string) error {
		list := maps.Clone(x.sections)
		list[name] = b
		return sections(x.head, list)
	}
	claim := binary.AppendUvarint(nil, 1<<60)
	format := binary.AppendUvarint(nil, book.Format)
	names := map[string][]byte{}
	for i := range 200_000 {
		names[fmt.Sprintf("%06x", i)] = nil
	}
	for name, c := range map[string]struct {
		make func(path string) error
		says string
	}{
		"nothing":                  {func(string) error { return nil }, "no such file"},
		"a directory":              {func(path string) error { return os.Mkdir(path, 0o700) }, "not a file"},
		"a pipe":                   {func(path string) error { return syscall.Mkfifo(path, 0o600) }, "not a file"},
		"empty":                    {data(nil), "page 0: cut off"},
		"one byte":                 {data([]byte{1}), "page 0: cut off"},
		"another text":             {data([]byte(strings.Repeat("不是账本", 5000))), "no book"},
		"SQLite":                   {data(append([]byte("SQLite format 3\x00\x10\x00\x01\x01"), make([]byte, 4*page)...)), "no book"},
		"zeros":                    {func(path string) error { return errors.Join(data(nil)(path), os.Truncate(path, 100<<20)) }, "no book"},
		"another bbolt file":       {foreign("shards", map[string][]byte{"a": []byte("b")}), "page"},
		"a large one":              {foreign("shards", map[string][]byte{"a": make([]byte, 9*page)}), "no book"},
		"our bucket, not ours":     {foreign("book", map[string][]byte{"a": make([]byte, 2*page)}), "directory"},
		"a root out of the file":   {data(pages(5, func(int) []int { return []int{9} })), "not where a page can lead"},
		"a circle":                 {data(pages(5, func(id int) []int { return []int{min(4, id+1)} })), "not where a page can lead"},
		"a page in itself":         {data(pages(5, func(id int) []int { return []int{id} })), "not where a page can lead"},
		"a long way down":          {data(pages(2000, func(id int) []int { return []int{id - 1} })), "too deep"},
		"a page over and over":     {data(pages(12, func(id int) []int { return slices.Repeat([]int{id - 1}, 100*min(1, id-2)) })), "is no branch"},
		"another version":          {directory([]byte{book.Format + 1}), "format 4"},
		"sections without end":     {directory(slices.Concat(format, []byte{0}, claim, make([]byte, 2000))), "do not fit"},
		"a head without end":       {directory(slices.Concat(format, claim, make([]byte, 2000))), "do not fit"},
		"a head of 2 MB":           {directory(book.EncodeDirectory(make([]byte, 2<<20), nil)), "too many"},
		"a head that is none":      {sections(bytes.Repeat([]byte("["), 1<<19), x.sections), "max depth"},
		"200,000 sections":         {directory(book.EncodeDirectory(x.head, names)), "too many"},
		"villages without end":     {with("search/villages", slices.Concat(claim, make([]byte, 2000))), "do not fit"},
		"villages of nothing":      {with("search/villages", slices.Concat([]byte{0x80, 0x80, 0x40}, make([]byte, 8<<20))), "too many"},
		"a village without a name": {with("search/villages", slices.Concat([]byte{0x80, 0x80, 0x04}, make([]byte, 1<<19))), "instead of 3"},
	} {
		path := filepath.Join(t.TempDir(), "hostile.db")
		if err := c.make(path); err != nil {
			t.Fatal(err)
		}
		var b *book.Book
		var err error
		if n := taken(func() { b, err = book.Open(path) }); n > mostMemory {
			t.Errorf("%s: takes %d MiB", name, n>>20)
		}
		if err == nil {
			b.Close()
		}
		if err == nil || !strings.HasPrefix(err.Error(), "book: "+path+": ") || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCutOff: a file that ends too soon is refused, wherever it ends.
func TestCutOff(t *testing.T) {
	x := exhibited(t, plenty)
	path := filepath.Join(t.TempDir(), "cut.db")
	r := rand.New(rand.NewPCG(51, 52))
	var sizes []int
	for n := 0; n < len(x.data); n += page {
		sizes = append(sizes, n, n+1+r.IntN(page-1))
	}
	for _, n := range sizes {
		if err := os.WriteFile(path, x.data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if outcome, err := x.try(path); err != nil || outcome != atOpen && slices.Contains(x.used[n:], true) {
			t.Errorf("cut to %d of %d bytes, it ends as %d, %v", n, len(x.data), outcome, err)
		}
	}
}

// TestSpoiledPages: pages that lead to the sections are few, so their heads are spoiled thoroughly, and pages are lost whole, as
// a worn disk loses them.
func TestSpoiledPages(t *testing.T) {
	x := exhibited(t, plenty)
	path := filepath.Join(t.TempDir(), "spoiled.db")
	r := rand.New(rand.NewPCG(61, 62))
	try := func(what string, at int, spoiled []byte) {
		t.Helper()
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := x.try(path); err != nil {
			t.Errorf("%s of page %d: %v", what, at/page, err)
		}
	}
	for at := 0; at < len(x.data); at += page {
		for range 8 {
			spoiled := bytes.Clone(x.data)
			spoiled[at+r.IntN(64)] ^= byte(1 + r.IntN(255))
			try("the head", at, spoiled)
		}
		spoiled := bytes.Clone(x.data)
		clear(spoiled[at : at+page])
		try("everything", at, spoiled)
		copy(spoiled[at:at+page], x.data[page*r.IntN(len(x.data)/page):])
		try("another one instead", at, spoiled)
	}
}

// TestHostileSections: a section that is not what it should be, with a right checksum, is damage, or is answered from as it
// stands. It is never a panic, and no question takes more memory than a file is worth.
func TestHostileSections(t *testing.T) {
	x := exhibited(t, plenty)
	r := rand.New(rand.NewPCG(41, 42))
	names := slices.Sorted(maps.Keys(x.sections))
	for _, name := range names {
		whole := x.sections[name]
		for range 6 {
			spoiled := spoil(r, whole, x.sections[names[r.IntN(len(names))]])
			sections := maps.Clone(x.sections)
			sections[name] = spoiled
			x.interrogate(t, name, spoiled, sections)
		}
	}
}

// TestCostlySections: a section of a megabyte that would be gigabytes once it is read is refused before it is.
func TestCostlySections(t *testing.T) {
	x := exhibited(t, plenty)
	zeros := make([]byte, 1<<20)
	number := func(n int) []byte { return binary.AppendUvarint(nil, uint64(n)) }
	try := func(name string, parts ...[]byte) {
		t.Helper()
		sections := maps.Clone(x.sections)
		sections[name] = slices.Concat(parts...)
		x.interrogate(t, name, sections[name], sections)
	}
	for name := range x.sections {
		try(name, zeros)
		try(name, number(len(zeros)/2), zeros)
		try(name, []byte{0}, number(len(zeros)/2), zeros)
		try(name, number(1<<50), zeros)
	}
	columns := disclosure.Of[disclosure.Place]().Columns[1:]
	rest := make([]byte, 2*len(columns)) // that are alike in all rows
	try("data/place", number(1<<27-1), []byte{0, 1, 'A'}, rest)
	try("data/place", number(len(zeros)), []byte{1, 2, 0, 1, 'A', 0, 1, 'B', 0, 1}, zeros[2:], rest)
	long := slices.Concat([]byte{1}, number(100_001), []byte{0}, number(300_000), bytes.Repeat([]byte("A"), 300_000))
	for i := range 100_000 {
		long = append(append(long, number(300_000)...), 2, byte('A'+i%26), byte('A'+i/26%26))
	}
	try("data/place", number(100_001), long, zeros[:300_000])
}

func (x *exhibit) interrogate(t *testing.T, name string, spoiled []byte, sections map[string][]byte) {
	t.Helper()
	asked := "open"
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s of %d bytes: %s: %v\n%s", name, len(spoiled), asked, r, debug.Stack())
		}
	}()
	var b *book.Book
	var err error
	if n := taken(func() { b, err = book.OfSections(x.head, sections) }); n > mostMemory {
		t.Errorf("%s of %d bytes: opening takes %d MiB", name, len(spoiled), n>>20)
	}
	if err != nil {
		return
	}
	for _, q := range x.questions {
		asked = q.name
		if n := taken(func() { q.ask(b) }); n > mostMemory {
			t.Errorf("%s of %d bytes: %s takes %d MiB", name, len(spoiled), q.name, n>>20)
		}
	}
	asked = "scrub"
	_ = b.Scrub()
}

// FuzzBook: a section that is not what it should be, beside others that are, is damage or is answered from, and never a panic.
func FuzzBook(f *testing.F) {
	x := exhibited(f, 60)
	names := slices.Sorted(maps.Keys(x.sections))
	for i, name := range names {
		f.Add(uint8(i), x.sections[name])
	}
	f.Fuzz(func(_ *testing.T, which uint8, data []byte) {
		sections := maps.Clone(x.sections)
		sections[names[int(which)%len(names)]] = data
		b, err := book.OfSections(x.head, sections)
		if err != nil {
			return
		}
		answers(b, x.questions)
		_ = b.Scrub()
	})
}

// spoil returns a section as someone might make it who wants to see a kiosk fall over.
func spoil(r *rand.Rand, whole, other []byte) []byte {
	out := bytes.Clone(whole)
	switch r.IntN(8) {
	case 0:
		return out[:r.IntN(len(out)+1)]
	case 1:
		return bytes.Clone(other)
	case 2: // a length that claims gigabytes
		at := r.IntN(min(len(out), 12) + 1)
		return slices.Insert(out, at, binary.AppendUvarint(nil, 1<<(20+r.IntN(44)))...)
	case 3:
		return bytes.Repeat([]byte{byte(r.IntN(256))}, r.IntN(1<<20))
	case 4:
		return append(out, other...)
	}
	for range 1 + r.IntN(4) {
		if len(out) > 0 {
			at := r.IntN(len(out))
			if r.IntN(2) == 0 {
				at = min(at, r.IntN(40))
			}
			out[at] = byte(r.IntN(256))
		}
	}
	return out
}

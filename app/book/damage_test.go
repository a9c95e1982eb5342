package book_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"mingbai.local/app/book"
	"mingbai.local/app/book/booktest"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

var flips = flag.Int("flips", 1500, "how many bits TestEveryFlippedBit flips; make test-flips flips 100,000")

// county1 is a county with every dataset, every kind of section and a merged village.
func everyDataset() []any {
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
		places(), kinds(), institutions, incumbents, budget, policies, notices, unusual(r, 900),
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
		for i := range hits {
			if i%9 != 0 {
				continue
			}
			ref := hits[i].Ref()
			person, _ := good.Person(ref)
			paid := person.Payments[0].Ref
			q := book.ListQuery{Village: v, Kind: person.Payments[0].Kind, Year: person.Payments[0].Year}
			add("person "+ref, func(b *book.Book) any {
				p, ok := b.Person(ref)
				at, in := b.RowOf(q, ref)
				return []any{found{p, ok}, found{at, in}}
			})
			add("payment "+paid, func(b *book.Book) any { rec, ok := b.Show(paid); return found{rec, ok} })
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
		"funds":     func(b *book.Book) any { return []any{b.FundYears(), b.Funds(2024), b.FundKinds("F20241")} },
		"flow":      func(b *book.Book) any { return []any{b.Flow("F20241", town), b.Flow("F20250", county)} },
		"papers":    func(b *book.Book) any { return []any{b.Policies(), b.PoliciesOf("gdbt"), b.Notices()} },
		"places":    func(b *book.Book) any { return []any{b.Towns(), b.Villages(town), b.Kinds(), b.Contacts("补贴")} },
		"rest":      func(b *book.Book) any { return []any{b.Obligations(), b.Procurements(), b.Projects(), b.Withdrawals()} },
		"namesakes": func(b *book.Book) any { return b.Namesakes("李四") },
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
	questions []question
	answers   []any
}

func exhibited(t testing.TB) *exhibit {
	t.Helper()
	x := &exhibit{path: filepath.Join(t.TempDir(), "whole.db")}
	if err := book.Build(context.Background(), booktest.FS(everyDataset()...), x.path); err != nil {
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
	if x.data, err = os.ReadFile(x.path); err != nil {
		t.Fatal(err)
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
	x := exhibited(t)
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
	t.Logf("%d KiB, %d flips: %d found when opened, %d when asked, %d where nothing lies, 0 silently wrong",
		len(x.data)>>10, *flips, counted[atOpen], counted[whenAsked], counted[unharmed])
	if all := counted[unharmed] + counted[atOpen] + counted[whenAsked]; !t.Failed() && all != *flips {
		t.Errorf("%d flips of %d were made", all, *flips)
	}
	if counted[whenAsked] < *flips/2 || counted[atOpen] == 0 {
		t.Errorf("too few flips were found: %v", counted)
	}
}

var _ = bytes.Clone

package book_test

import (
	"testing"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// What a policy, a notice and a fund's statement say is found with the sentence around it, and read as it was written.
func TestWhatIsSaidIsFound(t *testing.T) {
	policies := []disclosure.Policy{
		{Head: head("Z1"), Title: "农机补贴细则", DocNo: "都农发〔2024〕2号", IssuedOn: "2024-05-08", Summary: "先买机器，再申请补贴。", Body: "一、買機器的农民自己谈价钱。\n二、机具两年内不能转卖。"},
		{Head: head("Z2"), Title: "危房改造办法", IssuedOn: "2023-02-06", Summary: "", Body: ""},
		{Head: head("Z3"), Title: "已经撤回的办法", IssuedOn: "2025-02-06", Summary: "不能转卖", Body: "不能转卖"},
	}
	notice := disclosure.Notice{Head: head("N1"), Kind: "动态", Title: "抽查结果", Body: "发现1台机器被转卖，补贴已退回。\n其他没有问题。"}
	notice.PublishedOn = "2026-01-05"
	fund := disclosure.Fund{
		Head: head("F1"), CatalogueNo: 7, Year: 2025, Name: "农机购置补贴", Recipients: "买机器的农民和合作社", Standard: "最多三成",
		BalanceOf: "已全部拨付，没有结余", Method: "打到一卡通",
	}
	b := build(t, policies, notice, fund, disclosure.Withdrawal{Head: head("W1"), Refs: []string{"Z3"}, Reason: "错误"})
	if err := b.Check(t.Context()); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ text, in, want string }{
		{"转卖", search.InAll, "N1 发现1台机器被【转卖】，补贴已退回。 Z1 二、机具两年内不能【转卖】。"},
		{"买机器的农民", search.InAll, "F1 【买机器的农民】和合作社 Z1 一、【買機器的农民】自己谈价钱。"},
		{"没有结余", search.InFunds, "F1 已全部拨付，【没有结余】"},
		{"买机器的农民", search.InPolicies, "Z1 一、【買機器的农民】自己谈价钱。"},
		{"三成打到", search.InAll, ""},
	} {
		a := b.Find(search.Query{Text: c.text, In: c.in, Limit: 9})
		got := ""
		for i := range a.Hits {
			got += " " + a.Hits[i].Ref() + " " + a.Hits[i].Excerpt.Marked()
		}
		if got != c.want && got != " "+c.want {
			t.Errorf("%s finds%s, want %s", c.text, got, c.want)
		}
	}
	for _, want := range policies[:2] {
		if got, ok := b.Policy(want.Ref); !ok || got.Summary != want.Summary || got.Body != want.Body || got.DocNo != want.DocNo {
			t.Errorf("policy %s reads %+v", want.Ref, got)
		}
	}
	if got := b.Notices(); len(got) != 1 || got[0].Body != notice.Body {
		t.Errorf("the notice reads %+v", got)
	}
	rec, _ := b.Show("F1")
	if got, ok := rec.(*disclosure.Fund); !ok || got.Recipients != fund.Recipients || got.Standard != fund.Standard || got.BalanceOf != fund.BalanceOf || got.Method != fund.Method {
		t.Errorf("the fund reads %+v", rec)
	}
	if err := b.Err(); err != nil {
		t.Error(err)
	}
}

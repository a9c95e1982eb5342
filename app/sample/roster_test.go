package sample_test

import (
	"maps"
	"testing"

	"mingbai.local/app/disclosure"
	"mingbai.local/app/sample"
)

// TestTwoEditionsOfAYearDiffer: between spring and autumn some posts get another holder and some units a post more, whoever was
// there in autumn of those who were in spring is the same, and the numbers of the county stay.
func TestTwoEditionsOfAYearDiffer(t *testing.T) {
	people := func(asOf disclosure.Date) (map[string]string, map[string]int64) {
		c, err := sample.Generate(sample.Options{County: "420581", Seed: 3, Payments: 700, AsOf: asOf})
		if err != nil {
			t.Fatal(err)
		}
		names, posts := map[string]string{}, map[string]int64{}
		for _, i := range c.Incumbents {
			names[i.Ref] = i.Name + i.Institution
		}
		for _, i := range c.Institutions {
			for _, p := range i.Posts {
				posts[i.Ref] += p.Authorised
			}
		}
		return names, posts
	}
	spring, before := people("2026-04-01")
	autumn, now := people("2026-11-21")
	left := 0
	for ref, who := range spring {
		switch after, there := autumn[ref]; {
		case !there:
			left++
		case after != who:
			t.Errorf("%s was %s and is %s", ref, who, after)
		}
	}
	if len(spring) != len(autumn) || left < 20 || left > 300 {
		t.Errorf("of %d people left %d, and there are %d", len(spring), left, len(autumn))
	}
	if maps.Equal(before, now) {
		t.Error("no unit has other posts")
	}
}

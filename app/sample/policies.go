package sample

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mingbai.local/app/disclosure"
)

//go:embed policies.txt
var policyText string

// makePolicies makes the policy library. The texts were written for this project: they sound like a county's rules and are
// nobody's.
func (c *County) makePolicies() {
	for part := range strings.SplitSeq(policyText, "\n## ") {
		if strings.HasPrefix(part, "#") {
			continue // the remark at the head of the file
		}
		head, body, _ := strings.Cut(strings.TrimSpace(part), "\n")
		c.Policies = append(c.Policies, c.policy(strings.Split(head, "|"), body))
	}
}

func (c *County) policy(f []string, body string) disclosure.Policy {
	if len(f) != 8 {
		panic("sample: a policy has 8 fields: " + strings.Join(f, "|"))
	}
	fill := strings.NewReplacer("%C", c.spec.name, "%W", c.spec.word)
	back, monthDay, _ := strings.Cut(f[3][1:], "-")
	years, err := strconv.Atoi(back)
	if err != nil {
		panic("sample: " + err.Error())
	}
	issued := disclosure.Date(fmt.Sprintf("%d-%s", c.year()-years, monthDay))
	n := len(c.Policies) + 1
	p := disclosure.Policy{
		Head:  disclosure.Head{Ref: fmt.Sprintf("Z%02d", n), PublishedOn: c.noLater(addDays(issued, 5))},
		Title: fill.Replace(f[0]), DocNo: fmt.Sprintf("%s%s〔%s〕%d号", c.spec.mark, f[1], issued[:4], 2+n*7%31),
		Issuer: c.name(f[2]), IssuedOn: issued, Effective: issued, Status: f[4],
		Summary: fill.Replace(f[7]), Body: fill.Replace(body),
	}
	if f[4] == "废止" {
		p.Expires = disclosure.Date(fmt.Sprintf("%d-12-31", c.year()-years))
	}
	if f[5] != "" {
		p.Kinds = strings.Split(f[5], ";")
	}
	for i, e := range catalogue {
		if f[6] == "%ALL" || slices.Contains(strings.Split(f[6], ";"), e.name) {
			p.Funds = append(p.Funds, strconv.Itoa(i+1))
		}
	}
	return p
}

// name returns the name of the county department with that key.
func (c *County) name(key string) string {
	ref := c.institution(key)
	i := slices.IndexFunc(c.Institutions, func(i disclosure.Institution) bool { return i.Ref == ref })
	return c.Institutions[i].Name
}

// policiesOf returns what a fund rests on: the rules of its kinds, or else the general rules for funds.
func (c *County) policiesOf(kinds []string, catalogueNo int) []string {
	var own, general []string
	for _, p := range c.Policies {
		switch {
		case len(p.Funds) == len(catalogue):
			general = append(general, p.Ref)
		case slices.Contains(p.Funds, strconv.Itoa(catalogueNo)) || slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(p.Kinds, k) }):
			own = append(own, p.Ref)
		}
	}
	return append(own, general...)
}

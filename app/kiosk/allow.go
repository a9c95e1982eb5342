package kiosk

import (
	"strings"

	"mingbai.local/app/book"
	"mingbai.local/app/disclosure"
	"mingbai.local/app/search"
)

// What the privacy rule allowed a query, as `kiosk lookup` prints it (查询权限).
const (
	// ScopeVillage: people of one village, by anything typed, with what they were paid.
	ScopeVillage = "village"
	// ScopeNames: people of the county or a town by complete name only, with the villages where it occurs and no amounts.
	ScopeNames = "names"
	// ScopePublic: no people are asked for, and nothing is held back.
	ScopePublic = "public"
)

// Allow applies the rule who may see what (谁能看什么) to a query: people are looked up within a village. Above one a query
// for people loses every filter, since "who of this name receives that" is not answered there either, and what is left is
// answered by complete name without amounts.
func Allow(q search.Query) (search.Query, string) {
	if !isVillage(q.Village) {
		if q.Town == "" {
			q.Town = q.Village
		}
		q.Village = ""
	}
	switch {
	case q.In != "" && q.In != search.InAll && q.In != search.InPeople:
		return q, ScopePublic
	case q.Village != "":
		return q, ScopeVillage
	}
	q.Group, q.Fund, q.Kind, q.Year = "", "", "", 0
	q.Whole = true
	return q, ScopeNames
}

// isVillage reports whether a division code is a village's: its last three digits number the village within its town.
func isVillage(code string) bool {
	return len(code) == 12 && strings.Trim(code, "0123456789") == "" && !strings.HasSuffix(code, "000")
}

// Lookup asks the book what the rule allows, and says what that was. Whatever the book answers, no amount leaves it above
// a village.
func Lookup(b *book.Book, q search.Query) (search.Answer, string) {
	if p, ok := b.Place(disclosure.Code(q.Village)); ok && p.Level != "村" {
		q.Village = ""
	}
	q, scope := Allow(q)
	answer := b.Find(q)
	if scope == ScopeNames {
		answer.Payments, answer.Sum, answer.Years, answer.Near = 0, 0, nil, nil
		for i := range answer.Hits {
			h := &answer.Hits[i]
			h.Payments, h.Sum, h.Years = 0, 0, nil
		}
	}
	return answer, scope
}

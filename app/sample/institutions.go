package sample

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mingbai.local/app/disclosure"
)

//go:embed institutions.txt
var institutionText string

// unit (单位) is one line of institutions.txt, or one that is made from it for a township.
type unit struct {
	key, above string
	lead       string
	weight     int
	rec        disclosure.Institution
}

// textRows returns the rows of an embedded table: fields divided by |, lines that begin with # are remarks.
func textRows(text string, fields int) [][]string {
	var out [][]string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		row := strings.Split(line, "|")
		if len(row) != fields {
			panic(fmt.Sprintf("sample: %d fields instead of %d: %s", len(row), fields, line))
		}
		out = append(out, row)
	}
	return out
}

// makeInstitutions makes the county's 379 institutions, each county's own, and staffs them.
func (c *County) makeInstitutions() {
	units := c.units()
	published := disclosure.Date(fmt.Sprintf("%d-03-20", c.year()-1))
	refs := map[string]string{}
	for i := range units {
		u := &units[i]
		u.rec.Head = disclosure.Head{Ref: fmt.Sprintf("J%03d", i+1), PublishedOn: published}
		u.rec.Parent = refs[u.above]
		if u.key != "" {
			refs[u.key] = u.rec.Ref
		}
		d := newDice(0, "mandate", c.options.County, u.rec.Name)
		u.rec.MandateDoc = fmt.Sprintf("%s编〔%d〕%d号", c.spec.mark, pick(d, []int{2012, 2015, 2019, 2019, 2019, 2021, 2022}), d.between(2, 68))
	}
	c.staff(units)
	for _, u := range units {
		c.Institutions = append(c.Institutions, u.rec)
	}
	c.offices = units
}

// institution returns the reference of the county department with that key.
func (c *County) institution(key string) string {
	for i := range c.offices {
		if c.offices[i].key == key {
			return c.offices[i].rec.Ref
		}
	}
	panic("sample: no institution " + key)
}

func (c *County) units() []unit {
	seat := c.placeNamed(c.spec.seat)
	fill := strings.NewReplacer("%C", c.spec.name, "%P", "中共"+c.spec.name+"委", "%D", c.spec.city, "%S", c.spec.name, "县里", c.spec.word+"里", "县级", c.spec.word+"级")
	var organs, below, towns []unit
	for _, row := range textRows(institutionText, 9) {
		u := unitOf(row, fill)
		u.rec.Place = seat.Code
		u.rec.Address = c.spec.name + seat.Name
		switch row[0][0] {
		case '>':
			u.above = row[0][1:]
			below = append(below, u)
		case '=':
			u.above = row[0][1:]
			towns = append(towns, u)
		default:
			u.key = row[0]
			organs = append(organs, u)
		}
	}
	units := append(organs, below...)
	for _, p := range c.Places {
		if p.Level == "乡" {
			units = append(units, c.townUnits(towns, p)...)
		}
	}
	return c.schools(units)
}

func unitOf(row []string, fill *strings.Replacer) unit {
	weight, err := strconv.Atoi(row[6])
	if err != nil {
		panic("sample: " + err.Error())
	}
	return unit{weight: weight, lead: row[7], rec: disclosure.Institution{
		Name: fill.Replace(row[1]), Kind: row[2], Class: row[3], Level: row[4], Funding: row[5], Duties: fill.Replace(row[8]),
	}}
}

func (c *County) townUnits(templates []unit, town disclosure.Place) []unit {
	fill := strings.NewReplacer("%T", town.Name, "%N", town.ShortName, "本镇", town.ShortName)
	leader := "镇长"
	switch {
	case strings.HasSuffix(town.Name, "街道"):
		leader = "办事处主任"
	case strings.HasSuffix(town.Name, "乡"):
		leader = "乡长"
	case !strings.HasSuffix(town.Name, "镇"):
		leader = "管委会主任"
	}
	var out []unit
	for _, u := range templates {
		d := newDice(0, "size", string(town.Code), u.rec.Name)
		u.rec.Name, u.rec.Duties = fill.Replace(u.rec.Name), fill.Replace(u.rec.Duties)
		u.rec.Place, u.rec.Address = town.Code, c.spec.name+town.Name
		u.lead = strings.ReplaceAll(u.lead, "%L", leader)
		u.weight = max(3, u.weight*d.between(80, 125)/100)
		if u.above == "" {
			u.above = string(town.Code)
			if u.rec.Class == "乡镇机关" {
				u.key, u.above = string(town.Code), ""
			}
		}
		out = append(out, u)
	}
	return out
}

// schools fills the number of institutions up with primary schools of villages and communities.
func (c *County) schools(units []unit) []unit {
	taken := map[string]bool{}
	for i := 0; len(units) < institutionCount; i++ {
		v := &c.all[i*7%len(c.all)]
		name := c.spec.name + v.town.ShortName + v.place.ShortName + "小学"
		if taken[name] {
			continue // a community and a village of the same name share their school
		}
		taken[name] = true
		d := newDice(0, "school", string(v.place.Code))
		units = append(units, unit{above: "教育局", lead: "校长", weight: d.between(12, 34), rec: disclosure.Institution{
			Name: name, Place: v.place.Code,
			Kind: "事业", Class: "公益一类", Level: "股级", Funding: "财政全额",
			Duties:  fmt.Sprintf("教%s和附近的孩子读小学。%s", v.place.Name, pick(d, []string{"安排好午餐和校车。", "照看留守儿童，放学后有老师托管。", "开学时不收任何学杂费。"})),
			Address: c.spec.name + v.town.Name + v.place.Name,
		}})
	}
	return units
}

func (c *County) placeNamed(name string) disclosure.Place {
	i := slices.IndexFunc(c.Places, func(p disclosure.Place) bool { return p.Name == name && p.ValidTo == "" })
	return c.Places[i]
}

// year is the year of the sample's day.
func (c *County) year() int { return c.plan.years[len(c.plan.years)-1] }

// staff gives 11,137 people to the institutions by their weights, and each institution its establishment.
func (c *County) staff(units []unit) {
	weights := make([]int, len(units))
	for i, u := range units {
		weights[i] = u.weight
	}
	for i, n := range apportion(incumbentCount, 3, weights) {
		r := roster{County: c, u: &units[i], d: newDice(c.options.Seed, "roster", units[i].rec.Ref)}
		r.fill(n)
	}
}

// apportion divides n by weight so that nothing is left over, at least least to each: by the largest remainder.
func apportion(n, least int, weights []int) []int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	out, rest := make([]int, len(weights)), n
	order := make([]int, len(weights))
	for i, w := range weights {
		out[i], order[i] = max(least, n*w/sum), i
		rest -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return n*weights[b]%sum - n*weights[a]%sum })
	for i := 0; rest != 0; i = (i + 1) % len(order) {
		switch at := order[i]; {
		case rest > 0:
			out[at]++
			rest--
		case out[at] > 4*least:
			out[at]--
			rest++
		}
	}
	return out
}

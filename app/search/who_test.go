package search

import "testing"

// Who somebody is does not depend on whether it is asked what he was paid.
func TestWho(t *testing.T) {
	x := indexOf(t, []string{"王建国", "李四", "欧阳文"})
	for _, v := range x.Villages() {
		list, err := x.People(v.Code)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			who, err := x.Who(v.Code, i)
			if list[i].Years = nil; err != nil || who.Ref() != list[i].Ref() || who.Name != list[i].Name || who.Until != list[i].Until {
				t.Errorf("person %d of %s is %+v, not %+v: %v", i, v.Code, who, list[i], err)
			}
		}
		if who, err := x.Who(v.Code, len(list)); err == nil {
			t.Errorf("nobody is %+v", who)
		}
	}
	if who, err := x.Who("000000000000", 0); err == nil {
		t.Errorf("somebody in no place is %+v", who)
	}
}

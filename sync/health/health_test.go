package health

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestEveryConditionSaysWhatToDo(t *testing.T) {
	form := regexp.MustCompile(`^[NSDTPR]-[0-9]{2}$`)
	codes := map[string]bool{}
	for _, c := range All() {
		if !form.MatchString(c.Code) {
			t.Errorf("code %q", c.Code)
		}
		for _, s := range []string{c.Words, c.Remedy} {
			if !strings.HasSuffix(s, "。") {
				t.Errorf("%s: %q is no sentence", c.Code, s)
			}
			for _, r := range strings.ReplaceAll(s, "U盘", "") {
				if !unicode.Is(unicode.Han, r) && !strings.ContainsRune("，。：？（）“”、", r) {
					t.Errorf("%s: %q has %q", c.Code, s, r)
				}
			}
		}
		if codes[c.Code] {
			t.Errorf("%s is the code of two conditions", c.Code)
		}
		codes[c.Code] = true
	}
	if !slices.IsSortedFunc(All(), func(a, b Condition) int { return strings.Compare(a.Code, b.Code) }) {
		t.Error("not in the order of codes")
	}
}

// Codes are told over the telephone and stand in letters: they never change their meaning. A new one is added to this list.
func TestCodesKeepTheirMeaning(t *testing.T) {
	meanings := map[string]Condition{
		"N-01": Unreachable, "N-02": NoEdition, "N-03": Portal, "N-04": Tampered, "N-05": Rollback, "N-06": Foreign, "N-07": Stale, "N-08": Expired,
		"P-01": Newer, "P-02": Busy, "D-01": Full, "D-02": Damaged, "D-03": Failed, "D-04": Empty, "D-05": Broken, "T-01": Clock,
		"D-06": BadSettings, "D-07": NotKept, "D-08": PINFile, "D-09": NoBack, "D-10": NoLog, "N-09": Offline, "N-10": NoEnrolment, "N-11": NotHanded,
		"P-03": Colour, "P-04": BadPIN, "P-05": NoPractice, "P-06": ForcedOff, "S-01": NoStick, "S-02": NoData, "S-03": Pulled, "S-04": Incomplete,
		"S-05": OtherCounty, "S-06": Outdated, "S-07": Forged, "S-08": Swapped, "S-09": WontTake, "S-10": NoRoom, "S-11": NotOurs, "P-07": BadSeal, "D-11": WentBack, "D-12": Worn,
		"R-01": NoPrinter, "R-02": NotPrinted, "R-03": Undrawable,
	}
	if len(meanings) != len(All()) {
		t.Errorf("%d codes have a meaning, %d are listed", len(meanings), len(All()))
	}
	for code, c := range meanings {
		if c.Code != code {
			t.Errorf("%s has become %s", code, c.Code)
		}
	}
}

func TestAFullDiskSaysHowMuchIsMissing(t *testing.T) {
	for missing, words := range map[int64]string{1: "还差1MB", 1 << 20: "还差1MB", 1<<20 + 1: "还差2MB", 300 << 20: "还差300MB"} {
		if c := FullBy(missing); !strings.Contains(c.Words, words) || c.Code != Full.Code || c.Remedy != Full.Remedy || !c.Grave {
			t.Errorf("%d bytes: %+v", missing, c)
		}
	}
}

package hands

import "unicode/utf8"

// TakenApart returns for each wanted character the parts (部件) of which cjk-decomp says that it is put together, in the order in which
// they are read. A part that is not had is taken apart again; a character with a part that cannot be told so, or with more than most
// parts, is left out.
func TakenApart(dir string, wanted []rune, had func(rune) bool, most int) (map[rune]string, error) {
	all, err := readParts(dir)
	if err != nil {
		return nil, err
	}
	out := map[rune]string{}
	for _, r := range wanted {
		if apart := all.apart(string(r), had, deepest); apart != "" && utf8.RuneCountInString(apart) <= most {
			out[r] = apart
		}
	}
	return out, nil
}

// apart returns the parts of a form, empty where they cannot be told.
func (p parts) apart(form string, had func(rune) bool, deep int) string {
	if r, size := utf8.DecodeRuneInString(form); size == len(form) && had(r) {
		return form
	}
	if deep == 0 {
		return ""
	}
	out := ""
	for _, part := range p[form].of {
		more := p.apart(part, had, deep-1)
		if more == "" {
			return ""
		}
		out += more
	}
	return out
}

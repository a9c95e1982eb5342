package printer

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"mingbai.local/app/slip"
)

// Widths in mm up to which a paper is the narrow roll and up to which it is the wide one; anything wider is a sheet.
const (
	narrow = 62
	wide   = 120
)

// paperOf is the paper that the queue takes where nobody says which, as far as its name tells; else it is left to the slip.
func paperOf(ctx context.Context, queue string) slip.Paper {
	out, err := run(ctx, nil, "lpoptions", "-p", queue, "-l")
	if err != nil {
		return "" // it is no reason not to print
	}
	for line := range strings.SplitSeq(out, "\n") {
		option, choices, _ := strings.Cut(line, ":")
		if name, _, _ := strings.Cut(option, "/"); name != "PageSize" && name != "media" {
			continue
		}
		for _, c := range strings.Fields(choices) {
			if size, standard := strings.CutPrefix(c, "*"); standard {
				return paperNamed(size)
			}
		}
	}
	return ""
}

// How papers are named after their measures: in points by drivers of labels, in mm and inches by the Printer Working Group (PWG
// 5101.1) and by the makers of receipt printers.
var (
	points = regexp.MustCompile(`^w([0-9]+)h[0-9]+`)
	metric = regexp.MustCompile(`(?i)([0-9.]+)(?:mm)?[xy][0-9.]+mm`)
	inches = regexp.MustCompile(`(?i)([0-9.]+)x[0-9.]+in`)
)

// paperNamed reads the width out of a paper's name.
func paperNamed(size string) slip.Paper {
	for _, in := range []struct {
		form *regexp.Regexp
		mm   float64
	}{{points, 25.4 / 72}, {metric, 1}, {inches, 25.4}} {
		m := in.form.FindStringSubmatch(size)
		if m == nil {
			continue
		}
		width, err := strconv.ParseFloat(m[1], 64)
		switch width *= in.mm; {
		case err != nil:
			return ""
		case width <= narrow:
			return slip.Roll58
		case width <= wide:
			return slip.Roll80
		}
		return slip.A4
	}
	if strings.HasPrefix(size, "A4") || strings.HasPrefix(size, "Letter") {
		return slip.A4
	}
	return ""
}

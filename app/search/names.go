package search

import (
	"encoding/binary"
	"fmt"
	"strings"

	"mingbai.local/app/internal/section"
)

// names (姓名表) is the section of complete names, looked up where it lies.
type names []byte

func (n names) len() (int, error) {
	if len(n) < 4 {
		return 0, fmt.Errorf("search: names: %d bytes", len(n))
	}
	count := binary.LittleEndian.Uint32(n)
	if uint64(count) > uint64(len(n)-4)/4 {
		return 0, fmt.Errorf("search: names: %d do not fit", count)
	}
	return int(count), nil
}

// at returns the i-th of count names, where it lies, and a cursor behind it.
func (n names) at(i, count int) ([]byte, *section.Cursor, error) {
	body := n[4+4*count:]
	start := binary.LittleEndian.Uint32(n[4+4*i:])
	if uint64(start) > uint64(len(body)) {
		return nil, nil, fmt.Errorf("search: names: name %d begins outside", i)
	}
	c := section.Read(body[start:])
	name := c.Bytes(c.Len(1))
	return name, c, c.Err()
}

// bearer (同名人) is who bears a complete name, by the indexes of his village and among its people.
type bearer struct{ village, person int }

// find returns who bears a name and has a payment to show on a day in one of the villages wanted: first those who write it
// as asked, then the others, each in order.
func (n names) find(folded, asked string, day, villages int, wanted func(village int) bool) (exact, variants []bearer, err error) {
	count, err := n.len()
	if err != nil {
		return nil, nil, err
	}
	low, high := 0, count
	for low < high {
		mid := (low + high) / 2
		name, c, err := n.at(mid, count)
		if err != nil {
			return nil, nil, fmt.Errorf("search: names: name %d: %w", mid, err)
		}
		switch strings.Compare(folded, string(name)) {
		case 0:
			for range c.Len(2) {
				spelling := c.Text()
				list := &variants
				if spelling == asked || spelling == "" && folded == asked {
					list = &exact
				}
				for range c.Len(3) {
					b, until := bearer{c.Below(villages), c.Count()}, c.Count()
					if c.Err() == nil && visible(until, day) && wanted(b.village) {
						*list = append(*list, b)
					}
				}
			}
			if err := c.Err(); err != nil {
				return nil, nil, fmt.Errorf("search: names: name %d: %w", mid, err)
			}
			return exact, variants, nil
		case 1:
			low = mid + 1
		default:
			high = mid
		}
	}
	return nil, nil, nil
}

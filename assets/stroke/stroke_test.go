package stroke

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestFirstStrokes(t *testing.T) {
	for i, chars := range []string{"王李杨黄胡林草艹龙長", "吴卢田国北非小門叶吕", "周徐何钟白丹朱钱任", "方许郑谢高江门义为𣲗刘郭", "张陈孙邓女习书丑邵马"} {
		for _, r := range chars {
			if got, ok := First(r); got != byte(i+1) || !ok {
				t.Errorf("First(%c) = %d %v, want %d", r, got, ok, i+1)
			}
		}
	}
	for _, r := range "a1·（\x00\U0010ffff\ufffd\U000e0100" {
		if got, ok := First(r); ok {
			t.Errorf("First(%U) = %d", r, got)
		}
		if code := Code(r); code != "" {
			t.Errorf("Code(%U) = %s", r, code)
		}
	}
}

// TestGB2312: every character that any old list is written with can be begun.
func TestGB2312(t *testing.T) {
	found := 0
	for row := byte(0xB0); row <= 0xF7; row++ {
		for cell := byte(0xA1); cell <= 0xFE; cell++ {
			char, err := simplifiedchinese.GBK.NewDecoder().Bytes([]byte{row, cell})
			if err != nil {
				t.Fatal(err)
			}
			r := []rune(string(char))[0]
			if row == 0xD7 && cell > 0xF9 {
				continue // not assigned
			}
			if _, ok := First(r); !ok {
				t.Errorf("%c (%U) has no first stroke", r, r)
			}
			found++
		}
	}
	if found != 6763 {
		t.Errorf("GB 2312 has %d characters", found)
	}
}

// TestStandardCharacters is the law of the table: each of the 8,105 standard characters (规范字) has a code, and on each of their
// 3 levels the codes ascend, by their number of strokes and then stroke by stroke, as the state's table of them is ordered
// (通用规范汉字表, 2013, after GF 3003-1999). So a stroke too many, one of another kind, or two that are exchanged is found without knowing how the
// character is written. Of 3 the dictionary's code does not stand where the table has the character.
func TestStandardCharacters(t *testing.T) {
	text, err := os.ReadFile("testdata/standard.txt")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for level := range strings.Lines(string(text)) {
		before := ""
		for _, r := range strings.TrimSpace(level) {
			found++
			code := Code(r)
			switch {
			case code == "":
				t.Errorf("how %c (%U) is written is not known", r, r)
			case strings.ContainsRune("彘铽鄜", r):
			case len(code) < len(before) || len(code) == len(before) && code < before:
				t.Errorf("%c is written %s, but stands behind %s", r, code, before)
			default:
				before = code
			}
		}
	}
	if found != 8105 {
		t.Errorf("there are %d standard characters", found)
	}
}

// codes reads the whole table: each character's strokes as digits. It fails unless they fill the file exactly.
func codes(t *testing.T, of table) map[rune]string {
	t.Helper()
	out := map[rune]string{}
	at := 0
	bit := func() int {
		b := int(of.rest[at/8] >> (at % 8) & 1)
		at++
		return b
	}
	heads := of.heads
	for block := range slices.Chunk(of.blocks, blockSize) {
		if from := int(binary.LittleEndian.Uint32(block[6:])); from != at {
			t.Fatalf("a block begins at bit %d, the one before it ends at %d", from, at)
		}
		for there := binary.LittleEndian.Uint64(block[10:]); there != 0; there &= there - 1 {
			code := []byte{'1' + heads[0]%kinds}
			for range heads[0] / kinds {
				stroke := byte('1') // 横 00, 竖 01
				switch {
				case bit() == 0:
					stroke += byte(bit())
				case bit() == 0: // 点 10
					stroke = '4'
				default: // 撇 110, 折 111
					stroke = "35"[bit()]
				}
				code = append(code, stroke)
			}
			out[rune(binary.LittleEndian.Uint16(block))<<6|rune(bits.TrailingZeros64(there))] = string(code)
			heads = heads[1:]
		}
	}
	if left := 8*len(of.rest) - at; left < 0 || left > 7 {
		t.Errorf("%d bits are nobody's", left)
	}
	return out
}

// TestTheTableIsTheOneThatWasMade: what is inside is what tools/strokes made of the dictionary that NOTICE names.
func TestTheTableIsTheOneThatWasMade(t *testing.T) {
	const made = "84aa913127c4781d0cc79c97d161fe2ef156ba2b6806572819f7fd2657c4057f"
	if got := fmt.Sprintf("%x", sha256.Sum256(embedded)); got != made {
		t.Errorf("strokes.bin is %s: if it was made anew, say so here and in NOTICE", got)
	}
}

// TestWholeCodes: the strokes behind the first are those that are taught.
func TestWholeCodes(t *testing.T) {
	inside, ok := read(embedded)
	if !ok {
		t.Fatal("the table is damaged")
	}
	all := codes(t, inside)
	if len(all) != 75_169 {
		t.Errorf("%d characters", len(all))
	}
	for r, want := range map[rune]string{
		'一': "1", '王': "1121", '火': "4334", '女': "531", '方': "4153", '必': "45434", '凸': "21251", '龙': "13534", '草': "122251112",
		'长': "3154", '張': "51512111534", '𬱖': "25121132534", '𬨂': "15213515", '字': "445521",
	} {
		if all[r] != want {
			t.Errorf("%c is written %s, want %s", r, all[r], want)
		}
	}
	for r, code := range all {
		if got, ok := First(r); !ok || '0'+got != code[0] || Code(r) != code {
			t.Fatalf("First(%c) = %d, Code(%c) = %s, it is written %s", r, got, r, Code(r), code)
		}
	}
}

// FuzzRead: a table that is accepted answers for every character, and every character of it is a stroke.
func FuzzRead(f *testing.F) {
	small := []byte{2, 0}
	small = append(small, 0x39, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0)
	small = append(small, 0x3a, 1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)
	small = append(small, 3, 0, 0, 0, 0, 1, 2)
	f.Add(small)
	f.Add(embedded[:4096])
	f.Add([]byte{0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		of, ok := read(b)
		if !ok {
			return
		}
		found := 0
		for block := range slices.Chunk(of.blocks, blockSize) {
			for i := range rune(64) {
				if stroke, ok := of.first(rune(binary.LittleEndian.Uint16(block))<<6 | i); ok {
					r := rune(binary.LittleEndian.Uint16(block))<<6 | i
					if found++; stroke < 1 || stroke > kinds || of.code(r)[0] != '0'+stroke || strings.Trim(of.code(r), "12345") != "" {
						t.Fatalf("stroke %d of %s", stroke, of.code(r))
					}
				}
			}
		}
		if found != len(of.heads) {
			t.Fatalf("%d of %d characters are found", found, len(of.heads))
		}
	})
}

func BenchmarkFirst(b *testing.B) {
	for b.Loop() {
		First('王')
	}
}

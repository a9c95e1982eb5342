package intake

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// A sheet (工作表) is what every reader of a file format yields: rows of text, as a clerk sees them.
//
// This is the seam between the formats and the rules. A reader knows bytes, encodings and cells; it knows no heading, no
// dataset and no rule. What it cannot read is an error that names the row.
type sheet interface {
	// name is the sheet's name in its file; empty where the format has none.
	name() string
	// next returns the row's number, counted from 1 as the sheet shows it, and its cells; io.EOF after the last. The slice is
	// reused, the texts stay.
	next() (row int64, cells []string, err error)
}

// A brokenRow is a row that a reader cannot take apart. Reading goes on after it.
type brokenRow struct{ rule, hint string }

func (e *brokenRow) Error() string { return e.rule }

// maxRow is the longest row that is read; a policy's whole text fits.
const maxRow = 4 << 20

// The encodings of text files, as the report names them.
const (
	utf8Plain = "UTF-8"
	utf8BOM   = "UTF-8-BOM"
	utf16LE   = "UTF-16LE-BOM"
	utf16BE   = "UTF-16BE-BOM"
	gb18030   = "GB18030"
)

// textFile is a csv or txt file as one sheet.
type textFile struct {
	in    *bufio.Reader
	sep   string
	line  int64 // of the next line
	cells []string
	long  []byte
}

// openText finds the encoding of a text file and the sign between its cells, and returns it as a sheet.
func openText(f *os.File) (s *textFile, encoding string, err error) {
	encoding, err = findEncoding(f)
	if err != nil {
		return nil, "", err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, "", err
	}
	return newText(f, encoding)
}

func newText(r io.Reader, encoding string) (*textFile, string, error) {
	switch encoding {
	case gb18030:
		r = transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder())
	case utf16LE:
		r = transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder())
	case utf16BE:
		r = transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder())
	}
	s := &textFile{in: bufio.NewReaderSize(r, 1<<18), line: 1, sep: ","}
	if encoding == utf8BOM {
		if _, err := s.in.Discard(3); err != nil {
			return nil, "", err
		}
	}
	head, err := s.in.Peek(1 << 14)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", err
	}
	head, _, _ = bytes.Cut(head, []byte("\n"))
	for _, sep := range []string{"\t", "，"} {
		if strings.Count(string(head), sep) > strings.Count(string(head), s.sep) {
			s.sep = sep
		}
	}
	return s, encoding, nil
}

// findEncoding goes by the byte order mark, then by whether all of it is UTF-8; whatever is not is read as GB18030, which
// contains GBK and GB2312.
func findEncoding(r io.Reader) (string, error) {
	in := bufio.NewReaderSize(r, 1<<18)
	head, err := in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	bom := ""
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return utf16LE, nil
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return utf16BE, nil
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		bom = utf8BOM
	}
	buf := make([]byte, 1<<17)
	kept := 0
	for {
		n, err := io.ReadFull(in, buf[kept:])
		part := buf[:kept+n]
		whole := len(part)
		if err == nil {
			// A character may be cut by the end of the buffer; it is judged with the next part.
			for whole > 0 && whole > len(part)-utf8.UTFMax && !utf8.RuneStart(part[whole-1]) {
				whole--
			}
			if whole > 0 && part[whole-1] >= utf8.RuneSelf {
				whole--
			}
		}
		if !utf8.Valid(part[:whole]) {
			if bom != "" {
				return bom, nil // the rows that are broken will be named
			}
			return gb18030, nil
		}
		kept = copy(buf, part[whole:])
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			if bom != "" {
				return bom, nil
			}
			return utf8Plain, nil
		}
		if err != nil {
			return "", err
		}
	}
}

func (s *textFile) name() string { return "" }

func (s *textFile) next() (int64, []string, error) {
	row := s.line
	text, err := s.readRow()
	if err != nil {
		return row, nil, err
	}
	s.cells = s.cells[:0]
	if strings.IndexByte(text, '"') < 0 {
		for {
			i := strings.Index(text, s.sep)
			if i < 0 {
				break
			}
			s.cells = append(s.cells, text[:i])
			text = text[i+len(s.sep):]
		}
		s.cells = append(s.cells, text)
		return row, s.cells, nil
	}
	for {
		cell, rest, more, err := s.cutCell(text)
		if err != nil {
			return row, nil, err
		}
		s.cells = append(s.cells, cell)
		if !more {
			return row, s.cells, nil
		}
		text = rest
	}
}

// readRow returns the text of one row without its line end. Within quotes a row goes over several lines.
func (s *textFile) readRow() (string, error) {
	s.long = s.long[:0]
	quotes := 0
	for {
		part, err := s.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return "", err
		}
		if len(part) == 0 && len(s.long) == 0 {
			return "", io.EOF
		}
		ended := err == nil
		if ended {
			s.line++
		}
		quotes += bytes.Count(part, []byte{'"'})
		last := errors.Is(err, io.EOF)
		if len(s.long) == 0 && quotes%2 == 0 && (ended || last) {
			return string(trimEnd(part)), nil
		}
		s.long = append(s.long, part...)
		if len(s.long) > maxRow {
			return "", &brokenRow{"从这一行起少了一个双引号，或者这不是文本表格", "请检查这一行的双引号是否成对，改好后再导入。"}
		}
		if last && quotes%2 == 1 {
			return "", &brokenRow{"从这一行起少了一个双引号，后面的内容分不开", "请检查这一行的双引号是否成对，改好后再导入。"}
		}
		if quotes%2 == 0 && (ended || last) {
			return strings.ReplaceAll(string(trimEnd(s.long)), "\r\n", "\n"), nil
		}
	}
}

func trimEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// cutCell takes the first cell off a row that has quotation marks in it.
func (s *textFile) cutCell(text string) (cell, rest string, more bool, err error) {
	if !strings.HasPrefix(text, `"`) {
		cell, rest, more = strings.Cut(text, s.sep)
		if strings.Contains(cell, `"`) {
			return "", "", false, &brokenRow{"双引号写在了一格的中间", "请把这一格用双引号整个括起来，里面的双引号写两个。"}
		}
		return cell, rest, more, nil
	}
	var b strings.Builder
	for text = text[1:]; ; {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return "", "", false, &brokenRow{"这一行的双引号不成对", "请检查这一行的双引号，改好后再导入。"}
		}
		b.WriteString(text[:i])
		text = text[i+1:]
		if strings.HasPrefix(text, `"`) {
			b.WriteByte('"')
			text = text[1:]
			continue
		}
		if text == "" {
			return b.String(), "", false, nil
		}
		if rest, ok := strings.CutPrefix(text, s.sep); ok {
			return b.String(), rest, true, nil
		}
		return "", "", false, &brokenRow{"双引号后面还有别的字", "请把这一格用双引号整个括起来，里面的双引号写两个。"}
	}
}

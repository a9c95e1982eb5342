package word

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// call is one use of Say in the tree.
type call struct {
	at   token.Position
	key  string // empty where it is no literal
	args int    // -1 where they are spread
}

// calls finds every word.Say in the module.
func calls(t *testing.T) []call {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var out []call
	fset := token.NewFileSet()
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "out") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !strings.Contains(string(src), "word.Say") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, src, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := c.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Say" {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "word" || len(c.Args) == 0 {
				return true
			}
			u := call{at: fset.Position(c.Pos()), args: len(c.Args) - 1}
			if lit, ok := c.Args[0].(*ast.BasicLit); ok {
				u.key, _ = strconv.Unquote(lit.Value)
			}
			if c.Ellipsis.IsValid() {
				u.args = -1
			}
			out = append(out, u)
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("nothing in the tree says anything")
	}
	return out
}

var hole = regexp.MustCompile(`\{[0-9]\}`)

func TestEveryKeyIsThereAndUsed(t *testing.T) {
	used := map[string]bool{}
	for _, c := range calls(t) {
		text, ok := catalogue()[c.key]
		if !ok {
			t.Errorf("%s: the catalogue has no text for %q; keys are literals so that this test can read them", c.at, c.key)
			continue
		}
		used[c.key] = true
		holes := hole.FindAllString(text, -1)
		slices.Sort(holes)
		if n := len(slices.Compact(holes)); c.args >= 0 && n != c.args {
			t.Errorf("%s: %s has %d places to fill and is given %d", c.at, c.key, n, c.args)
		}
	}
	for key := range catalogue() {
		if !used[key] {
			t.Errorf("nobody says %s", key)
		}
	}
}

func TestHolesAreCountedFromNought(t *testing.T) {
	for key, text := range catalogue() {
		holes := hole.FindAllString(text, -1)
		slices.Sort(holes)
		for i, h := range slices.Compact(holes) {
			if h != "{"+strconv.Itoa(i)+"}" {
				t.Errorf("%s skips a number: %s", key, text)
			}
		}
	}
}

// TestPunctuation: beside Chinese stand ，。：？（）；！, and never their narrow forms.
func TestPunctuation(t *testing.T) {
	for key, text := range catalogue() {
		rs := []rune(hole.ReplaceAllString(text, "字"))
		for i, r := range rs {
			if !strings.ContainsRune(`,.:;?!()"'`, r) {
				continue
			}
			if i > 0 && unicode.Is(unicode.Han, rs[i-1]) || i+1 < len(rs) && unicode.Is(unicode.Han, rs[i+1]) {
				t.Errorf("%s: %q beside Chinese in %s", key, r, text)
			}
		}
	}
}

// TestPlainWords: no English but U盘, no word of the trade that a villager does not use.
func TestPlainWords(t *testing.T) {
	english := regexp.MustCompile(`[A-Za-z]+`)
	for key, text := range catalogue() {
		for _, w := range english.FindAllString(strings.ReplaceAll(text, "U盘", ""), -1) {
			t.Errorf("%s: %q is no word for a villager: %s", key, w, text)
		}
		for _, jargon := range []string{"同步", "加载", "页面不存在", "服务器", "数据库", "错误代码", "网络异常", "请求", "用户", "登录"} {
			if strings.Contains(text, jargon) {
				t.Errorf("%s: %q is jargon: %s", key, jargon, text)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"a", "a=b", " = b", "a = ", "a = b\na = c", "a  = b", "a =  b"} {
		if texts, err := parse(s); err == nil {
			t.Errorf("%q was read as %v", s, texts)
		}
	}
	texts, err := parse("# words\n\na = b = c\n")
	if err != nil || texts["a"] != "b = c" {
		t.Errorf("got %v, %v", texts, err)
	}
}

func TestUnknownKeyPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an unknown key said something")
		}
	}()
	say := Say
	say("no such key")
}

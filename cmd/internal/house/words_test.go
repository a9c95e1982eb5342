package house

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestPackageDocs: a package is a paragraph. It says who the parties are, what lies where and what is promised.
func TestPackageDocs(t *testing.T) {
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ours(t) {
		// Doc is only the first sentence; the paragraph is read from the source.
		text := packageDoc(t, p)
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command " + filepath.Base(p.Dir) + " "
		}
		rel, _ := filepath.Rel(dir, p.Dir)
		if !strings.HasPrefix(text, want) {
			t.Errorf("%s: its comment does not begin with %q", rel, want)
		}
		if n := len(strings.Fields(text)); n < 12 {
			t.Errorf("%s: %d words do not say what the package is for", rel, n)
		}
	}
}

// TestTerms: TERMS.md and the code use the same words. Each row names a type, where it lives and its Chinese term; the
// type's comment carries the term.
func TestTerms(t *testing.T) {
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	terms, err := os.ReadFile(filepath.Join(dir, "TERMS.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `([a-z]+)\\.([A-Z][A-Za-z]+)` \\| ([^|]+?) \\|")
	comments := map[string]map[string]string{}
	found := 0
	for _, m := range row.FindAllStringSubmatch(string(terms), -1) {
		found++
		if comments[m[1]] == nil {
			comments[m[1]] = typeComments(t, m[1])
		}
		comment, ok := comments[m[1]][m[2]]
		switch {
		case !ok:
			t.Errorf("TERMS.md names %s.%s, which does not exist", m[1], m[2])
		case !strings.Contains(comment, m[3]):
			t.Errorf("the comment of %s.%s does not carry its term %s", m[1], m[2], m[3])
		}
	}
	if found < 20 {
		t.Errorf("TERMS.md has only %d rows that the test can read", found)
	}
	// And back: every exported type of the vocabulary is in TERMS.md.
	for name := range typeComments(t, "disclosure") {
		if unicode.IsUpper(rune(name[0])) && !strings.Contains(string(terms), "`disclosure."+name+"`") {
			t.Errorf("disclosure.%s is not in TERMS.md", name)
		}
	}
}

// TestDoors: app/README.md and sync/README.md are doors, with one line for each package that is there and none for others.
func TestDoors(t *testing.T) {
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	for _, door := range []string{"app", "sync"} {
		text, err := os.ReadFile(filepath.Join(dir, door, "README.md"))
		if err != nil {
			t.Error(err)
			continue
		}
		there := map[string]bool{}
		for _, p := range ours(t) {
			if rest, ok := strings.CutPrefix(p.short(), door+"/"); ok && !strings.Contains(rest, "/") {
				there[rest] = true
			}
			if p.short() == door {
				t.Errorf("a Go file lies directly in %s/", door)
			}
		}
		named := map[string]bool{}
		for _, m := range regexp.MustCompile("(?m)^[-|] ?`?\\[?`?([a-z]+)/?`?").FindAllStringSubmatch(string(text), -1) {
			named[m[1]] = true
		}
		for name := range there {
			if !named[name] {
				t.Errorf("%s/README.md has no line for %s", door, name)
			}
		}
		for name := range named {
			if !there[name] {
				t.Errorf("%s/README.md has a line for %s, which is not there", door, name)
			}
		}
	}
}

// TestDependenciesAreAccountedFor: every direct requirement of go.mod has its line in docs/decisions/0001-dependencies.md.
func TestDependenciesAreAccountedFor(t *testing.T) {
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	decision, err := os.ReadFile(filepath.Join(dir, "docs", "decisions", "0001-dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for line := range strings.Lines(string(mod)) {
		f := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(f) < 2 || !strings.HasPrefix(f[1], "v") || strings.Contains(line, "// indirect") {
			continue
		}
		direct++
		if !strings.Contains(string(decision), "`"+f[0]+"`") {
			t.Errorf("%s has no line in docs/decisions/0001-dependencies.md", f[0])
		}
	}
	if direct < 5 {
		t.Errorf("only %d direct requirements were read from go.mod", direct)
	}
}

// stock are the selectors of Fyne's widget and container packages that a screen may use: the bones of a widget of our own.
// Stock widgets lose taps that move by two units (docs/decisions).
var stock = map[string][]string{
	"widget":    {"BaseWidget", "NewSimpleRenderer"},
	"container": {"NewWithoutLayout"},
	"dialog":    {},
}

// TestNoStockWidgets reads the imports and selectors of every file that may touch Fyne.
func TestNoStockWidgets(t *testing.T) {
	files := 0
	for _, p := range ours(t) {
		if p.short() != "app/screen" && p.short() != "app/screen/kit" && p.short() != "cmd/kiosk" {
			continue
		}
		for _, name := range p.GoFiles {
			files++
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			fyne := map[string]bool{}
			for _, imp := range f.Imports {
				if path := strings.Trim(imp.Path.Value, `"`); strings.HasPrefix(path, "fyne.io/fyne/v2/") {
					fyne[filepath.Base(path)] = true
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				x, ok := sel.X.(*ast.Ident)
				if !ok || !fyne[x.Name] {
					return true
				}
				allowed, guarded := stock[x.Name]
				if guarded && !slices.Contains(allowed, sel.Sel.Name) {
					t.Errorf("%s uses %s.%s: screens are drawn with our own surface", fset.Position(sel.Pos()), x.Name, sel.Sel.Name)
				}
				return true
			})
		}
	}
	if files == 0 {
		t.Error("no file that touches Fyne was read")
	}
}

func packageDoc(t *testing.T, p pkg) string {
	t.Helper()
	var text string
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		if f.Doc != nil {
			text += f.Doc.Text()
		}
	}
	return text
}

// typeComments returns the comment of each exported type of the package whose last path element is name.
func typeComments(t *testing.T, name string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range ours(t) {
		if p.Name != name {
			continue
		}
		fset := token.NewFileSet()
		var files []*ast.File
		for _, file := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, file), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		d, err := doc.NewFromFiles(fset, files, p.ImportPath)
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range d.Types {
			out[typ.Name] = typ.Doc
			for _, spec := range typ.Decl.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok && s.Doc != nil {
					out[s.Name.Name] += s.Doc.Text()
				}
			}
		}
	}
	return out
}

package house

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// walls says which packages of ours each package may import (ARCHITECTURE.md, "Who may import whom"). A folder ending in /
// stands for everything below it. What is not listed may import nothing of ours.
var walls = map[string][]string{
	"app/disclosure":       {},
	"app/pinyin":           {"assets/reading"},
	"app/speech":           {"app/pinyin", "assets/"},
	"app/slip":             {"assets/"},
	"app/colour":           {},
	"app/outline":          {},
	"app/internal/section": {},
	"app/internal/prose":   {"app/pinyin", "app/internal/section"},
	"app/internal/roll":    {"app/internal/section"},
	"app/search":           {"app/pinyin", "app/internal/prose", "app/internal/section", "assets/stroke"},
	"app/book":             {"app/disclosure", "app/search", "app/internal/roll", "app/internal/section"},
	"app/book/contents":    {"app/disclosure"},
	"app/book/booktest":    {"app/book/contents", "app/disclosure"},
	"app/practice":         {"app/book/contents", "app/disclosure"},
	"app/input":            {"app/pinyin", "app/search", "assets/"},
	"app/input/hand":       {},
	"app/feedback":         {"app/disclosure"},
	"app/kiosk":            {"assets/", "app/book", "app/disclosure", "app/feedback", "app/input", "app/outline", "app/search", "app/slip", "app/speech"},
	"app/screen":           {"app/colour", "app/kiosk", "app/screen/", "assets/"},
	"app/screen/kit":       {"app/kiosk", "assets/"},
	"app/sample":           {"assets/", "app/disclosure", "app/feedback"},

	"sync/edition":         {},
	"sync/trust":           {},
	"sync/seal":            {},
	"sync/health":          {},
	"sync/depot":           {"sync/edition"},
	"sync/depot/depottest": {"sync/depot", "sync/edition"},
	"sync/stick":           {"sync/depot", "sync/edition", "sync/trust"},
	"sync/officetest":      {"sync/edition", "sync/stick", "sync/trust"},
	"sync/store":           {"sync/edition"},
	"sync/pull":            {"sync/depot", "sync/edition", "sync/trust"},
	"sync/outbox":          {"sync/depot", "sync/seal"},
	"sync/courier":         {"sync/depot", "sync/health", "sync/outbox", "sync/pull"},
	"sync/courier/fleet":   {"sync/courier"},

	"assets/": {},
	"cmd/":    {"app/", "sync/", "assets/", "cmd/"},
}

// homes says where alone a library may be imported.
var homes = map[string][]string{
	// The last is what the product's screens are measured against, with the stock widgets that they do without.
	"fyne.io/fyne/v2":                         {"app/screen", "app/screen/kit", "cmd/kiosk", "cmd/internal/benchscreen/stock"},
	"go.etcd.io/bbolt":                        {"app/book", "sync/store"},
	"github.com/go-resty/resty/v2":            {"sync/depot"},
	"modernc.org/sqlite":                      {"cmd/office/internal/ledger"},
	"database/sql":                            {"cmd/office/internal/ledger"},
	"github.com/pressly/goose/v3":             {"cmd/office/internal/ledger"},
	"github.com/klauspost/compress":           {"sync/edition", "sync/officetest", "cmd/office/internal/ledger"},
	"golang.org/x/crypto/chacha20poly1305":    {"sync/edition"},
	"golang.org/x/text/encoding":              {"cmd/office/internal/intake"},
	"rsc.io/qr":                               {"app/screen"},
	"codeberg.org/go-pdf/fpdf":                {"app/slip"},
	"golang.org/x/crypto/argon2":              {"cmd/internal/pin"},
	"github.com/jezek/xgb":                    {"cmd/internal/finger"},
	"github.com/hanwen/go-fuse/v2":            {"cmd/internal/faults"},
	"github.com/theupdateframework/go-tuf/v2": {"sync/trust"},
	"filippo.io/age":                          {"sync/trust"},
	"golang.org/x/term":                       {"cmd/office"},
	"github.com/minio/minio-go/v7":            {"cmd/office/internal/mirror", "cmd/office/internal/mirror/s3test"},
}

func TestLayers(t *testing.T) {
	for _, p := range ours(t) {
		allowed := allowedFor(p.short())
		for _, imp := range p.Imports {
			short, own := strings.CutPrefix(imp, module+"/")
			if !own {
				continue
			}
			if !slices.ContainsFunc(allowed, func(a string) bool { return matches(short, a) }) {
				t.Errorf("%s imports %s: the wall between them is in house/layers_test.go and ARCHITECTURE.md", p.short(), short)
			}
		}
	}
}

func TestLibrariesStayAtHome(t *testing.T) {
	for _, p := range ours(t) {
		for _, imp := range p.Imports {
			for lib, where := range homes {
				if (imp == lib || strings.HasPrefix(imp, lib+"/")) && !slices.Contains(where, p.short()) {
					t.Errorf("%s imports %s, which may only be used in %s", p.short(), imp, strings.Join(where, ", "))
				}
			}
		}
	}
}

// TestWallsStand guards the guard: a wall between packages that do not exist protects nothing, and app must never reach sync.
func TestWallsStand(t *testing.T) {
	for from, tos := range walls {
		for _, to := range tos {
			if top(from) == "app" && top(to) == "sync" || top(from) == "sync" && top(to) == "app" {
				t.Errorf("the table lets %s import %s: app and sync do not import each other", from, to)
			}
		}
	}
	if allowed := allowedFor("app/search"); slices.ContainsFunc(allowed, func(a string) bool { return matches("sync/store", a) }) {
		t.Error("the table lets search import store")
	}
}

// TestOfficeWithoutScreen: the office runs on a server without graphics and without a C library.
func TestOfficeWithoutScreen(t *testing.T) {
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := list(dir, []string{"CGO_ENABLED=0"}, "./cmd/office")
	if err != nil {
		t.Fatalf("the office does not list with CGO_ENABLED=0: %v", err)
	}
	if len(pkgs) != 1 || !slices.Contains(pkgs[0].Deps, module+"/sync/edition") {
		t.Fatalf("go list did not say what the office is made of: %v", pkgs)
	}
	for _, dep := range pkgs[0].Deps {
		if strings.HasPrefix(dep, "fyne.io/") || dep == "runtime/cgo" {
			t.Errorf("the office links %s", dep)
		}
	}
}

func allowedFor(short string) []string {
	if a, ok := walls[short]; ok {
		return a
	}
	return walls[top(short)+"/"]
}

func matches(short, allowed string) bool {
	return short == allowed || strings.HasSuffix(allowed, "/") && strings.HasPrefix(short, allowed)
}

func top(short string) string {
	first, _, _ := strings.Cut(path.Clean(short), "/")
	return first
}

func ours(t *testing.T) []pkg {
	t.Helper()
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := list(dir, nil, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 10 {
		t.Fatalf("go list found only %d packages of ours", len(pkgs))
	}
	return pkgs
}

package hands

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"mingbai.local/app/input/hand"
)

// archive puts an archive of the files into a folder, and makes it the source for as long as the test runs.
func archive(t *testing.T, of *source, dir string, files ...string) {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	out := tar.NewWriter(zip)
	for i := 0; i < len(files); i += 2 {
		if err := out.WriteHeader(&tar.Header{Name: "package/" + files[i], Mode: 0o644, Size: int64(len(files[i+1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	before := *of
	t.Cleanup(func() { *of = before })
	of.sha256 = fmt.Sprintf("%x", sha256.Sum256(b.Bytes()))
	if err := os.WriteFile(filepath.Join(dir, of.file), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestMedians(t *testing.T) {
	dir := t.TempDir()
	archive(t, &mediansSource, dir,
		"十.json", `{"strokes":["M"],"medians":[[[100,400],[900,420]],[[500,900],[500,-100]]]}`,
		"⺀.json", `{"medians":[[[1,1],[2,2]]]}`, "一.json", `{"medians":[[[100,400],[900,420]]]}`,
		"all.json", `{}`, "README.md", "no ink")
	got, err := Medians(dir)
	want := []Writing{
		{'一', hand.Ink{{{X: 100, Y: 500}, {X: 900, Y: 480}}}},
		{'十', hand.Ink{{{X: 100, Y: 500}, {X: 900, Y: 480}}, {{X: 500, Y: 0}, {X: 500, Y: 1000}}}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
}

func TestTomoe(t *testing.T) {
	dir := t.TempDir()
	archive(t, &tomoeSource, dir, "README.txt", "no ink", "handwriting-ja.xml", `<?xml version="1.0"?><dictionary>
<character><utf8>&#x3042;</utf8><strokes><stroke><point x="1" y="2"/></stroke></strokes></character>
<character><utf8>&#x4E00;</utf8><strokes><stroke><point x="100" y="500"/><point x="900" y="480"/></stroke></strokes></character></dictionary>`)
	got, err := Tomoe(dir)
	if want := []Writing{{'一', hand.Ink{{{X: 100, Y: 500}, {X: 900, Y: 480}}}}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v %v", got, err)
	}
}

// TestSwappedSource: a source that is not the known one makes no table, whatever lies in it.
func TestSwappedSource(t *testing.T) {
	dir := t.TempDir()
	archive(t, &mediansSource, dir, "一.json", `{"medians":[[[1,1],[2,2]]]}`)
	mediansSource.sha256 = strings.Repeat("0", 64)
	if got, err := Medians(dir); err == nil || !strings.Contains(err.Error(), "SHA-256") || got != nil {
		t.Errorf("%v %v", got, err)
	}
	if _, err := Tomoe(dir); err == nil || !strings.Contains(err.Error(), "make hand-sources") {
		t.Errorf("without a source: %v", err)
	}
}

// TestComposed: a character without medians is made of those of its parts, side by side, within, or as its traditional one is.
func TestComposed(t *testing.T) {
	dir := t.TempDir()
	archive(t, &partsSource, dir, "cjk-decomp.txt.js", "module.exports = `11111:a(口,口)\n品:d(口,11111)\n回:s/t(口,口)\n明:a(日,月)\n頔:a(由,頁)\n吅:ra(口)\n"+
		"知:lock(矢,口)\n甲:c()\n口:c()\n`;\n", "index.js", "no parts")
	all, err := readParts(dir)
	if err != nil {
		t.Fatal(err)
	}
	square := hand.Ink{{{X: 0, Y: 0}, {X: 0, Y: 100}}, {{X: 0, Y: 0}, {X: 100, Y: 0}, {X: 100, Y: 100}}, {{X: 0, Y: 100}, {X: 100, Y: 100}}}
	medians := []Writing{{'口', square}, {'由', square}, {'页', square[:1]}, {'矢', square}}
	b := &builder{all, map[rune][]rune{'頁': {'页'}}, map[string]hand.Ink{}}
	got := compose(b, map[rune][]rune{'𬱖': {'頔'}}, medians, []rune("口品回明𬱖吅知甲"))
	made := map[rune]hand.Ink{}
	for _, w := range got {
		made[w.Rune] = w.Ink
	}
	strokes := map[rune]int{'品': 9, '回': 6, '𬱖': 4, '吅': 6}
	if len(made) != len(strokes) {
		t.Errorf("%d characters were made", len(made))
	}
	for r, n := range strokes {
		if len(made[r]) != n {
			t.Errorf("%c is written with %d strokes, not %d", r, len(made[r]), n)
		}
		for _, s := range made[r] {
			for _, p := range s {
				if p.X < 0 || p.Y < 0 || p.X > 1000 || p.Y > 1000 {
					t.Errorf("%c: %v is outside", r, p)
				}
			}
		}
	}
	upper, _ := bounds(made['品'][:3])
	lower, _ := bounds(made['品'][3:])
	_, left := bounds(made['品'][3:6])
	right, _ := bounds(made['品'][6:])
	if upper.Y >= lower.Y || left.X >= right.X {
		t.Errorf("the parts of 品 lie at %v, %v, %v, %v", upper, lower, left, right)
	}
	outer, _ := bounds(made['回'][:3])
	inside, _ := bounds(made['回'][3:])
	if inside.X <= outer.X || inside.Y <= outer.Y {
		t.Errorf("the parts of 回 lie at %v and %v", outer, inside)
	}
}

// TestHands: the same seed makes the same ink, another another; a hand joins strokes as often as it is said to; and neither maker
// touches what it is given.
func TestHands(t *testing.T) {
	ink := hand.Ink{{{X: 100, Y: 100}, {X: 900, Y: 110}}, {{X: 100, Y: 500}, {X: 900, Y: 500}}, {{X: 480, Y: 80}, {X: 500, Y: 100}, {X: 510, Y: 600}, {X: 500, Y: 900}, {X: 440, Y: 860}}}
	before := fmt.Sprint(ink)
	joined := 0
	for n := range uint64(300) {
		for name, in := range map[string]func(seed, nth uint64) hand.Ink{
			"trained": func(seed, nth uint64) hand.Ink { return Trained(ink, seed, nth) },
			"test":    func(seed, nth uint64) hand.Ink { return Hand{0.2, 0.6}.Test(ink, seed, nth) },
		} {
			one, again, other := in(1, n), in(1, n), in(2, n)
			if !reflect.DeepEqual(one, again) || reflect.DeepEqual(one, other) {
				t.Fatalf("%s %d: %v, again %v, with another seed %v", name, n, one, again, other)
			}
		}
		joined += 3 - len(Hand{0.2, 0.6}.Test(ink, 1, n))
		if got := len(Hand{1, 0}.Test(ink, 1, n)); got != 3 {
			t.Fatalf("%d strokes of 3", got)
		}
	}
	if share := float64(joined) / 600; share < 0.5 || share > 0.7 {
		t.Errorf("%.2f of the strokes are joined, 0.6 were to be", share)
	}
	if fmt.Sprint(ink) != before {
		t.Errorf("the ink has become %v", ink)
	}
}

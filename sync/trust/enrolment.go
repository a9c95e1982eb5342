package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// Enrolment (入网凭证) is the one file that makes a machine a county's kiosk: who it is, where its office is, whom it trusts. The office issues it.
// It holds the county key, so it is as confidential as the roll of names, and travels sealed by a code that is told apart from it.
type Enrolment struct {
	Format     int             `json:"format"` // 1
	Kiosk      string          `json:"kiosk"`  // YD-01
	Name       string          `json:"name"`   // 白水港村查询点
	County     string          `json:"county"` // division code, 6 digits
	CountyName string          `json:"county_name"`
	Emblem     string          `json:"emblem"` // one or two characters that stand for the county
	Place      string          `json:"place"`  // division code of the village where it stands, 12 digits
	Office     string          `json:"office"` // URL
	Root       json.RawMessage `json:"root"`
	CountyKey  []byte          `json:"county_key"` // 32 bytes, base64
	Panel      Panel           `json:"panel"`
	// PollMinutes is about how often the kiosk looks for a newer edition, until a timestamp says how often.
	PollMinutes int  `json:"poll_minutes"`
	Synthetic   bool `json:"synthetic"`
	// PIN is an argon2id hash of the staff's PIN (口令); without one nobody can do anything at the panel but look things up.
	PIN string `json:"pin,omitempty"`
	// Identity opens what the office seals to this kiosk (age, X25519): a new county key. An enrolment of an earlier office has none.
	Identity string `json:"identity,omitempty"`
	// Primary is the county's own colour, as in #0A5C4C. Whether it can be read is for the program to say that draws with it.
	Primary string `json:"primary,omitempty"`
}

// Panel is the screen, where the office knows it; 0 where not.
type Panel struct {
	WidthPx      int     `json:"width_px"`
	HeightPx     int     `json:"height_px"`
	DiagonalInch float64 `json:"diagonal_inch"`
}

const maxEnrolment = 64 << 10

var (
	kioskForm  = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)
	countyForm = regexp.MustCompile(`^[0-9]{6}$`)
	placeForm  = regexp.MustCompile(`^[0-9]{12}$`)
	pinForm    = regexp.MustCompile(`^\$argon2id\$[A-Za-z0-9+/=,$]{1,256}$`)
)

// ParseEnrolment reads an enrolment. Each error names the field and what belongs there.
func ParseEnrolment(b []byte) (Enrolment, error) {
	if len(b) > maxEnrolment {
		return Enrolment{}, fmt.Errorf("enrolment: %d bytes is over %d", len(b), maxEnrolment)
	}
	var e Enrolment
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return Enrolment{}, fmt.Errorf("enrolment: %w; ask the county office to issue it again", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Enrolment{}, errors.New("enrolment: goes on after its end; ask the county office to issue it again")
	}
	if err := e.check(); err != nil {
		return Enrolment{}, fmt.Errorf("enrolment: %w", err)
	}
	return e, nil
}

func (e Enrolment) check() error {
	u, err := url.Parse(e.Office)
	switch {
	case e.Format != 1:
		return fmt.Errorf("format is %d, this program reads 1", e.Format)
	case !kioskForm.MatchString(e.Kiosk):
		return fmt.Errorf("kiosk %q: letters, digits and - belong there", e.Kiosk)
	case e.Name == "" || e.CountyName == "":
		return errors.New("name and county_name must not be empty")
	case !countyForm.MatchString(e.County):
		return fmt.Errorf("county %q: a division code of 6 digits belongs there", e.County)
	case !placeForm.MatchString(e.Place) || !strings.HasPrefix(e.Place, e.County):
		return fmt.Errorf("place %q: a division code of 12 digits inside county %s belongs there", e.Place, e.County)
	case utf8.RuneCountInString(e.Emblem) < 1 || utf8.RuneCountInString(e.Emblem) > 2:
		return fmt.Errorf("emblem %q: one or two characters belong there", e.Emblem)
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.User != nil:
		return fmt.Errorf("office %q: an http or https URL belongs there", e.Office)
	case len(e.CountyKey) != 32:
		return fmt.Errorf("county_key is %d bytes: 32, in base64, belong there", len(e.CountyKey))
	case e.PollMinutes < 1 || e.PollMinutes > MaxPollMinutes:
		return fmt.Errorf("poll_minutes %d: 1 to %d belongs there", e.PollMinutes, MaxPollMinutes)
	case e.Panel.WidthPx < 0 || e.Panel.HeightPx < 0 || e.Panel.DiagonalInch < 0:
		return errors.New("panel: a size is negative")
	case e.Identity != "" && !isIdentity(e.Identity):
		return errors.New("identity: an age identity belongs there")
	case e.PIN != "" && !pinForm.MatchString(e.PIN):
		return errors.New("pin: an argon2id hash belongs there, never the PIN itself")
	}
	tm, err := openRoot(e.Root)
	if err != nil {
		return fmt.Errorf("root: %w", err)
	}
	if c, _ := tm.Root.Signed.UnrecognizedFields["x-county"].(string); c != e.County {
		return fmt.Errorf("root is of county %q, the enrolment of %q", c, e.County)
	}
	return nil
}

// Encode returns the enrolment as JSON, checked.
func (e Enrolment) Encode() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("enrolment: %w", err)
	}
	b, err := json.MarshalIndent(e, "", "  ")
	return append(b, '\n'), err
}

func isIdentity(s string) bool {
	_, err := age.ParseX25519Identity(s)
	return err == nil
}

// Why a sealed enrolment stays closed.
var (
	ErrSealed = errors.New("enrolment: is sealed, its code is missing")
	ErrCode   = errors.New("enrolment: another code seals it")
)

// A code has 53 bits, and one guess costs 32 MiB and a tenth of a second.
const (
	codeDigits = 16
	codeWork   = 15
)

var codeForm = regexp.MustCompile(`^[0-9]{4}(-?[0-9]{4}){3}$`)

// NewCode makes a code (入网码) by chance: sixteen digits in fours, which can be told over a telephone.
func NewCode() string {
	var b strings.Builder
	for i := range codeDigits {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte('0' + byte(below(10)))
	}
	return b.String()
}

// IsCode reports whether s is of the form of a code, with or without hyphens.
func IsCode(s string) bool { return codeForm.MatchString(s) }

// Seal closes an enrolment for its way to the kiosk. What comes out is text, so that any way will do.
func (e Enrolment) Seal(code string) ([]byte, error) {
	if !IsCode(code) {
		return nil, ErrCode
	}
	plain, err := e.Encode()
	if err != nil {
		return nil, err
	}
	sealed, err := sealedBy(strings.ReplaceAll(code, "-", ""), codeWork, plain)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := armor.NewWriter(&out)
	if _, err = w.Write(sealed); err == nil {
		err = w.Close()
	}
	return out.Bytes(), err
}

// IsSealed reports whether a file is a sealed enrolment.
func IsSealed(b []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(b), []byte(armor.Header)) }

// OpenEnrolment reads a sealed enrolment: ErrSealed without a code, ErrCode with another one.
func OpenEnrolment(b []byte, code string) (Enrolment, error) {
	switch {
	case code == "":
		return Enrolment{}, ErrSealed
	case !IsCode(code):
		return Enrolment{}, ErrCode
	case len(b) > 2*maxEnrolment:
		return Enrolment{}, fmt.Errorf("enrolment: %d bytes is over %d", len(b), 2*maxEnrolment)
	}
	sealed, err := io.ReadAll(armor.NewReader(bytes.NewReader(b)))
	if err != nil {
		return Enrolment{}, fmt.Errorf("enrolment: %w; ask the county office to issue it again", err)
	}
	plain, err := openedBy(strings.ReplaceAll(code, "-", ""), codeWork, sealed)
	if errors.Is(err, ErrPassphrase) {
		return Enrolment{}, ErrCode
	}
	if err != nil {
		return Enrolment{}, fmt.Errorf("enrolment: %w; ask the county office to issue it again", err)
	}
	return ParseEnrolment(plain)
}

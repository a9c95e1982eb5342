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
)

// Enrolment (入网凭证) is the one file that makes a machine a county's kiosk: who it is, where its office is, whom it trusts. The office issues it.
// It holds the county key, so it is as confidential as the roll of names.
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

package pull

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// Offer (来件) is what edition lies in a depot, as its signatures say.
type Offer struct {
	Edition int64
	AsOf    string
	Verdict trust.Verdict
}

// Look says what edition a depot offers and changes nothing: staff see what a stick holds before they take it. What cannot be taken is the error that
// Run would end with. Of the job it uses the depot, what the shelf remembers, the enrolment, the carrier and the time.
func Look(ctx context.Context, j Job) (Offer, error) {
	r := newRun(ctx, j)
	o, err := r.look()
	if err != nil {
		return Offer{}, fmt.Errorf("pull: look: %w", err)
	}
	return o, nil
}

func (r *run) look() (Offer, error) {
	state, err := r.state()
	if err != nil {
		return Offer{}, err
	}
	now, _ := state.Clock(r.Now(), r.Built)
	v, err := state.Accept(r.metadata, now, r.Carrier)
	if err != nil {
		return Offer{}, err
	}
	catalogs := map[string]edition.Ref{}
	for owner, t := range v.Catalogs {
		catalogs[owner] = edition.Ref(t)
	}
	e, err := edition.Load(catalogs, func(path string, ref edition.Ref) ([]byte, error) { return r.read(path, ref.Length) })
	switch {
	case err != nil && (FaultOf(err) != Internal || errors.Is(err, fs.ErrNotExist)):
		return Offer{}, err
	case err != nil: // its bytes are not those that were signed
		return Offer{}, &fault{Tampered, err}
	}
	if err := r.ours(e, v.Edition); err != nil {
		return Offer{}, err
	}
	return Offer{Edition: v.Edition, AsOf: e.AsOf, Verdict: v.Verdict}, nil
}

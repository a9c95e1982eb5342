package trust

import "time"

// Carrier is how an edition came.
type Carrier int

const (
	Network Carrier = iota // the kiosk looked by itself
	Asked                  // staff asked the kiosk to look
	Stick                  // somebody put in a USB stick (U盘)
)

// Verdict is what to do with an edition whose signatures are right.
type Verdict int

const (
	Apply      Verdict = iota // apply
	ApplyStale                // apply, and say that the source is stale
	Same                      // it is the one that serves
	Confirm                   // apply after staff have seen both dates
	ConfirmOld                // apply after staff have confirmed a second time, the date named
	TooOld                    // refuse until staff ask for it
	Older                     // refuse
)

// Grace is how long after its expiry an edition is still applied unasked. A forgotten re-signing must not stop all kiosks of a county.
const Grace = 30 * 24 * time.Hour

// Judge weighs an edition that is offered against the one that has been accepted (0: none). Serving never depends on time; applying does:
//
//	                                network             asked by staff      stick
//	newer, not expired              Apply               Apply               Confirm
//	newer, expired up to Grace      ApplyStale          ApplyStale          ConfirmOld
//	newer, expired for longer       TooOld              ApplyStale          ConfirmOld
//	the same                        Same                Same                Same
//	older                           Older               Older               Older
func Judge(have, offered int64, expires, now time.Time, c Carrier) Verdict {
	late := now.Sub(expires)
	switch {
	case offered < have:
		return Older
	case offered == have:
		return Same
	case c == Stick && late > 0:
		return ConfirmOld
	case c == Stick:
		return Confirm
	case late <= 0:
		return Apply
	case late <= Grace || c == Asked:
		return ApplyStale
	}
	return TooOld
}

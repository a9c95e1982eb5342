package pull

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"mingbai.local/sync/depot"
	"mingbai.local/sync/edition"
	"mingbai.local/sync/trust"
)

// Fault is what kind of thing went wrong, as staff would tell them apart.
type Fault int

const (
	None        Fault = iota
	Stopped           // the caller ended the run
	Busy              // another program is updating
	Unreachable       // the depot cannot be had now, or broke off
	NoEdition         // the depot answers and has no edition
	NotAnOffice       // what came is not from an office, as where a portal asks for a password
	Tampered          // what came is not what was signed
	Rollback          // an edition older than the one accepted
	Foreign           // another county's edition
	Expired           // too old to be taken unasked
	Newer             // needs a newer program
	Full              // no space
	Declined          // staff said no
	NotHanded         // closed with a county key that was not handed to this kiosk
	Internal          // anything else: disk, builder
)

// fault is an error whose kind is known where it arises.
type fault struct {
	kind Fault
	err  error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// errPage says that among what came there was a page for people, as a portal (登录页) puts in the place of any file.
var errPage = errors.New("pull: a page for people came instead of a file")

// FaultOf is the kind of an error of Run.
func FaultOf(err error) Fault {
	var f *fault
	var space *NoSpace
	is := func(target error) bool { return errors.Is(err, target) }
	switch {
	case err == nil:
		return None
	case is(context.Canceled):
		return Stopped
	case is(ErrDeclined):
		return Declined
	case errors.As(err, &space), is(syscall.ENOSPC), is(syscall.EDQUOT):
		return Full
	case is(errPage):
		return NotAnOffice
	case is(trust.ErrRollback):
		return Rollback
	case is(trust.ErrForeign):
		return Foreign
	case is(trust.ErrFreeze):
		return Expired
	case is(trust.ErrMalformed), is(depot.ErrElsewhere):
		return NotAnOffice
	case is(trust.ErrSignature), is(trust.ErrMixed):
		return Tampered
	case is(trust.ErrNotForUs):
		return NotHanded
	case is(edition.ErrNewer):
		return Newer
	case errors.As(err, &f):
		// A file that the signed metadata name and the depot lacks is a depot half copied.
		if f.kind == Unreachable && is(fs.ErrNotExist) {
			return Tampered
		}
		return f.kind
	}
	return Internal
}

package main

// What the stories of the process that makes books need of the program: they run it as it is built.
var (
	Hire   = hire
	ErrCut = errCut
)

type (
	Order = order
	Said  = said
)

package main

/*
#cgo LDFLAGS: -lX11
#include <X11/Xlib.h>

extern int displayGone(Display *display);
static void watch_display(void) { XSetIOErrorHandler(displayGone); }
*/
import "C"

import (
	"log/slog"
	"sync"
)

// whenDisplayGoes is what is still to be done when the X server has died.
var whenDisplayGoes = func() {}

// atDisplaysEnd has a thing done when the X server dies (显示没了), before the program ends because of that: Xlib ends it, and asks nobody. It is called
// before a window is opened.
func atDisplaysEnd(do func()) {
	whenDisplayGoes = sync.OnceFunc(do)
	C.watch_display()
}

//export displayGone
func displayGone(*C.Display) C.int {
	slog.Error("显示服务停了，程序跟着停，等显示恢复再启动")
	whenDisplayGoes()
	return 0
}

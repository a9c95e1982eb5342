package main

import "os/exec"

const onWindows = false

// openBrowser asks the desktop to show an address.
func openBrowser(url string) error { return exec.Command("xdg-open", url).Start() }

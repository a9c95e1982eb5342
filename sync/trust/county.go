package trust

// County is the county whose root this is. It says nothing of whether the root is to be trusted: that hangs on where it was found.
func County(root []byte) (string, error) {
	tm, err := openRoot(root)
	if err != nil {
		return "", classify(err)
	}
	county, _ := tm.Root.Signed.UnrecognizedFields["x-county"].(string)
	if !countyForm.MatchString(county) {
		return "", ErrMalformed
	}
	return county, nil
}

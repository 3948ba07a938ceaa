package openshift

// The checks of arguments that Image and Images make before they send a request, for validation.

// CheckName returns an error for what is not the name of an image.
func CheckName(text string) error {
	_, err := parseRequest(text)
	return err
}

// CheckReference returns an error for what is not a pattern of pull specs.
func CheckReference(text string) error {
	_, err := ListOptions{Reference: text}.filter()
	return err
}

// CheckRepository returns an error for what is not the name of a repository, or empty.
func CheckRepository(text string) error {
	if text == "" {
		return errNoRepository
	}
	_, err := ListOptions{Repository: text}.filter()
	return err
}

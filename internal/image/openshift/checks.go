package openshift

// What Image and Images would refuse before they ask a cluster, for those who want to know sooner.

// CheckName says what is wrong with the name of an image.
func CheckName(text string) error {
	_, err := parseRequest(text)
	return err
}

// CheckReference says what is wrong with a pattern of pull specs.
func CheckReference(text string) error {
	_, err := ListOptions{Reference: text}.filter()
	return err
}

// CheckRepository says what is wrong with the name of a repository. An empty one would not choose any.
func CheckRepository(text string) error {
	if text == "" {
		return errNoRepository
	}
	_, err := ListOptions{Repository: text}.filter()
	return err
}

package oci

import spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"

// What Image and Tags would refuse before they ask a registry, for those who want to know sooner.

// CheckReference says what is wrong with the name of an image.
func CheckReference(text string) error {
	_, err := spelling.ParseName(text)
	return err
}

// CheckRepository says what is wrong with the name of a repository.
func CheckRepository(text string) error {
	_, _, err := parseTagOptions(text, TagOptions{})
	return err
}

// CheckSemVer says what is wrong with a constraint on tags.
func CheckSemVer(text string) error {
	_, _, err := parseTagOptions("any", TagOptions{SemVer: text})
	return err
}

// CheckRegex says what is wrong with a pattern of tags.
func CheckRegex(text string) error {
	_, _, err := parseTagOptions("any", TagOptions{Regex: text})
	return err
}

// CheckPublicKey says what is wrong with a public key.
func CheckPublicKey(text string) error {
	_, err := parsePublicKey(text)
	return err
}

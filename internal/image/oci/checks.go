package oci

import (
	spelling "github.com/demandflow/terraform-provider-demandflow/internal/image/reference"
)

// The checks of arguments that Image and Tags make before they send a request, for validation.

// CheckReference returns an error for what is not the name of an image.
func CheckReference(text string) error {
	_, err := spelling.ParseName(text)
	return err
}

// CheckRepository returns an error for what is not the name of a repository.
func CheckRepository(text string) error {
	_, _, err := parseTagOptions(text, TagOptions{})
	return err
}

// CheckSemVer returns an error for what is not a version constraint.
func CheckSemVer(text string) error {
	_, _, err := parseTagOptions("any", TagOptions{SemVer: text})
	return err
}

// CheckRegex returns an error for what is not a regular expression.
func CheckRegex(text string) error {
	_, _, err := parseTagOptions("any", TagOptions{Regex: text})
	return err
}

package entity

// Kind returns the type of a field's value: how the API writes it, and how Terraform does.
type Kind int

// How the API and Terraform write each kind:
//
//	Kind         API                                    Terraform
//	Text         string                                 string
//	URL          string                                 string
//	Lines        string, one entry a line               list(string)
//	LineSet      string, one entry a line               set(string)
//	KeyValues    string, one KEY=VALUE a line           map(string)
//	JSON         string that holds a JSON document      string (jsonencode)
//	Number       number                                 number
//	Percent      number from 0 to 100                   number
//	Bool         true, false                            bool
//	DateTime     number, milliseconds since 1970        string (RFC 3339)
//	Enum         string, the id of an option            string, the option's label or id
//	MultiSelect  array of strings, ids of options       set(string), labels or ids
//	Reference    string, the other object's UUID        string, named …_id
//	Digest       (derived, not in the API)              string, sha256:…
//	Pinned       (derived, not in the API)              string, name@sha256:…
const (
	Text Kind = iota
	URL
	Lines
	LineSet
	KeyValues
	JSON
	Number
	Percent
	Bool
	DateTime
	Enum
	MultiSelect
	Reference
	Digest
	Pinned
)

// Format is the grammar that a text must follow.
type Format int

// FreeText is the zero value. ImageName and Tag are the grammar of distribution/reference, Cron has five fields (or
// six, seconds first, or a descriptor such as @daily), GitURL also takes the scp-like form git@host:path.
const (
	FreeText Format = iota
	ImageName
	Tag
	Cron
	GitURL
)

package image

// A Scan is the report of a vulnerability scanner about an image: cosign's vuln predicate, in-toto's, or the JSON of
// Trivy, of Grype, or SARIF.
type Scan struct {
	Statement       *string  `tfsdk:"statement" doc:"Digest of the manifest of the statement."`
	Verified        *bool    `tfsdk:"verified" doc:"Whether a valid signature covers it. Null if nobody is trusted."`
	Scanner         *string  `tfsdk:"scanner" doc:"Name of the scanner, such as 'trivy', or its URI."`
	ScannerVersion  *string  `tfsdk:"scanner_version" doc:"Version of the scanner."`
	ScannedAt       *string  `tfsdk:"scanned_at" doc:"End of the scan (RFC 3339), or its start."`
	CriticalCount   *int64   `tfsdk:"critical_count" doc:"Number of critical findings."`
	HighCount       *int64   `tfsdk:"high_count" doc:"Number of findings of high severity."`
	MediumCount     *int64   `tfsdk:"medium_count" doc:"Number of findings of medium severity."`
	LowCount        *int64   `tfsdk:"low_count" doc:"Number of findings of low severity."`
	NegligibleCount *int64   `tfsdk:"negligible_count" doc:"Number of negligible findings, as Grype has them."`
	UnknownCount    *int64   `tfsdk:"unknown_count" doc:"Number of findings without a severity."`
	Vulnerabilities []string `tfsdk:"vulnerabilities" doc:"Ids of the vulnerabilities, sorted."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Scan) Details() map[string]string {
	return map[string]string{
		"critical_count": "A finding is a vulnerability in a version of a package: one in two packages counts twice, " +
			"one that is reported twice for the same package once, by its highest severity. VEX statements are not " +
			"subtracted, nor are SARIF's suppressions. Null if the report, or a part of it, could not be read.",
		"unknown_count": "Those of a severity that is not among the others are counted here.",
		"vulnerabilities": "At most 5,000, those of the highest severity; a warning says if there are more. Null if the " +
			"report could not be read.",
	}
}

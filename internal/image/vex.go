package image

// A VEX is an OpenVEX document: statements about whether vulnerabilities affect products.
type VEX struct {
	Statement  *string        `tfsdk:"statement" doc:"Digest of the manifest of the statement."`
	Verified   *bool          `tfsdk:"verified" doc:"Whether a valid signature covers it. Null if nobody is trusted."`
	ID         *string        `tfsdk:"id" doc:"Id of the document, a URI."`
	Author     *string        `tfsdk:"author" doc:"Author of the document."`
	Timestamp  *string        `tfsdk:"timestamp" doc:"Time of the document's last change (RFC 3339)."`
	Statements []VEXStatement `tfsdk:"statements" doc:"Statements, in the document's order."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (VEX) Details() map[string]string {
	return map[string]string{
		"statements": "At most 1,000; a warning says if there are more. No count of a scan is changed by them.",
	}
}

// A VEXStatement is one statement of an OpenVEX document, about one vulnerability.
type VEXStatement struct {
	Vulnerability *string  `tfsdk:"vulnerability" doc:"Id of the vulnerability, such as 'CVE-2021-44228'."`
	Status        *string  `tfsdk:"status" doc:"'not_affected', 'affected', 'fixed' or 'under_investigation'."`
	Products      []string `tfsdk:"products" doc:"Ids of the products, such as package URLs."`
	Justification *string  `tfsdk:"justification" doc:"Reason of 'not_affected', as OpenVEX names it."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (VEXStatement) Details() map[string]string {
	return map[string]string{
		"products": "At most 100; a warning says if there are more.",
	}
}

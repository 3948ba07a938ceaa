package predicate

import (
	"github.com/demandflow/terraform-provider-demandflow/internal/image"
)

// vex reads an OpenVEX document of any version: vulnerabilities and products were texts once, and are objects now.
func vex(v value) *image.VEX {
	whole := v.object("@id", "author", "timestamp", "last_updated", "statements")
	document := &image.VEX{
		ID: whole["@id"].text(), Author: whole["author"].text(),
		Timestamp: first(whole["last_updated"].instant(), whole["timestamp"].instant()),
	}
	if !whole["statements"].expect(list) {
		return document
	}
	document.Statements = []image.VEXStatement{}
	statements, manyProducts := 0, false
	for one := range whole["statements"].elements() {
		if !one.expect(object) {
			continue
		}
		statements++
		if statements > MaxStatements {
			continue
		}
		given := one.object("vulnerability", "status", "products", "justification")
		statement := image.VEXStatement{
			Vulnerability: textOr(given["vulnerability"], "name", "@id"), Status: given["status"].text(),
			Justification: given["justification"].text(),
		}
		for product := range given["products"].elements() {
			id := textOr(product, "@id")
			if id == nil && product.is(object) {
				id = product.object("identifiers")["identifiers"].object("purl")["purl"].text()
			}
			if id == nil {
				continue
			}
			if len(statement.Products) == MaxProducts {
				manyProducts = true
				break
			}
			statement.Products = append(statement.Products, *id)
		}
		document.Statements = append(document.Statements, statement)
	}
	if statements > MaxStatements {
		v.document.note("The VEX document has %s statements. The first %s are in the list.", count(statements),
			count(MaxStatements))
	}
	if manyProducts {
		v.document.note("A statement of the VEX document has more than %d products. The first %d are in the list.",
			MaxProducts, MaxProducts)
	}
	return document
}

// textOr returns a text, or the first text that an object has under these names.
func textOr(v value, names ...string) *string {
	if !v.is(object) {
		return v.text()
	}
	given := v.object(names...)
	for _, name := range names {
		if written := given[name].text(); written != nil {
			return written
		}
	}
	return nil
}

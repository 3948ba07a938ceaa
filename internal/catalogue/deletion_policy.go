package catalogue

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// deletionPolicyArgument says what a destroy does, because a delete in DemandFlow is for good.
const deletionPolicyArgument = "deletion_policy"

const (
	deletePolicy  = "delete"
	archivePolicy = "archive"
	abandonPolicy = "abandon"
)

// deletionPolicySchema has no default: after an import the state would not have it, and the first plan would not be empty.
func (t *table) deletionPolicySchema() schema.Attribute {
	archived := t.column(t.Archive.Field)
	return schema.StringAttribute{
		Optional:   true,
		Validators: []validator.String{stringvalidator.OneOf(deletePolicy, archivePolicy, abandonPolicy)},
		MarkdownDescription: fmt.Sprintf("What a destroy does: `%s` (when not set) deletes the %s for good, `%s` sets its `%s` to `%s`, `%s` leaves it as it is. Terraform uses what was applied last.",
			deletePolicy, t.Noun(), archivePolicy, archived.attribute, archived.Options.Label(t.Archive.Option), abandonPolicy),
	}
}

// remove carries a destroy out. What is gone already is removed.
func (t *table) remove(ctx context.Context, client *demandflow.Client, state values) error {
	id := text(state[idAttribute])
	var err error
	switch text(state[deletionPolicyArgument]) {
	case abandonPolicy:
		return nil
	case archivePolicy:
		if archived := t.column(t.Archive.Field); archived.encode(state[archived.attribute]) != any(t.Archive.Option) {
			_, err = client.Update(ctx, t.Code, id, demandflow.Object{archived.Name: t.Archive.Option})
		}
	default:
		err = client.Delete(ctx, t.Code, id)
	}
	if demandflow.IsNotFound(err) {
		return nil
	}
	return err
}

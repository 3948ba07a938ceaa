package catalogue

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/demandflow/terraform-provider-demandflow/internal/catalogue/field"
	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
)

// deletionPolicyArgument chooses what a destroy does, because a delete in DemandFlow is permanent.
const deletionPolicyArgument = "deletion_policy"

const (
	deletePolicy  = "delete"
	archivePolicy = "archive"
	abandonPolicy = "abandon"
)

var deletionPolicies = []string{deletePolicy, archivePolicy, abandonPolicy}

// deletionPolicySchema has no default: after an import the state would not have it, and the first plan would not be
// empty.
func (t *table) deletionPolicySchema() schema.Attribute {
	archived := t.column(t.Archive.Field)
	return schema.StringAttribute{
		Optional:   true,
		Computed:   true,
		Validators: []validator.String{stringvalidator.OneOf(deletionPolicies...)},
		MarkdownDescription: fmt.Sprintf("What a destroy does: `%s` (when not set) deletes the %s for good, `%s` sets its "+
			"`%s` to `%s`, `%s` leaves it as it is. Terraform uses what was applied last.",
			deletePolicy, t.Noun(), archivePolicy, archived.attribute, archived.Options.Label(t.Archive.Option), abandonPolicy),
	}
}

func (r *entityResource) delete(ctx context.Context, state values) (o outcome) {
	ctx, cancel := within(ctx, state, "delete", &o.diags)
	defer cancel()
	table := r.base
	// the tenant's definition decides which option archives
	if field.Text(state[deletionPolicyArgument]) == archivePolicy {
		table = r.inForce(ctx, &o.diags)
	}
	if o.diags.HasError() {
		return o
	}
	table.informClient(r.tenant.client, state)
	fate, err := table.remove(ctx, r.tenant.client, state)
	switch {
	case err != nil:
		o.diags.Append(table.cannot("delete", field.Text(state[idAttribute]), err))
		return o
	case fate != "":
		o.diags.Append(table.stillExists(table.titleOf(state), fate))
	}
	o.gone = true
	return o
}

// remove carries a destroy out. An object that is gone already counts as removed. fate is what became of an object that
// still exists.
func (t *table) remove(ctx context.Context, client *demandflow.Client, state values) (fate string, err error) {
	id := field.Text(state[idAttribute])
	switch field.Text(state[deletionPolicyArgument]) {
	case abandonPolicy:
		fate = "left as it is"
	case archivePolicy:
		fate = "archived"
		archived, option := t.archived()
		if problem := t.archiveProblem(); problem != "" {
			return "", fmt.Errorf("%s\n\nApply another %s (%s, %s) first, then destroy", problem, deletionPolicyArgument,
				deletePolicy, abandonPolicy)
		}
		if archived.Encode(state[archived.attribute]) != any(option) {
			var updated demandflow.Updated
			updated, err = client.Update(ctx, t.Code, id, demandflow.Object{archived.Name: option})
			switch {
			case updated.Shown: // whatever was answered
				err = nil
			case err == nil:
				err = fmt.Errorf("DemandFlow has taken the change of %s, and does not show it: the %s is not archived.\n"+
					"Look at it in DemandFlow, and destroy again; it stays in the state", archived.attribute, t.Noun())
			}
		}
	default:
		err = client.Delete(ctx, t.Code, id)
	}
	if demandflow.IsNotFound(err) {
		return "", client.ConfirmGone(ctx, err, t.Code, id, field.Text(state[subscriptionAttribute]))
	}
	if err == nil {
		client.Forget(id) // what takes its place in this run is no duplicate of it
	}
	return fate, err
}

// archived returns the field and the id of the option that archive an object, "" where the tenant has no such option. A
// tenant's option with the usual label is it, whatever its id; else the one with the usual id, which was renamed.
func (t *table) archived() (c column, id string) {
	c = t.column(t.Archive.Field)
	for _, option := range c.Options {
		if strings.EqualFold(option.Label, t.archiveLabel()) {
			return c, option.ID
		}
		if option.ID == t.Archive.Option {
			id = option.ID
		}
	}
	return c, id
}

// archiveLabel returns what the default definition calls the option.
func (t *table) archiveLabel() string {
	return t.Field(t.Archive.Field).Options.Label(t.Archive.Option)
}

// archiveProblem returns why objects of this tenant cannot be archived, "" where they can.
func (t *table) archiveProblem() string {
	c, option := t.archived()
	if problem := t.refusalReason(c); problem != "" || option != "" {
		return problem
	}
	return fmt.Sprintf("The tenant's definition has no option %s (id %s) of the field %q, which %s = %q needs. The "+
		"options are %s.",
		t.archiveLabel(), t.Archive.Option, c.Name, deletionPolicyArgument, archivePolicy, strings.Join(c.Options.Labels(),
			", "))
}

package catalogue

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/demandflow/terraform-provider-demandflow/internal/demandflow"
	"github.com/demandflow/terraform-provider-demandflow/internal/entity"
)

// The state that Terraform planned with: version 7, and a custom field beside the built-in ones.
var readAtSeven = demandflow.Object{
	"id": "image-1", "_df_version": json.Number("7"), "updatedId": "me", "name": "api", "tag": "1.0", "status": "1",
	"description": "The API.", "costCenter": "CC-1",
}

// changed is an object with other values; nil takes a field out.
func changed(object demandflow.Object, changes demandflow.Object) demandflow.Object {
	object = maps.Clone(object)
	for name, value := range changes {
		if object[name] = value; value == nil {
			delete(object, name)
		}
	}
	return object
}

// concurrentEditOf runs an update that sets the tag to 2.0, against what the object was just before it and after it.
func concurrentEditOf(changes demandflow.Object, before, after demandflow.Object) diag.Diagnostics {
	table := newTable(&entity.DockerImage)
	state, _ := table.readFields(readAtSeven, nil)
	state[customFieldsArgument] = tftypes.NewValue(customFieldsType,
		map[string]tftypes.Value{"costCenter": tftypes.NewValue(tftypes.String, ` "CC-1"`)})
	return table.warnOfConcurrentEdit(changes, state, before, demandflow.Updated{Object: after}, nil)
}

func version(n string) demandflow.Object { return demandflow.Object{"_df_version": json.Number(n)} }

func TestConcurrentEdit_isToldByTheVersionAndNamesWhoAndWhat(t *testing.T) {
	t.Parallel()
	tag := demandflow.Object{"tag": "2.0"}
	for name, test := range map[string]struct {
		sent, before, after demandflow.Object // before and after: what differs from the state
		says                []string          // none: no warning
		saysNot             []string
	}{
		"nobody":                       {tag, nil, changed(version("8"), tag), nil, nil},
		"a write that changed nothing": {tag, nil, nil, nil, nil}, // the version stands still
		"no version before":            {tag, demandflow.Object{"_df_version": nil}, version("9"), nil, nil},
		"no version after":             {tag, version("8"), demandflow.Object{"_df_version": nil}, nil, nil},
		"a version that is no number":  {tag, version("8"), demandflow.Object{"_df_version": "nine"}, nil, nil},
		"metrics and bookkeeping move alone": {tag, demandflow.Object{"pullCount": json.Number("9")},
			demandflow.Object{"_df_version": json.Number("8"), "pullCount": json.Number("10"), "updatedId": "me"}, nil, nil},
		"after the refresh, another field": {
			tag, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann", "description": "Hers."},
			demandflow.Object{"_df_version": json.Number("9"), "updatedId": "me", "tag": "2.0", "description": "Hers."},
			[]string{"image-1 was written 1 more time(s)", "the person with id ann", "They changed: description.",
				"left that as it is"},
			[]string{"overwritten", "plan's value now stands", "another user", "tag"},
		},
		"after the refresh, the field that the plan sets": {
			tag, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann", "tag": "3.0"},
			demandflow.Object{"_df_version": json.Number("9"), "tag": "2.0"},
			[]string{"the person with id ann", "They also changed what this plan sets, and the plan's value now stands: tag."},
			[]string{"They changed:"},
		},
		"between the look and the write": {
			tag, nil, demandflow.Object{"_df_version": json.Number("9"), "tag": "2.0", "maintainer": "Bob", "description": nil},
			[]string{
				"1 more time(s)", "another user (DemandFlow shows only the last writer", "They changed: description, maintainer.",
				"What a write just before this update put into the fields of this plan cannot be seen, and the values of the " +
					"plan stand there: tag.",
			},
			[]string{"person with id", "plan's value now stands", "nothing needs to be done", "first attempt"},
		},
		"several writes, of which this update overwrites nothing": {
			tag, demandflow.Object{"_df_version": json.Number("10"), "updatedId": "ann"}, changed(version("11"), tag),
			[]string{"3 more time(s)", "the person with id ann.", "No field of the plan or of the state differs"},
			[]string{"cannot be seen", "another user"},
		},
		"several writes, of which the last cannot be seen": {
			demandflow.Object{"tag": "2.0", "costCenter": "CC-9"}, demandflow.Object{"_df_version": json.Number("9"),
				"updatedId": "ann"}, changed(version("11"), tag),
			[]string{
				"3 more time(s)", "the person with id ann and, just before the update, by another user (DemandFlow shows",
				"cannot be seen, and the values of the plan stand there: custom_fields.costCenter, tag.",
			},
			[]string{"nothing needs to be done"},
		},
		"into the field that the plan sets, between the look and the write": {
			tag, nil, changed(version("9"), tag),
			[]string{"1 more time(s)", "cannot be seen, and the values of the plan stand there: tag."},
			[]string{"nothing needs to be done", "They"},
		},
		"a custom field that the plan sets for the first time": {
			demandflow.Object{"team": "a"}, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann",
				"team": "hers"}, version("9"),
			[]string{"They may also have changed: custom_fields.team.", "what this update sent now stands"},
			[]string{"nothing needs to be done", "hers"},
		},
		"a custom field that the plan sets for the first time, where nobody wrote before the look": {
			demandflow.Object{"team": "a"}, demandflow.Object{"team": "hers"}, version("9"),
			[]string{"stand there: custom_fields.team."}, []string{"may also have changed"},
		},
		"another spelling of the same": {
			tag, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann"},
			demandflow.Object{"_df_version": json.Number("9"), "status": json.Number("1"), "maintainer": ""},
			[]string{"No field of the plan or of the state differs"}, []string{"status", "maintainer"},
		},
		"a custom field": {
			tag, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann"},
			demandflow.Object{"_df_version": json.Number("9"), "costCenter": "CC-2"},
			[]string{"They changed: custom_fields.costCenter."}, []string{"No field"},
		},
		"a custom field that the plan sets": {
			demandflow.Object{"costCenter": "CC-9"}, demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann",
				"costCenter": "CC-2"},
			demandflow.Object{"_df_version": json.Number("9"), "costCenter": "CC-9"},
			[]string{"plan's value now stands: custom_fields.costCenter."}, []string{"They changed:", "No field"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := concurrentEditOf(test.sent, changed(readAtSeven, test.before), changed(readAtSeven, test.after))
			if len(test.says) == 0 {
				if len(diags) > 0 {
					t.Errorf("it warns: %s", diags[0].Detail())
				}
				return
			}
			if len(diags) != 1 || diags.HasError() || diags[0].Summary() != "Another user changed the docker image" {
				t.Fatalf("got %v, want one warning", diags)
			}
			for _, part := range test.says {
				if !strings.Contains(diags[0].Detail(), part) {
					t.Errorf("it does not say %q:\n%s", part, diags[0].Detail())
				}
			}
			for _, part := range test.saysNot {
				if strings.Contains(diags[0].Detail(), part) {
					t.Errorf("it says %q:\n%s", part, diags[0].Detail())
				}
			}
		})
	}
}

// A registry's secret may have moved, too. Its name is told, its value never; and where nobody can tell, that is told.
func TestConcurrentEdit_namesSecretsAndNeverShowsThem(t *testing.T) {
	t.Parallel()
	const theirs, ours = "canary-theirs", "canary-ours"
	base := demandflow.Object{"id": "r", "_df_version": json.Number("1"), "updatedId": "ann", "name": "harbor",
		"password": "canary-before"}
	read, written := changed(base, version("2")), changed(base, demandflow.Object{"_df_version": json.Number("3"),
		"updatedId": "me"})
	for name, test := range map[string]struct {
		plain               string // in the state; "" where the secret is write-only
		sent, before, after demandflow.Object
		says, saysNot       []string
	}{
		"a plain one that is not sent": {
			"canary-before", demandflow.Object{"url": "x"}, changed(read, demandflow.Object{"password": theirs}),
			changed(written, demandflow.Object{"password": theirs}),
			[]string{"They changed: password."}, []string{"nothing needs to be done", "may also"},
		},
		"a plain one that is sent": {
			"canary-before", demandflow.Object{"password": ours}, changed(read, demandflow.Object{"password": theirs}),
			changed(written, demandflow.Object{"password": ours}),
			[]string{"plan's value now stands: password."}, []string{"nothing needs to be done", "may also"},
		},
		"a plain one that is sent, and that they left": {
			"canary-before", demandflow.Object{"password": ours}, read, changed(written, demandflow.Object{"password": ours}),
			[]string{"nothing needs to be done"}, []string{"password"},
		},
		"a plain one that is sent, and that DemandFlow hides": {
			"canary-before", demandflow.Object{"password": ours}, changed(read, demandflow.Object{"password": "********"}),
			changed(written, demandflow.Object{"password": nil}),
			[]string{"They may also have changed: password."}, []string{"nothing needs to be done", "plan's value"},
		},
		"a plain one that is not sent, and that DemandFlow hides": {
			"canary-before", demandflow.Object{"url": "x"}, changed(read, demandflow.Object{"password": nil}),
			changed(written, demandflow.Object{"password": nil}),
			[]string{"nothing needs to be done"}, []string{"password"},
		},
		"a write-only one that is sent": {
			"", demandflow.Object{"password": ours}, changed(read, demandflow.Object{"password": theirs}),
			changed(written, demandflow.Object{"password": ours}),
			[]string{"They may also have changed: password.", "what this update sent now stands"},
			[]string{"nothing needs to be done", "plan's value"},
		},
		"a write-only one that is sent, and is what stood there": {
			"", demandflow.Object{"password": ours}, changed(read, demandflow.Object{"password": ours}),
			changed(written, demandflow.Object{"password": ours}),
			[]string{"nothing needs to be done"}, []string{"password"},
		},
		"a write-only one that is given up, and that DemandFlow hides": {
			"", demandflow.Object{"password": nil}, changed(read, demandflow.Object{"password": nil}),
			changed(written, demandflow.Object{"password": nil}),
			[]string{"They may also have changed: password."}, []string{"nothing needs to be done"},
		},
		"a write-only one that is not sent": {
			"", demandflow.Object{"url": "x"}, changed(read, demandflow.Object{"password": theirs}),
			changed(written, demandflow.Object{"password": theirs}),
			[]string{"nothing needs to be done"}, []string{"password"},
		},
		"a write-only one that is sent, after a look that showed nobody": {
			"", demandflow.Object{"password": ours}, base, changed(written, demandflow.Object{"password": ours}),
			[]string{"cannot be seen, and the values of the plan stand there: password."}, []string{"nothing needs to be done",
				"may also"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := newTable(&entity.DockerRegistry)
			state, _ := table.readFields(base, nil)
			state["password"] = tftypes.NewValue(tftypes.String, nil)
			if test.plain != "" {
				state["password"] = tftypes.NewValue(tftypes.String, test.plain)
			}
			diags := table.warnOfConcurrentEdit(test.sent, state, test.before, demandflow.Updated{Object: test.after}, nil)
			if len(diags) != 1 {
				t.Fatalf("got %v, want one warning", diags)
			}
			said := diags[0].Detail()
			for _, part := range test.says {
				if !strings.Contains(said, part) {
					t.Errorf("it does not say %q:\n%s", part, said)
				}
			}
			for _, part := range append(test.saysNot, "canary") {
				if strings.Contains(said, part) {
					t.Errorf("it says %q:\n%s", part, said)
				}
			}
		})
	}
}

// A write of ours whose answer was lost, and that was sent again, is counted twice by DemandFlow: that is nobody else.
func TestConcurrentEdit_isNotOurOwnWriteWhoseAnswerWasLost(t *testing.T) {
	t.Parallel()
	const summary = "Another user changed the docker image"
	tag := demandflow.Object{"tag": "2.0"}
	for name, test := range map[string]struct {
		before, after demandflow.Object // what differs from the state
		lost          int
		summary, says string // "": no warning
	}{
		"none":                {version("7"), changed(version("9"), tag), 0, summary, "is this run)."},
		"one":                 {version("7"), changed(version("9"), tag), 1, "", ""},
		"two":                 {version("7"), changed(version("10"), tag), 2, "", ""},
		"of two, one counted": {version("7"), changed(version("9"), tag), 2, "", ""},
		"one, and more writes": {version("7"), changed(version("10"), tag), 1, summary,
			", or by this run's first attempt, whose answer was lost."},
		"two, and more writes": {version("7"), changed(version("11"), tag), 2, summary,
			", or by this run's first attempts, whose answers were lost."},
		"one, and another field has moved": {version("7"), demandflow.Object{"_df_version": json.Number("9"), "tag": "2.0",
			"maintainer": "Bob"}, 1, summary, "They changed: maintainer."},
		"one, after another user's": {
			demandflow.Object{"_df_version": json.Number("8"), "updatedId": "ann", "maintainer": "Ann"},
			demandflow.Object{"_df_version": json.Number("10"), "tag": "2.0", "maintainer": "Ann"}, 1, summary,
			"the person with id ann and, just before the update, by another user",
		},
		"an earlier run's, which left the same": {changed(version("8"), tag), changed(version("9"), tag), 0, "", ""},
		"an earlier run's, and another field has moved": {
			changed(version("8"), demandflow.Object{"maintainer": "Me"}), demandflow.Object{"_df_version": json.Number("9"),
				"tag": "2.0", "maintainer": "Me"}, 0,
			"The docker image was changed outside of this run", "by the token's own user (id me), in another run or by hand.",
		},
		"several of which the last is an earlier run's": {
			changed(version("9"), tag), changed(version("10"), tag), 0,
			"Another user may have changed the docker image",
			"by the token's own user (id me), in another run or by hand, or by others before.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := newTable(&entity.DockerImage)
			state, _ := table.readFields(readAtSeven, nil)
			after := demandflow.Updated{Object: changed(readAtSeven, test.after), Lost: test.lost}
			diags := table.warnOfConcurrentEdit(tag, state, changed(readAtSeven, test.before), after, nil)
			switch {
			case test.summary == "" && len(diags) > 0:
				t.Errorf("it warns: %s", diags[0].Detail())
			case test.summary != "" && (len(diags) != 1 || diags[0].Summary() != test.summary ||
				!strings.Contains(diags[0].Detail(), test.says)):
				t.Errorf("got %v, want %q and %q", diags, test.summary, test.says)
			}
		})
	}
}

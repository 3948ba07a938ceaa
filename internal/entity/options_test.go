package entity

import "testing"

func TestOptions_areSpelledByLabelUnlessTheLabelMeansAnotherOne(t *testing.T) {
	t.Parallel()
	options := Options{{"3", "Other"}, {"9", "Other"}, {"4", "5"}, {"5", "Six"}, {"7", "7"}, {"8", "Harbor"},
		{"10", "HARBOR"}}
	for id, want := range map[string]string{
		"3": "3", "9": "9", // one label for two: only ids tell them apart
		"4": "4", "5": "Six", // the label of the one is the id of the other
		"7": "7", "8": "Harbor", "10": "HARBOR", "99": "99",
	} {
		got := options.Spelling(id)
		if got != want {
			t.Errorf("Spelling(%q) = %q, want %q", id, got, want)
		}
		if back := options.ID(got); back != id {
			t.Errorf("the option %q is shown as %q, which means %q", id, got, back)
		}
	}
}

func TestOptions_areAmbiguousWhereALabelIsAnotherOnesID(t *testing.T) {
	t.Parallel()
	options := Options{{"3", "Other"}, {"9", "Other"}, {"4", "5"}, {"5", "Six"}, {"7", "7"}}
	for spelling, want := range map[string]bool{"5": true, "4": false, "Six": false, "Other": false, "7": false,
		"99": false, "other": false} {
		if got := options.Ambiguous(spelling); got != want {
			t.Errorf("Ambiguous(%q) = %t", spelling, got)
		}
	}
}

package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/demandflow/terraform-provider-demandflow/internal/emulator"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/oci/signature/signaturetest"
	"github.com/demandflow/terraform-provider-demandflow/internal/providertest"
)

// A guide's section is a story: it begins in an empty tenant, each ```terraform block takes the place of the one before
// it, and each ```text block is what the engine prints for it, with "…" for what is left out. HTML comments, which the
// pages do not show, tell what happens besides:
//
//	<!-- seed {"entity": …} -->                  an object was there before
//	<!-- define CODE FIELD {"type": …} -->       an administrator edits a field of a definition; null removes it
//	<!-- deny CODE -->                           the token may not read an entity
//	<!-- variable NAME VALUE -->                 what an input variable is from now on
//	<!-- edit NAME {"field": …} -->              somebody edits the object of that name in the UI
//	<!-- edit-after-plan NAME {"field": …} -->   the same between the next plan and its apply
//	<!-- fails SUMMARY -->                       the next block is an error with this summary
//	<!-- lacks FEATURE: TEXT -->                 the same on engines without a feature; others apply the block, of which nothing is quoted
//	<!-- push NAME:TAG {"Platforms": …} -->      somebody pushes an image to registry.example.com
//	<!-- sign NAME:TAG HOW -->                   somebody signs that image: HOW is key, keyless, github or notation
//	<!-- attest NAME:TAG HOW TYPE {…} -->        somebody signs a statement about that image
//	<!-- leaves ATTRIBUTE -->                    the plan after the next block changes this attribute, and is printed with it
//	<!-- stored NAME {"field": …} -->            what DemandFlow now has; null for nothing
//	<!-- cluster NAME TEXT -->                   what the cluster's secret of that name now has in it
//
// Every ```terraform block that is not meant to fail is applied and planned again, without a change; one that is a file
// (# name.tf) is kept for the ```shell blocks after it. What these apply is planned again, too; other commands do what
// they do. A ```text block after comments and without a new ```terraform block applies the last one again.
func TestGuides_doWhatTheySay(t *testing.T) {
	guides, err := filepath.Glob("../../templates/guides/*.md")
	if err != nil || len(guides) == 0 {
		t.Fatalf("there are no guides: %v", err)
	}
	for _, guide := range guides {
		for _, section := range strings.Split(exampleText(t, guide), "\n## ")[1:] {
			title, text, _ := strings.Cut(section, "\n")
			t.Run(filepath.Base(guide)+"/"+title, func(t *testing.T) {
				if items := guideItem.FindAllStringSubmatch(text, -1); len(items) > 0 {
					newStory(t).tell(items)
				}
			})
		}
	}
}

// A guide has no other code than what is tested here, and no comment that the test would pass over.
func TestGuides_haveNoBlockThatIsNotTested(t *testing.T) {
	t.Parallel()
	guides, err := filepath.Glob("../../templates/guides/*")
	if err != nil || len(guides) == 0 {
		t.Fatalf("there are no guides: %v", err)
	}
	for _, guide := range guides {
		before, told, _ := strings.Cut(exampleText(t, guide), "\n## ")
		left := before + guideItem.ReplaceAllString(told, "")
		if filepath.Ext(guide) != ".md" || strings.Contains(left, "```") || strings.Contains(left, "<!--") {
			t.Errorf("%s is no .md file, or has a block or a comment that is not tested", guide)
		}
	}
}

var guideItem = regexp.MustCompile("(?s)<!-- (?P<comment>\\S+ .+?) " +
	"-->|```(?P<language>terraform|text|shell)\n(?P<block>.*?)```")

// A story is a section while it is told.
type story struct {
	t             *testing.T
	tenant        *providertest.Tenant
	place         documentedPlace
	signers       signers
	run           engineRun
	variables     map[string]string
	cluster       kubernetes
	afterPlan     func()
	fails         string // what the error that is to come says
	knows         bool   // the engine has what the next block is said to be lacking
	unquoted      bool   // what is quoted of this block is another engine's
	leaves        string // the attribute that is to change once more
	configuration string
	pending       bool   // something happened since the last run
	printed       string // by the last run
}

func newStory(t *testing.T) *story {
	t.Helper()
	place := newDocumentedPlace(t)
	tenant := providertest.New(t, emulator.Options{Digest: place.digestOf})
	cluster := kubernetes{}
	others := serve(t, kubernetesAddress, providerserver.NewProtocol6(cluster)())
	maps.Copy(others, serve(t, restapiAddress, providerserver.NewProtocol6(restapi{tenant})()))
	run := newEngineRun(t, tenant, map[string]string{}, others)
	return &story{t: t, tenant: tenant, place: place, signers: signers{signaturetest.New(t), newNotationSigner(t)}, cluster: cluster, run: run, variables: map[string]string{}}
}

func (s *story) tell(items [][]string) {
	s.t.Helper()
	for _, item := range items {
		comment, language, block := item[1], item[2], item[3]
		switch {
		case comment != "":
			s.happen(comment)
		case language == "shell":
			s.shell(block)
		case ownFile.MatchString(block):
			s.keep(ownFile.FindStringSubmatch(block)[1], block)
		case language == "terraform":
			s.configuration = block
			s.apply()
		case s.pending:
			s.apply()
			s.expect(block)
		default:
			s.expect(block)
		}
	}
	if s.pending {
		s.t.Errorf("the section ends with a comment that nothing comes after")
	}
}

// happen does what a comment says.
func (s *story) happen(comment string) {
	s.t.Helper()
	verb, rest, _ := strings.Cut(comment, " ")
	first, second, _ := strings.Cut(rest, " ")
	s.pending = s.pending || verb != "stored" && verb != "cluster" && verb != "needs"
	switch verb {
	case "needs":
		s.need(rest)
	case "seed":
		if _, err := s.tenant.Seed(s.object(s.place.local(rest))); err != nil {
			s.t.Fatal(err)
		}
	case "define":
		field, form, _ := strings.Cut(second, " ")
		s.tenant.EditField(first, field, s.object(form))
	case "deny":
		s.tenant.AddToken(emulator.DefaultSubscription, emulator.DefaultToken, emulator.Rights{Deny: []string{rest}})
	case "variable":
		s.variables[first] = second
	case "edit":
		s.tenant.Edit(s.named(first)["id"].(string), s.object(second))
	case "edit-after-plan":
		s.afterPlan = func() { s.tenant.Edit(s.named(first)["id"].(string), s.object(second)) }
	case "fails":
		s.fails = "Error: " + rest
	case "lacks":
		s.mayLack(rest)
	case "push":
		s.place.pushed(s.t, first, second)
	case "sign":
		s.sign(first, second)
	case "attest":
		s.attest(first, second)
	case "leaves":
		s.leaves = rest
	case "stored":
		stored := s.named(first)
		for field, want := range s.object(second) {
			if got := stored[field]; fmt.Sprint(got) != fmt.Sprint(want) {
				s.t.Errorf("DemandFlow has %v in %s of %s, not %v", got, field, first, want)
			}
		}
	case "cluster":
		if !strings.Contains(s.cluster[first], second) {
			s.t.Errorf("the cluster's secret %s is %q, in which there is no %s", first, s.cluster[first], second)
		}
	default:
		s.t.Fatalf("no comment begins with %q", verb)
	}
}

// apply runs the configuration, and a plan that must find nothing more to do.
func (s *story) apply() {
	s.t.Helper()
	s.begin()
	variables, err := json.Marshal(s.variables)
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("main.tf", s.place.local(s.configuration))
	s.write("live_images.tf", s.place.settings(s.configuration))
	s.write("guide.auto.tfvars.json", string(variables))
	s.trust()
	s.complete(s.configuration)
	var printed printout
	engine := s.run.engine
	engine.SetStdout(&printed.output)
	engine.SetStderr(&printed.errors)
	if err = engine.Init(s.t.Context(), s.run.reattach); err == nil {
		printed.Reset()
		err = s.carryOut()
	}
	s.printed = s.place.documented(unwrapped(printed.String()))
	switch {
	case s.fails != "" && (err == nil || !strings.Contains(s.printed, s.fails)):
		s.t.Errorf("the block does not fail with %q but prints:\n%s", s.fails, printed.String())
	case s.fails == "" && err != nil:
		s.t.Fatalf("%s\n%s", err, printed.String())
	case s.fails == "":
		s.planAgain()
	}
	s.fails, s.leaves, s.afterPlan, s.pending = "", "", nil, false
	s.checkSecrecy()
}

// planAgain plans what has just been applied. It must find nothing to do, or what the apply is said to leave.
func (s *story) planAgain() {
	s.t.Helper()
	var printed printout
	s.run.engine.SetStdout(&printed.output)
	s.run.engine.SetStderr(&printed.errors)
	changes, err := s.run.engine.Plan(s.t.Context(), s.run.reattach)
	if changes = changes && !readsForChecksAlone(printed.String()); err != nil || changes != (s.leaves != "") ||
		!strings.Contains(printed.String(), s.leaves) {
		s.t.Errorf("the plan after the apply has changes: %t, error: %v; it should have %q\n%s", changes, err, s.leaves,
			printed.String())
	}
	if s.leaves != "" {
		s.printed += " " + unwrapped(printed.String())
	}
}

// carryOut applies at once, or by way of a plan that waits until something has happened.
func (s *story) carryOut() error {
	if s.afterPlan == nil {
		return s.run.engine.Apply(s.t.Context(), s.run.reattach)
	}
	if _, err := s.run.engine.Plan(s.t.Context(), s.run.reattach, tfexec.Out("plan")); err != nil {
		return err
	}
	s.afterPlan()
	return s.run.engine.Apply(s.t.Context(), s.run.reattach, tfexec.DirOrPlan("plan"))
}

var ephemeralVariable = regexp.MustCompile(`(?s)variable "(\w+)" \{[^}]*ephemeral\s*=\s*true`)

// checkSecrecy looks for the values of ephemeral variables where they must not be.
func (s *story) checkSecrecy() {
	s.t.Helper()
	state, err := os.ReadFile(filepath.Join(s.run.directory, "terraform.tfstate"))
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	for _, variable := range ephemeralVariable.FindAllStringSubmatch(s.configuration, -1) {
		value, given := s.variables[variable[1]]
		if !given || strings.Contains(string(state), value) || strings.Contains(s.printed, value) {
			s.t.Errorf("the ephemeral variable %s has no value, or one that is in the state or in what is printed", variable[1])
		}
	}
}

// expect looks for the parts of a block, one after the other, in what the last run printed.
func (s *story) expect(block string) {
	s.t.Helper()
	if s.unquoted {
		return
	}
	left := s.printed
	for part := range strings.SplitSeq(unwrapped(block), "…") {
		_, after, found := strings.Cut(left, strings.TrimSpace(part))
		if !found {
			s.t.Errorf("the guide says\n%s\nbut this is not in what is printed (after what came before it):\n%s", part, left)
			return
		}
		left = after
	}
}

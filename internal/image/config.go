package image

import (
	"maps"
	"slices"
	"strings"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
)

// A Config is how a container of the image runs by default. What the image leaves out is nil.
type Config struct {
	Entrypoint   []string          `tfsdk:"entrypoint" doc:"Entrypoint, as a list of words."`
	Cmd          []string          `tfsdk:"cmd" doc:"Default command, or arguments of the entrypoint."`
	Env          map[string]string `tfsdk:"env" doc:"Environment variables."`
	User         *string           `tfsdk:"user" doc:"User and group of the container. Null is root."`
	WorkingDir   *string           `tfsdk:"working_dir" doc:"Working directory."`
	ExposedPorts []string          `tfsdk:"exposed_ports" doc:"Exposed ports, such as '80/tcp', sorted."`
	Volumes      []string          `tfsdk:"volumes" doc:"Mount points of volumes, sorted."`
	Labels       map[string]string `tfsdk:"labels" doc:"Labels."`
	Shell        []string          `tfsdk:"shell" doc:"Shell of commands in shell form."`
	StopSignal   *string           `tfsdk:"stop_signal" doc:"Signal that stops the container, such as 'SIGQUIT'."`
	OnBuild      []string          `tfsdk:"on_build" doc:"Build steps that run if this is a base image."`
	ArgsEscaped  *bool             `tfsdk:"args_escaped" doc:"Whether the command of a Windows image is escaped."`
	Healthcheck  *Healthcheck      `tfsdk:"healthcheck" doc:"Health check of the container."`
}

// A Healthcheck is a command that the engine runs in the container at intervals. The tags for JSON give the form in
// which the catalogue's text has it.
type Healthcheck struct {
	Test          []string `tfsdk:"test" json:"test,omitempty" doc:"Command of the check."`
	Interval      *string  `tfsdk:"interval" json:"interval,omitempty" doc:"Time between checks, such as '30s'."`
	Timeout       *string  `tfsdk:"timeout" json:"timeout,omitempty" doc:"Timeout of a check."`
	StartPeriod   *string  `tfsdk:"start_period" json:"start_period,omitempty" doc:"Start-up time."`
	StartInterval *string  `tfsdk:"start_interval" json:"start_interval,omitempty" doc:"Time between checks at start-up."`
	Retries       *int64   `tfsdk:"retries" json:"retries,omitempty" doc:"Failures in a row until unhealthy."`
}

// Details returns, by attribute, the sentences that follow those of the tags.
func (Healthcheck) Details() map[string]string {
	return map[string]string{
		"test":         "'NONE', or 'CMD' and its words, or 'CMD-SHELL' and a line for the shell.",
		"start_period": "Failures do not count during it.",
	}
}

// NewConfig converts a configuration of Docker's type, a superset of OCI's that registries, engines and OpenShift use.
func NewConfig(c *dockerspec.DockerOCIImageConfig) *Config {
	if c == nil {
		return nil
	}
	config := &Config{
		Entrypoint:   nonEmpty(c.Entrypoint),
		Cmd:          nonEmpty(c.Cmd),
		User:         Known(c.User),
		WorkingDir:   Known(c.WorkingDir),
		ExposedPorts: nonEmpty(slices.Sorted(maps.Keys(c.ExposedPorts))),
		Volumes:      nonEmpty(slices.Sorted(maps.Keys(c.Volumes))),
		Shell:        nonEmpty(c.Shell),
		StopSignal:   Known(c.StopSignal),
		OnBuild:      nonEmpty(c.OnBuild),
		Healthcheck:  newHealthcheck(c.Healthcheck),
	}
	if len(c.Labels) > 0 {
		config.Labels = maps.Clone(c.Labels)
	}
	if c.ArgsEscaped { //nolint:staticcheck // deprecated for builders; images that have it still mean it
		config.ArgsEscaped = new(true)
	}
	for _, variable := range c.Env {
		if config.Env == nil {
			config.Env = map[string]string{}
		}
		// A variable without "=" is one without a value. Of two with the same name, the last one wins, as in a container.
		name, value, _ := strings.Cut(variable, "=")
		config.Env[name] = value
	}
	return config
}

func newHealthcheck(h *dockerspec.HealthcheckConfig) *Healthcheck {
	if h == nil || len(h.Test) == 0 && h.Interval == 0 && h.Timeout == 0 && h.StartPeriod == 0 && h.StartInterval == 0 &&
		h.Retries == 0 {
		return nil
	}
	check := &Healthcheck{
		Test: nonEmpty(h.Test), Interval: duration(h.Interval), Timeout: duration(h.Timeout),
		StartPeriod: duration(h.StartPeriod), StartInterval: duration(h.StartInterval),
	}
	if h.Retries != 0 {
		check.Retries = new(int64(h.Retries))
	}
	return check
}

// duration returns a duration in Go's notation. Zero means "as in the base image".
func duration(d time.Duration) *string {
	if d == 0 {
		return nil
	}
	return new(d.String())
}

// nonEmpty returns a copy of a list, nil for an empty one: sources differ in whether they write an empty list or none.
func nonEmpty(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

package main

import (
	"maps"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/drift"
	"github.com/demandflow/terraform-provider-demandflow/internal/image/synthetic"
)

// An entry is an image of the YAML file. Fields for the catalogue are ignored.
type entry struct {
	Registry    string            `json:"registry"`
	Name        string            `json:"name"`
	Tag         string            `json:"tag"`
	Description string            `json:"description"`
	Version     string            `json:"version"`
	License     string            `json:"license"`
	Maintainer  string            `json:"maintainer"`
	GitRepo     string            `json:"git_repo"`
	BaseImage   string            `json:"base_image"`
	Platforms   []string          `json:"platforms"` // architectures
	Entrypoint  string            `json:"entrypoint"`
	Cmd         string            `json:"cmd"`
	WorkingDir  string            `json:"working_dir"`
	User        string            `json:"user"`
	Env         map[string]string `json:"env"`
	Ports       []string          `json:"ports"`
	Volumes     []string          `json:"volumes"`
}

// description returns the description of an image with the entry's facts.
func (e entry) description() synthetic.Description {
	d := synthetic.Description{Seed: e.Registry + "/" + e.Name + ":" + e.Tag, Author: e.Maintainer}
	for _, architecture := range e.Platforms {
		d.Platforms = append(d.Platforms, "linux/"+architecture)
	}
	d.Config = v1.Config{
		Entrypoint: drift.CommandWords(e.Entrypoint), Cmd: drift.CommandWords(e.Cmd), WorkingDir: e.WorkingDir, User: e.User,
		ExposedPorts: set(e.Ports), Volumes: set(e.Volumes), Labels: map[string]string{},
	}
	for _, name := range slices.Sorted(maps.Keys(e.Env)) {
		d.Config.Env = append(d.Config.Env, name+"="+e.Env[name])
	}
	for _, label := range [][2]string{
		{"description", e.Description}, {"version", e.Version}, {"licenses", e.License}, {"authors", e.Maintainer},
		{"source", e.GitRepo}, {"base.name", e.BaseImage},
	} {
		if label[1] != "" {
			d.Config.Labels["org.opencontainers.image."+label[0]] = label[1]
		}
	}
	return d
}

func set(list []string) map[string]struct{} {
	members := map[string]struct{}{}
	for _, member := range list {
		members[member] = struct{}{}
	}
	return members
}

package dockerconfig

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Certificates are what a folder certs.d has for a registry.
type Certificates struct {
	Folder      string            // empty where there is none
	Authorities string            // PEM
	Own         []tls.Certificate // the client's
}

// FindCertificates returns what Docker's and Podman's folders certs.d have for a host: authorities in *.crt, and the
// client's own certificates in *.cert, each with its key in *.key. The first folder that is there counts: the user's
// before the machine's. What can be used is returned beside an error.
func FindCertificates(host string) (Certificates, error) {
	return find(certificateFolders(), host)
}

func certificateFolders() []string {
	var folders []string
	if folder := dockerFolder(); folder != "" {
		folders = append(folders, filepath.Join(folder, "certs.d"))
	}
	if home, err := os.UserHomeDir(); err == nil {
		folders = append(folders, filepath.Join(home, ".config", "containers", "certs.d"),
			filepath.Join(home, ".config", "docker", "certs.d"))
	}
	return append(folders, filepath.FromSlash("/etc/containers/certs.d"), filepath.FromSlash("/etc/docker/certs.d"))
}

func find(folders []string, host string) (Certificates, error) {
	host = strings.ToLower(host)
	names := []string{host}
	if plain, found := strings.CutSuffix(host, ":443"); found {
		names = append(names, plain)
	} else if !strings.Contains(host[strings.LastIndexByte(host, ']')+1:], ":") {
		names = append(names, host+":443")
	}
	if hostScope(host) == dockerHub[0] {
		names = dockerHub
	}
	for _, folder := range folders {
		for _, name := range names {
			if runtime.GOOS == "windows" {
				name = strings.ReplaceAll(name, ":", "") // as Docker does there, where no name has a colon
			}
			at := filepath.Join(folder, name)
			entries, err := os.ReadDir(at)
			if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
				continue
			}
			if err != nil {
				return Certificates{Folder: at}, fmt.Errorf("%s cannot be read: %w", at, withoutPath(err))
			}
			return readCertificates(at, entries)
		}
	}
	return Certificates{}, nil
}

func readCertificates(folder string, entries []os.DirEntry) (Certificates, error) {
	found := Certificates{Folder: folder}
	var problems []error
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			problems = append(problems, fmt.Errorf("%s cannot be read: %w", filepath.Join(folder, name), withoutPath(err)))
		}
		return string(text)
	}
	for _, entry := range entries {
		name := entry.Name()
		switch filepath.Ext(name) {
		case ".crt":
			found.Authorities += read(name) + "\n"
		case ".cert":
			before := len(problems)
			certificate, key := read(name), read(strings.TrimSuffix(name, ".cert")+".key")
			if len(problems) > before {
				continue
			}
			pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
			if err != nil {
				problems = append(problems, fmt.Errorf("%s and its key cannot be used: %w", filepath.Join(folder, name), err))
				continue
			}
			found.Own = append(found.Own, pair)
		}
	}
	return found, errors.Join(problems...)
}

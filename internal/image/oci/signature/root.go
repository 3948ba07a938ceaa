package signature

import (
	_ "embed" // the root of Sigstore's public instance
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/sigstore/sigstore-go/pkg/root"
)

// PublicGood is the name of the root that is built in.
const PublicGood = "public-good"

// PublicGoodDate is the day of the snapshot that is built in: the target trusted_root.json of Sigstore's public
// instance (https://github.com/sigstore/root-signing), version 14 of its targets. A newer one is put in its place with
// the date.
const PublicGoodDate = "2026-09-01"

//go:embed publicgood/trusted_root.json
var publicGood []byte

// A trustedRoot is one Sigstore instance: its authorities, logs and time stamp authorities.
type trustedRoot struct {
	*root.TrustedRoot
	isPublicGood bool
}

var publicGoodRoot = sync.OnceValues(func() (*root.TrustedRoot, error) {
	return root.NewTrustedRootFromJSON(publicGood)
})

const maxRoots = 100 // in one text

// parseRoots reads the roots in a text, in JSON or JSON lines. Its errors never repeat the text.
func parseRoots(text string) ([]*trustedRoot, error) {
	if text == PublicGood {
		known, err := publicGoodRoot()
		return []*trustedRoot{{known, true}}, err
	}
	if len(text) > maxText {
		return nil, fmt.Errorf("it has %d bytes: a root has at most %d", len(text), maxText)
	}
	var roots []*trustedRoot
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var one json.RawMessage
		err := decoder.Decode(&one)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("it is neither %q nor the text of a trusted_root.json, which is in JSON. A file is read by "+
				"file(\"trusted_root.json\")", PublicGood)
		}
		known, err := parseRoot(one)
		if err != nil {
			return nil, err
		}
		if roots = append(roots, &trustedRoot{TrustedRoot: known}); len(roots) > maxRoots {
			return nil, fmt.Errorf("it holds more than %d roots", maxRoots)
		}
	}
	if len(roots) == 0 {
		return nil, fmt.Errorf("it is empty: give %q, or the text of a trusted_root.json", PublicGood)
	}
	return roots, nil
}

// place is where an error of Protocol Buffers is in a text. The space before it is another one from build to build.
var place = regexp.MustCompile(`\(line \d+:\d+\)`)

func parseRoot(text []byte) (*root.TrustedRoot, error) {
	var named struct {
		MediaType string `json:"mediaType"`
	}
	switch err := json.Unmarshal(text, &named); {
	case err != nil || named.MediaType == "":
		return nil, errors.New("it is no trusted root: it has no mediaType. cosign trusted-root create makes one")
	case strings.Contains(named.MediaType, "signingconfig"):
		return nil, errors.New("it is a signing config, which says where to sign. What is trusted is in the " +
			"trusted_root.json of the same instance")
	case !strings.Contains(named.MediaType, "trustedroot"):
		return nil, fmt.Errorf("it is no trusted root, but a %q", oneLine(named.MediaType))
	}
	read, err := root.NewTrustedRootProtobuf(text)
	if err != nil {
		// The error repeats what it is about.
		return nil, fmt.Errorf("it is not of the form of a trusted root %s", place.FindString(err.Error()))
	}
	known, err := root.NewTrustedRootFromProtobuf(read)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read as a trusted root: %s", oneLine(err.Error()))
	}
	return known, nil
}

package openshift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/demandflow/terraform-provider-demandflow/internal/image"
	"github.com/demandflow/terraform-provider-demandflow/internal/wire"
)

// find returns the requested object: by its name if that is or may be known, or else from the list of all.
func (c *connection) find(ctx context.Context, request *imageRequest, warn func(image.Warning)) (*object, error) {
	if request.digest != "" {
		return c.image(ctx, request.digest.String(), warn)
	}
	if request.object != "" {
		o, err := c.image(ctx, request.object, warn)
		if !errors.Is(err, image.ErrNotFound) || request.named == nil {
			return o, err
		}
	}
	var found []*object
	count := 0
	err := c.list(ctx, "", warn, func(o *object) bool {
		count++
		if request.fits(o) {
			found = append(found, o)
		}
		return true
	}, func() { found, count = nil, 0 })
	switch {
	case err != nil:
		return nil, err
	case len(found) == 1:
		return found[0], nil
	}
	failure := image.Cannot("find the image "+request.named.String()+" at "+c.base.Host, "", "", nil)
	if len(found) == 0 {
		failure.Cause = image.ErrNotFound
		failure.Said = fmt.Sprintf("none of the cluster's %d images has this pull spec", count)
		failure.Advice = "Most of them have one with a digest: name the image by its digest, which oc get istag NAME:TAG " +
			"-n PROJECT -o jsonpath='{.image.metadata.name}' prints"
		return nil, failure
	}
	var names []string
	for _, o := range found {
		names = append(names, o.Metadata.Name)
	}
	failure.Said = fmt.Sprintf("%d of the cluster's images have this pull spec: %s", len(found), strings.Join(names, ", "))
	failure.Advice = "Name the one that is meant by its digest"
	return nil, failure
}

// list reads all images, page by page, and passes each to take until that returns false. It calls again before it reads
// the list from its beginning once more.
//
// The token of a next page is valid for some minutes. When it has expired, the server sends one with which the list
// continues with the images of that time. None comes twice, because they are sorted by name. An image does not change,
// but the labels and signatures of the pages are of different times then. Only without such a token the list is read
// again from its beginning, and only once.
func (c *connection) list(ctx context.Context, selector string, warn func(image.Warning),
	take func(*object) (more bool), again func()) error {
	const doing = "list the images"
	query := url.Values{"limit": {strconv.Itoa(c.pageSize)}}
	if selector != "" {
		query.Set("labelSelector", selector)
	}
	anew, expired := false, 0
	seen, said := map[string]bool{}, map[image.Warning]bool{}
	once := func(warning image.Warning) { // every page has the same ones
		if !said[warning] {
			said[warning] = true
			warn(warning)
		}
	}
	for {
		var next string
		var enough bool
		err := c.get(ctx, doing, nil, query, largestPage, once, func(body io.Reader) (err error) {
			next, enough, err = readPage(body, take)
			return err
		})
		token := query.Get("continue")
		if refusal, ok := errors.AsType[*refusal](err); ok && refusal.status == http.StatusGone && token != "" {
			if expired++; expired > 3 {
				return err
			}
			switch {
			case refusal.next != "" && refusal.next != token:
				query.Set("continue", refusal.next)
			case anew:
				return err
			default:
				anew = true
				query.Del("continue")
				clear(seen)
				again()
			}
			continue
		}
		switch {
		case err != nil:
			return err
		case enough || next == "":
			return nil
		case seen[next]:
			return c.failed(doing, &notAPI{what: "the same page again and again"})
		}
		expired, seen[next] = 0, true
		query.Set("continue", next)
	}
}

// readPage reads one object after the other, so that a page is never in memory as a whole.
func readPage(body io.Reader, take func(*object) (more bool)) (next string, enough bool, err error) {
	decoder := json.NewDecoder(body)
	if err := expect(decoder, json.Delim('{')); err != nil {
		return "", false, err
	}
	isList := false
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return "", false, unreadable(err)
		}
		switch key {
		case "items":
			isList = true
			if enough, err = readItems(decoder, take); err != nil || enough {
				return "", enough, err
			}
		case "metadata":
			var metadata struct {
				Continue string `json:"continue"`
			}
			if err := decoder.Decode(&metadata); err != nil {
				return "", false, unreadable(err)
			}
			next = metadata.Continue
		default:
			var other json.RawMessage
			if err := decoder.Decode(&other); err != nil {
				return "", false, unreadable(err)
			}
		}
	}
	if err := expect(decoder, json.Delim('}')); err != nil {
		return "", false, err
	}
	if !isList {
		return "", false, &notAPI{what: "something that is no list"}
	}
	return next, false, nil
}

func readItems(decoder *json.Decoder, take func(*object) (more bool)) (enough bool, err error) {
	opening, err := decoder.Token()
	switch {
	case err != nil:
		return false, unreadable(err)
	case opening == nil:
		return false, nil // an empty list
	case opening != json.Delim('['):
		return false, &notAPI{what: "something that is no list"}
	}
	for decoder.More() {
		o := &object{}
		if err := decoder.Decode(o); err != nil {
			return false, unreadable(err)
		}
		if o.Metadata.Name == "" {
			return false, &notAPI{what: "an image without a name"}
		}
		if !take(o) {
			return true, nil
		}
	}
	return false, expect(decoder, json.Delim(']'))
}

func expect(decoder *json.Decoder, delimiter json.Delim) error {
	token, err := decoder.Token()
	if err != nil {
		return unreadable(err)
	}
	if token != delimiter {
		return &notAPI{what: "something that is no object of its API"}
	}
	return nil
}

// unreadable returns the error of an answer that is not JSON, or incomplete.
func unreadable(err error) error {
	if _, ok := errors.AsType[*wire.TooLargeError](err); ok {
		return err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errTruncated
	}
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	if syntax || kind {
		return &notAPI{what: "something that cannot be read", cause: err}
	}
	return err
}

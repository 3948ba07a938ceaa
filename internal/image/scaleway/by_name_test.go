package scaleway

import (
	"strings"
	"testing"

	"github.com/demandflow/terraform-provider-demandflow/internal/image/scaleway/scalewaytest"
)

func TestImageByName_findsOne(t *testing.T) {
	t.Parallel()
	client := newClient(t, newChain(t), nil)
	for _, namespace := range []string{"shop-fr-par", scalewaytest.ID(900002)} {
		got, err := client.ImageByName(t.Context(), "", namespace, "web", Options{Tag: "v1"})
		if err != nil || got.Reference != "rg.fr-par.scw.cloud/shop-fr-par/web:v1" {
			t.Errorf("%s: %v, %v", namespace, got, err)
		}
	}
}

func TestImageByName_listsSeveral(t *testing.T) {
	t.Parallel()
	server := newChain(t)
	_, err := newClient(t, server, nil).ImageByName(t.Context(), "fr-par", "", "web", Options{})
	want := "2 images have this name:\n  fr-par/" + scalewaytest.ID(5) +
		"  rg.fr-par.scw.cloud/shop-fr-par/web\n  fr-par/" + scalewaytest.ID(7) +
		"  rg.fr-par.scw.cloud/office-fr-par/web\nGive the namespace, or the id, of the one that is meant"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

func TestImageByName_saysWhereItLooked(t *testing.T) {
	t.Parallel()
	_, err := newClient(t, newChain(t), nil).ImageByName(t.Context(), "nl-ams", "shop-fr-par", "web", Options{})
	if !isNotFound(err) || !strings.Contains(err.Error(),
		"find the image web in namespace shop-fr-par of region nl-ams: Scaleway has none") {
		t.Errorf("got %v", err)
	}
}

package wire

import "testing"

func TestIsInternal_knowsEverySpelling(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "a.localhost": true, "127.0.0.1": true, "127.1": true, "0x7f000001": true, "2130706433": true,
		"::1": true, "10.1.2.3": true, "169.254.169.254": true, "100.100.100.200": true, "64:ff9b::a9fe:a9fe": true,
		"64:ff9b::808:808": false, "１２７.0.0.1": true, "127。0。0。1": true, "8.8.8.8": false, "example.com": false,
		"xn--bcher-kva.example": false,
	} {
		if got := isInternal(host); got != want {
			t.Errorf("%s is internal: %t", host, got)
		}
	}
}

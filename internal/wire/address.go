package wire

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"
)

// isLoopback reports whether a host is the machine itself, or may be: net/http takes １２７.0.0.1 for 127.0.0.1.
func isLoopback(host string) bool {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	address, ok := parseIP(host)
	return !isASCII(host) || name == "localhost" || strings.HasSuffix(name, ".localhost") || ok && address.IsLoopback()
}

// isInternal reports whether a host is the machine itself, or an address that is no public one.
func isInternal(host string) bool {
	address, ok := parseIP(host)
	return isLoopback(host) || ok && (address.IsPrivate() || address.IsLinkLocalUnicast() ||
		address.IsLinkLocalMulticast() || address.IsUnspecified() || sharedAddresses.Contains(address))
}

var (
	sharedAddresses = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598, and a cloud's metadata
	translated      = netip.MustParsePrefix("64:ff9b::/96")  // NAT64: the last four bytes are an IPv4 address
)

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(character rune) bool { return character >= utf8.RuneSelf })
}

// parseIP returns the address that a host is, in any spelling that a resolver takes for one: 127.1, 0x7f000001 and
// 2130706433 are 127.0.0.1.
func parseIP(host string) (netip.Addr, bool) {
	host, _, _ = strings.Cut(strings.TrimSuffix(host, "."), "%")
	if address, err := netip.ParseAddr(host); err == nil {
		if translated.Contains(address) {
			whole := address.As16()
			address = netip.AddrFrom4([4]byte(whole[12:]))
		}
		return address.Unmap(), true
	}
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var whole uint64
	for i, part := range parts {
		width := 8 // bits; the last part fills what is left
		if i == len(parts)-1 {
			width = 8 * (4 - i)
		}
		number, err := strconv.ParseUint(part, 0, width)
		if err != nil || strings.Contains(part, "_") {
			return netip.Addr{}, false
		}
		whole = whole<<width | number
	}
	return netip.AddrFrom4([4]byte{byte(whole >> 24), byte(whole >> 16), byte(whole >> 8), byte(whole)}), true
}

package notation

import (
	"testing"
	"time"
)

func TestVerify_timeStampProvesWhenItWasSigned(t *testing.T) {
	authority := root(t, "Root")
	current := leaf(t, &authority, name, now.Add(-10*day), now.Add(day))
	expired := leaf(t, &authority, name, now.Add(-10*day), now.Add(-day))
	when := now.Add(-2 * day).UTC()
	stamps, stampsRoot := newStamper(t, when)
	inBoth(t, func(t *testing.T, mediaType string) {
		for _, signer := range []party{current, expired} {
			text := sign(t, mediaType, signer, signedAt(now.Add(-3*day)), stampedBy(stamps))
			got, err := Verify(text, mediaType, image, trusting(t, []string{authority.pem(), stampsRoot.pem()}), now)
			if err != nil {
				t.Fatal(err)
			}
			if !got.SignedAt.Equal(when) || len(got.Timestamps) != 1 ||
				got.Timestamps[0] != (Timestamp{"CN=Stamps", when, time.Second}) {
				t.Errorf("time stamps are %+v", got)
			}
		}
	})
}

func TestVerify_timeStampOfAnUntrustedAuthorityProvesNothing(t *testing.T) {
	authority := root(t, "Root")
	current := leaf(t, &authority, name, now.Add(-10*day), now.Add(day))
	expired := leaf(t, &authority, name, now.Add(-10*day), now.Add(-day))
	stamps, _ := newStamper(t, now.Add(-2*day))
	inBoth(t, func(t *testing.T, mediaType string) {
		authorities := trusting(t, []string{authority.pem()})
		got, err := Verify(sign(t, mediaType, current, stampedBy(stamps)), mediaType, image, authorities, now)
		if err != nil || !got.SignedAt.IsZero() || got.Timestamps != nil {
			t.Errorf("valid certificate: %v, %+v", err, got)
		}
		text := sign(t, mediaType, expired, signedAt(now.Add(-3*day)), stampedBy(stamps))
		_, err = Verify(text, mediaType, image, authorities, now)
		wantReason(t, err, ReasonNoTime, "expired at ", "does not prove")
	})
}

func TestVerify_timeStampOfAnotherSignatureProvesNothing(t *testing.T) {
	authority := root(t, "Root")
	expired := leaf(t, &authority, name, now.Add(-10*day), now.Add(-day))
	stamps, stampsRoot := newStamper(t, now.Add(-2*day))
	stamped := sign(t, MediaTypeJWS, expired, signedAt(now.Add(-3*day)), stampedBy(stamps))
	var header any
	changeJWS(t, stamped, func(e map[string]any) { header = e["header"] })
	text := changeJWS(t, sign(t, MediaTypeJWS, expired, signedAt(now.Add(-3*day))), func(e map[string]any) {
		e["header"] = header
	})
	_, err := Verify(text, MediaTypeJWS, image, trusting(t, []string{authority.pem(), stampsRoot.pem()}), now)
	wantReason(t, err, ReasonNoTime, "mismatched")
	for _, junk := range []string{"AA==", "MIIB", "MAA="} {
		text := changeJWS(t, stamped, func(e map[string]any) {
			e["header"].(map[string]any)["io.cncf.notary.timestampSignature"] = junk
		})
		_, err := Verify(text, MediaTypeJWS, image, trusting(t, []string{authority.pem(), stampsRoot.pem()}), now)
		wantReason(t, err, ReasonNoTime)
	}
	text = changeJWS(t, stamped, func(e map[string]any) {
		e["header"].(map[string]any)["io.cncf.notary.timestampSignature"] = make([]byte, maxTimestamp+1)
	})
	_, err = Verify(text, MediaTypeJWS, image, trusting(t, []string{authority.pem(), stampsRoot.pem()}), now)
	wantReason(t, err, ReasonNoTime, "too large")
}

func TestVerify_timeStampOutsideOfTheCertificatesTimeIsRefused(t *testing.T) {
	authority := root(t, "Root")
	signer := leaf(t, &authority, name, now.Add(-day), now.Add(day))
	for _, when := range []time.Time{now.Add(-2 * day), now.Add(-day)} { // the second one may be a second before
		stamps, stampsRoot := newStamper(t, when)
		text := sign(t, MediaTypeJWS, signer, stampedBy(stamps))
		_, err := Verify(text, MediaTypeJWS, image, trusting(t, []string{authority.pem(), stampsRoot.pem()}), now)
		wantReason(t, err, ReasonExpired, "time stamp", "is not valid before")
	}
}

package predicate

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"
)

// allocated returns the bytes that a call allocates, with those that are garbage soon. No other test runs beside one
// that calls it.
func allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestRead_ofALargeSBOMNeedsLittleMemory(t *testing.T) { //nolint:paralleltest // it measures the process
	const packages, padding = 50_000, 300
	var text strings.Builder
	text.WriteString(`{"spdxVersion":"SPDX-2.3","creationInfo":{"created":"2026-01-02T03:04:05Z"},"packages":[`)
	for i := range packages {
		fmt.Fprintf(&text, `{"SPDXID":"SPDXRef-%d","name":"package-%[1]d","versionInfo":"1.%[1]d","comment":"%s","externalRefs":[`+
			`{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:apk/package-%[1]d@1"}]},`, i,
			strings.Repeat("x", padding))
	}
	spdx := []byte(strings.TrimSuffix(text.String(), ",") + `]}`)
	if len(spdx) < 20<<20 {
		t.Fatalf("it has %d bytes only", len(spdx))
	}
	var facts Facts
	var warnings []string
	took := allocated(func() { facts, warnings = Read(typeSPDX, spdx, Options{Packages: true}) })
	if *facts.SBOM.PackageCount != packages || len(facts.SBOM.Packages) != MaxPackages || len(warnings) != 1 {
		t.Errorf("%d packages, %q", *facts.SBOM.PackageCount, warnings)
	}
	if took > 300<<20 {
		t.Errorf("%d MiB", took>>20)
	}
	t.Logf("%d MiB of text, %d MiB allocated", len(spdx)>>20, took>>20)
}

// The formats' own types need hundreds of bytes for an empty object of two.
func TestRead_ofMillionsOfSmallValuesNeedsLittleMemory(t *testing.T) { //nolint:paralleltest // it measures the process
	const size = 1 << 20
	for _, test := range []struct{ name, predicateType, before, each, after string }{
		{"empty packages", typeSPDX, `{"spdxVersion":"SPDX-2.3","packages":[`, `{}`, `]}`},
		{"empty components", typeCycloneDX, `{"components":[`, `{}`, `]}`},
		{"nested components", typeCycloneDX, `{"components":[{"components":[`, `{"components":[{}]}`, `]}]}`},
		{"empty licenses", typeCycloneDX, `{"components":[{"licenses":[`, `{}`, `]}]}`},
		{"many empty licenses", typeCycloneDX, `{"components":[`, `{"licenses":[` + strings.Repeat("{},", 20000) + `{}]}`,
			`]}`},
		{"wrong packages", typeSPDX, `{"packages":[`, `7`, `]}`},
		{"members", typeSLSA1, `{"buildDefinition":{`, `"%d":0`, `}}`},
		{"one key", typeSLSA1, `{"buildDefinition":{`, `"buildType":"a"`, `}}`},
		{"escaped keys", typeSLSA1, `{`, `"\u0062":0`, `}`},
		{"dependencies", typeSLSA1, `{"buildDefinition":{"resolvedDependencies":[`, `{"uri":"git+a://%d"}`, `]}}`},
		{"words", typeSLSA1, `{"buildDefinition":{"buildType":"a`, ` `, `"}}`},
		{"vulnerabilities", typeTrivy, `{"Results":[{"Vulnerabilities":[`, `{"VulnerabilityID":"%d"}`, `]}]}`},
		{"matches", typeTrivy, `{"matches":[`, `{"vulnerability":{"id":"%d"}}`, `]}`},
		{"rules", typeSARIF, `{"runs":[{"results":[],"tool":{"driver":{"rules":[`, `{"id":"%d"}`, `]}}}]}`},
		{"empty rules", typeSARIF, `{"runs":[{"results":[],"tool":{"driver":{"rules":[`, `{}`, `]}}}]}`},
		{"runs", typeSARIF, `{"runs":[`, `{"results":[]}`, `]}`},
		{"results", typeSARIF, `{"runs":[{"results":[`, `{"ruleId":"%d"}`, `]}]}`},
		{"VEX statements", typeVEX, `{"statements":[`, `{}`, `]}`},
		{"VEX products", typeVEX, `{"statements":[{"products":[`, `"a"`, `]}]}`},
	} {
		written := []byte(test.before)
		for i := 0; len(written) < size; i++ {
			if i > 0 {
				written = append(written, ',')
			}
			written = append(written, strings.Replace(test.each, "%d", strconv.Itoa(i), 1)...)
		}
		written = append(written, test.after...)
		start := time.Now()
		peak := highest(func() { Read(test.predicateType, written, Options{Packages: true}) })
		t.Logf("%s: %d MiB, %s", test.name, peak>>20, time.Since(start))
		if peak > 24<<20 {
			t.Errorf("%s: %d MiB for %d MiB of text", test.name, peak>>20, len(written)>>20)
		}
	}
}

// highest returns about how many bytes a call has at once beside those that are there before.
func highest(call func()) (peak uint64) {
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // so that little garbage is among them
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	bytes := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	before, done, ended := bytes(), make(chan struct{}), make(chan struct{})
	ticks := time.NewTicker(time.Millisecond)
	defer ticks.Stop()
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-ticks.C:
				now := bytes()
				peak = max(peak, now-min(now, before))
			}
		}
	}()
	call()
	close(done)
	<-ended
	return peak
}

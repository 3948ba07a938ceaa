package main

import (
	"os"
	"runtime/debug"

	"github.com/demandflow/terraform-provider-demandflow/internal/measures"
)

// How the provider's memory is collected. It keeps little from one call to the next and drops nearly all that a call
// made, so Go's default, a collection whenever the heap has doubled, collects a few megabytes hundreds of times. The
// limit is for where the heap is large all the same: towards it, collections come as often as they must.
const (
	collectAt   = 400       // percent of what is in use that may be added before a collection
	memoryLimit = 400 << 20 // bytes
)

// collectSeldom spends some memory on fewer collections, unless people have said by GOGC or GOMEMLIMIT how they want
// it.
func collectSeldom() {
	if !measures.Collections.Taken() || os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(collectAt)
	debug.SetMemoryLimit(memoryLimit)
}

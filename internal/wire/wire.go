// Package wire is what the HTTP clients of DemandFlow, registries, engines, clusters and clouds share:
//
//   - what they say when a request fails: [Error], and [Reason], which reads the bodies of errors;
//   - to which host a credential may go: [Origins.MayReceive], which decides, [Transport], which every request passes,
//     and the redirect rules;
//   - what must not be shown of what the other side says: [Secrets] and [Redaction];
//   - how a request is sent again: [Retry]; how many are under way at a time: [Limiter];
//   - how long an answer may take and how large it may be: [IdleTimeout], [WriteTransport], [ReadAll] and [Limit];
//   - which certificates count: [TLS].
//
// It knows none of the clients, and imports nothing but the standard library and go-retryablehttp.
package wire

package signaturetest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"testing"
)

// LogIndex is the index of every entry. The log has one entry at a time, so that its tree is the entry.
const LogIndex = 7

// attested returns a log's entry for a statement in an envelope.
func attested(statement []byte, made signed) map[string]any {
	sum := sha256.Sum256(statement)
	hash := map[string]any{"algorithm": "sha256", "value": hex.EncodeToString(sum[:])}
	return inLog("dsse", map[string]any{
		"payloadHash": hash, "envelopeHash": hash, // the latter is compared with nothing
		"signatures": []any{map[string]any{"signature": base64.StdEncoding.EncodeToString(made.signature),
			"verifier": made.verifier}},
	})
}

func inLog(kind string, spec map[string]any) map[string]any {
	return map[string]any{"apiVersion": "0.0.1", "kind": kind, "spec": spec}
}

// content returns what the log signs of an entry.
func (i *Instance) content(t testing.TB, body map[string]any, s Signing) map[string]any {
	t.Helper()
	return map[string]any{"body": []byte(inJSON(t, body)), "integratedTime": s.LoggedAt.Unix(), "logIndex": LogIndex,
		"logID": hex.EncodeToString(idOf(t, i.logKey))}
}

// promise returns the log's promise to include an entry. JSON of a map is in the canonical form.
func (i *Instance) promise(t testing.TB, content map[string]any) []byte {
	t.Helper()
	return sign(t, i.logKey, []byte(inJSON(t, content)))
}

// entry returns an entry as bundles have it, with the proof that the log includes it.
func (i *Instance) entry(t testing.TB, body map[string]any, s Signing) map[string]any {
	t.Helper()
	content := i.content(t, body, s)
	text, _ := content["body"].([]byte)
	tree := sha256.Sum256(append([]byte{0}, text...))
	note := fmt.Sprintf("%s - 1\n1\n%s\n", Host, base64.StdEncoding.EncodeToString(tree[:]))
	id := idOf(t, i.logKey)
	seal := base64.StdEncoding.EncodeToString(append(id[:4:4], sign(t, i.logKey, []byte(note))...))
	return map[string]any{
		"logIndex": LogIndex, "logId": map[string]any{"keyId": id}, "integratedTime": s.LoggedAt.Unix(),
		"kindVersion":       map[string]any{"kind": body["kind"], "version": body["apiVersion"]},
		"inclusionPromise":  map[string]any{"signedEntryTimestamp": i.promise(t, content)},
		"canonicalizedBody": text,
		"inclusionProof": map[string]any{"logIndex": 0, "rootHash": tree[:], "treeSize": 1, "hashes": []any{},
			"checkpoint": map[string]any{"envelope": fmt.Sprintf("%s\n— %s %s\n", note, Host, seal)}},
	}
}

package entity

var (
	registryType = labels("Docker Hub", "Harbor", "AWS ECR", "Azure ACR", "Google GCR", "GitLab Registry",
		"JFrog Artifactory", "Nexus Repository", "Quay.io", "Private Registry")
	registryStatus             = labels("Active", "Inactive", "Maintenance", "Error")
	registryStorageBackend     = labels("Local Filesystem", "S3", "Azure Blob", "Google Cloud Storage", "Swift", "MinIO")
	registryAuthType           = labels("Basic Auth", "Token", "OAuth2", "LDAP", "SAML", "OIDC")
	registryDefaultPermissions = labels("Read Only", "Read/Write", "Admin", "None")
	registryScanner            = labels("None", "Trivy", "Clair", "Anchore", "Twistlock", "Aqua Security")
	registrySeverityThreshold  = labels("Critical", "High", "Medium", "Low")
	registryReplicationMode    = labels("Push", "Pull", "Both")
	registryReplicationStatus  = labels("Success", "Failed", "In Progress", "Pending")
	registryWebhookAuth        = labels("None", "Basic", "Bearer Token", "HMAC")
)

// DockerRegistry is DOCKERREGISTRY, a container registry with its policies.
var DockerRegistry = Entity{
	Code:        "DOCKERREGISTRY",
	DisplayName: "Docker Registry",
	Plural:      "Docker Registries",
	Level:       421,
	Doc: "A container registry in DemandFlow's catalogue: where it is, who may use it, and its scanning, " +
		"replication, cleanup and webhook policies.",
	Keys: []Key{
		{Fields: []string{"name"}},
		{Fields: []string{"url"}},
	},
	Filters: []Filter{{"name", Exact}, {"name", Regex}, {"registryType", Exact}, {"status", Exact}},
	OrderBy: []string{"created", "name", "status"},
	Archive: Archive{"status", "2"},
	Sections: []Section{
		{"Registry Information", []Field{
			{Name: "name", Access: Required, Doc: "Name of the registry."},
			{Name: "url", Kind: URL, Access: Required,
				Doc: "Address of the registry, with or without a scheme, such as `registry.example.com`."},
			{Name: "registryType", Kind: Enum, Access: Required, Options: registryType,
				Doc: "Product that the registry runs on."},
			{Name: "status", Kind: Enum, Access: Required, Options: registryStatus, Doc: "Whether the registry is in use."},
		}},
		{"Configuration", []Field{
			{Name: "description", Doc: "What the registry is for."},
			{Name: "namespace", Doc: "Default organization or namespace of its images."},
			{Name: "publicAccess", Kind: Bool, Doc: "Whether the registry is open to the public."},
			{Name: "httpsEnabled", Kind: Bool, Doc: "Whether the registry is served over HTTPS."},
			{Name: "proxyEnabled", Kind: Bool, Doc: "Whether the registry is a proxy cache."},
			{Name: "replicationEnabled", Kind: Bool, Doc: "Whether images are replicated."},
		}},
		{"Storage & Limits", []Field{
			{Name: "storageBackend", Kind: Enum, Options: registryStorageBackend, Doc: "Where the registry stores images."},
			{Name: "storageLimit", Kind: Number, Doc: "Storage limit in GB."},
			{Name: "storageUsed", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Storage used in GB."},
			{Name: "imageCount", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Number of images."},
			{Name: "tagCount", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Number of tags."},
		}},
		{"Authentication Settings", []Field{
			{Name: "authEnabled", Kind: Bool, Doc: "Whether authentication is required."},
			{Name: "authType", Kind: Enum, Options: registryAuthType, Doc: "How users authenticate."},
			{Name: "username", Doc: "User name that DemandFlow signs in with."},
			{Name: "password", Secret: true, Doc: "Password that DemandFlow signs in with."},
			{Name: "token", Secret: true, Doc: "API token or service account that DemandFlow signs in with."},
		}},
		{"Advanced Authentication", []Field{
			{Name: "identityProvider", Doc: "Identity provider."},
			{Name: "ldapServer", Doc: "LDAP server."},
			{Name: "oauthEndpoint", Kind: URL, Doc: "OAuth endpoint."},
			{Name: "serviceAccount", Doc: "Service account."},
			{Name: "credentialsExpiry", Kind: DateTime, Doc: "When the credentials expire (RFC 3339)."},
		}},
		{"Repository Permissions", []Field{
			{Name: "defaultPermissions", Kind: Enum, Options: registryDefaultPermissions,
				Doc: "What users may do unless a policy says otherwise."},
			{Name: "anonymousAccess", Kind: Bool, Doc: "Whether pulls need no authentication."},
			{Name: "userQuota", Kind: Number, Doc: "Quota of a user in GB."},
			{Name: "projectQuota", Kind: Number, Doc: "Quota of a project in GB."},
			{Name: "accessPolicies", Kind: JSON, Doc: "Access policies (RBAC)."},
			{Name: "allowedUsers", Kind: LineSet, Doc: "Users who are let in."},
			{Name: "blockedUsers", Kind: LineSet, Doc: "Users who are kept out."},
		}},
		{"Repository Management", []Field{
			{Name: "repositories", Access: ReadOnly, Doc: "The registry's repositories."},
			{Name: "repoCount", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Number of repositories."},
			{Name: "publicRepoCount", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Number of public repositories."},
			{Name: "privateRepoCount", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Number of private repositories."},
			{Name: "totalSize", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Size of all repositories in GB."},
		}},
		{"Security Scanning", []Field{
			{Name: "scanningEnabled", Kind: Bool, Doc: "Whether images are scanned for vulnerabilities."},
			{Name: "scanOnPush", Kind: Bool, Doc: "Whether a push starts a scan."},
			{Name: "scanner", Kind: Enum, Options: registryScanner, Doc: "Scanner in use."},
			{Name: "blockVulnerable", Kind: Bool, Doc: "Whether vulnerable images cannot be pulled."},
			{Name: "severityThreshold", Kind: Enum, Options: registrySeverityThreshold,
				Doc: "Severity from which on an image counts as vulnerable."},
		}},
		{"Content Trust", []Field{
			{Name: "contentTrust", Kind: Bool, Doc: "Whether only signed images are served."},
			{Name: "notaryURL", Kind: URL, Doc: "Address of the Notary server."},
			{Name: "signingKey", Secret: true, Doc: "The registry's signing key."},
			{Name: "trustedSigners", Kind: LineSet, Doc: "Signers who are trusted."},
			{Name: "encryptionEnabled", Kind: Bool, Doc: "Whether images are encrypted at rest."},
		}},
		{"Replication Configuration", []Field{
			{Name: "replicationRules", Kind: JSON, Doc: "Replication policies."},
			{Name: "replicationTargets", Kind: MultiSelect, Doc: "Registries that images are replicated to."},
			{Name: "replicationSchedule", Format: Cron, Doc: "When replication runs (cron)."},
			{Name: "replicationMode", Kind: Enum, Options: registryReplicationMode, Doc: "Direction of replication."},
			{Name: "replicationFilter", Doc: "Pattern of the names of images that are replicated."},
			{Name: "lastReplication", Kind: DateTime, Access: ReadOnly, Metric: true,
				Doc: "When replication last ran (RFC 3339)."},
			{Name: "replicationStatus", Kind: Enum, Options: registryReplicationStatus, Doc: "How the last replication ended."},
		}},
		{"Cleanup Policies", []Field{
			{Name: "gcEnabled", Kind: Bool, Doc: "Whether garbage is collected."},
			{Name: "gcSchedule", Format: Cron, Doc: "When garbage collection runs (cron)."},
			{Name: "retentionDays", Kind: Number, AtLeast: 1, Integer: true, Doc: "Days for which images are kept."},
			{Name: "retentionCount", Kind: Number, AtLeast: 1, Integer: true, Doc: "Number of most recent tags that are kept."},
			{Name: "deleteUntagged", Kind: Bool, Doc: "Whether images without a tag are deleted."},
			{Name: "dryRun", Kind: Bool, Doc: "Whether cleanup only reports what it would delete."},
			{Name: "lastGC", Kind: DateTime, Access: ReadOnly, Metric: true,
				Doc: "When garbage collection last ran (RFC 3339)."},
			{Name: "spaceReclaimed", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Space reclaimed in GB."},
			{Name: "retentionPolicy", Kind: JSON, Doc: "Advanced retention rules."},
		}},
		{"Webhook Configuration", []Field{
			{Name: "webhooks", Kind: JSON, Doc: "Endpoints that are called."},
			{Name: "webhookEvents", Kind: MultiSelect, Doc: "Events that call them."},
			{Name: "webhookAuth", Kind: Enum, Options: registryWebhookAuth, Doc: "How calls authenticate."},
			{Name: "webhookSecret", Secret: true, Doc: "Secret that calls authenticate with."},
		}},
		{"Registry Metrics", []Field{
			{Name: "pushRate", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Pushes per hour."},
			{Name: "pullRate", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Pulls per hour."},
			{Name: "errorRate", Kind: Percent, Access: ReadOnly, Metric: true, Doc: "Error rate in percent."},
			{Name: "availability", Kind: Percent, Access: ReadOnly, Metric: true, Doc: "Availability in percent."},
			{Name: "responseTime", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Average response time in milliseconds."},
			{Name: "bandwidth", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Bandwidth in GB per day."},
			{Name: "activeConnections", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Number of active connections."},
			{Name: "cacheHitRate", Kind: Percent, Access: ReadOnly, Metric: true, Doc: "Cache hit rate in percent."},
		}},
		{"External Integrations", []Field{
			{Name: "cicdIntegration", Kind: MultiSelect, Doc: "CI/CD systems that use the registry."},
			{Name: "k8sIntegration", Kind: MultiSelect, Doc: "Kubernetes clusters that use the registry."},
			{Name: "apiEndpoint", Kind: URL, Doc: "Address of the registry's API."},
			{Name: "apiVersion", Doc: "Version of the registry's API."},
			{Name: "apiRateLimit", Kind: Number, Integer: true, Doc: "Requests allowed per hour."},
		}},
	},
}

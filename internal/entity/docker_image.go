package entity

var (
	imageOS               = labels("linux", "windows", "darwin")
	imageStatus           = labels("Active", "Deprecated", "Archived", "Building", "Failed", "Scanning")
	imageComplianceStatus = labels("Compliant", "Non-compliant", "Exempt", "Unknown")
	imageBuildTrigger     = labels("Manual", "Git Push", "Pull Request", "Schedule", "Webhook")
	imageLastBuildStatus  = labels("Success", "Failed", "In Progress", "Cancelled")
)

// DockerImage is DOCKERIMAGE, the catalogue's entry of one image: a name and a tag, and what is known of it.
var DockerImage = Entity{
	Code:        "DOCKERIMAGE",
	DisplayName: "Docker Image",
	Plural:      "Docker Images",
	Level:       420,
	Doc: "A container image in DemandFlow's catalogue: its name and tag, how it is built and run, what scans " +
		"found, and where it is deployed.",
	Keys: []Key{
		{Fields: []string{"fullImageName"}},
		{Fields: []string{"name", "tag"}, Disambiguator: "registry"},
	},
	Filters: []Filter{
		{"name", Exact}, {"name", Regex}, {"tag", Regex}, {"status", Exact}, {"registry", Exact}, {"architecture", Contains},
		{"labels", Pairs},
	},
	OrderBy: []string{"created", "name", "status"},
	Archive: Archive{"status", "3"},
	Derived: []Field{
		{Name: "digest", Kind: Digest, Access: ReadOnly, DerivedFrom: []string{"imageId"},
			Doc: "The image id as `sha256:…`, whichever way DemandFlow spells it."},
		{Name: "pinnedReference", Kind: Pinned, Access: ReadOnly, DerivedFrom: []string{"fullImageName", "imageId"},
			Doc: "The full image name with the digest in place of the tag (`registry/namespace/name@sha256:…`): what a " +
				"deployment should pull."},
	},
	Sections: []Section{
		{"Image Information", []Field{
			{Name: "name", Access: Required, Format: ImageName,
				Doc: "Name of the image without registry and tag, such as `nginx` or `library/redis`."},
			{Name: "tag", Access: Required, Format: Tag, Doc: "Tag of the image, such as `1.27.3` or `stable`."},
			{Name: "registry", Kind: Reference, References: "DOCKERREGISTRY", Doc: "Id of the registry that holds the image."},
			{Name: "fullImageName", Access: ReadOnly, DerivedFrom: []string{"name", "tag", "registry"},
				Doc: "`registry/namespace/name:tag`, put together by DemandFlow."},
			{Name: "imageId", Access: ReadOnly, DerivedFrom: []string{"name", "tag", "registry"},
				Doc: "The image's SHA-256 digest as DemandFlow spells it; `digest` gives it in one spelling."},
		}},
		{"Image Details", []Field{
			{Name: "description", Doc: "What the image is for and what it contains."},
			{Name: "baseImage", Doc: "Parent image."},
			{Name: "architecture", Kind: MultiSelect,
				Doc: "CPU architectures that the image is built for, such as `amd64` and `arm64`."},
			{Name: "os", Kind: Enum, Options: imageOS, Doc: "Operating system that the image is built for."},
			{Name: "size", Kind: Number, Access: ReadOnly, Doc: "Size in MB."},
			{Name: "layers", Kind: Number, Access: ReadOnly, Doc: "Number of layers."},
		}},
		{"Status & Usage", []Field{
			{Name: "status", Kind: Enum, Access: Required, Options: imageStatus, Doc: "Where the image stands in its life."},
			{Name: "createdDate", Kind: DateTime, Access: ReadOnly,
				Doc: "When the image was built (RFC 3339); `created_at` is when its catalogue entry was made."},
			{Name: "pushedDate", Kind: DateTime, Access: ReadOnly, Doc: "When the image was pushed (RFC 3339)."},
			{Name: "lastPulled", Kind: DateTime, Access: ReadOnly, Metric: true,
				Doc: "When the image was last pulled (RFC 3339)."},
			{Name: "pullCount", Kind: Number, Access: ReadOnly, Metric: true, Doc: "How often the image was pulled."},
			{Name: "deploymentCount", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Number of active deployments."},
			{Name: "targetCluster", Kind: Reference, References: "K8SCLUSTER",
				Doc: "Id of the Kubernetes cluster that the image is meant for."},
			{Name: "targetNamespace", Kind: Reference, References: "K8SNAMESPACE",
				Doc: "Id of the Kubernetes namespace that the image is meant for."},
		}},
		{"Dockerfile", []Field{
			{Name: "dockerfile", Doc: "Content of the Dockerfile."},
			{Name: "dockerfilePath", Doc: "Path of the Dockerfile in its repository."},
		}},
		{"Build Configuration", []Field{
			{Name: "buildArgs", Kind: KeyValues, Doc: "Build arguments (`ARG`)."},
			{Name: "buildContext", Doc: "Path of the build context."},
			{Name: "targetStage", Doc: "Stage of a multi-stage build that makes the image."},
			{Name: "buildPlatforms", Kind: Lines, Doc: "Platforms of a multi-platform build, such as `linux/arm64`."},
			{Name: "cacheFrom", Kind: Lines, Doc: "Images that serve as build cache."},
		}},
		{"Runtime Configuration", []Field{
			{Name: "entrypoint", Doc: "Entrypoint of the container."},
			{Name: "cmd", Doc: "Default command."},
			{Name: "workingDir", Doc: "Working directory."},
			{Name: "user", Doc: "User that the container runs as."},
			{Name: "shell", Doc: "Default shell."},
		}},
		{"Environment & Ports", []Field{
			{Name: "env", Kind: JSON, Doc: "Default environment variables."},
			{Name: "exposedPorts", Kind: JSON, Doc: "Ports that the container exposes."},
			{Name: "volumes", Kind: Lines, Doc: "Mount points of volumes."},
			{Name: "healthcheck", Kind: JSON, Doc: "Configuration of the health check."},
		}},
		{"Image Labels", []Field{
			{Name: "labels", Kind: JSON, Doc: "Labels of the image."},
			{Name: "annotations", Kind: JSON, Doc: "Further metadata."},
			{Name: "maintainer", Doc: "Who maintains the image."},
			{Name: "vendor", Kind: Reference, References: "VEN", Doc: "Id of the vendor."},
			{Name: "version", Doc: "Version of the software in the image."},
			{Name: "license", Doc: "License of the image, such as an SPDX expression."},
		}},
		{"Security Scanning", []Field{
			{Name: "scanEnabled", Kind: Bool, Doc: "Whether the image is scanned for vulnerabilities."},
			{Name: "lastScanDate", Kind: DateTime, Access: ReadOnly, Metric: true,
				Doc: "When the image was last scanned (RFC 3339)."},
			{Name: "vulnerabilities", Kind: JSON, Access: ReadOnly, Doc: "Known vulnerabilities."},
			{Name: "criticalCount", Kind: Number, Access: ReadOnly, Doc: "Number of critical vulnerabilities."},
			{Name: "highCount", Kind: Number, Access: ReadOnly, Doc: "Number of vulnerabilities of high severity."},
			{Name: "mediumCount", Kind: Number, Access: ReadOnly, Doc: "Number of vulnerabilities of medium severity."},
			{Name: "lowCount", Kind: Number, Access: ReadOnly, Doc: "Number of vulnerabilities of low severity."},
		}},
		{"Security Configuration", []Field{
			{Name: "signatureVerified", Kind: Bool, Access: ReadOnly, Doc: "Whether the image's signature was verified."},
			{Name: "signedBy", Access: ReadOnly, Doc: "Who signed the image."},
			{Name: "trustedRegistry", Kind: Bool, Doc: "Whether the image comes from a trusted registry."},
			{Name: "complianceStatus", Kind: Enum, Options: imageComplianceStatus,
				Doc: "Whether the image complies with policy."},
			{Name: "securityPolicies", Doc: "Security policies that apply."},
			{Name: "allowedNamespaces", Kind: MultiSelect, Doc: "Namespaces that may run the image."},
		}},
		{"Image Dependencies", []Field{
			{Name: "dependencies", Doc: "What the image needs at run time."},
			{Name: "packages", Access: ReadOnly, Doc: "Packages that a scan found."},
			{Name: "linkedServices", Kind: MultiSelect, Doc: "External services that the image needs."},
			{Name: "configRequirements", Doc: "Configuration and secrets that the image needs."},
		}},
		{"Version History", []Field{
			{Name: "tagHistory", Access: ReadOnly, Doc: "Tags that the image has had."},
			{Name: "latestTag", Access: ReadOnly, Doc: "The latest tag."},
			{Name: "stableTag", Access: ReadOnly, Doc: "The stable tag."},
			{Name: "developmentTag", Access: ReadOnly, Doc: "The development tag."},
			{Name: "autoTag", Kind: Bool, Doc: "Whether tags are made automatically."},
			{Name: "tagPattern", Doc: "Pattern of automatic tags (semantic versioning)."},
		}},
		{"Build Pipeline", []Field{
			{Name: "gitRepo", Kind: URL, Format: GitURL, Doc: "Git repository of the source."},
			{Name: "gitBranch", Doc: "Git branch of the source."},
			{Name: "gitCommit", Access: ReadOnly, Doc: "Git commit of the source."},
			{Name: "buildPipeline", Doc: "Pipeline that builds the image."},
			{Name: "buildTrigger", Kind: Enum, Options: imageBuildTrigger, Doc: "What starts a build."},
		}},
		{"Build History", []Field{
			{Name: "lastBuildTime", Kind: DateTime, Access: ReadOnly, Metric: true, Doc: "When the last build ran (RFC 3339)."},
			{Name: "lastBuildStatus", Kind: Enum, Options: imageLastBuildStatus, Doc: "How the last build ended."},
			{Name: "buildDuration", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Duration of the last build in minutes."},
			{Name: "buildCount", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Number of builds."},
			{Name: "buildHistory", Access: ReadOnly, Metric: true, Doc: "Earlier builds."},
		}},
		{"Usage Metrics", []Field{
			{Name: "pullRate", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Pulls per day."},
			{Name: "storageUsed", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Storage used in MB."},
			{Name: "networkTransfer", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Network transfer in GB."},
			{Name: "cacheHitRate", Kind: Percent, Access: ReadOnly, Metric: true, Doc: "Cache hit rate in percent."},
			{Name: "avgPullTime", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Average duration of a pull in seconds."},
			{Name: "avgBuildTime", Kind: Number, Access: ReadOnly, Metric: true, Doc: "Average duration of a build in minutes."},
			{Name: "failureRate", Kind: Percent, Access: ReadOnly, Metric: true, Doc: "Failure rate in percent."},
			{Name: "availability", Kind: Percent, Access: ReadOnly, Metric: true, Doc: "Availability in percent."},
		}},
	},
}

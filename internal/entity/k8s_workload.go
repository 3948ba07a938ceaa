package entity

var (
	workloadType   = labels("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicaSet", "Pod")
	workloadStatus = labels("Running", "Pending", "Failed", "Succeeded", "Unknown", "Terminating", "CrashLoopBackOff")
)

// K8sWorkload is K8SWORKLOAD as far as an image's related list "Deployments" shows it. It is only read.
var K8sWorkload = Entity{
	Code:        "K8SWORKLOAD",
	DisplayName: "K8s Workload",
	Plural:      "K8s Workloads",
	Level:       402,
	Doc:         "A Kubernetes workload that runs a container image.",
	Sections: []Section{
		{"Workload", []Field{
			{Name: "name", Access: Required, Doc: "Name of the workload."},
			{Name: "namespace", Kind: Reference, References: "K8SNAMESPACE", Doc: "Id of its namespace."},
			{Name: "workloadType", Kind: Enum, Options: workloadType, Doc: "What kind of workload it is."},
			{Name: "status", Kind: Enum, Options: workloadStatus, Doc: "How it is doing."},
			{Name: "application", Doc: "Application that it belongs to."},
			{Name: "image", Doc: "Image that it runs."},
			{Name: "imageTag", Doc: "Tag of the image, where `image` does not have it."},
		}},
	},
}

//! Task definitions: AWS's defaults, and where order means nothing.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>.

use super::field::{Field, Shape};

const fn field(path: &'static str, shape: Shape, default: &'static str, declared: &'static str) -> Field {
    Field { path, shape, default, declared }
}

use Shape::{HiddenMap, HiddenPairs, Keyed, Map, Pairs, Plain, Set, Whole};

/// Under `containerDefinitions.*` the declaration's names are those of the main container; a sidecar's stand under
/// `containers.<name>`.
pub(super) const FIELDS: &[Field] = &[
    field("family", Plain, "", "family"),
    field("cpu", Plain, "", "cpu"),
    field("memory", Plain, "", "memory"),
    field("executionRoleArn", Plain, "", "execution_role"),
    field("taskRoleArn", Plain, "", "task_role"),
    field("networkMode", Plain, "", ""),
    field("requiresCompatibilities", Set, "", ""),
    field("runtimePlatform.cpuArchitecture", Plain, r#""X86_64""#, "architecture"),
    field("runtimePlatform.operatingSystemFamily", Plain, r#""LINUX""#, ""),
    field("ephemeralStorage.sizeInGiB", Plain, "20", "ephemeral_storage_gib"),
    field("placementConstraints", Set, "", ""),
    field("inferenceAccelerators", Keyed(&["deviceName"]), "", ""),
    field("proxyConfiguration.properties", Pairs("name", "value"), "", ""),
    field("proxyConfiguration.type", Plain, r#""APPMESH""#, ""),
    field("volumes", Keyed(&["name"]), "", "volumes"),
    field("volumes.*", Whole, "", "volumes.*"),
    // A volume of which nothing else is said is a folder that goes with the task.
    field("volumes.*.name", Plain, "", ""),
    field("volumes.*.efsVolumeConfiguration.fileSystemId", Plain, "", "volumes.*.efs.file_system"),
    field("volumes.*.efsVolumeConfiguration.rootDirectory", Plain, r#""/""#, "volumes.*.efs.path"),
    field("volumes.*.efsVolumeConfiguration.transitEncryption", Plain, r#""DISABLED""#, ""),
    field(
        "volumes.*.efsVolumeConfiguration.authorizationConfig.accessPointId",
        Plain,
        "",
        "volumes.*.efs.access_point",
    ),
    field("volumes.*.efsVolumeConfiguration.authorizationConfig.iam", Plain, r#""DISABLED""#, "volumes.*.efs.iam"),
    field("containerDefinitions", Keyed(&["name"]), "", "containers"),
    field("containerDefinitions.*", Whole, "", "containers.*"),
    field("containerDefinitions.*.image", Plain, "", "image"),
    field("containerDefinitions.*.essential", Plain, "true", "essential"),
    field("containerDefinitions.*.cpu", Plain, "0", "cpu"),
    field("containerDefinitions.*.memory", Plain, "", "memory"),
    field("containerDefinitions.*.memoryReservation", Plain, "", "memory_reservation"),
    field("containerDefinitions.*.entryPoint", Plain, "", "entry_point"),
    field("containerDefinitions.*.command", Plain, "", "command"),
    // In `awsvpc` mode the host's port is the container's: `canonical` takes it out.
    field("containerDefinitions.*.portMappings", Keyed(&["containerPort", "protocol"]), "", "port"),
    field("containerDefinitions.*.portMappings.*", Whole, "", "port.*"),
    field("containerDefinitions.*.portMappings.*.protocol", Plain, r#""tcp""#, ""),
    field("containerDefinitions.*.portMappings.*.name", Plain, "", "connect"),
    field("containerDefinitions.*.portMappings.*.appProtocol", Plain, "", "connect.protocol"),
    field("containerDefinitions.*.environment", HiddenPairs("name", "value"), "", "environment"),
    field("containerDefinitions.*.secrets", Pairs("name", "valueFrom"), "", "secrets"),
    field("containerDefinitions.*.dependsOn", Pairs("containerName", "condition"), "", "depends_on"),
    field("containerDefinitions.*.healthCheck", Plain, "", "health_check"),
    field("containerDefinitions.*.healthCheck.command", Plain, "", "health_check.command"),
    field("containerDefinitions.*.healthCheck.interval", Plain, "30", "health_check.interval_seconds"),
    field("containerDefinitions.*.healthCheck.timeout", Plain, "5", "health_check.timeout_seconds"),
    field("containerDefinitions.*.healthCheck.retries", Plain, "3", "health_check.retries"),
    field("containerDefinitions.*.healthCheck.startPeriod", Plain, "0", "health_check.start_seconds"),
    field("containerDefinitions.*.user", Plain, "", "user"),
    field("containerDefinitions.*.workingDirectory", Plain, "", "working_directory"),
    field("containerDefinitions.*.readonlyRootFilesystem", Plain, "", "readonly_root_filesystem"),
    field("containerDefinitions.*.linuxParameters.initProcessEnabled", Plain, "", "init_process"),
    field("containerDefinitions.*.linuxParameters.capabilities.add", Set, "", ""),
    field("containerDefinitions.*.linuxParameters.capabilities.drop", Set, "", ""),
    field("containerDefinitions.*.linuxParameters.tmpfs", Keyed(&["containerPath"]), "", ""),
    field("containerDefinitions.*.linuxParameters.devices", Keyed(&["hostPath"]), "", ""),
    field("containerDefinitions.*.mountPoints", Keyed(&["containerPath"]), "", "mounts"),
    field("containerDefinitions.*.mountPoints.*", Whole, "", "mounts.*"),
    field("containerDefinitions.*.mountPoints.*.sourceVolume", Plain, "", "mounts.*.volume"),
    field("containerDefinitions.*.mountPoints.*.readOnly", Plain, "", "mounts.*.readonly"),
    field("containerDefinitions.*.volumesFrom", Keyed(&["sourceContainer"]), "", ""),
    field("containerDefinitions.*.ulimits", Keyed(&["name"]), "", "open_files"),
    field("containerDefinitions.*.ulimits.*", Whole, "", "open_files.*"),
    field("containerDefinitions.*.dockerLabels", Map, "", "labels"),
    field("containerDefinitions.*.logConfiguration", Plain, "", "log"),
    field("containerDefinitions.*.logConfiguration.options", HiddenMap, "", "log"),
    field("containerDefinitions.*.logConfiguration.secretOptions", Pairs("name", "valueFrom"), "", "log"),
    field("containerDefinitions.*.firelensConfiguration.options", HiddenMap, "", ""),
    field("containerDefinitions.*.startTimeout", Plain, "", "start_timeout_seconds"),
    // Fargate's own when nothing is said.
    field("containerDefinitions.*.stopTimeout", Plain, "30", "stop_timeout_seconds"),
    field("containerDefinitions.*.systemControls", Pairs("namespace", "value"), "", ""),
    field("containerDefinitions.*.extraHosts", Pairs("hostname", "ipAddress"), "", ""),
    field("containerDefinitions.*.resourceRequirements", Pairs("type", "value"), "", ""),
    field("containerDefinitions.*.environmentFiles", Plain, "", ""),
    field("containerDefinitions.*.versionConsistency", Plain, r#""enabled""#, ""),
];

//! Task definitions in ECS's words and ours.

mod container;

use aws_sdk_ecs::types::{Compatibility, NetworkMode, TaskDefinition as SdkTaskDefinition};
use ops_model::task_definition::TaskDefinition;
use serde_json::json;

use crate::other_settings::OtherSettings;

/// Read into fields of ours, or told by ECS about a registered task definition and never given to it.
const READ_OR_NO_SETTING: &[&str] = &[
    "family",
    "cpu",
    "memory",
    "executionRoleArn",
    "taskRoleArn",
    "containerDefinitions",
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
];

/// The task definition as it has to be registered.
///
/// # Errors
///
/// A setting that we have no name for: leaving it out would change what the task does.
pub(super) fn to_sdk(content: &TaskDefinition) -> Result<SdkTaskDefinition, String> {
    let TaskDefinition { family, cpu, memory, execution_role_arn, task_role_arn, containers, other } = content;
    if let Some(name) = other.keys().next() {
        return Err(format!("{name} cannot be registered: the declaration has no name for it"));
    }
    Ok(SdkTaskDefinition::builder()
        .family(family)
        .cpu(cpu.to_string())
        .memory(memory.to_string())
        .set_execution_role_arn(execution_role_arn.clone())
        .set_task_role_arn(task_role_arn.clone())
        .network_mode(NetworkMode::Awsvpc)
        .requires_compatibilities(Compatibility::Fargate)
        .set_container_definitions(Some(containers.iter().map(container::to_sdk).collect::<Result<_, _>>()?))
        .build())
}

pub(super) fn from_sdk(registered: &SdkTaskDefinition) -> Result<TaskDefinition, String> {
    let mut other = OtherSettings::of(registered)?
        .without(READ_OR_NO_SETTING)
        .without_default("networkMode", &json!("awsvpc"))
        .without_default("requiresCompatibilities", &json!(["FARGATE"]))
        .without_default("runtimePlatform", &json!({"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}));
    let mut number = |name: &str, text: Option<&str>| {
        let read = text.and_then(|text| text.parse().ok());
        if let (None, Some(text)) = (read, text) {
            let all = std::mem::replace(&mut other, OtherSettings::none());
            other = all.with_value(name, json!(text));
        }
        // A task definition that is not for Fargate need not have one.
        read.unwrap_or_default()
    };
    let (cpu, memory) = (number("cpu", registered.cpu()), number("memory", registered.memory()));
    Ok(TaskDefinition {
        family: registered.family().ok_or("it has no family")?.to_owned(),
        cpu,
        memory,
        execution_role_arn: registered.execution_role_arn().map(str::to_owned),
        task_role_arn: registered.task_role_arn().map(str::to_owned),
        containers: registered.container_definitions().iter().map(container::from_sdk).collect::<Result<_, _>>()?,
        other: other.into_text(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use aws_sdk_ecs::types::ContainerDefinition;
    use ops_model::task_definition::{Container, LogDestination};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::sdk_json;

    fn text() -> impl Strategy<Value = String> {
        "[a-zA-Z0-9/:@.=\" -]{1,12}"
    }

    prop_compose! {
        fn container()(
            name in "[a-z]{1,8}", image in text(), command in prop::collection::vec(text(), 0..3),
            essential: bool, port in prop::option::of(1_u16..), environment in prop::collection::btree_map("[A-Z_]{1,6}", ".{0,6}", 0..4),
            secrets in prop::collection::btree_map("[A-Z_]{1,6}", text(), 0..4), readonly_root_filesystem: bool,
            log in prop::option::of((text(), text(), text())),
        ) -> Container {
            let log = log.map(|(group, region, stream_prefix)| LogDestination { group, region, stream_prefix });
            let other = BTreeMap::new();
            Container { name, image, command, essential, port, environment, secrets, readonly_root_filesystem, log, other }
        }
    }

    prop_compose! {
        fn content()(
            family in "[a-z-]{1,12}", cpu in 1_u32..=16384, memory in 1_u32..=122_880,
            execution_role_arn in prop::option::of(text()), task_role_arn in prop::option::of(text()),
            containers in prop::collection::vec(container(), 1..3),
        ) -> TaskDefinition {
            TaskDefinition { family, cpu, memory, execution_role_arn, task_role_arn, containers, other: BTreeMap::new() }
        }
    }

    proptest! {
        #[test]
        fn what_is_registered_reads_back_as_it_was(content in content()) {
            let registered = to_sdk(&content).expect("registrable");
            // Over the wire format, so that names of members count too.
            let described: SdkTaskDefinition = sdk_json::decode(&sdk_json::encode(&registered), SdkTaskDefinition::deserialize);
            prop_assert_eq!(from_sdk(&described).expect("readable"), content);
        }
    }

    /// What `DescribeTaskDefinition` says of a task definition like ours, with all that ECS adds by itself.
    fn described() -> Value {
        json!({
            "taskDefinitionArn": "arn:aws:ecs:ap-northeast-2:000000000000:task-definition/api:7",
            "family": "api", "revision": 7, "status": "ACTIVE", "cpu": "256", "memory": "512",
            "executionRoleArn": "execution", "taskRoleArn": "task", "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"], "compatibilities": ["EC2", "FARGATE", "MANAGED_INSTANCES"],
            "requiresAttributes": [{"name": "com.amazonaws.ecs.capability.docker-remote-api.1.19"}],
            "registeredAt": 1_700_000_000, "registeredBy": "arn:aws:sts::000000000000:assumed-role/ops/me",
            "placementConstraints": [], "volumes": [], "inferenceAccelerators": [], "enableFaultInjection": false,
            "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
            "containerDefinitions": [described_container()],
        })
    }

    fn described_container() -> Value {
        json!({
            "name": "api", "image": "repository@sha256:00", "cpu": 0, "essential": true, "command": ["serve"],
            "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}],
            "environment": [{"name": "LOG", "value": "info"}], "environmentFiles": [], "mountPoints": [], "volumesFrom": [],
            "secrets": [{"name": "KEY", "valueFrom": "arn:aws:ssm:::parameter/key"}],
            "readonlyRootFilesystem": true, "systemControls": [], "dockerLabels": {}, "ulimits": [], "versionConsistency": "enabled",
            "logConfiguration": {"logDriver": "awslogs", "secretOptions": [],
                "options": {"awslogs-group": "/slipway", "awslogs-region": "ap-northeast-2", "awslogs-stream-prefix": "api"}},
        })
    }

    fn read(described: &Value) -> TaskDefinition {
        from_sdk(&sdk_json::decode(described, SdkTaskDefinition::deserialize)).expect("readable")
    }

    #[test]
    fn what_ecs_adds_by_itself_is_no_setting() {
        let content = read(&described());
        assert_eq!(content.other, BTreeMap::new());
        assert_eq!(content.containers[0].other, BTreeMap::new());
        assert_eq!(content.containers[0].port, Some(8080));
        // And so it is what would be registered.
        let again = to_sdk(&content).expect("registrable");
        assert_eq!(from_sdk(&again).expect("readable"), content);
    }

    #[test]
    fn every_setting_of_a_task_that_has_no_name_shows_up() {
        let changes = [
            ("networkMode", json!("bridge")),
            ("requiresCompatibilities", json!(["EC2"])),
            ("runtimePlatform", json!({"cpuArchitecture": "ARM64"})),
            ("placementConstraints", json!([{"type": "memberOf"}])),
            ("volumes", json!([{"name": "data"}])),
            ("inferenceAccelerators", json!([{"deviceName": "a", "deviceType": "b"}])),
            ("pidMode", json!("task")),
            ("ipcMode", json!("none")),
            ("proxyConfiguration", json!({"containerName": "envoy"})),
            ("ephemeralStorage", json!({"sizeInGiB": 50})),
            ("enableFaultInjection", json!(true)),
        ];
        sdk_json::assert_all_members(SdkTaskDefinition::SCHEMA, READ_OR_NO_SETTING, &changes);
        for (name, value) in changes {
            let mut described = described();
            described[name] = value;
            let other = read(&described).other;
            assert_eq!(other.keys().collect::<Vec<_>>(), [name], "{other:?}");
        }
    }

    #[test]
    fn every_setting_of_a_container_that_has_no_name_shows_up() {
        let log = |options: Value| json!({"logDriver": "awslogs", "options": options});
        let changes = [
            ("repositoryCredentials", json!({"credentialsParameter": "arn"})),
            ("cpu", json!(128)),
            ("memory", json!(256)),
            ("memoryReservation", json!(128)),
            ("links", json!(["db"])),
            ("portMappings", json!([{"containerPort": 80}, {"containerPort": 81}])),
            ("restartPolicy", json!({"enabled": true})),
            ("entryPoint", json!(["sh"])),
            ("environment", json!([{"name": "A", "value": "1"}, {"name": "A", "value": "2"}])),
            ("environmentFiles", json!([{"value": "arn", "type": "s3"}])),
            ("mountPoints", json!([{"sourceVolume": "data"}])),
            ("volumesFrom", json!([{"sourceContainer": "db"}])),
            ("linuxParameters", json!({"initProcessEnabled": true})),
            ("secrets", json!([{"name": "A", "valueFrom": "1"}, {"name": "A", "valueFrom": "2"}])),
            ("dependsOn", json!([{"containerName": "db", "condition": "START"}])),
            ("startTimeout", json!(60)),
            ("stopTimeout", json!(60)),
            ("versionConsistency", json!("disabled")),
            ("hostname", json!("host")),
            ("user", json!("root")),
            ("workingDirectory", json!("/srv")),
            ("disableNetworking", json!(true)),
            ("privileged", json!(true)),
            ("dnsServers", json!(["10.0.0.2"])),
            ("dnsSearchDomains", json!(["local"])),
            ("extraHosts", json!([{"hostname": "db", "ipAddress": "10.0.0.3"}])),
            ("dockerSecurityOptions", json!(["no-new-privileges"])),
            ("interactive", json!(true)),
            ("pseudoTerminal", json!(true)),
            ("dockerLabels", json!({"a": "b"})),
            ("ulimits", json!([{"name": "nofile", "softLimit": 1, "hardLimit": 2}])),
            (
                "logConfiguration",
                log(
                    json!({"awslogs-group": "g", "awslogs-region": "r", "awslogs-stream-prefix": "p", "mode": "non-blocking"}),
                ),
            ),
            ("healthCheck", json!({"command": ["CMD", "true"]})),
            ("systemControls", json!([{"namespace": "net.core.somaxconn", "value": "1"}])),
            ("resourceRequirements", json!([{"type": "GPU", "value": "1"}])),
            ("firelensConfiguration", json!({"type": "fluentbit"})),
            ("credentialSpecs", json!(["credentialspec:arn"])),
        ];
        let read_wholly = ["name", "image", "command", "essential", "readonlyRootFilesystem"];
        sdk_json::assert_all_members(ContainerDefinition::SCHEMA, &read_wholly, &changes);
        for (name, value) in changes {
            let mut described = described();
            described["containerDefinitions"][0][name] = value;
            let content = read(&described);
            let other = &content.containers[0].other;
            assert_eq!(other.keys().collect::<Vec<_>>(), [name], "{other:?}");
            let refused = to_sdk(&content).expect_err("would be lost");
            assert!(refused.contains(name), "{refused}");
        }
    }

    #[test]
    fn a_port_that_is_more_than_a_port_is_not_read_as_one() {
        for mapping in [
            json!({"containerPort": 80, "protocol": "udp"}),
            json!({"containerPort": 80, "hostPort": 81}),
            json!({"containerPort": 80, "name": "http"}),
            json!({"containerPort": 80, "appProtocol": "grpc"}),
            json!({"containerPortRange": "80-90"}),
        ] {
            let mut described = described();
            described["containerDefinitions"][0]["portMappings"] = json!([mapping]);
            let container = &read(&described).containers[0];
            assert_eq!(container.port, None, "{mapping}");
            assert!(container.other.contains_key("portMappings"), "{mapping}");
        }
    }

    #[test]
    fn a_size_that_is_no_number_is_kept_as_text() {
        let mut described = described();
        described["cpu"] = json!(".25 vCPU");
        described["memory"] = Value::Null;
        let content = read(&described);
        assert_eq!((content.cpu, content.memory), (0, 0));
        assert_eq!(content.other, BTreeMap::from([("cpu".to_owned(), ".25 vCPU".to_owned())]));
    }
}

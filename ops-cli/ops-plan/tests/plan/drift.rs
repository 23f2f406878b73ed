//! Whatever somebody changes by hand, of all that ECS lets one set: it is found, by name, and mended.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use insta::assert_snapshot;
use ops_model::observation::ObservedService;
use ops_plan::{Shape, service_fields, task_definition_fields};
use serde_json::{Map, Value, json};

use crate::fixture::{FULL, Fixture, text};

/// A row of the table of fields, where it stands in the documents of the fixture, and what somebody makes of it.
struct ByHand {
    row: &'static str,
    pointer: &'static str,
    value: Value,
}

fn by_hand(row: &'static str, pointer: &'static str, value: Value) -> ByHand {
    ByHand { row, pointer, value }
}

fn in_task_definition() -> Vec<ByHand> {
    let container = "/containerDefinitions/0";
    let at = |member: &'static str| -> &'static str { Box::leak(format!("{container}/{member}").into_boxed_str()) };
    let of = |row: &'static str, member, value| by_hand(row, at(member), value);
    vec![
        by_hand("family", "/family", json!("other")),
        by_hand("cpu", "/cpu", json!("2048")),
        by_hand("memory", "/memory", json!("8192")),
        by_hand("executionRoleArn", "/executionRoleArn", json!("arn:other")),
        by_hand("taskRoleArn", "/taskRoleArn", json!("arn:other")),
        by_hand("networkMode", "/networkMode", json!("bridge")),
        by_hand("requiresCompatibilities", "/requiresCompatibilities", json!(["EC2", "FARGATE"])),
        by_hand("runtimePlatform.cpuArchitecture", "/runtimePlatform/cpuArchitecture", json!("X86_64")),
        by_hand("runtimePlatform.operatingSystemFamily", "/runtimePlatform/operatingSystemFamily", json!("WINDOWS")),
        by_hand("ephemeralStorage.sizeInGiB", "/ephemeralStorage/sizeInGiB", json!(100)),
        by_hand("placementConstraints", "/placementConstraints", json!([{"type": "memberOf", "expression": "a"}])),
        by_hand("inferenceAccelerators", "/inferenceAccelerators", json!([{"deviceName": "a", "deviceType": "b"}])),
        by_hand(
            "proxyConfiguration.properties",
            "/proxyConfiguration",
            json!({"containerName": "proxy", "properties": [{"name": "a", "value": "b"}]}),
        ),
        by_hand("proxyConfiguration.type", "/proxyConfiguration", json!({"containerName": "proxy", "type": "OTHER"})),
        by_hand("volumes", "/volumes", json!([])),
        by_hand("volumes.*", "/volumes/1/name", json!("other")),
        by_hand("volumes.*.name", "/volumes/0/name", json!("other")),
        by_hand(
            "volumes.*.efsVolumeConfiguration.fileSystemId",
            "/volumes/0/efsVolumeConfiguration/fileSystemId",
            json!("fs-other"),
        ),
        by_hand(
            "volumes.*.efsVolumeConfiguration.rootDirectory",
            "/volumes/0/efsVolumeConfiguration/rootDirectory",
            json!("/other"),
        ),
        by_hand(
            "volumes.*.efsVolumeConfiguration.transitEncryption",
            "/volumes/0/efsVolumeConfiguration/transitEncryption",
            json!("DISABLED"),
        ),
        by_hand(
            "volumes.*.efsVolumeConfiguration.authorizationConfig.accessPointId",
            "/volumes/0/efsVolumeConfiguration/authorizationConfig/accessPointId",
            json!("fsap-other"),
        ),
        by_hand(
            "volumes.*.efsVolumeConfiguration.authorizationConfig.iam",
            "/volumes/0/efsVolumeConfiguration/authorizationConfig/iam",
            json!("DISABLED"),
        ),
        by_hand("containerDefinitions", "/containerDefinitions/2", json!({"name": "other", "image": "other:1"})),
        by_hand("containerDefinitions.*", "/containerDefinitions/1/name", json!("renamed")),
        of("containerDefinitions.*.image", "image", json!("other:1")),
        by_hand("containerDefinitions.*.essential", "/containerDefinitions/1/essential", json!(true)),
        by_hand("containerDefinitions.*.cpu", "/containerDefinitions/2/cpu", json!(64)),
        by_hand("containerDefinitions.*.memory", "/containerDefinitions/2/memory", json!(64)),
        by_hand("containerDefinitions.*.memoryReservation", "/containerDefinitions/2/memoryReservation", json!(64)),
        of("containerDefinitions.*.entryPoint", "entryPoint", json!(["/bin/sh"])),
        of("containerDefinitions.*.command", "command", json!(["other"])),
        of("containerDefinitions.*.portMappings", "portMappings", json!([])),
        of("containerDefinitions.*.portMappings.*", "portMappings/0/containerPort", json!(9090)),
        of("containerDefinitions.*.portMappings.*.protocol", "portMappings/0/protocol", json!("udp")),
        of("containerDefinitions.*.portMappings.*.name", "portMappings/0/name", json!("other")),
        of("containerDefinitions.*.portMappings.*.appProtocol", "portMappings/0/appProtocol", json!("grpc")),
        of("containerDefinitions.*.environment", "environment", json!([{"name": "LOG_LEVEL", "value": "debug"}])),
        of("containerDefinitions.*.secrets", "secrets/0/valueFrom", json!("arn:other")),
        of("containerDefinitions.*.dependsOn", "dependsOn/0/condition", json!("START")),
        of("containerDefinitions.*.healthCheck", "healthCheck", Value::Null),
        of("containerDefinitions.*.healthCheck.command", "healthCheck/command", json!(["CMD", "true"])),
        of("containerDefinitions.*.healthCheck.interval", "healthCheck/interval", json!(30)),
        of("containerDefinitions.*.healthCheck.timeout", "healthCheck/timeout", json!(5)),
        of("containerDefinitions.*.healthCheck.retries", "healthCheck/retries", json!(9)),
        of("containerDefinitions.*.healthCheck.startPeriod", "healthCheck/startPeriod", json!(0)),
        of("containerDefinitions.*.user", "user", json!("root")),
        of("containerDefinitions.*.workingDirectory", "workingDirectory", json!("/")),
        of("containerDefinitions.*.readonlyRootFilesystem", "readonlyRootFilesystem", json!(false)),
        of("containerDefinitions.*.linuxParameters.initProcessEnabled", "linuxParameters", Value::Null),
        of(
            "containerDefinitions.*.linuxParameters.capabilities.add",
            "linuxParameters/capabilities",
            json!({"add": ["SYS_PTRACE"]}),
        ),
        of(
            "containerDefinitions.*.linuxParameters.capabilities.drop",
            "linuxParameters/capabilities",
            json!({"drop": ["ALL"]}),
        ),
        of(
            "containerDefinitions.*.linuxParameters.tmpfs",
            "linuxParameters/tmpfs",
            json!([{"containerPath": "/t", "size": 1}]),
        ),
        of(
            "containerDefinitions.*.linuxParameters.devices",
            "linuxParameters/devices",
            json!([{"hostPath": "/dev/a"}]),
        ),
        of("containerDefinitions.*.mountPoints", "mountPoints", json!([])),
        of("containerDefinitions.*.mountPoints.*", "mountPoints/0/containerPath", json!("/other")),
        of("containerDefinitions.*.mountPoints.*.sourceVolume", "mountPoints/0/sourceVolume", json!("scratch")),
        of("containerDefinitions.*.mountPoints.*.readOnly", "mountPoints/0/readOnly", json!(true)),
        of("containerDefinitions.*.volumesFrom", "volumesFrom", json!([{"sourceContainer": "proxy"}])),
        of("containerDefinitions.*.ulimits", "ulimits", json!([])),
        of("containerDefinitions.*.ulimits.*", "ulimits/0/softLimit", json!(5)),
        of("containerDefinitions.*.dockerLabels", "dockerLabels/team", json!("other")),
        of("containerDefinitions.*.logConfiguration", "logConfiguration", Value::Null),
        of("containerDefinitions.*.logConfiguration.options", "logConfiguration/options/splunk-token", json!("hidden")),
        of(
            "containerDefinitions.*.logConfiguration.secretOptions",
            "logConfiguration/secretOptions",
            json!([{"name": "a", "valueFrom": "arn:b"}]),
        ),
        of(
            "containerDefinitions.*.firelensConfiguration.options",
            "firelensConfiguration",
            json!({"type": "fluentbit", "options": {"a": "b"}}),
        ),
        of("containerDefinitions.*.startTimeout", "startTimeout", json!(5)),
        of("containerDefinitions.*.stopTimeout", "stopTimeout", json!(30)),
        of("containerDefinitions.*.systemControls", "systemControls", json!([])),
        of("containerDefinitions.*.extraHosts", "extraHosts", json!([{"hostname": "a", "ipAddress": "10.0.0.1"}])),
        of(
            "containerDefinitions.*.resourceRequirements",
            "resourceRequirements",
            json!([{"type": "GPU", "value": "1"}]),
        ),
        of("containerDefinitions.*.environmentFiles", "environmentFiles", json!([{"type": "s3", "value": "arn:a"}])),
        of("containerDefinitions.*.versionConsistency", "versionConsistency", json!("disabled")),
    ]
}

fn in_settings() -> Vec<ByHand> {
    let deployment = |row: &'static str, member: &str, value| {
        by_hand(row, Box::leak(format!("/deploymentConfiguration/{member}").into_boxed_str()), value)
    };
    let connect = |row: &'static str, member: &str, value| {
        by_hand(row, Box::leak(format!("/serviceConnectConfiguration/{member}").into_boxed_str()), value)
    };
    vec![
        by_hand("schedulingStrategy", "/schedulingStrategy", json!("DAEMON")),
        by_hand("deploymentController.type", "/deploymentController/type", json!("EXTERNAL")),
        by_hand("platformVersion", "/platformVersion", json!("1.3.0")),
        by_hand("propagateTags", "/propagateTags", json!("NONE")),
        by_hand("resourceManagementType", "/resourceManagementType", json!("ECS")),
        by_hand("enableExecuteCommand", "/enableExecuteCommand", json!(false)),
        by_hand("healthCheckGracePeriodSeconds", "/healthCheckGracePeriodSeconds", json!(0)),
        by_hand("availabilityZoneRebalancing", "/availabilityZoneRebalancing", json!("DISABLED")),
        by_hand("role", "/role", json!("arn:other")),
        by_hand(
            "networkConfiguration.awsvpcConfiguration.subnets",
            "/networkConfiguration/awsvpcConfiguration/subnets",
            json!(["subnet-a"]),
        ),
        by_hand(
            "networkConfiguration.awsvpcConfiguration.securityGroups",
            "/networkConfiguration/awsvpcConfiguration/securityGroups",
            json!(["sg-other"]),
        ),
        by_hand(
            "networkConfiguration.awsvpcConfiguration.assignPublicIp",
            "/networkConfiguration/awsvpcConfiguration/assignPublicIp",
            json!("DISABLED"),
        ),
        by_hand("capacityProviderStrategy", "/capacityProviderStrategy", json!([])),
        by_hand("capacityProviderStrategy.*", "/capacityProviderStrategy/1/capacityProvider", json!("other")),
        by_hand("capacityProviderStrategy.*.weight", "/capacityProviderStrategy/1/weight", json!(9)),
        by_hand("capacityProviderStrategy.*.base", "/capacityProviderStrategy/0/base", json!(0)),
        by_hand("loadBalancers", "/loadBalancers", json!([])),
        by_hand("loadBalancers.*", "/loadBalancers/0/containerPort", json!(9090)),
        by_hand("loadBalancers.*.targetGroupArn", "/loadBalancers/0/targetGroupArn", json!("arn:other")),
        by_hand("serviceRegistries", "/serviceRegistries", json!([{"registryArn": "arn:other"}])),
        by_hand("placementConstraints", "/placementConstraints", json!([{"type": "distinctInstance"}])),
        by_hand("serviceConnectConfiguration", "/serviceConnectConfiguration", json!({"enabled": false})),
        connect("serviceConnectConfiguration.namespace", "namespace", json!("arn:other")),
        connect("serviceConnectConfiguration.services", "services", json!([])),
        connect("serviceConnectConfiguration.services.*", "services/0/portName", json!("other")),
        connect("serviceConnectConfiguration.services.*.discoveryName", "services/0/discoveryName", json!("other")),
        connect("serviceConnectConfiguration.services.*.clientAliases", "services/0/clientAliases", json!([])),
        connect(
            "serviceConnectConfiguration.services.*.clientAliases.*.port",
            "services/0/clientAliases/0/port",
            json!(81),
        ),
        connect(
            "serviceConnectConfiguration.services.*.timeout.idleTimeoutSeconds",
            "services/0/timeout/idleTimeoutSeconds",
            json!(1),
        ),
        connect(
            "serviceConnectConfiguration.services.*.timeout.perRequestTimeoutSeconds",
            "services/0/timeout/perRequestTimeoutSeconds",
            json!(1),
        ),
        connect(
            "serviceConnectConfiguration.logConfiguration.options",
            "logConfiguration",
            json!({"logDriver": "awslogs", "options": {"a": "b"}}),
        ),
        by_hand("volumeConfigurations", "/volumeConfigurations", json!([{"name": "ebs"}])),
        by_hand("vpcLatticeConfigurations", "/vpcLatticeConfigurations", json!([{"portName": "api"}])),
        by_hand("monitoring", "/monitoring", json!({"resolution": 20})),
        deployment("deploymentConfiguration.strategy", "strategy", json!("BLUE_GREEN")),
        deployment("deploymentConfiguration.maximumPercent", "maximumPercent", json!(150)),
        deployment("deploymentConfiguration.minimumHealthyPercent", "minimumHealthyPercent", json!(50)),
        deployment(
            "deploymentConfiguration.deploymentCircuitBreaker.enable",
            "deploymentCircuitBreaker/enable",
            json!(false),
        ),
        deployment(
            "deploymentConfiguration.deploymentCircuitBreaker.rollback",
            "deploymentCircuitBreaker/rollback",
            json!(false),
        ),
        deployment(
            "deploymentConfiguration.deploymentCircuitBreaker.resetOnHealthyTask",
            "deploymentCircuitBreaker/resetOnHealthyTask",
            json!(true),
        ),
        deployment(
            "deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration",
            "deploymentCircuitBreaker/thresholdConfiguration/value",
            json!(9),
        ),
        deployment("deploymentConfiguration.alarms.alarmNames", "alarms/alarmNames", json!(["api-errors", "other"])),
        deployment("deploymentConfiguration.alarms.enable", "alarms/enable", json!(false)),
        deployment("deploymentConfiguration.alarms.rollback", "alarms/rollback", json!(false)),
        deployment("deploymentConfiguration.bakeTimeInMinutes", "bakeTimeInMinutes", json!(0)),
        deployment("deploymentConfiguration.canaryConfiguration", "canaryConfiguration", Value::Null),
        deployment(
            "deploymentConfiguration.canaryConfiguration.canaryPercent",
            "canaryConfiguration/canaryPercent",
            json!(50),
        ),
        deployment(
            "deploymentConfiguration.canaryConfiguration.canaryBakeTimeInMinutes",
            "canaryConfiguration/canaryBakeTimeInMinutes",
            json!(10),
        ),
        deployment("deploymentConfiguration.linearConfiguration", "linearConfiguration", json!({"stepPercent": 20})),
        deployment(
            "deploymentConfiguration.linearConfiguration.stepPercent",
            "linearConfiguration",
            json!({"stepPercent": 20, "stepBakeTimeInMinutes": 1}),
        ),
        deployment(
            "deploymentConfiguration.linearConfiguration.stepBakeTimeInMinutes",
            "linearConfiguration",
            json!({"stepBakeTimeInMinutes": 1}),
        ),
        deployment(
            "deploymentConfiguration.earlySuccessCriteria",
            "earlySuccessCriteria",
            json!({"enable": true, "healthyPercent": 50}),
        ),
        deployment(
            "deploymentConfiguration.earlySuccessCriteria.healthyPercent",
            "earlySuccessCriteria",
            json!({"enable": true, "healthyPercent": 60}),
        ),
        deployment(
            "deploymentConfiguration.earlySuccessCriteria.sourceServiceRevisionCleanup",
            "earlySuccessCriteria",
            json!({"enable": true, "sourceServiceRevisionCleanup": "DEFERRED"}),
        ),
        deployment("deploymentConfiguration.lifecycleHooks", "lifecycleHooks", json!([])),
        deployment(
            "deploymentConfiguration.lifecycleHooks.*.lifecycleStages",
            "lifecycleHooks/0/lifecycleStages",
            json!(["PRE_SCALE_UP"]),
        ),
        deployment(
            "deploymentConfiguration.lifecycleHooks.*.targetType",
            "lifecycleHooks/0/targetType",
            json!("AWS_LAMBDA"),
        ),
        deployment(
            "deploymentConfiguration.lifecycleHooks.*.timeoutConfiguration.timeoutInMinutes",
            "lifecycleHooks/0/timeoutConfiguration/timeoutInMinutes",
            json!(1440),
        ),
        deployment(
            "deploymentConfiguration.lifecycleHooks.*.timeoutConfiguration.action",
            "lifecycleHooks/0/timeoutConfiguration/action",
            json!("ROLLBACK"),
        ),
    ]
}

/// Sets, or takes out with `null`, what stands at a pointer; an index past the end of a list appends.
fn set(document: &mut Map<String, Value>, pointer: &str, value: &Value) {
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    let mut root = Value::Object(std::mem::take(document));
    let target = if parent.is_empty() { Some(&mut root) } else { root.pointer_mut(parent) };
    match target.unwrap_or_else(|| panic!("nothing at {parent}")) {
        Value::Object(members) if value.is_null() => drop(members.remove(last)),
        Value::Object(members) => drop(members.insert(last.to_owned(), value.clone())),
        Value::Array(items) => match items.get_mut(last.parse::<usize>().expect("an index")) {
            Some(item) => *item = value.clone(),
            None => items.push(value.clone()),
        },
        other => panic!("{other} holds nothing"),
    }
    let Value::Object(members) = root else { panic!("the document is an object") };
    *document = members;
}

fn meddled(by_hand: &ByHand, document: fn(&mut ObservedService) -> &mut Map<String, Value>) -> (Fixture, String) {
    let mut fixture = Fixture::full();
    set(document(fixture.service("api")), by_hand.pointer, &by_hand.value);
    let found = text(&fixture.plan());
    (fixture, found)
}

fn settings(service: &mut ObservedService) -> &mut Map<String, Value> {
    &mut service.settings.0
}

fn content(service: &mut ObservedService) -> &mut Map<String, Value> {
    &mut service.task_definition.content.0
}

/// What is found of each, and that one plan mends it; but what AWS decides unless the declaration says something.
fn found_and_mended(
    acts: &[ByHand],
    unless_declared: &[&str],
    document: fn(&mut ObservedService) -> &mut Map<String, Value>,
) -> String {
    let mut all = String::new();
    for act in acts {
        let (mut fixture, found) = meddled(act, document);
        writeln!(all, "{} = {}\n{found}", act.pointer, act.value).expect("a string takes it");
        assert_eq!(found == "in sync", unless_declared.contains(&act.row), "{}: {found}", act.row);
        let plan = fixture.plan();
        fixture.carry_out(&plan);
        let after = fixture.plan();
        assert!(after.in_sync(), "{} is not mended: {}", act.row, text(&after));
    }
    all
}

#[test]
fn everything_that_can_be_declared_is_in_sync_once_it_was_carried_out() {
    let fixture = Fixture::full();
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
}

#[test]
fn every_field_of_a_task_definition() {
    let acts = in_task_definition();
    let rows: BTreeSet<_> = task_definition_fields().iter().map(|field| field.path).collect();
    assert_eq!(acts.iter().map(|act| act.row).collect::<BTreeSet<_>>(), rows, "a row without a proof");
    assert_snapshot!(found_and_mended(&acts, &[], content));
}

#[test]
fn every_field_of_a_service() {
    let acts = in_settings();
    let rows: BTreeSet<_> = service_fields().iter().map(|field| field.path).collect();
    assert_eq!(acts.iter().map(|act| act.row).collect::<BTreeSet<_>>(), rows, "a row without a proof");
    let left_to_aws =
        service_fields().iter().filter(|field| field.shape == Shape::UnlessDeclared).map(|field| field.path);
    // Of these the fixture declares two.
    let declared = ["availabilityZoneRebalancing", "healthCheckGracePeriodSeconds"];
    let left_to_aws = left_to_aws.filter(|path| !declared.contains(path));
    // And steps of a strategy that it does not declare.
    let of_another_strategy =
        service_fields().iter().map(|field| field.path).filter(|path| path.contains(".linearConfiguration"));
    let left_to_aws: Vec<_> = left_to_aws.chain(of_another_strategy).collect();
    assert_snapshot!(found_and_mended(&acts, &left_to_aws, settings));
}

#[test]
fn steps_of_a_linear_deployment() {
    let declared = FULL
        .replace("strategy: canary", "strategy: linear")
        .replace("canary: { percent: 10, bake_minutes: 3 }", "linear: { step_percent: 20 }");
    let mut fixture = Fixture::of(&declared);
    fixture.carry_out(&fixture.plan());
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
    let configuration = &mut fixture.service("api").settings.0["deploymentConfiguration"]["linearConfiguration"];
    *configuration = json!({"stepPercent": 50, "stepBakeTimeInMinutes": 1});
    assert_snapshot!(text(&fixture.plan()), @r"
    1 api: update keep and deploymentConfiguration (InPlace)
        deployment.linear.bake_minutes: 1 -> 6
        deployment.linear.step_percent: 50 -> 20
    ");
}

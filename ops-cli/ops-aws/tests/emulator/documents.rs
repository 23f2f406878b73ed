//! Everything that a task definition and a service can be set to, there and back.

use std::collections::BTreeMap;

use ops_engine::cloud::ServiceUpdate;
use ops_model::plan::SettingsUpdate;
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, Value, json};

use crate::fixture::{CLUSTER, Fixture, assert_within, document, network, settings, task_definition};
use crate::services::{create, describe};

fn everything() -> TaskDefinition {
    let mut content = task_definition("api", "1").0;
    let log = content["containerDefinitions"][0]["logConfiguration"].clone();
    let image = content["containerDefinitions"][0]["image"].clone();
    content.extend(document(json!({
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}, "ephemeralStorage": {"sizeInGiB": 50},
        "pidMode": "task", "enableFaultInjection": true,
        "volumes": [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "ENABLED",
            "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"}}}],
    })));
    content["containerDefinitions"][0] = json!({
        "name": "api", "image": image, "cpu": 128, "memory": 256, "memoryReservation": 128, "essential": true,
        "command": ["serve"], "entryPoint": ["app"], "workingDirectory": "/srv", "user": "1000:1000",
        "portMappings": [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp", "name": "http", "appProtocol": "http2"}],
        "environment": [{"name": "EMPTY", "value": ""}], "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": true}],
        "dependsOn": [{"containerName": "side", "condition": "START"}], "startTimeout": 60, "stopTimeout": 120,
        "restartPolicy": {"enabled": true, "ignoredExitCodes": [0], "restartAttemptPeriod": 60},
        "linuxParameters": {"initProcessEnabled": true, "tmpfs": [{"containerPath": "/tmp", "size": 64}]},
        "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}], "systemControls": [{"namespace": "net.core.somaxconn", "value": "1"}],
        "dockerLabels": {"slipway.secret.KEY": "3"}, "interactive": true, "pseudoTerminal": true,
        "healthCheck": {"command": ["CMD", "true"], "interval": 10, "timeout": 2, "retries": 2, "startPeriod": 5},
        "logConfiguration": log, "readonlyRootFilesystem": false, "versionConsistency": "disabled",
        "secrets": [{"name": "KEY", "valueFrom": "arn:aws:ssm:ap-northeast-2:000000000000:parameter/key"}],
    });
    let side = json!({"name": "side", "image": image, "essential": false});
    content["containerDefinitions"].as_array_mut().expect("containers").push(side);
    TaskDefinition(content)
}

#[tokio::test]
async fn a_task_definition_with_everything_reads_back() {
    let fixture = Fixture::with_cluster().await;
    let containers = &fixture.cloud.containers;
    containers.register_task_definition(&everything(), &BTreeMap::new()).await.expect("registered");
    let newest = containers.newest_task_definition("api").await.expect("an answer").expect("one");
    assert_within(&everything().0, &newest.content.0);
    // What reads back can be registered as it is, and is then the same again.
    containers.register_task_definition(&newest.content, &BTreeMap::new()).await.expect("registered");
    let again = containers.newest_task_definition("api").await.expect("an answer").expect("one");
    assert_ne!(again.arn, newest.arn);
    assert_eq!(again.content, newest.content);
    let succeeded = BTreeMap::from([("slipway:succeeded".to_owned(), "task".to_owned())]);
    containers.tag(&again.arn, &succeeded).await.expect("tagged");
    assert_eq!(containers.newest_task_definition("api").await.expect("an answer").expect("one").tags, succeeded);
}

fn changed() -> Map<String, Value> {
    document(json!({
        "desiredCount": 1, "platformVersion": "1.4.0", "networkConfiguration": network("sg-b"), "enableExecuteCommand": true,
        "availabilityZoneRebalancing": "DISABLED", "propagateTags": "TASK_DEFINITION", "enableECSManagedTags": false,
        "deploymentConfiguration": {
            "minimumHealthyPercent": 50, "maximumPercent": 150,
            "deploymentCircuitBreaker": {"enable": true, "rollback": false, "resetOnHealthyTask": false,
                "thresholdConfiguration": {"type": "COUNT", "value": 7}},
            "alarms": {"alarmNames": ["errors"], "enable": true, "rollback": true},
        },
    }))
}

#[tokio::test]
async fn a_service_with_everything_is_created_and_updated_and_reads_back() {
    let fixture = Fixture::with_cluster().await;
    let providers = fixture.ecs().put_cluster_capacity_providers().cluster(CLUSTER).capacity_providers("FARGATE");
    let providers =
        providers.capacity_providers("FARGATE_SPOT").set_default_capacity_provider_strategy(Some(Vec::new()));
    providers.send().await.expect("capacity providers");
    let mut created = settings();
    created.0.extend(changed());
    create(&fixture.cloud, "api", created.clone()).await;
    assert_within(&created.0, &describe(&fixture.cloud, "api").await.expect("the service").settings.0);

    create(&fixture.cloud, "web", settings()).await;
    let mut differs = changed();
    let spot = json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]);
    differs.insert("capacityProviderStrategy".to_owned(), spot);
    let mut update = differs.clone();
    update.insert("forceNewDeployment".to_owned(), json!(true));
    let request = ServiceUpdate {
        cluster: CLUSTER.to_owned(),
        service: "web".to_owned(),
        task_definition: None,
        update: SettingsUpdate(update),
    };
    fixture.cloud.containers.update_service(&request).await.expect("updated");
    assert_within(&differs, &describe(&fixture.cloud, "web").await.expect("the service").settings.0);
}

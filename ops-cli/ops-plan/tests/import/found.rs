//! Services as consoles and other tools make them.

use std::collections::BTreeMap;

use ops_model::declaration::{Declaration, Digest, SourceFile, read};
use ops_model::observation::{ObservedSecret, ObservedService, RegisteredTaskDefinition, ServiceSettings};
use ops_model::task_definition::TaskDefinition;
use ops_plan::import::{Found, FoundService, Imported, Proof, import, prove};
use serde_json::{Value, json};

pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const ACCOUNT: &str = "123456789012";

pub(crate) fn digest(letter: char) -> Digest {
    Digest(format!("sha256:{}", letter.to_string().repeat(64)))
}

/// A service of which AWS says this.
pub(crate) fn service(name: &str, content: &Value, settings: &Value) -> FoundService {
    FoundService {
        observed: ObservedService {
            name: name.to_owned(),
            arn: format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/shop/{name}"),
            draining: false,
            tags: BTreeMap::from([("team".to_owned(), "web".to_owned()), ("aws:created".to_owned(), "x".to_owned())]),
            running_count: 2,
            pending_count: 0,
            task_definition: RegisteredTaskDefinition {
                arn: format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{name}:7"),
                content: TaskDefinition(content.as_object().expect("a document").clone()),
                tags: BTreeMap::new(),
            },
            settings: ServiceSettings(settings.as_object().expect("a document").clone()),
            settled: true,
            rollout: None,
            events: Vec::new(),
        },
        scaling: None,
        digests: BTreeMap::new(),
        health_path: None,
        vpc_id: None,
        rule: None,
    }
}

pub(crate) fn found(services: Vec<FoundService>) -> Found {
    let present = |suffix: &str| ObservedSecret::Present {
        version: "1".to_owned(),
        arn: format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:shop/database-{suffix}"),
    };
    Found {
        environment: "shop".to_owned(),
        account: Some(ACCOUNT.to_owned()),
        region: REGION.to_owned(),
        cluster_name: "shop".to_owned(),
        cluster_arn: format!("arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/shop"),
        services: services.into_iter().map(|service| (service.observed.name.clone(), service)).collect(),
        tasks: BTreeMap::new(),
        secrets: BTreeMap::from([("secretsmanager:shop/database".to_owned(), present("AbCdEf"))]),
        schedule_group: "default".to_owned(),
    }
}

/// What was imported, read back from its text, and the plan of it.
pub(crate) fn proven(found: &Found) -> (Imported, String, Declaration, Proof) {
    let imported = import(found);
    let written = imported.written().expect("it can be written");
    let file = |name: &str, text: &str| SourceFile::new(format!("infra/environments/shop/{name}"), text.as_bytes());
    let read = read(
        &found.environment,
        &file("environment.yaml", &written.environment),
        &file("builds.yaml", &written.builds),
    );
    let declaration = match read {
        Ok(declaration) => declaration,
        Err(faults) => panic!("{:#?}\n{}", faults.faults, written.environment),
    };
    let proof = prove(&imported, &declaration);
    let text = format!("{}\n--- builds.yaml\n{}", written.environment, written.builds);
    (imported, text, declaration, proof)
}

/// A service with much that the declaration has no name for.
pub(crate) fn rich() -> FoundService {
    let content = json!({
        "family": "web-frontend", "cpu": "512", "memory": "1024", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "pidMode": "task",
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "volumes": [
            {"name": "cache"},
            {"name": "Shared", "efsVolumeConfiguration": {"fileSystemId": "fs-01234567", "transitEncryption": "DISABLED"}},
        ],
        "containerDefinitions": [
            {
                "name": "nginx", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4.0", "cpu": 256,
                "essential": true, "memoryReservation": 512,
                "portMappings": [
                    {"containerPort": 8080, "hostPort": 8080, "protocol": "tcp", "name": "web-8080-tcp", "appProtocol": "http"},
                    {"containerPort": 9090, "hostPort": 9090, "protocol": "tcp", "name": "metrics"},
                ],
                "environment": [
                    {"name": "LOG_LEVEL", "value": "info"}, {"name": "WORKERS", "value": "8"},
                    {"name": "spring.profiles", "value": "live"}, {"name": "EMPTY", "value": ""},
                    {"name": "BANNER", "value": "one\ntwo: #three"},
                ],
                "secrets": [
                    {"name": "DATABASE_PASSWORD",
                     "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/database-AbCdEf:password::"},
                    {"name": "API_KEY", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/api/key"},
                    {"name": "ELSEWHERE", "valueFrom": "arn:aws:ssm:us-east-1:999999999999:parameter/other"},
                ],
                "healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:8080/ || exit 1"], "interval": 15,
                                "timeout": 5, "retries": 3},
                "mountPoints": [{"containerPath": "/cache", "sourceVolume": "cache", "readOnly": false}],
                "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 4096}],
                "dependsOn": [{"containerName": "log_router", "condition": "START"}],
                "linuxParameters": {"initProcessEnabled": true, "capabilities": {"drop": ["ALL"]}},
                "logConfiguration": {"logDriver": "awslogs", "options": {
                    "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ecs",
                    "awslogs-create-group": "true"}},
                "mountPointsUnknownToUs": {"a": 1},
            },
            {
                "name": "log_router", "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable",
                "essential": false, "firelensConfiguration": {"type": "fluentbit", "options": {"enable-ecs-log-metadata": "true"}},
            },
            {
                "name": "agent", "essential": true,
                "image": format!("public.ecr.aws/datadog/agent:7@{}", digest('d')),
                "mountPoints": [{"containerPath": "/shared", "sourceVolume": "Shared"}],
            },
        ],
    });
    let settings = json!({
        "launchType": "FARGATE", "platformVersion": "LATEST", "desiredCount": 2, "schedulingStrategy": "REPLICA",
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": ["subnet-b", "subnet-a"], "securityGroups": ["sg-web"], "assignPublicIp": "DISABLED"}},
        "loadBalancers": [{
            "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/1",
            "containerName": "nginx", "containerPort": 8080}],
        "healthCheckGracePeriodSeconds": 60,
        "deploymentConfiguration": {
            "maximumPercent": 150, "minimumHealthyPercent": 50, "strategy": "ROLLING",
            "deploymentCircuitBreaker": {"enable": false, "rollback": false},
        },
        "deploymentController": {"type": "ECS"},
        "serviceConnectConfiguration": {"enabled": true, "namespace": "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1",
            "services": [{"portName": "web-8080-tcp", "discoveryName": "web", "clientAliases": [{"port": 80, "dnsName": "web"}]}]},
        "serviceRegistries": [{"registryArn": "arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1"}],
        "propagateTags": "NONE", "enableECSManagedTags": true, "enableExecuteCommand": true,
        "availabilityZoneRebalancing": "ENABLED",
    });
    let mut service = service("web", &content, &settings);
    service.digests = BTreeMap::from([("nginx".to_owned(), digest('a'))]);
    service.health_path = Some("/healthz".to_owned());
    service
}

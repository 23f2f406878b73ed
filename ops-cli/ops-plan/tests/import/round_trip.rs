//! What was declared and reconciled is imported as what it was.

use std::collections::BTreeMap;

use ops_model::declaration::{Builds, Digest, Environment, Service, Strategy as Shift};
use ops_model::observation::{ListenerRule, ServiceSettings};
use ops_model::platform::{PLATFORM_VERSION, Platform};
use ops_plan::import::{Found, FoundService, Imported, import};
use ops_plan::{Given, desired_service};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::found::{ACCOUNT, REGION, digest, found, proven, service};

const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/1/2/3";
const LISTENER: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/1/2";
const TARGET_GROUP: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/1";

/// Members of a service with values that each may have. Those that need each other stand together.
fn members() -> Vec<(&'static str, Vec<Value>)> {
    let image = format!("public.ecr.aws/envoy/envoy@{}", digest('c').0);
    let version = "12345678-1234-1234-1234-123456789012";
    let proxy = json!({"image": image, "cpu": 128, "memory": 256, "memory_reservation": 128, "port": 9901,
        "health_check": {"command": ["/bin/true"]}, "readonly_root_filesystem": false, "labels": {"a": "b"}});
    let steps = json!([{"from": 0, "to": 10, "add": 1}, {"from": 10, "add": 5}]);
    vec![
        ("entry_point", vec![json!({"entry_point": ["/bin/app"]})]),
        ("command", vec![json!({"command": ["serve"]}), json!({"command": ["run it", "--now"]})]),
        ("environment", vec![json!({"environment": {"LOG_LEVEL": "info", "COUNT": "8", "EMPTY": "", "YES": "no"}})]),
        (
            "secrets",
            vec![
                json!({"secrets": {"KEY": "ssm:/shop/api/key"}}),
                json!({"secrets": {"PASSWORD": {"from": "secretsmanager:shop/database", "key": "password"}}}),
                json!({"secrets": {"PASSWORD": {"from": "secretsmanager:shop/database", "version": version}}}),
            ],
        ),
        (
            "containers",
            vec![
                json!({"containers": {"proxy": proxy}, "depends_on": {"proxy": "healthy"}}),
                json!({"containers": {"init": {"artifact": "app", "command": ["init"], "essential": false}},
                "depends_on": {"init": "success"}}),
            ],
        ),
        (
            "health_check",
            vec![json!({"health_check": {"command": ["/bin/app", "check"], "interval_seconds": 10, "retries": 2}})],
        ),
        ("user", vec![json!({"user": "1000:1000"})]),
        ("working_directory", vec![json!({"working_directory": "/srv"})]),
        (
            "writable",
            vec![json!({"readonly_root_filesystem": false}), json!({"readonly_root_filesystem": false, "exec": true})],
        ),
        ("init_process", vec![json!({"init_process": true})]),
        (
            "volumes",
            vec![
                json!({"volumes": {"tmp": {}}, "mounts": {"/tmp": {"volume": "tmp"}}}),
                json!({"volumes": {"data": {"efs": {"file_system": "fs-01234567", "path": "/x"}}}, "mounts": {"/data": {"volume": "data", "readonly": true}}}),
                json!({"volumes": {"data": {"efs": {"file_system": "fs-01234567", "access_point": "fsap-01234567", "iam": true}}}, "mounts": {"/data": {"volume": "data"}}}),
            ],
        ),
        ("open_files", vec![json!({"open_files": 10000})]),
        ("labels", vec![json!({"labels": {"team": "web"}})]),
        ("log", vec![json!({"log": {"drop_after_mib": 4}}), json!({"log": {"multiline_pattern": "^[0-9]"}})]),
        ("start", vec![json!({"start_timeout_seconds": 60})]),
        ("stop", vec![json!({"stop_timeout_seconds": 45})]),
        ("architecture", vec![json!({"architecture": "arm64"})]),
        ("disk", vec![json!({"ephemeral_storage_gib": 50})]),
        (
            "capacity",
            vec![
                json!({"capacity": {"fargate": {"base": 1}, "fargate_spot": {"weight": 3}}}),
                json!({"capacity": {"fargate_spot": {}}}),
                json!({"capacity": {"fargate": {"weight": 4}}}),
            ],
        ),
        ("platform_version", vec![json!({"platform_version": "1.4.0"})]),
        ("tags", vec![json!({"tags": {"cost": "shop"}})]),
        ("container_name", vec![json!({"container_name": "Main_1"})]),
        ("family", vec![json!({"family": "by-another-name"})]),
        (
            "count",
            vec![
                json!({"count": 3}),
                json!({"scaling": {"minimum": 1, "maximum": 5, "cpu": {"target": 60, "only_out": true}, "memory": {"target": 70}}}),
                json!({"scaling": {"minimum": 2, "maximum": 5, "steps": {"queue": {"unit": "percent", "steps": steps}}}}),
                json!({"scaling": {"minimum": 2, "maximum": 5, "schedules": {"night": {"at": "cron(0 22 * * ? *)", "time_zone": "Asia/Seoul", "minimum": 1}}}}),
            ],
        ),
        (
            "port",
            vec![
                json!({"port": 8080}),
                json!({"port": 8080, "connect": {}}),
                json!({"port": 8080, "connect": {"name": "backend", "port": 80, "protocol": "http", "request_timeout_seconds": 15, "idle_timeout_seconds": 60}}),
                json!({"port": 8080, "public": {"path": "/web/*"}}),
                json!({"connect": {}}),
            ],
        ),
        (
            "deployment",
            vec![
                json!({"deployment": {"minimum_healthy_percent": 50, "maximum_percent": 300, "grace_seconds": 77}}),
                json!({"deployment": {"early_success": {"healthy_percent": 100, "cleanup": "deferred"}, "alarms": ["errors"]}}),
                json!({"deployment": {"circuit_breaker": {"failed_tasks": 2, "reset_on_healthy_task": false}}}),
                json!({"deployment": {"strategy": "blue_green", "bake_minutes": 5, "pauses": [{"at": "post_scale_up", "timeout_minutes": 60, "on_timeout": "continue"}, {"at": "pre_scale_up"}]}}),
                json!({"deployment": {"strategy": "canary", "canary": {"percent": 10, "bake_minutes": 3}, "circuit_breaker": {"failed_percent": 20}}}),
                json!({"deployment": {"strategy": "linear", "linear": {"step_percent": 20, "bake_minutes": 1}, "bake_minutes": 0}}),
            ],
        ),
    ]
}

fn declared() -> impl Strategy<Value = Value> {
    let each: Vec<_> =
        members().into_iter().map(|(_, values)| prop::option::of(prop::sample::select(values)).boxed()).collect();
    let size = prop::sample::select(vec![(512, 1024), (1024, 4096), (16384, 32768)]);
    (each, size).prop_map(|(chosen, (cpu, memory))| {
        let mut service = Map::from_iter([
            ("artifact".to_owned(), json!("app")),
            ("cpu".to_owned(), json!(cpu)),
            ("memory".to_owned(), json!(memory)),
        ]);
        for members in chosen.into_iter().flatten() {
            service.extend(members.as_object().expect("members").clone());
        }
        Value::Object(service)
    })
}

/// The service as it runs after a reconcile.
fn reconciled(declared: &Service) -> (FoundService, Found) {
    let environment: Environment = serde_json::from_value(json!({
        "version": 1, "environment": "shop", "account": ACCOUNT, "region": REGION, "ops_bucket": "shop-ops",
        "network": {"cidr": "10.0.0.0/16", "zones": ["eu-west-1a", "eu-west-1b"]},
    }))
    .expect("an environment");
    let build = json!({"image": "registry.example/shop/app", "digest": digest('a'), "version": "1.0.0"});
    let builds: Builds = serde_json::from_value(json!({"version": 1, "artifacts": {"app": build}})).expect("builds");
    let shifts = declared.deployment.strategy != Shift::Rolling && declared.public.is_some();
    let shift = json!({"alternate_target_group_arn": format!("{TARGET_GROUP}b"), "role_arn": "arn:aws:iam::123456789012:role/shift",
        "listener_arn": LISTENER, "rule_priority": 39000, "path": "/web/*"});
    let platform: Platform = serde_json::from_value(json!({
        "version": PLATFORM_VERSION, "environment": "shop", "account": ACCOUNT, "region": REGION,
        "declaration_sha256": "", "applied_from": null, "vpc_id": "vpc-1", "security_groups": {},
        "cluster": {"name": "shop", "arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/shop", "namespace_arn": "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1"},
        "repositories": {}, "tasks": {}, "queues": {}, "sites": {}, "uploads": {},
        "services": {"web": {"subnet_ids": ["subnet-a", "subnet-b"], "security_group_ids": ["sg-1"], "assign_public_ip": false,
            "execution_role_arn": "arn:aws:iam::123456789012:role/x", "task_role_arn": "arn:aws:iam::123456789012:role/t",
            "log_group": "/shop/web", "target_group_arn": TARGET_GROUP, "traffic_shift": shift}},
    }))
    .expect("a platform");
    let mut account = found(Vec::new());
    account.secrets.insert(
        "ssm:/shop/api/key".to_owned(),
        ops_model::observation::ObservedSecret::Present {
            version: "3".to_owned(),
            arn: format!("arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/shop/api/key"),
        },
    );
    let given = Given { environment: &environment, builds: &builds, platform: &platform, secrets: &account.secrets };
    let desired = desired_service(given, "web", declared, Some(RULE)).expect("nothing is waited for");
    let mut runs = service("web", &Value::Object(desired.task_definition.0.clone()), &json!({}));
    let mut settings = desired.settings.0.clone();
    if declared.count.is_some() || declared.scaling.is_some() {
        settings.insert("desiredCount".to_owned(), json!(desired.count.at_first()));
    }
    runs.observed.settings = ServiceSettings(settings);
    runs.observed.tags = desired.tags.clone();
    runs.scaling =
        declared.scaling.as_ref().map(|scaling| put(scaling, &environment, &builds, &platform, declared, &account));
    runs.rule = shifts.then(|| ListenerRule {
        arn: RULE.to_owned(),
        priority: 39000,
        path: "/web/*".to_owned(),
        host: None,
        weights: BTreeMap::from([(TARGET_GROUP.to_owned(), 100), (format!("{TARGET_GROUP}b"), 0)]),
        foreign: false,
        tags: BTreeMap::new(),
    });
    account.services.insert("web".to_owned(), runs.clone());
    (runs, account)
}

/// What a plan would put into Application Auto Scaling.
fn put(
    _: &ops_model::declaration::Scaling,
    environment: &Environment,
    builds: &Builds,
    platform: &Platform,
    declared: &Service,
    account: &Found,
) -> ops_model::observation::ScalingSettings {
    use ops_model::plan::{Act, ScalingAct};
    let mut environment = environment.clone();
    environment.services.insert("web".to_owned(), declared.clone());
    let observation = ops_model::observation::Observation { secrets: account.secrets.clone(), ..Default::default() };
    let plan = ops_plan::plan(ops_plan::Inputs {
        environment: &environment,
        builds,
        slow_part: &Value::Null,
        platform,
        observation: &observation,
    });
    let put = plan.changes().find_map(|change| match &change.act {
        Act::Scaling(ScalingAct::Put { put, .. }) => Some(put.clone()),
        _ => None,
    });
    put.expect("scaling is put")
}

fn overrides(imported: &Imported) -> String {
    serde_json::to_string(&imported.environment.services["web"].overrides).expect("JSON")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_declared_needs_no_override_and_plans_empty(declared in declared()) {
        let declared: Service = serde_json::from_value(declared).expect("a service");
        let (_, found) = reconciled(&declared);
        let (imported, text, declaration, proof) = proven(&found);
        prop_assert!(proof.holds(), "{:#?}\n{text}", proof.plan);
        prop_assert_eq!(overrides(&imported), "{}", "{}", text);
        let lifted = &declaration.environment.services["web"];
        prop_assert_eq!(&lifted.workload.container, &declared.workload.container);
        prop_assert_eq!(&lifted.workload.containers, &declared.workload.containers);
        prop_assert_eq!(&lifted.workload.volumes, &declared.workload.volumes);
        prop_assert_eq!(&lifted.connect, &declared.connect);
        prop_assert_eq!(&lifted.scaling, &declared.scaling);
        prop_assert_eq!(lifted.count, declared.count);
        prop_assert_eq!(&lifted.deployment.pauses, &declared.deployment.pauses);
    }

    /// Whatever AWS has somewhere, it is imported without a panic, and read back without a difference unless that is said.
    #[test]
    fn odd_documents_are_imported(
        declared in declared(),
        member in prop::sample::select(vec![
            "cpu", "command", "environment", "portMappings", "logConfiguration", "dependsOn", "mountPoints", "ulimits",
            "dockerLabels", "healthCheck", "secrets", "linuxParameters", "image", "name", "essential", "volumesFrom",
        ]),
        setting in prop::sample::select(vec![
            "loadBalancers", "deploymentConfiguration", "capacityProviderStrategy", "networkConfiguration", "platformVersion",
            "serviceConnectConfiguration", "schedulingStrategy", "launchType", "placementConstraints",
        ]),
        value in value(),
        other in value(),
    ) {
        let declared: Service = serde_json::from_value(declared).expect("a service");
        let (_, mut found) = reconciled(&declared);
        let service = found.services.get_mut("web").expect("it is there");
        service.observed.task_definition.content.0["containerDefinitions"][0][member] = value;
        service.observed.settings.0.insert(setting.to_owned(), other);
        service.digests = BTreeMap::from([("web".to_owned(), Digest(format!("sha256:{}", "e".repeat(64))))]);
        let imported = import(&found);
        prop_assert!(imported.written().is_ok());
    }
}

/// Any JSON that is not deep.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-zA-Z0-9:/@. -]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let key = prop::sample::select(vec![
            "name",
            "value",
            "containerPort",
            "options",
            "enabled",
            "services",
            "targetGroupArn",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..4).prop_map(|members| Value::Object(
                members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            )),
        ]
    })
}

//! What Terraform has made of an environment that was declared.

use std::collections::BTreeMap;

use ops_model::declaration::{Declaration, Strategy};
use ops_model::platform::{PLATFORM_VERSION, Platform};
use serde_json::{Value, json};

use crate::images::{MIGRATIONS, REPOSITORY};

/// The ops bucket.
pub const BUCKET: &str = "dev-ops";
pub const CLUSTER: &str = "slipway-dev";
pub const SCHEDULES: &str = "slipway-dev";

/// What Terraform makes of a declaration.
#[must_use]
pub fn platform(declaration: &Declaration) -> Platform {
    let surroundings = |name: &str| {
        json!({
            "subnet_ids": ["subnet-a", "subnet-b"], "security_group_ids": [format!("sg-{name}")],
            "assign_public_ip": true, "execution_role_arn": format!("arn:aws:iam::role/{name}-execution"),
            "task_role_arn": format!("arn:aws:iam::role/{name}-task"), "log_group": format!("/slipway/dev/{name}"),
        })
    };
    let services = declaration.environment.services.iter().map(|(name, service)| {
        let mut made = surroundings(name);
        if let Some(public) = &service.public {
            made["target_group_arn"] = json!(target_group(name));
            if service.deployment.strategy != Strategy::Rolling {
                made["traffic_shift"] = json!({
                    "alternate_target_group_arn": target_group(&format!("{name}-alternate")),
                    "role_arn": format!("arn:aws:iam::role/{name}-traffic"), "listener_arn": LISTENER,
                    "rule_priority": public.priority.map_or(39_000, |priority| priority - 1), "path": public.path,
                });
            }
        }
        (name.clone(), made)
    });
    let tasks = declaration.environment.tasks.keys().map(|name| (name.clone(), surroundings(name)));
    let names = declaration.environment.services.keys().chain(declaration.environment.tasks.keys());
    let balancer = declaration.environment.load_balancer.as_ref().map(|_| "load_balancer");
    let database = declaration.environment.database.as_ref().map(|_| "database");
    let names = names.map(String::as_str).chain(balancer).chain(database);
    let security_groups: BTreeMap<_, _> = names.map(|name| (name, format!("sg-{name}"))).collect();
    let scheduled = declaration.environment.tasks.values().any(|task| task.schedule.is_some());
    let schedules = scheduled.then(|| {
        json!({"group": SCHEDULES, "role_arn": "arn:aws:iam::role/schedules", "dead_letter_arn": "arn:aws:sqs:dead"})
    });
    let sites = declaration.environment.sites.keys().map(|name| {
        let made = json!({
            "bucket": format!("site-{name}"), "distribution_id": format!("E{name}"),
            "domain_name": format!("{name}.cloudfront.example"), "url": format!("https://{name}.cloudfront.example"),
        });
        (name.clone(), made)
    });
    serde_json::from_value(json!({
        "version": PLATFORM_VERSION, "environment": "dev", "account": "000000000000", "region": "ap-northeast-2",
        "declaration_sha256": declaration.sha256, "applied_from": declaration.slow_part, "vpc_id": "vpc-1",
        "security_groups": security_groups,
        "cluster": {
            "name": CLUSTER, "arn": "arn:aws:ecs:ap-northeast-2:000000000000:cluster/slipway-dev",
            "namespace_arn": "arn:aws:servicediscovery:namespace/slipway-dev",
        },
        "load_balancer": {
            "arn": "arn:aws:elasticloadbalancing:r:0:loadbalancer/app/slipway-dev/1", "dns_name": "slipway.example",
            "listener_arn": LISTENER, "url": "http://slipway.example",
        },
        "repositories": {"slipway/app": REPOSITORY, "slipway/migrations": MIGRATIONS},
        "services": services.collect::<serde_json::Map<String, Value>>(),
        "tasks": tasks.collect::<serde_json::Map<String, Value>>(), "schedules": schedules,
        "queues": {}, "sites": sites.collect::<serde_json::Map<String, Value>>(), "uploads": {},
    }))
    .expect("the platform is valid")
}

pub const LISTENER: &str = "arn:aws:elasticloadbalancing:r:0:listener/app/slipway-dev/1/1";

#[must_use]
pub fn target_group(name: &str) -> String {
    format!("arn:aws:elasticloadbalancing:r:0:targetgroup/{name}/1")
}

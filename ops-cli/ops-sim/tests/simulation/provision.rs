//! What Terraform makes.

use ops_engine::cloud::{Containers as _, Logs as _, Objects as _, Preflight as _, Schedules as _, Targets as _};
use ops_model::platform::{PLATFORM_KEY, Platform};
use ops_sim::SimulatedAccount;
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn an_account_holds_what_the_contract_names() {
    let workload = json!({
        "subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"], "assign_public_ip": true,
        "execution_role_arn": "role/execution", "task_role_arn": "role/task", "log_group": "/dev/api",
    });
    let mut service = workload.clone();
    service["target_group_arn"] = json!("group/one");
    service["traffic_shift"] = json!({
        "alternate_target_group_arn": "group/other", "role_arn": "role/shift", "listener_arn": "listener",
        "rule_priority": 1, "path": "/*",
    });
    let platform: Platform = serde_json::from_value(json!({
        "version": 3, "environment": "dev", "account": "000000000000", "region": "ap-northeast-2",
        "declaration_sha256": "", "vpc_id": "vpc-1", "security_groups": {},
        "applied_from": {"services": {"api": {"port": 8080, "public": {"health": {"path": "/ready"}}}}},
        "cluster": {"name": "dev", "arn": "cluster", "namespace_arn": "namespace"},
        "repositories": {}, "services": {"api": service}, "tasks": {"migrate": workload}, "queues": {}, "sites": {},
        "uploads": {},
        "schedules": {"group": "dev", "role_arn": "role/schedules", "dead_letter_arn": "queue"},
    }))
    .expect("a platform");
    let account = SimulatedAccount::new();
    for _ in 0..2 {
        account.provision(&platform, "dev-ops").expect("provisioned, and again");
    }
    assert!(account.all_services("dev").await.expect("there is a cluster").is_empty());
    for arn in ["group/one", "group/other"] {
        let group = account.target_group(arn).await.expect("asked").expect("there");
        assert_eq!(
            (group.port, group.health_path.as_deref(), group.vpc_id.as_deref()),
            (8080, Some("/ready"), Some("vpc-1"))
        );
    }
    assert!(account.listener_rules("listener").await.expect("there is a listener").is_empty());
    assert!(account.group_exists("/dev/api").await.expect("asked"));
    assert!(account.schedules("dev").await.expect("there is a group").is_empty());
    for (role, service) in [
        ("role/execution", "ecs-tasks.amazonaws.com"),
        ("role/task", "ecs-tasks.amazonaws.com"),
        ("role/shift", "ecs.amazonaws.com"),
        ("role/schedules", "scheduler.amazonaws.com"),
    ] {
        assert_eq!(account.role(role).await.expect("asked").expect("there").trusted_services, [service]);
    }
    assert!(account.get("dev-ops", PLATFORM_KEY).await.expect("there is a bucket").is_some());
    assert!(account.writes().is_empty(), "nobody asked for it through the cloud traits");
}

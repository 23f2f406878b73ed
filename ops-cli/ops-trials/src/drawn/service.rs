use std::ops::Range;

use proptest::prelude::{Just, Strategy};
use serde_json::{Map, Value, json};

use super::{ALARMS, PROXY, SERVICES, of_workloads, some_of};

/// A service. It may wait for those that come before it in the list of names.
pub(super) fn service(name: &'static str) -> impl Strategy<Value = Value> {
    let size = proptest::sample::select(vec![(512, 1024), (1024, 4096), (16384, 32768)]);
    let earlier: Vec<_> = SERVICES.into_iter().take_while(|other| *other != name).collect();
    let after = proptest::sample::subsequence(earlier.clone(), 0..=earlier.len());
    let mut groups = of_workloads(name);
    groups.extend(of_services(name));
    (Just(name), some_of(groups), size, after).prop_map(|(name, mut service, (cpu, memory), after)| {
        service.extend([
            ("artifact".to_owned(), json!("app")),
            ("cpu".to_owned(), json!(cpu)),
            ("memory".to_owned(), json!(memory)),
            ("after".to_owned(), json!(after)),
        ]);
        agree(name, &mut service);
        Value::Object(service)
    })
}

/// The simplest one: nothing reaches it, and it waits for nobody.
pub(super) fn plain(counts: Range<u32>) -> impl Strategy<Value = Value> {
    counts.prop_map(|count| json!({"artifact": "app", "cpu": 256, "memory": 512, "count": count}))
}

/// Members that need what was not drawn are left out.
fn agree(name: &str, service: &mut Map<String, Value>) {
    let is_public = service.contains_key("public");
    let strategy = service.get("deployment").and_then(|deployment| deployment.get("strategy")).and_then(Value::as_str);
    let shifts = strategy.is_some();
    let has_traffic = is_public || service.contains_key("connect");
    if matches!(strategy, Some("canary" | "linear")) && !has_traffic {
        service.remove("deployment");
    }
    if let Some(scaling) = service.get_mut("scaling").and_then(Value::as_object_mut)
        && (!is_public || shifts)
    {
        scaling.remove("requests");
    }
    let main = service.get("container_name").cloned().unwrap_or_else(|| json!(name));
    let overridden = service.get_mut("overrides");
    if let Some(container) = overridden.and_then(|it| it.pointer_mut("/task_definition/containerDefinitions/0/name")) {
        *container = main;
    }
}

fn of_services(name: &str) -> Vec<Vec<Value>> {
    let priority = 100 * (1 + SERVICES.iter().take_while(|other| **other != name).count());
    let proxy = json!({"image": PROXY, "cpu": 128, "memory": 256, "memory_reservation": 128, "port": 9901,
        "health_check": {"command": ["/bin/true"], "interval_seconds": 5}, "readonly_root_filesystem": false, "labels": {"a": "b"}});
    let steps = json!([{"from": 0, "to": 10, "add": 1}, {"from": 10, "add": 5}]);
    let public = json!({"path": format!("/{name}/*"), "priority": priority});
    let checked = json!({"path": "/*", "priority": priority, "health": {"path": "/healthz"}});
    let sysctl = json!([{"name": name, "systemControls": [{"namespace": "net.core.somaxconn", "value": "1024"}]}]);
    vec![
        vec![json!({"containers": {"proxy": proxy}, "depends_on": {"proxy": "healthy"}})],
        vec![json!({"health_check": {"command": ["/bin/app", "check"], "interval_seconds": 10, "retries": 2}})],
        vec![json!({"readonly_root_filesystem": false}), json!({"readonly_root_filesystem": false, "exec": true})],
        vec![
            json!({"count": 0}),
            json!({"count": 3}),
            json!({"scaling": {"minimum": 1, "maximum": 5, "cpu": {"target": 60, "only_out": true}, "memory": {"target": 70}}}),
            json!({"scaling": {"minimum": 1, "maximum": 3, "cpu": {"target": 60}, "requests": {"target": 1000}}}),
            json!({"scaling": {"minimum": 2, "maximum": 5, "steps": {"queue": {"unit": "percent", "steps": steps}}}}),
            json!({"scaling": {"minimum": 2, "maximum": 5, "schedules": {"night":
                {"at": "cron(0 22 * * ? *)", "time_zone": "Asia/Seoul", "minimum": 1}}}}),
        ],
        vec![
            json!({"port": 8080}),
            json!({"port": 8080, "connect": {}}),
            json!({"port": 8080, "connect": {"name": format!("{name}-backend"), "port": 80, "protocol": "http",
                "request_timeout_seconds": 15, "idle_timeout_seconds": 60}}),
            json!({"port": 8080, "public": public}),
            json!({"port": 8081, "public": public, "connect": {"protocol": "grpc"}}),
            json!({"port": 8080, "public": if name == SERVICES[0] { checked } else { public.clone() }}),
            json!({"connect": {}}),
        ],
        vec![
            json!({"deployment": {"minimum_healthy_percent": 50, "maximum_percent": 300, "grace_seconds": 77}}),
            json!({"deployment": {"early_success": {"healthy_percent": 100, "cleanup": "deferred"}, "alarms": ALARMS}}),
            json!({"deployment": {"circuit_breaker": {"failed_tasks": 2, "reset_on_healthy_task": false}}}),
            json!({"deployment": {"strategy": "blue_green", "bake_minutes": 5, "pauses": [
                {"at": "post_scale_up", "timeout_minutes": 60, "on_timeout": "continue"}, {"at": "pre_scale_up"}]}}),
            json!({"deployment": {"strategy": "blue_green"}}),
            json!({"deployment": {"strategy": "canary", "canary": {"percent": 10, "bake_minutes": 3},
                "circuit_breaker": {"failed_percent": 20}}}),
            json!({"deployment": {"strategy": "canary", "alarms": ALARMS}}),
            json!({"deployment": {"strategy": "linear", "linear": {"step_percent": 20, "bake_minutes": 1}, "bake_minutes": 0}}),
        ],
        vec![
            json!({"overrides": {"service": {"availabilityZoneRebalancing": "DISABLED"}}}),
            json!({"overrides": {"task_definition": {"pidMode": "task", "containerDefinitions": sysctl}}}),
        ],
    ]
}

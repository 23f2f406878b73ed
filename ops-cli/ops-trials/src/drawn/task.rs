use proptest::prelude::Strategy;
use serde_json::{Value, json};

use super::{SERVICES, of_workloads, some_of};

/// A task. Its image ends with exit code 0.
pub(super) fn task(name: &'static str) -> impl Strategy<Value = Value> {
    let mut groups = of_workloads(name);
    groups.extend(of_tasks());
    let before = proptest::sample::subsequence(SERVICES.to_vec(), 0..=SERVICES.len());
    (some_of(groups), before).prop_map(|(mut task, before)| {
        task.extend([
            ("artifact".to_owned(), json!("migrations")),
            ("cpu".to_owned(), json!(256)),
            ("memory".to_owned(), json!(1024)),
            ("before".to_owned(), json!(before)),
        ]);
        Value::Object(task)
    })
}

fn of_tasks() -> Vec<Vec<Value>> {
    vec![
        vec![json!({"timeout_seconds": 600})],
        vec![
            json!({"schedule": {"at": "rate(1 hour)", "flexible_minutes": 10, "retries": 2}}),
            json!({"schedule": {"at": "cron(0 3 * * ? *)", "time_zone": "Asia/Seoul", "maximum_age_seconds": 60}}),
            json!({"schedule": {"at": "rate(5 minutes)", "retries": 185, "enabled": false}}),
        ],
        vec![json!({"overrides": {"task_definition": {"pidMode": "task"}}})],
    ]
}

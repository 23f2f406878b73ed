use std::collections::BTreeSet;

use super::{Checked, Live, Subject, Verdict};

/// Log groups are there: a task whose log driver finds none does not start.
pub(super) async fn check(live: Live<'_>, subject: &Subject<'_>) -> Vec<Checked> {
    let containers = subject.task_definition.containers();
    let groups: BTreeSet<_> = containers.filter_map(|container| container.log_option("awslogs-group")).collect();
    let mut checked = Vec::new();
    for group in groups {
        let verdict = Verdict::on(live.cloud.logs.group_exists(group).await, |exists| {
            if exists { Verdict::Ok } else { Verdict::failed("there is no such log group") }
        });
        checked.push((format!("log group {group}"), verdict));
    }
    checked
}

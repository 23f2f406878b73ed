use super::{Checked, Live, Subject, Verdict};
use crate::cloud::Role;

/// Who tasks are in IAM: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>.
const TASKS: &str = "ecs-tasks.amazonaws.com";

/// Both roles of the task are there, and let tasks take them.
pub(super) async fn check(live: Live<'_>, subject: &Subject<'_>) -> Vec<Checked> {
    let mut checked = Vec::new();
    for member in ["executionRoleArn", "taskRoleArn"] {
        if let Some(arn) = subject.task_definition.0.get(member).and_then(|arn| arn.as_str()) {
            checked.push(check_one(live, arn, TASKS).await);
        }
    }
    checked
}

pub(super) async fn check_one(live: Live<'_>, arn: &str, taken_by: &str) -> Checked {
    let role = live.cloud.preflight.role(arn).await;
    (format!("role {arn}"), Verdict::on(role, |role| judge(role.as_ref(), taken_by)))
}

fn judge(role: Option<&Role>, taken_by: &str) -> Verdict {
    match role {
        None => Verdict::failed("there is no such role"),
        Some(role) if role.trusted_services.iter().any(|trusted| trusted == taken_by) => Verdict::Ok,
        Some(_) => Verdict::failed(format!("its trust policy does not name {taken_by}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_to_trust_who_takes_it() {
        let role = Role { trusted_services: vec!["lambda.amazonaws.com".to_owned(), TASKS.to_owned()] };
        assert_eq!(judge(Some(&role), TASKS), Verdict::Ok);
        assert!(matches!(judge(Some(&role), "ecs.amazonaws.com"), Verdict::Failed { .. }));
        assert!(matches!(judge(None, TASKS), Verdict::Failed { .. }));
    }
}

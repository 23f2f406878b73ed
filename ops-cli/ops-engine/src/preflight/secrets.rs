use std::collections::{BTreeMap, BTreeSet};

use ops_model::observation::ObservedSecret;

use super::{Checked, Live, Subject, Verdict};

/// Each secret has a value, and the role that starts the tasks may read it.
pub(super) async fn check(live: Live<'_>, subject: &Subject<'_>) -> Vec<Checked> {
    let sidecars = subject.workload.containers.values().map(|sidecar| &sidecar.container);
    let containers = std::iter::once(&subject.workload.container).chain(sidecars);
    let places: BTreeSet<_> = containers.flat_map(|it| it.secrets.values().map(|secret| secret.place())).collect();
    let requests: Vec<_> = places
        .iter()
        .filter_map(|place| match live.observation.secrets.get(*place) {
            Some(ObservedSecret::Present { arn, .. }) => Some(request(place, arn)),
            _ => None,
        })
        .collect();
    let role = subject.task_definition.0.get("executionRoleArn").and_then(|arn| arn.as_str());
    let simulated = match role {
        Some(role) if !requests.is_empty() => {
            let answer = live.cloud.preflight.simulate(role, &requests).await;
            answer.map_err(|error| crate::error_chain::error_chain(&error))
        }
        _ => Ok(BTreeMap::new()),
    };
    let verdict = |place: &str| match live.observation.secrets.get(place) {
        Some(ObservedSecret::Present { arn, .. }) => match &simulated {
            Ok(decisions) => judge(decisions.get(&request(place, arn)).copied(), role),
            Err(why) => Verdict::skipped(format!("it is there, but whether the role may read it is unknown: {why}")),
        },
        Some(ObservedSecret::Empty) => Verdict::failed("it has no value yet"),
        Some(ObservedSecret::Missing) | None => Verdict::failed("it is not there"),
        Some(ObservedSecret::Unreadable { why }) => Verdict::failed(format!("AWS would not tell: {why}")),
    };
    places.into_iter().map(|place| (format!("secret {place}"), verdict(place))).collect()
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html#task-execution-secrets>
fn request(place: &str, arn: &str) -> (String, String) {
    let action = if place.starts_with("ssm:") { "ssm:GetParameters" } else { "secretsmanager:GetSecretValue" };
    (action.to_owned(), arn.to_owned())
}

fn judge(allowed: Option<bool>, role: Option<&str>) -> Verdict {
    match (allowed, role) {
        (Some(true), _) => Verdict::Ok,
        (Some(false), Some(role)) => Verdict::failed(format!("{role} may not read it")),
        (Some(false), None) | (None, None) => Verdict::failed("no execution role is there to read it"),
        (None, Some(_)) => Verdict::skipped("IAM did not say whether the role may read it"),
    }
}

use super::Subject;
use crate::declaration::document::Node;
use crate::declaration::{Deployment, Fault};

/// A rollout that has succeeded has as many tasks as ever have to run.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentEarlySuccessCriteria.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let default = u64::from(Deployment::default().minimum_healthy_percent);
    for service in subject.services() {
        let Some(deployment) = service.value.get("deployment") else { continue };
        let early_success = deployment.get("early_success");
        let Some(node) = early_success.and_then(|early_success| early_success.get("healthy_percent")) else { continue };
        let Some(healthy) = node.whole_number() else { continue };
        let minimum = deployment.get("minimum_healthy_percent").map_or(Some(default), Node::whole_number);
        let Some(minimum) = minimum.filter(|minimum| healthy < *minimum) else { continue };
        faults.push(
            subject
                .fault(
                    "declaration::early_success",
                    format!(
                        "a rollout of `{}` would succeed with {healthy} % of its tasks, and {minimum} % have to run",
                        service.key
                    ),
                )
                .at(&node.span, "less than `minimum_healthy_percent`")
                .remedy(format!("write at least {minimum}, or lower `minimum_healthy_percent`")),
        );
    }
}

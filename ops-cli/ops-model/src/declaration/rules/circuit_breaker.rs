use super::Subject;
use crate::declaration::Fault;

/// Failures are counted in one way: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        let deployment = service.value.get("deployment");
        let Some(breaker) = deployment.and_then(|deployment| deployment.get("circuit_breaker")) else { continue };
        let (Some(_), Some(percent)) = (breaker.entry("failed_tasks"), breaker.entry("failed_percent")) else {
            continue;
        };
        faults.push(
            subject
                .fault(
                    "declaration::circuit_breaker",
                    format!("the circuit breaker of `{}` counts failures in two ways", service.key),
                )
                .at(&percent.key_span, "beside `failed_tasks`")
                .remedy("remove one of the two"),
        );
    }
}

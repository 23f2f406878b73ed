//! Tasks that ECS could not start at all: its events say so, for there is no task to look at.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>

use super::{Cause, CauseClass, Failure, merge, says};

pub(super) fn causes(failure: Failure<'_>) -> Vec<Cause> {
    let events = failure.evidence.events.iter().map(|event| event.message.as_str());
    let mut causes = Vec::new();
    for said in events.chain(failure.reason) {
        merge(&mut causes, cause(failure, said).map(|cause| cause.seen(said)));
    }
    for cause in &mut causes {
        cause.seen.truncate(2);
    }
    causes
}

fn cause(failure: Failure<'_>, said: &str) -> Option<Cause> {
    if says(said, &["unable to assume", "unable to assume role"]) {
        let cause = Cause::new(CauseClass::Role, "ECS may not take one of the task's roles");
        return Some(cause.remedy(format!(
            "run `terraform apply` in terraform/environments/{}: the role is gone, or no longer trusts ecs-tasks.amazonaws.com",
            failure.environment
        )));
    }
    if says(said, &["limit on the number of vcpus", "limit on the number of tasks", "vcpulimitexceeded"]) {
        let cause = Cause::new(CauseClass::Quota, "the account's quota for Fargate is used up");
        return Some(
            cause
                .remedy("ask for more: Service Quotas, AWS Fargate, \"Fargate On-Demand vCPU resource count\"")
                .remedy(format!("`ops check {} --live` says how much is used", failure.environment)),
        );
    }
    if says(said, &["capacity is unavailable", "resource:", "unable to place a task", "insufficient capacity"]) {
        let cause = Cause::new(CauseClass::Capacity, "AWS has no room for another task just now");
        return Some(
            cause
                .remedy("wait and try again; ECS does so by itself")
                .remedy("declare more `network.zones`, or Fargate beside Fargate Spot: `capacity: {fargate: {weight: 1}, …}`")
                .remedy("an address for every task: are the subnets full?"),
        );
    }
    None
}

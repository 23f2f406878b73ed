//! What ended a rollout, or keeps it from its end.

use ops_model::outcome::Outcome;
use ops_model::plan::Kind;

use super::{Cause, CauseClass, Failure, back_out, says};

pub(super) fn causes(failure: Failure<'_>) -> Vec<Cause> {
    let Failure { environment, name, reason, evidence, .. } = failure;
    let reason = reason.unwrap_or_default();
    let mut causes = Vec::new();
    if !evidence.alarms.is_empty() {
        let alarms = evidence.alarms.join(", ");
        causes.push(
            Cause::new(CauseClass::Alarm, format!("an alarm went off while the new tasks were tried: {alarms}"))
                .seen(reason)
                .remedy(
                    "look at the alarm's graph of those minutes: the new build is worse, or the alarm is too strict",
                )
                .remedy(back_out(failure)),
        );
    }
    if says(reason, &["lifecycle hook"]) {
        causes.push(
            Cause::new(CauseClass::Hook, "a hook of the rollout failed, or nobody answered in time")
                .seen(reason)
                .remedy(format!("reconcile again and answer it: `ops continue {environment} {name}`"))
                .remedy("or give it longer: `deployment.pauses[].timeout_minutes`"),
        );
    }
    match failure.outcome {
        Some(Outcome::Superseded) => causes.push(
            Cause::new(CauseClass::Superseded, "another deployment took the place of this one")
                .seen(reason)
                .remedy(format!(
                    "see what is declared and what runs: `ops plan {environment}`, `ops history {environment}`"
                ))
                .remedy("if nobody of yours did it: CloudTrail, event `UpdateService`"),
        ),
        Some(Outcome::Stopped) => {
            causes.push(Cause::new(CauseClass::StoppedByPerson, "a person stopped the rollout").seen(reason).remedy(
                format!("to try again: `ops reconcile {environment}`; CloudTrail knows who: `StopServiceDeployment`"),
            ))
        }
        Some(Outcome::TimedOut) if failure.kind == Kind::Service && !has_dead(failure) => {
            causes.push(
                Cause::new(CauseClass::StillRunning, "nothing has failed yet: ECS goes on with the rollout")
                    .seen(reason)
                    .remedy(format!("follow the same rollout again: `ops reconcile {environment}`"))
                    .remedy("if it needs longer as a rule: raise `deployment.timeout_seconds`"),
            );
        }
        _ => {}
    }
    causes
}

/// Whether any task has failed, which is the better explanation.
fn has_dead(failure: Failure<'_>) -> bool {
    failure.evidence.tasks.iter().any(|task| task.stopped_reason.is_some()) || !failure.evidence.targets.is_empty()
}

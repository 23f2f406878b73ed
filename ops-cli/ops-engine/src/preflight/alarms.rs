use ops_model::declaration::Service;

use super::{Checked, Live, Verdict};
use crate::cloud::{AlarmState, Cloud};
use crate::error_chain::error_chain;

/// Alarms that take a rollout back are there, and none is going off already: ECS would not look at it.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html>
pub(super) async fn check(live: Live<'_>, service: &Service) -> Vec<Checked> {
    let names: Vec<_> = service.deployment.alarms.iter().cloned().collect();
    let judged = judged(live.cloud, &names).await;
    judged.into_iter().map(|(name, verdict)| (format!("alarm {name}"), verdict)).collect()
}

/// Alarms by name, with what there is to say of each; nothing is asked where there is none.
pub(crate) async fn judged(cloud: &Cloud, names: &[String]) -> Vec<(String, Verdict)> {
    if names.is_empty() {
        return Vec::new();
    }
    let states = cloud.preflight.alarms(names).await.map_err(|error| error_chain(&error));
    let verdict = |name: &String| match &states {
        Ok(states) => judge(states.get(name).copied()),
        Err(why) => Verdict::skipped(why.clone()),
    };
    names.iter().map(|name| (name.clone(), verdict(name))).collect()
}

fn judge(state: Option<AlarmState>) -> Verdict {
    match state {
        // An alarm without data yet is what a new service has.
        Some(AlarmState::Fine | AlarmState::NotEnoughData) => Verdict::Ok,
        Some(AlarmState::Firing) => Verdict::failed("it is going off already"),
        None => Verdict::failed("there is no such alarm"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_that_goes_off_already_guards_nothing() {
        assert_eq!(judge(Some(AlarmState::Fine)), Verdict::Ok);
        assert_eq!(judge(Some(AlarmState::NotEnoughData)), Verdict::Ok);
        assert!(matches!(judge(Some(AlarmState::Firing)), Verdict::Failed { .. }));
        assert!(matches!(judge(None), Verdict::Failed { .. }));
    }
}

use ops_model::observation::ListenerRule;
use ops_model::rollout::Rollout;
use ops_plan::DesiredService;

use super::{Checked, Live, Verdict, roles};

/// Who moves the traffic: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html>.
const ECS: &str = "ecs.amazonaws.com";

/// What is not as it has to be yet, and will be by the time that the rollout starts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Expected {
    /// The plan makes or mends the listener rule first.
    pub(super) mends_rule: bool,
    /// The plan waits for a rollback first.
    pub(super) awaits_rollback: bool,
}

/// Nothing else moves the traffic of a service that is about to shift it.
pub(super) async fn check(live: Live<'_>, name: &str, desired: &DesiredService, expected: Expected) -> Vec<Checked> {
    let Some(shift) = &desired.traffic_shift else { return Vec::new() };
    let mut checked = vec![roles::check_one(live, &shift.role_arn, ECS).await];
    let rollout = live.observation.services.get(name).and_then(|service| service.rollout.as_ref());
    if !expected.awaits_rollback {
        checked.push(("rollouts".to_owned(), judge_rollout(rollout)));
    }
    let target_group = live.platform.services.get(name).and_then(|service| service.target_group_arn.as_deref());
    if let (Some(target_group), false) = (target_group, expected.mends_rule || expected.awaits_rollback) {
        let rule = live.observation.listener_rules.get(name);
        let pair = [target_group, shift.alternate_target_group_arn.as_str()];
        checked.push(("listener rule".to_owned(), judge_rule(rule, pair)));
    }
    checked
}

fn judge_rollout(rollout: Option<&Rollout>) -> Verdict {
    match rollout {
        Some(rollout) if !rollout.status.is_final() => {
            let waits = rollout.paused().map(|_| ", which waits for `ops continue`").unwrap_or_default();
            Verdict::failed(format!("one is under way{waits}: {}", rollout.id))
        }
        _ => Verdict::Ok,
    }
}

/// One of the pair has all the traffic, so that ECS knows which tasks are the old ones.
fn judge_rule(rule: Option<&ListenerRule>, pair: [&str; 2]) -> Verdict {
    let Some(rule) = rule else { return Verdict::skipped("the first reconcile makes it") };
    if rule.foreign {
        return Verdict::failed("it does more than send requests to target groups");
    }
    let strangers = rule.weights.iter().filter(|(group, weight)| **weight > 0 && !pair.contains(&group.as_str()));
    let strangers: Vec<_> = strangers.map(|(group, _)| group.as_str()).collect();
    if !strangers.is_empty() {
        return Verdict::failed(format!("it also sends requests to {}", strangers.join(", ")));
    }
    let [one, other] = pair.map(|group| rule.weights.get(group).copied().unwrap_or_default());
    match (one, other) {
        (0, 0) => Verdict::failed("it sends no requests to either target group"),
        (_, 0) | (0, _) => Verdict::Ok,
        _ => Verdict::failed(format!("it splits the traffic {one} to {other}; one target group has to have all of it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(weights: &[(&str, u32)]) -> ListenerRule {
        ListenerRule {
            arn: "rule".to_owned(),
            priority: 1,
            path: "/*".to_owned(),
            host: None,
            weights: weights.iter().map(|(group, weight)| ((*group).to_owned(), *weight)).collect(),
            foreign: false,
            tags: Default::default(),
        }
    }

    #[test]
    fn one_of_the_pair_has_all_the_traffic() {
        let judged = |weights: &[(&str, u32)]| judge_rule(Some(&rule(weights)), ["blue", "green"]);
        assert_eq!(judged(&[("blue", 100), ("green", 0)]), Verdict::Ok);
        assert_eq!(judged(&[("green", 1)]), Verdict::Ok);
        assert_eq!(judged(&[("blue", 100), ("green", 0), ("red", 0)]), Verdict::Ok);
        for wrong in [&[("blue", 50), ("green", 50)][..], &[("blue", 0), ("green", 0)], &[("blue", 100), ("red", 1)]] {
            assert!(matches!(judged(wrong), Verdict::Failed { .. }), "{wrong:?}");
        }
        assert!(matches!(judge_rule(None, ["blue", "green"]), Verdict::Skipped { .. }));
        let foreign = ListenerRule { foreign: true, ..rule(&[("blue", 100)]) };
        assert!(matches!(judge_rule(Some(&foreign), ["blue", "green"]), Verdict::Failed { .. }));
    }
}

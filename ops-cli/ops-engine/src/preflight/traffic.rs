use ops_model::observation::{ListenerRule, ObservedService, ServiceSettings};
use ops_model::rollout::{Rollout, RolloutStatus};
use ops_plan::DesiredService;
use serde_json::Value;

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

/// Nothing else moves the traffic of a service that is about to shift it, or replaces its tasks where it has none to shift.
pub(super) async fn check(live: Live<'_>, name: &str, desired: &DesiredService, expected: Expected) -> Vec<Checked> {
    let service = live.observation.services.get(name);
    let Some(shift) = &desired.traffic_shift else {
        // AWS does not say that ECS ends what a rollout has brought only when as many serve without it. Of those that served a
        // rolling one has replaced some; and after a scale-out, which may come during any, more are wanted than are healthy.
        //
        // Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-auto-scaling.html>
        let waits = !is_rolling(&desired.settings) && !expected.awaits_rollback;
        let judged = waits.then(|| judge_rollout(service));
        return judged.map(|verdict| (ROLLOUTS.to_owned(), verdict)).into_iter().collect();
    };
    let mut checked = vec![roles::check_one(live, &shift.role_arn, ECS).await];
    if !expected.awaits_rollback {
        checked.push((ROLLOUTS.to_owned(), judge_rollout(service)));
    }
    let target_group = live.platform.services.get(name).and_then(|service| service.target_group_arn.as_deref());
    if let (Some(target_group), false) = (target_group, expected.mends_rule || expected.awaits_rollback) {
        let rule = live.observation.listener_rules.get(name);
        let pair = [target_group, shift.alternate_target_group_arn.as_str()];
        checked.push(("listener rule".to_owned(), judge_rule(rule, pair)));
    }
    checked
}

const ROLLOUTS: &str = "rollouts";

fn judge_rollout(service: Option<&ObservedService>) -> Verdict {
    match service.and_then(|service| Some((service, service.rollout.as_ref()?))) {
        Some((service, rollout)) if !rollout.status.is_final() && !can_never_begin(&service.settings, rollout) => {
            let waits = rollout.paused().map(|_| ", which waits for `ops continue`").unwrap_or_default();
            Verdict::failed(format!("one is under way{waits}: {}", rollout.id))
        }
        _ => Verdict::Ok,
    }
}

/// A rolling rollout that has brought nothing and may neither stop a task nor start one more. Nothing is lost when another
/// takes its place, and it would be waited for for ever.
///
/// Source: how the percentages are rounded, in
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
fn can_never_begin(settings: &ServiceSettings, rollout: &Rollout) -> bool {
    let percent = |member: &str, default: u64| {
        let said = settings.0.get("deploymentConfiguration").and_then(|configuration| configuration.get(member));
        said.and_then(Value::as_u64).unwrap_or(default)
    };
    let count = u64::from(settings.desired_count().unwrap_or_default());
    let most = count * percent("maximumPercent", 200) / 100;
    let fewest = (count * percent("minimumHealthyPercent", 100)).div_ceil(100);
    let has_no_room = count > 0 && most <= count && fewest >= count;
    let has_brought_nothing = rollout.tasks.running + rollout.tasks.pending == 0;
    rollout.status == RolloutStatus::InProgress && is_rolling(settings) && has_no_room && has_brought_nothing
}

fn is_rolling(settings: &ServiceSettings) -> bool {
    let strategy = settings.0.get("deploymentConfiguration").and_then(|configuration| configuration.get("strategy"));
    strategy.is_none_or(|strategy| strategy == "ROLLING")
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
    use ops_model::rollout::TaskCounts;
    use serde_json::json;

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

    fn settings(json: Value) -> ServiceSettings {
        serde_json::from_value(json).expect("settings")
    }

    fn rollout(running: u32) -> Rollout {
        Rollout {
            id: "rollout".to_owned(),
            status: RolloutStatus::InProgress,
            status_reason: None,
            task_definition: "api:2".to_owned(),
            tasks: TaskCounts { requested: 1, running, pending: 0 },
            circuit_breaker: None,
            rollback: None,
            stage: None,
            waiting: Vec::new(),
            traffic_percent: None,
            alarms: Vec::new(),
            created_at: None,
        }
    }

    #[test]
    fn a_rollout_without_room_can_never_begin() {
        let of = |count: u32, most: u32, fewest: u32, strategy: &str| {
            settings(json!({"desiredCount": count, "deploymentConfiguration":
                {"maximumPercent": most, "minimumHealthyPercent": fewest, "strategy": strategy}}))
        };
        assert!(can_never_begin(&of(1, 150, 100, "ROLLING"), &rollout(0)), "one task and a half is one task");
        assert!(!can_never_begin(&of(1, 150, 100, "ROLLING"), &rollout(1)), "it has begun");
        assert!(!can_never_begin(&of(2, 150, 100, "ROLLING"), &rollout(0)), "one more may start");
        assert!(!can_never_begin(&of(1, 150, 0, "ROLLING"), &rollout(0)), "one may stop");
        assert!(!can_never_begin(&of(1, 150, 100, "LINEAR"), &rollout(0)), "both sets are there at once");
        assert!(
            !can_never_begin(&settings(json!({"desiredCount": 1})), &rollout(0)),
            "ECS lets twice as many be there"
        );
    }
}

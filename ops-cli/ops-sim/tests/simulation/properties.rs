//! What holds for every history.

use std::collections::BTreeMap;
use std::time::Duration;

use ops_engine::clock::Clock as _;
use ops_engine::cloud::{Containers as _, Targets as _};
use ops_model::observation::{ObservedTask, ServiceSettings, TargetHealth, TargetState, healthy_count};
use ops_model::rollout::{Rollout, RolloutStatus};
use ops_sim::ImageBehaviour;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::scenario::{CLUSTER, GOOD, SERVICE, Scenario, TARGET_GROUP, deployed, percent, public, seconds, update};

/// Settings with which ECS can replace a task at all.
fn settings() -> impl Strategy<Value = ServiceSettings> {
    (1..=8_u32, 0..=100_u32, 100..=200_u32)
        .prop_filter("neither room above nor below", |(desired, minimum, maximum)| {
            desired * maximum / 100 > *desired || (desired * minimum).div_ceil(100) < *desired
        })
        .prop_map(|(desired, minimum, maximum)| deployed(public(desired), percent(minimum, maximum)))
}

fn behaviour() -> impl Strategy<Value = ImageBehaviour> {
    prop_oneof![
        // Healthy within the grace period: 20 seconds less two health checks.
        (0..=9_u64).prop_map(|start| ImageBehaviour::Healthy { start: seconds(start) }),
        Just(ImageBehaviour::NeverHealthy),
        Just(ImageBehaviour::CannotBePulled),
        // Before a target can be healthy: ECS itself never ends a rollout whose tasks crash later.
        (0..10_u64).prop_map(|after| ImageBehaviour::Exits { exit_code: 1, after: seconds(after) }),
    ]
}

/// Something that somebody does to the service.
#[derive(Debug, Clone)]
enum Act {
    Deploy(ImageBehaviour),
    Scale(u32),
    Kill,
    RollBack,
    Wait(Duration),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        behaviour().prop_map(Act::Deploy),
        (0..6_u32).prop_map(Act::Scale),
        Just(Act::Kill),
        Just(Act::RollBack),
        (0..90_u64).prop_map(|wait| Act::Wait(seconds(wait))),
    ]
}

async fn perform(scenario: &Scenario, number: usize, act: &Act) {
    let by_hand = scenario.account.by_hand(CLUSTER);
    match act {
        Act::Deploy(behaviour) => {
            scenario.deploy(&format!("app:deployed-{number}"), *behaviour).await;
        }
        Act::Scale(desired) => {
            scenario.update(None, update(json!({"desiredCount": desired}))).await.expect("accepted");
        }
        // There may be nothing to kill or to roll back.
        Act::Kill => drop(by_hand.kill_task(SERVICE)),
        Act::RollBack => drop(by_hand.roll_back(SERVICE)),
        Act::Wait(wait) => tokio::time::sleep(*wait).await,
    }
}

fn virtually<T>(history: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(history)
}

/// What a task, a target or a rollout looks like, for comparing two accounts.
type Seen = (Vec<ObservedTask>, Vec<TargetHealth>, Vec<Rollout>, Vec<String>);

async fn seen(scenario: &Scenario) -> Seen {
    let tasks = scenario.tasks().await;
    (tasks, scenario.targets().await, scenario.rollouts().await, scenario.events().await)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_rollout_stays_within_its_percentages_and_ends_in_one_outcome(settings in settings(), image in behaviour()) {
        virtually(async {
            let of_deployment = |member: &str| settings.0["deploymentConfiguration"][member].as_u64().expect("a number") as usize;
            let desired = settings.desired_count().expect("a count") as usize;
            let most = desired * of_deployment("maximumPercent") / 100;
            let fewest = (desired * of_deployment("minimumHealthyPercent")).div_ceil(100);
            let scenario = Scenario::steady(settings).await;
            let rollout = scenario.deploy("app:2", image).await;
            let mut outcome = None;
            for _ in 0..4 * 3600 {
                let tasks = scenario.account.tasks(CLUSTER, SERVICE).await.expect("listed");
                let alive = tasks.iter().filter(|task| ["PENDING", "RUNNING"].contains(&task.last_status.as_str()));
                let alive = alive.count();
                prop_assert!(alive <= most, "{alive} tasks, at most {most}");
                let targets = scenario.account.target_health(TARGET_GROUP).await.expect("described");
                let healthy = targets.iter().filter(|target| target.state == TargetState::Healthy).count();
                prop_assert!(healthy >= fewest, "{healthy} healthy, at least {fewest}");
                let status = scenario.rollout(&rollout.id).await.status;
                if status.is_final() {
                    outcome.get_or_insert(status);
                }
                prop_assert_eq!(outcome, status.is_final().then_some(status), "an outcome never changes");
                if outcome.is_some() && tasks.iter().all(|task| ["RUNNING", "STOPPED"].contains(&task.last_status.as_str())) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(700)).await;
            }
            let good = matches!(image, ImageBehaviour::Healthy { .. });
            let expected = if good { RolloutStatus::Successful } else { RolloutStatus::RollbackSuccessful };
            prop_assert_eq!(outcome, Some(expected));
            let service = scenario.service().await;
            let serving = if good { ":2" } else { ":1" };
            prop_assert!(service.task_definition.arn.ends_with(serving));
            prop_assert_eq!(service.running_count as usize, desired);
            Ok::<(), TestCaseError>(())
        })?;
    }

    #[test]
    fn every_rollout_ends_whatever_happens(acts in proptest::collection::vec(act(), 0..12)) {
        virtually(async {
            let scenario = Scenario::steady(public(2)).await;
            for (number, act) in acts.iter().enumerate() {
                perform(&scenario, number, act).await;
            }
            tokio::time::sleep(seconds(4 * 3600)).await;
            let rollouts = scenario.rollouts().await;
            for rollout in &rollouts {
                prop_assert!(rollout.status.is_final(), "{rollout:#?}");
            }
            let starts: Vec<_> = rollouts.iter().map(|rollout| rollout.created_at).collect();
            prop_assert!(starts.is_sorted_by(|newer, older| newer >= older));
            Ok::<(), TestCaseError>(())
        })?;
    }

    #[test]
    fn looking_changes_nothing(acts in proptest::collection::vec(act(), 0..8), looks in 1..200_u64) {
        let history = |looking: bool| {
            let acts = acts.clone();
            virtually(async move {
                let scenario = Scenario::steady(public(3)).await;
                let start = tokio::time::Instant::now();
                for (number, act) in acts.iter().enumerate() {
                    perform(&scenario, number, act).await;
                }
                for _ in 0..looks {
                    if looking {
                        scenario.account.target_health(TARGET_GROUP).await.expect("described");
                        tokio::time::sleep(Duration::from_millis(730)).await;
                    }
                }
                tokio::time::sleep_until(start + seconds(1000)).await;
                seen(&scenario).await
            })
        };
        prop_assert_eq!(history(true), history(false));
    }

    #[test]
    fn time_moves_forward_only(waits in proptest::collection::vec(0..100_000_u64, 1..20)) {
        virtually(async {
            let scenario = Scenario::steady(public(2)).await;
            scenario.deploy("app:2", GOOD).await;
            let mut last = scenario.account.clock().now();
            for wait in waits {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                let now = scenario.account.clock().now();
                prop_assert!(now >= last);
                last = now;
                let events = scenario.service().await.events;
                prop_assert!(events.is_sorted_by(|newer, older| newer.at >= older.at));
                prop_assert!(events.iter().all(|event| event.at <= Some(scenario.account.clock().now())));
            }
            Ok::<(), TestCaseError>(())
        })?;
    }

    #[test]
    fn a_registered_task_definition_never_changes(acts in proptest::collection::vec(act(), 0..10)) {
        virtually(async {
            let scenario = Scenario::steady(public(1)).await;
            let mut registered = BTreeMap::new();
            for (number, act) in acts.iter().enumerate() {
                perform(&scenario, number, act).await;
                let now: BTreeMap<_, _> =
                    scenario.account.task_definitions().into_iter().map(|one| (one.arn, one.content)).collect();
                for (arn, content) in &registered {
                    prop_assert_eq!(now.get(arn), Some(content));
                }
                registered = now;
            }
            let deployed = acts.iter().filter(|act| matches!(act, Act::Deploy(_))).count();
            prop_assert_eq!(scenario.account.task_definitions().len(), deployed + 1);
            Ok::<(), TestCaseError>(())
        })?;
    }

    #[test]
    fn traffic_goes_only_where_tasks_can_serve(
        strategy in strategy(),
        desired in 1..4_u32,
        acts in proptest::collection::vec(shifting_act(), 1..8),
    ) {
        virtually(async {
            let scenario = crate::shifting::steady(desired, strategy).await;
            for (number, act) in acts.iter().enumerate() {
                if let Act::Wait(wait) = act {
                    serves_for(&scenario, wait.as_secs()).await?;
                } else {
                    perform(&scenario, number, act).await;
                }
            }
            serves_for(&scenario, 1200).await?;
            for rollout in scenario.rollouts().await {
                prop_assert!(rollout.status.is_final(), "{rollout:#?}");
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}

fn strategy() -> impl Strategy<Value = Value> {
    let canary = json!({"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 1});
    let linear = json!({"stepPercent": 30.0, "stepBakeTimeInMinutes": 1});
    prop_oneof![
        (0..3_u32).prop_map(|minutes| json!({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": minutes})),
        Just(json!({"strategy": "CANARY", "canaryConfiguration": canary})),
        Just(json!({"strategy": "LINEAR", "linearConfiguration": linear})),
    ]
}

fn shifting_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        behaviour().prop_map(Act::Deploy),
        Just(Act::Deploy(GOOD)),
        Just(Act::RollBack),
        (0..200_u64).prop_map(|wait| Act::Wait(seconds(wait))),
    ]
}

/// Watches for so many seconds that every target group with traffic has a healthy target.
async fn serves_for(scenario: &Scenario, moments: u64) -> Result<(), TestCaseError> {
    for _ in 0..moments {
        let weights = crate::shifting::rule(scenario).await.weights;
        prop_assert_eq!(weights.values().sum::<u32>(), 100);
        for group in weights.iter().filter(|(_, weight)| **weight > 0).map(|(group, _)| group) {
            let targets = scenario.account.target_health(group).await.expect("described");
            prop_assert!(healthy_count(&targets) > 0, "{group} has traffic and nobody to serve it");
        }
        tokio::time::sleep(seconds(1)).await;
    }
    Ok(())
}

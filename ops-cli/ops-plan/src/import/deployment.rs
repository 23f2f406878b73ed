//! How ECS replaces the tasks of a service, as the declaration says it.

use std::collections::BTreeSet;

use ops_model::declaration::{
    Canary, CircuitBreaker, Cleanup, Deployment, EarlySuccess, Linear, Pause, PauseEnd, Stage, Strategy,
};
use serde_json::{Map, Value};

use super::member::{is_true, items, number, object, text, words};

/// `fewest`: the smallest number of tasks that a rollout is of. `grace_seconds`: where something checks the tasks' health.
pub(crate) fn deployment(settings: &Map<String, Value>, fewest: u32, grace_seconds: Option<u32>) -> Deployment {
    let nothing = Map::new();
    let configuration = object(settings, "deploymentConfiguration").unwrap_or(&nothing);
    let default = Deployment::default();
    let strategy = match text(configuration, "strategy") {
        Some("BLUE_GREEN") => Strategy::BlueGreen,
        Some("CANARY") => Strategy::Canary,
        Some("LINEAR") => Strategy::Linear,
        _ => Strategy::Rolling,
    };
    let shifts = strategy != Strategy::Rolling;
    let percent = |member, bounds, default: u32| number(configuration, member, bounds).unwrap_or(default);
    let minimum = percent("minimumHealthyPercent", (0, 100), default.minimum_healthy_percent);
    let maximum = percent("maximumPercent", (100, 400), default.maximum_percent);
    let (minimum_healthy_percent, maximum_percent) = if shifts || has_room(fewest, minimum, maximum) {
        (minimum, maximum)
    } else {
        (default.minimum_healthy_percent, default.maximum_percent)
    };
    Deployment {
        strategy,
        minimum_healthy_percent,
        maximum_percent,
        grace_seconds: grace_seconds.unwrap_or(default.grace_seconds),
        timeout_seconds: default.timeout_seconds,
        circuit_breaker: object(configuration, "deploymentCircuitBreaker").map(circuit_breaker).unwrap_or_default(),
        alarms: object(configuration, "alarms").filter(|it| is_true(it, "enable")).map(alarms).unwrap_or_default(),
        bake_minutes: number(configuration, "bakeTimeInMinutes", (0, 1440)).filter(|_| shifts),
        canary: object(configuration, "canaryConfiguration").filter(|_| strategy == Strategy::Canary).map(canary),
        linear: object(configuration, "linearConfiguration").filter(|_| strategy == Strategy::Linear).map(linear),
        pauses: if shifts { pauses(items(configuration, "lifecycleHooks")) } else { Vec::new() },
        early_success: object(configuration, "earlySuccessCriteria")
            .filter(|_| !shifts)
            .and_then(|it| early_success(it, minimum_healthy_percent)),
    }
}

/// ECS rounds the lower bound up and the upper one down.
fn has_room(fewest: u32, minimum: u32, maximum: u32) -> bool {
    let (fewest, minimum, maximum) = (u64::from(fewest), u64::from(minimum), u64::from(maximum));
    minimum < maximum && (fewest == 0 || (fewest * minimum).div_ceil(100) < fewest * maximum / 100)
}

fn circuit_breaker(document: &Map<String, Value>) -> CircuitBreaker {
    let threshold = object(document, "thresholdConfiguration");
    let value =
        |kind, bounds| threshold.filter(|it| text(it, "type") == Some(kind)).and_then(|it| number(it, "value", bounds));
    CircuitBreaker {
        failed_tasks: value("COUNT", (1, 10000)),
        failed_percent: value("BOUNDED_PERCENT", (1, 100)).filter(|percent| *percent != 50),
        reset_on_healthy_task: document.get("resetOnHealthyTask") != Some(&Value::Bool(false)),
    }
}

fn alarms(document: &Map<String, Value>) -> BTreeSet<String> {
    words(document, "alarmNames").into_iter().filter(|name| (1..=255).contains(&name.len())).collect()
}

fn canary(document: &Map<String, Value>) -> Canary {
    let default = Canary::default();
    Canary {
        percent: number(document, "canaryPercent", (1, 99)).unwrap_or(default.percent),
        bake_minutes: number(document, "canaryBakeTimeInMinutes", (0, 1440)).unwrap_or(default.bake_minutes),
    }
}

fn linear(document: &Map<String, Value>) -> Linear {
    let default = Linear::default();
    Linear {
        step_percent: number(document, "stepPercent", (3, 100)).unwrap_or(default.step_percent),
        bake_minutes: number(document, "stepBakeTimeInMinutes", (0, 1440)).unwrap_or(default.bake_minutes),
    }
}

/// All hooks, or none: a list without names is overridden as a whole.
fn pauses(hooks: &[Value]) -> Vec<Pause> {
    let pauses: Vec<_> =
        hooks.iter().filter_map(Value::as_object).map(pause).collect::<Option<_>>().unwrap_or_default();
    let stages: BTreeSet<_> = pauses.iter().map(|pause| pause.at).collect();
    if stages.len() == pauses.len() { pauses } else { Vec::new() }
}

fn pause(hook: &Map<String, Value>) -> Option<Pause> {
    let stages = words(hook, "lifecycleStages");
    let [stage] = stages.as_slice() else { return None };
    let at = match stage.as_str() {
        "PRE_SCALE_UP" => Stage::PreScaleUp,
        "POST_SCALE_UP" => Stage::PostScaleUp,
        "POST_TEST_TRAFFIC_SHIFT" => Stage::PostTestTrafficShift,
        "PRE_PRODUCTION_TRAFFIC_SHIFT" => Stage::PreProductionTrafficShift,
        "POST_PRODUCTION_TRAFFIC_SHIFT" => Stage::PostProductionTrafficShift,
        _ => return None,
    };
    let nothing = Map::new();
    let timeout = object(hook, "timeoutConfiguration").unwrap_or(&nothing);
    let on_timeout = match text(timeout, "action") {
        Some("CONTINUE") => PauseEnd::Continue,
        None | Some("ROLLBACK") => PauseEnd::Rollback,
        Some(_) => return None,
    };
    let timeout_minutes = number(timeout, "timeoutInMinutes", (1, 20160)).unwrap_or(1440);
    (text(hook, "targetType") == Some("PAUSE")).then_some(Pause { at, timeout_minutes, on_timeout })
}

fn early_success(document: &Map<String, Value>, minimum: u32) -> Option<EarlySuccess> {
    let healthy_percent = number(document, "healthyPercent", (1, 100)).filter(|percent| *percent >= minimum)?;
    let cleanup = match text(document, "sourceServiceRevisionCleanup") {
        Some("DEFERRED") => Cleanup::Deferred,
        _ => Cleanup::Blocking,
    };
    is_true(document, "enable").then_some(EarlySuccess { healthy_percent, cleanup })
}

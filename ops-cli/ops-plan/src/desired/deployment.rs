//! How ECS replaces the tasks of a service.

use ops_model::declaration::{
    Canary, CircuitBreaker, Cleanup, Deployment, EarlySuccess, Linear, Pause, PauseEnd, Stage, Strategy,
};
use serde_json::{Map, Value, json};

use super::container::put;

/// `deploymentConfiguration`, with everything said, so that what somebody set by hand goes.
pub(super) fn deployment_configuration(declared: &Deployment) -> Value {
    // Destructured without `..`, so that a new field has to be decided on here.
    let Deployment {
        strategy,
        minimum_healthy_percent,
        maximum_percent,
        // Of the service, and of ops.
        grace_seconds: _,
        timeout_seconds: _,
        circuit_breaker,
        alarms,
        bake_minutes,
        canary,
        linear,
        pauses,
        early_success,
    } = declared;
    let mut document = Map::from_iter([
        ("strategy".to_owned(), json!(strategy_name(*strategy))),
        ("minimumHealthyPercent".to_owned(), json!(minimum_healthy_percent)),
        ("maximumPercent".to_owned(), json!(maximum_percent)),
        ("deploymentCircuitBreaker".to_owned(), breaker(circuit_breaker)),
        (
            "alarms".to_owned(),
            json!({"alarmNames": alarms, "enable": !alarms.is_empty(), "rollback": !alarms.is_empty()}),
        ),
    ]);
    if *strategy != Strategy::Rolling {
        document.insert("bakeTimeInMinutes".to_owned(), json!(bake_minutes.unwrap_or(0)));
        document.insert("lifecycleHooks".to_owned(), pauses.iter().map(pause).collect());
    }
    if *strategy == Strategy::Canary {
        let Canary { percent, bake_minutes } = canary.unwrap_or_default();
        let canary = json!({"canaryPercent": percent, "canaryBakeTimeInMinutes": bake_minutes});
        document.insert("canaryConfiguration".to_owned(), canary);
    }
    if *strategy == Strategy::Linear {
        let Linear { step_percent, bake_minutes } = linear.unwrap_or_default();
        let linear = json!({"stepPercent": step_percent, "stepBakeTimeInMinutes": bake_minutes});
        document.insert("linearConfiguration".to_owned(), linear);
    }
    put(&mut document, "earlySuccessCriteria", &early_success.map(early_success_criteria));
    Value::Object(document)
}

/// Seconds that ops waits for a rollout: what is declared, and the bake times on top. Pauses end the waiting.
#[must_use]
pub fn rollout_timeout_seconds(declared: &Deployment) -> u32 {
    declared.timeout_seconds.saturating_add(bake_seconds(declared))
}

/// Seconds that ECS waits by design beside what tasks take to start.
pub(crate) fn bake_seconds(declared: &Deployment) -> u32 {
    let minutes = match declared.strategy {
        Strategy::Rolling => 0,
        Strategy::BlueGreen => declared.bake_minutes.unwrap_or(0),
        Strategy::Canary => declared.bake_minutes.unwrap_or(0) + declared.canary.unwrap_or_default().bake_minutes,
        Strategy::Linear => {
            let Linear { step_percent, bake_minutes } = declared.linear.unwrap_or_default();
            let steps = 100_u32.div_ceil(step_percent.max(1)).saturating_sub(1);
            declared.bake_minutes.unwrap_or(0) + steps * bake_minutes
        }
    };
    minutes * 60
}

fn strategy_name(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Rolling => "ROLLING",
        Strategy::BlueGreen => "BLUE_GREEN",
        Strategy::Canary => "CANARY",
        Strategy::Linear => "LINEAR",
    }
}

fn breaker(declared: &CircuitBreaker) -> Value {
    let CircuitBreaker { failed_tasks, failed_percent, reset_on_healthy_task } = declared;
    let threshold = match (failed_tasks, failed_percent) {
        (Some(count), _) => json!({"type": "COUNT", "value": count}),
        (None, percent) => json!({"type": "BOUNDED_PERCENT", "value": percent.unwrap_or(50)}),
    };
    json!({
        "enable": true, "rollback": true, "resetOnHealthyTask": reset_on_healthy_task,
        "thresholdConfiguration": threshold,
    })
}

fn pause(declared: &Pause) -> Value {
    let Pause { at, timeout_minutes, on_timeout } = declared;
    let stage = match at {
        Stage::PreScaleUp => "PRE_SCALE_UP",
        Stage::PostScaleUp => "POST_SCALE_UP",
        Stage::PostTestTrafficShift => "POST_TEST_TRAFFIC_SHIFT",
        Stage::PreProductionTrafficShift => "PRE_PRODUCTION_TRAFFIC_SHIFT",
        Stage::PostProductionTrafficShift => "POST_PRODUCTION_TRAFFIC_SHIFT",
    };
    let action = match on_timeout {
        PauseEnd::Rollback => "ROLLBACK",
        PauseEnd::Continue => "CONTINUE",
    };
    json!({
        "targetType": "PAUSE", "lifecycleStages": [stage],
        "timeoutConfiguration": {"timeoutInMinutes": timeout_minutes, "action": action},
    })
}

fn early_success_criteria(declared: EarlySuccess) -> Value {
    let EarlySuccess { healthy_percent, cleanup } = declared;
    let cleanup = match cleanup {
        Cleanup::Blocking => "BLOCKING",
        Cleanup::Deferred => "DEFERRED",
    };
    json!({"enable": true, "healthyPercent": healthy_percent, "sourceServiceRevisionCleanup": cleanup})
}

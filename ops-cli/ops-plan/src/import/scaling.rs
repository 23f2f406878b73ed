//! Scaling of a service, as the declaration says it.

use std::collections::BTreeMap;

use ops_model::declaration::{Scaling, ScalingTarget, ScheduledBounds, Step, StepScaling, StepUnit};
use ops_model::observation::ScalingSettings;
use serde_json::{Map, Value};

use super::member::{is_given_name, is_true, items, number, object, text};
use crate::scaling::compare;

/// `None`: the declaration cannot say it without changing it. `label`: of the load balancer and target group.
pub(super) fn scaling(live: &ScalingSettings, label: Option<&str>) -> Option<Scaling> {
    let target = |name: &str| tracking(live.policies.get(name)?);
    let steps = live.policies.iter().filter_map(|(name, policy)| {
        let name = name.strip_prefix("steps-").filter(|name| is_given_name(name))?;
        Some((name.to_owned(), steps(policy)?))
    });
    let schedules = live.scheduled_actions.iter().filter(|(name, _)| is_given_name(name));
    let scaling = Scaling {
        minimum: number(&live.target, "MinCapacity", (0, 5000))?,
        maximum: number(&live.target, "MaxCapacity", (1, 5000))?,
        cpu: target("cpu").filter(|it| it.target <= 100),
        memory: target("memory").filter(|it| it.target <= 100),
        requests: target("requests"),
        steps: steps.collect(),
        schedules: schedules.filter_map(|(name, action)| Some((name.clone(), bounds(action)?))).collect(),
    };
    let moves = !live.policies.is_empty() || !live.scheduled_actions.is_empty();
    (moves && compare("", &scaling, label, Some(live)).is_none()).then_some(scaling)
}

/// Load balancer and target group by which requests are counted: a policy knows both.
pub(super) fn label(live: &BTreeMap<String, Map<String, Value>>) -> Option<&str> {
    let specification = live.values().filter_map(|policy| {
        object(object(policy, "TargetTrackingScalingPolicyConfiguration")?, "PredefinedMetricSpecification")
    });
    specification.into_iter().find_map(|specification| text(specification, "ResourceLabel"))
}

fn tracking(policy: &Map<String, Value>) -> Option<ScalingTarget> {
    let configuration = object(policy, "TargetTrackingScalingPolicyConfiguration")?;
    // AWS has a number here that may have a fraction.
    let target = configuration.get("TargetValue").and_then(Value::as_f64)?;
    let whole = format!("{target:.0}").parse().ok().filter(|whole: &u32| (1..=1_000_000).contains(whole))?;
    let seconds = |member| number(configuration, member, (0, 3600)).unwrap_or(300);
    Some(ScalingTarget {
        target: whole,
        scale_out_cooldown_seconds: seconds("ScaleOutCooldown"),
        scale_in_cooldown_seconds: seconds("ScaleInCooldown"),
        only_out: is_true(configuration, "DisableScaleIn"),
    })
}

fn steps(policy: &Map<String, Value>) -> Option<StepScaling> {
    let configuration = object(policy, "StepScalingPolicyConfiguration")?;
    let steps = items(configuration, "StepAdjustments").iter().filter_map(Value::as_object).map(|step| {
        let add = whole(step.get("ScalingAdjustment")?).filter(|add| (-5000..=5000).contains(add))?;
        let bound = |member| step.get(member).and_then(whole);
        Some(Step { from: bound("MetricIntervalLowerBound"), to: bound("MetricIntervalUpperBound"), add })
    });
    Some(StepScaling {
        unit: match text(configuration, "AdjustmentType")? {
            "ChangeInCapacity" => StepUnit::Tasks,
            "PercentChangeInCapacity" => StepUnit::Percent,
            _ => return None,
        },
        cooldown_seconds: number(configuration, "Cooldown", (0, 3600)).unwrap_or(300),
        steps: steps.collect::<Option<_>>()?,
    })
}

fn whole(value: &Value) -> Option<i32> {
    let number = value.as_f64()?;
    format!("{number}").parse().ok()
}

fn bounds(action: &Map<String, Value>) -> Option<ScheduledBounds> {
    let bounds = object(action, "ScalableTargetAction")?;
    Some(ScheduledBounds {
        at: text(action, "Schedule")?.to_owned(),
        time_zone: text(action, "Timezone").unwrap_or("UTC").to_owned(),
        minimum: number(bounds, "MinCapacity", (0, 5000)),
        maximum: number(bounds, "MaxCapacity", (0, 5000)),
    })
}

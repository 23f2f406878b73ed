//! Scaling of a service in the words of Application Auto Scaling.

use std::collections::BTreeMap;

use ops_model::declaration::{Scaling, ScalingTarget, ScheduledBounds, Step, StepScaling, StepUnit};
use ops_model::observation::ScalingSettings;
use serde_json::{Map, Value, json};

use super::container::put;

/// Fewest and most tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) minimum: u32,
    pub(crate) maximum: u32,
}

impl Bounds {
    /// The declared bounds, and those that a schedule sets in its place.
    pub(crate) fn possible(scaling: &Scaling) -> Vec<Self> {
        let declared = Self { minimum: scaling.minimum, maximum: scaling.maximum };
        let scheduled = scaling.schedules.values().map(|bounds| Self {
            minimum: bounds.minimum.unwrap_or(declared.minimum),
            maximum: bounds.maximum.unwrap_or(declared.maximum),
        });
        std::iter::once(declared).chain(scheduled).collect()
    }

    /// From the lowest that any of them allows to the highest.
    pub(crate) fn widest(scaling: &Scaling) -> Self {
        let possible = Self::possible(scaling);
        Self {
            minimum: possible.iter().map(|bounds| bounds.minimum).min().unwrap_or(scaling.minimum),
            maximum: possible.iter().map(|bounds| bounds.maximum).max().unwrap_or(scaling.maximum),
        }
    }
}

/// `resource_label`: load balancer and target group of a public service, by which its requests are counted.
pub(crate) fn desired_scaling(declared: &Scaling, resource_label: Option<&str>) -> ScalingSettings {
    // Destructured without `..`, so that a new field has to be decided on here.
    let Scaling { minimum, maximum, cpu, memory, requests, steps, schedules } = declared;
    let metrics = [
        ("cpu", cpu, "ECSServiceAverageCPUUtilization", None),
        ("memory", memory, "ECSServiceAverageMemoryUtilization", None),
        ("requests", requests, "ALBRequestCountPerTarget", resource_label),
    ];
    let mut policies: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for (name, target, metric, label) in metrics {
        if let Some(target) = target {
            policies.insert(name.to_owned(), target_tracking(target, metric, label));
        }
    }
    policies.extend(steps.iter().map(|(name, steps)| (format!("steps-{name}"), step_scaling(steps))));
    let scheduled_actions = schedules.iter().map(|(name, bounds)| (name.clone(), scheduled_action(bounds)));
    ScalingSettings {
        target: Map::from_iter([
            ("MinCapacity".to_owned(), json!(minimum)),
            ("MaxCapacity".to_owned(), json!(maximum)),
            (
                "SuspendedState".to_owned(),
                json!({
                    "DynamicScalingInSuspended": false, "DynamicScalingOutSuspended": false,
                    "ScheduledScalingSuspended": false,
                }),
            ),
        ]),
        policies,
        scheduled_actions: scheduled_actions.collect(),
    }
}

fn target_tracking(declared: &ScalingTarget, metric: &str, label: Option<&str>) -> Map<String, Value> {
    let ScalingTarget { target, scale_out_cooldown_seconds, scale_in_cooldown_seconds, only_out } = declared;
    let mut specification = Map::from_iter([("PredefinedMetricType".to_owned(), json!(metric))]);
    put(&mut specification, "ResourceLabel", &label);
    let configuration = json!({
        "TargetValue": target, "PredefinedMetricSpecification": specification,
        "ScaleOutCooldown": scale_out_cooldown_seconds, "ScaleInCooldown": scale_in_cooldown_seconds,
        "DisableScaleIn": only_out,
    });
    Map::from_iter([
        ("PolicyType".to_owned(), json!("TargetTrackingScaling")),
        ("TargetTrackingScalingPolicyConfiguration".to_owned(), configuration),
    ])
}

fn step_scaling(declared: &StepScaling) -> Map<String, Value> {
    let StepScaling { unit, cooldown_seconds, steps } = declared;
    let adjustment = match unit {
        StepUnit::Tasks => "ChangeInCapacity",
        StepUnit::Percent => "PercentChangeInCapacity",
    };
    let steps = steps.iter().map(|Step { from, to, add }| {
        let mut step = Map::from_iter([("ScalingAdjustment".to_owned(), json!(add))]);
        put(&mut step, "MetricIntervalLowerBound", from);
        put(&mut step, "MetricIntervalUpperBound", to);
        Value::Object(step)
    });
    let configuration = json!({
        "AdjustmentType": adjustment, "Cooldown": cooldown_seconds, "MetricAggregationType": "Average",
        "StepAdjustments": steps.collect::<Vec<_>>(),
    });
    Map::from_iter([
        ("PolicyType".to_owned(), json!("StepScaling")),
        ("StepScalingPolicyConfiguration".to_owned(), configuration),
    ])
}

fn scheduled_action(declared: &ScheduledBounds) -> Map<String, Value> {
    let ScheduledBounds { at, time_zone, minimum, maximum } = declared;
    let mut action = Map::new();
    put(&mut action, "MinCapacity", minimum);
    put(&mut action, "MaxCapacity", maximum);
    Map::from_iter([
        ("Schedule".to_owned(), json!(at)),
        ("Timezone".to_owned(), json!(time_zone)),
        ("ScalableTargetAction".to_owned(), Value::Object(action)),
    ])
}

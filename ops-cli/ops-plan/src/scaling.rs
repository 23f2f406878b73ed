//! Scaling of one service: live against declared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use ops_model::declaration::Scaling;
use ops_model::observation::ScalingSettings;
use ops_model::plan::{Act, Change, ChangeClass, Difference, ScalingAct};
use serde_json::{Map, Value, json};

use crate::change::of_calls;
use crate::comparison::{Field, Shape, Table, canonical, differences, field};
use crate::desired::{Bounds, desired_scaling};

/// Sources: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html>,
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html>.
pub(crate) const FIELDS: &[Field] = &[
    field("TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown", Shape::Plain, "300", ""),
    field("TargetTrackingScalingPolicyConfiguration.ScaleInCooldown", Shape::Plain, "300", ""),
    field("StepScalingPolicyConfiguration.Cooldown", Shape::Plain, "300", ""),
    field("StepScalingPolicyConfiguration.MetricAggregationType", Shape::Plain, r#""Average""#, ""),
    field("StepScalingPolicyConfiguration.StepAdjustments", Shape::Set, "", ""),
    field("Timezone", Shape::Plain, r#""UTC""#, ""),
];

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(FIELDS));

/// `None`: it is as declared.
pub(crate) fn compare(
    service: &str,
    declared: &Scaling,
    resource_label: Option<&str>,
    live: Option<&ScalingSettings>,
) -> Option<Change> {
    let desired = desired_scaling(declared, resource_label);
    let nothing = ScalingSettings::default();
    let live_or_nothing = live.unwrap_or(&nothing);
    // Destructured without `..`, so that a new part has to be decided on here.
    let ScalingSettings { target, policies, scheduled_actions } = &desired;
    let mut found = Vec::new();
    let live_target = as_the_clock_says(&live_or_nothing.target, declared);
    let new_target = differ("scaling", &live_target, target, &mut found) || live.is_none();
    let (put_policies, remove_policies) =
        compare_named("scaling.policies", &live_or_nothing.policies, policies, &mut found);
    let (put_actions, remove_scheduled_actions) =
        compare_named("scaling.schedules", &live_or_nothing.scheduled_actions, scheduled_actions, &mut found);
    if found.is_empty() && !new_target {
        return None;
    }
    let put = ScalingSettings {
        target: if new_target { target.clone() } else { Map::new() },
        policies: put_policies,
        scheduled_actions: put_actions,
    };
    let (class, found) = if live.is_none() { (ChangeClass::Create, Vec::new()) } else { (ChangeClass::InPlace, found) };
    Some(change(service, class, ScalingAct::Put { put, remove_policies, remove_scheduled_actions }, found))
}

/// Scaling that somebody set up by hand for a service whose count is declared.
pub(crate) fn removal(service: &str) -> Change {
    change(service, ChangeClass::Delete, ScalingAct::Remove, Vec::new())
}

fn change(name: &str, class: ChangeClass, act: ScalingAct, differences: Vec<Difference>) -> Change {
    of_calls(name, class, Act::Scaling(act), differences)
}

/// A schedule sets the bounds of the target itself, so any that the declaration knows is as declared.
fn as_the_clock_says(live: &Map<String, Value>, declared: &Scaling) -> Map<String, Value> {
    let bounds_of = |bounds: &Bounds| (json!(bounds.minimum), json!(bounds.maximum));
    let is_possible = Bounds::possible(declared).iter().map(bounds_of).any(|(minimum, maximum)| {
        live.get("MinCapacity") == Some(&minimum) && live.get("MaxCapacity") == Some(&maximum)
    });
    let mut live = live.clone();
    if is_possible {
        live.insert("MinCapacity".to_owned(), json!(declared.minimum));
        live.insert("MaxCapacity".to_owned(), json!(declared.maximum));
    }
    live
}

/// Notes every difference, and says whether there was one.
fn differ(path: &str, live: &Map<String, Value>, declared: &Map<String, Value>, found: &mut Vec<Difference>) -> bool {
    let (live, declared) = (canonical(live, &TABLE), canonical(declared, &TABLE));
    let before = found.len();
    found.extend(differences(&live, &declared, &TABLE).into_iter().map(|one| Difference {
        path: format!("{path}.{}", one.keys.join(".")),
        live: one.live,
        declared: one.declared,
        class: ChangeClass::InPlace,
    }));
    found.len() > before
}

type Named = BTreeMap<String, Map<String, Value>>;

/// What has to be put, and what has to go.
fn compare_named(path: &str, live: &Named, declared: &Named, found: &mut Vec<Difference>) -> (Named, Vec<String>) {
    let mut put = Named::new();
    let mut remove = Vec::new();
    let nothing = Map::new();
    for name in live.keys().chain(declared.keys()).collect::<BTreeSet<_>>() {
        let path = format!("{path}.{name}");
        match (live.get(name), declared.get(name)) {
            (live, Some(wanted)) => {
                if differ(&path, live.unwrap_or(&nothing), wanted, found) {
                    put.insert(name.clone(), wanted.clone());
                }
            }
            (Some(_), None) => {
                found.push(Difference {
                    path,
                    live: Some("there".to_owned()),
                    declared: None,
                    class: ChangeClass::InPlace,
                });
                remove.push(name.clone());
            }
            (None, None) => {}
        }
    }
    (put, remove)
}

/// Load balancer and target group as a metric names them: the ends of their ARNs.
///
/// Source: <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html>
pub(crate) fn resource_label(load_balancer_arn: &str, target_group_arn: &str) -> Option<String> {
    let (_, load_balancer) = load_balancer_arn.split_once(":loadbalancer/")?;
    let target_group = target_group_arn.rsplit(':').next()?;
    Some(format!("{load_balancer}/{target_group}"))
}

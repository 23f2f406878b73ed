//! Service settings: what `UpdateService` has to be sent, and what that means for the running tasks.

mod way_back;

use std::collections::BTreeSet;

use ops_model::observation::ServiceSettings;
use ops_model::plan::{ChangeClass, Difference, SettingsUpdate};
use serde_json::{Map, Value, json};

use crate::comparison::{
    SERVICE, ServiceMember, ServiceMemberRule, canonical_live_service, canonical_service, differences, service_member,
    service_path,
};
use crate::desired::Count;

pub use way_back::{SettingsWayBack, settings_way_back};

/// The fields that differ, as an update and in words.
#[derive(Debug, Default)]
pub(crate) struct SettingsComparison {
    /// Members of `UpdateService`; whether it is to be forced is decided when the task definition is known, too.
    pub(crate) update: SettingsUpdate,
    pub(crate) differences: Vec<Difference>,
    /// Why each is of its class.
    pub(crate) reasons: BTreeSet<&'static str>,
    force: Option<ServiceMemberRule>,
}

impl SettingsComparison {
    /// The update with `forceNewDeployment` where AWS needs it. `starts_tasks`: something else starts new tasks anyway.
    pub(crate) fn into_update(self, starts_tasks: bool) -> SettingsUpdate {
        let starts_tasks = starts_tasks
            || self.update.0.keys().any(|member| {
                let ServiceMember { class, rule, .. } = service_member(member);
                class == ChangeClass::NewDeployment && rule == ServiceMemberRule::Unforced
            });
        let forced = match self.force {
            Some(ServiceMemberRule::Forced) => true,
            Some(ServiceMemberRule::ForcedWhenAlone) => !starts_tasks,
            Some(ServiceMemberRule::Unforced) | None => false,
        };
        let mut update = self.update;
        if forced {
            update.force_new_deployment();
        }
        update
    }
}

/// Compares live settings with the wanted ones.
pub(crate) fn compare(live: &ServiceSettings, wanted: &ServiceSettings, count: Count) -> SettingsComparison {
    let mut comparison = SettingsComparison::default();
    let declared = canonical_service(wanted);
    let seen = canonical_live_service(live, wanted);
    for found in differences(&seen, &declared, &SERVICE) {
        let Some(member) = found.keys.first() else { continue };
        let ServiceMember { class, rule, unset, because, .. } = service_member(member);
        if !because.is_empty() {
            comparison.reasons.insert(because);
        }
        comparison.force = comparison.force.max(Some(rule));
        let value = wanted_value(member, wanted).unwrap_or_else(|| serde_json::from_str(unset).unwrap_or_default());
        let value = if member == "deploymentConfiguration" { with_resets(value, live) } else { value };
        comparison.update.0.insert(member.clone(), value);
        comparison.differences.push(Difference {
            path: service_path(&found),
            live: found.live,
            declared: found.declared,
            class,
        });
    }
    let running = live.desired_count().unwrap_or_default();
    if let Some(corrected) = count.correction(running) {
        comparison.update.0.insert("desiredCount".to_owned(), json!(corrected));
        comparison.differences.push(Difference {
            path: "count".to_owned(),
            live: Some(running.to_string()),
            declared: Some(match count {
                Count::Scaled { minimum, maximum } => format!("{minimum} to {maximum}"),
                Count::Declared(_) | Count::NotOwned => corrected.to_string(),
            }),
            class: ChangeClass::InPlace,
        });
    }
    comparison
}

/// What is sent for a member. A launch type cannot be sent again: the strategy with that one provider means the same.
fn wanted_value(member: &str, wanted: &ServiceSettings) -> Option<Value> {
    wanted.0.get(member).cloned().or_else(|| match (member, wanted.0.get("launchType")) {
        ("capacityProviderStrategy", Some(provider)) => Some(json!([{"capacityProvider": provider, "weight": 1}])),
        _ => None,
    })
}

/// What somebody set by hand and the declaration says nothing of is put back: what `UpdateService` is not sent stays.
fn with_resets(configuration: Value, live: &ServiceSettings) -> Value {
    const RESETS: [(&str, &str); 3] = [
        ("lifecycleHooks", "[]"),
        ("earlySuccessCriteria", r#"{"enable":false}"#),
        ("alarms", r#"{"alarmNames":[],"enable":false,"rollback":false}"#),
    ];
    let Value::Object(mut configuration) = configuration else { return configuration };
    let live = live.0.get("deploymentConfiguration").and_then(Value::as_object);
    for (member, reset) in RESETS {
        if live.is_some_and(|live| live.contains_key(member)) && !configuration.contains_key(member) {
            configuration.insert(member.to_owned(), serde_json::from_str(reset).unwrap_or_default());
        }
    }
    Value::Object(configuration)
}

/// The settings of a service to create: with the number of tasks that it starts with.
pub(crate) fn at_first(settings: &ServiceSettings, count: Count) -> ServiceSettings {
    let mut document: Map<String, Value> = settings.0.clone();
    document.insert("desiredCount".to_owned(), json!(count.at_first()));
    ServiceSettings(document)
}

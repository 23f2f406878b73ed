//! A part of a plan: what somebody asked for alone.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use ops_model::declaration::Environment;
use ops_model::plan::{Change, ChangeClass, Gate, Kind, LeftOut, Plan};
use serde_json::Value;

use crate::gate::trips_breaker;
use crate::waves::prerequisites;

/// Changes of one kind, or the one of this name: `service`, `service/api`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    pub kind: Kind,
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    #[error("there is no kind of change `{word}`: {expected}")]
    UnknownKind { word: String, expected: String },
    #[error("scenarios are no part of a plan: they run after it, whatever part of it was asked for")]
    Scenario,
    #[error("`{selector}` has no name after the `/`")]
    NoName { selector: String },
    #[error("{environment} knows no {selector}")]
    NoSuchThing { environment: String, selector: String },
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, name) = text.split_once('/').map_or((text, None), |(word, name)| (word, Some(name)));
        let kind: Kind = serde_json::from_value(Value::String(word.to_owned())).map_err(|error| {
            // What the reader of the word expects; it knows all kinds there are.
            let said = error.to_string();
            let expected = said.split_once(", ").map_or("", |(_, expected)| expected);
            SelectorError::UnknownKind { word: word.to_owned(), expected: expected.replace(", `scenario`", "") }
        })?;
        if kind == Kind::Scenario {
            return Err(SelectorError::Scenario);
        }
        if name == Some("") {
            return Err(SelectorError::NoName { selector: text.to_owned() });
        }
        Ok(Self { kind, name: name.map(str::to_owned) })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = serde_json::to_value(self.kind).ok();
        formatter.write_str(word.as_ref().and_then(Value::as_str).unwrap_or_default())?;
        self.name.as_ref().map_or(Ok(()), |name| write!(formatter, "/{name}"))
    }
}

impl Selector {
    fn takes(&self, kind: Kind, name: &str) -> bool {
        self.kind == kind && self.name.as_ref().is_none_or(|only| only == name)
    }

    /// Whether the selector can mean anything here: a slip of the pen must not pass for a thing that is in sync.
    fn is_known(&self, plan: &Plan) -> bool {
        let Some(name) = &self.name else { return true };
        match self.kind {
            Kind::Service | Kind::Scaling | Kind::ListenerRule => plan.services.contains_key(name),
            Kind::Task | Kind::Schedule => plan.tasks.contains_key(name),
            Kind::Firewall => plan.firewall.contains_key(name),
            Kind::Site | Kind::SiteAccess => plan.sites.contains_key(name),
            Kind::Scenario => false,
        }
    }
}

/// # Errors
/// A selector names something that is neither declared nor there.
pub fn check_selectors(plan: &Plan, only: &[Selector]) -> Result<(), SelectorError> {
    let changed = |selector: &Selector| plan.changes().any(|change| selector.takes(change.kind(), &change.name));
    match only.iter().find(|selector| !selector.is_known(plan) && !changed(selector)) {
        None => Ok(()),
        Some(unknown) => {
            let environment = plan.environment.clone();
            Err(SelectorError::NoSuchThing { environment, selector: unknown.to_string() })
        }
    }
}

/// The part of a plan that the selectors take; all of it where there is none. Gates that are about the rest do not hold it.
pub fn restrict(plan: Plan, environment: &Environment, only: &[Selector]) -> Plan {
    if only.is_empty() {
        return plan;
    }
    let takes = |kind: Kind, name: &str| only.iter().any(|selector| selector.takes(kind, name));
    let (taken, left): (Vec<_>, Vec<_>) =
        plan.changes().cloned().partition(|change| takes(change.kind(), &change.name));
    let left_out = left.iter().map(|change| left_out(change, &taken, environment)).collect();
    let mut waves = plan.waves;
    for wave in &mut waves {
        wave.retain(|change| takes(change.kind(), &change.name));
    }
    waves.retain(|wave| !wave.is_empty());
    let gates = plan.gates.into_iter().filter_map(|gate| gate_of_part(gate, environment, &taken, &takes)).collect();
    Plan { waves, gates, left_out, ..plan }
}

fn left_out(change: &Change, taken: &[Change], environment: &Environment) -> LeftOut {
    let needed_by = taken.iter().filter(|other| {
        prerequisites(environment, other.kind(), &other.name).contains(&(change.kind(), change.name.as_str()))
    });
    LeftOut {
        kind: change.kind(),
        name: change.name.clone(),
        class: change.class,
        needed_by: needed_by.map(|other| (other.kind(), other.name.clone())).collect(),
    }
}

/// What is left of a gate when it is asked about a part of the plan alone.
fn gate_of_part(
    gate: Gate,
    environment: &Environment,
    taken: &[Change],
    takes: &dyn Fn(Kind, &str) -> bool,
) -> Option<Gate> {
    let of_service = |service: &str| takes(Kind::Service, service);
    let changes =
        |name: &str, class: ChangeClass| taken.iter().any(|change| change.name == name && change.class == class);
    let names: BTreeSet<&str> = taken.iter().map(|change| change.name.as_str()).collect();
    match gate {
        Gate::TerraformBehind { paths } => {
            let concerns = |path: &String| {
                let mut parts = path.split('.');
                match (parts.next(), parts.next()) {
                    // What Terraform makes for one service, task, site or group alone.
                    (Some("services" | "tasks" | "sites" | "firewall"), Some(name)) => names.contains(name),
                    _ => true,
                }
            };
            let paths: Vec<_> = paths.into_iter().filter(concerns).collect();
            (!paths.is_empty()).then_some(Gate::TerraformBehind { paths })
        }
        Gate::NotOwned { ref service, .. } => of_service(service).then_some(gate),
        Gate::Site { ref site, .. } => takes(Kind::Site, site).then_some(gate),
        Gate::Deletions { services, owned } => {
            let services: Vec<_> = services.into_iter().filter(|service| of_service(service)).collect();
            trips_breaker(environment, services.len(), owned).then_some(Gate::Deletions { services, owned })
        }
        Gate::Secrets { unusable } => {
            let unusable: Vec<_> = unusable.into_iter().filter(|secret| names.contains(secret.user.as_str())).collect();
            (!unusable.is_empty()).then_some(Gate::Secrets { unusable })
        }
        Gate::Replacement { ref service, .. } => changes(service, ChangeClass::Replacement).then_some(gate),
        Gate::Refused { ref service, .. } => changes(service, ChangeClass::Refused).then_some(gate),
        Gate::Preflight { ref service, .. } => names.contains(service.as_str()).then_some(gate),
        Gate::FailedVerification { .. }
        | Gate::Freeze { .. }
        | Gate::Windows { .. }
        | Gate::Alarms { .. }
        | Gate::Soak { .. }
        | Gate::Approvals { .. } => Some(gate),
    }
}

//! The load balancers of a service: which target group a revision takes, and the traffic that ECS moves between the two of
//! a pair.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::listeners::Listeners;

/// An entry of `loadBalancers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Balancer {
    pub(crate) target_group_arn: String,
    pub(crate) container: String,
    pub(crate) port: u16,
    pub(crate) shift: Option<Shift>,
}

/// Its `advancedConfiguration`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shift {
    pub(crate) alternate_target_group_arn: String,
    pub(crate) production_rule: String,
    pub(crate) test_rule: Option<String>,
    pub(crate) role_arn: String,
}

/// Where the tasks of one revision are registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Balanced {
    pub(crate) target_group_arn: String,
    pub(crate) container: String,
    pub(crate) port: u16,
    /// The other target group of the pair, and the rules that move traffic between them.
    pub(crate) pair: Option<Pair>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    other_target_group_arn: String,
    production_rule: String,
    test_rule: Option<String>,
}

/// Which traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Traffic {
    Production,
    Test,
}

impl Balancer {
    /// All of a service's settings; why AWS refuses them otherwise.
    pub(crate) fn read(settings: &Map<String, Value>) -> Result<Vec<Self>, String> {
        let entries = settings.get("loadBalancers").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        entries.iter().map(Self::read_one).collect()
    }

    fn read_one(entry: &Value) -> Result<Self, String> {
        let needed = |document: &Value, name: &str| {
            let text = document.get(name).and_then(Value::as_str).map(str::to_owned);
            text.ok_or_else(|| format!("Missing required parameter in loadBalancers: {name}"))
        };
        let port = entry.get("containerPort").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        let shift = match entry.get("advancedConfiguration") {
            None => None,
            Some(advanced) => Some(Shift {
                alternate_target_group_arn: needed(advanced, "alternateTargetGroupArn")?,
                production_rule: needed(advanced, "productionListenerRule")?,
                test_rule: advanced.get("testListenerRule").and_then(Value::as_str).map(str::to_owned),
                role_arn: needed(advanced, "roleArn")?,
            }),
        };
        Ok(Self {
            target_group_arn: needed(entry, "targetGroupArn")?,
            container: needed(entry, "containerName")?,
            port: port.ok_or("Missing required parameter in loadBalancers: containerPort")?,
            shift,
        })
    }

    pub(crate) fn target_groups(&self) -> impl Iterator<Item = &str> {
        let alternate = self.shift.as_ref().map(|shift| shift.alternate_target_group_arn.as_str());
        std::iter::once(self.target_group_arn.as_str()).chain(alternate)
    }

    /// Where a new revision registers its tasks: in the group that does not serve, if traffic is to be shifted.
    pub(crate) fn resolve(&self, serving: &[Balanced], shifts_traffic: bool) -> Balanced {
        let serves =
            serving.iter().map(|one| &one.target_group_arn).find(|arn| self.target_groups().any(|one| one == *arn));
        let Self { target_group_arn, container, port, shift } = self.clone();
        let Some(shift) = shift else { return Balanced { target_group_arn, container, port, pair: None } };
        let alternate = shift.alternate_target_group_arn;
        let serves_alternate = serves == Some(&alternate);
        let takes_alternate = if shifts_traffic { serves == Some(&target_group_arn) } else { serves_alternate };
        let (taken, other) =
            if takes_alternate { (alternate, target_group_arn) } else { (target_group_arn, alternate) };
        let pair =
            Pair { other_target_group_arn: other, production_rule: shift.production_rule, test_rule: shift.test_rule };
        Balanced { target_group_arn: taken, container, port, pair: Some(pair) }
    }
}

impl Balanced {
    /// Gives so many percent of the traffic to this target group and the rest to the other of the pair. Whether that was
    /// possible; with nothing to shift it always is.
    pub(crate) fn shift(&self, listeners: &mut Listeners, traffic: Traffic, percent: u32) -> bool {
        let Some(pair) = &self.pair else { return true };
        let rule = match traffic {
            Traffic::Production => &pair.production_rule,
            Traffic::Test => match &pair.test_rule {
                Some(rule) => rule,
                None => return true,
            },
        };
        let weights = BTreeMap::from([
            (self.target_group_arn.clone(), percent),
            (pair.other_target_group_arn.clone(), 100_u32.saturating_sub(percent)),
        ]);
        listeners.set_weights(rule, weights)
    }

    /// Whether all production traffic of the pair goes here.
    pub(crate) fn has_all_traffic(&self, listeners: &Listeners) -> bool {
        let Some(pair) = &self.pair else { return true };
        let weights = listeners.rule(&pair.production_rule).map(|rule| &rule.weights);
        weights.is_none_or(|weights| {
            weights.get(&self.target_group_arn).is_some_and(|weight| *weight > 0)
                && weights.iter().all(|(arn, weight)| *arn == self.target_group_arn || *weight == 0)
        })
    }
}

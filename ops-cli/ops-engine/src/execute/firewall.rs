//! Rules of one security group, step by step: what is added is there before anything goes.

use std::collections::BTreeMap;
use std::time::Duration;

use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::ownership::NAME_TAG;
use ops_model::plan::{Change, FirewallAct, FirewallCall, Kind, WantedRule};
use ops_model::security_group::{Permission, SecurityGroupRule};

use super::{Execution, verdict};
use crate::cloud::{AuthorizeRule, CloudError};
use crate::event::Event;
use crate::pace::{Pace, Wait, persistently};

pub(super) async fn carry_out(
    execution: &Execution<'_>,
    change: &Change,
    act: &FirewallAct,
) -> Result<ChangeOutcome, CloudError> {
    let FirewallAct { group_id, steps } = act;
    let mut expected = Expected::default();
    for step in steps {
        match &step.call {
            FirewallCall::Authorize { rule } => {
                let id = authorize(execution, group_id, rule).await?;
                execution.events.send(Event::RuleAuthorized {
                    group: change.name.clone(),
                    rule: rule.name.clone(),
                    id: id.clone(),
                    terraform: rule.terraform.clone(),
                });
                expected.there.insert(id, rule.permission.clone());
            }
            FirewallCall::Modify { id, rule } => {
                modify(execution, group_id, id, rule).await?;
                expected.there.insert(id.clone(), rule.permission.clone());
            }
            FirewallCall::Revoke { id, direction } => {
                let revoke = async || execution.cloud.firewalls.revoke(group_id, *direction, id).await;
                persistently(&execution.cancelled, revoke).await?;
                expected.gone.push(id.clone());
            }
        }
    }
    until_shown(execution, change, group_id, &expected).await
}

/// EC2 has no idempotency token for this, and no two rules with the same permission: that one is there is the answer.
async fn authorize(execution: &Execution<'_>, group_id: &str, rule: &WantedRule) -> Result<String, CloudError> {
    let mut tags = execution.tags.clone();
    tags.insert(NAME_TAG.to_owned(), rule.name.clone());
    let WantedRule { permission, description, name: _, terraform: _ } = rule;
    let request = AuthorizeRule { permission: permission.clone(), description: description.clone(), tags };
    let authorize = async || execution.cloud.firewalls.authorize(group_id, &request).await;
    match persistently(&execution.cancelled, authorize).await {
        Err(error) if error.is_already_there() => {
            let there = rules(execution, group_id).await?.into_iter().find(|other| other.permission == *permission);
            there.map(|rule| rule.id).ok_or(error)
        }
        answered => answered,
    }
}

/// Sent twice, the second one finds the rule as it should be.
async fn modify(execution: &Execution<'_>, group_id: &str, id: &str, rule: &WantedRule) -> Result<(), CloudError> {
    let firewalls = &execution.cloud.firewalls;
    let modify = async || firewalls.modify(group_id, id, &rule.permission, &rule.description).await;
    match persistently(&execution.cancelled, modify).await {
        Err(error) if error.is_already_there() => {
            let rules = rules(execution, group_id).await?;
            let done = rules.iter().any(|other| other.id == id && other.permission == rule.permission);
            if done { Ok(()) } else { Err(error) }
        }
        answered => answered,
    }
}

async fn rules(execution: &Execution<'_>, group_id: &str) -> Result<Vec<SecurityGroupRule>, CloudError> {
    let mut rules = execution.cloud.firewalls.rules(&[group_id.to_owned()]).await?;
    Ok(rules.remove(group_id).unwrap_or_default())
}

/// What the group has to look like.
#[derive(Debug, Default)]
struct Expected {
    /// By id.
    there: BTreeMap<String, Permission>,
    gone: Vec<String>,
}

impl Expected {
    fn is_shown_by(&self, rules: &[SecurityGroupRule]) -> bool {
        let has = |id: &String, permission: &Permission| {
            rules.iter().any(|rule| rule.id == *id && rule.permission == *permission)
        };
        self.there.iter().all(|(id, permission)| has(id, permission))
            && !rules.iter().any(|rule| self.gone.contains(&rule.id))
    }
}

/// A hole is closed when AWS no longer shows it.
async fn until_shown(
    execution: &Execution<'_>,
    change: &Change,
    group_id: &str,
    expected: &Expected,
) -> Result<ChangeOutcome, CloudError> {
    let outcome = |outcome, why: Option<&str>| verdict(Kind::Firewall, &change.name, outcome, why.map(str::to_owned));
    let mut pace = Pace::new(Duration::from_secs(change.timeout_seconds.into()), &execution.cancelled);
    loop {
        match rules(execution, group_id).await {
            Ok(rules) if expected.is_shown_by(&rules) => return Ok(outcome(Outcome::Succeeded, None)),
            Ok(_) => pace.read_succeeded(),
            Err(error) if pace.read_failed() || !error.is_passing() => return Err(error),
            Err(_) => {}
        }
        match pace.wait().await {
            Wait::Again => {}
            Wait::DeadlinePassed => {
                return Ok(outcome(Outcome::TimedOut, Some("done, and AWS does not show the group's rules so")));
            }
            Wait::Cancelled => {
                return Ok(outcome(Outcome::Interrupted, Some("interrupted before AWS showed the group's rules so")));
            }
        }
    }
}

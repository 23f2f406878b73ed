//! Exceptions that end soon: their rules close by themselves, and whoever still needs one has to say so before.

use std::fmt;

use jiff::civil::Date;
use ops_model::declaration::Environment;

use super::declared;

/// Days before the last one at which an exception is named for the first time.
const DAYS_AHEAD: i32 = 7;

/// A declared rule whose last day is near.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingException {
    /// As Terraform calls the rule: `api from 203.0.113.0/24 port 8443`.
    pub name: String,
    pub reason: Option<String>,
    /// Last day, in UTC.
    pub until: Date,
    /// From today until then: 0 on the last day itself.
    pub days_left: i32,
}

/// Exceptions that end soon, the next one first. Those that have ended are none of them.
#[must_use]
pub fn ending(environment: &Environment, today: Date) -> Vec<EndingException> {
    let rules = environment.firewall.iter().flat_map(|(group, rules)| rules.iter().map(move |rule| (group, rule)));
    let mut ending: Vec<_> = rules
        .filter_map(|(group, rule)| {
            let until = rule.until?;
            let days_left = (until - today).get_days();
            (0..=DAYS_AHEAD).contains(&days_left).then(|| EndingException {
                name: declared::key(group, rule),
                reason: rule.reason.clone(),
                until,
                days_left,
            })
        })
        .collect();
    ending.sort_by(|one, other| (one.until, &one.name).cmp(&(other.until, &other.name)));
    ending
}

impl fmt::Display for EndingException {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, reason, until, days_left } = self;
        write!(formatter, "the exception `{name}`")?;
        if let Some(reason) = reason {
            write!(formatter, " ({reason})")?;
        }
        match days_left {
            0 => write!(formatter, " ends today")?,
            1 => write!(formatter, " ends tomorrow")?,
            days => write!(formatter, " ends in {days} days")?,
        }
        write!(formatter, ", on {until}")
    }
}

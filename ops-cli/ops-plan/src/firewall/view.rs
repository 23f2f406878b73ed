use std::collections::BTreeMap;

use jiff::civil::Date;
use ops_model::declaration::Environment;
use ops_model::security_group::{Ipv4Range, Permission, SecurityGroupRule};

use super::declared::{self, DeclaredGroup, DeclaredRule};
use super::ending::{EndingException, ending};
use super::traffic::Traffic;

/// What is open, as declared or as it is in AWS: what questions are answered from.
#[derive(Debug, Clone)]
pub struct FirewallView {
    /// Id of each group that is there; of a declared one its name.
    pub(super) ids: BTreeMap<String, String>,
    pub(super) declared: BTreeMap<String, DeclaredGroup>,
    /// By group; `None`: AWS was not looked at.
    pub(super) live: Option<BTreeMap<String, Vec<SecurityGroupRule>>>,
    /// Exceptions that end soon.
    pub(super) ending: Vec<EndingException>,
    /// Addresses of the environment's network.
    pub(super) network: Option<Ipv4Range>,
}

impl FirewallView {
    /// What git says, without a look at AWS.
    #[must_use]
    pub fn declared(environment: &Environment, today: Date) -> Self {
        let ids = declared::names(environment).map(|name| (name.to_owned(), name.to_owned())).collect();
        Self::new(environment, ids, today, None)
    }

    /// What AWS lets through, by the groups of the platform contract.
    #[must_use]
    pub fn live(
        environment: &Environment,
        security_groups: &BTreeMap<String, String>,
        rules: BTreeMap<String, Vec<SecurityGroupRule>>,
        today: Date,
    ) -> Self {
        Self::new(environment, security_groups.clone(), today, Some(rules))
    }

    fn new(
        environment: &Environment,
        ids: BTreeMap<String, String>,
        today: Date,
        live: Option<BTreeMap<String, Vec<SecurityGroupRule>>>,
    ) -> Self {
        let declared = declared::groups(environment, &ids, today);
        let ending = ending(environment, today);
        Self { ids, declared, live, ending, network: environment.network.cidr.parse().ok() }
    }

    /// Names of the groups, sorted.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.declared.keys().map(String::as_str)
    }

    /// What is open of a group; nothing where it is not there.
    pub(super) fn open(&self, group: &str) -> Vec<Open<'_>> {
        let declared = || self.declared.get(group).into_iter().flat_map(|group| &group.rules);
        match &self.live {
            None => {
                declared().map(|rule| Open { permission: rule.permission(), id: None, declared: Some(rule) }).collect()
            }
            Some(live) => {
                let rules = live.get(group).map_or(&[][..], Vec::as_slice).iter();
                rules
                    .map(|rule| {
                        let meaning = Traffic::from(&rule.permission);
                        // Of several the one that says the same.
                        let mut reasons = declared().filter(|other| Traffic::from(other.permission()).meets(&meaning));
                        let same = declared().find(|other| *other.permission() == rule.permission);
                        let declared = same.or_else(|| reasons.next());
                        Open { permission: &rule.permission, id: Some(&rule.id), declared }
                    })
                    .collect()
            }
        }
    }
}

/// A rule that lets something through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open<'a> {
    pub(super) permission: &'a Permission,
    pub(super) id: Option<&'a String>,
    /// The declared rule that it is there for.
    pub(super) declared: Option<&'a DeclaredRule>,
}

//! What Terraform makes of the groups: the rules that the declaration had when it was last applied.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ops_engine::cloud::AuthorizeRule;
use ops_model::declaration::FirewallRule;
use ops_model::ownership::NAME_TAG;
use ops_model::platform::Platform;
use ops_model::security_group::{Direction, Peer, Permission};
use serde_json::Value;

use crate::state::State;

const LOAD_BALANCER: &str = "load_balancer";
const DATABASE: &str = "database";

impl State {
    /// Makes the groups of the contract with their rules. Rules that Terraform made and that are no longer declared go; those
    /// of other people stay, but for the database's group, which has none but the declared. Exceptions that have ended are
    /// left out.
    pub(crate) fn apply_firewall(&mut self, platform: &Platform, today: Date) {
        for id in platform.security_groups.values() {
            self.security_groups.create(id);
        }
        let mut wanted: BTreeMap<&str, Vec<AuthorizeRule>> = BTreeMap::new();
        for (name, id) in &platform.security_groups {
            wanted.entry(id).or_default().extend(rules_of(platform, name, today));
        }
        for (name, id) in &platform.security_groups {
            let wanted = wanted.get(id.as_str()).map_or(&[][..], Vec::as_slice);
            let Some(rules) = self.security_groups.groups.get_mut(id) else { continue };
            rules.retain(|rule| {
                let named = rule.tags.get(NAME_TAG);
                let is_ours = named.is_some() || name == DATABASE;
                let declared = wanted.iter().any(|other| {
                    other.permission == rule.permission && (name == DATABASE || other.tags.get(NAME_TAG) == named)
                });
                declared || !is_ours
            });
            for rule in wanted {
                // One that is there already is one that Terraform would have been told of.
                let _there = self.authorize_rule(id, rule);
            }
        }
    }
}

fn rules_of(platform: &Platform, group: &str, today: Date) -> Vec<AuthorizeRule> {
    let declared = |group: &str| -> Vec<FirewallRule> {
        let rules = platform.applied_from.get("firewall").and_then(|firewall| firewall.get(group));
        let rules: Option<Vec<FirewallRule>> = rules.and_then(|rules| serde_json::from_value(rules.clone()).ok());
        rules.unwrap_or_default().into_iter().filter(|rule| rule.until.is_none_or(|until| until >= today)).collect()
    };
    let named = platform.applied_from.get("firewall").and_then(Value::as_object);
    let id = |name: &str| platform.security_groups.get(name).cloned().map(Peer::Group);
    let mut rules: Vec<AuthorizeRule> = declared(group)
        .iter()
        .filter_map(|rule| {
            let peer = match rule.from.as_str() {
                "internet" => Some(Peer::anyone()),
                list if list.starts_with("pl-") => Some(Peer::PrefixList(list.to_owned())),
                range if range.contains('/') => range.parse().ok().map(Peer::Ipv4),
                name => id(name),
            };
            let name = format!("{group} from {} {}", rule.from, ports(rule));
            let permission = Permission::tcp(Direction::Ingress, rule.ports(), peer?);
            Some(made(permission, rule.reason.as_deref(), &name, group != DATABASE))
        })
        .collect();
    match group {
        DATABASE => {}
        LOAD_BALANCER => {
            for (other, peer) in named.into_iter().flatten().filter_map(|(name, _)| Some((name, id(name)?))) {
                for rule in declared(other).iter().filter(|rule| rule.from == LOAD_BALANCER) {
                    let permission = Permission::tcp(Direction::Egress, rule.ports(), peer.clone());
                    rules.push(made(permission, None, &format!("{LOAD_BALANCER} to {other} {}", ports(rule)), true));
                }
            }
        }
        name => {
            let permission = Permission::all_traffic(Direction::Egress, Peer::anyone());
            rules.push(made(permission, Some("to anywhere"), &format!("{name} to anywhere"), true));
        }
    }
    rules
}

fn ports(rule: &FirewallRule) -> String {
    rule.to_port.map_or_else(|| format!("port {}", rule.port), |last| format!("ports {} to {last}", rule.port))
}

fn made(permission: Permission, description: Option<&str>, name: &str, tagged: bool) -> AuthorizeRule {
    let tags = tagged.then(|| (NAME_TAG.to_owned(), name.to_owned()));
    AuthorizeRule { permission, description: description.unwrap_or(name).to_owned(), tags: tags.into_iter().collect() }
}

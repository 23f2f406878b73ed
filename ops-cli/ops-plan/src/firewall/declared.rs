//! What the groups should let in and out, rule by rule, as `terraform/modules/environment/security_groups.tf` and
//! `terraform/modules/security-groups` make it of the declaration.

use std::collections::BTreeMap;

use jiff::civil::Date;
use ops_model::declaration::{Environment, FirewallRule};
use ops_model::plan::WantedRule;
use ops_model::security_group::{Direction, Peer, Permission};

pub(crate) const LOAD_BALANCER: &str = "load_balancer";
pub(crate) const DATABASE: &str = "database";
const INTERNET: &str = "internet";

/// A declared rule.
#[derive(Debug, Clone)]
pub(crate) struct DeclaredRule {
    pub(crate) wanted: WantedRule,
    pub(crate) reason: Option<String>,
    pub(crate) until: Option<Date>,
}

impl DeclaredRule {
    pub(crate) fn permission(&self) -> &Permission {
        &self.wanted.permission
    }
}

/// What one group should let through.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeclaredGroup {
    pub(crate) rules: Vec<DeclaredRule>,
    /// Exceptions that have ended.
    pub(crate) ended: Vec<DeclaredRule>,
    /// Groups that rules name and that are not made yet.
    pub(crate) unmade: bool,
}

/// Every group that there should be, by name. `ids`: id of each group that Terraform has made.
pub(crate) fn groups(
    environment: &Environment,
    ids: &BTreeMap<String, String>,
    today: Date,
) -> BTreeMap<String, DeclaredGroup> {
    let mut groups: BTreeMap<String, DeclaredGroup> =
        names(environment).map(|name| (name.to_owned(), DeclaredGroup::default())).collect();
    for (group, rules) in &environment.firewall {
        for rule in rules {
            let Some(peer) = peer(environment, ids, &rule.from) else {
                if let Some(group) = groups.get_mut(group) {
                    group.unmade = true;
                }
                continue;
            };
            add(&mut groups, group, rule, ingress(group, rule, peer), today);
            // The load balancer opens what the others admit from it, and nothing else.
            if rule.from == LOAD_BALANCER {
                match ids.get(group) {
                    Some(id) => {
                        let out = egress_to(group, rule, Peer::Group(id.clone()));
                        add(&mut groups, LOAD_BALANCER, rule, out, today);
                    }
                    None => {
                        if let Some(balancer) = groups.get_mut(LOAD_BALANCER) {
                            balancer.unmade = true;
                        }
                    }
                }
            }
        }
    }
    for (name, group) in groups.iter_mut().filter(|(name, _)| !matches!(name.as_str(), LOAD_BALANCER | DATABASE)) {
        group.rules.push(DeclaredRule { wanted: anywhere(name), reason: None, until: None });
    }
    groups
}

/// Names of the groups that Terraform makes.
pub(crate) fn names(environment: &Environment) -> impl Iterator<Item = &str> {
    let balancer = environment.load_balancer.as_ref().map(|_| LOAD_BALANCER);
    let database = environment.database.as_ref().map(|_| DATABASE);
    let workloads = environment.services.keys().chain(environment.tasks.keys()).map(String::as_str);
    balancer.into_iter().chain(database).chain(workloads)
}

fn add(
    groups: &mut BTreeMap<String, DeclaredGroup>,
    group: &str,
    rule: &FirewallRule,
    wanted: WantedRule,
    today: Date,
) {
    let Some(group) = groups.get_mut(group) else { return };
    let declared = DeclaredRule { wanted, reason: rule.reason.clone(), until: rule.until };
    if rule.until.is_some_and(|until| until < today) {
        group.ended.push(declared);
    } else {
        group.rules.push(declared);
    }
}

/// `None`: a group that is not made yet.
fn peer(environment: &Environment, ids: &BTreeMap<String, String>, from: &str) -> Option<Peer> {
    if names(environment).any(|name| name == from) {
        return ids.get(from).cloned().map(Peer::Group);
    }
    match from {
        INTERNET => Some(Peer::anyone()),
        list if list.starts_with("pl-") => Some(Peer::PrefixList(list.to_owned())),
        range => range.parse().ok().map(Peer::Ipv4),
    }
}

/// The name of a rule in Terraform's `for_each`.
pub(super) fn key(group: &str, rule: &FirewallRule) -> String {
    format!("{group} from {} {}", rule.from, ports(rule))
}

fn ports(rule: &FirewallRule) -> String {
    match rule.to_port {
        None => format!("port {}", rule.port),
        Some(last) => format!("ports {} to {last}", rule.port),
    }
}

fn ingress(group: &str, rule: &FirewallRule, peer: Peer) -> WantedRule {
    let name = key(group, rule);
    let resource = match peer {
        Peer::Group(_) => "group",
        Peer::Ipv4(_) | Peer::Ipv6(_) | Peer::PrefixList(_) => "range",
    };
    WantedRule {
        permission: Permission::tcp(Direction::Ingress, rule.ports(), peer),
        description: rule.reason.clone().unwrap_or_else(|| name.clone()),
        // The database's rules stand in the group itself.
        terraform: (group != DATABASE).then(|| address("ingress", resource, &name)),
        name,
    }
}

fn egress_to(group: &str, rule: &FirewallRule, peer: Peer) -> WantedRule {
    let ports = ports(rule);
    WantedRule {
        permission: Permission::tcp(Direction::Egress, rule.ports(), peer),
        description: format!("to {group} {ports}"),
        name: format!("{LOAD_BALANCER} to {group} {ports}"),
        terraform: Some(address("egress", "group", &key(group, rule))),
    }
}

/// Tasks pull images, fetch secrets and write logs over addresses that AWS changes.
fn anywhere(group: &str) -> WantedRule {
    WantedRule {
        permission: Permission::all_traffic(Direction::Egress, Peer::anyone()),
        description: "to anywhere".to_owned(),
        name: format!("{group} to anywhere"),
        terraform: Some(address("egress", "anywhere", group)),
    }
}

fn address(direction: &str, resource: &str, key: &str) -> String {
    format!("module.environment.module.security_groups.aws_vpc_security_group_{direction}_rule.{resource}[\"{key}\"]")
}

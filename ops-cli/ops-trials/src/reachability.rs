//! What security groups let through, asked connection by connection.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use ops_model::declaration::Declaration;
use ops_model::security_group::{Direction, Peer, Permission, Protocol, SecurityGroupRule};
use ops_sim::SimulatedAccount;

use crate::drawn::GROUPS;
use crate::finding::{Broken, Property};
use crate::platform::{BUCKET, CLUSTER, platform};

/// A connection that somebody may try.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Connection {
    direction: Direction,
    /// By number.
    protocol: u8,
    port: i32,
    with: With,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum With {
    Ipv4(Ipv4Addr),
    Ipv6(Ipv6Addr),
    Group(String),
    PrefixList(String),
}

const TCP: u8 = 6;
const UDP: u8 = 17;

/// Rules by group.
pub(crate) type Groups = BTreeMap<String, Vec<SecurityGroupRule>>;

/// Of the groups of the declaration, as they are.
pub(crate) fn live(account: &SimulatedAccount, declaration: &Declaration) -> Groups {
    let ids = platform(declaration).security_groups.into_values();
    ids.filter(|id| GROUPS.iter().any(|name| id.ends_with(name)))
        .map(|id| (id.clone(), account.by_hand(CLUSTER).rules(&id)))
        .collect()
}

/// As Terraform makes them in an account that nobody has touched.
pub(crate) fn declared(declaration: &Declaration) -> Groups {
    let untouched = SimulatedAccount::new();
    untouched.provision(&platform(declaration), BUCKET).expect("a platform serialises");
    live(&untouched, declaration)
}

/// Connections around the bounds of all these rules.
fn connections(rules: &[&SecurityGroupRule]) -> Vec<Connection> {
    let mut ports = BTreeSet::from([1, 65535]);
    let mut with = BTreeSet::new();
    for SecurityGroupRule { permission, .. } in rules {
        for port in permission.from_port.into_iter().chain(permission.to_port) {
            ports.extend((port - 1..=port + 1).filter(|port| (1..=65535).contains(port)));
        }
        match &permission.peer {
            Peer::Ipv4(range) => {
                let (first, last) = (range.first().to_bits(), range.last().to_bits());
                let around = [first.saturating_sub(1), first, last, last.saturating_add(1)];
                with.extend(around.map(|bits| With::Ipv4(Ipv4Addr::from_bits(bits))));
            }
            Peer::Ipv6(_) => drop(with.insert(With::Ipv6(Ipv6Addr::LOCALHOST))),
            Peer::Group(id) => drop(with.insert(With::Group(id.clone()))),
            Peer::PrefixList(id) => drop(with.insert(With::PrefixList(id.clone()))),
        }
    }
    let mut connections = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        for protocol in [TCP, UDP] {
            for port in &ports {
                let one = |with: &With| Connection { direction, protocol, port: *port, with: with.clone() };
                connections.extend(with.iter().map(one));
            }
        }
    }
    connections
}

fn lets(rules: &[SecurityGroupRule], connection: &Connection) -> bool {
    rules.iter().any(|rule| {
        let Permission { direction, protocol, from_port, to_port, peer } = &rule.permission;
        let of_protocol = match protocol {
            Protocol::All => true,
            Protocol::Number(number) => {
                *number == connection.protocol
                    && from_port.is_none_or(|first| first == -1 || first <= connection.port)
                    && to_port.is_none_or(|last| last == -1 || connection.port <= last)
            }
        };
        let of_peer = match (peer, &connection.with) {
            (Peer::Ipv4(range), With::Ipv4(address)) => (range.first()..=range.last()).contains(address),
            // Drawn is the range of all alone.
            (Peer::Ipv6(_), With::Ipv6(_)) => true,
            (Peer::Group(id), With::Group(other)) | (Peer::PrefixList(id), With::PrefixList(other)) => id == other,
            _ => false,
        };
        *direction == connection.direction && of_protocol && of_peer
    })
}

/// Nothing more and nothing less.
pub(crate) fn is_as_declared(account: &SimulatedAccount, declaration: &Declaration) -> Result<(), Broken> {
    let (live, declared) = (live(account, declaration), declared(declaration));
    for (group, wanted) in &declared {
        let there = live.get(group).map_or(&[][..], Vec::as_slice);
        let all: Vec<_> = there.iter().chain(wanted).collect();
        for connection in connections(&all) {
            let (is, should) = (lets(there, &connection), lets(wanted, &connection));
            Property::LetsThrough.holds_if(is == should, || {
                let how = if is { "is open and not declared" } else { "is declared and closed" };
                format!("{group}: {connection:?} {how}")
            })?;
        }
    }
    Ok(())
}

/// Connections that were possible before and are declared: they stay possible.
#[derive(Default)]
pub(crate) struct Continuity(Vec<(String, Vec<Connection>)>);

impl Continuity {
    pub(crate) fn from_now(account: &SimulatedAccount, declaration: &Declaration) -> Self {
        let (live, declared) = (live(account, declaration), declared(declaration));
        let of_groups = declared.into_iter().filter_map(|(group, wanted)| {
            let there = live.get(&group)?;
            let all: Vec<_> = there.iter().chain(&wanted).collect();
            let mut kept = connections(&all);
            kept.retain(|connection| lets(there, connection) && lets(&wanted, connection));
            Some((group, kept))
        });
        Self(of_groups.collect())
    }

    pub(crate) fn holds(&self, account: &SimulatedAccount) -> Result<(), Broken> {
        for (group, kept) in &self.0 {
            let rules = account.by_hand(CLUSTER).rules(group);
            let closed = kept.iter().find(|connection| !lets(&rules, connection));
            Property::LetsThrough.holds_if(closed.is_none(), || {
                format!("{group}: {closed:?} was open, is declared, and was closed for a moment")
            })?;
        }
        Ok(())
    }
}

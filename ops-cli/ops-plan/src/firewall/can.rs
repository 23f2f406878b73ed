use std::net::IpAddr;

use jiff::civil::Date;
use ops_model::security_group::{Direction, Ipv4Range, Ipv6Range, Peer, Permission, Protocol};

use super::traffic::Traffic;
use super::view::{FirewallView, Open};
use super::words::Names;

/// Who opens a connection, or takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// A group of the firewall, by name.
    Group(String),
    /// Anyone at all.
    Internet,
    Address(IpAddr),
}

/// Can the one open a connection to the other?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub from: Party,
    pub to: Party,
    pub port: u16,
    pub protocol: Protocol,
}

/// Both ends have to let a connection through; what is not of the environment is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub allowed: bool,
    /// What the one who opens lets out.
    pub egress: Option<Side>,
    /// What the other one lets in.
    pub ingress: Option<Side>,
}

/// What one group says to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub group: String,
    pub direction: Direction,
    /// Whether it lets through all that was asked for.
    pub allowed: bool,
    /// Rules that let it through, or a part of it.
    pub by: Vec<Via>,
    /// Rules of prefix lists, which may hold the address and are not looked into.
    pub unknown: Vec<Via>,
}

/// A rule that matters for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// Such as `tcp 3306 from api`.
    pub rule: String,
    /// Id in AWS; `None` for a rule of the declaration.
    pub id: Option<String>,
    /// Whether the declaration has it.
    pub declared: bool,
    pub reason: Option<String>,
    pub until: Option<Date>,
}

/// Answers from what is declared, or from what AWS lets through.
#[must_use]
pub fn can(view: &FirewallView, question: &Question) -> Answer {
    let side = |one: &Party, other: &Party, direction| match one {
        Party::Group(group) => Some(side(view, group, direction, other, question)),
        Party::Internet | Party::Address(_) => None,
    };
    let egress = side(&question.from, &question.to, Direction::Egress);
    let ingress = side(&question.to, &question.from, Direction::Ingress);
    let allowed = egress.iter().chain(&ingress).all(|side| side.allowed);
    Answer { allowed, egress, ingress }
}

fn side(view: &FirewallView, group: &str, direction: Direction, other: &Party, question: &Question) -> Side {
    let names = Names::of(&view.ids);
    let wanted: Vec<_> =
        peers(view, other).into_iter().map(|peer| Traffic::from(&asked(question, direction, peer))).collect();
    let rules = view.open(group);
    let open = Traffic::of(rules.iter().map(|rule| rule.permission));
    let via = |rule: &Open<'_>| Via {
        rule: names.rule(rule.permission),
        id: rule.id.cloned(),
        declared: rule.declared.is_some_and(|declared| {
            view.live.is_none() || Traffic::from(rule.permission).is_within(&Traffic::from(declared.permission()))
        }),
        reason: rule.declared.and_then(|declared| declared.reason.clone()),
        until: rule.declared.and_then(|declared| declared.until),
    };
    let meets = |rule: &&Open<'_>| wanted.iter().any(|wanted| Traffic::from(rule.permission).meets(wanted));
    let may_meet = |rule: &&Open<'_>| {
        let Peer::PrefixList(_) = &rule.permission.peer else { return false };
        let asked = asked(question, direction, rule.permission.peer.clone());
        Traffic::from(rule.permission).meets(&Traffic::from(&asked))
    };
    Side {
        group: group.to_owned(),
        direction,
        allowed: wanted.iter().any(|wanted| wanted.is_within(&open)),
        by: rules.iter().filter(meets).map(via).collect(),
        unknown: rules.iter().filter(may_meet).map(via).collect(),
    }
}

fn asked(question: &Question, direction: Direction, peer: Peer) -> Permission {
    let port = Some(i32::from(question.port));
    Permission { direction, protocol: question.protocol, from_port: port, to_port: port, peer }
}

/// How rules may name somebody; each of these is all of them.
fn peers(view: &FirewallView, party: &Party) -> Vec<Peer> {
    match party {
        Party::Group(name) => {
            let id = view.ids.get(name).cloned().map(Peer::Group);
            // Wherever in the network it has its address.
            id.into_iter().chain(view.network.map(Peer::Ipv4)).collect()
        }
        Party::Internet => vec![Peer::anyone(), Peer::Ipv6(Ipv6Range::around(std::net::Ipv6Addr::UNSPECIFIED, 0))],
        Party::Address(IpAddr::V4(address)) => vec![Peer::Ipv4(Ipv4Range::around(*address, 32))],
        Party::Address(IpAddr::V6(address)) => vec![Peer::Ipv6(Ipv6Range::around(*address, 128))],
    }
}

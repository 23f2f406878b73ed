//! What is open beyond the declaration, and how bad that is.

use ops_model::plan::Hole;
use ops_model::security_group::{Direction, Peer, SecurityGroupRule};

use super::declared::{DATABASE, DeclaredGroup};
use super::traffic::{Block, Interval, Realm, Traffic};
use super::words::{self, Names};

/// Addresses of IPv4 that belong to nobody on the internet: <https://www.iana.org/assignments/iana-ipv4-special-registry>
const PRIVATE_IPV4: [(u32, u32); 7] = [
    (0x0000_0000, 0x00ff_ffff),
    (0x0a00_0000, 0x0aff_ffff),
    (0x6440_0000, 0x647f_ffff),
    (0x7f00_0000, 0x7fff_ffff),
    (0xa9fe_0000, 0xa9fe_ffff),
    (0xac10_0000, 0xac1f_ffff),
    (0xc0a8_0000, 0xc0a8_ffff),
];

/// More public addresses than a /16 has are nobody that one knows.
const MOST_IPV4: u128 = 1 << 16;

/// The same for IPv6, where one owner has a /32.
const MOST_IPV6: u128 = 1 << 96;

/// A rule that lets through more than is declared.
pub(crate) fn of(
    group: &str,
    rule: &SecurityGroupRule,
    declared: &DeclaredGroup,
    allowed: &Traffic,
    names: &Names<'_>,
) -> Hole {
    let meaning = Traffic::from(&rule.permission);
    let beyond = meaning.without(allowed);
    Hole {
        group: group.to_owned(),
        rule_id: rule.id.clone(),
        words: in_words(group, rule, &meaning, &beyond, declared, names),
        dangerous: is_dangerous(group, &beyond),
    }
}

fn in_words(
    group: &str,
    rule: &SecurityGroupRule,
    meaning: &Traffic,
    beyond: &Traffic,
    declared: &DeclaredGroup,
    names: &Names<'_>,
) -> String {
    let peer = &rule.permission.peer;
    let here = words::group(group);
    let mut text = match rule.permission.direction {
        Direction::Ingress => {
            format!("{} can reach {} on {here}", names.peer(peer), words::ports(beyond, Some(group)))
        }
        Direction::Egress => {
            let there = match peer {
                Peer::Ipv4(range) if range.length() == 0 => "the internet".to_owned(),
                Peer::Ipv6(range) if range.length() == 0 => "the internet over IPv6".to_owned(),
                peer => names.peer(peer),
            };
            let group_there = if let Peer::Group(id) = peer { names.group(id) } else { None };
            format!("{here} can reach {} on {there}", words::ports(beyond, group_there))
        }
    };
    if some_addresses_are_declared(meaning, beyond) {
        text.push_str(", of whom the declaration names some");
    }
    let ended = declared.ended.iter().find(|ended| Traffic::from(ended.permission()).meets(beyond));
    if let Some(ended) = ended
        && let Some(until) = ended.until
    {
        let reason = ended.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        text.push_str(&format!("; it was allowed until {until}{reason}"));
    }
    text
}

/// Whether on the same ports some of the rule's addresses are declared: then not all of them are too much.
fn some_addresses_are_declared(meaning: &Traffic, beyond: &Traffic) -> bool {
    let fine = meaning.without(beyond);
    fine.blocks().any(|(_, _, fine)| {
        beyond.blocks().any(|(_, _, block)| fine.protocols.meets(block.protocols) && fine.ports.meets(block.ports))
    })
}

fn is_dangerous(group: &str, beyond: &Traffic) -> bool {
    beyond.blocks().any(|(direction, realm, block)| match direction {
        Direction::Ingress => group == DATABASE || is_broad(realm, block),
        Direction::Egress => group == DATABASE && is_broad(realm, block),
    })
}

/// Whether it is a good part of the internet.
fn is_broad(realm: &Realm, block: &Block) -> bool {
    let Interval { first, last } = block.addresses;
    match realm {
        Realm::Ipv4 => {
            let private: u128 = PRIVATE_IPV4
                .iter()
                .map(|(from, to)| {
                    let (from, to) = (first.max((*from).into()), last.min((*to).into()));
                    if from <= to { to - from + 1 } else { 0 }
                })
                .sum();
            last - first + 1 - private > MOST_IPV4
        }
        // Of IPv6 the internet has 2000::/3.
        Realm::Ipv6 => {
            let (from, to) = (first.max(1 << 125), last.min((1 << 126) - 1));
            from <= to && to - from >= MOST_IPV6
        }
        Realm::Group(_) | Realm::PrefixList(_) => false,
    }
}

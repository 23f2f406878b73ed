//! Whether anybody who is declared and gets through still gets through.
//!
//! A member of a group has an address too: with its own rule gone it may live on one for the whole internet.

use std::net::{Ipv4Addr, Ipv6Addr};

use ops_model::security_group::{Ipv4Range, Ipv6Range, Peer, Permission};

use super::traffic::Traffic;

/// Whether what is declared and open with these rules is open with those.
pub(crate) fn stays_open<'a>(
    declared: impl Iterator<Item = &'a Permission>,
    before: impl Iterator<Item = &'a Permission>,
    after: impl Iterator<Item = &'a Permission>,
) -> bool {
    let (declared, before, after): (Vec<_>, Vec<_>, Vec<_>) = (declared.collect(), before.collect(), after.collect());
    // What is in a prefix list nobody knows: one that goes may have held anybody.
    let gone: Vec<&Peer> = before
        .iter()
        .filter(|rule| matches!(rule.peer, Peer::PrefixList(_)) && !after.contains(rule))
        .map(|rule| &rule.peer)
        .collect();
    let mut members: Vec<Option<&Peer>> = declared.iter().map(|rule| whose(&rule.peer)).collect();
    members.push(None);
    members.sort();
    members.dedup();
    members.into_iter().all(|member| {
        let is = |peer: &Peer| member == Some(peer);
        let wanted = seen(&declared, is);
        let open = seen(&before, |peer| is(peer) || gone.contains(&peer)).in_common(&wanted);
        open.is_within(&seen(&after, is))
    })
}

/// Somebody whom no address tells.
fn whose(peer: &Peer) -> Option<&Peer> {
    matches!(peer, Peer::Group(_) | Peer::PrefixList(_)).then_some(peer)
}

/// What the rules mean for somebody at each address who is also what some rules name without one.
fn seen(rules: &[&Permission], is: impl Fn(&Peer) -> bool) -> Traffic {
    let everywhere = [
        Peer::Ipv4(Ipv4Range::around(Ipv4Addr::UNSPECIFIED, 0)),
        Peer::Ipv6(Ipv6Range::around(Ipv6Addr::UNSPECIFIED, 0)),
    ];
    let mut as_seen: Vec<Permission> = Vec::new();
    for rule in rules {
        match &rule.peer {
            Peer::Ipv4(_) | Peer::Ipv6(_) => as_seen.push((*rule).clone()),
            peer @ (Peer::Group(_) | Peer::PrefixList(_)) if is(peer) => {
                as_seen.extend(everywhere.iter().map(|peer| Permission { peer: peer.clone(), ..(*rule).clone() }));
            }
            Peer::Group(_) | Peer::PrefixList(_) => {}
        }
    }
    Traffic::of(&as_seen)
}

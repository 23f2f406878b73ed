//! Rules of security groups, changed in the console.

use ops_engine::cloud::CloudError;
use ops_model::security_group::{Direction, Peer, Permission, SecurityGroupRule};
use ops_sim::SimulatedAccount;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};

use super::Edit;
use crate::drawn::GROUPS;
use crate::foreign;
use crate::platform::CLUSTER;
use crate::reachability::Groups;

/// What somebody does to a group.
#[derive(Debug, Clone)]
pub enum OfGroup {
    Open(Permission),
    Close(Index),
    /// In the place of a rule another one for the same peer, on every port.
    Replace(Index),
    /// Other ports, and where it can be another peer of the same sort.
    Change(Index, Permission),
}

pub(super) fn edit() -> impl Strategy<Value = Edit> {
    let of_group = prop_oneof![
        3 => permission().prop_map(OfGroup::Open),
        2 => any::<Index>().prop_map(OfGroup::Close),
        2 => any::<Index>().prop_map(OfGroup::Replace),
        2 => (any::<Index>(), permission()).prop_map(|(at, to)| OfGroup::Change(at, to)),
    ];
    (select(GROUPS.to_vec()), of_group).prop_map(|(group, edit)| Edit::Group(group, edit))
}

fn permission() -> impl Strategy<Value = Permission> {
    let ports = select(vec![
        (22, 22),
        (80, 80),
        (443, 443),
        (3306, 3306),
        (8080, 8080),
        (8443, 9000),
        (5500, 5600),
        (1, 65535),
    ]);
    let range = |text: &str| text.parse().map(Peer::Ipv4);
    let ranges = ["0.0.0.0/0", "0.0.0.0/1", "203.0.113.0/24", "203.0.113.128/25", "192.0.2.1/32", "10.0.0.0/8"];
    let groups = ["sg-load_balancer", "sg-api", "sg-web", "sg-worker", "sg-migrate", foreign::GROUP];
    let mut peers: Vec<_> = ranges.into_iter().filter_map(|text| range(text).ok()).collect();
    peers.extend(groups.into_iter().map(|group| Peer::Group(group.to_owned())));
    peers.extend("::/0".parse().map(Peer::Ipv6));
    let direction = prop_oneof![4 => Just(Direction::Ingress), 1 => Just(Direction::Egress)];
    (direction, ports, select(peers), proptest::bool::weighted(0.1)).prop_map(|(direction, ports, peer, all)| {
        if all { Permission::all_traffic(direction, peer) } else { Permission::tcp(direction, ports, peer) }
    })
}

pub(super) fn perform(account: &SimulatedAccount, group: &str, edit: &OfGroup) -> Result<(), CloudError> {
    let (by_hand, id) = (account.by_hand(CLUSTER), format!("sg-{group}"));
    let rules = by_hand.rules(&id);
    let at = |index: &Index| -> Option<&SecurityGroupRule> { (!rules.is_empty()).then(|| index.get(&rules)) };
    match edit {
        OfGroup::Open(permission) => by_hand.open(&id, permission.clone(), "by hand").map(drop),
        OfGroup::Close(index) => {
            at(index).map_or(Ok(()), |rule| by_hand.close(&id, rule.permission.direction, &rule.id))
        }
        OfGroup::Replace(index) => at(index).map_or(Ok(()), |rule| {
            let Permission { direction, peer, .. } = &rule.permission;
            by_hand.close(&id, *direction, &rule.id)?;
            by_hand.open(&id, Permission::tcp(*direction, (1, 65535), peer.clone()), "by hand").map(drop)
        }),
        OfGroup::Change(index, to) => at(index).map_or(Ok(()), |rule| {
            let is_like = rule.permission.peer.is_like(&to.peer);
            let peer = if is_like { to.peer.clone() } else { rule.permission.peer.clone() };
            let to = Permission { direction: rule.permission.direction, peer, ..to.clone() };
            by_hand.change_rule(&id, &rule.id, &to)
        }),
    }
}

/// Groups get the rules that they had, one by one in the console.
pub(crate) fn restore_rules(account: &SimulatedAccount, groups: &Groups) {
    let by_hand = account.by_hand(CLUSTER);
    for (id, before) in groups {
        let now = by_hand.rules(id);
        let has = |rules: &[SecurityGroupRule], rule: &SecurityGroupRule| {
            rules.iter().any(|other| other.permission == rule.permission)
        };
        for rule in before.iter().filter(|rule| !has(&now, rule)) {
            drop(by_hand.open(id, rule.permission.clone(), "as before"));
        }
        for rule in now.iter().filter(|rule| !has(before, rule)) {
            drop(by_hand.close(id, rule.permission.direction, &rule.id));
        }
    }
}

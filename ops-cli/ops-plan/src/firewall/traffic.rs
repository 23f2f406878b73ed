//! What rules mean: sets of connections, compared exactly. Two /25 are one /24, a range of ports is its parts, and all
//! traffic holds everything.

use std::collections::BTreeMap;

use ops_model::security_group::{Direction, Peer, Permission, Protocol};

const PORTS: Interval = Interval { first: 0, last: 0xffff };

/// Whole numbers from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Interval {
    pub(crate) first: u128,
    pub(crate) last: u128,
}

impl Interval {
    pub(crate) fn one(number: impl Into<u128>) -> Self {
        let number = number.into();
        Self { first: number, last: number }
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    pub(crate) fn holds(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

/// Where the other end is: an address, or what AWS tells apart by its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Realm {
    Ipv4,
    Ipv6,
    Group(String),
    PrefixList(String),
}

/// Every connection of one of these protocols, on one of these ports, with one of these addresses. ICMP has a type and a
/// code in place of a port: type times 256, and the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Block {
    pub(crate) protocols: Interval,
    pub(crate) ports: Interval,
    /// Of a realm without addresses nothing but 0.
    pub(crate) addresses: Interval,
}

impl Block {
    fn meets(&self, other: &Self) -> bool {
        self.protocols.meets(other.protocols) && self.ports.meets(other.ports) && self.addresses.meets(other.addresses)
    }

    /// What is left of it, in blocks that do not overlap.
    fn without(self, other: &Self) -> Vec<Self> {
        if !self.meets(other) {
            return vec![self];
        }
        let mut left = Vec::new();
        let mut rest = self;
        left.extend(split(rest.protocols, other.protocols).map(|protocols| Self { protocols, ..rest }));
        rest.protocols = common(rest.protocols, other.protocols);
        left.extend(split(rest.ports, other.ports).map(|ports| Self { ports, ..rest }));
        rest.ports = common(rest.ports, other.ports);
        left.extend(split(rest.addresses, other.addresses).map(|addresses| Self { addresses, ..rest }));
        left
    }
}

/// What of an interval is below another one that it meets, and what is above.
fn split(of: Interval, other: Interval) -> impl Iterator<Item = Interval> {
    let below = (of.first < other.first).then(|| Interval { first: of.first, last: other.first - 1 });
    let above = (of.last > other.last).then(|| Interval { first: other.last + 1, last: of.last });
    below.into_iter().chain(above)
}

fn common(one: Interval, other: Interval) -> Interval {
    Interval { first: one.first.max(other.first), last: one.last.min(other.last) }
}

/// A set of connections.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic {
    /// None of them overlap.
    blocks: BTreeMap<(Direction, Realm), Vec<Block>>,
}

impl Traffic {
    /// Whatever one of them lets through.
    pub(crate) fn of<'a>(permissions: impl IntoIterator<Item = &'a Permission>) -> Self {
        permissions.into_iter().fold(Self::default(), |all, one| all.and(&Self::from(one)))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.values().all(Vec::is_empty)
    }

    /// Whether all of it is in the other one.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.without(other).is_empty()
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.blocks.iter().any(|(place, blocks)| {
            let others = other.blocks.get(place).map_or(&[][..], Vec::as_slice);
            blocks.iter().any(|block| others.iter().any(|other| block.meets(other)))
        })
    }

    pub(crate) fn and(mut self, other: &Self) -> Self {
        for (place, blocks) in other.without(&self).blocks {
            self.blocks.entry(place).or_default().extend(blocks);
        }
        self
    }

    pub(crate) fn without(&self, other: &Self) -> Self {
        let left = self.blocks.iter().map(|(place, blocks)| {
            let others = other.blocks.get(place).map_or(&[][..], Vec::as_slice);
            let left = others
                .iter()
                .fold(blocks.clone(), |left, other| left.into_iter().flat_map(|block| block.without(other)).collect());
            (place.clone(), left)
        });
        Self { blocks: left.filter(|(_, blocks)| !blocks.is_empty()).collect() }
    }

    pub(crate) fn in_common(&self, other: &Self) -> Self {
        self.without(&self.without(other))
    }

    pub(crate) fn blocks(&self) -> impl Iterator<Item = (Direction, &Realm, &Block)> {
        self.blocks.iter().flat_map(|((direction, realm), blocks)| blocks.iter().map(move |it| (*direction, realm, it)))
    }
}

/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>
impl From<&Permission> for Traffic {
    fn from(permission: &Permission) -> Self {
        let Permission { direction, protocol, from_port, to_port, peer } = permission;
        let protocols = match protocol {
            Protocol::All => Interval { first: 0, last: u8::MAX.into() },
            Protocol::Number(number) => Interval::one(*number),
        };
        let ports = match *protocol {
            Protocol::TCP | Protocol::UDP => ports(*from_port, *to_port),
            Protocol::ICMP | Protocol::ICMPV6 => types_and_codes(*from_port, *to_port),
            // The others have none, and EC2 looks at none.
            Protocol::All | Protocol::Number(_) => PORTS,
        };
        let (realm, addresses) = match peer {
            Peer::Ipv4(range) => {
                let addresses = Interval { first: range.first().to_bits().into(), last: range.last().to_bits().into() };
                (Realm::Ipv4, addresses)
            }
            Peer::Ipv6(range) => {
                (Realm::Ipv6, Interval { first: range.first().to_bits(), last: range.last().to_bits() })
            }
            Peer::Group(id) => (Realm::Group(id.clone()), Interval::one(0_u8)),
            Peer::PrefixList(id) => (Realm::PrefixList(id.clone()), Interval::one(0_u8)),
        };
        let block = Block { protocols, ports, addresses };
        let is_one = ports.first <= ports.last;
        Self { blocks: BTreeMap::from([((*direction, realm), is_one.then_some(block).into_iter().collect())]) }
    }
}

fn ports(from: Option<i32>, to: Option<i32>) -> Interval {
    let number = |port: Option<i32>| port.and_then(|port| u16::try_from(port).ok());
    match (number(from), number(to)) {
        (None, None) => PORTS,
        (first, last) => Interval { first: first.unwrap_or(0).into(), last: last.map_or(PORTS.last, u128::from) },
    }
}

fn types_and_codes(kind: Option<i32>, code: Option<i32>) -> Interval {
    let byte = |number: Option<i32>| number.and_then(|number| u8::try_from(number).ok());
    match (byte(kind), byte(code)) {
        (None, _) => PORTS,
        (Some(kind), None) => {
            let first = u128::from(kind) * 256;
            Interval { first, last: first + 255 }
        }
        (Some(kind), Some(code)) => Interval::one(u128::from(kind) * 256 + u128::from(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(protocol: &str, ports: Option<(i32, i32)>, range: &str) -> Permission {
        Permission {
            direction: Direction::Ingress,
            protocol: protocol.parse().expect("a protocol"),
            from_port: ports.map(|ports| ports.0),
            to_port: ports.map(|ports| ports.1),
            peer: range.parse().map_or_else(|_| Peer::Ipv6(range.parse().expect("a range")), Peer::Ipv4),
        }
    }

    fn tcp(first: i32, last: i32, range: &str) -> Permission {
        rule("tcp", Some((first, last)), range)
    }

    fn mean_the_same(one: &[Permission], other: &[Permission]) {
        let (one, other) = (Traffic::of(one), Traffic::of(other));
        assert!(one.is_within(&other) && other.is_within(&one), "{one:?}\n{other:?}");
    }

    #[test]
    fn parts_are_the_whole() {
        mean_the_same(
            &[tcp(80, 80, "10.0.0.0/25"), tcp(80, 80, "10.0.0.128/25")],
            &[tcp(80, 80, "10.0.0.0/24"), tcp(80, 80, "10.0.0.7/32")],
        );
        mean_the_same(&[tcp(80, 85, "10.0.0.0/24"), tcp(84, 90, "10.0.0.0/24")], &[tcp(80, 90, "10.0.0.0/24")]);
        mean_the_same(&[tcp(0, 65_535, "::/0")], &[rule("tcp", Some((-1, -1)), "::/0")]);
        mean_the_same(
            &[rule("-1", None, "0.0.0.0/0"), tcp(22, 22, "1.2.3.4/32")],
            &[rule("-1", Some((5, 6)), "0.0.0.0/0")],
        );
        mean_the_same(
            &[rule("icmp", Some((-1, -1)), "0.0.0.0/0"), rule("icmp", Some((8, 0)), "0.0.0.0/0")],
            &[rule("icmp", None, "0.0.0.0/0")],
        );
        mean_the_same(&[rule("50", Some((1, 2)), "0.0.0.0/0")], &[rule("50", None, "0.0.0.0/0")]);
        let all: Vec<_> = (0..=255).map(|number| rule(&number.to_string(), None, "10.0.0.0/8")).collect();
        mean_the_same(&all, &[rule("-1", None, "10.0.0.0/8")]);
    }

    #[test]
    fn what_differs_is_told_apart() {
        for (one, other) in [
            (tcp(80, 80, "10.0.0.0/25"), tcp(80, 80, "10.0.0.0/24")),
            (tcp(80, 80, "10.0.0.0/24"), tcp(80, 81, "10.0.0.0/24")),
            (tcp(80, 80, "10.0.0.0/24"), rule("udp", Some((80, 80)), "10.0.0.0/24")),
            (rule("icmp", Some((8, 0)), "10.0.0.0/24"), rule("icmp", Some((8, -1)), "10.0.0.0/24")),
            (tcp(80, 80, "0.0.0.0/0"), tcp(80, 80, "::/0")),
        ] {
            let (one, other) = (Traffic::from(&one), Traffic::from(&other));
            assert!(!other.is_within(&one), "{one:?} {other:?}");
        }
        let group = |id: &str| Permission { peer: Peer::Group(id.to_owned()), ..tcp(80, 80, "0.0.0.0/0") };
        assert!(!Traffic::from(&group("sg-1")).meets(&Traffic::from(&group("sg-2"))));
        let out = Permission { direction: Direction::Egress, ..tcp(80, 80, "0.0.0.0/0") };
        assert!(!Traffic::from(&out).meets(&Traffic::from(&tcp(80, 80, "0.0.0.0/0"))));
    }

    #[test]
    fn what_is_left_is_exact() {
        let left = Traffic::of(&[tcp(80, 90, "10.0.0.0/24")]).without(&Traffic::of(&[tcp(82, 84, "10.0.0.64/26")]));
        let expected = [
            tcp(80, 81, "10.0.0.0/24"),
            tcp(85, 90, "10.0.0.0/24"),
            tcp(82, 84, "10.0.0.0/26"),
            tcp(82, 84, "10.0.0.128/25"),
        ];
        let expected = Traffic::of(&expected);
        assert!(left.is_within(&expected) && expected.is_within(&left), "{left:?}");
    }
}

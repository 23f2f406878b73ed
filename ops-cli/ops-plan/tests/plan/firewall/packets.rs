//! What rules let through, packet by packet: told from rules one at a time, without any algebra.

use std::net::IpAddr;

use jiff::civil::Date;
use ops_model::declaration::Environment;
use ops_model::security_group::{Direction, Peer, Permission, Protocol, SecurityGroupRule};

use super::id;

/// One try to connect.
#[derive(Debug, Clone)]
pub(super) struct Packet {
    pub(super) direction: Direction,
    protocol: u8,
    /// Port; type and code of ICMP.
    number: (i32, i32),
    address: IpAddr,
    /// Id of the group that the other end has.
    group: Option<String>,
    /// Prefix list that the other end is in.
    list: Option<&'static str>,
}

impl Packet {
    /// Around every edge that the tests' rules have.
    pub(super) fn all() -> Vec<Self> {
        let addresses = [
            "0.0.0.1",
            "10.10.0.1",
            "10.10.128.1",
            "127.255.255.255",
            "128.0.0.0",
            "198.51.100.7",
            "203.0.113.0",
            "203.0.113.127",
            "203.0.113.128",
            "203.0.114.0",
            "::1",
            "2001:db8::1",
            "fd00::1",
        ];
        let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().expect("an address")).collect();
        let somewhere = addresses[0];
        let groups = ["api", "worker", "load_balancer", "foreign"].map(id);
        let others = addresses
            .iter()
            .map(|address| (*address, None, None))
            .chain(groups.into_iter().map(|group| (somewhere, Some(group), None)))
            .chain([(somewhere, None, Some("pl-0123abcd")), (somewhere, None, Some("pl-ffffffff"))]);
        let ports = [1, 79, 80, 81, 443, 3305, 3306, 3307, 8079, 8080, 8081, 8084, 8085, 8086, 8090, 65_535];
        let tcp_and_udp = ports.into_iter().flat_map(|port| [(6, (port, 0)), (17, (port, 0))]);
        let sorts: Vec<_> = tcp_and_udp.chain([(1, (8, 0)), (1, (3, 4)), (58, (128, 0)), (50, (0, 0))]).collect();
        let mut packets = Vec::new();
        for (address, group, list) in others {
            for (protocol, number) in &sorts {
                for direction in [Direction::Ingress, Direction::Egress] {
                    packets.push(Self {
                        direction,
                        protocol: *protocol,
                        number: *number,
                        address,
                        group: group.clone(),
                        list,
                    });
                }
            }
        }
        packets
    }

    pub(super) fn passes(&self, rules: &[SecurityGroupRule]) -> bool {
        rules.iter().any(|rule| self.fits(&rule.permission))
    }

    fn fits(&self, permission: &Permission) -> bool {
        let Permission { direction, protocol, from_port, to_port, peer } = permission;
        let (from, to) = (from_port.unwrap_or(-1), to_port.unwrap_or(-1));
        let numbers = match self.protocol {
            6 | 17 => (from == -1 && to == -1) || (from..=to).contains(&self.number.0),
            1 | 58 => (from == -1 || from == self.number.0) && (from == -1 || to == -1 || to == self.number.1),
            _ => true,
        };
        let fits = match protocol {
            Protocol::All => true,
            Protocol::Number(number) => *number == self.protocol && numbers,
        };
        *direction == self.direction && fits && self.is(peer)
    }

    fn is(&self, peer: &Peer) -> bool {
        match (peer, self.address) {
            (Peer::Ipv4(range), IpAddr::V4(address)) => (0..u32::from(range.length())).all(|bit| {
                let mask = 1 << (31 - bit);
                address.to_bits() & mask == range.first().to_bits() & mask
            }),
            (Peer::Ipv6(range), IpAddr::V6(address)) => (0..u32::from(range.length())).all(|bit| {
                let mask = 1 << (127 - bit);
                address.to_bits() & mask == range.first().to_bits() & mask
            }),
            (Peer::Group(id), _) => self.group.as_ref() == Some(id),
            (Peer::PrefixList(id), _) => self.list == Some(id.as_str()),
            _ => false,
        }
    }

    /// Whether the declaration lets it through, read from its text.
    pub(super) fn is_declared(&self, environment: &Environment, group: &str, today: Date) -> bool {
        let holds = |until: Option<Date>| until.is_none_or(|until| until >= today);
        let on_port = |first: u16, last: Option<u16>| {
            self.protocol == 6 && (first.into()..=last.unwrap_or(first).into()).contains(&self.number.0)
        };
        match (self.direction, group) {
            (Direction::Ingress, group) => environment.firewall.get(group).into_iter().flatten().any(|rule| {
                let from = match rule.from.as_str() {
                    "internet" => self.address.is_ipv4(),
                    name @ ("api" | "worker" | "load_balancer") => self.group == Some(id(name)),
                    list if list.starts_with("pl-") => self.list == Some(list),
                    range => self.is(&super::ipv4(range)),
                };
                from && holds(rule.until) && on_port(rule.port, rule.to_port)
            }),
            (Direction::Egress, "database") => false,
            (Direction::Egress, "load_balancer") => environment.firewall.iter().any(|(other, rules)| {
                self.group == Some(id(other))
                    && rules.iter().any(|rule| {
                        rule.from == "load_balancer" && holds(rule.until) && on_port(rule.port, rule.to_port)
                    })
            }),
            (Direction::Egress, _) => self.address.is_ipv4(),
        }
    }
}

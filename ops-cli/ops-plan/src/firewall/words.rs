//! Who reaches what, in words.

use std::collections::BTreeMap;

use ops_model::security_group::{Direction, Peer, Permission, Protocol};

use super::declared::{DATABASE, LOAD_BALANCER};
use super::traffic::{Interval, Traffic};

/// What usually listens where: <https://www.iana.org/assignments/service-names-port-numbers>
const SERVICES: [(u16, &str); 13] = [
    (22, "SSH"),
    (25, "SMTP"),
    (53, "DNS"),
    (80, "HTTP"),
    (443, "HTTPS"),
    (2049, "NFS"),
    (3306, "MySQL"),
    (3389, "remote desktops"),
    (5432, "PostgreSQL"),
    (6379, "Redis"),
    (9200, "Elasticsearch"),
    (11211, "Memcached"),
    (27017, "MongoDB"),
];

const LAST_PORT: u128 = 0xffff;

/// Names of groups by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    pub(crate) fn of(ids: &'a BTreeMap<String, String>) -> Self {
        Self(ids.iter().map(|(name, id)| (id.as_str(), name.as_str())).collect())
    }

    pub(crate) fn group(&self, id: &str) -> Option<&'a str> {
        self.0.get(id).copied()
    }

    /// The other end of a connection, as whoever it is.
    pub(crate) fn peer(&self, peer: &Peer) -> String {
        match peer {
            Peer::Ipv4(range) if range.length() == 0 => "anyone on the internet".to_owned(),
            Peer::Ipv6(range) if range.length() == 0 => "anyone on the internet over IPv6".to_owned(),
            Peer::Ipv4(range) if range.length() == 32 => range.first().to_string(),
            Peer::Ipv6(range) if range.length() == 128 => range.first().to_string(),
            Peer::Ipv4(_) | Peer::Ipv6(_) => peer.to_string(),
            Peer::Group(id) => match self.group(id) {
                Some(name) => group(name).to_owned(),
                None => format!("everything in {id} (not of this environment)"),
            },
            Peer::PrefixList(id) => format!("everything in the prefix list {id}"),
        }
    }

    /// The same in as few words as the declaration has for it.
    pub(crate) fn short(&self, peer: &Peer) -> String {
        match peer {
            Peer::Ipv4(range) if range.length() == 0 => "internet".to_owned(),
            Peer::Group(id) => self.group(id).unwrap_or(id).to_owned(),
            other => other.to_string(),
        }
    }

    /// A rule in a few words: `tcp 3306 from internet`.
    pub(crate) fn rule(&self, permission: &Permission) -> String {
        let Permission { direction, protocol, from_port, to_port, peer } = permission;
        let protocol_words = match *protocol {
            Protocol::All => "all".to_owned(),
            protocol @ (Protocol::TCP | Protocol::UDP | Protocol::ICMP | Protocol::ICMPV6) => protocol.to_string(),
            Protocol::Number(number) => format!("protocol {number}"),
        };
        let number = |port: &Option<i32>| port.filter(|port| *port >= 0);
        let ports = match (*protocol, number(from_port), number(to_port)) {
            (Protocol::TCP | Protocol::UDP, Some(0), Some(65_535)) | (_, None, _) => String::new(),
            (Protocol::TCP | Protocol::UDP, Some(first), Some(last)) if first == last => format!(" {first}"),
            (Protocol::TCP | Protocol::UDP, Some(first), Some(last)) => format!(" {first}-{last}"),
            (Protocol::ICMP | Protocol::ICMPV6, Some(kind), Some(code)) => format!(" type {kind} code {code}"),
            (Protocol::ICMP | Protocol::ICMPV6, Some(kind), None) => format!(" type {kind}"),
            _ => String::new(),
        };
        let way = match direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        };
        format!("{protocol_words}{ports} {way} {}", self.short(peer))
    }
}

/// A group of the environment in a sentence.
pub(crate) fn group(name: &str) -> &str {
    if name == LOAD_BALANCER { "the load balancer" } else { name }
}

/// Which protocols and ports of a group, in words: `MySQL (3306)`. Of several each once.
pub(crate) fn ports(traffic: &Traffic, of_group: Option<&str>) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut blocks: Vec<_> = traffic.blocks().map(|(_, _, block)| (block.protocols, block.ports)).collect();
    blocks.sort();
    blocks.dedup();
    for (protocols, ports) in blocks {
        let words = block(protocols, ports, of_group);
        if !said.contains(&words) {
            said.push(words);
        }
    }
    match said.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn block(protocols: Interval, ports: Interval, of_group: Option<&str>) -> String {
    let whole = ports == Interval { first: 0, last: LAST_PORT };
    if protocols.first != protocols.last {
        return match protocols {
            Interval { first: 0, last: 255 } if whole => "everything".to_owned(),
            Interval { first, last } => format!("the protocols {first} to {last}"),
        };
    }
    match u8::try_from(protocols.first).map_or(Protocol::All, Protocol::Number) {
        Protocol::TCP if whole => "every TCP port".to_owned(),
        Protocol::TCP => tcp(ports, of_group),
        Protocol::UDP if whole => "every UDP port".to_owned(),
        Protocol::UDP if ports.first == ports.last => format!("UDP port {}", ports.first),
        Protocol::UDP => format!("UDP ports {} to {}", ports.first, ports.last),
        Protocol::ICMP | Protocol::ICMPV6 if whole => "ping and the rest of ICMP".to_owned(),
        Protocol::ICMP | Protocol::ICMPV6 => format!("ICMP of type {}", ports.first / 256),
        Protocol::All => "everything".to_owned(),
        Protocol::Number(number) => format!("IP protocol {number}"),
    }
}

fn tcp(ports: Interval, of_group: Option<&str>) -> String {
    let Interval { first, last } = ports;
    if first == last {
        let known = SERVICES.iter().find(|(port, _)| u128::from(*port) == first);
        return known.map_or_else(|| format!("port {first}"), |(port, service)| format!("{service} ({port})"));
    }
    let range = format!("ports {first} to {last}");
    // What everybody asks first.
    if of_group == Some(DATABASE) && ports.holds(Interval::one(3306_u16)) {
        return format!("{range}, MySQL (3306) among them");
    }
    range
}

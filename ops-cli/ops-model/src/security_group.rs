//! Rules of EC2 security groups, as AWS keeps them: one for each source or destination.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html>

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A rule that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroupRule {
    /// Such as `sgr-0123456789abcdef0`. It stays when the rule is modified.
    pub id: String,
    pub permission: Permission,
    pub description: Option<String>,
    pub tags: BTreeMap<String, String>,
}

/// What a rule lets through. A group has no two rules with the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Permission {
    pub direction: Direction,
    pub protocol: Protocol,
    /// First port, or type of ICMP; `None` and -1: all.
    pub from_port: Option<i32>,
    /// Last port, or code of ICMP; `None` and -1: all.
    pub to_port: Option<i32>,
    pub peer: Peer,
}

impl Permission {
    /// TCP on the ports from the first to the last.
    #[must_use]
    pub fn tcp(direction: Direction, (first, last): (u16, u16), peer: Peer) -> Self {
        let protocol = Protocol::TCP;
        Self { direction, protocol, from_port: Some(first.into()), to_port: Some(last.into()), peer }
    }

    /// Everything.
    #[must_use]
    pub fn all_traffic(direction: Direction, peer: Peer) -> Self {
        Self { direction, protocol: Protocol::All, from_port: None, to_port: None, peer }
    }
}

/// Which way connections are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Ingress,
    Egress,
}

impl fmt::Display for Direction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        })
    }
}

/// An IP protocol by its number, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    All,
    Number(u8),
}

impl Protocol {
    pub const ICMP: Self = Self::Number(1);
    pub const TCP: Self = Self::Number(6);
    pub const UDP: Self = Self::Number(17);
    pub const ICMPV6: Self = Self::Number(58);
}

/// What is neither a protocol that EC2 names nor a number, or an address or range that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no {1}")]
pub struct Unreadable(String, &'static str);

/// As EC2 writes it: `tcp`, `udp`, `icmp`, `icmpv6`, a number, `-1` for all.
impl FromStr for Protocol {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        Ok(match text {
            "-1" | "all" => Self::All,
            "icmp" => Self::ICMP,
            "tcp" => Self::TCP,
            "udp" => Self::UDP,
            "icmpv6" => Self::ICMPV6,
            number => {
                Self::Number(number.parse().map_err(|_| Unreadable(text.to_owned(), "IP protocol that EC2 knows"))?)
            }
        })
    }
}

/// As EC2 takes it.
impl fmt::Display for Protocol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::All => formatter.write_str("-1"),
            Self::ICMP => formatter.write_str("icmp"),
            Self::TCP => formatter.write_str("tcp"),
            Self::UDP => formatter.write_str("udp"),
            Self::ICMPV6 => formatter.write_str("icmpv6"),
            Self::Number(number) => number.fmt(formatter),
        }
    }
}

/// Where connections come from, or where they go to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    Ipv4(Ipv4Range),
    Ipv6(Ipv6Range),
    /// Whoever has the security group of this id.
    Group(String),
    /// The addresses of the prefix list of this id, which are not looked into.
    PrefixList(String),
}

impl Peer {
    /// Every IPv4 address.
    #[must_use]
    pub fn anyone() -> Self {
        Self::Ipv4(Ipv4Range { address: Ipv4Addr::UNSPECIFIED, length: 0 })
    }

    /// Whether both are of one sort: EC2 modifies a rule to another address, group or list, and not to another sort.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ipv4(range) => range.fmt(formatter),
            Self::Ipv6(range) => range.fmt(formatter),
            Self::Group(id) | Self::PrefixList(id) => formatter.write_str(id),
        }
    }
}

/// A range of IPv4 addresses in CIDR notation, from its first address on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ipv4Range {
    address: Ipv4Addr,
    length: u8,
}

/// A range of IPv6 addresses in CIDR notation, from its first address on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ipv6Range {
    address: Ipv6Addr,
    length: u8,
}

impl Ipv4Range {
    /// The range of this length that the address is in.
    #[must_use]
    pub fn around(address: Ipv4Addr, length: u8) -> Self {
        let length = length.min(32);
        let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
        Self { address: Ipv4Addr::from_bits(address.to_bits() & mask), length }
    }

    #[must_use]
    pub fn first(&self) -> Ipv4Addr {
        self.address
    }

    #[must_use]
    pub fn last(&self) -> Ipv4Addr {
        let host = u32::MAX.checked_shr(self.length.into()).unwrap_or(0);
        Ipv4Addr::from_bits(self.address.to_bits() | host)
    }

    #[must_use]
    pub fn length(&self) -> u8 {
        self.length
    }
}

impl Ipv6Range {
    /// The range of this length that the address is in.
    #[must_use]
    pub fn around(address: Ipv6Addr, length: u8) -> Self {
        let length = length.min(128);
        let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
        Self { address: Ipv6Addr::from_bits(address.to_bits() & mask), length }
    }

    #[must_use]
    pub fn first(&self) -> Ipv6Addr {
        self.address
    }

    #[must_use]
    pub fn last(&self) -> Ipv6Addr {
        let host = u128::MAX.checked_shr(self.length.into()).unwrap_or(0);
        Ipv6Addr::from_bits(self.address.to_bits() | host)
    }

    #[must_use]
    pub fn length(&self) -> u8 {
        self.length
    }
}

impl FromStr for Ipv4Range {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let parsed =
            text.split_once('/').and_then(|(address, length)| Some((address.parse().ok()?, length.parse().ok()?)));
        let (address, length) = parsed
            .filter(|(_, length)| *length <= 32)
            .ok_or_else(|| Unreadable(text.to_owned(), "range of IPv4 addresses"))?;
        Ok(Self::around(address, length))
    }
}

impl FromStr for Ipv6Range {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let parsed =
            text.split_once('/').and_then(|(address, length)| Some((address.parse().ok()?, length.parse().ok()?)));
        let (address, length) = parsed
            .filter(|(_, length)| *length <= 128)
            .ok_or_else(|| Unreadable(text.to_owned(), "range of IPv6 addresses"))?;
        Ok(Self::around(address, length))
    }
}

impl fmt::Display for Ipv4Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.length)
    }
}

impl fmt::Display for Ipv6Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.length)
    }
}

macro_rules! as_text {
    ($($type:ty),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

as_text!(Protocol, Ipv4Range, Ipv6Range);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_begin_at_their_first_address() {
        for (written, meant, last) in [
            ("100.68.0.18/18", "100.68.0.0/18", "100.68.63.255"),
            ("0.0.0.0/0", "0.0.0.0/0", "255.255.255.255"),
            ("203.0.113.7/32", "203.0.113.7/32", "203.0.113.7"),
        ] {
            let range: Ipv4Range = written.parse().expect("a range");
            assert_eq!((range.to_string(), range.last().to_string()), (meant.to_owned(), last.to_owned()));
        }
        let everybody: Ipv6Range = "0:0::/0".parse().expect("a range");
        assert_eq!((everybody.to_string(), everybody.last()), ("::/0".to_owned(), Ipv6Addr::from_bits(u128::MAX)));
        for wrong in ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/129", "sg-1", ""] {
            assert!(wrong.parse::<Ipv4Range>().is_err() && wrong.parse::<Ipv6Range>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn protocols_are_read_by_name_and_by_number() {
        for (written, meant) in [("6", "tcp"), ("tcp", "tcp"), ("-1", "-1"), ("50", "50"), ("58", "icmpv6")] {
            assert_eq!(written.parse::<Protocol>().expect("a protocol").to_string(), meant);
        }
        assert!("256".parse::<Protocol>().is_err() && "tcpp".parse::<Protocol>().is_err());
    }
}

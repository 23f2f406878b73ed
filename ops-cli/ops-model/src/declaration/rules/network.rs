use std::net::Ipv4Addr;

use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// The network is a real one, and its zones are zones of the region.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let Some(network) = subject.document.get("network") else { return };
    if let Some(cidr) = network.get("cidr") {
        check_cidr(subject, cidr, faults);
    }
    if let Some(zones) = network.get("zones") {
        check_zones(subject, zones, faults);
    }
}

fn check_cidr(subject: &Subject<'_>, node: &Node, faults: &mut Vec<Fault>) {
    let Some(text) = node.text() else { return };
    let remedy = match parse_cidr(text) {
        // The schema has its say about what does not look like a range at all.
        None if !looks_like_cidr(text) => return,
        None => "each of the four numbers is at most 255, and the length at most 32".to_owned(),
        Some((_, length)) if !(16..=22).contains(&length) => {
            "choose a length from /16 to /22: Terraform cuts subnets for every zone out of it, and a load balancer's are /27 at \
             least".to_owned()
        }
        Some((address, length)) => {
            let first = network_address(address, length);
            if first == address {
                if !is_for_hosts(address) {
                    faults.push(not_for_hosts(subject, node, text));
                }
                return;
            }
            format!("the network that this address is in is `{first}/{length}`")
        }
    };
    faults.push(
        subject
            .fault("declaration::cidr", format!("`{text}` is not a network that can be built"))
            .at(&node.span, "not a network from /16 to /22")
            .remedy(remedy),
    );
}

/// What EC2 takes a network from: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
fn is_for_hosts(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    !(first == 0 || first >= 224 || address.is_loopback() || address.is_link_local())
}

fn not_for_hosts(subject: &Subject<'_>, node: &Node, text: &str) -> Fault {
    subject
        .fault("declaration::cidr", format!("`{text}` is not a network that can be built"))
        .at(&node.span, "not for hosts")
        .remedy(
            "choose a private one, such as `10.10.0.0/16`: 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 and all from \
             224.0.0.0 have another use",
        )
}

fn check_zones(subject: &Subject<'_>, zones: &Node, faults: &mut Vec<Fault>) {
    let looks_like_region = |region: &&str| region.ends_with(|last: char| last.is_ascii_digit());
    let region = subject.document.get("region").and_then(Node::text).filter(looks_like_region);
    for (index, zone) in zones.items().iter().enumerate() {
        let Some(name) = zone.text() else { continue };
        let earlier = zones.items().get(..index).unwrap_or_default();
        if earlier.iter().any(|other| other.text() == Some(name)) {
            faults.push(
                subject
                    .fault("declaration::zones", format!("the zone `{name}` is there twice"))
                    .at(&zone.span, "the second time")
                    .remedy("name different zones: two in one place fail together"),
            );
        } else if let Some(region) = region.filter(|region| !is_zone_of(name, region)) {
            faults.push(
                subject
                    .fault("declaration::zones", format!("`{name}` is not a zone of the region `{region}`"))
                    .at(&zone.span, "not of this region")
                    .remedy(format!("a zone is the region and a letter from `a` to `h`, such as `{region}a`")),
            );
        }
    }
}

/// The region and one letter: `ap-northeast-2a`. Terraform numbers subnets by it, and has room for eight. Local zones
/// (`us-west-2-lax-1a`) are none: they lack most of what a service needs.
fn is_zone_of(zone: &str, region: &str) -> bool {
    zone.strip_prefix(region).is_some_and(|rest| matches!(rest.as_bytes(), [b'a'..=b'h']))
}

/// Address and prefix length, as written.
pub(super) fn parse_cidr(text: &str) -> Option<(Ipv4Addr, u32)> {
    let (address, length) = text.split_once('/')?;
    // EC2 does not take `/08`.
    let length = length.parse::<u32>().ok().filter(|parsed| *parsed <= 32 && parsed.to_string() == length)?;
    Some((address.parse().ok()?, length))
}

/// First address of the network that an address is in.
pub(super) fn network_address(address: Ipv4Addr, length: u32) -> Ipv4Addr {
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    Ipv4Addr::from_bits(address.to_bits() & mask)
}

pub(super) fn looks_like_cidr(text: &str) -> bool {
    text.contains('/') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'/')
}

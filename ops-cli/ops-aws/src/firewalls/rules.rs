//! Rules in EC2's words and in ours.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::{
    IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroupRule as SdkRule, SecurityGroupRuleRequest, Tag,
    UserIdGroupPair,
};
use ops_model::security_group::{Direction, Peer, Permission, Protocol, SecurityGroupRule, Unreadable};

/// A rule, and the id of the group that it is of.
pub(super) fn from_sdk(rule: &SdkRule) -> Result<(String, SecurityGroupRule), String> {
    let id = rule.security_group_rule_id().ok_or("a rule has no id")?;
    let group_id = rule.group_id().ok_or_else(|| format!("{id} has no group"))?;
    let protocol = rule.ip_protocol().ok_or_else(|| format!("{id} has no protocol"))?;
    let direction = match rule.is_egress() {
        Some(true) => Direction::Egress,
        Some(false) => Direction::Ingress,
        None => return Err(format!("{id} has no direction")),
    };
    let readable = |error: Unreadable| format!("{id}: {error}");
    let permission = Permission {
        direction,
        protocol: protocol.parse().map_err(readable)?,
        from_port: rule.from_port().filter(|port| *port >= 0),
        to_port: rule.to_port().filter(|port| *port >= 0),
        peer: peer(rule).map_err(readable)?.ok_or_else(|| format!("{id} has neither source nor destination"))?,
    };
    let rule = SecurityGroupRule {
        id: id.to_owned(),
        permission: without_ports_that_mean_nothing(permission),
        description: rule.description().map(str::to_owned),
        tags: rule.tags().iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned()))).collect(),
    };
    Ok((group_id.to_owned(), rule))
}

/// EC2 tells ports of all traffic too, as -1 or as somebody once sent them.
fn without_ports_that_mean_nothing(permission: Permission) -> Permission {
    match permission.protocol {
        Protocol::All => Permission { from_port: None, to_port: None, ..permission },
        _ => permission,
    }
}

fn peer(rule: &SdkRule) -> Result<Option<Peer>, Unreadable> {
    if let Some(range) = rule.cidr_ipv4() {
        return range.parse().map(Peer::Ipv4).map(Some);
    }
    if let Some(range) = rule.cidr_ipv6() {
        return range.parse().map(Peer::Ipv6).map(Some);
    }
    let group = rule.referenced_group_info().and_then(|group| group.group_id());
    let list = || rule.prefix_list_id().map(|id| Peer::PrefixList(id.to_owned()));
    Ok(group.map(|id| Peer::Group(id.to_owned())).or_else(list))
}

/// As it is added.
pub(super) fn permission(permission: &Permission, description: &str) -> IpPermission {
    let Permission { direction: _, protocol, from_port, to_port, peer } = permission;
    let builder = IpPermission::builder().ip_protocol(protocol.to_string());
    let builder = builder.set_from_port(*from_port).set_to_port(*to_port);
    match peer {
        Peer::Ipv4(range) => {
            builder.ip_ranges(IpRange::builder().cidr_ip(range.to_string()).description(description).build())
        }
        Peer::Ipv6(range) => {
            builder.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(range.to_string()).description(description).build())
        }
        Peer::Group(id) => {
            builder.user_id_group_pairs(UserIdGroupPair::builder().group_id(id).description(description).build())
        }
        Peer::PrefixList(id) => {
            builder.prefix_list_ids(PrefixListId::builder().prefix_list_id(id).description(description).build())
        }
    }
    .build()
}

/// As an existing rule becomes it: what is left out would be taken away.
pub(super) fn request(permission: &Permission, description: &str) -> SecurityGroupRuleRequest {
    let Permission { direction: _, protocol, from_port, to_port, peer } = permission;
    let builder = SecurityGroupRuleRequest::builder().ip_protocol(protocol.to_string()).description(description);
    // Without ports EC2 wants to hear of all.
    let builder = builder.from_port(from_port.unwrap_or(-1)).to_port(to_port.unwrap_or(-1));
    match peer {
        Peer::Ipv4(range) => builder.cidr_ipv4(range.to_string()),
        Peer::Ipv6(range) => builder.cidr_ipv6(range.to_string()),
        Peer::Group(id) => builder.referenced_group_id(id),
        Peer::PrefixList(id) => builder.prefix_list_id(id),
    }
    .build()
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

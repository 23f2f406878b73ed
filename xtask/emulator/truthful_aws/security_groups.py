"""EC2 security groups: one rule per source, as AWS keeps them; no duplicates, no revoking or referencing of what is not there."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from typing import Any

from ministack.services import alb, ec2, ecs

from truthful_aws import patch

Rule = dict[str, Any]
SOURCES = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}


def install() -> None:
    global _group_xml
    for is_egress, direction in ((False, "Ingress"), (True, "Egress")):
        patch.replace_action(ec2, f"AuthorizeSecurityGroup{direction}", _bound(authorize, is_egress))
        patch.replace_action(ec2, f"RevokeSecurityGroup{direction}", _bound(revoke, is_egress))
    patch.replace_action(ec2, "ModifySecurityGroupRules", modify)
    patch.replace_action(ec2, "DeleteSecurityGroup", delete_group)
    _group_xml = patch.replace(ec2, "_sg_xml", lambda group: _group_xml(merged(group)))
    for name in (
        "_security_groups",
        "_parse_ip_permissions",
        "_revoke_sg_rules_by_id",
        "_sg_rule_xml",
        "_revoked_sg_rule_xml",
        "_sg_rule_tag_specifications",
    ):
        patch.original(ec2, name)


_group_xml: Any


def _bound(handler: Any, is_egress: bool) -> Any:
    return lambda params: handler(params, is_egress)


def _group(params: dict[str, Any]) -> tuple[Rule | None, Any]:
    group_id = ec2._p(params, "GroupId")
    group = ec2._security_groups.get(group_id)
    return group, None if group else ec2._error(
        "InvalidGroup.NotFound", f"The security group '{group_id}' does not exist", 400
    )


def split(permission: Rule) -> Iterator[Rule]:
    """The rules of a permission, one for each source. A rule for all protocols has no ports, whatever was sent."""
    protocol = PROTOCOLS.get(permission["IpProtocol"], permission["IpProtocol"])
    ports = (
        {} if protocol == "-1" else {name: permission[name] for name in ("FromPort", "ToPort") if name in permission}
    )
    for kind in SOURCES:
        for source in permission.get(kind, []):
            rule: Rule = {"IpProtocol": protocol, **ports, **{name: [] for name in SOURCES}}
            rule[kind] = [copy.deepcopy(source)]
            yield rule


def identity(rule: Rule) -> tuple[Any, ...]:
    kind = next((name for name in SOURCES if rule.get(name)), None)
    source = rule[kind][0][SOURCES[kind]] if kind else None
    return rule["IpProtocol"], rule.get("FromPort", -1), rule.get("ToPort", -1), kind, source


def stored(group: Rule, key: str) -> list[Rule]:
    """The group's rules, one for each source; ministack's own (the default rules) are brought to that form."""
    if any("SecurityGroupRuleId" not in rule for rule in group[key]):
        group[key] = [
            _with_id(group, key, one) if "SecurityGroupRuleId" not in rule else rule
            for rule in group[key]
            for one in split(rule)
        ]
    return group[key]


def _with_id(group: Rule, key: str, rule: Rule) -> Rule:
    return {**rule, "SecurityGroupRuleId": ec2._sg_rule_id(group["GroupId"], key == "IpPermissionsEgress", rule)}


def _text(rule: Rule) -> str:
    protocol, first, last, _, source = identity(rule)
    if protocol == "-1":
        return f"peer: {source}, ALL, ALLOW"
    return f"peer: {source}, {protocol.upper()}, from port: {first}, to port: {last}, ALLOW"


def authorize(params: dict[str, Any], is_egress: bool) -> Any:
    group, error = _group(params)
    if error:
        return error
    key, direction = ("IpPermissionsEgress", "Egress") if is_egress else ("IpPermissions", "Ingress")
    known = {identity(rule) for rule in stored(group, key)}
    rules = [rule for permission in ec2._parse_ip_permissions(params, "IpPermissions") for rule in split(permission)]
    for rule in rules:
        for pair in rule["UserIdGroupPairs"]:
            if pair.get("GroupId") not in ec2._security_groups:
                return ec2._error(
                    "InvalidGroup.NotFound", f"The security group '{pair.get('GroupId')}' does not exist", 400
                )
        if identity(rule) in known:
            return ec2._error("InvalidPermission.Duplicate", f'the specified rule "{_text(rule)}" already exists', 400)
        known.add(identity(rule))
    tags = ec2._sg_rule_tag_specifications(params)
    for rule in rules:
        rule["SecurityGroupRuleId"] = f"sgr-{uuid.uuid4().hex[:17]}"
        group[key].append(rule)
        if tags:
            ec2._tags[rule["SecurityGroupRuleId"]] = list(tags)
    items = "".join(ec2._sg_rule_xml(group["GroupId"], rule, is_egress=is_egress) for rule in rules)
    return ec2._xml(
        200,
        f"AuthorizeSecurityGroup{direction}Response",
        f"<return>true</return><securityGroupRuleSet>{items}</securityGroupRuleSet>",
    )


def revoke(params: dict[str, Any], is_egress: bool) -> Any:
    group, error = _group(params)
    if error:
        return error
    key, direction = ("IpPermissionsEgress", "Egress") if is_egress else ("IpPermissions", "Ingress")
    rules = stored(group, key)
    ids = ec2._parse_member_list(params, "SecurityGroupRuleId")
    if ids:
        revoked, error = ec2._revoke_sg_rules_by_id(group, group["GroupId"], ids, is_egress=is_egress)
        if error:
            return error
    else:
        wanted = [
            identity(rule)
            for permission in ec2._parse_ip_permissions(params, "IpPermissions")
            for rule in split(permission)
        ]
        if any(rule not in {identity(known) for known in rules} for rule in wanted):
            return ec2._error(
                "InvalidPermission.NotFound", "The specified rule does not exist in this security group.", 400
            )
        revoked = [rule for rule in rules if identity(rule) in wanted]
        group[key] = [rule for rule in rules if identity(rule) not in wanted]
        for rule in revoked:
            ec2._tags.pop(rule["SecurityGroupRuleId"], None)
    items = "".join(ec2._revoked_sg_rule_xml(group["GroupId"], rule, is_egress=is_egress) for rule in revoked)
    return ec2._xml(
        200,
        f"RevokeSecurityGroup{direction}Response",
        f"<return>true</return><revokedSecurityGroupRuleSet>{items}</revokedSecurityGroupRuleSet>",
    )


def modify(params: dict[str, Any]) -> Any:
    """A rule keeps its id and its tags, its direction and the sort of its source; all else is as it is sent, or gone."""
    group, error = _group(params)
    if error:
        return error
    changed: list[tuple[str, int, Rule]] = []
    number = 1
    while rule_id := ec2._p(params, f"SecurityGroupRule.{number}.SecurityGroupRuleId"):
        place = _place(group, rule_id)
        if place is None:
            return ec2._error(
                "InvalidSecurityGroupRuleId.NotFound", f"The security group rule '{rule_id}' does not exist", 400
            )
        key, index = place
        rule = _requested(params, f"SecurityGroupRule.{number}.SecurityGroupRule", rule_id)
        if identity(rule)[3] != identity(group[key][index])[3]:
            return ec2._error(
                "InvalidParameterValue", "You may not change the source type of a security group rule", 400
            )
        others = {identity(other) for other in group[key] if other["SecurityGroupRuleId"] != rule_id}
        if identity(rule) in others:
            return ec2._error("InvalidPermission.Duplicate", f'the specified rule "{_text(rule)}" already exists', 400)
        for pair in rule["UserIdGroupPairs"]:
            if pair["GroupId"] not in ec2._security_groups:
                return ec2._error(
                    "InvalidGroup.NotFound", f"The security group '{pair['GroupId']}' does not exist", 400
                )
        changed.append((key, index, rule))
        number += 1
    if not changed:
        return ec2._error("MissingParameter", "The request must contain the parameter SecurityGroupRules", 400)
    for key, index, rule in changed:
        group[key][index] = rule
    return ec2._xml(200, "ModifySecurityGroupRulesResponse", "<return>true</return>")


def _place(group: Rule, rule_id: str) -> tuple[str, int] | None:
    for key in ("IpPermissions", "IpPermissionsEgress"):
        for index, rule in enumerate(stored(group, key)):
            if rule["SecurityGroupRuleId"] == rule_id:
                return key, index
    return None


def _requested(params: dict[str, Any], prefix: str, rule_id: str) -> Rule:
    sent = {
        name: ec2._p(params, f"{prefix}.{name}")
        for name in (
            "IpProtocol",
            "FromPort",
            "ToPort",
            "CidrIpv4",
            "CidrIpv6",
            "PrefixListId",
            "ReferencedGroupId",
            "Description",
        )
    }
    sources = {
        "IpRanges": ("CidrIp", sent["CidrIpv4"]),
        "Ipv6Ranges": ("CidrIpv6", sent["CidrIpv6"]),
        "PrefixListIds": ("PrefixListId", sent["PrefixListId"]),
        "UserIdGroupPairs": ("GroupId", sent["ReferencedGroupId"]),
    }
    permission: Rule = {"IpProtocol": sent["IpProtocol"]}
    permission.update({name: int(sent[name]) for name in ("FromPort", "ToPort") if sent[name]})
    described = {"Description": sent["Description"]} if sent["Description"] else {}
    permission.update({kind: [{name: value, **described}] if value else [] for kind, (name, value) in sources.items()})
    rule = next(split(permission), {"IpProtocol": sent["IpProtocol"], **{kind: [] for kind in SOURCES}})
    return {**rule, "SecurityGroupRuleId": rule_id}


def delete_group(params: dict[str, Any], _original: Any = ec2._delete_security_group) -> Any:
    group_id = ec2._p(params, "GroupId")
    if group_id in ec2._security_groups and _in_use(group_id):
        return ec2._error("DependencyViolation", f"resource {group_id} has a dependent object", 400)
    return _original(params)


def _in_use(group_id: str) -> bool:
    for other in ec2._security_groups.values():
        rules = [*other.get("IpPermissions", []), *other.get("IpPermissionsEgress", [])]
        if other["GroupId"] != group_id and any(
            pair.get("GroupId") == group_id for rule in rules for pair in rule.get("UserIdGroupPairs", [])
        ):
            return True
    if any(group_id in (balancer.get("SecurityGroups") or []) for balancer in alb._lbs.values()):
        return True
    for task in ecs._tasks.values():
        network = (task.get("_network") or {}).get("awsvpcConfiguration") or {}
        if task["lastStatus"] != "STOPPED" and group_id in (network.get("securityGroups") or []):
            return True
    return False


def merged(group: Rule) -> Rule:
    """The group as DescribeSecurityGroups shows it: sources with the same protocol and ports in one permission."""
    shown = dict(group)
    for key in ("IpPermissions", "IpPermissionsEgress"):
        permissions: dict[tuple[Any, ...], Rule] = {}
        for rule in stored(group, key):
            permission = permissions.get(identity(rule)[:3])
            if permission is None:
                permissions[identity(rule)[:3]] = copy.deepcopy(rule)
            else:
                for kind in SOURCES:
                    permission[kind] = [*permission[kind], *rule[kind]]
        shown[key] = list(permissions.values())
    return shown

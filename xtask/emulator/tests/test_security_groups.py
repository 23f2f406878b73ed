"""Rules of security groups: one per source, none twice, none that is not there."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws


class Groups:
    def __init__(self, aws: Aws, name: str) -> None:
        self.name, self.ec2 = name, aws.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.41.0.0/16")["Vpc"]["VpcId"]
        self.id = self.make("a")

    def make(self, suffix: str) -> str:
        return self.ec2.create_security_group(GroupName=f"{self.name}{suffix}", Description="test", VpcId=self.vpc)[
            "GroupId"
        ]

    def show(self) -> dict[str, Any]:
        return self.ec2.describe_security_groups(GroupIds=[self.id])["SecurityGroups"][0]


def permission(*cidrs: str, port: int = 443, groups: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port,
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs],
        "UserIdGroupPairs": [{"GroupId": group} for group in groups],
    }


@pytest.fixture
def groups(aws: Aws, name: str) -> Groups:
    return Groups(aws, name)


def refused(code: str) -> pytest.RaisesExc:
    return pytest.raises(botocore.exceptions.ClientError, match=code)


def test_a_duplicate_is_refused_as_a_whole(groups: Groups) -> None:
    groups.ec2.authorize_security_group_ingress(GroupId=groups.id, IpPermissions=[permission("10.0.0.0/8")])
    with refused("InvalidPermission.Duplicate"):
        groups.ec2.authorize_security_group_ingress(
            GroupId=groups.id, IpPermissions=[permission("10.1.0.0/16", "10.0.0.0/8")]
        )
    with refused("InvalidPermission.Duplicate"):
        groups.ec2.authorize_security_group_egress(
            GroupId=groups.id, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        )
    assert [r["CidrIp"] for r in groups.show()["IpPermissions"][0]["IpRanges"]] == ["10.0.0.0/8"]


def test_revoking_what_is_not_there_is_refused(groups: Groups) -> None:
    with refused("InvalidPermission.NotFound"):
        groups.ec2.revoke_security_group_ingress(GroupId=groups.id, IpPermissions=[permission("10.0.0.0/8")])
    groups.ec2.authorize_security_group_ingress(
        GroupId=groups.id, IpPermissions=[permission("10.0.0.0/8", "10.1.0.0/16")]
    )
    groups.ec2.revoke_security_group_ingress(GroupId=groups.id, IpPermissions=[permission("10.1.0.0/16")])
    assert [r["CidrIp"] for r in groups.show()["IpPermissions"][0]["IpRanges"]] == ["10.0.0.0/8"]


def test_every_source_is_a_rule_of_its_own_shown_in_one_permission(groups: Groups) -> None:
    rules = groups.ec2.authorize_security_group_ingress(
        GroupId=groups.id, IpPermissions=[permission("10.0.0.0/8", "10.1.0.0/16")]
    )["SecurityGroupRules"]
    assert len({rule["SecurityGroupRuleId"] for rule in rules}) == 2
    assert len(groups.show()["IpPermissions"]) == 1
    groups.ec2.revoke_security_group_ingress(GroupId=groups.id, SecurityGroupRuleIds=[rules[0]["SecurityGroupRuleId"]])
    left = groups.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [groups.id]}])[
        "SecurityGroupRules"
    ]
    assert [rule["CidrIpv4"] for rule in left if not rule["IsEgress"]] == ["10.1.0.0/16"]


def test_the_default_egress_rule_goes_when_it_is_revoked_with_ports(groups: Groups) -> None:
    # So Terraform revokes it; a rule for all protocols has no ports.
    groups.ec2.revoke_security_group_egress(
        GroupId=groups.id,
        IpPermissions=[{"IpProtocol": "-1", "FromPort": 0, "ToPort": 0, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    assert groups.show()["IpPermissionsEgress"] == []


def test_groups_that_are_referenced_or_unknown(groups: Groups) -> None:
    other = groups.make("b")
    groups.ec2.authorize_security_group_ingress(GroupId=groups.id, IpPermissions=[permission(groups=(other,))])
    with refused("DependencyViolation"):
        groups.ec2.delete_security_group(GroupId=other)
    with refused("InvalidGroup.NotFound"):
        groups.ec2.authorize_security_group_ingress(
            GroupId=groups.id, IpPermissions=[permission(groups=("sg-00000000000000000",))]
        )
    groups.ec2.revoke_security_group_ingress(GroupId=groups.id, IpPermissions=[permission(groups=(other,))])
    groups.ec2.delete_security_group(GroupId=other)


def test_a_dry_run_changes_nothing(groups: Groups) -> None:
    with refused("DryRunOperation"):
        groups.ec2.authorize_security_group_ingress(
            GroupId=groups.id, IpPermissions=[permission("10.0.0.0/8")], DryRun=True
        )
    assert groups.show()["IpPermissions"] == []


def test_a_rule_is_modified_whole_and_keeps_its_id_and_its_sort(groups: Groups) -> None:
    one, other = groups.make("b"), groups.make("c")
    rules = groups.ec2.authorize_security_group_ingress(
        GroupId=groups.id, IpPermissions=[permission(groups=(one,)), permission("10.0.0.0/8")]
    )["SecurityGroupRules"]
    rule_id = next(rule["SecurityGroupRuleId"] for rule in rules if "CidrIpv4" not in rule)

    def modify(**source: str) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 90, **source}
        groups.ec2.modify_security_group_rules(
            GroupId=groups.id, SecurityGroupRules=[{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": rule}]
        )

    modify(ReferencedGroupId=other, Description="why")
    left = groups.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [groups.id]}])
    modified = next(rule for rule in left["SecurityGroupRules"] if rule["SecurityGroupRuleId"] == rule_id)
    assert (modified["ReferencedGroupInfo"]["GroupId"], modified["ToPort"]) == (other, 90)
    assert modified["Description"] == "why"
    with refused("InvalidParameterValue"):
        modify(CidrIpv4="10.1.0.0/16")
    with refused("InvalidGroup.NotFound"):
        modify(ReferencedGroupId="sg-00000000000000000")
    groups.ec2.authorize_security_group_ingress(GroupId=groups.id, IpPermissions=[permission(port=80, groups=(one,))])
    with refused("InvalidPermission.Duplicate"):
        groups.ec2.modify_security_group_rules(
            GroupId=groups.id,
            SecurityGroupRules=[
                {
                    "SecurityGroupRuleId": rule_id,
                    "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "ReferencedGroupId": one},
                }
            ],
        )

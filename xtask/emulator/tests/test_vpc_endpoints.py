"""VPC endpoints: they keep what they were made with, and a gateway's routes are in its route tables."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from conftest import REGION, Aws

POLICY = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"a":"<&>"}}}]}'


class Network:
    def __init__(self, aws: Aws, name: str) -> None:
        self.name, self.ec2 = name, aws.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.43.0.0/16")["Vpc"]["VpcId"]

    def endpoint(self, service: str, kind: str, **settings: Any) -> str:
        return self.ec2.create_vpc_endpoint(
            VpcId=self.vpc, ServiceName=f"com.amazonaws.{REGION}.{service}", VpcEndpointType=kind, **settings
        )["VpcEndpoint"]["VpcEndpointId"]

    def show(self, endpoint: str) -> dict[str, Any]:
        return self.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]

    def group(self, suffix: str) -> str:
        return self.ec2.create_security_group(GroupName=f"{self.name}{suffix}", Description="test", VpcId=self.vpc)[
            "GroupId"
        ]

    def table(self) -> str:
        return self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]

    def gateways(self, table: str) -> list[str]:
        routes = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return [route["GatewayId"] for route in routes if "DestinationPrefixListId" in route]


@pytest.fixture
def network(aws: Aws, name: str) -> Network:
    return Network(aws, name)


def test_an_interface_keeps_policy_private_names_and_groups(network: Network) -> None:
    first, second = network.group("a"), network.group("b")
    endpoint = network.endpoint(
        "logs", "Interface", SecurityGroupIds=[first], PrivateDnsEnabled=True, PolicyDocument=POLICY
    )
    found = network.show(endpoint)
    assert (found["PolicyDocument"], found["PrivateDnsEnabled"]) == (POLICY, True)
    assert [group["GroupId"] for group in found["Groups"]] == [first]

    network.ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint,
        AddSecurityGroupIds=[second],
        RemoveSecurityGroupIds=[first],
        PrivateDnsEnabled=False,
        ResetPolicy=True,
    )
    found = network.show(endpoint)
    assert (found["PolicyDocument"] == POLICY, found["PrivateDnsEnabled"]) == (False, False)
    assert [group["GroupId"] for group in found["Groups"]] == [second]


def test_a_gateways_routes_are_in_its_route_tables(network: Network) -> None:
    first, second = network.table(), network.table()
    endpoint = network.endpoint("s3", "Gateway", RouteTableIds=[first])
    assert (network.gateways(first), network.gateways(second)) == ([endpoint], [])
    network.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, AddRouteTableIds=[second], RemoveRouteTableIds=[first])
    assert (network.gateways(first), network.gateways(second)) == ([], [endpoint])
    network.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert network.gateways(second) == []


@pytest.mark.parametrize(
    ("service", "kind"), [("nonsense", "Interface"), ("logs", "Gateway"), ("ecr.nonsense", "Interface")]
)
def test_a_service_that_does_not_exist_is_refused(network: Network, service: str, kind: str) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidServiceName"):
        network.endpoint(service, kind)


def test_an_unknown_network_is_refused(network: Network) -> None:
    network.vpc = "vpc-00000000000000000"
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidVpcId.NotFound"):
        network.endpoint("logs", "Interface")

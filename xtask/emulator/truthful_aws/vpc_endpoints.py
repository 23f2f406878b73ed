"""EC2 VPC endpoints: what they were made with is kept, unknown services are refused, gateways put their routes into the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ministack.core.responses import get_region
from ministack.services import ec2

from truthful_aws import patch

Params = dict[str, Any]
Endpoint = dict[str, Any]

# AWS attaches it where none is given.
FULL_ACCESS = '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'


def install() -> None:
    global _create_vpc_endpoint, _modify_vpc_endpoint, _delete_vpc_endpoints, _fields_xml
    _create_vpc_endpoint = patch.replace_action(ec2, "CreateVpcEndpoint", create_vpc_endpoint)
    _modify_vpc_endpoint = patch.replace_action(ec2, "ModifyVpcEndpoint", modify_vpc_endpoint)
    _delete_vpc_endpoints = patch.replace_action(ec2, "DeleteVpcEndpoints", delete_vpc_endpoints)
    _fields_xml = patch.replace(ec2, "_vpce_fields_xml", fields_xml)
    for name in (
        "_VPCE_GATEWAY_SERVICES",
        "_VPCE_INTERFACE_SERVICES",
        "_get_aws_managed_prefix_lists",
        "_route_tables",
        "_vpc_endpoints",
        "_vpcs",
    ):
        patch.original(ec2, name)


_create_vpc_endpoint: Callable[[Params], Any]
_modify_vpc_endpoint: Callable[[Params], Any]
_delete_vpc_endpoints: Callable[[Params], Any]
_fields_xml: Callable[..., str]


def create_vpc_endpoint(params: Params) -> Any:
    kind = ec2._p(params, "VpcEndpointType") or "Gateway"
    service = ec2._p(params, "ServiceName")
    known = ec2._VPCE_GATEWAY_SERVICES if kind == "Gateway" else ec2._VPCE_INTERFACE_SERVICES
    if service.removeprefix(f"com.amazonaws.{get_region()}.") not in known:
        return ec2._error("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist", 400)
    if ec2._p(params, "VpcId") not in ec2._vpcs:
        return ec2._error("InvalidVpcId.NotFound", f"The Vpc Id {ec2._p(params, 'VpcId')} does not exist", 400)
    before = set(ec2._vpc_endpoints.keys())
    # ministack writes the answer before the fields below are known: it is written again from the complete record.
    _create_vpc_endpoint(params)
    endpoint = ec2._vpc_endpoints[(set(ec2._vpc_endpoints.keys()) - before).pop()]
    endpoint.update(
        SecurityGroupIds=ec2._parse_member_list(params, "SecurityGroupId"),
        PrivateDnsEnabled=ec2._p(params, "PrivateDnsEnabled") == "true",
        PolicyDocument=ec2._p(params, "PolicyDocument") or FULL_ACCESS,
    )
    put_routes(endpoint)
    return ec2._xml(200, "CreateVpcEndpointResponse", fields_xml(endpoint, tag="vpcEndpoint"))


def modify_vpc_endpoint(params: Params) -> Any:
    endpoint = ec2._vpc_endpoints.get(ec2._p(params, "VpcEndpointId"))
    response = _modify_vpc_endpoint(params)
    if endpoint:
        removed = ec2._parse_member_list(params, "RemoveSecurityGroupId")
        groups = [group for group in endpoint["SecurityGroupIds"] if group not in removed]
        added = [group for group in ec2._parse_member_list(params, "AddSecurityGroupId") if group not in groups]
        endpoint["SecurityGroupIds"] = groups + added
        if ec2._p(params, "PrivateDnsEnabled"):
            endpoint["PrivateDnsEnabled"] = ec2._p(params, "PrivateDnsEnabled") == "true"
        if ec2._p(params, "ResetPolicy") == "true":
            endpoint["PolicyDocument"] = FULL_ACCESS
        put_routes(endpoint)
    return response


def delete_vpc_endpoints(params: Params) -> Any:
    response = _delete_vpc_endpoints(params)
    for name in ec2._parse_member_list(params, "VpcEndpointId"):
        remove_routes(name)
    return response


def put_routes(endpoint: Endpoint) -> None:
    """A gateway's route leads from each of its tables to the service's addresses, which AWS keeps in a prefix list."""
    remove_routes(endpoint["VpcEndpointId"])
    for prefix_list in ec2._get_aws_managed_prefix_lists():
        if prefix_list["PrefixListName"] == endpoint["ServiceName"]:
            for name in endpoint["RouteTableIds"]:
                ec2._route_tables[name]["Routes"].append(
                    {
                        "DestinationPrefixListId": prefix_list["PrefixListId"],
                        "GatewayId": endpoint["VpcEndpointId"],
                        "State": "active",
                        "Origin": "CreateRoute",
                    }
                )


def remove_routes(endpoint_id: str) -> None:
    for table in ec2._route_tables.values():
        table["Routes"] = [route for route in table["Routes"] if route.get("GatewayId") != endpoint_id]


def fields_xml(endpoint: Endpoint, tag: str = "item") -> str:
    groups = "".join(f"<item><groupId>{group}</groupId></item>" for group in endpoint.get("SecurityGroupIds", []))
    fields = "".join(
        (
            f"<policyDocument>{escape(endpoint.get('PolicyDocument', FULL_ACCESS))}</policyDocument>",
            f"<privateDnsEnabled>{'true' if endpoint.get('PrivateDnsEnabled') else 'false'}</privateDnsEnabled>",
            f"<groupSet>{groups}</groupSet>",
        )
    )
    text = _fields_xml(endpoint, tag=tag)
    return text.replace("<routeTableIdSet>", f"{fields}<routeTableIdSet>", 1)

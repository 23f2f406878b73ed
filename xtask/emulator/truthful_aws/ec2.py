"""EC2: DryRun tries nothing, and flow logs keep what they were created with. Security groups and VPC endpoints have modules of their own."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from ministack.services import ec2

from truthful_aws import patch, security_groups, vpc_endpoints

FLOW_LOG_FORMAT = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
FLOW_LOG_FIELDS = {
    "deliverLogsPermissionArn": "DeliverLogsPermissionArn",
    "maxAggregationInterval": "MaxAggregationInterval",
    "logFormat": "LogFormat",
}


def install() -> None:
    global _create_flow_logs, _describe_flow_logs
    security_groups.install()
    vpc_endpoints.install()
    _create_flow_logs = patch.replace_action(ec2, "CreateFlowLogs", create_flow_logs)
    _describe_flow_logs = patch.replace_action(ec2, "DescribeFlowLogs", describe_flow_logs)
    actions = patch.original(ec2, "_ACTION_MAP")
    for action, handler in list(actions.items()):
        actions[action] = _without_dry_run(handler)


_create_flow_logs: Any
_describe_flow_logs: Any


def _without_dry_run(handler: Any) -> Any:
    def handle(params: dict[str, Any]) -> Any:
        if ec2._p(params, "DryRun") == "true":
            return ec2._error("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
        return handler(params)

    return handle


def create_flow_logs(params: dict[str, Any]) -> Any:
    before = set(ec2._flow_logs.keys())
    response = _create_flow_logs(params)
    for name in set(ec2._flow_logs.keys()) - before:
        ec2._parse_tag_specs(params, "vpc-flow-log", name)
        ec2._flow_logs[name].update(
            DeliverLogsPermissionArn=ec2._p(params, "DeliverLogsPermissionArn"),
            MaxAggregationInterval=ec2._p(params, "MaxAggregationInterval") or "600",
            LogFormat=ec2._p(params, "LogFormat") or FLOW_LOG_FORMAT,
        )
    return response


def describe_flow_logs(params: dict[str, Any]) -> Any:
    status, headers, body = _describe_flow_logs(params)
    text = body.decode()
    for name, log in ec2._flow_logs.items():
        mark = f"<flowLogId>{name}</flowLogId>"
        fields = "".join(
            f"<{tag}>{escape(str(log[field]))}</{tag}>" for tag, field in FLOW_LOG_FIELDS.items() if log.get(field)
        )
        text = text.replace(mark, mark + fields)
    return status, headers, text.encode()

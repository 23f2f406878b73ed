"""RDS: instances keep the windows and log exports they were created with, and can be found by their resource id."""

from __future__ import annotations

from typing import Any

from ministack.services import rds

from truthful_aws import patch

EXPORTS_ON = ("EnableCloudwatchLogsExports.member", "CloudwatchLogsExportConfiguration.EnableLogTypes.member")
EXPORTS_OFF = ("CloudwatchLogsExportConfiguration.DisableLogTypes.member",)
WINDOWS = ("PreferredBackupWindow", "PreferredMaintenanceWindow")


def install() -> None:
    global _apply_instance_filters, _instance_xml
    _apply_instance_filters = patch.replace(rds, "_apply_instance_filters", apply_instance_filters)
    _instance_xml = patch.replace(rds, "_instance_xml", instance_xml)
    for action in ("CreateDBInstance", "ModifyDBInstance", "CreateDBInstanceReadReplica"):
        before = patch.original(rds, "_ACTION_MAP").get(action)
        patch.replace_action(rds, action, _keeping_settings(before))
    for name in ("_resolve_instance", "_p"):
        patch.original(rds, name)


_apply_instance_filters: Any
_instance_xml: Any


def apply_instance_filters(instances: list[dict[str, Any]], filters: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = filters.get("dbi-resource-id")
    return [i for i in _apply_instance_filters(instances, filters) if not wanted or i.get("DbiResourceId") in wanted]


def _keeping_settings(handler: Any) -> Any:
    def handle(params: dict[str, Any]) -> Any:
        response = handler(params)
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        if instance and response[0] < 300:
            exports = set(instance.get("EnabledCloudwatchLogsExports") or [])
            exports = (exports | _members(params, EXPORTS_ON)) - _members(params, EXPORTS_OFF)
            instance["EnabledCloudwatchLogsExports"] = sorted(exports)
            instance.update({name: rds._p(params, name) for name in WINDOWS if rds._p(params, name)})
        return response

    return handle


def _members(params: dict[str, Any], prefixes: tuple[str, ...]) -> set[str]:
    values = (rds._p(params, f"{prefix}.{number}") for prefix in prefixes for number in range(1, 21))
    return {value for value in values if value}


def instance_xml(instance: dict[str, Any]) -> str:
    exports = "".join(f"<member>{name}</member>" for name in instance.get("EnabledCloudwatchLogsExports") or [])
    tag = "EnabledCloudwatchLogsExports"
    return _instance_xml(instance).replace(f"<{tag}/>", f"<{tag}>{exports}</{tag}>")

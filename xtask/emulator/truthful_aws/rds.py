"""RDS: instances keep their settings, a replica is an instance of its own, and what is in use stays.

A database is modelled unless the container engine already has an image for it: nothing is pulled from the internet.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from ministack.services import rds

from truthful_aws import patch

Params = dict[str, Any]
Instance = dict[str, Any]

EXPORTS_ON = ("EnableCloudwatchLogsExports.member", "CloudwatchLogsExportConfiguration.EnableLogTypes.member")
EXPORTS_OFF = ("CloudwatchLogsExportConfiguration.DisableLogTypes.member",)
TEXTS = {"PreferredBackupWindow": "PreferredBackupWindow", "PreferredMaintenanceWindow": "PreferredMaintenanceWindow"}
FLAGS = {
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
}
# What a new replica is without a word about it, whatever its source is.
REPLICA_DEFAULTS = {
    "MultiAZ": False,
    "BackupRetentionPeriod": 0,
    "CopyTagsToSnapshot": False,
    "DeletionProtection": False,
    "IAMDatabaseAuthenticationEnabled": False,
    "PubliclyAccessible": False,
    "AutoMinorVersionUpgrade": True,
    "MonitoringInterval": 0,
    "MonitoringRoleArn": "",
    "PerformanceInsightsEnabled": False,
    "EnabledCloudwatchLogsExports": [],
}
REPLICA_TEXTS = {
    "DBInstanceClass": "DBInstanceClass",
    "StorageType": "StorageType",
    "MonitoringRoleArn": "MonitoringRoleArn",
}
REPLICA_NUMBERS = {"AllocatedStorage": "AllocatedStorage", "MonitoringInterval": "MonitoringInterval"}
REPLICA_FLAGS = {
    "MultiAZ": "MultiAZ",
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "DeletionProtection": "DeletionProtection",
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "PubliclyAccessible": "PubliclyAccessible",
}
# The newest patch of each version, which is what an instance gets that asks for the version alone.
PATCHES = {"8.0": "8.0.43", "8.4": "8.4.6"}


def install() -> None:
    global _apply_instance_filters, _docker_image_for_engine, _instance_xml
    global _create_read_replica, _delete_instance, _delete_param_group, _delete_subnet_group
    _apply_instance_filters = patch.replace(rds, "_apply_instance_filters", apply_instance_filters)
    _docker_image_for_engine = patch.replace(rds, "_docker_image_for_engine", docker_image_for_engine)
    _instance_xml = patch.replace(rds, "_instance_xml", instance_xml)
    _create_read_replica = patch.replace_action(rds, "CreateDBInstanceReadReplica", create_read_replica)
    _delete_instance = patch.replace_action(rds, "DeleteDBInstance", delete_instance)
    _delete_param_group = patch.replace_action(rds, "DeleteDBParameterGroup", delete_param_group)
    _delete_subnet_group = patch.replace_action(rds, "DeleteDBSubnetGroup", delete_subnet_group)
    for action in ("CreateDBInstance", "ModifyDBInstance", "CreateDBInstanceReadReplica"):
        before = patch.original(rds, "_ACTION_MAP").get(action)
        patch.replace_action(rds, action, _keeping_settings(before))
    for name in ("_resolve_instance", "_p", "_error", "_instances", "_snapshots", "_get_docker", "_image_is_local"):
        patch.original(rds, name)


_apply_instance_filters: Any
_create_read_replica: Any
_delete_instance: Any
_delete_param_group: Any
_delete_subnet_group: Any
_docker_image_for_engine: Any
_instance_xml: Any


def docker_image_for_engine(*arguments: Any) -> Any:
    found = _docker_image_for_engine(*arguments)
    engine = rds._get_docker()
    if found[0] and engine and rds._image_is_local(engine, found[0]):
        return found
    return None, None, None, None


def apply_instance_filters(instances: list[Instance], filters: dict[str, Any]) -> list[Instance]:
    wanted = filters.get("dbi-resource-id")
    return [i for i in _apply_instance_filters(instances, filters) if not wanted or i.get("DbiResourceId") in wanted]


def _keeping_settings(handler: Any) -> Any:
    def handle(params: Params) -> Any:
        response = handler(params)
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        if instance and response[0] < 300:
            exports = set(instance.get("EnabledCloudwatchLogsExports") or [])
            exports = (exports | _members(params, EXPORTS_ON)) - _members(params, EXPORTS_OFF)
            instance["EnabledCloudwatchLogsExports"] = sorted(exports)
            _take(instance, params, TEXTS, str)
            _take(instance, params, FLAGS, _flag)
            _take(instance, params, {"PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod"}, int)
            if instance.get("Engine") == "mysql":
                instance["EngineVersion"] = PATCHES.get(instance["EngineVersion"], instance["EngineVersion"])
        return response

    return handle


def _take(instance: Instance, params: Params, fields: dict[str, str], convert: Any) -> None:
    instance.update({name: convert(rds._p(params, key)) for key, name in fields.items() if rds._p(params, key)})


def _flag(text: str) -> bool:
    return text == "true"


def create_read_replica(params: Params) -> Any:
    source = rds._resolve_instance(rds._p(params, "SourceDBInstanceIdentifier"))
    if source and not source.get("BackupRetentionPeriod"):
        return rds._error(
            "InvalidDBInstanceState", "Automated backups are not enabled for this database instance.", 400
        )
    response = _create_read_replica(params)
    replica = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
    if not source or not replica or response[0] >= 300:
        return response
    # ministack's replica shares the lists of its source.
    for name in ("DBParameterGroups", "VpcSecurityGroups", "PendingModifiedValues", "OptionGroupMemberships"):
        replica[name] = copy.deepcopy(source.get(name))
    replica.update(copy.deepcopy(REPLICA_DEFAULTS))
    _take(replica, params, REPLICA_TEXTS, str)
    _take(replica, params, REPLICA_NUMBERS, int)
    _take(replica, params, REPLICA_FLAGS, _flag)
    if group := rds._p(params, "DBParameterGroupName"):
        replica["DBParameterGroups"] = [{"DBParameterGroupName": group, "ParameterApplyStatus": "in-sync"}]
    if groups := rds._parse_member_list(params, "VpcSecurityGroupIds"):
        replica["VpcSecurityGroups"] = [{"VpcSecurityGroupId": group, "Status": "active"} for group in groups]
    replica["Endpoint"]["Port"] = int(rds._p(params, "Port") or source["Endpoint"]["Port"])
    return response


def delete_instance(params: Params) -> Any:
    snapshot = rds._p(params, "FinalDBSnapshotIdentifier")
    if snapshot and snapshot in rds._snapshots:
        return rds._error("DBSnapshotAlreadyExists", f"Cannot create the snapshot {snapshot}: it exists.", 400)
    instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
    response = _delete_instance(params)
    if instance and response[0] < 300:
        for other in rds._instances.values():
            replicas = other.get("ReadReplicaDBInstanceIdentifiers") or []
            other["ReadReplicaDBInstanceIdentifiers"] = [
                name for name in replicas if name != instance["DBInstanceIdentifier"]
            ]
    return response


def delete_param_group(params: Params) -> Any:
    name = rds._p(params, "DBParameterGroupName")
    for instance in rds._instances.values():
        if any(group.get("DBParameterGroupName") == name for group in instance.get("DBParameterGroups") or []):
            return rds._error(
                "InvalidDBParameterGroupState", "One or more database instances are still members of this group.", 400
            )
    return _delete_param_group(params)


def delete_subnet_group(params: Params) -> Any:
    name = rds._p(params, "DBSubnetGroupName")
    for instance in rds._instances.values():
        if (instance.get("DBSubnetGroup") or {}).get("DBSubnetGroupName") == name:
            return rds._error(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{name}' because at least one database instance uses it.",
                400,
            )
    return _delete_subnet_group(params)


def _members(params: Params, prefixes: tuple[str, ...]) -> set[str]:
    values = (rds._p(params, f"{prefix}.{number}") for prefix in prefixes for number in range(1, 21))
    return {value for value in values if value}


def instance_xml(instance: Instance) -> str:
    exports = "".join(f"<member>{name}</member>" for name in instance.get("EnabledCloudwatchLogsExports") or [])
    tag = "EnabledCloudwatchLogsExports"
    text = _instance_xml(instance).replace(f"<{tag}/>", f"<{tag}>{exports}</{tag}>")
    if not instance.get("PerformanceInsightsEnabled"):
        text = re.sub(r"\s*<PerformanceInsightsRetentionPeriod>\d*</PerformanceInsightsRetentionPeriod>", "", text)
    return text

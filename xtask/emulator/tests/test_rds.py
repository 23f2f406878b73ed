"""Databases: what a replica is, what is in use, what Terraform reads back, and that nothing is pulled for them."""

from __future__ import annotations

import http.server
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws


def create(rds: Any, name: str, **settings: Any) -> dict[str, Any]:
    return rds.create_db_instance(
        **{
            "DBInstanceIdentifier": name,
            "DBInstanceClass": "db.t4g.medium",
            "Engine": "mysql",
            "EngineVersion": "8.4",
            "MasterUsername": "root",
            "MasterUserPassword": "password1",
            "AllocatedStorage": 20,
            **settings,
        }
    )["DBInstance"]


def show(rds: Any, name: str) -> dict[str, Any]:
    return rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def test_a_replica_does_not_take_its_sources_settings(aws: Aws, name: str) -> None:
    rds = aws.client("rds")
    create(
        rds,
        name,
        MultiAZ=True,
        BackupRetentionPeriod=7,
        DeletionProtection=True,
        CopyTagsToSnapshot=True,
        EnableIAMDatabaseAuthentication=True,
        EnablePerformanceInsights=True,
        MonitoringInterval=60,
        EnableCloudwatchLogsExports=["error"],
        StorageEncrypted=True,
    )
    rds.create_db_instance_read_replica(DBInstanceIdentifier=f"{name}-1", SourceDBInstanceIdentifier=name)
    replica = show(rds, f"{name}-1")
    assert not any(
        replica[field]
        for field in (
            "MultiAZ",
            "BackupRetentionPeriod",
            "DeletionProtection",
            "CopyTagsToSnapshot",
            "IAMDatabaseAuthenticationEnabled",
            "PerformanceInsightsEnabled",
            "MonitoringInterval",
            "EnabledCloudwatchLogsExports",
        )
    )
    assert replica["StorageEncrypted"]
    assert replica["Endpoint"]["Port"] == 3306


def test_a_replica_has_what_was_asked_for(aws: Aws, name: str) -> None:
    rds = aws.client("rds")
    create(rds, name, BackupRetentionPeriod=1)
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier=f"{name}-1",
        SourceDBInstanceIdentifier=name,
        DBInstanceClass="db.r7g.large",
        EnablePerformanceInsights=True,
        PerformanceInsightsRetentionPeriod=31,
        MonitoringInterval=15,
        EnableIAMDatabaseAuthentication=True,
        AutoMinorVersionUpgrade=False,
    )
    replica, source = show(rds, f"{name}-1"), show(rds, name)
    assert replica["DBInstanceClass"] == "db.r7g.large"
    assert (replica["PerformanceInsightsEnabled"], replica["PerformanceInsightsRetentionPeriod"]) == (True, 31)
    assert (replica["MonitoringInterval"], replica["IAMDatabaseAuthenticationEnabled"]) == (15, True)
    assert (replica["AutoMinorVersionUpgrade"], source["AutoMinorVersionUpgrade"]) == (False, True)
    assert source["ReadReplicaDBInstanceIdentifiers"] == [f"{name}-1"]
    rds.delete_db_instance(DBInstanceIdentifier=f"{name}-1", SkipFinalSnapshot=True)
    assert show(rds, name)["ReadReplicaDBInstanceIdentifiers"] == []


def test_a_source_without_backups_has_no_replicas(aws: Aws, name: str) -> None:
    rds = aws.client("rds")
    create(rds, name, BackupRetentionPeriod=0)
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidDBInstanceState"):
        rds.create_db_instance_read_replica(DBInstanceIdentifier=f"{name}-1", SourceDBInstanceIdentifier=name)


def test_a_version_without_patch_gets_one(aws: Aws, name: str) -> None:
    rds = aws.client("rds")
    create(rds, name)
    assert show(rds, name)["EngineVersion"].startswith("8.4.")
    create(rds, f"{name}b", EngineVersion="8.0.40")
    assert show(rds, f"{name}b")["EngineVersion"] == "8.0.40"


def test_performance_insights_and_minor_upgrades_can_be_changed(aws: Aws, name: str) -> None:
    rds = aws.client("rds")
    create(rds, name)
    assert not show(rds, name).get("PerformanceInsightsRetentionPeriod")
    rds.modify_db_instance(DBInstanceIdentifier=name, EnablePerformanceInsights=True, AutoMinorVersionUpgrade=False)
    changed = show(rds, name)
    assert (changed["PerformanceInsightsEnabled"], changed["AutoMinorVersionUpgrade"]) == (True, False)


def test_groups_in_use_stay(aws: Aws, name: str) -> None:
    rds = aws.client("rds")
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="mysql8.4", Description="test")
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.43.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.43.{n}.0/24", AvailabilityZone=f"ap-northeast-2{zone}")["Subnet"]
        for n, zone in enumerate("ac")
    ]
    rds.create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription="test", SubnetIds=[subnet["SubnetId"] for subnet in subnets]
    )
    create(rds, name, DBParameterGroupName=name, DBSubnetGroupName=name)
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidDBParameterGroupState"):
        rds.delete_db_parameter_group(DBParameterGroupName=name)
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidDBSubnetGroupStateFault"):
        rds.delete_db_subnet_group(DBSubnetGroupName=name)
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    rds.delete_db_parameter_group(DBParameterGroupName=name)
    rds.delete_db_subnet_group(DBSubnetGroupName=name)


def test_a_final_snapshots_name_is_used_once(aws: Aws, name: str) -> None:
    rds = aws.client("rds")
    create(rds, name)
    rds.delete_db_instance(DBInstanceIdentifier=name, FinalDBSnapshotIdentifier=f"{name}-final")
    create(rds, name)
    with pytest.raises(botocore.exceptions.ClientError, match="DBSnapshotAlreadyExists"):
        rds.delete_db_instance(DBInstanceIdentifier=name, FinalDBSnapshotIdentifier=f"{name}-final")
    assert show(rds, name)["DBInstanceStatus"] == "available"


class EngineWithoutImages(http.server.BaseHTTPRequestHandler):
    """A Docker-compatible engine that has nothing and keeps a list of what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append(f"{self.command} {self.path}")
        known = "/version" in self.path
        body = b'{"ApiVersion": "1.41", "MinAPIVersion": "1.24"}' if known else b'{"message": "no such thing"}'
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do_HEAD = answer

    def address_string(self) -> str:
        return "socket"

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (EngineWithoutImages,), {"asked": asked})
    socket = tmp_path / "engine.sock"
    with socketserver.ThreadingUnixStreamServer(str(socket), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"unix://{socket}", asked
        server.shutdown()


def test_no_image_is_pulled_for_a_database(
    engine: tuple[str, list[str]], tmp_path: Path, name: str, pytestconfig: pytest.Config
) -> None:
    address, asked = engine
    emulator = Aws(tmp_path, repaired=not pytestconfig.getoption("--unrepaired"), DOCKER_HOST=address)
    try:
        rds = emulator.client("rds")
        assert create(rds, name)["DBInstanceStatus"] == "available"
        assert show(rds, name)["Endpoint"]["Port"] == 3306
        assert any("/images/" in request for request in asked), asked
        assert not any("/images/create" in request or "/containers/create" in request for request in asked), asked
    finally:
        emulator.stop()

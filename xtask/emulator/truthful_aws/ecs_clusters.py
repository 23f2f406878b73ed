"""CreateCluster keeps the namespace of Service Connect, DeleteCluster is refused while something lives in the cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import ecs

from truthful_aws import ecs_store as store
from truthful_aws import patch
from truthful_aws.ecs_store import Record, Refusal

_delete_cluster = patch.original(ecs, "_delete_cluster")


def install() -> None:
    global _put_cluster
    _put_cluster = patch.replace(ecs, "_put_cluster", put_cluster)


_put_cluster: Callable[[Record], Record]


def put_cluster(data: Record) -> Record:
    cluster = _put_cluster(data)
    if "serviceConnectDefaults" in data:
        cluster["serviceConnectDefaults"] = data["serviceConnectDefaults"]
    return cluster


def delete_cluster(data: Record) -> Any:
    name, cluster = store.cluster_named(data.get("cluster"))
    if any(key.startswith(f"{name}/") and service["status"] != "INACTIVE" for key, service in ecs._services.items()):
        raise Refusal("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    if any(
        task["clusterArn"] == cluster["clusterArn"] and task["lastStatus"] != "STOPPED" for task in ecs._tasks.values()
    ):
        raise Refusal("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    return _delete_cluster(data)

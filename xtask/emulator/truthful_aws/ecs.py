"""Elastic Container Service: services, rollouts and tasks are this package's own; clusters, task definitions and tags ministack's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import ecs, servicediscovery

from truthful_aws import (
    ecs_clusters,
    ecs_deployments,
    ecs_run_task,
    ecs_scheduler,
    ecs_secrets,
    ecs_services,
    ecs_task_definitions,
    ecs_tasks,
    patch,
)
from truthful_aws import ecs_store as store
from truthful_aws.ecs_store import Record, Refusal

HANDLERS: dict[str, Callable[[Record], Any]] = {
    "DeleteCluster": ecs_clusters.delete_cluster,
    "RegisterTaskDefinition": ecs_task_definitions.register_task_definition,
    "DescribeTaskDefinition": ecs_task_definitions.describe_task_definition,
    "CreateService": ecs_services.create_service,
    "UpdateService": ecs_services.update_service,
    "DeleteService": ecs_services.delete_service,
    "DescribeServices": ecs_services.describe_services,
    "ListServices": ecs_services.list_services,
    "RunTask": ecs_run_task.run_task,
    "StopTask": ecs_tasks.stop_task,
    "DescribeTasks": ecs_tasks.describe_tasks,
    "ListTasks": ecs_tasks.list_tasks,
    "ListServiceDeployments": ecs_deployments.list_service_deployments,
    "DescribeServiceDeployments": ecs_deployments.describe_service_deployments,
    "DescribeServiceRevisions": ecs_deployments.describe_service_revisions,
}
ADDED: dict[str, Callable[[Record], Any]] = {
    "StopServiceDeployment": ecs_deployments.stop_service_deployment,
    "ContinueServiceDeployment": ecs_deployments.continue_service_deployment,
}
# The names in ministack's module that other services of it call.
FUNCTIONS = {
    "_create_service": "CreateService",
    "_update_service": "UpdateService",
    "_delete_service": "DeleteService",
    "_describe_services": "DescribeServices",
    "_run_task": "RunTask",
    "_stop_task": "StopTask",
    "_describe_tasks": "DescribeTasks",
    "_list_tasks": "ListTasks",
}
# What this package uses of ministack's own.
USED = (
    "_build_task_containers",
    "_bump_task_version",
    "_circuit_breaker_threshold",
    "_clusters",
    "_launch_choice",
    "_requested_subnet",
    "_resolve_cluster_name",
    "_resolve_service_ref",
    "_resolve_task",
    "_resolve_td_key",
    "_sanitize",
    "_services",
    "_tags",
    "_task_defs",
    "_tasks",
)


def _guarded(handler: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def handle(data: Record) -> Any:
        with store.lock:
            try:
                return handler(data)
            except Refusal as refusal:
                return refusal.response()

    return handle


def install(*, has_engine: bool) -> None:
    for name in USED:
        patch.original(ecs, name)
    for action, handler in HANDLERS.items():
        patch.replace_action(ecs, action, _guarded(handler))
    for action, handler in ADDED.items():
        patch.add_action(ecs, action, _guarded(handler))
    for function, action in FUNCTIONS.items():
        patch.replace(ecs, function, _guarded(HANDLERS[action]))
    ecs_clusters.install()
    ecs_secrets.install()
    patch.original(servicediscovery, "_namespaces")
    if has_engine:
        from truthful_aws.ecs_container_engine import ContainerEngine

        ecs_tasks.runner = ContainerEngine()
    else:
        from truthful_aws.ecs_task_model import TaskModel

        ecs_tasks.runner = TaskModel()
    ecs_scheduler.start()

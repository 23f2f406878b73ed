"""Capacity: what is refused of capacity provider strategies, on which provider the next task goes, when none has room."""

from __future__ import annotations

from truthful_aws import ecr_images
from truthful_aws.ecs_store import Record, Refusal

FARGATE = ("FARGATE", "FARGATE_SPOT")


def strategy(given: list[Record] | None, cluster: Record) -> list[Record] | None:
    """The strategy with AWS's defaults; none for none."""
    if not given:
        return None
    items = [{"capacityProvider": i["capacityProvider"], "weight": 0, "base": 0} | i for i in given]
    if any(item["capacityProvider"] not in cluster.get("capacityProviders", []) for item in items):
        raise Refusal(
            "InvalidParameterException",
            "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.",
        )
    if len({item["capacityProvider"] in FARGATE for item in items}) > 1:
        raise Refusal(
            "InvalidParameterException",
            "The specified capacity provider strategy cannot contain both Fargate and Auto Scaling group capacity providers.",
        )
    if sum(item["base"] > 0 for item in items) > 1:
        raise Refusal("InvalidParameterException", "Only one capacity provider in a strategy can have a base defined.")
    if len(items) > 1 and not any(item["weight"] for item in items):
        raise Refusal(
            "InvalidParameterException", "At least one capacity provider must have a weight that is greater than 0."
        )
    return items


def next_provider(items: list[Record], placed: list[str]) -> str:
    """Where the next task goes: bases first, then the provider that is furthest behind its share."""
    counts = {item["capacityProvider"]: placed.count(item["capacityProvider"]) for item in items}
    for item in items:
        if counts[item["capacityProvider"]] < item["base"]:
            return item["capacityProvider"]
    weighted = [item for item in items if item["weight"]] or items
    return min(
        weighted,
        key=lambda item: (counts[item["capacityProvider"]] - item["base"] + 1) / max(1, item["weight"]),
    )["capacityProvider"]


def launch_type(items: list[Record]) -> str:
    return "FARGATE" if items[0]["capacityProvider"] in FARGATE else "EC2"


def failure(definition: Record) -> str | None:
    """Why no task of this can be placed: what the label `truthful-aws.run-failure` of an image says."""
    for container in definition["containerDefinitions"]:
        try:
            reason = ecr_images.find(container["image"]).labels.get("truthful-aws.run-failure")
        except ecr_images.ImageNotFound:
            continue
        if reason:
            return reason
    return None

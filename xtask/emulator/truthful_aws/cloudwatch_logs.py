"""CloudWatch Logs: log deliveries refuse what AWS refuses, and their configuration can be changed."""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import error_response_json, get_region, json_response
from ministack.services import cloudwatch_logs

from truthful_aws import patch

# CloudFront is in no region, and its logs are delivered from this one alone.
CLOUDFRONT_REGION = "us-east-1"


def install() -> None:
    global _handle_request, _put_delivery_source, _delete_delivery_source, _delete_delivery_destination
    _handle_request = patch.replace(cloudwatch_logs, "handle_request", handle_request)
    _put_delivery_source = patch.replace(cloudwatch_logs, "_put_delivery_source", put_delivery_source)
    _delete_delivery_source = patch.replace(cloudwatch_logs, "_delete_delivery_source", delete_delivery_source)
    _delete_delivery_destination = patch.replace(
        cloudwatch_logs, "_delete_delivery_destination", delete_delivery_destination
    )
    for name in ("_deliveries", "_delivery_destinations", "_delivery_sources"):
        patch.original(cloudwatch_logs, name)


_handle_request: Any
_put_delivery_source: Any
_delete_delivery_source: Any
_delete_delivery_destination: Any


async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any) -> Any:
    if headers.get("x-amz-target", "").endswith(".UpdateDeliveryConfiguration"):
        return update_delivery_configuration(json.loads(body))
    return await _handle_request(method, path, headers, body, query_params)


def update_delivery_configuration(data: dict[str, Any]) -> Any:
    delivery = cloudwatch_logs._deliveries.get(data.get("id"))
    if delivery is None:
        return error_response_json("ResourceNotFoundException", f"Delivery does not exist: {data.get('id')}", 400)
    for field in ("recordFields", "fieldDelimiter", "s3DeliveryConfiguration"):
        if field in data:
            delivery[field] = data[field]
    return json_response({})


def put_delivery_source(data: dict[str, Any]) -> Any:
    resource = data.get("resourceArn", "")
    if ":cloudfront:" in resource and get_region() != CLOUDFRONT_REGION:
        message = "Cross-region Delivery Source is not supported. Please use a different region."
        return error_response_json("ValidationException", message, 400)
    for name, source in cloudwatch_logs._delivery_sources.items():
        if name != data.get("name") and resource in source["resourceArns"] and source["logType"] == data.get("logType"):
            message = "This ResourceId has already been used in another Delivery Source in this account"
            return error_response_json("ConflictException", message, 400)
    return _put_delivery_source(data)


def delete_delivery_source(data: dict[str, Any]) -> Any:
    name = data.get("name")
    if any(delivery["deliverySourceName"] == name for delivery in cloudwatch_logs._deliveries.values()):
        return _in_use(f"Delivery source {name}")
    return _delete_delivery_source(data)


def delete_delivery_destination(data: dict[str, Any]) -> Any:
    name = data.get("name")
    destination = cloudwatch_logs._delivery_destinations.get(name)
    if destination and any(
        delivery["deliveryDestinationArn"] == destination["arn"] for delivery in cloudwatch_logs._deliveries.values()
    ):
        return _in_use(f"Delivery destination {name}")
    return _delete_delivery_destination(data)


def _in_use(what: str) -> Any:
    return error_response_json("ConflictException", f"{what} is used by a delivery.", 400)

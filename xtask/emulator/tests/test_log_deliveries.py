"""Deliveries of access logs: where CloudFront's live, who may have one, what is in use, and what can be changed."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws

DISTRIBUTION = "arn:aws:cloudfront::000000000000:distribution/"


class Delivery:
    def __init__(self, aws: Aws, name: str) -> None:
        self.logs, self.name = aws.client("logs", "us-east-1"), name
        self.source(name, name)
        destination = self.logs.put_delivery_destination(
            name=name,
            outputFormat="json",
            deliveryDestinationConfiguration={"destinationResourceArn": "arn:aws:s3:::logs/cloudfront"},
        )["deliveryDestination"]
        self.id = self.logs.create_delivery(
            deliverySourceName=name,
            deliveryDestinationArn=destination["arn"],
            s3DeliveryConfiguration={"suffixPath": "{DistributionId}", "enableHiveCompatiblePath": False},
            recordFields=["date", "time"],
        )["delivery"]["id"]

    def source(self, name: str, distribution: str) -> Any:
        return self.logs.put_delivery_source(
            name=name, resourceArn=f"{DISTRIBUTION}{distribution}", logType="ACCESS_LOGS"
        )

    def now(self) -> Any:
        return self.logs.get_delivery(id=self.id)["delivery"]


@pytest.fixture
def delivery(aws: Aws, name: str) -> Delivery:
    return Delivery(aws, name)


def test_cloudfront_delivers_from_us_east_1_alone(aws: Aws, name: str) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="ValidationException"):
        aws.client("logs").put_delivery_source(
            name=name, resourceArn=f"{DISTRIBUTION}{name}", logType="ACCESS_LOGS"
        )


def test_a_distribution_has_one_source(delivery: Delivery) -> None:
    delivery.source(delivery.name, delivery.name)
    with pytest.raises(botocore.exceptions.ClientError, match="ConflictException"):
        delivery.source(f"{delivery.name}-2", delivery.name)


def test_what_a_delivery_uses_stays(delivery: Delivery) -> None:
    for delete in (delivery.logs.delete_delivery_source, delivery.logs.delete_delivery_destination):
        with pytest.raises(botocore.exceptions.ClientError, match="ConflictException"):
            delete(name=delivery.name)
    delivery.logs.delete_delivery(id=delivery.id)
    delivery.logs.delete_delivery_source(name=delivery.name)
    delivery.logs.delete_delivery_destination(name=delivery.name)


def test_a_delivery_can_be_changed(delivery: Delivery) -> None:
    path = {"suffixPath": "{yyyy}/{MM}", "enableHiveCompatiblePath": False}
    delivery.logs.update_delivery_configuration(id=delivery.id, recordFields=["date"], s3DeliveryConfiguration=path)
    now = delivery.now()
    assert (now["recordFields"], now["s3DeliveryConfiguration"]) == (["date"], path)
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceNotFoundException"):
        delivery.logs.update_delivery_configuration(id="none", recordFields=["date"])

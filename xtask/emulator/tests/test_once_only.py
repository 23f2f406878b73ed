"""A request that an SDK sends again is done once."""

from __future__ import annotations

import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

from conftest import REGION, Aws

AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/ec2/aws4_request, SignedHeaders=host, Signature=0"


def send(aws: Aws, invocation: str, body: str) -> tuple[int, str]:
    request = urllib.request.Request(
        aws.endpoint,
        data=f"{body}&Version=2016-11-15".encode(),
        headers={"Authorization": AUTHORIZATION, "amz-sdk-invocation-id": invocation},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def vpcs(aws: Aws, cidr: str) -> int:
    filters = [{"Name": "cidr", "Values": [cidr]}]
    return len(aws.client("ec2").describe_vpcs(Filters=filters)["Vpcs"])


def test_what_was_carried_out_is_answered_again(aws: Aws) -> None:
    invocation, cidr = str(uuid.uuid4()), "10.201.0.0/16"
    first = send(aws, invocation, f"Action=CreateVpc&CidrBlock={cidr}")
    assert send(aws, invocation, f"Action=CreateVpc&CidrBlock={cidr}") == first
    assert vpcs(aws, cidr) == 1
    assert send(aws, str(uuid.uuid4()), f"Action=CreateVpc&CidrBlock={cidr}") != first
    assert vpcs(aws, cidr) == 2


def test_attempts_at_the_same_time_are_one(aws: Aws) -> None:
    invocation, cidr = str(uuid.uuid4()), "10.202.0.0/16"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(aws, invocation, f"Action=CreateVpc&CidrBlock={cidr}"), range(8)))
    assert len(set(answers)) == 1
    assert vpcs(aws, cidr) == 1


def test_what_failed_is_tried_again(aws: Aws) -> None:
    invocation, name = str(uuid.uuid4()), f"once-{uuid.uuid4().hex}"
    status, _ = send(aws, invocation, f"Action=DescribeSecurityGroups&GroupName.1={name}&GroupId.1=sg-none")
    assert status == 400
    created = send(aws, invocation, f"Action=CreateSecurityGroup&GroupName={name}&GroupDescription=test")
    assert created[0] == 200
    assert send(aws, invocation, f"Action=CreateSecurityGroup&GroupName={name}&GroupDescription=test") == created

"""S3's conditional writes, on which the lease depends: one writer wins, whoever is late is told so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws

pytestmark = pytest.mark.already_true


def status(call: Any, **arguments: Any) -> int:
    try:
        return call(**arguments)["ResponseMetadata"]["HTTPStatusCode"]
    except botocore.exceptions.ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture
def bucket(aws: Aws, name: str) -> str:
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    return name


def test_only_one_of_many_creates_an_object(aws: Aws, bucket: str) -> None:
    def create(number: int) -> int:
        return status(
            aws.client("s3").put_object, Bucket=bucket, Key="lease", Body=str(number).encode(), IfNoneMatch="*"
        )

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(create, range(48)))
    assert sorted(statuses)[0] == 200 and statuses.count(200) == 1, statuses
    assert set(statuses) <= {200, 409, 412}


def test_only_one_of_many_replaces_a_version(aws: Aws, bucket: str) -> None:
    etag = aws.client("s3").put_object(Bucket=bucket, Key="lease", Body=b"0")["ETag"]

    def replace(number: int) -> int:
        return status(
            aws.client("s3").put_object, Bucket=bucket, Key="lease", Body=f"next {number}".encode(), IfMatch=etag
        )

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(replace, range(48)))
    assert statuses.count(200) == 1 and set(statuses) <= {200, 409, 412}, statuses


def test_a_stale_version_is_neither_replaced_nor_deleted(aws: Aws, bucket: str) -> None:
    s3 = aws.client("s3")
    stale = s3.put_object(Bucket=bucket, Key="lease", Body=b"first")["ETag"]
    current = s3.put_object(Bucket=bucket, Key="lease", Body=b"second")["ETag"]
    assert status(s3.put_object, Bucket=bucket, Key="lease", Body=b"third", IfMatch=stale) == 412
    assert status(s3.delete_object, Bucket=bucket, Key="lease", IfMatch=stale) == 412
    assert s3.get_object(Bucket=bucket, Key="lease")["Body"].read() == b"second"
    assert status(s3.delete_object, Bucket=bucket, Key="lease", IfMatch=current) == 204
    assert status(s3.put_object, Bucket=bucket, Key="lease", Body=b"x", IfMatch=current) == 404
    assert status(s3.get_object, Bucket=bucket, Key="lease") == 404

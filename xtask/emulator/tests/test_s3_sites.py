"""What sites ask of S3: whether a policy is public, and copies with other metadata."""

from __future__ import annotations

import base64
import hashlib
import json

import botocore.exceptions
import pytest
from conftest import Aws


@pytest.fixture
def bucket(aws: Aws, name: str) -> str:
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    return name


def test_a_policy_is_public_when_it_lets_everybody_in_without_a_condition(aws: Aws, bucket: str) -> None:
    s3 = aws.client("s3")
    with pytest.raises(botocore.exceptions.ClientError) as none:
        s3.get_bucket_policy_status(Bucket=bucket)
    assert none.value.response["Error"]["Code"] == "NoSuchBucketPolicy"
    reader = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    of_one = {"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::000000000000:distribution/E1"}}
    cloudfront = {"Service": "cloudfront.amazonaws.com"}
    for statement, public in [
        (reader | {"Principal": "*"}, True),
        (reader | {"Principal": {"AWS": "*"}}, True),
        (reader | {"Principal": "*", "Effect": "Deny"}, False),
        (reader | {"Principal": cloudfront, "Condition": of_one}, False),
    ]:
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is public, statement


def test_a_copy_with_other_metadata_keeps_none_of_the_sources(aws: Aws, bucket: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=bucket, Key="from", Body=b"packed", ContentEncoding="br", CacheControl="no-cache")
    s3.copy_object(
        Bucket=bucket, Key="to", CopySource=f"{bucket}/from", MetadataDirective="REPLACE", ContentType="text/css"
    )
    head = s3.head_object(Bucket=bucket, Key="to")
    assert head["ContentType"] == "text/css"
    assert not head.get("ContentEncoding") and not head.get("CacheControl")


def test_a_copy_says_the_checksum_that_it_was_asked_for(aws: Aws, bucket: str) -> None:
    s3 = aws.client("s3")
    s3.put_object(Bucket=bucket, Key="from", Body=b"content")
    source = f"{bucket}/from"
    asked = s3.copy_object(Bucket=bucket, Key="to", CopySource=source, ChecksumAlgorithm="SHA256")
    expected = base64.b64encode(hashlib.sha256(b"content").digest()).decode()
    assert asked["CopyObjectResult"]["ChecksumSHA256"] == expected
    assert "ChecksumSHA256" not in s3.copy_object(Bucket=bucket, Key="to", CopySource=source)["CopyObjectResult"]

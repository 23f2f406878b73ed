"""The registry tells which images are there, and how large they are."""

from __future__ import annotations

import botocore.exceptions
import pytest
from conftest import Aws


def test_an_image_that_is_not_there_is_an_error(aws: Aws, name: str) -> None:
    digest = aws.image(name, 8080, tag="v1").partition("@")[2]
    ecr = aws.client("ecr")
    found = ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": "v1"}])["imageDetails"][0]
    assert found["imageDigest"] == digest
    with pytest.raises(botocore.exceptions.ClientError, match="ImageNotFoundException.*v2"):
        ecr.describe_images(repositoryName=name, imageIds=[{"imageTag": "v1"}, {"imageTag": "v2"}])


def test_an_image_is_as_large_as_its_parts(aws: Aws, name: str) -> None:
    aws.image(name, 8080, filler="x" * 5000)
    assert aws.client("ecr").describe_images(repositoryName=name)["imageDetails"][0]["imageSizeInBytes"] > 5000

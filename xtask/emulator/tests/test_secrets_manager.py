"""Secrets Manager: what Terraform makes and people fill."""

from __future__ import annotations

import botocore.exceptions
import pytest
from conftest import Aws


def test_a_secret_without_a_value_has_no_version(aws: Aws, name: str) -> None:
    secrets = aws.client("secretsmanager")
    made = secrets.create_secret(Name=name)
    assert "VersionId" not in made
    assert not secrets.describe_secret(SecretId=name).get("VersionIdsToStages")
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceNotFoundException.*AWSCURRENT"):
        secrets.get_secret_value(SecretId=name)

    version = secrets.put_secret_value(SecretId=made["ARN"], SecretString="filled")["VersionId"]
    found = secrets.get_secret_value(SecretId=name)
    assert (found["SecretString"], found["VersionId"], found["VersionStages"]) == ("filled", version, ["AWSCURRENT"])


@pytest.mark.already_true
def test_a_secret_with_a_value_can_be_read(aws: Aws, name: str) -> None:
    secrets = aws.client("secretsmanager")
    version = secrets.create_secret(Name=name, SecretString="value")["VersionId"]
    found = secrets.get_secret_value(SecretId=name)
    assert (found["SecretString"], found["VersionId"]) == ("value", version)
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceExistsException"):
        secrets.create_secret(Name=name)

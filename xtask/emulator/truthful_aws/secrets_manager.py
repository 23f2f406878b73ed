"""Secrets Manager: a secret that was made without a value has no version, so there is nothing to read."""

from __future__ import annotations

import json
from typing import Any

from ministack.services import secretsmanager

from truthful_aws import patch


def install() -> None:
    global _store_new_secret, _create_secret
    _store_new_secret = patch.replace(secretsmanager, "_store_new_secret", store_new_secret)
    _create_secret = patch.replace(secretsmanager, "_create_secret", create_secret)
    patch.original(secretsmanager, "_secrets")


_store_new_secret: Any
_create_secret: Any


def store_new_secret(
    name: str, secret_string: str | None = None, secret_binary: str | None = None, **settings: Any
) -> tuple[str, str | None]:
    arn, version = _store_new_secret(name, secret_string, secret_binary, **settings)
    if secret_string is not None or secret_binary is not None:
        return arn, version
    secretsmanager._secrets[name]["Versions"].clear()
    return arn, None


def create_secret(data: dict[str, Any]) -> Any:
    status, headers, body = _create_secret(data)
    answer = {name: value for name, value in json.loads(body).items() if value is not None}
    return status, headers, json.dumps(answer).encode()

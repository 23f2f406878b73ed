"""Secrets Manager: a secret that was made without a value has no version, so there is nothing to read; a part of a name is
no name."""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import secretsmanager

from truthful_aws import patch


def install() -> None:
    global _store_new_secret, _create_secret, _resolve
    _resolve = patch.replace(secretsmanager, "_resolve", resolve)
    _store_new_secret = patch.replace(secretsmanager, "_store_new_secret", store_new_secret)
    _create_secret = patch.replace(secretsmanager, "_create_secret", create_secret)
    patch.original(secretsmanager, "_secrets")
    patch.original(secretsmanager, "_secret_scope_from_arn")


_store_new_secret: Any
_create_secret: Any
_resolve: Any

SUFFIX = 7  # a hyphen and six characters


def resolve(secret_id: str, *, use_arn_scope: bool = False) -> tuple[str | None, dict[str, Any] | None]:
    """By name, by ARN, or by an ARN without its suffix; ministack takes any beginning of an ARN."""
    scope = secretsmanager._secret_scope_from_arn(secret_id) if (secret_id or "").startswith("arn:") else None
    if scope is None:
        return _resolve(secret_id, use_arn_scope=use_arn_scope)
    arn = scope[0]
    if arn.account_id != get_account_id() or (arn.region != get_region() and not use_arn_scope):
        return None, None
    for key, secret in secretsmanager._secrets.items_scoped(arn.account_id, arn.region):
        if secret_id in (secret["ARN"], secret["ARN"][:-SUFFIX]):
            return key, secret
    return None, None


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

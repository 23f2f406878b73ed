"""Secrets of a container, resolved as the ECS agent does: from Secrets Manager by ARN, else from Parameter Store, decrypted.

    arn:aws:secretsmanager:region:account:secret:name[-suffix][:json-key[:version-stage[:version-id]]]

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from __future__ import annotations

import base64
import json
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import request_scope
from ministack.services import ecs, secretsmanager, ssm

from truthful_aws import patch

_MARK = "ENCRYPTED:"
_FIELDS = 7  # of the ARN of a secret


def install() -> None:
    stored = patch.original(ssm, "resolve_parameter_value")

    def resolve_parameter_value(reference: str, *arguments: Any, **options: Any) -> Any:
        return _decrypted(stored(reference, *arguments, **options))

    patch.replace(ssm, "resolve_parameter_value", resolve_parameter_value)
    patch.original(ssm, "_select_parameter")
    patch.original(ecs, "_SecretResolutionError")
    for name in ("_resolve", "_find_stage_version"):
        patch.original(secretsmanager, name)


def _decrypted(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_MARK):
        return base64.b64decode(value.removeprefix(_MARK)).decode()
    return value


def resolve(container: dict[str, Any]) -> dict[str, str]:
    """The environment variables that the container's `secrets` give; raises ministack's _SecretResolutionError."""
    return {secret["name"]: _value(secret["valueFrom"]) for secret in container.get("secrets") or []}


def _value(reference: str) -> str:
    if ":secretsmanager:" in reference:
        return _secret(reference)
    return _parameter(reference)


def _secret(reference: str) -> str:
    parts = reference.split(":")
    arn = ":".join(parts[:_FIELDS])
    key, stage, version_id = [*parts[_FIELDS:], "", "", ""][:3]
    _, secret = secretsmanager._resolve(arn, use_arn_scope=True)
    if not secret or secret.get("DeletedDate"):
        raise _missing(
            f"unable to retrieve secret from asm: {arn}: ResourceNotFoundException: Secrets Manager can't find the specified secret."
        )
    if version_id:
        version = secret["Versions"].get(version_id)
        if version and stage and stage not in version.get("Stages", []):
            version = None
    else:
        _, version = secretsmanager._find_stage_version(secret, stage or "AWSCURRENT")
    if not version or version.get("SecretString") is None:
        what = f"version {version_id}" if version_id else f"staging label {stage or 'AWSCURRENT'}"
        raise _missing(
            f"unable to retrieve secret from asm: {arn}: ResourceNotFoundException: Secrets Manager can't find the specified secret value for {what}"
        )
    if not key:
        return str(version["SecretString"])
    try:
        value = json.loads(version["SecretString"])[key]
    except (ValueError, KeyError, TypeError):
        raise _missing(f"retrieved secret from Secrets Manager did not contain json key {key}") from None
    return value if isinstance(value, str) else json.dumps(value)


def _parameter(reference: str) -> str:
    """A parameter by name or ARN, of any region, with a version or a label behind a colon if wanted."""
    if reference.startswith("arn:"):
        arn = parse_arn(reference)
        with request_scope(arn.account_id, arn.region):
            parameter, _ = ssm._select_parameter(reference)
    else:
        parameter, _ = ssm._select_parameter(reference)
    if not parameter:
        raise _missing(f"unable to retrieve secrets from ssm: Invalid parameters: {reference}")
    return str(_decrypted(parameter.get("OriginalValue", parameter["Value"])))


def _missing(text: str) -> Exception:
    return ecs._SecretResolutionError(text)


def reason(error: Exception) -> str:
    """Why a task is stopped whose secret cannot be had. The error names the reference, never a value."""
    return f"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: {error}"

"""Secrets of a container, resolved as the ECS agent does: a SecureString arrives decrypted."""

from __future__ import annotations

import base64
from typing import Any

from ministack.services import ecs, ssm

from truthful_aws import patch

_MARK = "ENCRYPTED:"


def install() -> None:
    stored = patch.original(ssm, "resolve_parameter_value")

    def resolve_parameter_value(reference: str) -> Any:
        value = stored(reference)
        if isinstance(value, str) and value.startswith(_MARK):
            return base64.b64decode(value.removeprefix(_MARK)).decode()
        return value

    patch.replace(ssm, "resolve_parameter_value", resolve_parameter_value)
    patch.original(ecs, "_resolve_container_secrets")
    patch.original(ecs, "_SecretResolutionError")


def resolve(container: dict[str, Any]) -> dict[str, str]:
    """The environment variables that the container's `secrets` give; raises ministack's _SecretResolutionError."""
    return ecs._resolve_container_secrets(container)

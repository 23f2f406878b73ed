"""Replacing parts of ministack so that a change on its side is noticed at start and not as a wrong answer later."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from types import ModuleType
from typing import Any

MINISTACK_VERSION = "1.5.33"


class PatchError(RuntimeError):
    """ministack is not the one that these repairs were written for."""


def require_version() -> None:
    found = importlib.metadata.version("ministack")
    if found != MINISTACK_VERSION:
        raise PatchError(f"the repairs are written for ministack {MINISTACK_VERSION}, and {found} is installed")


def original(module: ModuleType, name: str) -> Any:
    """What `module.name` is, or a loud end if ministack has no such thing any more."""
    try:
        return getattr(module, name)
    except AttributeError:
        raise PatchError(f"ministack has no {module.__name__}.{name} to repair") from None


def replace(module: ModuleType, name: str, replacement: Any) -> Any:
    """Sets `module.name` and returns what it was."""
    before = original(module, name)
    setattr(module, name, replacement)
    return before


def replace_action(module: ModuleType, action: str, handler: Callable[..., Any], table: str = "_ACTION_MAP") -> Any:
    """Sets the handler of an API action in a service's dispatch table and returns what it was."""
    actions = original(module, table)
    if action not in actions:
        raise PatchError(f"ministack's {module.__name__} has no action {action} to repair")
    before = actions[action]
    actions[action] = handler
    return before


def add_action(module: ModuleType, action: str, handler: Callable[..., Any], table: str = "_ACTION_MAP") -> None:
    """Adds an API action that ministack lacks; loud when a newer ministack has it."""
    actions = original(module, table)
    if action in actions:
        raise PatchError(
            f"ministack's {module.__name__} has {action} by itself now: drop this repair or make it a replacement"
        )
    actions[action] = handler

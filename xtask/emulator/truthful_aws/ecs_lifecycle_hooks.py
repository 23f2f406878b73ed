"""Lifecycle hooks: PAUSE waits for ContinueServiceDeployment, AWS_LAMBDA for what the function answers.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html and lambda-lifecycle-hooks.html
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope

from truthful_aws import ecs_store as store
from truthful_aws import patch
from truthful_aws.ecs_store import Record
from truthful_aws.speed import seconds

logger = logging.getLogger("truthful-aws.ecs")

CALL_BACK_DELAY = 30.0  # seconds until a function that answered IN_PROGRESS is asked again


@dataclass
class Hook:
    """A hook at work in the current stage."""

    id: str
    target_type: str
    target_arn: str | None
    details: Any
    status: str
    timeout_action: str
    expires_at: float  # as clients see it
    deadline: float  # monotonic, like `call_at`
    call_at: float = 0.0
    is_calling: bool = False

    @property
    def is_waiting(self) -> bool:
        return self.status in ("AWAITING_ACTION", "IN_PROGRESS")

    @property
    def lets_pass(self) -> bool:
        return self.status == "SUCCEEDED" or (self.status == "TIMED_OUT" and self.timeout_action == "CONTINUE")

    def view(self) -> Record:
        shown = {
            "hookId": self.id,
            "targetType": self.target_type,
            "targetArn": self.target_arn,
            "status": self.status,
            "expiresAt": self.expires_at,
            "timeoutAction": self.timeout_action,
        }
        return {name: value for name, value in shown.items() if value is not None}


def begin(configured: list[Record], stage: str, now: float) -> list[Hook]:
    """The hooks that the deployment configuration has for a stage, begun."""
    return [_begun(hook, now) for hook in configured if stage in hook["lifecycleStages"]]


def _begun(configured: Record, now: float) -> Hook:
    timeout = configured["timeoutConfiguration"]
    kind = configured["targetType"]
    wait = seconds(60.0 * timeout["timeoutInMinutes"])
    return Hook(
        id=f"ecs-{'pause' if kind == 'PAUSE' else 'lambda'}-{secrets.token_urlsafe(32)}",
        target_type=kind,
        target_arn=configured.get("hookTargetArn"),
        details=configured.get("hookDetails"),
        status="AWAITING_ACTION" if kind == "PAUSE" else "IN_PROGRESS",
        timeout_action=timeout["action"],
        expires_at=store.now() + wait,
        deadline=now + wait,
    )


def advance(hooks: list[Hook], payload: Record, now: float) -> None:
    """Ends hooks whose time is over, and asks the functions of the others."""
    for hook in hooks:
        if hook.is_waiting and now >= hook.deadline:
            hook.status = "TIMED_OUT"
        elif hook.status == "IN_PROGRESS" and not hook.is_calling and now >= hook.call_at:
            hook.is_calling = True
            event = payload | ({"hookDetails": hook.details} if hook.details is not None else {})
            threading.Thread(
                target=_call, args=(hook, event, get_account_id(), get_region()), daemon=True, name="lifecycle-hook"
            ).start()


def _call(hook: Hook, event: Record, account: str, region: str) -> None:
    try:
        answer = _answer(hook.target_arn or "", event, account, region)
    except Exception:
        logger.exception("lifecycle hook %s", hook.target_arn)
        answer = {}
    with store.lock:
        hook.is_calling = False
        if not hook.is_waiting:
            return
        hook.status = answer.get("hookStatus", "FAILED")
        if hook.status == "IN_PROGRESS":
            hook.details = answer.get("hookDetails", hook.details)
            hook.call_at = time.monotonic() + seconds(float(answer.get("callBackDelay", CALL_BACK_DELAY)))
        elif hook.status != "SUCCEEDED":
            hook.status = "FAILED"


def _answer(function: str, event: Record, account: str, region: str) -> Record:
    """What the function returns; empty, which fails the hook, when there is none or it returned no object."""
    from ministack.services import lambda_svc  # heavy, and few emulators call a function

    for name in (
        "_get_func_record_for_ref_in_scope",
        "_execution_record_for_config",
        "_execute_function_with_config_scope",
    ):
        patch.original(lambda_svc, name)
    with request_scope(account, region):
        record, configuration, _ = lambda_svc._get_func_record_for_ref_in_scope(
            function, account_id=account, region=region
        )
        if not record or not configuration:
            return {}
        record = lambda_svc._execution_record_for_config(record, configuration)
        result = lambda_svc._execute_function_with_config_scope(record, event)
    body = result.get("body")
    if result.get("error"):
        logger.warning("lifecycle hook %s failed", function)
        return {}
    if isinstance(body, (str, bytes)):
        body = json.loads(body or "null")
    return body if isinstance(body, dict) else {}

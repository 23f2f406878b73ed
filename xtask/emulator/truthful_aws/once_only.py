"""A request that an SDK sends again is done once.

On a busy machine an answer is lost now and then between the emulator and its client, though the request was carried out. The SDK
sends it again, with the same `amz-sdk-invocation-id`, and would get a second gateway, or be told that its rule is there already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Application = Callable[..., Awaitable[None]]

SAFE_TO_REPEAT = {"GET", "HEAD"}
KEPT_SECONDS = 120.0  # the SDKs give up earlier


def once_only(application: Application) -> Application:
    answers: dict[bytes, asyncio.Future[list[Message] | None]] = {}

    async def serve(scope: Message, receive: Any, send: Any) -> None:
        invocation = _invocation(scope)
        if invocation is None:
            await application(scope, receive, send)
            return
        earlier = answers.get(invocation)
        if earlier is not None:
            # The first attempt may still be at work.
            given = await asyncio.shield(earlier)
            if given is not None:
                for message in given:
                    await send(message)
                return

        loop = asyncio.get_running_loop()
        answer = answers[invocation] = loop.create_future()
        messages: list[Message] = []

        async def keep_and_send(message: Message) -> None:
            messages.append(message)
            await send(message)

        try:
            await application(scope, receive, keep_and_send)
        finally:
            # What failed was not carried out, and is to be tried again.
            answer.set_result(messages if messages and messages[0].get("status", 500) < 400 else None)
            loop.call_later(KEPT_SECONDS, answers.pop, invocation, None)

    return serve


def _invocation(scope: Message) -> bytes | None:
    if scope["type"] != "http" or scope["method"] in SAFE_TO_REPEAT:
        return None
    return next((value for name, value in scope["headers"] if name == b"amz-sdk-invocation-id"), None)

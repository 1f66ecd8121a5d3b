"""The calls of deliveries to Telegram's Bot API, and what their failures mean for the bot as a whole.

They go out through the Bot's own HTTP session and address, but without aiogram's models: those cost three times the CPU
of the rest of a send (PROOF.md, P2), and error codes need no way through exceptions. The session's middlewares do not
see them, so a delivery is paced once.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import (  # type: ignore[attr-defined]  # the errors of the session we use
    AiohttpSession,
    ClientError,
)

from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.patience import Patience
from placement_alerts.channels.telegram.carry import Buttons, Draft
from placement_alerts.channels.telegram.errors import (
    NONSENSE,
    Blame,
    Failure,
    Remedy,
    Verdict,
    failure_in,
    judge,
    without_personal_data,
)
from placement_alerts.core.delivery import Priority
from placement_alerts.core.outcome import Deferred

TURN_DEADLINE_S = 10.0  # for a further turn within one delivery, which holds a slot meanwhile
ANSWER_LIMIT = 256 * 1024  # bytes; the longest Message is far shorter

_JSON = {"Content-Type": "application/json"}
_OUR_BUGS = frozenset({"too_long", "empty", "bad_entities", "bad_buttons", "too_large", "bad_request"})
# before the request was written; by name, because only http_client may import aiohttp's client
_NOT_SENT = frozenset({"ClientConnectorError", "ConnectionTimeoutError", "InvalidURL"})

log = structlog.get_logger(__name__)


class DeliveryCalls:
    """The calls of one delivery. made: how many were begun."""

    def __init__(self, bot: Bot, pacer: Pacer, patience: Patience, priority: Priority, deadline_s: float) -> None:
        self._bot = bot
        self._pacer = pacer
        self._patience = patience
        self._priority = priority
        self._deadline_s = deadline_s
        self.made = 0

    async def show(self, draft: Draft) -> str | Verdict:
        """Send or edit a message; return its id."""
        if (late := await self._take_turn()) is not None:
            return late
        began = self._pacer.now()
        method = "sendMessage" if draft.edits is None else "editMessageText"
        answer = await call(self._bot, method, _params(draft), self._deadline_s)
        if not isinstance(answer, Failure) and "message_id" not in answer:
            answer = Failure(None, NONSENSE)
        if isinstance(answer, Failure):
            return self._judge(answer, draft.target, began, repeatable=draft.edits is not None)
        self._patience.succeeded()
        return draft.edits if draft.edits is not None else str(answer["message_id"])

    async def remove(self, target: str, message_id: str) -> Verdict | None:
        """Delete a message; one that is gone already is no failure."""
        if (late := await self._take_turn()) is not None:
            return late
        began = self._pacer.now()
        params = {"chat_id": _address(target)[0], "message_id": int(message_id)}
        answer = await call(self._bot, "deleteMessage", params, self._deadline_s)
        if isinstance(answer, Failure):
            verdict = self._judge(answer, target, began, repeatable=True)
            return None if verdict.remedy is Remedy.ALREADY_SO else verdict
        self._patience.succeeded()
        return None

    async def _take_turn(self) -> Verdict | None:
        if self.made:  # the first call is paid with the turn that the caller took
            try:
                async with asyncio.timeout(TURN_DEADLINE_S):
                    await self._pacer.turn(self._priority)
            except TimeoutError:
                return Verdict(Deferred("no_turn", counts=False))
        elif wait := self._pacer.paused_for():  # the pause was asked for after our turn was taken
            return Verdict(Deferred("flood", wait=timedelta(seconds=wait), counts=False))
        self._pacer.used()
        self.made += 1
        return None

    def _judge(self, failure: Failure, target: str, began: float, *, repeatable: bool) -> Verdict:
        """Understand a failure, and tell the pacer and the whole line what it means for everybody.

        repeatable: made twice, the call shows nothing twice.
        """
        verdict = judge(failure)
        outcome = verdict.outcome
        if verdict.retry_after is not None:
            self._pacer.pause(verdict.retry_after)
        counts = not isinstance(outcome, Deferred) or outcome.counts
        match verdict.blame:
            case Blame.US:
                self._patience.rejected(verdict.trouble)
            case Blame.LINE | Blame.PEER:
                surely = verdict.blame is Blame.LINE
                counts &= not self._patience.failed(target, verdict.trouble, began=began, surely=surely)
            case Blame.NOBODY:
                self._patience.succeeded()  # it is there
        _report(verdict, failure)
        if isinstance(outcome, Deferred):
            lost = outcome.possibly_delivered and not repeatable
            outcome = Deferred(outcome.error_class, outcome.wait, counts or lost, lost, outcome.moved_to)
        return Verdict(outcome, verdict.remedy, verdict.blame, verdict.retry_after, verdict.migrate_to)


async def call(bot: Bot, method: str, params: Mapping[str, Any], deadline_s: float) -> dict[str, Any] | Failure:
    """Make one call whose turn is paid; return its result, empty for one that is only `true`, or a Failure."""
    assert isinstance(bot.session, AiohttpSession)  # noqa: S101 - there is no other in aiogram
    url = bot.session.api.api_url(token=bot.token, method=method)
    body = json.dumps({name: value for name, value in params.items() if value is not None}).encode()
    try:
        async with asyncio.timeout(deadline_s):
            session = await bot.session.create_session()
            async with session.post(url, data=body, headers=_JSON, allow_redirects=False) as response:
                answer = await _beginning(response.content.read)
    except TimeoutError:
        return Failure(None)
    except ClientError as error:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        return Failure(None, request_left=not kinds & _NOT_SENT)
    return _result_in(response.status, answer)


async def _beginning(read: Callable[[int], Awaitable[bytes]]) -> bytes:
    """Read at most a byte more than an answer may have."""
    answer = b""
    while len(answer) <= ANSWER_LIMIT and (more := await read(ANSWER_LIMIT + 1 - len(answer))):
        answer += more
    return answer


def _result_in(status: int, answer: bytes) -> dict[str, Any] | Failure:
    try:
        content = json.loads(answer) if len(answer) <= ANSWER_LIMIT else None
    except (ValueError, RecursionError):
        content = None
    if status == 200 and isinstance(content, dict) and content.get("ok") is True:
        result = content.get("result")
        if isinstance(result, dict):
            return result
        return {} if result is True else Failure(None, NONSENSE)
    return failure_in(status, content)


def _report(verdict: Verdict, failure: Failure) -> None:
    """Log what somebody must look at: faults of ours and limits. Never whole texts of Telegram, they name chats."""
    if verdict.error_class in _OUR_BUGS:
        words = without_personal_data(failure.description)
        log.error("telegram.refused_our_message", error_class=verdict.error_class, words=words)
    elif verdict.retry_after is not None:
        log.warning("telegram.flood_answered", wait_s=verdict.retry_after)
    elif verdict.blame is not Blame.NOBODY or verdict.error_class in ("muted", "no_rights", "topic_gone"):
        log.warning("telegram.call_failed", error_class=verdict.error_class)


def _params(draft: Draft) -> dict[str, Any]:
    chat_id, thread_id = _address(draft.target)
    params: dict[str, Any] = {
        "chat_id": chat_id,
        "text": draft.part.text,
        "link_preview_options": {"is_disabled": True},
        "entities": _entities(draft) or None,
        "reply_markup": _keyboard(draft.buttons),
    }
    if draft.edits is not None:
        return {**params, "message_id": int(draft.edits)}
    if draft.reply_to is not None:
        params["reply_parameters"] = {"message_id": int(draft.reply_to)}
    return {**params, "message_thread_id": thread_id, "disable_notification": draft.silent or None}


def _address(target: str) -> tuple[int | str, int | None]:
    chat, _, thread = target.partition("/")
    return (chat if chat.startswith("@") else int(chat)), int(thread) if thread else None


def _entities(draft: Draft) -> list[dict[str, Any]]:
    return [
        {"type": entity.type, "offset": entity.offset, "length": entity.length}
        | ({"url": entity.url} if entity.url is not None else {})
        for entity in draft.part.entities
    ]


def _keyboard(buttons: Buttons) -> dict[str, Any] | None:
    if not buttons:
        return None
    rows = [
        [
            {"text": button.text} | ({"url": button.url} if button.data is None else {"callback_data": button.data})
            for button in row
        ]
        for row in buttons
    ]
    return {"inline_keyboard": rows}

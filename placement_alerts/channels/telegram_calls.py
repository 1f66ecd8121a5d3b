"""The calls of one delivery to Telegram's Bot API: the one place where aiogram's exceptions end."""

import asyncio
from contextvars import ContextVar
from datetime import timedelta
from math import ceil
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)

from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.patience import Patience
from placement_alerts.channels.telegram_carry import Buttons, Draft
from placement_alerts.channels.telegram_errors import (
    Blame,
    Failure,
    Remedy,
    Verdict,
    judge,
    status_in_page,
    without_personal_data,
)
from placement_alerts.core.delivery import Priority
from placement_alerts.core.outcome import Deferred

TURN_DEADLINE_S = 10.0  # for a further turn within one delivery, which holds a slot meanwhile

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_OUR_BUGS = frozenset({"too_long", "empty", "bad_entities", "bad_buttons", "too_large", "bad_request"})

# before the request was written; named, because only http_client may import aiohttp's client
_NOT_SENT = frozenset({"ClientConnectorError", "ConnectionTimeoutError", "InvalidURL"})
_CODES: tuple[tuple[type[TelegramAPIError], int], ...] = (
    (TelegramBadRequest, 400),
    (TelegramUnauthorizedError, 401),
    (TelegramForbiddenError, 403),
    (TelegramNotFound, 404),
    (TelegramConflictError, 409),
    (TelegramEntityTooLarge, 413),  # a kind of network error for aiogram: before that
    (TelegramServerError, 500),
)

turn_is_paid: ContextVar[bool] = ContextVar("turn_is_paid", default=False)
"""Whether the call under way was paid with a turn already: then the session's middleware lets it through."""

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
        if (late := await self._take_turn()) is not None:
            return late
        began = self._pacer.now()
        answer = await call(self._edit(draft) if draft.edits is not None else self._send(draft), self._deadline_s)
        if isinstance(answer, Failure):
            return self._judge(answer, draft.target, began, repeatable=draft.edits is not None)
        self._patience.succeeded()
        return draft.edits if draft.edits is not None else str(answer.message_id)

    async def remove(self, target: str, message_id: str) -> Verdict | None:
        if (late := await self._take_turn()) is not None:
            return late
        began = self._pacer.now()
        chat_id, _ = _address(target)
        answer = await call(
            self._bot.delete_message(chat_id, int(message_id), request_timeout=self._timeout), self._deadline_s
        )
        if isinstance(answer, Failure):
            verdict = self._judge(answer, target, began, repeatable=True)
            return None if verdict.remedy is Remedy.ALREADY_SO else verdict
        self._patience.succeeded()
        return None

    @property
    def _timeout(self) -> int:
        return ceil(self._deadline_s)

    async def _take_turn(self) -> Verdict | None:
        if self.made:  # the first call is paid with the turn that the caller took
            try:
                async with asyncio.timeout(TURN_DEADLINE_S):
                    await self._pacer.turn(self._priority)
            except TimeoutError:
                return Verdict(Deferred("no_turn", counts=False))
        elif wait := self._pacer.paused_for():  # the pause was asked for after our turn was taken
            return Verdict(Deferred("flood", wait=timedelta(seconds=wait), counts=False))
        self.made += 1
        return None

    async def _send(self, draft: Draft) -> Any:
        chat_id, thread_id = _address(draft.target)
        reply = ReplyParameters(message_id=int(draft.reply_to)) if draft.reply_to is not None else None
        return await self._bot.send_message(
            chat_id,
            draft.part.text,
            message_thread_id=thread_id,
            entities=_entities(draft),
            parse_mode=None,
            link_preview_options=_NO_PREVIEW,
            disable_notification=draft.silent or None,
            reply_parameters=reply,
            reply_markup=_keyboard(draft.buttons),
            request_timeout=self._timeout,
        )

    async def _edit(self, draft: Draft) -> Any:
        chat_id, _ = _address(draft.target)
        return await self._bot.edit_message_text(
            draft.part.text,
            chat_id=chat_id,
            message_id=int(draft.edits or 0),
            entities=_entities(draft),
            parse_mode=None,
            link_preview_options=_NO_PREVIEW,
            reply_markup=_keyboard(draft.buttons),
            request_timeout=self._timeout,
        )

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
                self._patience.rejected("Telegram refuses telegram.token")
            case Blame.LINE | Blame.PEER:
                surely = verdict.blame is Blame.LINE
                trouble = f"Telegram: {verdict.error_class}"
                counts &= not self._patience.failed(target, trouble, began=began, surely=surely)
            case Blame.NOBODY:
                self._patience.succeeded()  # it is there
        _report(verdict, failure)
        if isinstance(outcome, Deferred):
            lost = outcome.possibly_delivered and not repeatable
            outcome = Deferred(outcome.error_class, outcome.wait, counts or lost, lost, outcome.moved_to)
        return Verdict(outcome, verdict.remedy, verdict.blame, verdict.retry_after, verdict.migrate_to)


async def call(request: Any, deadline_s: float) -> Any:
    """Await one call of a Bot whose turn is paid; return its result or a Failure."""
    token = turn_is_paid.set(True)
    try:
        async with asyncio.timeout(deadline_s):
            return await request
    except TelegramRetryAfter as error:
        return Failure(429, retry_after=error.retry_after)
    except TelegramMigrateToChat as error:
        return Failure(400, migrate_to=error.migrate_to_chat_id)
    except TelegramAPIError as error:
        return _failure(error)
    except ClientDecodeError as error:
        return Failure(status_in_page(str(error.data)))
    except (TimeoutError, UnicodeDecodeError):
        return Failure(None)
    finally:
        turn_is_paid.reset(token)


def _failure(error: TelegramAPIError) -> Failure:
    for kind, code in _CODES:
        if isinstance(error, kind):
            return Failure(code, error.message)
    if isinstance(error, TelegramNetworkError):
        causes = {kind.__name__ for kind in type(error.__cause__).__mro__}
        return Failure(None, request_left=not causes & _NOT_SENT)
    return Failure(429 if error.message.lower().startswith("too many requests") else 400, error.message)


def _report(verdict: Verdict, failure: Failure) -> None:
    """Log what somebody must look at: faults of ours and limits. Never whole texts of Telegram, they name chats."""
    if verdict.error_class in _OUR_BUGS:
        words = without_personal_data(failure.description)
        log.error("telegram.refused_our_message", error_class=verdict.error_class, words=words)
    elif verdict.retry_after is not None:
        log.warning("telegram.flood_answered", wait_s=verdict.retry_after)
    elif verdict.blame is not Blame.NOBODY or verdict.error_class in ("muted", "no_rights", "topic_gone"):
        log.warning("telegram.call_failed", error_class=verdict.error_class)


def _address(target: str) -> tuple[int | str, int | None]:
    chat, _, thread = target.partition("/")
    return (chat if chat.startswith("@") else int(chat)), int(thread) if thread else None


def _entities(draft: Draft) -> list[MessageEntity]:
    return [
        MessageEntity(type=entity.type, offset=entity.offset, length=entity.length, url=entity.url)
        for entity in draft.part.entities
    ]


def _keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    rows = [
        [InlineKeyboardButton(text=button.text, callback_data=button.data, url=button.url) for button in row]
        for row in buttons
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows)

"""Telegram: brings parcels to chats through the Bot API, by the rules of reference/telegram.md."""

import asyncio
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import GetUpdates, Response, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType

from placement_alerts.channels.base import Parcel, RecordPart
from placement_alerts.channels.pacing import Pacer
from placement_alerts.channels.patience import Patience
from placement_alerts.channels.telegram.calls import DeliveryCalls, call
from placement_alerts.channels.telegram.carry import Carry
from placement_alerts.channels.telegram.errors import HINTS, Failure
from placement_alerts.core.delivery import Priority
from placement_alerts.core.outcome import Outcome
from placement_alerts.errors import PeerNonsense, PeerRefused, PeerUnreachable

DEADLINE_S = 10.0  # for one call; aiogram's own default is 60 s for everything
ANSWER_PATIENCE_S = 60.0  # for a turn of an answer; after that nobody waits for it any more

log = structlog.get_logger(__name__)


class TelegramChannel:
    """The channel "telegram". Implements `channels.base.Channel`.

    bot: without a parse mode; opened and closed by whoever made it. Its session's middlewares should include `turns`.
    """

    name = "telegram"

    def __init__(self, bot: Bot, pacer: Pacer, *, slots: int = 8, deadline_s: float = DEADLINE_S) -> None:
        self._bot = bot
        self._slots = slots
        self._deadline_s = deadline_s
        self._pacer = pacer
        self._patience = Patience(pacer, self.name, HINTS)
        self.turns = TakeTurns(pacer, self._patience)

    @property
    def slots(self) -> int:
        """How many deliveries may be under way at once."""
        return self._slots

    @property
    def gate(self) -> Pacer:
        """What paces this bot: one for all its calls."""
        return self._pacer

    @property
    def trouble(self) -> str | None:
        """A word of HINTS for what is wrong with Telegram as a whole; None when calls succeed."""
        return self._patience.trouble

    async def deliver(self, parcel: Parcel, priority: Priority, record: RecordPart) -> Outcome:
        """Try once; see `Channel.deliver`. target: a chat id in decimal, with "/" and a forum topic's id if in one."""
        calls = DeliveryCalls(self._bot, self._pacer, self._patience, priority, self._deadline_s)
        self._pacer.begin_delivery(parcel.target)
        try:
            outcome = await Carry(calls, parcel, record).run()
        finally:
            self._pacer.end_delivery(parcel.target, calls.made)
            if not calls.made:
                self._pacer.give_back()
        return outcome

    async def check(self) -> str:
        """Ask Telegram who we are; return "@name (id 1)". Raises PeerError."""
        answer = await call(self._bot, "getMe", {}, self._deadline_s)
        if not isinstance(answer, Failure):
            self._patience.succeeded()
            return f"@{answer.get('username')} (id {answer.get('id')})"
        match answer.code:
            case None if answer.description:
                raise PeerNonsense("what answers is not Telegram's Bot API; check telegram.api_base")
            case None if answer.request_left:
                raise PeerUnreachable(HINTS["no_answer"])
            case None:
                raise PeerUnreachable(HINTS["unreachable"])
            case 401 | 404:
                raise PeerRefused(HINTS["unauthorized"])
            case 429:
                raise PeerUnreachable(HINTS["flood"])
            case code if code >= 500:
                raise PeerUnreachable(HINTS["server_error"])
            case code:
                raise PeerNonsense(f"Telegram answers getMe with {code}; check telegram.api_base")


class TakeTurns(BaseRequestMiddleware):
    """Makes every call that is not part of a delivery take its turn at the bot's pacer, as an answer to a person.

    getUpdates takes no turn, but keeps the silence that a 429 asked for. A call refused by a 429 is made once more.
    """

    def __init__(self, pacer: Pacer, patience: Patience) -> None:
        self._pacer = pacer
        self._patience = patience

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        """Make the call when it may be made."""
        try:
            return await self._in_turn(make_request, bot, method)
        except TelegramRetryAfter as error:
            self._pacer.pause(error.retry_after)
            log.warning("telegram.flood_answered", method=type(method).__name__, wait_s=error.retry_after)
            if error.retry_after > ANSWER_PATIENCE_S and not isinstance(method, GetUpdates):
                raise
        try:
            return await self._in_turn(make_request, bot, method)
        except TelegramRetryAfter as error:
            self._pacer.pause(error.retry_after)
            raise

    async def _in_turn(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        if isinstance(method, GetUpdates):
            await self._pacer.until_unpaused()
        else:
            await self._take_turn(method)
        response = await make_request(bot, method)
        self._patience.succeeded()
        return response

    async def _take_turn(self, method: TelegramMethod[Any]) -> None:
        try:
            async with asyncio.timeout(ANSWER_PATIENCE_S):
                if isinstance(method, SendMessage) and (wait := self._pacer.answer_in(str(method.chat_id))):
                    await asyncio.sleep(wait)
                await self._pacer.turn(Priority.ANSWER)
                self._pacer.used()
        except TimeoutError as error:
            raise TelegramNetworkError(method=method, message="no turn in time") from error

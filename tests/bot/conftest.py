import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Update
from aiohttp import web

from placement_alerts.bot.answers import Answers
from placement_alerts.bot.dispatching import Once, make_dispatcher
from placement_alerts.bot.settings import BotSettings
from placement_alerts.bot.texts import Link
from placement_alerts.logs import set_up_logs
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from placement_alerts.web.server import plain_application, serve

TOKEN = "42:AAF-test"
NOW = datetime(2026, 1, 27, 20, 0, tzinfo=UTC)  # January 28 in Kolkata
ADMIN = {"id": 9, "is_bot": False, "first_name": "Office"}
ASHA = {"id": 7, "is_bot": False, "first_name": "Asha", "last_name": "Rao", "username": "asha"}

Json = dict[str, Any]


@dataclass
class Telegram:
    """A Bot API over loopback: hands out updates until they are confirmed, and keeps what it was asked to do."""

    updates: list[Json] = field(default_factory=list)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    failing: dict[str, int] = field(default_factory=dict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    polled: asyncio.Event = field(default_factory=asyncio.Event)
    heard: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    refused: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    number: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        asked = {name: _read(str(text)) for name, text in (await request.post()).items()}
        self.calls.append((method, asked))
        self.heard.put_nowait(method)
        if code := self.failing.get(method):
            self.refused.put_nowait(method)
            body = {"ok": False, "error_code": code, "description": "Forbidden: bot was blocked by the user"}
            return web.json_response(body, status=code)
        if method == "getUpdates":
            return web.json_response({"ok": True, "result": await self._updates(asked)})
        return web.json_response({"ok": True, "result": _results(method)})

    async def _updates(self, asked: Json) -> list[Json]:
        self.updates = [one for one in self.updates if one["update_id"] >= asked.get("offset", 0)]
        if not self.updates and asked.get("timeout"):
            self.arrived.clear()
            self.polled.set()
            async with asyncio.timeout(asked["timeout"]):
                await self.arrived.wait()
        return self.updates[: asked.get("limit", 100)]

    def update(self, **content: Json) -> Json:
        """Return an update with the next id, as Telegram sends it."""
        self.number += 1
        return {"update_id": self.number, **content}

    def post(self, **content: Json) -> None:
        """Let an update wait for the bot."""
        self.updates.append(self.update(**content))
        self.polled.clear()
        self.arrived.set()

    def said(self) -> list[str]:
        """Return the texts that were sent."""
        return [asked["text"] for method, asked in self.calls if method == "sendMessage"]

    def notified(self) -> list[str]:
        """Return the answers to presses."""
        return [asked["text"] for method, asked in self.calls if method == "answerCallbackQuery"]

    def named(self, method: str) -> list[Json]:
        """Return what a method was called with."""
        return [asked for called, asked in self.calls if called == method]


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _results(method: str) -> Any:
    match method:
        case "getMe":
            return {"id": 42, "is_bot": True, "first_name": "Alerts", "username": "alerts_bot"}
        case "sendMessage":
            return {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}
        case _:
            return True


def a_message(text: str | None = "/start", *, chat: int = 7, kind: str = "private", person: Json = ASHA) -> Json:
    message = {"message_id": 5, "date": 1, "chat": {"id": chat, "type": kind, "title": "x"}, "from": person}
    return message | ({"text": text} if text is not None else {})


def a_press(data: str, *, person: Json = ASHA) -> Json:
    return {"id": "q1", "from": person, "chat_instance": "c", "data": data, "message": a_message("notice")}


def a_membership(status: str, *, before: str = "member", chat: int = 7) -> Json:
    bot = {"id": 42, "is_bot": True, "first_name": "Alerts"}

    def member(status: str) -> Json:
        return {"user": bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})

    return {
        "chat": {"id": chat, "type": "private"},
        "from": ASHA,
        "date": 1,
        "old_chat_member": member(before),
        "new_chat_member": member(status),
    }


@dataclass
class Desk:
    """The bot with its store, and Telegram on the other side."""

    telegram: Telegram
    bot: Bot
    dispatcher: Dispatcher
    once: Once
    answers: Answers
    store: Store

    async def hear(self, **content: Json) -> None:
        """Handle one update and wait for its answer."""
        await self.dispatcher.feed_update(self.bot, Update(**self.telegram.update(**content)))
        await self.answers.drain()


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    """Return what is logged; set up as in the running process, whose tracebacks are plain and quick."""
    stream = io.StringIO()
    set_up_logs(as_json=True, stream=stream)
    yield stream
    structlog.reset_defaults()


@pytest.fixture
async def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
async def bot(telegram: Telegram) -> AsyncIterator[Bot]:
    application = plain_application([web.post(f"/bot{TOKEN}/{{method}}", telegram.answer)])
    async with serve(application, "127.0.0.1", 0) as port:
        session = AiohttpSession(api=TelegramAPIServer.from_base(f"http://127.0.0.1:{port}"))
        yield Bot(TOKEN, session=session)
        await session.close()
        telegram.arrived.set()  # a poll that nobody waits for any more would hold the server up


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite:///{tmp_path}/bot.db")
    yield store
    await store.close()


def a_dispatcher(
    store: Store, answers: Answers, now: Callable[[], datetime] = lambda: NOW, **values: Any
) -> tuple[Dispatcher, Once]:
    links = (Link("Timetable", "https://timetable.example.test/"),)
    settings = BotSettings("202526", links, **({"admins": frozenset({ADMIN["id"]})} | values))
    return make_dispatcher(store, answers, settings, now)


@asynccontextmanager
async def answering(answers: Answers) -> AsyncIterator[None]:
    running = asyncio.create_task(answers.run())
    yield
    running.cancel()
    await asyncio.wait({running})


@asynccontextmanager
async def open_desk(telegram: Telegram, bot: Bot, store: Store, **values: Any) -> AsyncIterator[Desk]:
    """Open a desk whose settings have these values."""
    answers = Answers(bot)
    dispatcher, once = a_dispatcher(store, answers, **values)
    async with answering(answers):
        yield Desk(telegram, bot, dispatcher, once, answers, store)


@pytest.fixture
async def desk(telegram: Telegram, bot: Bot, store: Store) -> AsyncIterator[Desk]:
    async with open_desk(telegram, bot, store) as desk:
        yield desk

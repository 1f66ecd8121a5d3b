"""The state behind the simulated Bot API: persons, chats, their messages, updates for the bot, and the log of calls."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from placement_alerts.sandbox.telegram_rules import ApiError, bad_request

BOT_ID = 42
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Placement Alerts", "username": "placement_sandbox_bot"}
FIRST_STUDENT_ID = 1_000_001
CALLS_KEPT = 200_000
UPDATES_KEPT = 10_000
DELETABLE_AFTER = timedelta(hours=48)  # for that long after sending

_FIRST_NAMES = (
    "Aarav", "Aditi", "Ananya", "Arjun", "Diya", "Farhan", "Gurpreet", "Ishaan", "Kavya", "Lakshmi", "Meera", "Nikhil",
    "Priya", "Rahul", "Riya", "Rohan", "Sana", "Siddharth", "Tanvi", "Vikram",
)  # fmt: skip
_LAST_NAMES = (
    "Agarwal", "Banerjee", "Chauhan", "Das", "Fernandes", "Gupta", "Iyer", "Joshi", "Khan", "Mehta", "Nair", "Patel",
    "Rao", "Reddy", "Sharma", "Singh", "Verma",
)  # fmt: skip


@dataclass(slots=True)
class ChatMessage:
    """tick: of its last change."""

    id: int
    from_bot: bool
    text: str
    date: int
    entities: list[dict[str, Any]] = field(default_factory=list)
    keyboard: list[list[dict[str, Any]]] | None = None
    edit_date: int | None = None
    reply_to: int | None = None
    silent: bool = False
    deleted: bool = False
    tick: int = 0


@dataclass(slots=True)
class Chat:
    """A person's private chat with the bot, or a group (negative id). refuses: the error of every send to it."""

    id: int
    first_name: str
    last_name: str = ""
    username: str | None = None
    started: bool = False
    blocked: bool = False
    migrated_to: int | None = None
    messages: dict[int, ChatMessage] = field(default_factory=dict)
    unread: int = 0
    toast: tuple[int, str] | None = None  # tick, text of the last answer to a button press
    action_at: float = 0.0
    tick: int = 0

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call. at, answered_at: the loop's seconds. code: 200, an error code, or 0 when the connection was cut."""

    method: str
    chat_id: int | None
    at: float
    answered_at: float
    code: int
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class SentRecord:
    """One accepted sendMessage. at: seconds since the epoch."""

    message_id: int
    text: str
    at: float


class World:
    """Everything that the simulated Telegram knows. tick grows with every change that a page can show."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.updates: deque[dict[str, Any]] = deque(maxlen=UPDATES_KEPT)
        self.allowed_updates: frozenset[str] | None = None
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.commands_tick = 0
        self.webhook_url = ""
        self.sends: dict[int, list[SentRecord]] = {}
        self.calls: deque[CallRecord] = deque(maxlen=CALLS_KEPT)
        self.callbacks: dict[str, int] = {}
        self.tick = 0
        self._changed = asyncio.Event()
        self._update_arrived = asyncio.Event()
        self._next_message_id = 1
        self._next_update_id = 1
        self._polls = 0
        self.polled = asyncio.Event()  # while a getUpdates call waits
        self._student_ids = count(FIRST_STUDENT_ID)

    def add_chat(
        self,
        chat_id: int | None = None,
        first_name: str = "Student",
        last_name: str = "",
        *,
        username: str | None = None,
        started: bool = False,
    ) -> Chat:
        """Add a person or group that may meet the bot. started: as if Start had been pressed before."""
        if chat_id is None:
            chat_id = next(number for number in self._student_ids if number not in self.chats)
        chat = Chat(chat_id, first_name, last_name, username, started=started)
        self.chats[chat_id] = chat
        self.touch(chat)
        return chat

    def add_students(self, number: int, *, started: bool = True, seed: int = 7) -> list[Chat]:
        """Add persons with names."""
        chance = random.Random(seed)  # noqa: S311 - names of simulated students
        return [
            self.add_chat(None, chance.choice(_FIRST_NAMES), chance.choice(_LAST_NAMES), started=started)
            for _ in range(number)
        ]

    def touch(self, chat: Chat, message: ChatMessage | None = None) -> None:
        """Note that something changed that a page can show."""
        self.tick += 1
        chat.tick = self.tick
        if message is not None:
            message.tick = self.tick
        self._changed.set()

    async def changed(self) -> None:
        """Wait for the next change."""
        self._changed.clear()
        await self._changed.wait()

    def write(self, chat: Chat, text: str, *, from_bot: bool, **looks: Any) -> ChatMessage:
        """Add a message to a chat. looks: further fields of ChatMessage."""
        message = ChatMessage(self._next_message_id, from_bot, text, int(time.time()), **looks)
        self._next_message_id += 1
        chat.messages[message.id] = message
        if from_bot:
            chat.unread += 1
            self.sends.setdefault(chat.id, []).append(SentRecord(message.id, text, time.time()))
        self.touch(chat, message)
        return message

    def start(self, chat_id: int, payload: str = "") -> None:
        """Let a person press Start, or a deep link."""
        chat = self.chats[chat_id]
        if chat.blocked:
            self.unblock(chat_id)
        chat.started = True
        self.say(chat_id, f"/start {payload}".strip())

    def say(self, chat_id: int, text: str) -> None:
        """Let a person write to the bot."""
        chat = self.chats[chat_id]
        if chat.blocked:
            raise bad_request("this person has blocked the bot")
        chat.started = True
        message = self.write(chat, text, from_bot=False)
        shown = message_object(chat, message)
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            shown["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self.push("message", shown)

    def press(self, chat_id: int, message_id: int, data: str) -> None:
        """Let a person press a button."""
        chat = self.chats[chat_id]
        query_id = str(self._next_update_id)
        update = {"id": query_id, "from": user_object(chat), "chat_instance": str(chat_id), "data": data}
        if (message := chat.messages.get(message_id)) is not None:
            update["message"] = message_object(chat, message)
        self.callbacks[query_id] = chat_id
        self.push("callback_query", update)

    def block(self, chat_id: int) -> None:
        """Let a person block the bot."""
        self._set_membership(self.chats[chat_id], blocked=True)

    def unblock(self, chat_id: int) -> None:
        """Let a person allow the bot to write again."""
        self._set_membership(self.chats[chat_id], blocked=False)

    def push(self, kind: str, content: Mapping[str, Any]) -> None:
        """Queue an update for the bot."""
        if self.allowed_updates is None or kind in self.allowed_updates:
            self.updates.append({"update_id": self._next_update_id, kind: content})
            self._update_arrived.set()
        self._next_update_id += 1

    async def updates_from(self, offset: int | None, limit: int, timeout_s: float) -> Sequence[dict[str, Any]]:
        """Forget the updates before `offset`, and wait for some that are left. A second poller ends the first."""
        self.end_polls()
        number = self._polls
        if offset is not None and offset < 0:
            offset = self._next_update_id + offset
        while offset is not None and self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
        if not self.updates and timeout_s > 0:
            self._update_arrived.clear()
            self.polled.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._update_arrived.wait()
            self.polled.clear()
        if number != self._polls:
            reason = "terminated by other getUpdates request; make sure that only one bot instance is running"
            raise ApiError(409, f"Conflict: {reason}")
        return list(self.updates)[:limit]

    def end_polls(self) -> None:
        """Answer the poll that waits, if one does, with a conflict."""
        self._polls += 1
        self._update_arrived.set()

    def _set_membership(self, chat: Chat, *, blocked: bool) -> None:
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        self.touch(chat)
        self.push(
            "my_chat_member",
            {
                "chat": chat_object(chat),
                "from": user_object(chat),
                "date": int(time.time()),
                "old_chat_member": _member(blocked=not blocked),
                "new_chat_member": _member(blocked=blocked),
            },
        )


def chat_object(chat: Chat) -> dict[str, Any]:
    """Return the Bot API's Chat."""
    if chat.id < 0:
        return {"id": chat.id, "type": "supergroup" if str(chat.id).startswith("-100") else "group", "title": chat.name}
    return {"id": chat.id, "type": "private", **_names(chat)}


def user_object(chat: Chat) -> dict[str, Any]:
    """Return the Bot API's User of a private chat."""
    return {"id": chat.id, "is_bot": False, "language_code": "en", **_names(chat)}


def message_object(chat: Chat, message: ChatMessage) -> dict[str, Any]:
    """Return the Bot API's Message."""
    shown: dict[str, Any] = {
        "message_id": message.id,
        "date": message.date,
        "chat": chat_object(chat),
        "from": BOT if message.from_bot else user_object(chat),
        "text": message.text,
    }
    if message.entities:
        shown["entities"] = message.entities
    if message.keyboard:
        shown["reply_markup"] = {"inline_keyboard": message.keyboard}
    if message.edit_date is not None:
        shown["edit_date"] = message.edit_date
    return shown


def changed_messages(messages: Iterable[ChatMessage], since: int) -> list[ChatMessage]:
    """Return the messages that changed after a tick."""
    return [message for message in messages if message.tick > since]


def _names(chat: Chat) -> dict[str, str]:
    names = {"first_name": chat.first_name, "last_name": chat.last_name, "username": chat.username}
    return {key: name for key, name in names.items() if name}


def _member(*, blocked: bool) -> dict[str, Any]:
    return {"user": BOT, "status": "kicked", "until_date": 0} if blocked else {"user": BOT, "status": "member"}

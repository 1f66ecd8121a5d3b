"""Mails and settings for the tests of the mailbox's connection."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from placement_alerts.core.mail import Arrival, Cursor, Mail, MailId
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.mailbox_folders import FIRST_UIDVALIDITY
from placement_alerts.sources.mailbox.settings import MailboxSettings
from placement_alerts.sources.mailbox.source import ImapMailbox, ImapSession

NOW = datetime(2026, 1, 27, 6, 0, tzinfo=UTC)
USERNAME = "reader@college.example"
TIMEOUT_S = 0.3
PATIENCE_S = 5.0
PASSWORD = 'of "the" \\ mailbox'


def a_raw_mail(number: int, body: str = "Read this.") -> bytes:
    return f"Message-ID: <{number}@office.example>\r\nSubject: Mail {number}\r\n\r\n{body}\r\n".encode()


def settings_for(mailbox: SimulatedMailbox, **values: Any) -> MailboxSettings:
    """Return settings with a deadline shorter than a person may set."""
    access = {"host": mailbox.host, "port": mailbox.port, "username": USERNAME, "password": SecretStr(PASSWORD)}
    settings = MailboxSettings(**{"tls": False, **access, **values})
    return settings.model_copy(update={"timeout_s": TIMEOUT_S})


async def keep_subject(
    raw: bytes, *, received_at: datetime, settings: MailboxSettings, damaged: str | None = None
) -> Mail:
    """Stand in for the reading of mails: what matters here is which bytes arrive."""
    header, _, body = raw.partition(b"\r\n\r\n")
    subject = header.decode().partition("Subject: ")[2]
    return Mail(
        id=MailId(header.decode()), subject=subject, received_at=received_at, text=body.decode(), damaged=damaged
    )


def a_mailbox(mailbox: SimulatedMailbox, **values: Any) -> ImapMailbox:
    return ImapMailbox(settings_for(mailbox, **values), read=keep_subject)


def after(uid: int, folder: str = "INBOX", uidvalidity: int = FIRST_UIDVALIDITY) -> dict[str, Cursor]:
    """Return the cursors of who has read a folder up to this mail."""
    return {folder: Cursor(folder=folder, uidvalidity=uidvalidity, uid=uid)}


async def poll(mailbox: ImapMailbox, cursors: Mapping[str, Cursor] | None = None) -> list[Arrival]:
    """Take every arrival in and settle it, as the pipeline does."""
    async with mailbox.session(NOW) as session, aclosing(session.arrivals(cursors or {})) as arrivals:
        taken = []
        async for arrival in arrivals:
            await session.settle(arrival)
            taken.append(arrival)
        return taken


async def take(
    source: ImapMailbox, taken: list[Arrival], each: Callable[[ImapSession, Arrival], Awaitable[None]]
) -> None:
    """Take arrivals in, and do something after each."""
    async with source.session(NOW) as session:
        async for arrival in session.arrivals({}):
            taken.append(arrival)
            await each(session, arrival)


async def look(session: ImapSession, cursors: Mapping[str, Cursor] | None = None) -> list[Arrival]:
    """Return every arrival, settling none."""
    return [arrival async for arrival in session.arrivals(cursors or {})]


def subjects(arrivals: list[Arrival]) -> list[str]:
    return [arrival.mail.subject for arrival in arrivals]


class Pauses:
    """Stands in for sleeping: records how long, and returns at once but for the lengths that never end."""

    def __init__(self, *endless: float) -> None:
        self.asked: list[float] = []
        self._endless = endless
        self._new = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._new.set()
        await (asyncio.Event().wait() if seconds in self._endless else asyncio.sleep(0))

    async def until(self, seconds: float) -> None:
        """Wait until a pause of this length has begun."""
        async with asyncio.timeout(PATIENCE_S):
            while seconds not in self.asked:
                self._new.clear()
                await self._new.wait()

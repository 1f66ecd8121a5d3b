"""The places of the demo: simulated portal, mailbox, official page and Telegram on this machine, and their settings.

Part of the composition root, like `demo`.
"""

import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from placement_alerts.channels.webpush.vapid import new_key
from placement_alerts.config.loading import load
from placement_alerts.config.models import Config
from placement_alerts.errors import ConfigError
from placement_alerts.sandbox import mailbox_content
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.mailbox_content import Mailing
from placement_alerts.sandbox.official_content import SEASON_2031, SEASON_2032, Content
from placement_alerts.sandbox.official_page import SimulatedPage
from placement_alerts.sandbox.portal import SimulatedPortal
from placement_alerts.sandbox.portal_content import LOGINS, OfficeEvent, fill
from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.sandbox.telegram_chats import Chat

SEED = 7
ENROLLED = 5  # students who give their number; the first of them is an admin too
FIRST_NUMBER = 22103451
LATENCY_S = 0.06  # a round trip to Telegram
MAILBOX = ("placements@tiit.ac.example", "mailbox demo")
MAILING_COMPANY = "Cobalt Fern Analytics"
CONTENT = Content(batches=(("2026", SEASON_2032), ("2025", SEASON_2031)))
STATISTICS: Sequence[Mapping[str, Any]] = (
    {
        "year": "202526",
        "ranges": [
            {"branch": "CSE", "first": "22103000", "before": "22104000", "strength": 342},
            {"branch": "ECE", "first": "22102000", "before": "22103000", "strength": 240},
            {"branch": "IT", "first": "22104000", "before": "22105000", "strength": 66},
            {"branch": "BT", "first": "22101000", "before": "22102000", "strength": 47},
        ],
    },
)


@dataclass(frozen=True, slots=True)
class Places:
    """What the demo's people look at. numbers: enrollment numbers by chat. url: of our own pages."""

    portal: SimulatedPortal
    mailbox: SimulatedMailbox
    page: SimulatedPage
    telegram: SimulatedTelegram
    chats: Sequence[Chat]
    numbers: Mapping[int, str]
    url: str

    @property
    def admin(self) -> Chat:
        """The student who is asked about held mails."""
        return self.chats[0]

    def mailing(self, now: datetime) -> Mailing:
        """Return what the office's mails speak of: the enrolled students are on its lists."""
        names = {chat.id: chat.name for chat in self.chats}
        return Mailing(MAILING_COMPANY, [(number, names[chat]) for chat, number in self.numbers.items()], now)


@asynccontextmanager
async def open_places(port: int, students: int, now: datetime, **telegram: Any) -> AsyncIterator[Places]:
    """Open everything, filled with the history of the last weeks. port: of the chat page. Raises ConfigError."""
    simulated = SimulatedTelegram(port=port, latency_s=LATENCY_S, **telegram)
    chats = simulated.world.add_students(students, started=False, seed=SEED)
    numbers = {chat.id: str(FIRST_NUMBER + 7 * position) for position, chat in enumerate(chats[:ENROLLED])}
    async with AsyncExitStack() as stack:
        portal = await stack.enter_async_context(SimulatedPortal(LOGINS))
        mailbox = await stack.enter_async_context(SimulatedMailbox(*MAILBOX))
        page = await stack.enter_async_context(SimulatedPage(CONTENT))
        fill(portal, SEED, now)
        for raw, at in mailbox_content.history(SEED, now):
            mailbox.deliver(raw, at=at)
        try:
            await stack.enter_async_context(simulated)
        except OSError as error:
            raise ConfigError([f"--port {port}: cannot listen on it ({error.strerror}); choose another"]) from error
        yield Places(portal, mailbox, page, simulated, chats, numbers, f"http://127.0.0.1:{_free_port()}")


def config_of(places: Places, folder: Path) -> Config:
    """Return the settings of the program between these places. folder: for its store."""
    accounts = [{"email": login.email, "password": login.password} for login in LOGINS]
    settings = {
        "DATABASE__URL": f"sqlite:///{folder}/demo.db",
        "WEB__PORT": places.url.rpartition(":")[2],
        "WEB__PUBLIC_URL": places.url,
        "TELEGRAM__TOKEN": places.telegram.token,
        "TELEGRAM__API_BASE": places.telegram.base_url,
        "TELEGRAM__ADMINS": json.dumps([places.admin.id]),
        "TELEGRAM__LINK_BASE": f"{places.telegram.base_url}/open",
        "WEBPUSH__VAPID_PRIVATE_KEY": new_key()[0],
        "WEBPUSH__SUBJECT": "mailto:office@college.example",
        "SOURCES__SUPERSET__BASE_URL": places.portal.base_url,
        "SOURCES__SUPERSET__PUBLIC_KEY": places.portal.public_key,
        "SOURCES__SUPERSET__ACCOUNTS": json.dumps(accounts),
        "SOURCES__MAILBOX__HOST": places.mailbox.host,
        "SOURCES__MAILBOX__PORT": str(places.mailbox.port),
        "SOURCES__MAILBOX__TLS": "false",
        "SOURCES__MAILBOX__USERNAME": MAILBOX[0],
        "SOURCES__MAILBOX__PASSWORD": MAILBOX[1],
        "SOURCES__MAILBOX__TRUSTED_SENDERS": json.dumps([mailbox_content.TRUSTED]),
        "SOURCES__MAILBOX__AUTHSERV_ID": mailbox_content.AUTHSERV_ID,
        "SOURCES__OFFICIAL__URL": places.page.url,
        "STATISTICS__YEARS": json.dumps(STATISTICS),
        "OFFERS__SHOW_NAMES": "names",
        "BOT__LINKS": json.dumps([{"title": "Placement portal", "url": "https://app.joinsuperset.com"}]),
    }
    environ = {f"PLACEMENT_ALERTS__{name}": value for name, value in settings.items()}
    return load(environ=environ, folder=folder).config


def page_script() -> tuple[OfficeEvent[SimulatedPage], ...]:
    """Return what the editors of the official page do."""

    def raise_average(page: SimulatedPage) -> None:
        page.content = page.content.with_card("2026", "Average Package", "Rs. 9.95 Lacs")

    return (OfficeEvent(34, "changes the average package on the official page", raise_average),)


def _free_port() -> int:
    """Return a port that is free now: the bot's messages link to our pages, so it must be known before they open."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

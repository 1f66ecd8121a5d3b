"""The demo: a simulated portal and a simulated Telegram on this machine, and the real program between them."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer

from placement_alerts.app import Role, run
from placement_alerts.app_parts import Parts
from placement_alerts.config.loading import load
from placement_alerts.config.models import Config
from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.timetable import IST
from placement_alerts.errors import ConfigError
from placement_alerts.logs import set_up_logs
from placement_alerts.sandbox.portal import SimulatedPortal
from placement_alerts.sandbox.portal_content import LOGINS, OfficeEvent, fill, play, script
from placement_alerts.sandbox.telegram_api import SimulatedTelegram
from placement_alerts.sandbox.telegram_limits import Limits
from placement_alerts.store.base import DeliveryFilter

SEED = 7
STUDENTS = 12
POLL_S = 0.5  # the real portal is read once an hour
RECEIPTS_SHOWN = 60
LATENCY_S = 0.06  # a round trip to Telegram


async def run_demo(port: int, seconds: float | None, *, verbose: bool) -> None:
    """Run until Ctrl-C, or for `seconds`. port: of the chat page. Raises ConfigError if it is taken."""
    set_up_logs(level="info" if verbose else "error", stream=sys.stderr)
    now = datetime.now(UTC)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="placement-alerts-demo-"))
        portal = await stack.enter_async_context(SimulatedPortal(LOGINS))
        fill(portal, SEED, now)
        desk = _Desk()
        telegram = SimulatedTelegram(port=port, limits=Limits(), latency_s=LATENCY_S, receipts=desk.receipts)
        desk.names = {
            str(chat.id): chat.name for chat in telegram.world.add_students(STUDENTS, started=False, seed=SEED)
        }
        try:
            await stack.enter_async_context(telegram)
        except OSError as error:
            raise ConfigError([f"--port {port}: cannot listen on it ({error.strerror}); choose another"]) from error
        for chat_id in desk.names:
            telegram.world.start(int(chat_id))
        stopping = asyncio.Event()
        config = _config(Path(folder), portal, telegram)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run(config, frozenset(Role), stopping, desk.opened))
            directing = tasks.create_task(_direct(portal, telegram, desk, now))
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await stopping.wait()
            directing.cancel()  # before the program closes what it looks at
            desk.parts = None
            stopping.set()


class _Desk:
    """What the demo knows of the running program. names: of the simulated students, by chat."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.parts: Parts | None = None
        self.port: int | None = None
        self.ready = asyncio.Event()

    def opened(self, parts: Parts, port: int | None) -> None:
        """Take the parts once everything runs."""
        self.parts, self.port = parts, port
        self.ready.set()

    async def receipts(self) -> Sequence[Mapping[str, str]]:
        """Return the latest receipts, for the panel of the chat page."""
        if self.parts is None:
            return []
        rows = await self.parts.store.deliveries.find(DeliveryFilter(), None, RECEIPTS_SHOWN)
        return [await self._shown(self.parts, row) for row in rows]

    async def _shown(self, parts: Parts, row: Delivery) -> Mapping[str, str]:
        notice = await parts.store.notices.get(row.notice_id)
        when = row.seen_at or row.sent_at or row.planned_at
        return {
            "time": f"{when.astimezone(IST):%H:%M:%S}",
            "state": row.state.value,
            "student": self.names.get(row.target, "-"),
            "notice": f"{notice.title if notice else row.notice_id} · r{row.revision}",
            "why": row.error_class or row.reason,
        }


async def _direct(portal: SimulatedPortal, telegram: SimulatedTelegram, desk: _Desk, now: datetime) -> None:
    """Let the students join and the office work; goes on polling until it is cancelled."""
    await desk.ready.wait()
    if desk.parts is None:
        return
    _welcome(telegram, desk.port)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_poll(desk.parts))
        await _until_joined(desk.parts)
        typer.echo(f"{_clock()}  {STUDENTS} students pressed Start; the office begins to work:")
        await play(portal, script(SEED, now), _tell)
        typer.echo(f"{_clock()}  The office is done for today. Write to the bot, or press Ctrl-C.")


async def _poll(parts: Parts) -> None:
    told: dict[DeliveryState, int] = {}
    while True:
        parts.updater.ring("superset")
        await asyncio.sleep(POLL_S)
        counts = await parts.store.deliveries.counts()
        totals = {state: sum(n for (_, one), n in counts.items() if one is state) for state in DeliveryState}
        waiting = totals[DeliveryState.DUE] + totals[DeliveryState.SENDING]
        if totals[DeliveryState.SENT] != told.get(DeliveryState.SENT) and not waiting and totals[DeliveryState.SENT]:
            told = totals
            typer.echo(f"{_clock()}  receipts: {totals[DeliveryState.SENT] + totals[DeliveryState.SEEN]} sent")


async def _until_joined(parts: Parts) -> None:
    while (await parts.store.students.counts())["active"] < STUDENTS:  # noqa: ASYNC110 - nobody tells us
        await asyncio.sleep(0.1)


def _config(folder: Path, portal: SimulatedPortal, telegram: SimulatedTelegram) -> Config:
    accounts = [{"email": login.email, "password": login.password} for login in LOGINS]
    settings = {
        "DATABASE__URL": f"sqlite:///{folder}/demo.db",
        "WEB__PORT": "0",
        "TELEGRAM__TOKEN": telegram.token,
        "TELEGRAM__API_BASE": telegram.base_url,
        "SOURCES__SUPERSET__BASE_URL": portal.base_url,
        "SOURCES__SUPERSET__PUBLIC_KEY": portal.public_key,
        "SOURCES__SUPERSET__ACCOUNTS": json.dumps(accounts),
        "OFFERS__SHOW_NAMES": "full",
        "BOT__LINKS": json.dumps([{"title": "Placement portal", "url": "https://app.joinsuperset.com"}]),
    }
    environ = {f"PLACEMENT_ALERTS__{name}": value for name, value in settings.items()}
    return load(environ=environ, folder=folder).config


def _welcome(telegram: SimulatedTelegram, port: int | None) -> None:
    typer.secho("\nplacement_alerts demo: everything on this machine, nothing real is called.\n", bold=True)
    typer.echo(f"  Chat with the bot and watch notices arrive:  {telegram.base_url}/")
    typer.echo(f"  How the program is doing:                    http://127.0.0.1:{port}/health\n")


def _tell(event: OfficeEvent[Any]) -> None:
    typer.echo(f"{_clock()}  office: {event.what}")


def _clock() -> str:
    return f"{datetime.now(IST):%H:%M:%S}"

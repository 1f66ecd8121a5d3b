"""The demo: simulated peers on this machine, the real program between them, and a line for whatever happens."""

import asyncio
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
from placement_alerts.core.delivery import Delivery, DeliveryState
from placement_alerts.core.timetable import IST
from placement_alerts.demo_places import MAILING_COMPANY, SEED, Places, config_of, open_places, page_script
from placement_alerts.logs import set_up_logs
from placement_alerts.sandbox import mailbox_content, portal_content
from placement_alerts.sandbox.portal_content import OfficeEvent, play
from placement_alerts.sandbox.telegram_limits import Limits
from placement_alerts.store.base import DeliveryFilter

STUDENTS = 12
POLL_S = 0.5  # portal and page are really read once an hour and once a day; mail is told of by its server
RECEIPTS_SHOWN = 60


async def run_demo(port: int, seconds: float | None, *, verbose: bool) -> None:
    """Run until Ctrl-C, or for `seconds`. port: of the chat page. Raises ConfigError if it is taken."""
    set_up_logs(level="info" if verbose else "error", stream=sys.stderr)
    now = datetime.now(UTC)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="placement-alerts-demo-"))
        desk = _Desk()
        opening = open_places(port, STUDENTS, now, limits=Limits(), receipts=desk.receipts)
        places = await stack.enter_async_context(opening)
        desk.names = {str(chat.id): chat.name for chat in places.chats}
        for chat in places.chats:
            places.telegram.world.start(chat.id)
        stopping = asyncio.Event()
        config = config_of(places, Path(folder))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run(config, frozenset(Role), stopping, desk.opened))
            directing = tasks.create_task(_direct(places, desk, now))
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
        self.ready = asyncio.Event()

    def opened(self, parts: Parts, _: int | None) -> None:
        """Take the parts once everything runs."""
        self.parts = parts
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
            "why": row.error_class or ("named in it" if row.personal else row.reason),
        }


async def _direct(places: Places, desk: _Desk, now: datetime) -> None:
    """Let the students join and the office work; goes on polling until it is cancelled."""
    await desk.ready.wait()
    if desk.parts is None:
        return
    _welcome(places)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_poll(desk.parts))
        await _until_joined(desk.parts)
        for chat, number in places.numbers.items():
            places.telegram.world.say(chat, f"/enrollment {number}")
        typer.echo(
            f"{_clock()}  {STUDENTS} students pressed Start, {len(places.numbers)} gave their enrollment number;"
        )
        typer.echo(f"{_clock()}  the office begins to work:")
        async with asyncio.TaskGroup() as work:
            work.create_task(play(places.portal, portal_content.script(SEED, now), _tell))
            work.create_task(play(places.mailbox, mailbox_content.script(places.mailing(now)), _tell))
            work.create_task(play(places.page, page_script(), _tell))
        typer.echo(f"{_clock()}  The office is done for today. Write to the bot, or press Ctrl-C.")


async def _poll(parts: Parts) -> None:
    told: dict[DeliveryState, int] = {}
    offers = 0
    while True:
        parts.updater.ring("superset", "official")
        await asyncio.sleep(POLL_S)
        counts = await parts.store.deliveries.counts()
        totals = {state: sum(n for (_, one), n in counts.items() if one is state) for state in DeliveryState}
        waiting = totals[DeliveryState.DUE] + totals[DeliveryState.SENDING]
        if totals[DeliveryState.SENT] != told.get(DeliveryState.SENT) and not waiting and totals[DeliveryState.SENT]:
            told = totals
            typer.echo(f"{_clock()}  receipts: {totals[DeliveryState.SENT] + totals[DeliveryState.SEEN]} sent")
        offers = await _tell_offer(parts, offers)


async def _tell_offer(parts: Parts, known: int) -> int:
    """Say that a mail became an offer, or more students joined one; return how many are named in it now."""
    offer = await parts.store.offers.get("202526", MAILING_COMPANY.casefold())
    named = len(offer.students) if offer else 0
    if named > known:
        typer.echo(f"{_clock()}  offer: {MAILING_COMPANY}, {named} students; the statistics count them")
    return named


async def _until_joined(parts: Parts) -> None:
    while (await parts.store.students.counts())["active"] < STUDENTS:  # noqa: ASYNC110 - nobody tells us
        await asyncio.sleep(0.1)


def _welcome(places: Places) -> None:
    typer.secho("\nplacement_alerts demo: everything on this machine, nothing real is called.\n", bold=True)
    typer.echo(f"  Chat with the bot and watch notices arrive:  {places.telegram.base_url}/")
    typer.echo(f"     {places.admin.name} (the first chat) is named on lists, and an admin: see who is told what.")
    typer.echo(f"  Read them on the page, as anybody may:       {places.url}/")
    typer.echo("     Sign in there by its link: it opens the chat page, press Start and its number as a student.")
    typer.echo("     Notify me here is the one thing that is real: your browser asks its own push service.")
    typer.echo(f"  Write a notice yourself, see who got it:     {places.url}/admin (as {places.admin.name})")
    typer.echo(f"  The HTTP API:                                {places.url}/api/docs")
    typer.echo(f"  How the program is doing:                    {places.url}/health\n")


def _tell(event: OfficeEvent[Any]) -> None:
    typer.echo(f"{_clock()}  office: {event.what}")


def _clock() -> str:
    return f"{datetime.now(IST):%H:%M:%S}"

"""Watching a mailbox: told at once where the server has IDLE, by a look now and then everywhere."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from placement_alerts.sandbox import mailbox_faults
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.mailbox_faults import Fault
from placement_alerts.sources.mailbox.source import ImapMailbox
from placement_alerts.sources.mailbox.watching import MOST_LISTENING, REFUSED_WAIT_S, RING_GAP_S
from tests.sources.mailbox.builders import PATIENCE_S, Pauses, a_raw_mail, keep_subject, settings_for

POLL_S = 77.0


class Bell:
    """Counts rings, and lets a test wait for them."""

    def __init__(self) -> None:
        self.rings = 0
        self._rung = asyncio.Event()

    def __call__(self) -> None:
        self.rings += 1
        self._rung.set()

    async def until(self, rings: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.rings < rings:
                self._rung.clear()
                await self._rung.wait()


@asynccontextmanager
async def watching(mailbox: SimulatedMailbox, pauses: Pauses, **values: Any) -> AsyncIterator[Bell]:
    """Watch while the block runs."""
    source = ImapMailbox(settings_for(mailbox, poll_s=POLL_S, **values), read=keep_subject, sleep=pauses)
    bell = Bell()
    watch = asyncio.create_task(source.watch(bell))
    try:
        yield bell
    finally:
        watch.cancel()
        await asyncio.wait({watch})
        assert watch.cancelled()


async def until(mailbox: SimulatedMailbox, holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await mailbox.until(holds)


async def test_arrival_rings_at_once(mailbox: SimulatedMailbox) -> None:
    async with watching(mailbox, Pauses(POLL_S)) as bell:
        await until(mailbox, lambda: mailbox.idling == 1)
        mailbox.deliver(a_raw_mail(1))

        await bell.until(2)

    assert mailbox.counted("LOGIN") == 1


async def test_what_came_before_the_listening_rings_too(mailbox: SimulatedMailbox) -> None:
    async with watching(mailbox, Pauses(POLL_S)) as bell:
        await bell.until(1)


async def test_mails_that_arrive_together_are_waited_for(mailbox: SimulatedMailbox) -> None:
    pauses = Pauses(POLL_S, RING_GAP_S)

    async with watching(mailbox, pauses) as bell:
        await until(mailbox, lambda: mailbox.idling == 1)
        for number in range(100):
            mailbox.deliver(a_raw_mail(number))
        await bell.until(2)
        await until(mailbox, lambda: mailbox.idling == 0)

    assert bell.rings == 2


async def test_idle_is_renewed_on_the_same_connection(mailbox: SimulatedMailbox) -> None:
    pauses = Pauses(POLL_S)

    async with watching(mailbox, pauses, renew_s=1) as bell:
        await until(mailbox, lambda: mailbox.counted("IDLE") == 2)
        await until(mailbox, lambda: mailbox.idling == 1)
        mailbox.deliver(a_raw_mail(1))
        await bell.until(2)

    assert (mailbox.counted("DONE"), mailbox.counted("LOGIN")) == (2, 1)


async def test_every_folder_is_listened_to(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1), "Offers")

    async with watching(mailbox, Pauses(POLL_S), folders=["INBOX", "Offers"]) as bell:
        await until(mailbox, lambda: mailbox.idling == 2)
        mailbox.deliver(a_raw_mail(2), "Offers")
        await bell.until(3)


async def test_many_folders_do_not_take_all_the_connections_that_a_server_allows(mailbox: SimulatedMailbox) -> None:
    folders = [f"Folder {number}" for number in range(10)]
    for folder in folders:
        mailbox.deliver(a_raw_mail(1), folder)

    async with watching(mailbox, Pauses(POLL_S), folders=folders):
        await until(mailbox, lambda: mailbox.idling == MOST_LISTENING)

    assert mailbox.counted("GREETING") == MOST_LISTENING


@pytest.mark.parametrize("idle", [True, False])
async def test_look_now_and_then_needs_no_idle(mailbox: SimulatedMailbox, idle: bool) -> None:
    async with watching(mailbox, Pauses(REFUSED_WAIT_S), idle=idle) as bell:
        await bell.until(5)


async def test_idle_that_is_switched_off_opens_no_connection(mailbox: SimulatedMailbox) -> None:
    async with watching(mailbox, Pauses(), idle=False) as bell:
        await bell.until(2)

    assert mailbox.commands == []


async def test_server_without_idle_is_tried_again_much_later(mailbox: SimulatedMailbox) -> None:
    mailbox.has_idle = False
    pauses = Pauses(POLL_S, REFUSED_WAIT_S)

    async with watching(mailbox, pauses):
        await pauses.until(REFUSED_WAIT_S)

    assert mailbox.counted("LOGIN") == 1


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("GREETING", mailbox_faults.cut()),
        ("LOGIN", mailbox_faults.refuse("NO [UNAVAILABLE] later")),
        ("SELECT", mailbox_faults.hang()),
        ("IDLE", mailbox_faults.hang()),
        ("IDLE", mailbox_faults.bye()),
        ("IDLE", mailbox_faults.say(b"nonsense\r\nA0 OK\r\n")),
    ],
    ids=lambda value: getattr(value, "name", value),
)
async def test_lost_connection_is_made_anew_and_rings(mailbox: SimulatedMailbox, command: str, fault: Fault) -> None:
    pauses = Pauses(POLL_S)
    mailbox.fail(command, fault, times=2)

    async with watching(mailbox, pauses) as bell:
        await until(mailbox, lambda: mailbox.idling == 1)
        rings = bell.rings
        mailbox.deliver(a_raw_mail(1))
        await bell.until(rings + 1)

    assert pauses.asked[:3] == [POLL_S, 1.0, 2.0]


async def test_connection_cut_while_it_listens_is_made_anew(mailbox: SimulatedMailbox) -> None:
    async with watching(mailbox, Pauses(POLL_S)) as bell:
        await until(mailbox, lambda: mailbox.idling == 1)
        port = mailbox.port
        await mailbox.stop()
        await mailbox.start(port)
        await until(mailbox, lambda: mailbox.idling == 1)

        assert bell.rings == 2


async def test_wait_before_a_new_connection_grows_to_half_a_minute(mailbox: SimulatedMailbox) -> None:
    pauses = Pauses(POLL_S)
    mailbox.fail("GREETING", mailbox_faults.cut(), times=7)

    async with watching(mailbox, pauses):
        await until(mailbox, lambda: mailbox.idling == 1)

    assert pauses.asked == [POLL_S, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


async def test_refused_login_is_tried_once_for_all_folders_and_then_much_later(mailbox: SimulatedMailbox) -> None:
    pauses = Pauses(POLL_S, REFUSED_WAIT_S)
    folders = ["INBOX", "Offers", "Lists"]

    async with watching(mailbox, pauses, password="another", folders=folders):
        await pauses.until(REFUSED_WAIT_S)

    assert (mailbox.counted("LOGIN"), pauses.asked) == (1, [POLL_S, REFUSED_WAIT_S])


async def test_trouble_is_told_once_and_so_is_its_end(mailbox: SimulatedMailbox) -> None:
    mailbox.fail("IDLE", mailbox_faults.cut(), times=3)

    with capture_logs() as logs:
        async with watching(mailbox, Pauses(POLL_S)):
            await until(mailbox, lambda: mailbox.idling == 1)
            mailbox.deliver(a_raw_mail(1))
            await until(mailbox, lambda: mailbox.counted("DONE") == 1)

    assert [line["event"] for line in logs] == ["source.watch_lost", "source.watch_restored"]
    assert logs[0]["error_class"] == "unreachable"

"""The mailbox against a real Dovecot."""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from placement_alerts.core.mail import Arrival, Cursor
from placement_alerts.errors import ConnectionLost, PeerError, PeerRefused
from placement_alerts.sources.mailbox.settings import MailboxSettings
from placement_alerts.sources.mailbox.source import TRIES, ImapMailbox, ImapSession
from tests.mail_server import Maildir, running_mail_server
from tests.sources.mailbox.builders import NOW, PATIENCE_S, Pauses, a_raw_mail, keep_subject, poll, subjects, take
from tests.store.tcp_proxy import tcp_proxy


def source_of(maildir: Maildir, pauses: Pauses | None = None, **values: Any) -> ImapMailbox:
    server = maildir.server
    access = {"host": server.host, "port": server.port, "username": maildir.username, "password": server.password}
    settings = MailboxSettings(**{"tls": False, "timeout_s": 20.0, **access, **values})
    return ImapMailbox(settings, read=keep_subject, sleep=pauses or asyncio.sleep)


def cursors_of(arrivals: list[Arrival]) -> Mapping[str, Cursor]:
    return {arrival.cursor.folder: arrival.cursor for arrival in arrivals}


async def test_mails_come_once_oldest_first_and_are_flagged(maildir: Maildir) -> None:
    at = datetime(2026, 1, 26, 5, 30, tzinfo=UTC)
    for number in range(1, 121):
        maildir.deliver(a_raw_mail(number), at=at)
    source = source_of(maildir)

    first = await poll(source)
    maildir.deliver(a_raw_mail(121))
    second = await poll(source, cursors_of(first))

    assert subjects(first + second) == [f"Mail {number}" for number in range(1, 122)]
    assert first[0].mail.received_at == at
    assert maildir.flags() == ["S"] * 121


async def test_reading_flags_nothing(maildir: Maildir) -> None:
    maildir.deliver(a_raw_mail(1))

    async def do_nothing(_session: ImapSession, _arrival: Arrival) -> None:
        pass

    await take(source_of(maildir), [], do_nothing)

    assert maildir.flags() == [""]


async def test_folder_with_a_name_in_another_script_is_read_and_flagged(maildir: Maildir) -> None:
    maildir.deliver(a_raw_mail(1), "&CSoJTQkyCUcJOAkuCUcJAgkf- &- more")

    arrivals = await poll(source_of(maildir, folders=["INBOX", "प्लेसमेंट & more"]))

    assert subjects(arrivals) == ["Mail 1"]
    assert maildir.flags("&CSoJTQkyCUcJOAkuCUcJAgkf- &- more") == ["S"]


async def test_changed_uidvalidity_means_all_from_the_start(maildir: Maildir) -> None:
    for number in range(1, 4):
        maildir.deliver(a_raw_mail(number))
    source = source_of(maildir)
    first = await poll(source)
    maildir.renumber()

    second = await poll(source, cursors_of(first))

    assert subjects(second) == ["Mail 1", "Mail 2", "Mail 3"]
    assert second[0].cursor.uidvalidity != first[0].cursor.uidvalidity
    assert [arrival.seen for arrival in second] == [True] * 3


async def test_mail_expunged_in_between_is_passed_over(maildir: Maildir) -> None:
    for number in range(1, 4):
        maildir.deliver(a_raw_mail(number))
    taken: list[Arrival] = []

    async def expunge_the_next(session: ImapSession, arrival: Arrival) -> None:
        if arrival.cursor.uid == 1:
            maildir.expunge(1)
        await session.settle(arrival)

    await take(source_of(maildir), taken, expunge_the_next)

    assert subjects(taken) == ["Mail 1", "Mail 3"]
    assert maildir.flags() == ["S", "S"]


async def test_mail_that_the_server_cannot_read_is_reported_in_the_end_and_the_others_come(maildir: Maildir) -> None:
    for number in range(1, 4):
        maildir.deliver(a_raw_mail(number))
    maildir.spoil(1)
    source, taken, stored = source_of(maildir), list[Arrival](), dict[str, Cursor]()

    for _ in range(TRIES + 2):  # together with the first; as the first one's next; then to blame
        with pytest.raises(PeerError):
            await take_after(source, stored, taken)
    await take_after(source, stored, taken)

    assert subjects(taken) == ["Mail 1", "(mail 2 cannot be read)", "Mail 3"]
    assert [bool(arrival.mail.damaged) for arrival in taken] == [False, True, False]


async def take_after(source: ImapMailbox, stored: dict[str, Cursor], taken: list[Arrival]) -> None:
    """Poll as the pipeline does: remember each mail, then its cursor."""
    async with source.session(NOW) as session:
        async for arrival in session.arrivals(stored):
            taken.append(arrival)
            stored[arrival.cursor.folder] = arrival.cursor


async def test_mail_of_25_megabytes_is_read_at_its_beginning_and_the_next_whole(maildir: Maildir) -> None:
    maildir.deliver(a_raw_mail(1, body="line of text\r\n" * (25 * 1024 * 1024 // 14)))
    maildir.deliver(a_raw_mail(2))

    large, small = await poll(source_of(maildir))

    assert large.mail.damaged is not None
    assert len(large.mail.text) < 256 * 1024
    assert (small.mail.subject, small.mail.damaged) == ("Mail 2", None)


async def test_mail_of_25_megabytes_is_whole_where_that_is_allowed(maildir: Maildir) -> None:
    body = "line of text\r\n" * (25 * 1024 * 1024 // 14)
    maildir.deliver(a_raw_mail(1, body=body))

    [large] = await poll(source_of(maildir, max_bytes=64 * 1024 * 1024))

    assert large.mail.text == f"{body}\r\n"


async def test_wrong_password_is_refused(maildir: Maildir) -> None:
    with pytest.raises(PeerRefused, match="app password"):
        await source_of(maildir, password="another").check()


async def test_check_counts_the_mails(maildir: Maildir) -> None:
    maildir.deliver(a_raw_mail(1))
    maildir.deliver(a_raw_mail(2))

    assert await source_of(maildir).check() == ["INBOX: 2 mails"]


@pytest.mark.parametrize("command", [b"SELECT", b"UID SEARCH", b"UID FETCH", b"BODY.PEEK", b"UID STORE"])
async def test_connection_cut_before_an_answer_loses_and_repeats_nothing(maildir: Maildir, command: bytes) -> None:
    for number in range(1, 4):
        maildir.deliver(a_raw_mail(number))
    taken: list[Arrival] = []
    stored: dict[str, Cursor] = {}

    async def store_and_settle(session: ImapSession, arrival: Arrival) -> None:
        stored[arrival.cursor.folder] = arrival.cursor
        await session.settle(arrival)

    async with tcp_proxy(maildir.server.port) as proxy:
        source = source_of(maildir, port=proxy.port)
        proxy.cut_answer_to(command)
        with pytest.raises(ConnectionLost):
            await take(source, taken, store_and_settle)
        taken += await poll(source, stored)

    assert subjects(taken) == ["Mail 1", "Mail 2", "Mail 3"]


@pytest.mark.usefixtures("mail_server")  # skips where there is no Dovecot
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_server_that_restarts_loses_and_repeats_nothing(how: signal.Signals) -> None:
    with running_mail_server() as server:
        own = server.mailbox("reader")
        for number in range(1, 60):
            own.deliver(a_raw_mail(number))
        source, taken, stored = source_of(own), list[Arrival](), dict[str, Cursor]()

        async def store_and_restart(session: ImapSession, arrival: Arrival) -> None:
            stored[arrival.cursor.folder] = arrival.cursor
            if arrival.cursor.uid == 30:
                await asyncio.to_thread(server.stop, how)
                await asyncio.to_thread(server.start)
            await session.settle(arrival)

        with suppress(PeerError):
            await take(source, taken, store_and_restart)
        taken += await poll(source, stored)

    assert subjects(taken) == [f"Mail {number}" for number in range(1, 60)]


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_arrival_rings_at_once_and_after_a_restart_again(how: signal.Signals) -> None:
    with running_mail_server() as server:
        own = server.mailbox("reader")
        own.deliver(a_raw_mail(1))
        rung, pauses = asyncio.Event(), Pauses(300.0)
        watch = asyncio.create_task(source_of(own, pauses).watch(rung.set))
        await next_ring(rung)
        own.deliver(a_raw_mail(2))
        await next_ring(rung)

        await asyncio.to_thread(server.stop, how)
        await asyncio.to_thread(server.start)
        await next_ring(rung)
        own.deliver(a_raw_mail(3))
        await next_ring(rung)

        watch.cancel()
        await asyncio.wait({watch})
    assert watch.cancelled()


async def next_ring(rung: asyncio.Event) -> None:
    async with asyncio.timeout(4 * PATIENCE_S):
        await rung.wait()
    rung.clear()

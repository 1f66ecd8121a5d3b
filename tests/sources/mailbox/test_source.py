"""The mailbox as a source: every mail above the cursor once, flagged only when it is settled."""

from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from placement_alerts.core.mail import Arrival, Cursor
from placement_alerts.errors import PeerRefused
from placement_alerts.sandbox import mailbox_faults
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.mailbox_folders import FIRST_UIDVALIDITY
from placement_alerts.sources.mailbox.source import BEGINNING_BYTES, CHUNK_BYTES, ImapMailbox, ImapSession
from tests.sources.mailbox.builders import (
    NOW,
    a_mailbox,
    a_raw_mail,
    after,
    look,
    poll,
    settings_for,
    subjects,
    take,
)


async def test_first_poll_takes_all_oldest_first_with_cursor_flag_and_time(mailbox: SimulatedMailbox) -> None:
    at = datetime(2026, 1, 26, 5, 30, tzinfo=UTC)
    mailbox.deliver(a_raw_mail(1), at=at)
    mailbox.deliver(a_raw_mail(2))
    mailbox.flag(2)

    first, second = await poll(a_mailbox(mailbox))

    assert first.mail.received_at == at
    assert (first.seen, second.seen) == (False, True)
    assert second.cursor == Cursor(folder="INBOX", uidvalidity=FIRST_UIDVALIDITY, uid=2)


async def test_poll_takes_what_is_above_the_cursor(mailbox: SimulatedMailbox) -> None:
    for number in range(1, 5):
        mailbox.deliver(a_raw_mail(number))

    assert subjects(await poll(a_mailbox(mailbox), after(2))) == ["Mail 3", "Mail 4"]


async def test_cursor_at_the_last_mail_takes_nothing(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))

    assert await poll(a_mailbox(mailbox), after(1)) == []


async def test_mail_that_somebody_opened_is_taken(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.flag(1, "\\Seen")
    mailbox.flag(1, "\\Answered")
    mailbox.flag(1, "\\Deleted")

    assert subjects(await poll(a_mailbox(mailbox))) == ["Mail 1"]


async def test_reading_flags_nothing(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))

    async with a_mailbox(mailbox).session(NOW) as session:
        await look(session)

    assert mailbox.seen() == []


async def test_settling_flags_that_mail_alone(mailbox: SimulatedMailbox) -> None:
    for number in range(1, 4):
        mailbox.deliver(a_raw_mail(number))

    async with a_mailbox(mailbox).session(NOW) as session:
        arrivals = await look(session)
        await session.settle(arrivals[1])

    assert mailbox.seen() == [2]


async def test_mail_that_is_flagged_already_costs_no_command(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.flag(1)

    await poll(a_mailbox(mailbox))

    assert mailbox.counted("STORE") == 0


async def test_changed_uidvalidity_means_all_from_the_start(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.deliver(a_raw_mail(2))
    mailbox.renumber()

    arrivals = await poll(a_mailbox(mailbox), after(2))

    assert subjects(arrivals) == ["Mail 1", "Mail 2"]
    assert arrivals[-1].cursor.uidvalidity == FIRST_UIDVALIDITY + 1


async def test_mail_of_another_uidvalidity_is_not_flagged(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    source = a_mailbox(mailbox)
    [old] = await poll(source)
    mailbox.expunge(1)
    mailbox.renumber()
    mailbox.deliver(a_raw_mail(2))

    async with source.session(NOW) as session:
        await session.settle(old)

    assert mailbox.seen() == []


async def test_folders_are_read_one_after_another_over_one_connection(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1), "Stellenangebote für alle")
    mailbox.deliver(a_raw_mail(2))

    arrivals = await poll(a_mailbox(mailbox, folders=["INBOX", "Stellenangebote für alle"]))

    assert subjects(arrivals) == ["Mail 2", "Mail 1"]
    assert mailbox.counted("LOGIN") == 1
    assert mailbox.seen("Stellenangebote für alle") == [1]


async def test_mail_is_settled_in_its_own_folder_whichever_is_open(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1), "Offers")
    mailbox.deliver(a_raw_mail(2))
    mailbox.deliver(a_raw_mail(3))
    taken: list[Arrival] = []

    async def settle_the_first(session: ImapSession, _: Arrival) -> None:
        await session.settle(taken[0])

    await take(a_mailbox(mailbox, folders=["Offers", "INBOX"]), taken, settle_the_first)

    assert subjects(taken) == ["Mail 1", "Mail 2", "Mail 3"]
    assert (mailbox.seen("Offers"), mailbox.seen()) == ([1], [])


async def test_folder_that_is_not_there_keeps_no_other_waiting_and_is_an_error(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    taken: list[Arrival] = []

    with pytest.raises(PeerRefused, match="'Offers'"):
        await take(a_mailbox(mailbox, folders=["Offers", "INBOX"]), taken, ImapSession.settle)

    assert subjects(taken) == ["Mail 1"]


async def test_who_has_enough_stops_and_the_next_session_continues(mailbox: SimulatedMailbox) -> None:
    for number in range(1, 6):
        mailbox.deliver(a_raw_mail(number))
    source = a_mailbox(mailbox)

    async with source.session(NOW) as session, aclosing(session.arrivals({})) as arrivals:
        first = [await anext(arrivals), await anext(arrivals)]
        await session.settle(first[1])

    assert subjects(await poll(source, after(2))) == ["Mail 3", "Mail 4", "Mail 5"]
    assert mailbox.counted("LOGOUT") == 2


async def test_many_mails_are_described_in_batches(mailbox: SimulatedMailbox) -> None:
    for number in range(1, 121):
        mailbox.deliver(a_raw_mail(number))

    arrivals = await poll(a_mailbox(mailbox))

    assert [arrival.cursor.uid for arrival in arrivals] == list(range(1, 121))
    assert len(mailbox.seen()) == 120


async def test_mail_expunged_while_its_neighbours_are_read_is_passed_over(mailbox: SimulatedMailbox) -> None:
    for number in range(1, 5):
        mailbox.deliver(a_raw_mail(number))
    taken: list[Arrival] = []

    async def settle_and_expunge(session: ImapSession, arrival: Arrival) -> None:
        await session.settle(arrival)
        if arrival.cursor.uid == 1:
            mailbox.expunge(2)

    await take(a_mailbox(mailbox), taken, settle_and_expunge)

    assert subjects(taken) == ["Mail 1", "Mail 3", "Mail 4"]
    assert mailbox.seen() == [1, 3, 4]


async def test_mail_expunged_before_it_is_settled_counts_as_settled(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))

    async with a_mailbox(mailbox).session(NOW) as session:
        [arrival] = await look(session)
        mailbox.expunge(1)
        await session.settle(arrival)

    assert mailbox.counted("STORE") == 1


@pytest.mark.parametrize("words", ["[NOPERM] read-only", "[OVERQUOTA] Quota exceeded (mailbox for user is full)"])
async def test_folder_that_takes_no_flags_is_told_once_and_settles(mailbox: SimulatedMailbox, words: str) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.deliver(a_raw_mail(2))
    mailbox.fail("STORE", mailbox_faults.refuse(f"NO {words}"), times=2)

    with capture_logs() as logs:
        await poll(a_mailbox(mailbox))

    assert [line for line in logs if line["event"] == "mail.flag_refused"] == [
        {"event": "mail.flag_refused", "log_level": "warning", "source": "mailbox", "folder": "INBOX"}
    ]


@pytest.mark.parametrize("size_bytes", [CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
async def test_mail_of_several_chunks_is_whole(mailbox: SimulatedMailbox, size_bytes: int) -> None:
    header = b"Subject: Long\r\n\r\n"
    body = bytes(range(97, 123)) * (size_bytes // 26 + 1)
    mailbox.deliver((header + body)[:size_bytes])

    [arrival] = await poll(a_mailbox(mailbox))

    assert (header + arrival.mail.text.encode()) == (header + body)[:size_bytes]
    assert arrival.mail.damaged is None


async def test_mail_that_is_too_large_is_read_at_its_beginning_and_says_so(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1, body="x" * 600_000))
    mailbox.deliver(a_raw_mail(2))

    large, small = await poll(a_mailbox(mailbox, max_bytes=500_000))

    assert large.mail.damaged == "larger than 500000 bytes: only its beginning was read"
    assert BEGINNING_BYTES - 100 < len(large.mail.text) < BEGINNING_BYTES
    assert (small.mail.subject, small.mail.damaged) == ("Mail 2", None)


async def test_mail_larger_than_the_server_says_is_bounded(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1, body="x" * (2 * CHUNK_BYTES)))
    told = "1 FETCH (UID 1 FLAGS () RFC822.SIZE 10)"
    answer = f"* {told}\r\n{{tag}} OK done\r\n".encode()
    mailbox.fail("FETCH", mailbox_faults.say(answer))

    [arrival] = await poll(a_mailbox(mailbox, max_bytes=CHUNK_BYTES))

    assert arrival.mail.damaged is not None
    assert len(arrival.mail.text) < BEGINNING_BYTES


async def test_mail_without_internaldate_was_received_now(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.fail("FETCH", mailbox_faults.say(b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 58)\r\n{tag} OK done\r\n"))

    [arrival] = await poll(a_mailbox(mailbox))

    assert arrival.mail.received_at == NOW


async def test_check_has_a_line_for_each_folder(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.deliver(a_raw_mail(2), "Offers")

    assert await a_mailbox(mailbox, folders=["INBOX", "Offers"]).check() == ["INBOX: 1 mails", "Offers: 1 mails"]


async def test_check_fails_if_a_folder_is_missing_and_tells_of_the_others(mailbox: SimulatedMailbox) -> None:
    with pytest.raises(PeerRefused, match=r"'Offers'.*; INBOX: 0 mails"):
        await a_mailbox(mailbox, folders=["Offers", "INBOX"]).check()


async def test_check_reads_and_flags_nothing(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))

    await a_mailbox(mailbox).check()

    assert (mailbox.counted("FETCH"), mailbox.seen()) == (0, [])


async def test_mail_is_read_by_default_as_mail(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))

    [arrival] = await poll(ImapMailbox(settings_for(mailbox)))

    assert (arrival.mail.subject, arrival.mail.message_id) == ("Mail 1", "1@office.example")

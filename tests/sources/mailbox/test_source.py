"""The mailbox as a source: every mail above the cursor once, flagged only when it is settled."""

from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from placement_alerts.core.mail import Arrival, Cursor, Mail
from placement_alerts.errors import ConnectionLost, PeerError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.sandbox import mailbox_faults
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.mailbox_faults import Fault
from placement_alerts.sandbox.mailbox_folders import FIRST_UIDVALIDITY
from placement_alerts.sources.mailbox.source import BEGINNING_BYTES, CHUNK_BYTES, TRIES, ImapMailbox, ImapSession
from tests.sources.mailbox.builders import (
    NOW,
    a_mailbox,
    a_raw_mail,
    keep_subject,
    look,
    poll,
    settings_for,
    subjects,
    take,
)


def after(uid: int, folder: str = "INBOX", uidvalidity: int = FIRST_UIDVALIDITY) -> dict[str, Cursor]:
    return {folder: Cursor(folder=folder, uidvalidity=uidvalidity, uid=uid)}


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


@pytest.mark.parametrize("fault", [mailbox_faults.cut(), mailbox_faults.lost(), mailbox_faults.hang()])
async def test_connection_lost_while_settling_is_an_error(mailbox: SimulatedMailbox, fault: Fault) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.fail("STORE", fault)

    with pytest.raises(PeerUnreachable):
        await poll(a_mailbox(mailbox))


@pytest.mark.parametrize("command", ["SELECT", "SEARCH", "FETCH"])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (mailbox_faults.bye(), ConnectionLost),
        (mailbox_faults.cut_inside(), ConnectionLost),
        (mailbox_faults.hang(), PeerUnreachable),
        (mailbox_faults.say(b"A9 OK\r\n"), PeerNonsense),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_failed_poll_is_an_error_and_the_next_takes_all(
    mailbox: SimulatedMailbox, command: str, fault: Fault, error: type[PeerError]
) -> None:
    mailbox.deliver(a_raw_mail(1))
    source = a_mailbox(mailbox)
    mailbox.fail(command, fault)
    with pytest.raises(error):
        await poll(source)

    assert subjects(await poll(source)) == ["Mail 1"]


async def test_mail_cut_inside_its_literal_is_never_half_a_mail(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.deliver(a_raw_mail(2, body="x" * 100_000))
    source = a_mailbox(mailbox)
    taken: list[Arrival] = []

    async def cut_the_next(_session: ImapSession, _: Arrival) -> None:
        mailbox.fail("FETCH", mailbox_faults.cut_inside())

    with pytest.raises(ConnectionLost):
        await take(source, taken, cut_the_next)

    assert subjects(taken) == ["Mail 1"]
    assert len((await poll(source, after(1)))[0].mail.text) == 100_002


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


@pytest.mark.parametrize("fault", [mailbox_faults.refuse("NO [SERVERBUG] Internal error"), mailbox_faults.cut()])
async def test_mail_at_which_the_server_always_fails_is_taken_unread_in_the_end(
    mailbox: SimulatedMailbox, fault: Fault
) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.deliver(a_raw_mail(2))
    source = a_mailbox(mailbox)
    await fail_at(mailbox, source, fault, commands_before=1)  # both are described
    for _ in range(TRIES):
        await fail_at(mailbox, source, fault, commands_before=2)  # the second is tried, the first is described

    arrivals = await poll(source)

    assert subjects(arrivals) == ["(mail 1 cannot be read)", "Mail 2"]
    assert [arrival.mail.damaged for arrival in arrivals] == ["the mail server failed 3 times to hand it over", None]


async def test_mail_that_cannot_even_be_described_keeps_no_other_waiting(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.deliver(a_raw_mail(2))
    source = a_mailbox(mailbox)
    await fail_at(mailbox, source, mailbox_faults.bye(), commands_before=0)
    for _ in range(TRIES):
        await fail_at(mailbox, source, mailbox_faults.bye(), commands_before=1)  # the second is tried

    assert subjects(await poll(source)) == ["(mail 1 cannot be read)", "Mail 2"]


async def test_mail_that_ours_fail_to_decode_is_handed_on_as_damaged_and_keeps_no_other_waiting(
    mailbox: SimulatedMailbox,
) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.deliver(a_raw_mail(2))

    async def fail_at_the_first(raw: bytes, **values: Any) -> Mail:
        if b"Mail 1" in raw:
            raise LookupError("a bug of ours")
        return await keep_subject(raw, **values)

    arrivals = await poll(ImapMailbox(settings_for(mailbox), read=fail_at_the_first))

    assert subjects(arrivals) == ["(mail 1 cannot be read)", "Mail 2"]
    assert [arrival.mail.damaged for arrival in arrivals] == ["it could not be decoded: LookupError", None]


async def test_server_that_hands_over_nothing_for_long_spoils_no_mail(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.deliver(a_raw_mail(2))
    source = a_mailbox(mailbox)
    for _ in range(2 * TRIES):
        await fail_at(mailbox, source, mailbox_faults.cut(), commands_before=0)

    assert subjects(await poll(source)) == ["Mail 1", "Mail 2"]


async def test_mail_that_keeps_no_other_waiting_is_tried_on_and_on(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    source = a_mailbox(mailbox)
    for _ in range(2 * TRIES):
        await fail_at(mailbox, source, mailbox_faults.cut(), commands_before=1)

    assert subjects(await poll(source)) == ["Mail 1"]


async def test_mails_are_described_together_again_once_all_is_well(mailbox: SimulatedMailbox) -> None:
    for number in range(1, 11):
        mailbox.deliver(a_raw_mail(number))
    source = a_mailbox(mailbox)
    await fail_at(mailbox, source, mailbox_faults.cut(), commands_before=0)
    await poll(source)
    before = mailbox.counted("FETCH")

    await poll(source)

    assert mailbox.counted("FETCH") - before == 1 + 10


async def fail_at(mailbox: SimulatedMailbox, source: ImapMailbox, fault: Fault, *, commands_before: int) -> None:
    """Poll and fail at one FETCH. commands_before: how many go well."""
    mailbox.fail("FETCH", mailbox_faults.chatter(), times=commands_before)
    mailbox.fail("FETCH", fault)
    with pytest.raises(PeerError):
        await poll(source)


async def test_folder_renumbered_while_it_is_read_ends_the_session(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1), "Offers")
    mailbox.deliver(a_raw_mail(2))
    mailbox.deliver(a_raw_mail(3))
    taken: list[Arrival] = []

    async def renumber_and_settle_the_first(session: ImapSession, _: Arrival) -> None:
        mailbox.renumber()
        await session.settle(taken[0])

    with pytest.raises(ConnectionLost, match="renumbered"):
        await take(a_mailbox(mailbox, folders=["Offers", "INBOX"]), taken, renumber_and_settle_the_first)

    assert subjects(taken) == ["Mail 1", "Mail 2"]


async def test_mail_without_internaldate_was_received_now(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))
    mailbox.fail("FETCH", mailbox_faults.say(b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 58)\r\n{tag} OK done\r\n"))

    [arrival] = await poll(a_mailbox(mailbox))

    assert arrival.mail.received_at == NOW


async def test_refused_login_is_no_empty_mailbox(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))

    with pytest.raises(PeerRefused, match="app password"):
        await poll(a_mailbox(mailbox, password="another"))


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

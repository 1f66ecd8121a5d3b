"""A mail server that fails: the poll fails with it, no mail is lost, and none keeps the others waiting."""

from typing import Any

import pytest

from placement_alerts.core.mail import Arrival, Mail
from placement_alerts.errors import ConnectionLost, PeerError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.sandbox import mailbox_faults
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.mailbox_faults import Fault
from placement_alerts.sources.mailbox.source import TRIES, ImapMailbox, ImapSession
from tests.sources.mailbox.builders import (
    a_mailbox,
    a_raw_mail,
    after,
    keep_subject,
    poll,
    settings_for,
    subjects,
    take,
)


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


async def test_refused_login_is_no_empty_mailbox(mailbox: SimulatedMailbox) -> None:
    mailbox.deliver(a_raw_mail(1))

    with pytest.raises(PeerRefused, match="app password"):
        await poll(a_mailbox(mailbox, password="another"))


async def fail_at(mailbox: SimulatedMailbox, source: ImapMailbox, fault: Fault, *, commands_before: int) -> None:
    """Poll and fail at one FETCH. commands_before: how many go well."""
    mailbox.fail("FETCH", mailbox_faults.chatter(), times=commands_before)
    mailbox.fail("FETCH", fault)
    with pytest.raises(PeerError):
        await poll(source)

"""Many faults over many mails: each is taken exactly once, as the pipeline counts (PROOF.md, R7)."""

from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import pytest

from placement_alerts.core.mail import Arrival, Cursor
from placement_alerts.errors import PeerError
from placement_alerts.sandbox import mailbox_faults
from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sources.mailbox.source import ImapMailbox
from tests.sources.mailbox.builders import NOW, a_mailbox, a_raw_mail

COMMANDS = ("GREETING", "LOGIN", "SELECT", "SEARCH", "FETCH", "FETCH", "FETCH", "STORE")
FAULTS = (
    mailbox_faults.bye(),
    mailbox_faults.cut(),
    mailbox_faults.cut_inside(),
    mailbox_faults.lost(),
    mailbox_faults.refuse("NO [UNAVAILABLE] later"),
    mailbox_faults.say(b"* 1 FETCH (UID 1\r\nA0 OK\r\n"),
)


@dataclass
class Books:
    """What the pipeline would have stored."""

    taken: list[Arrival] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    cursors: dict[str, Cursor] = field(default_factory=dict)

    async def poll(self, source: ImapMailbox) -> None:
        async with source.session(NOW) as session:
            async for arrival in session.arrivals(self.cursors):
                if arrival.mail.id not in self.known:
                    self.known.add(arrival.mail.id)
                    self.taken.append(arrival)
                await session.settle(arrival)
                self.cursors[arrival.cursor.folder] = arrival.cursor


@pytest.mark.parametrize(
    ("mails", "faults"), [(300, 60), pytest.param(5000, 500, marks=pytest.mark.long)], ids=["short", "long"]
)
async def test_each_mail_is_taken_once_whatever_fails(mailbox: SimulatedMailbox, mails: int, faults: int) -> None:
    chance, source, books = Random(7), a_mailbox(mailbox), Books()
    delivered: list[str] = []

    for _ in range(faults):
        fresh = range(len(delivered) + 1, len(delivered) + 1 + mails // faults)
        delivered += [f"Mail {number}" for number in fresh]
        for number in fresh:
            mailbox.deliver(a_raw_mail(number))
        if chance.random() < 4 / faults:
            mailbox.renumber()
        mailbox.fail(chance.choice(COMMANDS), chance.choice(FAULTS))
        with suppress(PeerError):
            await books.poll(source)
    for _ in range(20):  # some faults may still wait for their command
        with suppress(PeerError):
            await books.poll(source)

    assert [arrival.mail.subject for arrival in books.taken] == delivered
    assert [arrival for arrival in books.taken if arrival.mail.damaged] == []
    assert len(mailbox.seen()) == len(delivered)

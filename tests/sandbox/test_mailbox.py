"""The simulated mailbox, seen by the standard library's IMAP client."""

import asyncio
import imaplib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from placement_alerts.sandbox.mailbox import SimulatedMailbox

RAW = b"Subject: Offers\r\n\r\nRead this.\r\n"
AT = datetime(2026, 1, 27, 11, 0, tzinfo=UTC)


async def ask(mailbox: SimulatedMailbox, talk: Callable[[imaplib.IMAP4], Any], password: str = 'a "secret"') -> Any:
    """Log in with a client that knows nothing of ours, and talk."""

    def run() -> Any:
        with imaplib.IMAP4(mailbox.host, mailbox.port, timeout=10) as client:
            client.login("reader@college.example", password)
            client.select("INBOX")
            return talk(client)

    return await asyncio.to_thread(run)


async def test_mail_is_found_by_uid_with_size_flags_and_time() -> None:
    async with SimulatedMailbox("reader@college.example", 'a "secret"') as mailbox:
        mailbox.deliver(RAW, at=AT)
        mailbox.deliver(RAW, at=AT)
        mailbox.flag(2)

        found = await ask(mailbox, lambda client: client.uid("SEARCH", "UID", "2:*"))
        described = await ask(mailbox, lambda client: client.uid("FETCH", "2", "(FLAGS INTERNALDATE RFC822.SIZE)"))

    assert found == ("OK", [b"2"])
    assert described[1] == [b'2 (FLAGS (\\Seen) INTERNALDATE "27-Jan-2026 11:00:00 +0000" RFC822.SIZE 31)']


@pytest.mark.parametrize(
    ("item", "body", "seen"),
    [
        ("(BODY.PEEK[])", RAW, []),
        ("(BODY.PEEK[]<9.6>)", b"Offers", []),
        ("(BODY.PEEK[]<900.6>)", b"", []),
        ("(BODY.PEEK[HEADER])", b"Subject: Offers\r\n\r\n", []),
        ("(BODY[])", RAW, [1]),
    ],
)
async def test_bytes_are_handed_over_and_only_peeking_leaves_no_flag(item: str, body: bytes, seen: list[int]) -> None:
    async with SimulatedMailbox("reader@college.example", 'a "secret"') as mailbox:
        mailbox.deliver(RAW)

        fetched = await ask(mailbox, lambda client: client.uid("FETCH", "1", item))

    assert fetched[1][0][1] == body
    assert mailbox.seen() == seen


async def test_flags_are_set_and_taken_away() -> None:
    async with SimulatedMailbox("reader@college.example", 'a "secret"') as mailbox:
        mailbox.deliver(RAW)
        mailbox.deliver(RAW)

        await ask(mailbox, lambda client: client.uid("STORE", "1:*", "+FLAGS", r"(\Seen \Flagged)"))
        await ask(mailbox, lambda client: client.uid("STORE", "2", "-FLAGS.SILENT", r"(\Seen)"))

    assert mailbox.flags() == {1: {"\\Seen", "\\Flagged"}, 2: {"\\Flagged"}}


async def test_wrong_password_is_refused() -> None:
    async with SimulatedMailbox("reader@college.example", 'a "secret"') as mailbox:
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            await ask(mailbox, lambda client: None, password="another")


async def test_folder_that_is_not_there_is_refused() -> None:
    async with SimulatedMailbox("reader@college.example", 'a "secret"') as mailbox:
        mailbox.deliver(RAW, "Entwürfe & mehr")

        there = await ask(mailbox, lambda client: client.select('"Entw&APw-rfe &- mehr"'))
        absent = await ask(mailbox, lambda client: client.select("Sent"))

    assert (there, absent[0]) == (("OK", [b"1"]), "NO")


async def test_renumbering_changes_uidvalidity() -> None:
    async with SimulatedMailbox("reader@college.example", 'a "secret"') as mailbox:
        mailbox.deliver(RAW)
        mailbox.deliver(RAW)
        before = await ask(mailbox, lambda client: client.response("UIDVALIDITY"))

        mailbox.expunge(1)
        mailbox.renumber()

        after = await ask(mailbox, lambda client: client.response("UIDVALIDITY"))
    assert before != after
    assert list(mailbox.flags()) == [1]


async def test_nonsense_is_bad() -> None:
    async with SimulatedMailbox("reader@college.example", 'a "secret"') as mailbox:
        with pytest.raises(imaplib.IMAP4.error, match="BAD"):
            await ask(mailbox, lambda client: client.uid("FETCH", "one", "(FLAGS)"))

"""Reading IMAP's answers (RFC 3501)."""

from datetime import UTC, datetime

import pytest

from placement_alerts.errors import PeerNonsense
from placement_alerts.sources.mailbox.answers import (
    Listed,
    OpenFolder,
    folder_on_the_wire,
    is_arrival,
    quoted,
    read_body,
    read_folder,
    read_listing,
    read_uids,
    response_code,
)


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("INBOX", '"INBOX"'),
        ("Entwürfe", '"Entw&APw-rfe"'),
        ("Jobs & Offers", '"Jobs &- Offers"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),  # the example of RFC 3501, 5.1.3
        ("प्लेसमेंट", '"&CSoJTQkyCUcJOAkuCUcJAgkf-"'),
        ("🎓", '"&2Dzfkw-"'),
        ('a "b" \\c', '"a \\"b\\" \\\\c"'),
        ("\ud800", '"&2AA-"'),
    ],
)
def test_folder_is_named_in_modified_utf7(name: str, wire: str) -> None:
    assert folder_on_the_wire(name) == wire


@pytest.mark.parametrize("text", ["a\r\nb LOGOUT", "a\nb", "a\rb", "a\0b"])
def test_what_would_end_the_line_is_never_sent(text: str) -> None:
    with pytest.raises(ValueError, match="line break or NUL"):
        quoted(text)


def test_folder_has_the_uidvalidity_and_the_number_of_mails() -> None:
    lines = [b"FLAGS (\\Seen)", b"812 EXISTS", b"0 RECENT", b"OK [UIDVALIDITY 4294967295] UIDs valid", b"done"]

    assert read_folder("INBOX", lines) == OpenFolder("INBOX", 4294967295, 812)


def test_folder_without_uidvalidity_is_nonsense() -> None:
    with pytest.raises(PeerNonsense, match="UIDVALIDITY"):
        read_folder("INBOX", [b"812 EXISTS"])


def test_uid_below_the_asked_ones_is_left_out() -> None:
    assert read_uids([b"12 9 10", b"7"], above=7) == [9, 10, 12]


def test_nothing_found_is_no_uid() -> None:
    assert read_uids([b""], above=0) == []


@pytest.mark.parametrize("word", [b"ten", b"-1", b"99999999999"])
def test_found_thing_that_is_no_uid_is_nonsense(word: bytes) -> None:
    with pytest.raises(PeerNonsense, match="no UID"):
        read_uids([b"3 " + word], above=0)


def test_mails_are_described_whatever_the_order_of_their_fields() -> None:
    lines = [
        b'1 FETCH (UID 5 FLAGS (\\Seen $Label) INTERNALDATE "21-Nov-2026 19:16:41 +0530" RFC822.SIZE 123)',
        b'2 FETCH (RFC822.SIZE 7 INTERNALDATE " 1-jan-2026 00:00:00 -0100" FLAGS () UID 6)',
        b"9 FETCH (FLAGS (\\Seen))",
    ]

    listing = read_listing(lines)

    assert listing == {
        5: Listed(5, 123, True, datetime(2026, 11, 21, 13, 46, 41, tzinfo=UTC)),
        6: Listed(6, 7, False, datetime(2026, 1, 1, 1, 0, tzinfo=UTC)),
    }


@pytest.mark.parametrize(
    "date",
    [
        b"",
        b' INTERNALDATE "31-Feb-2026 19:16:41 +0000"',
        b' INTERNALDATE "01-Foo-2026 19:16:41 +0000"',
        b' INTERNALDATE "01-Jan-2026 19:16:41 +9999"',
        b' INTERNALDATE "01-Jan-0001 00:00:00 +0100"',
        b" INTERNALDATE NIL",
    ],
)
def test_mail_without_a_time_is_described_nevertheless(date: bytes) -> None:
    listing = read_listing([b"1 FETCH (UID 5 FLAGS () RFC822.SIZE 1" + date + b")"])

    assert listing[5].received_at is None


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        ([b"1 FETCH (UID 5 BODY[]<0> {3}", bytearray(b"a)("), b")"], b"a)("),
        ([b"1 FETCH (BODY[] {3}", bytearray(b"abc"), b" UID 5)"], b"abc"),
        ([b'1 FETCH (UID 5 BODY[]<0> "a\\"b")'], b'a"b'),
        ([b"1 FETCH (UID 5 BODY[]<9> NIL)"], b""),
        ([b"1 FETCH (UID 4 BODY[] {3}", bytearray(b"abc"), b")"], None),
        ([b"1 FETCH (UID 5 FLAGS (\\Seen))"], None),
        ([b"2 EXPUNGE"], None),
        ([], None),
    ],
)
def test_body_is_that_of_the_mail_asked_for(lines: list[bytes | bytearray], body: bytes | None) -> None:
    assert read_body(lines, 5) == body


def test_body_with_two_literals_is_nonsense() -> None:
    with pytest.raises(PeerNonsense, match="literals"):
        read_body([b"1 FETCH (UID 5 BODY[] {1}", bytearray(b"a"), b" X {1}", bytearray(b"b"), b")"], 5)


@pytest.mark.parametrize(("line", "arrival"), [(b"3 EXISTS", True), (b"3 EXPUNGE", False), (b"OK Still here", False)])
def test_only_a_number_of_mails_is_an_arrival(line: bytes, arrival: bool) -> None:
    assert is_arrival(line) is arrival


@pytest.mark.parametrize(("status", "code"), [(b"[UNAVAILABLE] later", "UNAVAILABLE"), (b"no [code]", "")])
def test_code_stands_at_the_beginning_of_a_status(status: bytes, code: str) -> None:
    assert response_code(status) == code

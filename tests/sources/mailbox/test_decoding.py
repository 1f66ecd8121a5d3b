from datetime import UTC, datetime
from pathlib import Path

import pytest

from placement_alerts.sources.mailbox.bodies import MAX_WORDS
from placement_alerts.sources.mailbox.decoding import decode
from placement_alerts.sources.mailbox.headers import MAX_BLOCK
from tests.sources.mailbox.mails import RECEIVED, a_mail, multipart, of_parts, plain, read

FIXTURES = Path(__file__).parents[2] / "payloads" / "mails"
SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "messages" / "mails"
ALL = [*sorted(FIXTURES.glob("*.eml")), *sorted(SAMPLES.glob("*.eml"))]


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_every_whole_mail_is_read_whole(file: Path) -> None:
    mail = read(file.read_bytes())

    assert mail.damaged is None
    assert mail.text.strip() or mail.html.strip()
    assert mail.sender_address


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("=?utf-8?Q?Final_result?=", "Final result"),
        ("=?utf-8?B?4oI=?= =?utf-8?B?rA==?= 5", "€ 5"),
        ("=?utf-8?Q?Final?=\r\n =?utf-8?Q?_result?=", "Final result"),
        ("Dhruvtara =?utf-8?b?4oCT?= shortlist after written\r\n test", "Dhruvtara – shortlist after written test"),
        ("=?windows-1252?Q?Labs_=96_list?=", "Labs – list"),
        ("=?x-nobody-knows?Q?caf=C3=A9?=", "café"),
        ("=?punycode?Q?abc?=", "abc"),
        ("=?utf-8?B?not base64 at all", "=?utf-8?B?not base64 at all"),
        ("=?utf-8?Q?with a space?=", "with a space"),
        ("=?utf-8?B?UmVzdWx0?=", "Result"),
        ("a\u00a0b\u202fc", "a b c"),
        ("", ""),
    ],
)
def test_subject_is_decoded_joined_and_unfolded(subject: str, text: str) -> None:
    assert read(a_mail(f"Subject: {subject}", without=["Subject"])).subject == text


@pytest.mark.parametrize(("raw", "text"), [(b"caf\xc3\xa9", "café"), (b"caf\xe9", "café")])
def test_subject_of_bytes_that_nobody_declared_is_utf8_else_windows(raw: bytes, text: str) -> None:
    mail = a_mail(without=["Subject"]).replace(b"To:", b"Subject: " + raw + b"\r\nTo:", 1)

    assert read(mail).subject == text


@pytest.mark.parametrize("name", ["Subject", "Date", "Message-ID", "To", "From"])
def test_mail_without_a_header_is_read_like_any_other(name: str) -> None:
    mail = read(a_mail(without=[name]))

    assert (mail.text, mail.damaged) == ("Dear all\n", None)


def test_mail_without_header_lines_is_kept_aside() -> None:
    assert read(b"\r\nhello").damaged == "it has no header lines"
    assert read(b"").damaged == "it has no header lines"


def test_part_without_a_blank_line_after_its_headers_loses_no_word() -> None:
    mail = of_parts("mixed", "Content-Type: text/plain\r\nDear all\r\n\r\nAsha is selected")

    assert mail.text == "Dear all\n\nAsha is selected"


def test_mail_without_a_blank_line_after_its_headers_loses_no_word() -> None:
    assert read(b"Subject: x\r\nFrom: a@b.example\r\nDear all\r\nbye\r\n").text == "Dear all\nbye\n"


def test_broken_line_between_the_headers_ends_none_of_them() -> None:
    mail = read(a_mail(above=["X-Long: a", "broken off here", ">From somebody"]))

    assert (mail.subject, mail.text) == ("Result", "Dear all\n")


def test_first_of_doubled_headers_counts() -> None:
    mail = read(a_mail("Subject: other", "Date: Fri, 27 Feb 2026 10:00:00 +0530"))

    assert mail.subject == "Result"
    assert mail.date == datetime(2026, 2, 26, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Thu, 26 Feb 2026 10:00:00 +0530", datetime(2026, 2, 26, 4, 30, tzinfo=UTC)),
        ("26 Feb 26 04:30 GMT", datetime(2026, 2, 26, 4, 30, tzinfo=UTC)),
        ("Thu, 26 Feb 2026 10:00:00", datetime(2026, 2, 26, 4, 30, tzinfo=UTC)),
        ("Thu, 26 Feb 2026 04:30:00 -0000", datetime(2026, 2, 26, 4, 30, tzinfo=UTC)),
        ("Thu, 26 Feb 2026 04:30:00 +0000 (added by postmaster)", datetime(2026, 2, 26, 4, 30, tzinfo=UTC)),
        ("Thu, 26 Feb 20260 10:00:00 +0530", None),
        ("1 Jan 1970 00:00:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_date_is_that_of_the_header_with_indian_time_where_no_zone_is_said(date: str, moment: datetime | None) -> None:
    assert read(a_mail(f"Date: {date}", without=["Date"])).date == moment


def test_date_in_the_text_is_never_the_time_of_the_mail() -> None:
    mail = read(a_mail(without=["Date"], body="Interview Date: 25 January 2026\r\n"))

    assert mail.sent_at == RECEIVED


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ('"Kasturi, Meenal" <Head@College.example>', "Kasturi, Meenal", "head@college.example"),
        ("Dr. Meenal Kasturi <head@college.example>", "Dr. Meenal Kasturi", "head@college.example"),
        ("head@college.example (Meenal Kasturi)", "Meenal Kasturi", "head@college.example"),
        ("head@college.example", None, "head@college.example"),
        ("=?utf-8?Q?R=C3=A9kha?= <r@college.example>", "Rékha", "r@college.example"),
        ("\"'Ruchi' via Placements\" <list@lists.example>", "'Ruchi' via Placements", "list@lists.example"),
        ('"say \\"hi\\"" <a@b.example>', 'say "hi"', "a@b.example"),
        ("nobody", None, None),
    ],
)
def test_sender_has_a_name_and_an_address_in_every_form(sender: str, name: str | None, address: str | None) -> None:
    mail = read(a_mail(f"From: {sender}", without=["From"]))

    assert (mail.sender_name, mail.sender_address) == (name, address)


def test_recipients_are_those_of_all_four_headers_with_their_alias() -> None:
    mail = read(
        a_mail(
            "Cc: Head <head@college.example>,\r\n Dean <dean@college.example>",
            "Delivered-To: bot+202526@mail.example",
            "X-Original-To: bot@mail.example",
            "Bcc: hidden@mail.example",
        )
    )

    assert mail.recipients == (
        *("all@college.example", "head@college.example", "dean@college.example"),
        *("bot+202526@mail.example", "bot@mail.example"),
    )


def test_list_is_known_by_its_id_and_sends_nothing_in_bulk() -> None:
    mail = read(a_mail('List-ID: "The list" <Placements.Lists.example>', "Precedence: list"))

    assert (mail.list_id, mail.bulk) == ("placements.lists.example", False)


@pytest.mark.parametrize("line", ["Precedence: bulk", "List-Unsubscribe: <https://shop.example/out>"])
def test_mail_in_bulk_without_a_list_says_so(line: str) -> None:
    assert read(a_mail(line)).bulk


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_text_of_ten_megabytes_is_cut_and_kept_aside(kind: str) -> None:
    mail = read(a_mail(f"Content-Type: text/{kind}", body=b"22103001 Asha\n" * 700_000))

    assert mail.damaged == f"its text is longer than {MAX_WORDS} bytes"
    assert len(mail.text) + len(mail.html) == MAX_WORDS


def test_endless_header_is_kept_aside() -> None:
    mail = read(b"X-Long: " + b"x" * MAX_BLOCK + b"\r\n" + a_mail())

    assert mail.damaged == "its header is too long"


def test_encrypted_mail_is_kept_aside() -> None:
    line, body = multipart("encrypted", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", plain("secret"))

    assert read(a_mail(line, body=body)).damaged == "it is encrypted or sealed as a whole"


def test_what_is_known_to_be_missing_stays_said() -> None:
    mail = decode(a_mail(), received_at=RECEIVED, damaged="it is larger than 5 bytes").mail

    assert mail.damaged == "it is larger than 5 bytes"

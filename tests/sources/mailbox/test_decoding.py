import base64
import quopri
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from placement_alerts.core.mail import Mail
from placement_alerts.sources.mailbox.bodies import MAX_WORDS
from placement_alerts.sources.mailbox.decoding import decode
from placement_alerts.sources.mailbox.headers import MAX_BLOCK
from placement_alerts.sources.mailbox.structure import MAX_DEPTH, MAX_PARTS
from tests.sources.mailbox.mails import RECEIVED, a_mail, html, multipart, plain, read

FIXTURES = Path(__file__).parents[2] / "payloads" / "mails"
SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "messages" / "mails"
ALL = [*sorted(FIXTURES.glob("*.eml")), *sorted(SAMPLES.glob("*.eml"))]


def of_parts(subtype: str, *parts: str | bytes) -> Mail:
    line, body = multipart(subtype, *parts)
    return read(a_mail("MIME-Version: 1.0", line, body=body))


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


def test_html_alone_is_handed_on_as_it_came() -> None:
    mail = read(a_mail("Content-Type: text/html; charset=utf-8", body="<p>Rs&nbsp;5</p>"))

    assert (mail.text, mail.html) == ("", "<p>Rs&nbsp;5</p>")


def test_plain_text_comes_before_html() -> None:
    mail = of_parts("alternative", plain("Asha is selected, read on"), html("<p>Asha is selected, read on</p>"))

    assert (mail.text, mail.html) == ("Asha is selected, read on", "")


@pytest.mark.parametrize("text", ["", " \u00a0\r\n\r\n"])
def test_html_counts_where_the_plain_text_is_blank(text: str) -> None:
    mail = of_parts("alternative", plain(text), html("<p>Asha</p>"))

    assert (mail.text, mail.html) == ("", "<p>Asha</p>")


def test_html_counts_where_the_plain_text_only_points_to_it() -> None:
    mail = of_parts("alternative", plain("This mail needs HTML."), html(f"<p>{'Asha is selected. ' * 9}</p>"))

    assert not mail.text
    assert "Asha is selected." in mail.html


def test_short_text_that_says_what_the_html_says_is_kept() -> None:
    mail = of_parts("alternative", plain("Asha is selected."), html(f"<p>Asha is selected.</p>{'<p>College</p>' * 9}"))

    assert mail.text == "Asha is selected."


def test_parts_in_a_row_are_all_read() -> None:
    mail = of_parts("mixed", plain("before the file"), plain("after the file"))

    assert mail.text == "before the file\n\nafter the file"


def test_list_footer_beside_html_does_not_hide_it() -> None:
    mail = of_parts("mixed", html("<p>Asha is selected</p>"), plain("-- \nYou are < subscribed"))

    assert "Asha is selected" in mail.html
    assert "You are &lt; subscribed" in mail.html


def test_related_and_signed_parts_give_their_first_one() -> None:
    line, body = multipart("related", html("<p>Asha</p>"), plain("not shown"), boundary="inner")
    mail = of_parts("signed", f"{line}\r\n\r\n".encode() + body, "Content-Type: application/pgp-signature\r\n\r\nxx")

    assert (mail.html, mail.text, mail.damaged) == ("<p>Asha</p>", "", None)


def test_attached_mail_counts_as_forwarded() -> None:
    attached = "Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=fwd.eml\r\n\r\n"
    inner = (
        "From: Asha <asha@firm.example>\r\nDate: Wed, 25 Feb 2026 09:00:00 +0530\r\nSubject: =?utf-8?Q?Offer?=\r\n\r\n"
    )
    mail = of_parts("mixed", plain("see below"), attached + inner + "12 LPA\r\n")

    assert mail.text.splitlines() == [
        *("see below", "", "---------- Forwarded message ---------", "From: Asha <asha@firm.example>"),
        *("Date: Wed, 25 Feb 2026 09:00:00 +0530", "Subject: Offer", "", "", "12 LPA"),
    ]


def test_mail_attached_to_an_attached_mail_is_read_in_its_place() -> None:
    inner = "Content-Type: message/rfc822\r\n\r\nSubject: two\r\n\r\nlast words"
    mail = of_parts("mixed", f"Content-Type: message/rfc822\r\n\r\nSubject: one\r\n{inner}")

    assert mail.text.count("Forwarded message") == 2
    assert mail.text.endswith("Subject: two\n\n\nlast words")


def test_encoded_attached_mail_is_read_too() -> None:
    inner = base64.encodebytes(b"Subject: one\r\n\r\nlast words")
    head = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"

    assert of_parts("mixed", head + inner).text.endswith("last words")


def test_mail_that_a_delivery_report_gives_back_is_nobodys_word() -> None:
    mail = of_parts(
        "report; report-type=delivery-status",
        plain("Your mail could not be delivered"),
        "Content-Type: message/delivery-status\r\n\r\nAction: failed",
        "Content-Type: message/rfc822\r\n\r\nSubject: Result\r\n\r\nAsha is selected",
    )

    assert mail.text == "Your mail could not be delivered"


def test_calendar_is_no_text_and_no_file() -> None:
    calendar = "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR"
    line, body = multipart("alternative", plain("Interview at 5"), calendar)
    decoded = decode(a_mail(line, body=body), received_at=RECEIVED)

    assert (decoded.mail.text, decoded.files) == ("Interview at 5", ())


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("utf-8", "₹ 12".encode(), "₹ 12"),
        ("utf-8", b"caf\xe9 \x96", "café –"),
        ("us-ascii", "₹ 12".encode(), "₹ 12"),
        ("iso-8859-1", "₹ 12".encode(), "₹ 12"),
        ("iso-8859-1", b"\x93quoted\x94", "“quoted”"),
        ("windows-1252", b"\x96", "–"),
        ("utf-16", "₹ 12".encode("utf-16"), "₹ 12"),
        ("shift_jis", b"caf\xe9", "café"),
        ("x-unknown", "₹ 12".encode(), "₹ 12"),
        ("unicode_escape", b"\\x41", "\\x41"),
        ("", "\ufeffBOM".encode(), "BOM"),
        ("utf-8", b"\x81\x8d", "\ufffd\ufffd"),
        ("utf-8", "बधाई हो".encode()[:-1] + b"\xff", "बधाई ह\ufffd\ufffd"),
    ],
)
def test_text_is_read_as_declared_else_as_utf8_else_as_windows(charset: str, raw: bytes, text: str) -> None:
    assert read(a_mail(f"Content-Type: text/plain; charset={charset}", body=raw)).text == text


def test_html_may_name_its_charset_itself() -> None:
    raw = b'<meta http-equiv=Content-Type content="text/html; charset=utf-16-le"><meta charset=koi8-r>'

    assert "<meta" in read(a_mail("Content-Type: text/html", body=raw + "дом".encode("koi8-r"))).html
    raw = b"<meta charset=koi8-r>" + "дом".encode("koi8-r")
    assert "дом" in read(a_mail("Content-Type: text/html", body=raw)).html


@pytest.mark.parametrize(
    ("encoding", "raw", "text"),
    [
        ("base64", base64.encodebytes(b"Asha Rao 22103001"), "Asha Rao 22103001"),
        ("base64", b"QXNoYSB\r\n!!SYW8", "Asha Rao"),
        ("BASE64", b"QXNoYSBSYW8", "Asha Rao"),
        ("base64", b"QXNoYSBSYW8gM", "Asha Rao "),
        ("base64", b"QXNoYSA=\r\nUmFv\r\nIQ==\r\nIQ==", "Asha Rao!!"),
        ("quoted-printable", quopri.encodestring("₹ 12 = good".encode()), "₹ 12 = good"),
        ("quoted-printable", b"a=ZZb=", "a=ZZb"),
        ("quoted-printable", b"soft=\r\nbreak", "softbreak"),
        ("8bit", "₹".encode(), "₹"),
        ("what-is-this", b"as it is", "as it is"),
    ],
)
def test_transfer_encoding_is_undone_also_when_damaged(encoding: str, raw: bytes, text: str) -> None:
    mail = a_mail("Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {encoding}", body=raw)

    assert read(mail).text.rstrip("\n") == text


def test_flowed_text_has_its_lines_joined_and_its_quotes_kept() -> None:
    body = "a long \r\nline\r\n> quoted \r\n> more\r\n>> older\r\n stuffed\r\n-- \r\nOffice \r\nTeam\r\n"
    mail = read(a_mail("Content-Type: text/plain; format=flowed", body=body))

    assert mail.text.splitlines() == ["a long line", "> quoted more", ">> older", "stuffed", "-- ", "Office Team"]


def test_flowed_text_may_delete_the_space_at_its_breaks() -> None:
    mail = read(a_mail("Content-Type: text/plain; format=flowed; delsp=yes", body="22103 \r\n001\r\n"))

    assert mail.text == "22103001\n"


def test_every_kind_of_space_is_a_space() -> None:
    body = "at\u202f5\u00a0pm\u2003today\u2028next\x0bline\x00"

    assert read(a_mail("Content-Type: text/plain; charset=utf-8", body=body)).text == "at 5 pm today\nnext\nline"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_of_every_kind_are_read(end: bytes) -> None:
    line, body = multipart("alternative", plain("one\r\ntwo"), html("<p>one</p>"))
    mail = read(a_mail(line, body=body).replace(b"\r\n", end))

    assert (mail.subject, mail.text) == ("Result", "one\ntwo")


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"From office@college.example Thu Feb 26 10:00:00 2026\r\n"])
def test_what_a_file_puts_before_the_mail_is_passed_over(start: bytes) -> None:
    assert read(start + a_mail()) == read(a_mail())


def test_boundary_that_the_header_does_not_name_is_found() -> None:
    _, body = multipart("mixed", plain("one"), html("<p>two</p>"), boundary="=_x")

    assert "one" in read(a_mail("Content-Type: multipart/mixed", body=body)).html


def test_multipart_without_parts_is_read_as_text() -> None:
    assert read(a_mail("Content-Type: multipart/mixed; boundary=b", body="just words")).text == "just words"


def test_boundary_that_begins_like_another_is_not_taken_for_it() -> None:
    line, body = multipart("alternative", plain("one\r\n--b1x\r\n--b12--\r\ntwo"), boundary="b1")

    assert read(a_mail(line, body=body)).text == "one\n--b1x\n--b12--\ntwo"


def test_missing_end_of_a_multipart_loses_nothing() -> None:
    line, body = multipart("mixed", plain("one"), plain("two"))

    assert read(a_mail(line, body=body.removesuffix(b"--b1--\r\n"))).text == "one\n\ntwo\n"


def test_thousand_levels_are_kept_aside() -> None:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(1000)
    )
    raw = a_mail(body=b"").removesuffix(b"\r\n") + opened + b"\r\ntext"

    assert f"nested more than {MAX_DEPTH} deep" in (read(raw).damaged or "")


def test_thousand_attached_mails_in_each_other_are_kept_aside() -> None:
    raw = b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"Subject: x\r\n\r\ntext"

    assert f"nested more than {MAX_DEPTH} deep" in (read(raw).damaged or "")


def test_thousands_of_parts_are_kept_aside() -> None:
    line, body = multipart("mixed", *[plain("x")] * 3000)
    mail = read(a_mail(line, body=body))

    assert mail.damaged == f"it has more than {MAX_PARTS} parts"
    assert mail.text.startswith("x\n\nx")


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


def test_same_mail_has_the_same_id_whenever_and_however_it_comes() -> None:
    first = decode(a_mail(), received_at=RECEIVED).mail
    second = decode(a_mail(above=["Received: from a by b"], body="other"), received_at=RECEIVED + timedelta(9)).mail

    assert first.id == second.id
    assert len(first.id) == len("m") + 16


@pytest.mark.parametrize(
    "line",
    ["Message-Id: <a1@COLLEGE.example>", "message-id:\r\n <a1@college.example>", "MESSAGE-ID: a1@college.example"],
)
def test_id_does_not_depend_on_how_the_message_id_is_written(line: str) -> None:
    assert read(a_mail(line, without=["Message-ID"])).id == read(a_mail()).id


def test_mail_without_a_message_id_has_one_from_what_it_says() -> None:
    bare = a_mail(without=["Message-ID"])
    later = decode(bare, received_at=RECEIVED + timedelta(days=9)).mail

    assert read(bare).message_id is None
    assert later.id == read(bare).id == read(bare.replace(b"\r\n", b"\n")).id


@pytest.mark.parametrize("line", ["Subject: x", "From: b@college.example", "Date: Thu, 26 Feb 2026 10:00:01 +0530"])
def test_without_a_message_id_a_difference_makes_another_mail(line: str) -> None:
    name = line.partition(":")[0]
    other = a_mail(line, without=["Message-ID", name])

    assert read(other).id != read(a_mail(without=["Message-ID"])).id


def test_without_a_message_id_another_text_makes_another_mail() -> None:
    assert read(a_mail(without=["Message-ID"], body="x")).id != read(a_mail(without=["Message-ID"])).id

import base64
import quopri

import pytest

from placement_alerts.sources.mailbox.decoding import decode
from tests.sources.mailbox.mails import RECEIVED, a_mail, html, multipart, of_parts, plain, read


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

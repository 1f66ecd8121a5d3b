import pytest

from placement_alerts.sources.mailbox.structure import MAX_DEPTH, MAX_PARTS
from tests.sources.mailbox.mails import a_mail, html, multipart, plain, read


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

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from placement_alerts.core.mail import Mail
from placement_alerts.errors import UnreadableFile
from placement_alerts.sources.mailbox.file import mail_in_file
from placement_alerts.sources.mailbox.reading import read_mail
from placement_alerts.sources.mailbox.settings import MailboxSettings
from tests.sources.mailbox.files import a_workbook
from tests.sources.mailbox.mails import RECEIVED, a_mail, multipart, plain

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "payloads" / "mails"
SETTINGS = MailboxSettings(trusted_senders=("list:placements.lists.example",))


async def fixture(name: str) -> Mail:
    return await mail_in_file(FIXTURES / f"{name}.eml", SETTINGS)


def with_picture(text: str, disposition: str) -> bytes:
    picture = (
        f"Content-Type: image/png; name=p.png\r\nContent-Disposition: {disposition}\r\nContent-ID: <p>\r\n\r\n\x89PNG"
    )
    line, body = multipart("related", f"Content-Type: text/html\r\n\r\n{text}<img src='cid:p'>", picture)
    return a_mail(line, body=body)


async def read(raw: bytes) -> Mail:
    return await read_mail(raw, received_at=RECEIVED, settings=SETTINGS)


async def test_mail_of_a_list_is_read_with_everything_it_says() -> None:
    mail = await fixture("list_html_quoted_printable")

    assert mail.subject == "Final result – Zenith Labs"
    assert (mail.sender_name, mail.sender_address) == ("'Meera Iyer' via Placements", "placements@lists.example")
    assert mail.recipients == ("placements@lists.example", "bot+202526@mail.example")
    assert (mail.list_id, mail.bulk) == ("placements.lists.example", False)
    assert mail.date == datetime(2026, 2, 26, 4, 30, tzinfo=UTC)
    assert "<td>22103046</td><td>Ravi Kumar</td>" in mail.html
    assert "CTC – 9 LPA" in mail.html
    assert (mail.distrust, mail.damaged) == (None, None)


async def test_sheet_is_read_and_the_picture_of_the_signature_is_no_attachment() -> None:
    mail = await fixture("xlsx_in_related_and_mixed")

    (sheet,) = mail.attachments
    assert sheet.name == "Zenith – shortlist.xlsx"
    assert sheet.rows[1:] == (("1", "Asha Rao", "22103045"), ("2", "Ravi Kumar", "9922103301"))
    assert "who are shortlisted for the interview of Zenith Labs" in mail.text


async def test_pages_are_read() -> None:
    (pdf,) = (await fixture("pdf_list")).attachments

    assert (pdf.name, pdf.unread) == ("Liste été.pdf", None)
    assert pdf.rows == (("Zenith Labs - selected",), ("1.  22103045  Asha Rao",))


async def test_table_of_windows_is_read() -> None:
    mail = await fixture("csv_semicolons_latin1")

    assert (mail.sender_name, mail.text) == ("Renée", "Attached – the list.")
    assert mail.date == datetime(2026, 2, 28, 3, 30, tzinfo=UTC)
    assert mail.attachments[0].name == "list of names.csv"
    assert mail.attachments[0].rows == (("Name", "Enrolment"), ("Renée", "22103045"))


async def test_mail_attached_to_another_keeps_its_author_and_time() -> None:
    mail = await fixture("forwarded_as_attachment")

    assert "For you." in mail.html
    assert 'From: "Placement Office" &lt;office@college.example&gt;\nDate: Thu, 26 Feb 2026 16:51:00 +0530' in mail.html
    assert "9 LPA" in mail.html
    assert mail.attachments == ()


async def test_file_of_an_attached_mail_is_read_too() -> None:
    sheet = "Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\nAsha,22103045"
    inner, inner_body = multipart("mixed", plain("list below"), sheet, boundary="in")
    attached = f"Content-Type: message/rfc822\r\n\r\nSubject: Result\r\n{inner}\r\n\r\n".encode() + inner_body
    line, body = multipart("mixed", plain("see"), attached)

    assert (await read(a_mail(line, body=body))).attachments[0].rows == (("Asha", "22103045"),)


async def test_mails_of_a_digest_are_read_one_after_another() -> None:
    line, body = multipart("digest", "\r\nSubject: one\r\n\r\nfirst", "\r\nSubject: two\r\n\r\nsecond")
    mail = await read(a_mail(line, body=body))

    assert [part in mail.text for part in ("Subject: one", "first", "Subject: two", "second")] == [True] * 4


async def test_picture_inside_of_words_is_no_attachment() -> None:
    assert (await read(with_picture("<p>Result</p>", "inline"))).attachments == ()
    assert (await read(with_picture("<p>Result</p>", "attachment"))).attachments == ()


async def test_picture_is_an_attachment_where_there_are_no_words() -> None:
    (picture,) = (await read(with_picture("<p>&nbsp;</p>", "inline"))).attachments

    assert (picture.name, picture.unread) == ("p.png", "pictures and scans are not read")


async def test_file_that_cannot_be_read_leaves_the_rest_of_the_mail() -> None:
    scan = "Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename=list.jpg\r\n\r\n\xff"
    line, body = multipart("mixed", plain("see the attached list"), scan, plain("regards"))
    mail = await read(a_mail(line, body=body))

    assert mail.text == "see the attached list\n\nregards"
    assert [attachment.unread for attachment in mail.attachments] == ["pictures and scans are not read"]


async def test_same_mail_gives_the_same_every_time() -> None:
    raw = (FIXTURES / "xlsx_in_related_and_mixed.eml").read_bytes()

    assert await read(raw) == await read(raw)


async def test_what_was_cut_off_is_said() -> None:
    raw = a_mail(*multipart("mixed", plain("x"))[:1], body=b"--b1\r\n\r\nbeginning")
    mail = await read_mail(raw, received_at=RECEIVED, settings=SETTINGS, damaged="it is larger than 20 bytes")

    assert (mail.text, mail.damaged) == ("beginning", "it is larger than 20 bytes")


async def test_mail_in_a_file_came_when_its_own_headers_say() -> None:
    received = a_mail(above=["Received: from a by b;\r\n Thu, 26 Feb 2026 04:31:00 +0000"], without=["Date"])

    assert (await mail_in_file(received, SETTINGS)).received_at == datetime(2026, 2, 26, 4, 31, tzinfo=UTC)
    assert (await mail_in_file(a_mail(), SETTINGS)).received_at == datetime(2026, 2, 26, 4, 30, tzinfo=UTC)
    now = (await mail_in_file(a_mail(without=["Date"]), SETTINGS)).received_at
    assert datetime.now(UTC) - now < timedelta(minutes=5)


@pytest.mark.parametrize("raw", [b"", b"\x00\x01\x02", b"just words\n", b"Note: this\n\nthat", b'{"identifier": "x"}'])
async def test_file_that_is_no_mail_is_refused_with_what_is_wrong(raw: bytes) -> None:
    with pytest.raises(UnreadableFile, match="the file is no mail: it does not begin with header lines"):
        await mail_in_file(raw, SETTINGS)


async def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read: No such file"):
        await mail_in_file(tmp_path / "x.eml", SETTINGS)


async def test_file_that_is_too_large_is_read_in_part_and_kept_aside() -> None:
    small = MailboxSettings(max_bytes=4096)
    mail = await mail_in_file(a_mail(body=b"x" * 5000), small)

    assert mail.damaged == "it is larger than 4096 bytes"
    assert mail.text.startswith("xxx")


async def test_files_of_a_mail_that_was_cut_are_damaged() -> None:
    sheet = b"Content-Type: text/plain; name=a.xlsx\r\n\r\n" + a_workbook([("x",)])[:-50]
    line, body = multipart("mixed", plain("list"), sheet)

    assert (await read(a_mail(line, body=body))).attachments[0].unread == "it is damaged"


def test_hostile_mails_are_read_or_kept_aside_and_none_hangs() -> None:
    command = [sys.executable, "-m", "tests.chaos.hostile_mails", "--count", "150", "--seed", "7", "--workers", "1"]
    done = subprocess.run([*command, "--unmeasured"], capture_output=True, text=True, timeout=120, cwd=ROOT)

    assert "150 mails" in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr

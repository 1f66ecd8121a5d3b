import asyncio
import io
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from placement_alerts.core.mail import Attachment
from placement_alerts.sources.mailbox.archive import MAX_ENTRIES, refusal
from placement_alerts.sources.mailbox.attachment_process import read_in_process
from placement_alerts.sources.mailbox.attachments import MAX_BYTES, MAX_READ, File, read_files, safe_name
from placement_alerts.sources.mailbox.tables import MAX_ROWS, Unread
from tests.sources.mailbox.files import (
    a_pdf,
    a_table_page,
    a_workbook,
    a_zip,
    deflated,
    with_entry_changed,
    with_last_entry_at_the_first,
)

HEAD = ("Name", "Enrolment", "CGPA")
ROWS = [HEAD, ("Asha Rao", 22103045.0, 8.5), ("Ravi, K", "9922103301", 9)]
READ = (HEAD, ("Asha Rao", "22103045", "8.5"), ("Ravi, K", "9922103301", "9"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def attached(
    name: str, data: bytes, media_type: str = "application/octet-stream", charset: str | None = None
) -> Attachment:
    (attachment,) = await read_files([File(name, media_type, len(data), data, charset)])
    return attachment


def children() -> set[str]:
    own = Path(f"/proc/{os.getpid()}/task")
    return {child for task in own.iterdir() for child in (task / "children").read_text().split()}


@pytest.mark.parametrize(
    "data",
    [
        b'Name,Enrolment,CGPA\r\nAsha Rao,22103045,8.5\r\n"Ravi, K",9922103301,9\r\n',
        b"Name;Enrolment;CGPA\nAsha Rao;22103045;8.5\nRavi, K;9922103301;9\n\n;;\n",
        b"sep=|\nName|Enrolment|CGPA\nAsha Rao|22103045|8.5\nRavi, K|9922103301|9",
        "\ufeffName\tEnrolment\tCGPA\nAsha Rao\t22103045\t8.5\nRavi, K\t9922103301\t9\n".encode("utf-16"),
        '\ufeffName,Enrolment,CGPA\n Asha\u00a0 Rao ,22103045,8.5,,\n"Ravi, K",9922103301,9\n'.encode(),
    ],
)
async def test_csv_is_read_whatever_its_charset_and_delimiter(data: bytes) -> None:
    attachment = await attached("list.csv", data, "text/csv")

    assert (attachment.rows, attachment.unread, attachment.size_bytes) == (READ, None, len(data))


async def test_csv_of_windows_keeps_its_letters() -> None:
    assert (await attached("a.csv", b"Ren\xe9e \x96 CSE,1\n", "text/csv")).rows == (("Renée – CSE", "1"),)


async def test_quotation_mark_that_nobody_closes_swallows_no_student() -> None:
    lines = [f'"Name {number},{22103000 + number}' if number == 2 else f"N,{number}" for number in range(50)]
    attachment = await attached("a.csv", "\n".join(lines).encode(), "text/csv")

    assert len(attachment.rows) == 50
    assert attachment.rows[2] == ('"Name 2', "22103002")


async def test_table_with_an_endless_cell_is_read_line_by_line() -> None:
    data = b'Asha,22103045\n"' + b"x" * 200_000 + b'"\n'

    assert (await attached("a.csv", data, "text/csv")).rows == (("Asha", "22103045"), ('"' + "x" * 299,))


async def test_lines_of_a_text_file_are_rows() -> None:
    assert (await attached("a.txt", b"1. Asha 22103045\n\n2. Ravi", "text/plain")).rows == (
        ("1. Asha 22103045",),
        ("2. Ravi",),
    )


async def test_sheet_is_read_with_numbers_and_days_as_people_write_them() -> None:
    at_half_past_two = datetime(2026, 1, 25, 14, 30)  # noqa: DTZ001 - a sheet knows no zones
    more = [("x", 0.1 + 0.2, date(2026, 1, 25), at_half_past_two), (None, True, None, 9922103301.0)]
    attachment = await attached("list.xlsx", a_workbook([*ROWS, (), *more]), XLSX)

    assert attachment.unread is None
    assert attachment.rows == (*READ, ("x", "0.3", "2026-01-25", "2026-01-25 14:30:00"), ("", "True", "", "9922103301"))


async def test_sheets_are_read_in_order_under_their_names_and_hidden_ones_are_not() -> None:
    book = a_workbook([("a",)], ("Waiting list", [("b",)]), ("Sheet7", [("c",)]), hidden=[("secret",)])

    assert (await attached("x.xlsx", book, XLSX)).rows == (("a",), ("Waiting list",), ("b",), ("c",))


async def test_content_decides_what_a_file_is_and_not_its_name() -> None:
    assert (await attached("list.csv", a_workbook(ROWS), "text/csv")).rows == READ
    assert (await attached("list.xls", a_workbook(ROWS), "application/vnd.ms-excel")).rows == READ


async def test_pdf_gives_its_lines() -> None:
    attachment = await attached("list.pdf", a_pdf(["Result", "1.  Asha Rao   22103045"], pages=2), "application/pdf")

    assert attachment.rows == (("Result",), ("1.  Asha Rao  22103045",)) * 2


async def test_row_of_a_table_on_a_page_stays_one_line() -> None:
    rows = [("Name", "Enrolment"), ("Asha Rao", "22103045"), ("Ravi Kumar", "22103046")]

    assert (await attached("a.pdf", a_table_page(rows))).rows == tuple((f"{name}  {number}",) for name, number in rows)


@pytest.mark.parametrize(
    ("name", "data", "media_type", "says"),
    [
        ("a.png", b"\x89PNG\r\n", "image/png", "pictures and scans are not read"),
        ("a.csv", b"\xff\xd8\xff\xe0", "text/csv", "pictures and scans are not read"),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1"), "application/vnd.ms-excel", "old Office versions"),
        ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), XLSX, "it is encrypted"),
        ("a.docx", a_zip([]).replace(b"xl/", b"wd/").replace(b"workbook", b"word/doc"), "", "Word files are not read"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "application/zip", "archives are not read"),
        ("winmail.dat", b'x\x9f>"', "application/ms-tnef", "winmail.dat is not read"),
        ("smime.p7m", b"0\x80", "application/pkcs7-mime", "encrypted or sealed"),
        ("a.bin", b"\x00\x01", "application/octet-stream", "files of this type are not read"),
        ("a.csv", b"a,b\x00", "text/csv", "files of this type are not read"),
        ("a.pdf", b"", "application/pdf", "it is empty"),
        ("a.pdf", a_pdf([]), "application/pdf", "scans are not read"),
        ("a.pdf", b"%PDF-1.4\nrubbish", "application/pdf", "it is damaged"),
        ("a.pdf", a_pdf(["x"], pages=51), "application/pdf", "more than 50 pages"),
        ("a.xlsx", a_workbook([]), XLSX, "there is nothing in it"),
        ("a.xlsx", a_workbook([("x",)])[:-40], XLSX, "it is damaged"),
        ("a.csv", b"a,b\n" * (MAX_ROWS + 1), "text/csv", f"more than {MAX_ROWS} rows"),
        ("a.csv", b"\n" * 20_000, "text/csv", f"more than {MAX_ROWS} rows"),
        ("a.csv", b"x" * 2_000_000, "text/csv", "larger than"),
        ("a.csv", b"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t\n" * 4000, "text/csv", "more than 1000000 characters"),
    ],
)
async def test_file_that_is_not_read_says_why(name: str, data: bytes, media_type: str, says: str) -> None:
    attachment = await attached(name, data, media_type)

    assert says in (attachment.unread or "")
    assert not attachment.rows


async def test_file_that_is_too_large_is_named_and_not_read() -> None:
    (attachment,) = await read_files([File("a.pdf", "application/pdf", MAX_BYTES + 1, b"")])

    assert attachment.unread == f"it is larger than {MAX_BYTES} bytes"


async def test_only_so_many_files_of_a_mail_are_read() -> None:
    files = [File("a.csv", "text/csv", 3, b"a,b")] * (MAX_READ + 1)

    assert [bool(one.unread) for one in await read_files(files)] == [False] * MAX_READ + [True]


async def test_files_of_a_mail_share_one_bound() -> None:
    files = [File("a.csv", "text/csv", 3, b"x" * 200 + b"\n" + (b"x" * 190 + b"\n") * 4900)] * 3

    unread = [one.unread for one in await read_files(files)]

    assert unread == [None, None, "the files of this mail are too large together"]


async def test_files_of_a_mail_share_one_deadline() -> None:
    files = [File("a.csv", "text/csv", 3, b"a,b"), File("a.bin", "application/octet-stream", 1, b"\x00")]

    unread = [one.unread or "" for one in await read_files(files, within_s=0)]

    assert unread == ["reading the files of this mail takes too long", "files of this type are not read"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\list.xlsx", "list.xlsx"),
        ("a\x00b\r\nc\u202excod.exe", "abcxcod.exe"),
        ("  .hidden. ", "hidden"),
        ("", "unnamed.csv"),
        ("...", "unnamed.csv"),
        ("x" * 200 + ".xlsx", "x" * 95 + ".xlsx"),
        ("x" * 200, "x" * 100),
        ("List \u2013 2026.csv", "List \u2013 2026.csv"),
        ('a<b>:"|?*.csv', "ab.csv"),
    ],
)
def test_name_of_a_file_is_harmless(name: str, safe: str) -> None:
    assert safe_name(name, "text/csv") == safe


BOMB = "it looks like a zip bomb"
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (a_zip([("xl/a.xml", bytes(40_000_000))]), f"{BOMB}: unpacked it has more than"),
        (a_zip([("xl/a.xml", bytes(5_000_000))]), f"{BOMB}: unpacked it is more than"),
        (a_zip([(f"xl/{number}.xml", b"") for number in range(MAX_ENTRIES)]), f"{BOMB}: more than {MAX_ENTRIES} files"),
        (a_zip([("xl/a.zip", a_zip([]))]), f"{BOMB}: an archive inside of an archive"),
        (with_last_entry_at_the_first(a_zip([("xl/worksheet.xml", b"<x/>")])), ""),
        (
            with_entry_changed(
                a_workbook(ROWS), SHEET, f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><x>&a9;</x>'.encode()
            ),
            "entities",
        ),
        (
            with_entry_changed(
                a_workbook(ROWS), SHEET, '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'.encode("utf-16")
            ),
            "entities",
        ),
        (
            a_zip([("xl/a.xml", b"secret")]).replace(
                b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
            ),
            "encrypted",
        ),
        (b"PKxl/workbook", "it is damaged"),
        (b"PKxl/workbookPK\x05\x06" + bytes(18), ""),
    ],
)
async def test_workbook_that_would_explode_is_refused(data: bytes, says: str) -> None:
    attachment = await attached("a.xlsx", data, XLSX)

    assert says in (attachment.unread or "")
    assert attachment.unread
    assert not attachment.rows


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_workbook_with_two_files_of_one_name_is_refused() -> None:
    assert (refusal(a_zip([("xl/workbook.xml", b"<x/>")])) or "").startswith(BOMB)


def test_workbook_with_overlapping_files_is_refused() -> None:
    assert (
        refusal(with_last_entry_at_the_first(a_zip([("xl/worksheet.xml", b"<x/>")])))
        == f"{BOMB}: files inside of it overlap"
    )


def test_workbook_inside_of_a_workbook_is_no_bomb_as_nobody_opens_it() -> None:
    assert refusal(a_zip([("xl/embeddings/a.xlsx", a_workbook(ROWS))])) is None


async def test_file_inside_that_is_larger_than_it_says_gives_nothing() -> None:
    data = a_zip([("xl/a.xml", b"<" + bytes(900_000))])
    lying = data.replace((900_001).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert (await attached("a.xlsx", lying, XLSX)).unread


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        '<row r="1"><c r="XFD1"><v>1</v></c></row>',
        "".join(f'<row r="{n}"/>' for n in range(1, 200_000)),
        '<row r="1">' + "<x>" * 30_000,
    ],
)
async def test_sheet_with_far_away_or_endless_cells_ends_soon(sheet: str) -> None:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    data = f"<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>".encode()

    assert (await attached("a.xlsx", with_entry_changed(a_workbook(ROWS), SHEET, data), XLSX)).unread


def encrypted_pdf() -> bytes:
    writer, out = PdfWriter(PdfReader(io.BytesIO(a_pdf(["secret"])))), io.BytesIO()
    writer.encrypt("", "owner", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (a_pdf([], stream=deflated(300_000_000), filters="/Filter /FlateDecode"), "too much memory"),
        (
            a_pdf([], stream=deflated(300_000_000, 3), filters="/Filter [/FlateDecode /FlateDecode /FlateDecode]"),
            "too m",
        ),
        (a_pdf(["x"], kids="2 0 R"), "it is damaged"),
        (a_pdf(["x"], kids="5 0 R " * 10_000), "more than 50 pages"),
        (a_pdf(["x"]).replace(b"/Size 6", b"/Prev 9 /Size 6"), ""),
        (encrypted_pdf(), "it is encrypted"),
    ],
)
async def test_pdf_that_would_explode_is_refused(data: bytes, says: str) -> None:
    attachment = await attached("a.pdf", data, "application/pdf")

    assert says in (attachment.unread or "")
    assert len(attachment.rows) < 10


async def test_reading_ends_at_its_deadline_with_its_process() -> None:
    before = children()

    found = await read_in_process("pdf", a_pdf(["x"]), deadline_s=0.01)

    assert found == Unread("reading it takes too long")
    assert children() == before


async def test_reading_that_is_cancelled_leaves_no_process() -> None:
    before = children()
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read_in_process("pdf", a_pdf(["x"])))
        while children() == before:  # noqa: ASYNC110 - the kernel tells nobody when a child appears
            await asyncio.sleep(0.001)
        reading.cancel()

    assert reading.cancelled()
    assert children() == before


def test_file_is_unread_where_no_process_can_be_started() -> None:
    code = """
import asyncio, resource
from placement_alerts.sources.mailbox.attachment_process import read_in_process
async def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
    print(await read_in_process('pdf', b'%PDF-'))
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)

    assert "no process could be started to read it (Too many open files)" in done.stdout


@pytest.mark.parametrize(
    "deed",
    [
        "open('/etc/hostname')",
        "open(sys.prefix + '/written-by-a-test', 'w')",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
        "__import__('os').fork()",
        "__import__('os').system('true')",
        "__import__('os').remove('/nothing-here')",
        "__import__('subprocess').run(['true'])",
        "bytearray(2 ** 30)",
    ],
)
def test_process_that_reads_files_can_do_nothing_else(deed: str) -> None:
    code = f"""
import sys
from placement_alerts.sources.mailbox.attachment_reader import confine, guard
confine()
sys.addaudithook(guard)
try:
    {deed}
except (PermissionError, MemoryError):
    print('refused')
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)

    assert done.stdout == "refused\n"

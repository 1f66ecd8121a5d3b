"""Files as they come with mails: sheets and pages, whole and hostile."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence

from openpyxl import Workbook

Row = Sequence[object]


def a_workbook(rows: Iterable[Row], *others: tuple[str, Iterable[Row]], hidden: Iterable[Row] = ()) -> bytes:
    """Return an XLSX file. others: further sheets, each with its title. hidden: rows of a sheet that nobody sees."""
    book = Workbook()
    first = book.active
    assert first is not None
    for row in rows:
        first.append(list(row))
    for title, more in others:
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(list(row))
    if hidden:
        sheet = book.create_sheet("secret")
        sheet.sheet_state = "hidden"
        for row in hidden:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_zip(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip file that claims to be a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def with_entry_changed(workbook: bytes, name: str, data: bytes) -> bytes:
    """Return a zip file of the same entries, one of which holds something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, data if entry == name else old.read(entry))
    return out.getvalue()


def with_last_entry_at_the_first(data: bytes) -> bytes:
    """Return the zip file with its last directory entry pointing to where the first one's bytes are."""
    last = data.rfind(b"PK\x01\x02")
    return data[: last + 42] + struct.pack("<I", 0) + data[last + 46 :]


def a_pdf(
    lines: Sequence[str], *, pages: int = 1, stream: bytes | None = None, filters: str = "", kids: str = ""
) -> bytes:
    """Return a PDF file with the lines on each page. stream, filters: what stands there instead. kids: of the tree."""
    words = "".join(f"({line}) Tj T* " for line in lines)
    content = stream if stream is not None else f"BT /F1 11 Tf 60 780 Td 16 TL {words} ET".encode("latin-1")
    numbers = range(5, 5 + pages)
    children = kids or " ".join(f"{number} 0 R" for number in numbers)
    resources = b"/Resources << /Font << /F1 3 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % resources
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{children}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), filters.encode(), content),
        *(page for _ in numbers),
    ]
    return _with_table(objects)


def a_table_page(rows: Sequence[tuple[str, str]]) -> bytes:
    """Return a PDF file with a table of two columns, each cell put on the page by itself, the right column first."""
    cells = []
    for column, left in ((1, 300), (0, 60)):
        cells += [f"1 0 0 1 {left} {780 - 16 * line} Tm ({row[column]}) Tj" for line, row in enumerate(rows)]
    return a_pdf([], stream=f"BT /F1 11 Tf {' '.join(cells)} ET".encode())


def deflated(size: int, times: int = 1) -> bytes:
    """Return zeros packed so that unpacking them `times` times gives `size` bytes, without ever holding them."""
    packer, out = zlib.compressobj(9), bytearray()
    for _ in range(size // 1_000_000):
        out += packer.compress(bytes(1_000_000))
    packed = bytes(out + packer.flush())
    for _ in range(times - 1):
        packed = zlib.compress(packed, 9)
    return packed


def _with_table(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)

"""The files of a mail: what they are called, what they are, and how far each one is read."""

import asyncio
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from placement_alerts.core.mail import Attachment
from placement_alerts.sources.mailbox.attachment_process import DEADLINE_S, read_in_process
from placement_alerts.sources.mailbox.charsets import clean
from placement_alerts.sources.mailbox.headers import squeezed
from placement_alerts.sources.mailbox.structure import Part
from placement_alerts.sources.mailbox.tables import MAX_CHARACTERS, Rows, Unread, rows_of_csv, size_of
from placement_alerts.sources.mailbox.transfer import decoded_size, transfer_decoded

MAX_FILES = 20  # named
MAX_READ = 8  # of them read
MAX_BYTES = 5 * 1024 * 1024  # of a file that is read; the list of a whole batch has 100,000
MAX_SIZE = 2 * MAX_CHARACTERS  # of all rows of a mail: a document of MongoDB has 16 MB
READ_S = 25.0  # for all files of a mail
_MAX_NAME = 100  # characters

_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_EXTENSIONS = {
    "text/csv": ".csv",
    "text/plain": ".txt",
    "text/html": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/ms-tnef": ".dat",
    "image/png": ".png",
    "image/jpeg": ".jpg",
}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_TOO_MANY = Unread(f"only {MAX_READ} files of a mail are read")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_TABLE_TYPES = frozenset({"text/csv", "text/tab-separated-values", "application/csv", "text/comma-separated-values"})
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


class Kind(Enum):
    """What a file is, as far as reading it differs."""

    CSV = auto()
    LINES = auto()
    XLSX = auto()
    PDF = auto()


@dataclass(frozen=True, slots=True)
class File:
    """A file of a mail. data: decoded bytes; empty if they are more than are read. charset: as declared."""

    name: str
    media_type: str
    size_bytes: int
    data: bytes
    charset: str | None = None


def file_of(part: Part) -> File:
    """Return the file that a part is."""
    encoding = part.headers.first("content-transfer-encoding")
    encoded = part.end - part.start
    size, data = decoded_size(encoded, encoding), b""
    if size <= MAX_BYTES:
        data = transfer_decoded(part.body, encoding)
        size = len(data)
    name = safe_name(part.filename, part.media_type)
    return File(name, part.media_type[:100], size, data, part.content.params.get("charset"))


def safe_name(name: str, media_type: str) -> str:
    """Return a file name without folders and without signs that a system or a reader could take amiss."""
    name = clean(name).replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = squeezed(_UNSAFE.sub("", unicodedata.normalize("NFC", name))).strip(". ")
    if not name:
        return "unnamed" + _EXTENSIONS.get(media_type, "")
    if len(name) <= _MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    ending = dot + extension if dot and len(extension) <= 10 else ""
    return (stem if ending else name)[: _MAX_NAME - len(ending)] + ending


def kind_of(file: File) -> Kind | Unread:
    """Return what a file is, by its content first; Unread if no reader is there for it."""
    data, extension = file.data, file.name.rpartition(".")[2].lower()
    if not data:
        return Unread("it is empty" if file.size_bytes == 0 else f"it is larger than {MAX_BYTES} bytes")
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if data.startswith(_OLE):
        encrypted = _ENCRYPTED_PACKAGE in data
        return Unread("it is encrypted" if encrypted else "files of old Office versions are not read")
    if data.startswith(_PICTURES) or file.media_type.startswith("image/"):
        return Unread("pictures and scans are not read")
    if file.name.lower() == "winmail.dat" or file.media_type.endswith("ms-tnef"):
        return Unread("Outlook's winmail.dat is not read")
    if _is_text(data) and (file.media_type in _TABLE_TYPES or extension in {"csv", "tsv"}):
        return Kind.CSV
    if _is_text(data) and (file.media_type == "text/plain" or extension == "txt"):
        return Kind.LINES
    if file.media_type in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
        return Unread("it is encrypted or sealed (S/MIME)")
    return Unread("files of this type are not read")


async def read_files(files: Sequence[File], within_s: float = READ_S) -> tuple[Attachment, ...]:
    """Return the files as attachments, with their rows or why they were not read. within_s: for all together."""
    clock = asyncio.get_running_loop().time
    attachments, tried, size, end = [], 0, 0, clock() + within_s
    for file in files[:MAX_FILES]:
        kind = kind_of(file)
        tried += isinstance(kind, Kind)
        if isinstance(kind, Kind):
            read = await _read(file, kind, end - clock()) if tried <= MAX_READ else _TOO_MANY
        else:
            read = kind
        size += 0 if isinstance(read, Unread) else size_of(read)
        if size > MAX_SIZE:
            read = Unread("the files of this mail are too large together")
        attachments.append(_attachment(file, read))
    return tuple(attachments)


def _attachment(file: File, read: Rows | Unread) -> Attachment:
    unread, rows = (read.reason, ()) if isinstance(read, Unread) else (None, read)
    return Attachment(name=file.name, media_type=file.media_type, size_bytes=file.size_bytes, rows=rows, unread=unread)


async def _read(file: File, kind: Kind, left_s: float) -> Rows | Unread:
    if left_s <= 0:
        return Unread("reading the files of this mail takes too long")
    if kind in {Kind.CSV, Kind.LINES}:
        return await asyncio.to_thread(rows_of_csv, file.data, file.charset, lines=kind is Kind.LINES)
    return await read_in_process(kind.name.lower(), file.data, min(left_s, DEADLINE_S))


def _kind_of_zip(data: bytes) -> Kind | Unread:
    if b"xl/workbook" in data:
        return Kind.XLSX
    return Unread("Word files are not read" if b"word/" in data else "archives are not read")


def _is_text(data: bytes) -> bool:
    start = data[:4096]
    return start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in start

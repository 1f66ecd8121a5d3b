"""Whether a zip file may be unpacked: judged by its directory, before anything in it is."""

import io
import struct
import zipfile

MAX_ENTRIES = 500  # a workbook of 100 sheets has 210
MAX_DIRECTORY = 128 * 1024  # bytes
MAX_UNPACKED = 32 * 1024 * 1024  # bytes: a sheet of 5,000 rows has 3 million
MAX_RATIO = 150  # unpacked to packed; sheets reach 30, and 100 where rows repeat
_RATIO_FROM = 1024 * 1024  # bytes unpacked: below that no ratio does harm
_END = b"PK\x05\x06"
_NESTED = (".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".jar", ".xlsx", ".xlsm", ".docx")
_EMBEDDED = "xl/embeddings/"  # workbooks inside of workbooks: never opened


def refusal(data: bytes) -> str | None:
    """Return why the file must not be unpacked, in words; None if it may."""
    reason = _directory_refusal(data)
    if reason:
        return reason
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            return _refusal_of(entries, len(data)) or _declarations(archive, entries)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, LookupError, OSError, EOFError, NotImplementedError):
        return "it is damaged"


def _directory_refusal(data: bytes) -> str | None:
    at = data.rfind(_END, max(0, len(data) - 65_557))
    if at < 0 or len(data) < at + 22:
        return "it is damaged"
    entries, size = struct.unpack_from("<HI", data, at + 10)
    if entries > MAX_ENTRIES or size > MAX_DIRECTORY:
        return f"it looks like a zip bomb: more than {MAX_ENTRIES} files inside"
    return None


def _refusal_of(entries: list[zipfile.ZipInfo], packed: int) -> str | None:
    if len(entries) > MAX_ENTRIES or len({entry.filename for entry in entries}) < len(entries):
        return "it looks like a zip bomb: too many files inside, or several of one name"
    if any(entry.flag_bits & 1 for entry in entries):
        return "it is encrypted"
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        return f"it looks like a zip bomb: unpacked it has more than {MAX_UNPACKED} bytes"
    if unpacked > _RATIO_FROM and unpacked > MAX_RATIO * packed:
        return f"it looks like a zip bomb: unpacked it is more than {MAX_RATIO} times as large"
    if _overlap(entries, packed):
        return "it looks like a zip bomb: files inside of it overlap"
    if any(entry.filename.lower().endswith(_NESTED) and not entry.filename.startswith(_EMBEDDED) for entry in entries):
        return "it looks like a zip bomb: an archive inside of an archive"
    return None


def _overlap(entries: list[zipfile.ZipInfo], packed: int) -> bool:
    places = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    ends = [offset + 30 + size for offset, size in places]
    starts = [*(offset for offset, _ in places), packed][1:]
    return any(end > start for end, start in zip(ends, starts, strict=False))


def _declarations(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str | None:
    """Return a refusal if XML in it declares entities: no Office program writes any, and they can grow without end."""
    for entry in entries:
        if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(entry) as file:
            start = file.read(4096).replace(b"\x00", b"")
        if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
            return "it declares entities, which spreadsheets have no use for"
    return None

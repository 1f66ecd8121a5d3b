"""`python -m ...attachment_reader xlsx|pdf`: reads one file from stdin in a process that can do nothing else.

It takes its own memory, time, files and children away before it looks at the file; what it finds goes to stdout as one
JSON value: {"rows": [[...], ...]} or {"unread": "why"}. Its parent kills it at a deadline whatever it does.
"""

import contextlib
import io
import json
import logging
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from placement_alerts.sources.mailbox.archive import refusal
from placement_alerts.sources.mailbox.tables import (
    MAX_CELL,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    Rows,
    Unread,
    bounded,
    cell_text,
)

MEMORY = 140 * 1024 * 1024  # bytes of address space; the libraries alone take 46
CPU_S = 4
MAX_SHEETS = 20
MAX_PAGES = 50
_NOT_NEEDED = ("numpy", "pandas", "PIL", "lxml")  # what the libraries load if it is there, and it is large
_FORBIDDEN = ("socket.", "subprocess.", "os.", "shutil.", "ctypes.", "urllib.")
_LISTING = frozenset({"os.listdir", "os.scandir"})  # an import looks for its file
_LIBRARIES = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[3]))
_PLAIN_TITLE = ("sheet", "tabelle", "feuil")


def main() -> None:
    """Read what the command line names."""
    reader = _READERS[sys.argv[1]]
    sys.modules.update(dict.fromkeys(_NOT_NEEDED))  # type: ignore[arg-type]  # None: as if not installed
    confine()
    data = sys.stdin.buffer.read()
    try:
        found = reader(data)
    except MemoryError:
        found = Unread("reading it takes too much memory")
    except Exception as error:  # of a foreign parser on hostile input: any, and this process ends with it
        limit = type(error).__name__ == "LimitReachedError"  # pypdf's own, by name: it is not imported for a sheet
        found = Unread("unpacked it would be too large" if limit else "it is damaged")
    answer = {"unread": found.reason} if isinstance(found, Unread) else {"rows": found}
    sys.stdout.write(json.dumps(answer))


def read_xlsx(data: bytes) -> Rows | Unread:
    """Return the rows of the visible sheets, one after another; formulas as they were last computed."""
    refused = refusal(data)
    if refused:
        return Unread(refused)
    from openpyxl import load_workbook

    sys.addaudithook(guard)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if len(sheets) > MAX_SHEETS:
        return Unread(f"it has more than {MAX_SHEETS} sheets")
    return _some(bounded(_sheet_rows(sheets)), "there is nothing in it")


def read_pdf(data: bytes) -> Rows | Unread:
    """Return the lines of the pages, each a row of one cell; the columns of a table stay apart by two spaces."""
    from pypdf import PdfReader

    sys.addaudithook(guard)
    logging.disable()
    pdf = PdfReader(io.BytesIO(data))
    if pdf.is_encrypted:
        return Unread("it is encrypted")
    pages = []
    for page in pdf.pages:
        pages.append(page)
        if len(pages) > MAX_PAGES:
            return Unread(f"it has more than {MAX_PAGES} pages")
    return _some(bounded(_lines(pages), _line_text), "it has no text: scans are not read")


def _some(found: Rows | Unread, otherwise: str) -> Rows | Unread:
    return found or Unread(otherwise)


def _sheet_rows(sheets: list[Any]) -> Iterator[tuple[object, ...]]:
    for sheet in sheets:
        if len(sheets) > 1 and not sheet.title.lower().startswith(_PLAIN_TITLE):
            yield (sheet.title,)
        yield from sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)
        yield ()


def _lines(pages: list[Any]) -> Iterator[tuple[str]]:
    for page in pages:
        yield from ((line,) for line in _page_text(page)[:MAX_CHARACTERS].split("\n"))


def _line_text(line: object) -> str:
    """Return a line with two spaces between its columns, wherever they stood on the page."""
    columns = (cell_text(column) for column in str(line).split("  "))
    return "  ".join(column for column in columns if column)[: 4 * MAX_CELL]


def _page_text(page: Any) -> str:
    with contextlib.suppress(Exception):  # the layout of odd pages is beyond it; their words are not
        text = page.extract_text(extraction_mode="layout", layout_mode_strip_rotated=False)
        if text.strip():
            return str(text)
    return str(page.extract_text())


def confine() -> None:
    """Give up memory, time, writing and children."""
    limits: list[tuple[int, int]] = [
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ]
    for kind, limit in limits:
        _, hard = resource.getrlimit(kind)
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (allowed, allowed))


def guard(event: str, args: tuple[Any, ...]) -> None:
    """Refuse everything but reading the libraries' own files (sys.addaudithook, which nothing can take off again)."""
    if event.startswith(_FORBIDDEN) and event not in _LISTING:
        raise PermissionError(event)
    if event == "open" and (not str(args[0]).startswith(_LIBRARIES) or set(str(args[1])) & set("wax+")):
        raise PermissionError(event)


_READERS: dict[str, Callable[[bytes], Rows | Unread]] = {"xlsx": read_xlsx, "pdf": read_pdf}

if __name__ == "__main__":
    main()

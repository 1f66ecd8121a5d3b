"""The placement table as CSV (reference/offers-and-statistics.md, section 7): RFC 4180, for admins only. Pure."""

import csv
import io
from collections.abc import Iterable

from placement_alerts.core.offer_rows import Row
from placement_alerts.core.timetable import iso_in_india

COLUMNS = (
    "Student Name",
    "Enrollment Number",
    "Company",
    "Role",
    "Package (LPA)",
    "Job Location",
    "Joining Date",
    "Offer Received At",
)
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n")


def to_csv(rows: Iterable[Row]) -> str:
    """Return a header line and a line for each row, by student name; lines end in CR LF."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_guarded(cell) for cell in _cells(row)] for row in sorted(rows, key=_by_name))
    return text.getvalue()


def _by_name(row: Row) -> tuple[str, ...]:
    return row.name.casefold(), row.name, row.number or "", row.company


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        row.number or "",
        row.company,
        row.role or "",
        "" if row.package is None else f"{row.package:.2f}",
        "; ".join(row.locations),
        row.joining_date or "",
        iso_in_india(row.offered_at),
    )


def _guarded(cell: str) -> str:
    """Return the cell so that a spreadsheet shows it and runs nothing; spaces before a formula do not hide it."""
    return (
        f"'{cell}" if cell.startswith(_RUN_BY_SPREADSHEETS) or cell.lstrip().startswith(_RUN_BY_SPREADSHEETS) else cell
    )

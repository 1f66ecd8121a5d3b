"""The rows of attached files that list students, as lines of the mail."""

from collections.abc import Iterable, Iterator

from placement_alerts.core.document import MAX_LINE, Line, columns_of, squeeze
from placement_alerts.core.enrollment import ENROLLMENT
from placement_alerts.core.extract.labels import header_of
from placement_alerts.core.mail import Attachment

MOST_ROWS = 3_000
_LONGEST_CELL = 200  # characters


def attached_lines(attachments: Iterable[Attachment], first_table: int) -> tuple[Line, ...]:
    """Return the rows of every attachment that lists students by number or below a heading for names."""
    lines: list[Line] = []
    for number, attachment in enumerate(attachments, first_table):
        rows = list(_rows(attachment, number))
        if any(ENROLLMENT.search(line.text) for line in rows) or any(_names_students(line) for line in rows[:20]):
            lines.extend(rows)
    return tuple(lines[:MOST_ROWS])


def _rows(attachment: Attachment, number: int) -> Iterator[Line]:
    for row in attachment.rows[:MOST_ROWS]:
        cells = tuple(squeeze(cell.replace("\n", " "))[:_LONGEST_CELL] for cell in row)
        filled = [cell for cell in cells if cell]
        if len(filled) == 1:
            cells = columns_of(next(cell for cell in row if cell.strip()))
            filled = list(cells) or filled
        if filled:
            yield Line(" | ".join(filled)[:MAX_LINE], cells, number if cells else 0)


def _names_students(row: Line) -> bool:
    header = header_of(row)
    return header is not None and any("name" in cell or "student" in cell for cell in header)

"""Posts in the rows of students: a column without a heading of which every cell names a post."""

import re

from placement_alerts.core.document import Text
from placement_alerts.core.enrollment import ENROLLMENT
from placement_alerts.core.extract.labels import rows_with_header
from placement_alerts.core.extract.role_phrases import ROLE_NOUN
from placement_alerts.core.matching import role_key
from placement_alerts.core.money import find_amounts

_LONGEST_POST = 60  # characters of a cell that is nothing but a post
_FEWEST_CELLS = 3
_NOUN = re.compile(rf"\b{ROLE_NOUN}s?\b", re.IGNORECASE)


def posts_in_rows(text: Text) -> list[str]:
    """Return the posts as the first such column writes them, each once."""
    tables: dict[int, list[tuple[str, ...]]] = {}
    for _, row, header in rows_with_header(text.lines):
        if header is None and len(row.cells) >= _FEWEST_CELLS and ENROLLMENT.search(row.text):
            tables.setdefault(row.table, []).append(row.cells)
    columns = (column for rows in tables.values() for column in zip(*rows, strict=False))
    posts = next((column for column in columns if all(map(_is_post, column))), ())
    return list({role_key(post): post for post in posts}.values())


def _is_post(cell: str) -> bool:
    return len(cell) <= _LONGEST_POST and _NOUN.search(cell) is not None and not find_amounts(cell)

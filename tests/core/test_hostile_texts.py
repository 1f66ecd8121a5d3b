import random
import time
from datetime import UTC, datetime

import pytest

from placement_alerts.core.understanding import understand_html, understand_plain

PUBLISHED = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)
PIECES = [
    "22103001",
    "Asha Rao",
    "apply by ",
    "5 pm ",
    "12 Jan ",
    "31/12/2026",
    "5 LPA ",
    "Rs ",
    "to ",
    "from ",
    "extended ",
    "Engineer ",
    "of ",
    "at ",
    "Lab, ",
    "A",
    "A ",
    "A.",
    "A/",
    "a:",
    "(",
    ")",
    "\n",
    "  ",
    ", ",
    "-",
    " - ",
    "\t",
    "<p>",
    "</p>",
    "<b>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "<li>",
    "<pre>",
    "<a href=http://a.b/c>",
    "</a>",
    "<!--",
    "&",
    "&amp;",
    '"',
    "'",
    "waiting list ",
    "M.Tech ",
    "CSE, ",
    "cgpa ",
    "7 ",
    "\nbatch 2027 ",
    "interview ",
    "selected ",
    "final ",
    "no ",
    "http://a.b/c ",
    "www.a.b ",
    "x.y/ ",
    "1. ",
    "\U0001f600",
    "\xa0",
    "\u200b",
    "Location: ",
    "Role: ",
    "has ",
    "is hiring ",
    "companies ",
    "|",
]


def hostile(number: int, length: int) -> str:
    """A text of at least `length` characters: one to four pieces in an order that `number` fixes, over and over."""
    source = random.Random(number)
    pattern = "".join(source.choices(PIECES, k=source.randint(1, 4))) or "x"
    return pattern * (length // len(pattern) + 1)


def longest_time(numbers: range, length: int) -> float:
    """Understand the texts as HTML and as plain text; return the longest CPU time of one in seconds."""
    longest = 0.0
    for number in numbers:
        text = hostile(number, length)
        started = time.process_time()
        understand_html(text, text, PUBLISHED)
        between = time.process_time()
        understand_plain(text, text, PUBLISHED)
        longest = max(longest, between - started, time.process_time() - between)
    return longest


def test_hostile_texts_take_bounded_time() -> None:
    assert longest_time(range(4), 8_000) < 1


@pytest.mark.long
def test_hundred_thousand_hostile_texts_take_at_most_a_second_each() -> None:
    assert longest_time(range(100_000), 200_000) < 1

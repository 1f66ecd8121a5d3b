import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from placement_alerts.core.mail_understanding import understand_mail
from placement_alerts.core.understanding import understand_html, understand_plain
from tests.builders import a_mail

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
PIECES_OF_MAILS = [
    *PIECES,
    "\n> ",
    "\nFrom: a b <c@d.e>",
    "\nSent: 1 Jan 2026 10:00",
    "\nSubject: Fwd: x",
    "\n---------- Forwarded message ---------\n",
    "\n-----Original Message-----\n",
    "\nOn 1 Jan 2026, X wrote:",
    "\n-- \n",
    "\n________________\n",
    "this message is confidential ",
    "unsubscribe ",
    "Dear Sir, I am ",
    "<blockquote>",
    "Reg. No: ",
    "Name: ",
    "2K21/CO/123 ",
    "210391 Asha Rao\n",
    "9876543210 ",
    "Acme CodeSprint ",
]


def hostile(number: int, length: int, pieces: Sequence[str] = PIECES) -> str:
    """A text of at least `length` characters: one to four pieces in an order that `number` fixes, over and over."""
    source = random.Random(number)
    pattern = "".join(source.choices(pieces, k=source.randint(1, 4))) or "x"
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


def longest_time_of_mails(numbers: range, length: int) -> float:
    """Understand the texts as the text and as the HTML of mails; return the longest CPU time of one in seconds."""
    longest = 0.0
    for number in numbers:
        text = hostile(number, length, PIECES_OF_MAILS)
        for values in ({"text": text}, {"text": "", "html": text}):
            mail = a_mail(subject=text[:2_000], sender_name=text[:200], recipients=(text[:300],), **values)
            started = time.process_time()
            understand_mail(mail)
            longest = max(longest, time.process_time() - started)
    return longest


def test_hostile_mails_take_bounded_time() -> None:
    assert longest_time_of_mails(range(4), 8_000) < 1


@pytest.mark.long
def test_ten_thousand_hostile_mails_take_at_most_a_second_each() -> None:
    assert longest_time_of_mails(range(10_000), 200_000) < 1


@pytest.mark.parametrize("piece", ["&amp;", "& ", "http://a.b/ ", "Thanks and "])
def test_one_piece_over_and_over_takes_bounded_time(piece: str) -> None:
    mail = a_mail(text="", html=piece * (60_000 // len(piece)))

    started = time.process_time()
    understand_mail(mail)
    assert time.process_time() - started < 1  # what was quadratic took more than two seconds


def test_hostile_texts_take_bounded_time() -> None:
    assert longest_time(range(4), 8_000) < 1


@pytest.mark.long
def test_hundred_thousand_hostile_texts_take_at_most_a_second_each() -> None:
    assert longest_time(range(100_000), 200_000) < 1

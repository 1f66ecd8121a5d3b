"""What an enrollment number looks like, and which lines of a text name students."""

import re
from collections.abc import Sequence
from hashlib import blake2b

from placement_alerts.core.notice import ListedStudent

# 8 digits; 10 digits beginning with 99 or with a year; 9 digits; letters and digits of another campus
ENROLLMENT = re.compile(
    r"(?<![\w+./@-])(?:(?=[A-Z0-9]*\d[A-Z0-9]*\d[A-Z0-9]*\d)(?:\d{2,4}[A-Z]{1,5}\d{2,6}[A-Z]?"
    r"|[A-Z]{1,4}\d{2}[A-Z]{0,4}\d{2,6})|99\d{8}|[12]\d{9}|\d{9}|[1-9]\d{7}|\d{11,12})(?![\w@/]|\.\d)"
)
HINT_LENGTH = 3  # characters of a number that its owner is shown
_FEW = 2  # lines with numbers from which a text holds a list, although its kind names no students


def naming_lines(lines: Sequence[str], students: Sequence[ListedStudent]) -> frozenset[int]:
    """Return the indexes of the lines that name a student by number, or one of `students` by name.

    A single number in a text that names nobody is taken for something else: a phone, a meeting, a room.
    """
    names = [name.casefold() for student in students if (name := student.name)]
    numbered = {index for index, line in enumerate(lines) if ENROLLMENT.search(line)}
    named = {index for index, line in enumerate(lines) if any(name in line.casefold() for name in names)}
    return frozenset(named | numbered if students or len(numbered) >= _FEW else ())


def normal_number(text: str) -> str | None:
    """Return an enrollment number as it is compared: without spaces, upper case; None if the text is none."""
    number = "".join(text.split()).upper()
    return number if ENROLLMENT.fullmatch(number) else None


def enrollment_key(number: str, secret: bytes) -> str:
    """Return what is stored instead of a number: a keyed hash, because numbers are few enough to be tried out."""
    return blake2b(number.encode(), key=secret, digest_size=16).hexdigest()

"""What an enrollment number looks like, and which lines of a text name students."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from placement_alerts.core.notice import ListedStudent

# 8 digits; 10 digits beginning with 99 or with a year; 9, 11 to 13 digits; letters and digits as other colleges mix
# them (21BCE1045, 1MS21CS004, 20B81A05C3, RA2111003010123, 2021A7PS1234P, 21CSB0A07, PES1UG22CS101), with strokes or
# stops (2K21/CO/123, CB.EN.U4CSE21020). A word with a year (GATE2026) and a date (26SEP2025) are none.
ENROLLMENT = re.compile(
    r"(?<![\w+./@-])(?![A-Z]{1,8}20[0-4]\d(?!\d)|\d{1,2}(?:JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEPT?|OCT|NOV|DEC)\d)"
    r"(?:(?=[A-Z0-9]*\d[A-Z0-9]*\d[A-Z0-9]*\d)(?:\d{2,4}[A-Z]{1,5}\d{2,6}[A-Z]?"
    r"|[A-Z]{1,4}\d{2}[A-Z]{0,4}\d{2,6}|[A-Z]{1,3}\d{10,13}|\d[A-Z]{2}\d{2}[A-Z]{2,3}\d{3}"
    r"|\d{2}[A-Z0-9]{2,3}[A-Z]\d{2}[A-Z0-9]\d|\d{4}[A-Z]\d[A-Z]{2}\d{4}[A-Z]?"
    r"|\d{2}[A-Z]{2,3}\d[A-Z]\d{2}|[A-Z]{2,4}\d[A-Z]{2}\d{2}[A-Z]{2,3}\d{3})"
    r"|\d{2}b[a-z]{1,3}\d{3,5}|(?:\d[A-Z]\d{2}|\d{2,4})[/-][A-Z]{2,5}[/-]\d{2,5}"
    r"|[A-Z]{2}\.[A-Z]{2}\.[A-Z]\d[A-Z]{2,4}\d{5}"
    r"|99\d{8}|[12]\d{9}|\d{9}|[1-9]\d{7}|\d{11,13})(?![\w@/]|\.\d)"
)
_WORD = re.compile(r"\w+")
HINT_LENGTH = 3  # characters of a number that its owner is shown
_FEW = 2  # lines with numbers from which a text holds a list, although its kind names no students


def naming_lines(lines: Sequence[str], students: Sequence[ListedStudent]) -> frozenset[int]:
    """Return the indexes of the lines that name a student by number, or one of `students` by name.

    A single number in a text that names nobody is taken for something else: a phone, a meeting, a room.
    """
    names: dict[str, list[str]] = defaultdict(list)  # by first word, so that long lists take no time
    for student in students:
        if student.name and (words := _WORD.findall(student.name.casefold())):
            names[words[0]].append(student.name.casefold())
    numbered = {index for index, line in enumerate(lines) if ENROLLMENT.search(line)}
    named = {index for index, line in enumerate(lines) if index not in numbered and _names_any(line.casefold(), names)}
    return frozenset(named | numbered if students or len(numbered) >= _FEW else ())


def _names_any(line: str, names: Mapping[str, Sequence[str]]) -> bool:
    return any(name in line for word in set(_WORD.findall(line)) for name in names.get(word, ()))


def normal_number(text: str) -> str | None:
    """Return an enrollment number as it is compared: without spaces, upper case; None if the text is none."""
    number = "".join(text.split()).upper()
    return number if ENROLLMENT.fullmatch(number) else None


def enrollment_key(number: str, secret: bytes) -> str:
    """Return what is stored instead of a number: a keyed hash, because numbers are few enough to be tried out."""
    return blake2b(number.encode(), key=secret, digest_size=16).hexdigest()

"""Contact data of students: dropped from what is stored and shown (reference/mailbox.md, section 11)."""

import re
from collections.abc import Collection, Sequence

from placement_alerts.core.enrollment import naming_lines
from placement_alerts.core.notice import ListedStudent

_ADDRESS = re.compile(r"<?\b[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}\b>?")
_PHONE = re.compile(r"(?<![\w/.-])(?:\+?91[ -]{0,2}|0)?[6-9](?:[ -]?\d){9}(?![\w/]|-?\d)")
_EMPTIED = re.compile(r"\(\s*[,;|/-]?\s*\)|\[\s*\]|<\s*>")


def without_contacts(text: str, numbers: Collection[str] = ()) -> str:
    """Return the text without e-mail addresses and mobile numbers. numbers: enrollment numbers, which stay."""

    def phone(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match[0])
        return match[0] if digits in numbers or match[0] in numbers else ""

    bare = _PHONE.sub(phone, _ADDRESS.sub("", text))
    if bare == text:
        return text
    bare = _EMPTIED.sub("", bare)
    bare = re.sub(r"(?:\s*[,;|/–-])+(?=\s*(?:[,;|/–-]|$))", "", bare)
    return bare.rstrip(" ,;|") or ""


def lines_without_contacts(lines: Sequence[str], students: Sequence[ListedStudent]) -> list[str]:
    """Return the lines, those that name students without the students' addresses and numbers of phones."""
    numbers = {student.enrollment for student in students if student.enrollment}
    naming = naming_lines(lines, students)
    return [without_contacts(line, numbers) if i in naming else line for i, line in enumerate(lines)]

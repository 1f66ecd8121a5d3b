"""Who may read a notice on the pages and in feeds, and how much of it (DESIGN.md, section 3: Public). Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from placement_alerts.core.enrollment import enrollment_key, naming_lines, normal_number
from placement_alerts.core.notice import Change, ListedStudent, Notice
from placement_alerts.core.render import ShowNames, shown_text
from placement_alerts.core.student import Student

TEXT = "Text"  # of core.changes: the whole text before and after
# four digits with no blank between, which every enrollment number has; a year alone is none
_MAY_NUMBER = re.compile(r"(?<!\d)(?!20\d\d(?![\dA-Za-z/.-]))\d(?:[A-Za-z./-]{0,8}\d){3}")
_TAG = re.compile(r"<[^<>]*>")
_HEADING_OF_LIST = re.compile(r"(?=[^|]*\|)(?=\D*$)(?=.*\b(?:enrol|roll ?n|name)).{1,200}", re.IGNORECASE)
COMPARED_LINES = 2_000  # of each text; longer ones are not compared


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. student: signed in; None: a stranger. secret: that enrollment keys are made with."""

    student: Student | None = None
    is_admin: bool = False
    secret: bytes = b""

    def entry(self, notice: Notice) -> ListedStudent | None:
        """Return the line of the notice's list that is the reader's own; None: it does not name them."""
        key = self.student.enrollment_key if self.student else None
        if key is None:
            return None
        for one in notice.facts.students:
            number = normal_number(one.enrollment) if one.enrollment else None
            if number is not None and enrollment_key(number, self.secret) == key:
                return one
        return None


@dataclass(frozen=True, slots=True)
class TextChange:
    """Lines of a text that went and came; lines that name students are in neither."""

    removed: tuple[str, ...]
    added: tuple[str, ...]


def names_students(notice: Notice) -> bool:
    """Say whether its text names any student, by number or by name."""
    return bool(notice.facts.students) or _hold_a_list(notice.text.splitlines())


def html_names_students(notice: Notice) -> bool:
    """Say whether its HTML names any: it also shows what is struck out, and what is too far down for the text."""
    return names_students(notice) or _hold_a_list(_TAG.split(notice.html))


def is_public(notice: Notice, *, public_pages: bool) -> bool:
    """Say whether everybody may read it. What the office made for everybody is public as long as pages are at all.

    public_pages: whether pages can be read without signing in.
    """
    if not public_pages or (notice.audience is not None and notice.audience.only_named):
        return False
    return notice.public or not names_students(notice)


def may_read(notice: Notice, reader: Reader, *, public_pages: bool) -> bool:
    """Say whether this reader may: what is not public is for its year's students, and for those whom it names."""
    if reader.is_admin or is_public(notice, public_pages=public_pages):
        return True
    if reader.student is None:
        return False
    if reader.entry(notice) is not None:
        return True
    only_named = notice.audience is not None and notice.audience.only_named
    return reader.student.year == notice.year and not only_named


def readable(notices: Iterable[Notice], reader: Reader, *, public_pages: bool) -> list[Notice]:
    """Return those of the notices that this reader may read. Slow for many: call it in a thread."""
    return [one for one in notices if may_read(one, reader, public_pages=public_pages)]


def visible_html(notice: Notice) -> str | None:
    """Return the notice's HTML if it may be shown as it is; None: it holds a list, `visible_text` leaves that out."""
    return None if html_names_students(notice) else notice.html


def visible_text(notice: Notice, show_names: ShowNames, reader: Reader) -> str:
    """Return the text for this reader; strangers never see a list, whatever the setting."""
    shown = show_names if reader.student is not None or reader.is_admin else ShowNames.COUNT
    text = shown_text(notice, shown)
    if shown is not ShowNames.COUNT:
        return text
    return "\n".join(line for line in text.splitlines() if not _HEADING_OF_LIST.fullmatch(line))


def field_changes(notice: Notice) -> tuple[Change, ...]:
    """Return what changed with this revision beside the text."""
    return tuple(change for change in notice.changes if change.field != TEXT)


def text_change(before: Notice, after: Notice) -> TextChange | None:
    """Return what changed in the text, line by line; None: nothing, or the texts are too long to compare."""
    if before.text == after.text:
        return None
    old, new = before.text.splitlines(), after.text.splitlines()
    if max(len(old), len(new)) > COMPARED_LINES:
        return None
    students = (*before.facts.students, *after.facts.students)
    hidden_old, hidden_new = naming_lines(old, students), naming_lines(new, students)
    removed: list[str] = []
    added: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            removed += _said(old, range(i1, i2), hidden_old)
            added += _said(new, range(j1, j2), hidden_new)
    return TextChange(tuple(removed), tuple(added))


def _hold_a_list(lines: Iterable[str]) -> bool:
    # what a number looks like takes long to find out, so only lines are asked that may have one
    return bool(naming_lines([line for line in lines if _MAY_NUMBER.search(line)], ()))


def _said(lines: list[str], indexes: Iterable[int], hidden: frozenset[int]) -> list[str]:
    return [lines[index].strip() for index in indexes if index not in hidden and lines[index].strip()]

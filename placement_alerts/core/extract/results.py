"""What the row of each student in a result says beside the name: post, pay, place, day of joining."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from placement_alerts.core.document import Line, Text
from placement_alerts.core.enrollment import ENROLLMENT
from placement_alerts.core.extract.labels import rows_with_header
from placement_alerts.core.extract.role_phrases import role_phrases
from placement_alerts.core.matching import role_key
from placement_alerts.core.money import find_amounts, monthly_rupees, yearly_lakhs
from placement_alerts.core.notice import ListedStudent, Role

_LONGEST_HEADING = 100  # characters of a line that says what holds for the students below it
_SEVERAL = 2  # posts from which a line above a list says which one it is
_LONGEST_VALUE = 60  # characters of a place or a date

_ROLE_HEAD = re.compile(r"\b(?:role|profile|designation|position|post|job title)\b")
_PAY_HEAD = re.compile(r"\b(?:ctc|package|salary|pay|compensation|lpa|offer(?:ed)? (?:amount|value))\b")
_STIPEND_HEAD = re.compile(r"\bstipend\b")
_PLACE_HEAD = re.compile(r"\b(?:location|place of posting|posting|work place|city)\b")
_JOINING_HEAD = re.compile(r"\b(?:joining|doj)\b")
_SPLIT = re.compile(r"\s*(?:[|,;:()\[\]–—•]|\s-\s|\d{1,3}[.)]\s)\s*")


@dataclass(frozen=True, slots=True)
class Result:
    """What one student got, as far as the own row says. role: spelled as in the message's posts where it is one."""

    student: ListedStudent
    role: str | None = None
    package_lpa: float | None = None
    stipend_per_month: int | None = None
    location: str | None = None
    joining_date: str | None = None


def find_results(text: Text, students: Sequence[ListedStudent], roles: Sequence[Role]) -> tuple[Result, ...]:
    """Return a result for each student, in their order; of several rows the first counts."""
    by_number = {one.enrollment: one for one in students if one.enrollment}
    by_name = {one.name.casefold(): one for one in students if one.name and not one.enrollment}
    names = {role_key(one.role): one.role for one in roles if one.role}
    headers = {index: header for index, _, header in rows_with_header(text.lines)}
    found: dict[ListedStudent, Result] = {}
    heading: str | None = None
    for index, line in enumerate(text.lines):
        named = list(_named(line, by_number, by_name))
        if not named:
            heading = _heading(line, names) or heading
            continue
        for student in named:
            result = _of_row(student, line, headers.get(index), names) if len(named) == 1 else Result(student)
            if result.role is None and heading is not None:
                result = _with_role(result, heading)
            found.setdefault(student, result)
    return tuple(found.get(student, Result(student)) for student in students)


def _named(
    line: Line, by_number: dict[str, ListedStudent], by_name: dict[str, ListedStudent]
) -> Iterator[ListedStudent]:
    numbers = {match[0] for match in ENROLLMENT.finditer(line.text)} | {
        cell.replace(" ", "").upper() for cell in line.cells
    }
    yield from (by_number[number] for number in sorted(numbers) if number in by_number)
    if by_name:
        parts = {part.strip(" .*").casefold() for part in (*_SPLIT.split(line.text), *line.cells)}
        yield from (by_name[part] for part in sorted(parts) if part in by_name)


def _heading(line: Line, names: dict[str, str]) -> str | None:
    """Return the post that a short line between lists names, e.g. "Backend Engineer (15 LPA):"."""
    if len(line.text) > _LONGEST_HEADING or line.cells or len(names) < _SEVERAL:
        return None
    return next((name for _, _, phrase in role_phrases(line.text) if (name := _known(phrase, names))), None)


def _of_row(student: ListedStudent, line: Line, header: tuple[str, ...] | None, names: dict[str, str]) -> Result:
    if header is None:
        rest = line.text.replace(student.enrollment or "\0", " ")
        amounts = find_amounts(rest)
        role = next((phrase for _, _, phrase in role_phrases(rest) if phrase != student.name), None)
        return Result(student, _known(role, names) or None, yearly_lakhs(amounts), monthly_rupees(amounts))
    pay = _cell(line, header, _PAY_HEAD)
    stipend = _cell(line, header, _STIPEND_HEAD) or ""
    return Result(
        student,
        _role_of(_cell(line, header, _ROLE_HEAD), names),
        _lakhs(pay, _label(header, _PAY_HEAD)),
        _monthly(f"{stipend} per month") or _monthly(pay),
        (_cell(line, header, _PLACE_HEAD) or "")[:_LONGEST_VALUE] or None,
        (_cell(line, header, _JOINING_HEAD) or "")[:_LONGEST_VALUE] or None,
    )


def _with_role(result: Result, role: str) -> Result:
    return Result(
        result.student, role, result.package_lpa, result.stipend_per_month, result.location, result.joining_date
    )


def _known(phrase: str | None, names: dict[str, str]) -> str | None:
    """Return the message's own spelling of the post, None if it is none of its posts."""
    if phrase is None:
        return None
    key = role_key(phrase)
    if key in names:
        return names[key]
    longer = [name for other, name in names.items() if key and (key in other or other in key)]
    return longer[0] if len(longer) == 1 else None


def _role_of(cell: str | None, names: dict[str, str]) -> str | None:
    if not cell:
        return None
    return _known(cell, names) or cell[:_LONGEST_VALUE]


def _label(header: Iterable[str], pattern: re.Pattern[str]) -> str:
    return next((label for label in header if pattern.search(label)), "")


def _cell(line: Line, header: tuple[str, ...], pattern: re.Pattern[str]) -> str | None:
    return next((cell for label, cell in zip(header, line.cells, strict=False) if cell and pattern.search(label)), None)


def _lakhs(cell: str | None, label: str) -> float | None:
    if not cell:
        return None
    amounts = find_amounts(cell)
    if not amounts and re.fullmatch(r"\W*\d{1,3}(?:\.\d+)?\W*", cell) and not _STIPEND_HEAD.search(label):
        amounts = find_amounts(f"{cell.strip()} LPA")
    return yearly_lakhs(amounts)


def _monthly(cell: str | None) -> int | None:
    if not cell:
        return None
    amounts = find_amounts(cell)
    return monthly_rupees(amounts)

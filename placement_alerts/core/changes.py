"""What differs between two revisions of a notice, and what of it is worth telling."""

import re
from dataclasses import dataclass

from placement_alerts.core.enrollment import naming_lines
from placement_alerts.core.fields import fields
from placement_alerts.core.notice import Change, Notice

# label -> the verb that its change is announced with; these are worth a sound (DESIGN.md, section 3)
_MATTERS = {
    "Deadline": "moved",
    "Deadline on the portal": "moved",
    "When": "moved",
    "Venue": "changed",
    "Eligibility": "changed",
    "Required marks": "changed",
    "Courses": "changed",
    "CTC on the portal": "changed",
    "Role": "changed",
    "Roles": "changed",
    "Location": "changed",
}
# a value that appears where none stood is news for these only; elsewhere it is a detail that was read later
_MATTERS_WHEN_ADDED = frozenset({"Deadline", "When", "Venue"})
LIST_CHANGED = "The list of students changed"
_LINE_LIMIT = 160  # characters of a changed text line that an announcement quotes


@dataclass(frozen=True, slots=True)
class Verdict:
    """changes: every field that differs. announcement: the short line, or None if readers need not be told.

    matters: worth a sound, and worth telling students who never got an earlier revision.
    """

    changes: tuple[Change, ...]
    announcement: str | None
    matters: bool


def compare(before: Notice, after: Notice) -> Verdict:
    """Say what a reader of `before` should know about `after`."""
    if after.withdrawn != before.withdrawn:
        line = "Withdrawn by the placement office" if after.withdrawn else "Valid again"
        return Verdict((Change(field="State", before=_state(before), after=_state(after)),), line, matters=True)
    found = differences(before, after)
    joined = after.posted != before.posted  # a posting's words for what the job said are no change of it
    telling = [_line(change) for change in found if _matters(change) and (_tells_when_or_where(change) or not joined)]
    if telling:
        return Verdict(found, "; ".join(telling), matters=True)
    new_line = first_new_line(before, after)
    if before.title != after.title and _letters(before.title) != _letters(after.title):
        return Verdict(found, f"New title: {after.title}", matters=False)
    if new_line and not joined:
        told = new_line if new_line is LIST_CHANGED else f"Text changed: “{new_line}”"
        return Verdict(found, told, matters=False)
    return Verdict(found, None, matters=False)


def brings_more(before: Notice, after: Notice) -> bool:
    """Say whether `after` joins something of its own: the text that announces a known job, or the job of a text.

    It would have been a notice by itself, so who never got `before` gets it as one.
    """
    return (after.posted and not before.posted) or (after.announces_job and not before.announces_job)


def differences(before: Notice, after: Notice) -> tuple[Change, ...]:
    """Return every labelled field, title and text included, whose value differs."""
    old = {field.label: field for field in fields(before)}
    new = {field.label: field for field in fields(after)}
    found = [
        Change(
            field=label,
            before=old[label].short if label in old else None,
            after=new[label].short if label in new else None,
        )
        for label in dict.fromkeys([*old, *new])
        if (old[label].value if label in old else None) != (new[label].value if label in new else None)
    ]
    if before.title != after.title:
        found.append(Change(field="Title", before=before.title, after=after.title))
    if before.text != after.text:
        found.append(Change(field="Text", before=before.text, after=after.text))
    return tuple(found)


def first_new_line(before: Notice, after: Notice) -> str | None:
    """Return what to quote of the text lines that are new, shortened; None if no letter or digit is new.

    A line that names a student is never quoted: how much of a list is shown is a setting, and this line goes to all.
    """
    known = {_letters(line) for line in before.text.splitlines()}
    lines = after.text.splitlines()
    new = [index for index, line in enumerate(lines) if _letters(line) and _letters(line) not in known]
    naming = naming_lines(lines, after.facts.students)
    quotable = next((lines[index].strip() for index in new if index not in naming), None)
    if quotable is None:
        return LIST_CHANGED if new else None
    return quotable if len(quotable) <= _LINE_LIMIT else quotable[: _LINE_LIMIT - 1] + "…"


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _matters(change: Change) -> bool:
    if change.field not in _MATTERS or change.after is None:
        return False
    return change.before is not None or change.field in _MATTERS_WHEN_ADDED


def _tells_when_or_where(change: Change) -> bool:
    return change.field in _MATTERS_WHEN_ADDED


def _line(change: Change) -> str:
    name = change.field.removesuffix(" on the portal")
    if change.before is None:
        return f"{name}: {change.after}"
    return f"{name} {_MATTERS[change.field]}: {change.before} → {change.after}"


def _state(notice: Notice) -> str:
    return "withdrawn" if notice.withdrawn else "valid"

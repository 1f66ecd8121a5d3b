"""What the mails about one company say together: its roles and students, folded in the order in which they were sent.

The order of arrival plays no part, so the same mails always give the same offer (reference/offers-and-statistics.md,
section 2, "Ours").
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from placement_alerts.core.matching import role_key
from placement_alerts.core.offer import Contribution, OfferRole, OfferStudent
from placement_alerts.core.timetable import show_date

_Identity = tuple[str, ...]
_COMMON = ("location", "joining_date")  # of a student: what a later mail says counts


@dataclass(frozen=True, slots=True)
class Folded:
    """The merged roles and students, in the order in which they were named first.

    named_by: for each student the ids of the contributions that name them. lowered: see `Offer`.
    """

    roles: tuple[OfferRole, ...]
    students: tuple[OfferStudent, ...]
    named_by: tuple[frozenset[str], ...]
    lowered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    contribution: Contribution
    identity: _Identity
    student: OfferStudent


def in_order(contributions: Iterable[Contribution]) -> tuple[Contribution, ...]:
    """Return them oldest first; those of one moment by their id."""
    return tuple(sorted(contributions, key=lambda one: (one.sent_at, one.mail_id)))


def fold(contributions: Iterable[Contribution]) -> Folded:
    """Merge what the contributions say."""
    ordered = in_order(contributions)
    lowered: list[str] = []
    roles = _roles(ordered, lowered)
    groups: dict[_Identity, list[_Row]] = defaultdict(list)
    for row in _rows(ordered):
        groups[row.identity].append(row)
    return Folded(
        roles=roles,
        students=tuple(_student(rows, lowered) for rows in groups.values()),
        named_by=tuple(frozenset(row.contribution.mail_id for row in rows) for rows in groups.values()),
        lowered=tuple(lowered),
    )


def completed(contribution: Contribution) -> Contribution:
    """Return it with what follows from the rest of the mail, marked as inferred: the only role, the common place."""
    students = tuple(_completed(student, contribution) for student in contribution.students)
    return contribution.model_copy(update={"students": students})


def name_key(name: str) -> str:
    """Return what is equal for all spellings of a student's name."""
    return " ".join(name.casefold().split())


def _completed(student: OfferStudent, mail: Contribution) -> OfferStudent:
    number = "".join((student.enrollment or "").split()).upper() or None
    only = mail.roles[0] if len(mail.roles) == 1 else None
    role = student.role or (only.role if only else None)
    same = [one for one in mail.roles if role and one.role and role_key(one.role) == role_key(role)]
    source = only or (same[0] if same else None)
    fresh: dict[str, Any] = {
        "role": role,
        "package_lpa": source.package_lpa if student.package_lpa is None and source else student.package_lpa,
        "location": student.location or (mail.locations[0] if len(mail.locations) == 1 else None),
        "joining_date": student.joining_date or mail.joining_date,
    }
    inferred = [field for field, value in fresh.items() if value and not getattr(student, field)]
    marks = tuple(dict.fromkeys([*student.inferred, *inferred]))
    return student.model_copy(update={**fresh, "enrollment": number, "inferred": marks})


def _rows(ordered: Sequence[Contribution]) -> list[_Row]:
    """Return every row with who it names: by number, else by name where that can mean one person only."""
    numbers: dict[str, set[str]] = defaultdict(set)  # of a name
    doubtful: set[str] = set()  # names that one mail gives to several people
    for mail in ordered:
        names = Counter(name_key(student.name) for student in mail.students)
        bare = Counter(name_key(student.name) for student in mail.students if not student.enrollment)
        doubtful |= {name for name, count in bare.items() if count > 1 or names[name] > count}
        for student in mail.students:
            if student.enrollment:
                numbers[name_key(student.name)].add(student.enrollment)
    rows = []
    for mail in ordered:
        slots: Counter[str] = Counter()
        for student in mail.students:
            name = name_key(student.name)
            if student.enrollment:
                identity: _Identity = ("number", student.enrollment)
            elif name and name not in doubtful and len(numbers[name]) == 1:
                identity = ("number", *numbers[name])
            else:
                # who has no name either is somebody else in every mail
                identity = ("name", name, str(slots[name]), "" if name else mail.mail_id)
                slots[name] += 1
            rows.append(_Row(mail, identity, student))
    return rows


def _student(rows: Sequence[_Row], lowered: list[str]) -> OfferStudent:
    current = rows[0].student
    for row in rows[1:]:
        kept, later = current.package_lpa, row.student.package_lpa
        if kept is not None and later is not None and later < kept:
            who = f"{current.name} ({current.enrollment})" if current.enrollment else current.name
            lowered.append(_lowered(who, later, kept, row.contribution))
        current = _with(current, row.student)
    return current


def _with(current: OfferStudent, later: OfferStudent) -> OfferStudent:
    """Return the student as both rows say together."""
    sources = {
        "package_lpa": _better_paid(current, later),
        "role": _role_source(current, later),
        **{field: _later_said(current, later, field) for field in _COMMON},
    }
    fresh: dict[str, Any] = {field: getattr(source, field) for field, source in sources.items()}
    fresh["inferred"] = tuple(field for field, source in sources.items() if field in source.inferred)
    fresh["enrollment"] = current.enrollment or later.enrollment
    fresh["name"] = later.name or current.name
    fresh["offered_at"] = min(current.offered_at, later.offered_at)
    return current.model_copy(update=fresh)


def _better_paid(current: OfferStudent, later: OfferStudent) -> OfferStudent:
    if current.package_lpa is None or later.package_lpa is None or current.package_lpa == later.package_lpa:
        return _later_said(current, later, "package_lpa")
    return later if later.package_lpa > current.package_lpa else current


def _role_source(current: OfferStudent, later: OfferStudent) -> OfferStudent:
    """Return whose role counts: that of the higher package, where it names one."""
    if current.package_lpa == later.package_lpa:
        return _later_said(current, later, "role")
    paid, other = (later, current) if _better_paid(current, later) is later else (current, later)
    return paid if paid.role else other


def _later_said(current: OfferStudent, later: OfferStudent, field: str) -> OfferStudent:
    """Return who says the field: the later one, unless it is empty, or inferred where the other was told."""
    if getattr(later, field) is None:
        return current
    if getattr(current, field) is not None and field in later.inferred and field not in current.inferred:
        return current
    return later


def _roles(ordered: Iterable[Contribution], lowered: list[str]) -> tuple[OfferRole, ...]:
    roles: dict[str, OfferRole] = {}
    for mail in ordered:
        for role in mail.roles:
            key = role_key(role.role or "")
            current = roles.get(key)
            if current and current.package_lpa and role.package_lpa and role.package_lpa < current.package_lpa:
                name = current.role or "the role without a name"
                lowered.append(_lowered(name, role.package_lpa, current.package_lpa, mail))
            roles[key] = _merged_role(current, role) if current else role
    unnamed = roles.get("")
    if unnamed is not None and any(_says_less(unnamed, named) for key, named in roles.items() if key):
        del roles[""]
    return tuple(roles.values())


def _merged_role(current: OfferRole, later: OfferRole) -> OfferRole:
    paid, other = (later, current) if _pay(later) >= _pay(current) else (current, later)
    same = paid.package_lpa == other.package_lpa
    return OfferRole(
        role=current.role or later.role,
        package_lpa=paid.package_lpa,
        stipend_per_month=paid.stipend_per_month or other.stipend_per_month,
        details=paid.details or (other.details if same else None),
    )


def _pay(role: OfferRole) -> tuple[float, int]:
    return (role.package_lpa or 0.0, role.stipend_per_month or 0)


def _says_less(unnamed: OfferRole, named: OfferRole) -> bool:
    """Say whether a role without a name is the named one, told by a mail that did not name it."""
    return unnamed.package_lpa in {None, named.package_lpa} and unnamed.stipend_per_month in {
        None,
        named.stipend_per_month,
    }


def _lowered(what: str, lower: float, kept: float, mail: Contribution) -> str:
    return f"{what}: {lower:g} LPA by the mail of {show_date(mail.sent_at)}; {kept:g} LPA kept"

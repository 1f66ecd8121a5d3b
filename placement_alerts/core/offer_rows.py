"""Offers as rows, one for each student and company: the base of every figure.

Reference/offers-and-statistics.md, section 5. Packages are LPA. Pure.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.branches import BranchTable
from placement_alerts.core.company_names import key_of
from placement_alerts.core.offer import Offer, OfferRole, OfferStudent

RUPEES_FROM = 100_000  # a "package" of at least so much was written in rupees, not in lakhs
LPA_MAX = 1_000  # above, it is neither


@dataclass(frozen=True, slots=True)
class Row:
    """One student in one offer.

    number: without spaces, upper case; None: the mail gave none. role: the student's, else the one that the package
    was taken from. company_names: keys of every name that a mail gave the company. locations, joining_date: the
    student's own, else the offer's. profiles: roles of the offer, sorted.
    """

    number: str | None
    name: str
    branch: str
    counted: bool
    company: str
    company_key: str
    company_names: frozenset[str]
    role: str | None
    package: float | None
    locations: tuple[str, ...]
    joining_date: str | None
    offered_at: datetime
    profiles: tuple[str, ...]


def rows_of(offers: Iterable[Offer], table: BranchTable) -> list[Row]:
    """Return a row for each student of each offer, in their order."""
    return [row for offer in offers for row in _rows(offer, table)]


def clean_package(value: float | None) -> float | None:
    """Return a package in LPA: rupees become lakhs; None for what no package can be."""
    if value is None or not math.isfinite(value) or value <= 0:
        return None
    lakhs = value / RUPEES_FROM if value >= RUPEES_FROM else value
    return lakhs if lakhs <= LPA_MAX else None


def role_package(role: OfferRole, *, internship_only: bool) -> float | None:
    """Return what a role pays in LPA; an internship without a job counts as twelve stipends."""
    package = clean_package(role.package_lpa)
    if package is None and internship_only and role.stipend_per_month:
        return clean_package(role.stipend_per_month * 12 / RUPEES_FROM)
    return package


def _rows(offer: Offer, table: BranchTable) -> list[Row]:
    names = frozenset(key_of(name, {}) for name in (offer.company, *(one.company for one in offer.contributions)))
    paid = [(role.role, role_package(role, internship_only=offer.internship_only)) for role in offer.roles]
    profiles = tuple(sorted({role.role for role in offer.roles if role.role}))
    return [_row(offer, student, paid, names | {offer.company_key}, profiles, table) for student in offer.students]


def _row(
    offer: Offer,
    student: OfferStudent,
    paid: list[tuple[str | None, float | None]],
    names: frozenset[str],
    profiles: tuple[str, ...],
    table: BranchTable,
) -> Row:
    number = "".join((student.enrollment or "").split()).upper() or None
    branch = table.branch_of(number)
    role, package = _role_and_package(student, paid)
    return Row(
        number=number,
        name=student.name,
        branch=branch,
        counted=table.is_counted(branch),
        company=offer.company,
        company_key=offer.company_key,
        company_names=names,
        role=role,
        package=package,
        locations=(student.location,) if student.location else offer.locations,
        joining_date=student.joining_date or offer.joining_date,
        offered_at=student.offered_at,
        profiles=profiles,
    )


def _role_and_package(
    student: OfferStudent, paid: list[tuple[str | None, float | None]]
) -> tuple[str | None, float | None]:
    """Return role and package: the student's own, that of the role of the same name, the only one, the highest."""
    own = clean_package(student.package_lpa)
    if own is not None:
        return student.role, own
    known = [(package, role) for role, package in paid if package is not None]
    same = [(package, role) for package, role in known if student.role and role == student.role]
    best = max(same or known, key=lambda one: one[0], default=None)
    if best is None:
        return student.role, None
    return student.role or best[1], best[0]

"""The placement statistics of one year: one algorithm for the bot, the pages, the API, the command line and the CSV.

Reference/offers-and-statistics.md, section 5: unique students by enrollment number, and for each the best package.
Pure. Figures are exact here; they are rounded once, by `to_json` or by whoever shows them.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from placement_alerts.core.branches import BranchTable
from placement_alerts.core.offer import Offer
from placement_alerts.core.offer_rows import Row, rows_of
from placement_alerts.core.statistics_filter import Filter


@dataclass(frozen=True, slots=True)
class Packages:
    """Figures over packages in LPA; 0.0 without any. count: of how many."""

    average: float = 0.0
    median: float = 0.0
    highest: float = 0.0
    count: int = 0


@dataclass(frozen=True, slots=True)
class BranchFigures:
    """A counted branch. offers: rows. strength: students in it. packages: best ones of its students."""

    branch: str
    offers: int
    students: int
    strength: int
    packages: Packages

    @property
    def percentage(self) -> float:
        """Placed of strength, 0 to 100."""
        return percentage(self.students, self.strength)


@dataclass(frozen=True, slots=True)
class CompanyFigures:
    """A company over all its rows. students: a row without a number is one. average: of the rows' packages, LPA."""

    company: str
    students: int
    profiles: tuple[str, ...]
    average: float


@dataclass(frozen=True, slots=True)
class BandFigures:
    """Packages from `low` up to, but not, `high` LPA; None: no bound. offers, companies: of the rows in it.

    students: those whose best package is in it.
    """

    low: float | None
    high: float | None
    offers: int
    companies: int
    students: int


@dataclass(frozen=True, slots=True)
class UncountedBranch:
    """A branch that is no part of the figures. students: a row without a number is one."""

    branch: str
    rows: int
    students: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be filtered by, each distinct and sorted; branches in the order of the configuration."""

    companies: tuple[str, ...]
    roles: tuple[str, ...]
    locations: tuple[str, ...]
    branches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Every figure of one placement year, or of a filtered view of it.

    placements_count: offer records. packages: best ones of the placed students. bands: falling. companies: most
    students first. not_counted and choices are never filtered. without_number: uncounted rows that name no number.
    """

    year: str
    filtered: bool
    placements_count: int
    unique_students_placed: int
    total_offers: int
    unique_companies: int
    packages: Packages
    total_eligible_students: int
    branches: tuple[BranchFigures, ...]
    companies: tuple[CompanyFigures, ...]
    bands: tuple[BandFigures, ...]
    choices: Choices
    not_counted: tuple[UncountedBranch, ...]
    without_number: int

    @property
    def placement_percentage(self) -> float:
        """Placed of all in the counted branches, 0 to 100; 0 without a strength."""
        return percentage(self.unique_students_placed, self.total_eligible_students)

    def to_json(self) -> dict[str, Any]:
        """Return the figures under the reference's names, rounded to two decimals. Names no student."""
        return {
            "year": self.year,
            "filtered": self.filtered,
            "placements_count": self.placements_count,
            "unique_students_placed": self.unique_students_placed,
            "total_offers": self.total_offers,
            "unique_companies": self.unique_companies,
            "average_package": round(self.packages.average, 2),
            "median_package": round(self.packages.median, 2),
            "highest_package": round(self.packages.highest, 2),
            "students_without_package": self.unique_students_placed - self.packages.count,
            "total_eligible_students": self.total_eligible_students,
            "placement_percentage": round(self.placement_percentage, 2),
            "branch_stats": {one.branch: _branch_json(one) for one in self.branches},
            "company_stats": {one.company: _company_json(one) for one in self.companies},
            "package_bands": [_band_json(one) for one in self.bands],
            "available_filters": {
                "companies": list(self.choices.companies),
                "roles": list(self.choices.roles),
                "locations": list(self.choices.locations),
                "branches": list(self.choices.branches),
            },
            "not_counted": {
                "branches": {one.branch: {"rows": one.rows, "students": one.students} for one in self.not_counted},
                "rows_without_enrollment_number": self.without_number,
            },
        }


def statistics_of(
    offers: Sequence[Offer], table: BranchTable, bands: Sequence[float], wanted: Filter | None = None
) -> Statistics:
    """Return the figures of the offers of `table.year`.

    bands: rising lower bounds of the package buckets in LPA; below the first is one more. wanted: counted rows that do
    not pass are left out.
    """
    wanted = wanted or Filter()
    rows = rows_of(offers, table)
    counted = list(filter(wanted.test(), (row for row in rows if row.counted)))
    shown = rows if wanted.is_empty() else counted
    best = best_packages(counted)
    strengths = table.strengths()
    return Statistics(
        year=table.year,
        filtered=not wanted.is_empty(),
        placements_count=len(offers),
        unique_students_placed=len({row.number for row in counted}),
        total_offers=len(counted),
        unique_companies=len({row.company_key for row in shown}),
        packages=_packages(best.values()),
        total_eligible_students=sum(strengths.values()),
        branches=_branches(counted, best, strengths),
        companies=_companies(shown),
        bands=_bands(counted, best, bands),
        choices=_choices(offers, strengths),
        not_counted=_not_counted(rows),
        without_number=sum(1 for row in rows if row.number is None),
    )


def best_packages(counted: Iterable[Row]) -> dict[str, float]:
    """Return the highest package of each student who has one, by number."""
    best: dict[str, float] = {}
    for row in counted:
        if row.number is not None and row.package is not None:
            best[row.number] = max(row.package, best.get(row.number, 0.0))
    return best


def percentage(part: int, whole: int) -> float:
    """Return part of whole, 0 to 100; 0 of nothing."""
    return part / whole * 100 if whole else 0.0


def _packages(values: Iterable[float]) -> Packages:
    values = list(values)
    if not values:
        return Packages()
    return Packages(math.fsum(values) / len(values), median(values), max(values), len(values))


def _branches(
    counted: Sequence[Row], best: Mapping[str, float], strengths: Mapping[str, int]
) -> tuple[BranchFigures, ...]:
    """Return every counted branch, also one in which nobody is placed yet; none if there are no rows at all."""
    rows: dict[str, list[Row]] = {branch: [] for branch in strengths} if counted else {}
    for row in counted:
        rows[row.branch].append(row)
    found = []
    for branch, own in rows.items():
        students = {row.number for row in own if row.number is not None}
        packages = _packages(best[number] for number in students if number in best)
        found.append(BranchFigures(branch, len(own), len(students), strengths[branch], packages))
    return tuple(found)


def _companies(rows: Sequence[Row]) -> tuple[CompanyFigures, ...]:
    by_key: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_key[row.company_key].append(row)
    found = [
        CompanyFigures(
            company=own[0].company,
            students=_heads(own),
            profiles=tuple(sorted({profile for row in own for profile in row.profiles})),
            average=_packages(row.package for row in own if row.package is not None).average,
        )
        for own in by_key.values()
    ]
    return tuple(sorted(found, key=lambda one: (-one.students, one.company.casefold(), one.company)))


def _bands(counted: Sequence[Row], best: Mapping[str, float], bounds: Sequence[float]) -> tuple[BandFigures, ...]:
    edges = [None, *bounds, None]
    found = []
    for low, high in pairwise(edges):
        own = [row for row in counted if row.package is not None and _is_between(row.package, low, high)]
        students = sum(1 for package in best.values() if _is_between(package, low, high))
        found.append(BandFigures(low, high, len(own), len({row.company_key for row in own}), students))
    return tuple(reversed(found))


def _is_between(package: float, low: float | None, high: float | None) -> bool:
    return (low is None or low <= package) and (high is None or package < high)


def _choices(offers: Sequence[Offer], strengths: Mapping[str, int]) -> Choices:
    return Choices(
        companies=tuple(sorted({offer.company for offer in offers})),
        roles=tuple(sorted({role.role for offer in offers for role in offer.roles if role.role})),
        locations=tuple(sorted({place for offer in offers for place in offer.locations if place})),
        branches=tuple(strengths),
    )


def _not_counted(rows: Sequence[Row]) -> tuple[UncountedBranch, ...]:
    branches: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not row.counted:
            branches[row.branch].append(row)
    return tuple(UncountedBranch(branch, len(own), _heads(own)) for branch, own in sorted(branches.items()))


def _heads(rows: Sequence[Row]) -> int:
    return len({row.number for row in rows if row.number}) + sum(1 for row in rows if row.number is None)


def _branch_json(one: BranchFigures) -> dict[str, Any]:
    return {
        "branch": one.branch,
        "total_offers": one.offers,
        "unique_students": one.students,
        "total_students_in_branch": one.strength,
        "avg_package": round(one.packages.average, 2),
        "median_package": round(one.packages.median, 2),
        "highest_package": round(one.packages.highest, 2),
        "placement_percentage": round(one.percentage, 2),
    }


def _company_json(one: CompanyFigures) -> dict[str, Any]:
    return {
        "company": one.company,
        "students_count": one.students,
        "profiles": list(one.profiles),
        "avg_package": round(one.average, 2),
    }


def _band_json(one: BandFigures) -> dict[str, Any]:
    return {
        "from_lpa": one.low,
        "below_lpa": one.high,
        "offers": one.offers,
        "companies": one.companies,
        "students": one.students,
    }

"""The placement figures of a year: the same as on the page, in the bot and on the command line. Names no student."""

from pydantic import Field

from placement_alerts.core.offer_rows import LPA_MAX
from placement_alerts.core.statistics_filter import Filter
from placement_alerts.core.token import Scope
from placement_alerts.errors import ConfigError
from placement_alerts.web.api.codes import problem
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.values import Given, Line, View, Year
from placement_alerts.web.services import Services

VALUES_MAX = 20  # of one filter


class StatsGiven(Given):
    """Which offers to count; within one filter any of its values. year: left out, the active one."""

    year: Year | None = None
    company: tuple[Line, ...] = Field(default=(), max_length=VALUES_MAX)
    role: tuple[Line, ...] = Field(default=(), max_length=VALUES_MAX)
    location: tuple[Line, ...] = Field(default=(), max_length=VALUES_MAX)
    branch: tuple[Line, ...] = Field(default=(), max_length=VALUES_MAX)
    min_lpa: float | None = Field(default=None, ge=0, le=LPA_MAX)
    max_lpa: float | None = Field(default=None, ge=0, le=LPA_MAX)


class BranchView(View):
    """A counted branch. Packages in LPA, best ones of its students."""

    branch: str
    total_offers: int
    unique_students: int
    total_students_in_branch: int
    avg_package: float
    median_package: float
    highest_package: float
    placement_percentage: float


class CompanyView(View):
    """A company over all its rows."""

    company: str
    students_count: int
    profiles: tuple[str, ...]
    avg_package: float


class BandView(View):
    """Packages from `from_lpa` up to, but not, `below_lpa`; null: no bound."""

    from_lpa: float | None
    below_lpa: float | None
    offers: int
    companies: int
    students: int


class FiltersView(View):
    """What can be filtered by."""

    companies: tuple[str, ...]
    roles: tuple[str, ...]
    locations: tuple[str, ...]
    branches: tuple[str, ...]


class UncountedView(View):
    """A branch that is no part of the figures."""

    rows: int
    students: int


class NotCountedView(View):
    """What is no part of the figures."""

    branches: dict[str, UncountedView]
    rows_without_enrollment_number: int


class StatsView(View):
    """The figures of a placement year, or of a filtered view of it. Packages in LPA, rounded to two decimals."""

    year: str
    filtered: bool
    placements_count: int
    unique_students_placed: int
    total_offers: int
    unique_companies: int
    average_package: float
    median_package: float
    highest_package: float
    students_without_package: int
    total_eligible_students: int
    placement_percentage: float
    branch_stats: dict[str, BranchView]
    company_stats: dict[str, CompanyView]
    package_bands: tuple[BandView, ...]
    available_filters: FiltersView
    not_counted: NotCountedView


STATS_EXAMPLE = {
    "year": "202526",
    "filtered": False,
    "placements_count": 58,
    "unique_students_placed": 431,
    "total_offers": 502,
    "unique_companies": 58,
    "average_package": 9.34,
    "median_package": 7.5,
    "highest_package": 52.0,
    "students_without_package": 12,
    "total_eligible_students": 1153,
    "placement_percentage": 37.38,
    "branch_stats": {},
    "company_stats": {},
    "package_bands": [{"from_lpa": 13.0, "below_lpa": None, "offers": 61, "companies": 9, "students": 55}],
    "available_filters": {"companies": [], "roles": [], "locations": [], "branches": []},
    "not_counted": {"branches": {}, "rows_without_enrollment_number": 0},
}


class Stats:
    """What is read of the figures."""

    def __init__(self, services: Services) -> None:
        self._figures = services.figures
        self._active = services.settings.active

    async def get(self, call: Call[StatsGiven, None]) -> Answer:
        """Answer the figures."""
        given = call.given
        wanted = Filter(
            companies=frozenset(given.company),
            roles=frozenset(given.role),
            locations=frozenset(given.location),
            branches=frozenset(given.branch),
            lowest=given.min_lpa,
            highest=given.max_lpa,
        )
        try:
            found = await self._figures.of(given.year or self._active, wanted)
        except ConfigError as error:  # the operator's words are for the operator
            raise problem(
                "not_found", "for this year no branches and strengths are set, so it has no figures"
            ) from error
        return Answer(StatsView.model_validate(found.to_json()))


def operations(services: Services) -> list[Operation]:
    """Return what can be asked of the figures."""
    return [
        Operation(
            method="GET",
            path="/api/v1/stats",
            name="getStats",
            tag="stats",
            summary="Read the placement figures of a year",
            handle=Stats(services).get,
            answers={200: StatsView},
            scope=Scope.STATS_READ,
            students=True,
            parameters=StatsGiven,
            problems=("not_found",),
            example=STATS_EXAMPLE,
        )
    ]

"""Reading offers: what each company gave in a year. Names of students are for admins."""

from datetime import datetime

from pydantic import Field

from placement_alerts.core.matching import company_key
from placement_alerts.core.offer import Offer, OfferStudent
from placement_alerts.core.token import Scope
from placement_alerts.web.api.codes import not_found
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.paging import Key, Page, Paging
from placement_alerts.web.api.values import Given, Identifier, Line, PageGiven, View, Year
from placement_alerts.web.etags import etag
from placement_alerts.web.services import Services

REVALIDATED = "private, no-cache"


class OfferRoleView(View):
    """A post that was given. details: breakdown and conditions, as written."""

    role: str | None
    package_lpa: float | None
    stipend_per_month: int | None
    details: str | None


class OfferStudentView(View):
    """A student who was chosen."""

    name: str
    enrollment: str | None
    role: str | None
    package_lpa: float | None
    location: str | None
    joining_date: str | None
    offered_at: datetime


class OfferView(View):
    """One company's offers in one placement year. students: for admins; null for others."""

    id: str
    year: str
    company: str
    roles: tuple[OfferRoleView, ...]
    students_count: int
    students: tuple[OfferStudentView, ...] | None
    locations: tuple[str, ...]
    joining_date: str | None
    internship_only: bool
    sent_at: datetime
    version: int


class OfferPage(Page[OfferView]):
    """Offers, by company."""


class OffersGiven(PageGiven):
    """Which offers to list. year: left out, the active one."""

    year: Year | None = None
    company: Line | None = Field(default=None, min_length=1, description="A company, in any spelling.")


class OfferGiven(Given):
    """One offer."""

    offer_id: Identifier


OFFER_EXAMPLE = {
    "id": "o8c7dd922ad47494f",
    "year": "202526",
    "company": "Brightwave Systems",
    "roles": [{"role": "Software Engineer", "package_lpa": 12.5, "stipend_per_month": None, "details": None}],
    "students_count": 3,
    "students": None,
    "locations": ["Bengaluru"],
    "joining_date": "2026-07-01",
    "internship_only": False,
    "sent_at": "2025-11-10T06:30:00Z",
    "version": 2,
}


class Offers:
    """What is read of offers. A year has a few hundred at most, so they are read whole."""

    def __init__(self, services: Services) -> None:
        self._offers = services.store.offers
        self._settings = services.settings
        self._paging = Paging(services.store)

    async def list(self, call: Call[OffersGiven, None]) -> Answer:
        """Answer a page, by company."""
        given = call.given
        start = await self._paging.start(call, parts=1)
        found = await self._offers.of_year(given.year or self._settings.active)
        wanted = None if given.company is None else company_key(given.company)
        after = "" if start is None else str(start[0])
        rows = [one for one in found if one.company_key > after and wanted in (None, one.company_key)]
        names = call.caller.is_admin
        return await self._paging.page(
            call, rows[: given.limit + 1], lambda offer: offer_view(offer, names=names), _key
        )

    async def get(self, call: Call[OfferGiven, None]) -> Answer:
        """Answer one offer."""
        for year in self._settings.years:
            for offer in await self._offers.of_year(year):
                if offer.id == call.given.offer_id:
                    names = call.caller.is_admin
                    tag = etag("offer", offer.id, offer.version, names)
                    return Answer(offer_view(offer, names=names), etag=tag, caching=REVALIDATED)
        raise not_found("offer")


def offer_view(offer: Offer, *, names: bool) -> OfferView:
    """Return what is shown. names: whether the reader may see who was chosen."""
    return OfferView(
        id=offer.id,
        year=offer.year,
        company=offer.company,
        roles=tuple(OfferRoleView(**role.model_dump()) for role in offer.roles),
        students_count=len(offer.students),
        students=tuple(map(_student, offer.students)) if names else None,
        locations=offer.locations,
        joining_date=offer.joining_date,
        internship_only=offer.internship_only,
        sent_at=offer.sent_at,
        version=offer.version,
    )


def operations(services: Services) -> list[Operation]:
    """Return what can be asked about offers."""
    offers = Offers(services)
    return [
        Operation(
            method="GET",
            path="/api/v1/offers",
            name="listOffers",
            tag="offers",
            summary="List the offers of a year by company",
            handle=offers.list,
            answers={200: OfferPage},
            scope=Scope.STATS_READ,
            parameters=OffersGiven,
            problems=("bad_cursor",),
            example={"items": [OFFER_EXAMPLE], "next": None},
        ),
        Operation(
            method="GET",
            path="/api/v1/offers/{offer_id}",
            name="getOffer",
            tag="offers",
            summary="Read one company's offers of a year",
            handle=offers.get,
            answers={200: OfferView},
            scope=Scope.STATS_READ,
            parameters=OfferGiven,
            problems=("not_found",),
            example=OFFER_EXAMPLE,
            has_etag=True,
        ),
    ]


def _student(student: OfferStudent) -> OfferStudentView:
    return OfferStudentView(**{name: getattr(student, name) for name in OfferStudentView.model_fields})


def _key(offer: Offer) -> Key:
    return (offer.company_key,)

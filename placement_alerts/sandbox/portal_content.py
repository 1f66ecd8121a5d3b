"""What the simulated portal holds at first and what its office does afterwards; the same for the same seed."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from placement_alerts.sandbox.portal import PortalLogin, SimulatedPortal
from placement_alerts.sandbox.portal_board import to_ms
from placement_alerts.sandbox.portal_drives import (
    CSE,
    ECE,
    INDIA,
    LAKH,
    Drive,
    announcement,
    details,
    extension,
    listing,
    opening,
    opening_html,
    result,
    shortlist,
    shortlist_html,
    students,
    webinar,
)

COMPUTING = PortalLogin("computing@students.tiit.ac.example", "computing demo", name="Meera Nair")
ELECTRONICS = PortalLogin("electronics@students.tiit.ac.example", "electronics demo", name="Rohan Sen")
LOGINS = (COMPUTING, ELECTRONICS)

_COMPANIES = (
    "Brightwave Systems",
    "Kestrel Analytics",
    "Nilgiri Robotics",
    "Tamarind Pay",
    "Saffron Grid",
    "Lotus Cloudworks",
    "Meru Semiconductors",
    "Quillpath Software",
    "Anvaya Health",
    "Vajra Mobility",
)
_ROLES = (
    ("Software Engineer", ("Python", "SQL")),
    ("Data Analyst", ("SQL", "Statistics")),
    ("Backend Developer", ("Go", "PostgreSQL")),
    ("Embedded Engineer", ("C", "RTOS")),
    ("Site Reliability Engineer", ("Linux", "Networks")),
)
_PLACES = ("Noida", "Pune", "Bengaluru", "Hyderabad", "Noida / Pune")
_HISTORY = 6  # drives before the demo begins; the other companies come in its script


Place = TypeVar("Place")  # where the office does something: the portal, the mailbox, the official page


@dataclass(frozen=True, slots=True)
class OfficeEvent(Generic[Place]):
    """Something the office does. after_s: since the script began. what: one line for the person who watches."""

    after_s: float
    what: str
    act: Callable[[Place], object]


def fill(portal: SimulatedPortal, seed: int, now: datetime) -> None:
    """Put in the history of the last weeks: older than a day but for one announcement of an hour ago."""
    for number, drive in enumerate(_drives(seed, now)[:_HISTORY]):
        published = now - timedelta(days=12 - 2 * number, hours=3)
        audience = [ELECTRONICS.email] if drive.courses == (ECE,) else None
        portal.post_job({**listing(drive), "createdAt": to_ms(published)}, details(drive), audience)
        portal.place_document(f"doc-{drive.identifier}", f"https://files.tiit.ac.example/{drive.identifier}/JD.pdf")
        portal.publish_notice({**opening(drive, f"nt-{100 + number}"), "publishedAt": to_ms(published)}, audience)
    welcome = announcement("nt-120", "Placement portal is live for 2025-26", "All drives will be posted here.")
    portal.publish_notice({**welcome, "publishedAt": to_ms(now - timedelta(days=20))})
    office_hours = announcement("nt-121", "Holiday of the office", "The placement office has a holiday this week.")
    portal.publish_notice({**office_hours, "publishedAt": to_ms(now - timedelta(hours=1))})


def script(seed: int, now: datetime) -> tuple[OfficeEvent[SimulatedPortal], ...]:
    """Return about a minute of the office's work on a portal that was filled with the same seed and time."""
    rng = random.Random(seed + 1)  # noqa: S311  invented content, not a secret
    drives = _drives(seed, now)
    fresh, quiet, tested = drives[_HISTORY], drives[_HISTORY + 1], drives[0]
    invited, test_at = students(rng, 8), _at(now, days=2, hour=15)
    longer = replace(fresh, deadline=fresh.deadline + timedelta(days=2))
    later = drives[1].deadline + timedelta(days=3)

    def open_drive(portal: SimulatedPortal) -> None:
        portal.post_job(listing(fresh), details(fresh))
        portal.publish_notice(opening(fresh, "nt-201"))

    def extend_in_place(portal: SimulatedPortal) -> None:
        portal.edit_notice("nt-201", content=opening_html(longer))
        portal.change_job(fresh.identifier, jobProfileApplicationDeadline=to_ms(longer.deadline))

    def extend_by_notice(portal: SimulatedPortal) -> None:
        portal.publish_notice(extension(drives[1], "nt-204", later))
        portal.change_job(drives[1].identifier, jobProfileApplicationDeadline=to_ms(later))

    def raise_package(portal: SimulatedPortal) -> None:
        portal.change_detail(quiet.identifier, package=quiet.rupees + LAKH)
        portal.change_job(quiet.identifier, content="Package revised")

    hall = shortlist(tested, "nt-202", invited, test_at, "Computer Lab 5")
    moved = shortlist_html(tested, invited, test_at, "Computer Lab 2")
    session = webinar(drives[_HISTORY + 2].company, "nt-203", _at(now, days=1, hour=11))
    return (
        OfficeEvent(2, f"opens the drive of {fresh.company}: job and notice", open_drive),
        OfficeEvent(4, f"publishes a shortlist of {tested.company}", lambda portal: portal.publish_notice(hall)),
        OfficeEvent(6, f"extends the deadline of {fresh.company} in the notice itself", extend_in_place),
        OfficeEvent(9, "moves the test to another lab", lambda portal: portal.edit_notice("nt-202", content=moved)),
        OfficeEvent(13, f"posts a job of {quiet.company} without a notice", lambda portal: _post(portal, quiet)),
        OfficeEvent(18, "invites to a virtual session", lambda portal: portal.publish_notice(session)),
        OfficeEvent(24, f"extends the last date of {drives[1].company} by a notice", extend_by_notice),
        OfficeEvent(30, "withdraws the virtual session", lambda portal: portal.remove_notice("nt-203")),
        OfficeEvent(38, f"raises the package of {quiet.company}", raise_package),
        OfficeEvent(
            46,
            f"publishes the final result of {tested.company}",
            lambda portal: portal.publish_notice(result(tested, "nt-205", invited[:3])),
        ),
    )


async def play(
    place: Place,
    events: Sequence[OfficeEvent[Place]],
    tell: Callable[[OfficeEvent[Any]], None],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Carry a script out in its time. tell: called after each event."""
    passed = 0.0
    for event in events:
        await sleep(event.after_s - passed)
        passed = event.after_s
        event.act(place)
        tell(event)


def _drives(seed: int, now: datetime) -> list[Drive]:
    """Return one drive for each company; the last date is 5 PM in India some days ahead."""
    rng = random.Random(seed)  # noqa: S311  invented content, not a secret
    companies = rng.sample(_COMPANIES, len(_COMPANIES))
    return [_drive(rng, number, company, now) for number, company in enumerate(companies)]


def _drive(rng: random.Random, number: int, company: str, now: datetime) -> Drive:
    role, skills = rng.choice(_ROLES)
    internship = number % 5 == 3
    return Drive(
        identifier=f"jp-{200 + number}",
        company=company,
        role=f"{role} Intern" if internship else role,
        rupees=rng.randrange(25, 61, 5) * 1000 if internship else rng.randrange(60, 181, 5) * LAKH // 10,
        location=rng.choice(_PLACES),
        deadline=_at(now, days=rng.randrange(3, 9), hour=17),
        min_cgpa=rng.choice((6.5, 7.0, 7.5)),
        courses=(ECE,) if number == 2 else (CSE, ECE) if number % 2 else (CSE,),
        skills=skills,
        internship=internship,
    )


def _at(now: datetime, *, days: int, hour: int) -> datetime:
    """Return a full hour in India, so many days from now."""
    day = now.astimezone(INDIA) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def _post(portal: SimulatedPortal, drive: Drive) -> None:
    portal.post_job(listing(drive), details(drive))

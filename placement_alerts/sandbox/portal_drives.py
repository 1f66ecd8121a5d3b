"""Invented hiring drives as the simulated portal's office writes them: notices, jobs and their details.

Companies, persons and enrollment numbers are invented; every host is below the reserved `.example`.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from placement_alerts.sandbox.portal_board import Element, to_ms

INDIA = ZoneInfo("Asia/Kolkata")
OFFICE = "TIIT T&P Office"
LAKH = 100_000
CSE, ECE, IT = (
    "Computer Science and Engineering",
    "Electronics and Communication Engineering",
    "Information Technology",
)

_FIRST_NAMES = ("Aastha", "Bhavesh", "Chitra", "Devika", "Eshan", "Farida", "Gopal", "Harini", "Ishita", "Jatin")
_LAST_NAMES = ("Bhargav", "Chandran", "Dholakia", "Iyengar", "Kulkarni", "Mirchandani", "Nambiar", "Sehgal")


@dataclass(frozen=True, slots=True)
class Drive:
    """A company hiring for a role. rupees: a year, or a month for an internship."""

    identifier: str
    company: str
    role: str
    rupees: int
    location: str
    deadline: datetime
    min_cgpa: float = 7.0
    courses: tuple[str, ...] = (CSE, IT)
    skills: tuple[str, ...] = ()
    internship: bool = False

    @property
    def pay(self) -> str:
        """The pay in words, as in a notice."""
        return f"Rs. {self.rupees:,} per month" if self.internship else f"{self.rupees / LAKH:g} LPA"


def in_words(moment: datetime) -> str:
    """Return a moment as the office writes it, in Indian time: `16 August 2025, 5:00 PM`."""
    local = moment.astimezone(INDIA)
    return f"{local.day} {local:%B %Y}, {int(local.strftime('%I'))}:{local:%M %p}"


def opening(drive: Drive, identifier: str) -> Element:
    """Return the notice that opens a drive."""
    title = f"Open for applications - {drive.company} - {drive.role}"
    return _notice(identifier, title, opening_html(drive))


def opening_html(drive: Drive) -> str:
    """Return the text of the notice that opens a drive."""
    facts = [
        ("Role", drive.role),
        ("Stipend" if drive.internship else "CTC", drive.pay),
        ("Location", drive.location),
        ("Batch", "2026"),
    ]
    marks = [("Class 10th", "60%"), ("Class 12th", "60%"), ("Undergraduate", f"{drive.min_cgpa:g} CGPA, no backlogs")]
    courses = "<br>".join(f"B.Tech - {course}" for course in drive.courses)
    return (
        f"<p>Dear Students,</p><p>Applications are invited for <strong>{drive.company}</strong>.</p>"
        f"{_table(facts)}<h4>Eligibility</h4>{_table(marks)}<h4>Applicable Courses</h4><p>{courses}</p>"
        "<h4>Hiring Process</h4><ul><li>Online test</li><li>Technical interview</li><li>HR interview</li></ul>"
        f"<p>Deadline: <b>{in_words(drive.deadline)}</b></p>"
        f'<p>Apply on the portal. <a href="https://careers.{_host(drive.company)}.example/campus">Read more</a></p>'
    )


def extension(drive: Drive, identifier: str, until: datetime) -> Element:
    """Return the notice that moves a drive's last date."""
    html = (
        f"<p>The last date for applying in {drive.company} ({drive.role}) is extended till"
        f" <b>{in_words(until)}</b> in place of {in_words(drive.deadline)}.</p>"
    )
    return _notice(identifier, f"{drive.company} - last date extended", html)


def shortlist(drive: Drive, identifier: str, students: Sequence[tuple[str, str]], at: datetime, venue: str) -> Element:
    """Return the list of students invited to a drive's online test."""
    title = f"{drive.company} - Shortlisted candidates for Online Test"
    return _notice(identifier, title, shortlist_html(drive, students, at, venue))


def shortlist_html(drive: Drive, students: Sequence[tuple[str, str]], at: datetime, venue: str) -> str:
    """Return the text of a shortlist. students: enrollment number and name."""
    rows = "".join(
        f"<tr><td>{number}</td><td>{enrollment}</td><td>{name}</td></tr>"
        for number, (enrollment, name) in enumerate(students, 1)
    )
    return (
        f"<p>The following students are shortlisted for the online test of {drive.company} ({drive.role})"
        f" to be held on <b>{in_words(at)}</b> in <b>{venue}</b>.</p>"
        f"<table><tr><td>S.No</td><td>Enrollment No</td><td>Name</td></tr>{rows}</table>"
        "<p>Bring your college ID card.</p>"
    )


def result(drive: Drive, identifier: str, students: Sequence[tuple[str, str]]) -> Element:
    """Return the final result of a drive."""
    rows = "".join(f"<tr><td>{enrollment}</td><td>{name}</td></tr>" for enrollment, name in students)
    html = (
        f"<p>Congratulations! The following students are finally selected by <b>{drive.company}</b> for the role of"
        f" {drive.role} at {drive.pay}.</p><table><tr><td>Enrollment No</td><td>Name</td></tr>{rows}</table>"
    )
    return _notice(identifier, f"{drive.company} - Final result", html)


def webinar(company: str, identifier: str, at: datetime) -> Element:
    """Return the invitation to a virtual session."""
    html = (
        f"<p>{company} invites 2026 batch students to a virtual tech session.</p><h4>Webinar Details</h4>"
        f"<ul><li>Date and time: {in_words(at)}</li><li>Platform: Zoom</li>"
        f'<li>Link: <a href="https://events.{_host(company)}.example/join">join here</a></li></ul>'
    )
    return _notice(identifier, f"Virtual Tech Session by {company}", html)


def announcement(identifier: str, title: str, text: str) -> Element:
    """Return a plain word of the office."""
    return _notice(identifier, title, f"<p>Dear Students,</p><p>{text}</p>")


def listing(drive: Drive) -> Element:
    """Return a drive's element of the job list."""
    return {
        "jobProfileIdentifier": drive.identifier,
        "jobProfileTitle": drive.role,
        "companyName": drive.company,
        "placementCategoryLevel": 4 if drive.internship else 1,
        "placementCategoryName": "Internship" if drive.internship else "High",
        "content": "",
        "jobProfileApplicationDeadline": to_ms(drive.deadline),
        "jobApplicationStatus": None,
    }


def details(drive: Drive) -> Element:
    """Return a drive's job details."""
    stages = ("Online Test", "Technical Interview", "HR Interview")
    marks = (("UG", drive.min_cgpa), ("CLASS_X", 60.0), ("CLASS_XII", 60.0))
    return {
        "positionType": "INTERNSHIP" if drive.internship else "FULL_TIME",
        "jobProfileLocation": drive.location,
        "eligibilityCheckResult": {
            "academicResults": [{"level": level, "required": required} for level, required in marks],
            "courseCheckResult": {
                "openedForCourses": [{"name": name, "program": {"shortName": "B.Tech"}} for name in drive.courses]
            },
        },
        "jobProfile": {
            "allowGenderFemale": True,
            "allowGenderMale": True,
            "allowGenderOther": True,
            "jobDescription": f"<p>{drive.company} looks for a {drive.role} in {drive.location}.</p>",
            "invitationCustomText": None,
            "location": drive.location,
            "package": drive.rupees,
            "ctcInterval": "MONTH" if drive.internship else "ANNUM",
            "ctcAdditionalInfo": None if drive.internship else _table(_breakdown(drive.rupees)),
            "requiredSkills": list(drive.skills),
            "stages": [{"sequence": number, "name": name} for number, name in enumerate(stages, 1)],
            "documents": [{"name": "JD.pdf", "identifier": f"doc-{drive.identifier}"}],
        },
    }


def students(rng: random.Random, count: int) -> list[tuple[str, str]]:
    """Return invented students, enrollment number and name, in the order of the numbers."""
    numbers = sorted(rng.sample(range(22103001, 22103400), count))
    return [(str(number), f"{rng.choice(_FIRST_NAMES)} {rng.choice(_LAST_NAMES)}") for number in numbers]


def _notice(identifier: str, title: str, html: str) -> Element:
    fields: dict[str, Any] = {"identifier": identifier, "title": title, "content": html}
    return fields | {"lastModifiedByUserName": OFFICE}


def _table(rows: Sequence[tuple[str, str]]) -> str:
    return "<table>" + "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows) + "</table>"


def _breakdown(rupees: int) -> list[tuple[str, str]]:
    base = rupees * 4 // 5
    return [("Base", f"{base:,}"), ("Bonus", f"{rupees - base:,}")]


def _host(company: str) -> str:
    return "".join(letter for letter in company.lower() if letter.isalnum())

"""A placement year for tests of pages: notices of every kind, jobs, and a student who is on a list."""

from datetime import datetime, timedelta
from typing import Any

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.enrollment import enrollment_key
from placement_alerts.core.html import to_text
from placement_alerts.core.job import Document, Job, JobId, Mark, Scale, Stage
from placement_alerts.core.notice import Change, Facts, ListedStudent, Notice, NoticeId, NoticeKind, Role
from placement_alerts.core.student import Address, AddressId, Student, StudentId
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_delivery

NUMBER = "21103045"
LIST = (("21103012", "Bhavesh Chandran"), (NUMBER, "Aastha Iyengar"), ("21103077", "Devika Sehgal"))


async def a_campus(store: Store, now: datetime) -> Student:
    """Fill the store and return a student whom the shortlist names."""
    for job in _jobs(now):
        await store.jobs.save(job)
    for notice in _notices(now):
        await store.notices.save(notice)
    return await _student(store, now)


def a_notice_at(now: datetime, identifier: str, kind: NoticeKind, title: str, **values: Any) -> Notice:
    """Return a notice that was published `hours` ago. facts: beside the kind."""
    at = now - timedelta(hours=values.pop("hours", 1))
    html = values.pop("html", f"<p>{title}.</p>")
    said: dict[str, Any] = {
        "revision": 1,
        "year": YEAR,
        "source": "superset",
        "items": (f"notice:{identifier}",),
        "title": title,
        "html": html,
        "text": to_text(html),
        "facts": Facts(kind=kind, **values.pop("facts", {})),
        "author": "T and P Office",
        "published_at": at,
        "updated_at": at,
        "stored_at": at,
        "expires_at": now + timedelta(days=30),
    }
    return Notice(id=NoticeId(identifier), **(said | values))


def _jobs(now: datetime) -> list[Job]:
    marks = (
        Mark(level="UG", required=7.0, scale=Scale.CGPA),
        Mark(level="CLASS_X", required=60.0, scale=Scale.PERCENT),
    )
    steps = ("Online test", "Technical interview", "HR interview")
    defaults: dict[str, Any] = {
        "year": YEAR,
        "marks": marks,
        "courses": ("B.Tech - Computer Science and Engineering", "B.Tech - Information Technology"),
        "stages": tuple(Stage(sequence=index, name=name) for index, name in enumerate(steps)),
        "detailed": True,
        "created_at": now - timedelta(days=2),
    }
    jobs: list[tuple[str, str, str, dict[str, Any]]] = [
        ("jp-1", "Brightwave Systems", "Software Engineer", {"deadline": now + timedelta(hours=5), "location": "Pune"}),
        ("jp-2", "Kestrel Robotics", "Embedded Engineer", {"deadline": now + timedelta(days=2, hours=3)}),
        (
            "jp-3",
            "Northlight Analytics",
            "Data Analyst",
            {"deadline": now + timedelta(days=9), "location": "Bengaluru"},
        ),
        ("jp-4", "Tidewater Bank", "Graduate Trainee", {"deadline": now - timedelta(days=3)}),
        ("jp-5", "Quillon Labs", "Research Intern", {"deadline": None}),
    ]
    others: dict[str, dict[str, Any]] = {
        "jp-1": {
            "package_rupees": 1_250_000,
            "description_html": "<p>Work on <b>storage engines</b>.</p><ul><li>Design</li><li>Build</li></ul>",
            "documents": (Document(name="Job description.pdf"),),
            "skills": ("C++", "Linux"),
        },
        "jp-2": {"courses": ("B.Tech - Electronics and Communication Engineering",), "package_rupees": 900_000},
        "jp-3": {"package_rupees": 45_000, "interval": "MONTHLY"},
    }
    return [
        Job(id=JobId(identifier), company=company, title=title, **(defaults | values | others.get(identifier, {})))
        for identifier, company, title, values in jobs
    ]


def _notices(now: datetime) -> list[Notice]:
    opening, withdrawn = _opening(now), _withdrawn(now)
    return [
        opening,
        _moved(opening, now),
        _shortlist(now),
        _webinar(now),
        _closed(now),
        withdrawn.model_copy(update={"revision": 1, "withdrawn": False}),
        withdrawn,
        _office(now),
    ]


def _opening(now: datetime) -> Notice:
    page = "https://careers.brightwave.example/campus"
    return a_notice_at(
        now,
        "opening",
        NoticeKind.JOB_POSTING,
        "Open for applications - Brightwave Systems - Software Engineer",
        hours=2,
        html="<p>Dear students,</p><p>Applications are invited for <strong>Brightwave Systems</strong>.</p>"
        "<h4>Hiring process</h4><ul><li>Online test</li><li>Interview</li></ul>"
        f'<p>Apply on <a href="{page}" rel="noopener noreferrer">their page</a>.</p>',
        facts={
            "company": "Brightwave Systems",
            "roles": (Role(role="Software Engineer", package_lpa=12.5),),
            "location": ("Pune",),
            "deadline": now + timedelta(hours=3),
            "branches": ("CSE", "IT"),
            "links": (page,),
        },
        job=_jobs(now)[0],
        announces_job=True,
        urgent=True,
    )


def _moved(opening: Notice, now: datetime) -> Notice:
    """Return the opening's second revision: two hours more, and another sentence."""
    return opening.model_copy(
        update={
            "revision": 2,
            "html": opening.html + "<p>Bring your identity card.</p>",
            "text": opening.text + "\nBring your identity card.",
            "facts": opening.facts.model_copy(update={"deadline": now + timedelta(hours=5)}),
            "stored_at": now - timedelta(hours=1),
            "changes": (
                Change(field="Deadline", before="10 Nov 15:00", after="10 Nov 17:00"),
                Change(field="Text", before="...", after="..."),
            ),
            "announcement": "Deadline moved: 10 Nov 15:00 → 10 Nov 17:00",
            "matters": True,
        }
    )


def _shortlist(now: datetime) -> Notice:
    rows = "".join(
        f"<tr><td>{index}</td><td>{number}</td><td>{name}</td></tr>" for index, (number, name) in enumerate(LIST)
    )
    return a_notice_at(
        now,
        "shortlist",
        NoticeKind.SHORTLIST,
        "Kestrel Robotics - Shortlisted candidates for Online Test",
        hours=4,
        html="<p>The following students are invited.</p>"
        f"<table><tr><td>S.No</td><td>Enrollment No</td><td>Name</td></tr>{rows}</table>",
        facts={
            "company": "Kestrel Robotics",
            "students": tuple(ListedStudent(name=name, enrollment=number) for number, name in LIST),
            "event_at": now + timedelta(days=1, hours=2),
            "venue": "CL-5, Block J",
        },
    )


def _webinar(now: datetime) -> Notice:
    title = "Pre-placement talk by Northlight Analytics"
    facts = {
        "company": "Northlight Analytics",
        "event_at": now + timedelta(days=3, hours=1),
        "venue": "Microsoft Teams",
    }
    return a_notice_at(now, "webinar", NoticeKind.WEBINAR, title, hours=26, facts=facts)


def _closed(now: datetime) -> Notice:
    title = "Open for applications - Tidewater Bank - Graduate Trainee"
    facts = {"company": "Tidewater Bank", "deadline": now - timedelta(days=3)}
    return a_notice_at(now, "closed", NoticeKind.JOB_POSTING, title, hours=100, facts=facts)


def _withdrawn(now: datetime) -> Notice:
    values: dict[str, Any] = {"withdrawn": True, "revision": 2, "facts": {"event_at": now + timedelta(days=9)}}
    return a_notice_at(now, "withdrawn", NoticeKind.HACKATHON, "Smart Campus Hackathon", hours=30, **values)


def _office(now: datetime) -> Notice:
    title = "Placement office closed on Friday for maintenance"
    return a_notice_at(now, "office", NoticeKind.ANNOUNCEMENT, title, hours=50)


async def _student(store: Store, now: datetime) -> Student:
    key = enrollment_key(NUMBER, await store.secret(ENROLLMENTS))
    student = Student(id=StudentId("aastha"), year=YEAR, joined_at=now, first_name="Aastha")
    await store.students.add(student)
    address = await store.students.attach(student.id, "telegram", "7", now)
    assert isinstance(address, Address)
    await store.students.enroll(student.id, key, NUMBER[-3:])
    await store.students.set_profile(student.id, YEAR, "CSE", 7.8)
    row = a_delivery(
        notice="shortlist",
        id="shortlist.1.a7",
        student_id=student.id,
        address_id=AddressId(address.id),
        state=DeliveryState.SENT,
        planned_at=now,
        sent_at=now,
        personal=True,
    )
    await store.deliveries.plan([row])
    found = await store.students.get(student.id)
    assert found is not None
    return found

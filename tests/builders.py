"""Builders: a test names only the values that matter to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, delivery_id
from placement_alerts.core.item import Fetched, KnownItem, SourceItem
from placement_alerts.core.job import Job, JobId
from placement_alerts.core.notice import Facts, Notice, NoticeId, NoticeKind, Role
from placement_alerts.core.student import Address, AddressId, OffReason, Student, StudentId

NOW = datetime(2025, 11, 10, 6, 30, tzinfo=UTC)  # noon in India
YEAR = "202526"
ACCOUNT = "acc1"


def after(**span: float) -> datetime:
    """Return NOW plus a span, e.g. after(hours=3)."""
    return NOW + timedelta(**span)


def a_job(identifier: str = "jp-208", **values: Any) -> Job:
    """Return an open job of Brightwave Systems."""
    defaults: dict[str, Any] = {
        "year": YEAR,
        "title": "Software Engineer",
        "company": "Brightwave Systems",
        "created_at": NOW,
        "deadline": after(days=3),
        "detailed": True,
    }
    return Job(id=JobId(identifier), **(defaults | values))


def facts(**values: Any) -> Facts:
    """Return what a job posting of Brightwave Systems says."""
    defaults: dict[str, Any] = {
        "kind": NoticeKind.JOB_POSTING,
        "company": "Brightwave Systems",
        "roles": (Role(role="Software Engineer"),),
        "deadline": after(days=3),
    }
    return Facts(**(defaults | values))


def a_notice(identifier: str = "n1", **values: Any) -> Notice:
    """Return revision 1 of a posting that was stored now."""
    defaults: dict[str, Any] = {
        "revision": 1,
        "year": YEAR,
        "source": "superset",
        "items": (f"notice:{identifier}",),
        "title": "Open for applications - Brightwave Systems - Software Engineer",
        "html": "<p>Apply now.</p>",
        "text": "Apply now.",
        "facts": facts(),
        "author": "T and P Office",
        "published_at": NOW,
        "updated_at": NOW,
        "stored_at": NOW,
        "expires_at": after(days=3),
    }
    return Notice(id=NoticeId(identifier), **(defaults | values))


def an_address(value: str = "7", *, off: OffReason | None = None, on_since: datetime = NOW) -> Address:
    """Return a Telegram address."""
    return Address(id=AddressId(f"a{value}"), channel="telegram", value=value, on_since=on_since, off=off)


def a_student(value: str = "7", **values: Any) -> Student:
    """Return a student with one Telegram address."""
    defaults: dict[str, Any] = {"year": YEAR, "joined_at": NOW, "addresses": (an_address(value),)}
    return Student(id=StudentId(f"s{value}"), **(defaults | values))


def a_delivery(value: str = "7", notice: str = "n1", revision: int = 1, **values: Any) -> Delivery:
    """Return a delivery that is due now."""
    defaults: dict[str, Any] = {
        "id": delivery_id(NoticeId(notice), revision, AddressId(f"a{value}")),
        "notice_id": NoticeId(notice),
        "revision": revision,
        "year": YEAR,
        "student_id": StudentId(f"s{value}"),
        "address_id": AddressId(f"a{value}"),
        "channel": "telegram",
        "target": value,
        "priority": Priority.NORMAL,
        "state": DeliveryState.DUE,
        "due_at": NOW,
        "planned_at": NOW,
        "reason": "of the notice's year",
    }
    return Delivery(**(defaults | values))


def a_posting(identifier: str = "nt-1", **values: Any) -> SourceItem:
    """Return a portal notice as an item."""
    defaults: dict[str, Any] = {
        "listing": "notices",
        "accounts": (ACCOUNT,),
        "fingerprint": f"f-{identifier}",
        "year": YEAR,
        "title": "Office closed on Friday",
        "html": "<p>The office is closed on Friday.</p>",
        "author": "T and P Office",
        "published_at": NOW,
    }
    return SourceItem(key=f"notice:{identifier}", **(defaults | values))


def a_job_item(job: Job, **values: Any) -> SourceItem:
    """Return a job as an item."""
    defaults: dict[str, Any] = {
        "listing": "jobs",
        "accounts": (ACCOUNT,),
        "fingerprint": f"f-{job!r}",
        "year": job.year,
        "title": f"{job.company} - {job.title}",
        "job": job,
    }
    return SourceItem(key=f"job:{job.id}", **(defaults | values))


def fetched(*changed: SourceItem, also_seen: tuple[str, ...] = (), **values: Any) -> Fetched:
    """Return a fetch in which one account read both lists to their end."""
    seen = {item.key: item.accounts for item in changed} | dict.fromkeys(also_seen, (ACCOUNT,))
    defaults: dict[str, Any] = {
        "changed": changed,
        "seen": seen,
        "complete": frozenset({(ACCOUNT, "notices"), (ACCOUNT, "jobs")}),
    }
    return Fetched(**(defaults | values))


def known_item(key: str = "notice:nt-1", **values: Any) -> KnownItem:
    """Return an item that was taken in before."""
    defaults: dict[str, Any] = {
        "listing": "jobs" if key.startswith("job:") else "notices",
        "accounts": (ACCOUNT,),
        "fingerprint": "f",
        "notice_id": NoticeId("n1"),
    }
    return KnownItem(key=key, **(defaults | values))

"""Builders: a test names only the values that matter to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, delivery_id
from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.item import Fetched, KnownItem, SourceItem
from placement_alerts.core.job import Job, JobId
from placement_alerts.core.mail import Mail, MailId
from placement_alerts.core.mail_understanding import UnderstoodMail
from placement_alerts.core.notice import Facts, Notice, NoticeId, NoticeKind, Role
from placement_alerts.core.offer import (
    Contribution,
    Offer,
    OfferEvent,
    OfferEventKind,
    OfferId,
    OfferRole,
    OfferStudent,
)
from placement_alerts.core.official import Batch, Card, CardKind, Snapshot
from placement_alerts.core.policy import Policy, TocEntry
from placement_alerts.core.review import Review, ReviewId, ReviewKind
from placement_alerts.core.student import Address, AddressId, OffReason, Student, StudentId
from placement_alerts.core.webhook import CallId, EndpointId, EventType, WebhookCall, WebhookEndpoint
from placement_alerts.store.knowledge import MailRecord, MailVerdict

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


def a_draft(identifier: str = "d1", **values: Any) -> Draft:
    """Return what the office wrote to everybody of the year, to be published at once."""
    defaults: dict[str, Any] = {
        "year": YEAR,
        "kind": NoticeKind.ANNOUNCEMENT,
        "title": "Office closed on Friday",
        "text": "The office is closed on Friday.",
        "created_by": "cli",
    }
    return Draft(id=DraftId(identifier), **(defaults | values))


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


def a_mail(identifier: str = "<m1@example.org>", **values: Any) -> Mail:
    """Return a mail of the placement office."""
    defaults: dict[str, Any] = {
        "message_id": identifier,
        "subject": "Offers from Brightwave Systems",
        "sender_name": "T and P Office",
        "sender_address": "office@example.org",
        "date": NOW,
        "received_at": NOW,
        "text": "Brightwave Systems has selected one student.",
    }
    return Mail(id=MailId(identifier), **(defaults | values))


def understood_mail(**values: Any) -> UnderstoodMail:
    """Return what an announcement says, without an offer, a policy or a year of its own."""
    defaults: dict[str, Any] = {
        "facts": facts(kind=NoticeKind.ANNOUNCEMENT, deadline=None),
        "title": "Office closed on Friday",
        "text": "The office is closed on Friday.",
        "html": "<p>The office is closed on Friday.</p>",
        "author": "T and P Office",
        "sent_at": NOW,
        "year": None,
        "graduating_year": None,
        "contribution": None,
        "digest": "d1",
    }
    return UnderstoodMail(**(defaults | values))


def a_mail_record(identifier: str = "<m1@example.org>", **values: Any) -> MailRecord:
    """Return what is kept of a mail that gave an offer."""
    defaults: dict[str, Any] = {
        "verdict": MailVerdict.OFFER,
        "digest": "d1",
        "notice_id": None,
        "reasons": ("names a company and students",),
        "decided_at": NOW,
    }
    return MailRecord(id=MailId(identifier), **(defaults | values))


def an_offer_student(name: str = "Asha Rao", **values: Any) -> OfferStudent:
    """Return a student who was chosen now."""
    defaults: dict[str, Any] = {"enrollment": "21103001", "offered_at": NOW}
    return OfferStudent(name=name, **(defaults | values))


def a_contribution(identifier: str = "<m1@example.org>", **values: Any) -> Contribution:
    """Return what one mail says of the offers of Brightwave Systems."""
    defaults: dict[str, Any] = {
        "subject": "Offers from Brightwave Systems",
        "sent_at": NOW,
        "company": "Brightwave Systems",
        "roles": (OfferRole(role="Software Engineer", package_lpa=12.5),),
        "students": (an_offer_student(),),
    }
    return Contribution(mail_id=MailId(identifier), **(defaults | values))


def an_offer(company_key: str = "brightwave systems", **values: Any) -> Offer:
    """Return version 1 of an offer with one contribution and nothing to publish."""
    defaults: dict[str, Any] = {
        "id": OfferId(f"offer:{YEAR}:{company_key}"),
        "year": YEAR,
        "company": "Brightwave Systems",
        "contributions": (a_contribution(),),
        "roles": (OfferRole(role="Software Engineer", package_lpa=12.5),),
        "students": (an_offer_student(),),
        "sent_at": NOW,
    }
    return Offer(company_key=company_key, **(defaults | values))


def an_offer_event(identifier: str = "e1", **values: Any) -> OfferEvent:
    """Return that the first student was chosen."""
    defaults: dict[str, Any] = {
        "kind": OfferEventKind.NEW,
        "mail_id": MailId("<m1@example.org>"),
        "sent_at": NOW,
        "students": (an_offer_student(),),
        "total_students": 1,
    }
    return OfferEvent(id=identifier, **(defaults | values))


def a_review(identifier: str = "r1", **values: Any) -> Review:
    """Return an open question whether a mail may be published."""
    defaults: dict[str, Any] = {
        "kind": ReviewKind.HELD_MAIL,
        "title": "Offers from Brightwave Systems",
        "reasons": ("sender is not trusted",),
        "year": YEAR,
        "asked_at": NOW,
    }
    return Review(id=ReviewId(identifier), **(defaults | values))


def a_policy(version: int = 1, **values: Any) -> Policy:
    """Return a version of the policy of 2026."""
    defaults: dict[str, Any] = {
        "year": 2026,
        "title": "Placement policy 2026",
        "content": "## Rules\n\nOne offer each.",
        "toc": (TocEntry(id="rules", text="Rules", level=2),),
        "mail_id": MailId("<policy@example.org>"),
        "sent_at": NOW,
        "stored_at": NOW,
        "updated_on": (NOW,),
    }
    return Policy(version=version, **(defaults | values))


def a_batch(name: str = "2026", **values: Any) -> Batch:
    """Return the figures of a batch with one highlight."""
    card = Card(title="Highest", description="52 LPA", kind=CardKind.HIGHEST, rank=1, amount=52.0)
    defaults: dict[str, Any] = {"active": True, "highlights": (card,)}
    return Batch(name=name, **(defaults | values))


def a_snapshot(content_hash: str = "h1", **values: Any) -> Snapshot:
    """Return the official page as it was read now."""
    defaults: dict[str, Any] = {
        "taken_at": NOW,
        "seen_at": NOW,
        "layout": "current",
        "heading": "Placement highlights",
        "batches": (a_batch(),),
    }
    return Snapshot(content_hash=content_hash, **(defaults | values))


def an_endpoint(identifier: str = "ep1", **values: Any) -> WebhookEndpoint:
    """Return version 1 of an endpoint that is on and wants every event."""
    defaults: dict[str, Any] = {
        "url": "https://hooks.example.org/in",
        "label": "Companion site",
        "secret": "whsec_" + "A" * 43 + "=",
        "created_by": "cli",
        "created_at": NOW,
    }
    return WebhookEndpoint(id=EndpointId(identifier), **(defaults | values))


def a_call(identifier: str = "w1", **values: Any) -> WebhookCall:
    """Return a call that is due now."""
    defaults: dict[str, Any] = {
        "endpoint_id": EndpointId("ep1"),
        "event_id": f"e-{identifier}",
        "type": EventType.NOTICE_CREATED,
        "body": '{"type":"notice.created"}',
        "due_at": NOW,
        "created_at": NOW,
    }
    return WebhookCall(id=CallId(identifier), **(defaults | values))

"""What the MongoDB store's own tests put into it."""

from datetime import UTC, datetime

from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, Receipt, delivery_id
from placement_alerts.core.item import KnownItem, Rejected
from placement_alerts.core.job import Job, JobId
from placement_alerts.core.notice import Facts, Notice, NoticeId, NoticeKind
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.store.base import Claim, OwnerId

NOW = datetime(2026, 11, 21, 10, 0, 0, 123_000, tzinfo=UTC)
YEAR = "202526"


def a_notice(notice_id: str = "n-1", revision: int = 1, title: str = "Acme is hiring") -> Notice:
    return Notice(
        id=NoticeId(notice_id),
        revision=revision,
        year=YEAR,
        source="superset",
        items=(f"notice:{notice_id}",),
        title=title,
        html="<p>Apply</p>",
        text="Apply",
        facts=Facts(kind=NoticeKind.JOB_POSTING),
        job=a_job(),
        published_at=NOW,
        updated_at=NOW,
        stored_at=NOW,
        expires_at=NOW,
    )


def a_job() -> Job:
    return Job(id=JobId("jp-1"), year=YEAR, title="Engineer", company="Acme Pvt Ltd")


def an_item(key: str = "notice:n-1") -> KnownItem:
    return KnownItem(key=key, listing="notices", accounts=("a",), fingerprint="f", notice_id=NoticeId("n-1"))


def a_rejected(identifier: str = "nt-1") -> Rejected:
    return Rejected(listing="notices", identifier=identifier, reason="title: expected a text")


def a_delivery(
    address: str, notice_id: str = "n-1", *, target: str | None = None, state: DeliveryState = DeliveryState.DUE
) -> Delivery:
    return Delivery(
        id=delivery_id(NoticeId(notice_id), 1, AddressId(address)),
        notice_id=NoticeId(notice_id),
        revision=1,
        year=YEAR,
        student_id=StudentId(f"s-{address}"),
        address_id=AddressId(address),
        channel="telegram",
        target=target or address,
        priority=Priority.NORMAL,
        state=state,
        due_at=NOW,
        planned_at=NOW,
        reason="of the year",
    )


def a_claim(token: str, limit: int = 8, owner: str = "p-1") -> Claim:
    return Claim("telegram", OwnerId(owner), token, limit, NOW)


def a_receipt(delivery: Delivery, state: DeliveryState = DeliveryState.SENT) -> Receipt:
    return Receipt(
        delivery_id=delivery.id,
        lease=delivery.lease or "",
        state=state,
        due_at=NOW,
        attempts=0,
        possibly_delivered=0,
        message_ids=("1",),
        announced_id=None,
        error_class=None,
        error=None,
        sent_at=NOW,
    )

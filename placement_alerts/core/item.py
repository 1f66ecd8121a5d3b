"""What a source brings, before it is understood, and what we remember of it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import Field

from placement_alerts.core.frozen import Frozen, UtcDatetime
from placement_alerts.core.job import Job
from placement_alerts.core.notice import NoticeId


class SourceItem(Frozen):
    """One thing that a source lists: a posting (title and html) or a job.

    key: unique within the source and stable, e.g. "notice:nt-4471" or "job:jp-208".
    listing: the list it stands in; items vanish only from a complete listing. accounts: labels of those that list it.
    fingerprint: of everything that makes a difference to a reader. html: as the source gave it, not yet sanitised.
    published_at None: the source does not say. job: set exactly when the item is a job.
    list_fingerprint: of the list element alone, where details are read separately.
    """

    key: str
    listing: str
    accounts: tuple[str, ...]
    fingerprint: str
    year: str
    title: str
    html: str = ""
    author: str | None = None
    published_at: UtcDatetime | None = None
    modified_at: UtcDatetime | None = None
    job: Job | None = None
    list_fingerprint: str | None = None
    detailed_at: UtcDatetime | None = None


class KnownItem(Frozen):
    """What we remember of an item whose notice is stored.

    missing_polls: how many complete listings in a row lacked it. withdrawn: it vanished and its notice was told so.
    open_until: the job's deadline; None for postings and for jobs without one.
    """

    key: str
    listing: str
    accounts: tuple[str, ...]
    fingerprint: str
    list_fingerprint: str | None = None
    modified_at: UtcDatetime | None = None
    detailed_at: UtcDatetime | None = None
    open_until: UtcDatetime | None = None
    notice_id: NoticeId
    missing_polls: int = 0
    withdrawn: bool = False


class Rejected(Frozen):
    """An element that could not be read and was kept aside. reason: names the field, never a person's data."""

    listing: str
    identifier: str | None
    reason: str


class Failure(Frozen):
    """A part of a fetch that failed while the rest went on. error_class: as in errors.PeerError."""

    account: str
    part: str
    error_class: str
    reason: str


class Fetched(Frozen):
    """What one fetch of a source brought.

    changed: items that are new or whose fingerprint differs from the known one, in no particular order.
    seen: key -> labels of the accounts that list it now, for every listed item, changed or not.
    complete: (account, listing) pairs that were read to their end.
    """

    changed: tuple[SourceItem, ...] = ()
    seen: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    complete: frozenset[tuple[str, str]] = frozenset()
    rejected: tuple[Rejected, ...] = ()
    failures: tuple[Failure, ...] = ()


def published_order(item: SourceItem) -> tuple[datetime, str]:
    """Return the sort key for oldest first: students read a notice before its update; what has no time comes last."""
    moment = item.modified_at or item.published_at or (item.job.created_at if item.job else None)
    return (moment or datetime.max.replace(tzinfo=UTC), item.key)


def known_as(item: SourceItem, notice_id: NoticeId) -> KnownItem:
    """Return what to remember of an item that is part of this notice now."""
    return KnownItem(
        key=item.key,
        listing=item.listing,
        accounts=item.accounts,
        fingerprint=item.fingerprint,
        list_fingerprint=item.list_fingerprint,
        modified_at=item.modified_at,
        detailed_at=item.detailed_at,
        open_until=item.job.deadline if item.job else None,
        notice_id=notice_id,
    )

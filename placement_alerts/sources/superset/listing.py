"""What the accounts list, merged, and what of it is news or needs its details. Pure: no I/O and no clock."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from placement_alerts.core.item import Failure, KnownItem, Rejected, SourceItem
from placement_alerts.errors import PeerError
from placement_alerts.sources.superset.mapping import element_fingerprint, job_key, notice_item, notice_key
from placement_alerts.sources.superset.payloads import JobPayload, NoticePayload, Payload

P = TypeVar("P", bound=Payload)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one account listed in this run. complete: names of the listings that were read to their end.

    errors: what failed, by part; an account that could not log in has one for "login" and nothing else.
    """

    label: str
    name: str
    year: str
    notices: tuple[NoticePayload, ...] = ()
    jobs: tuple[JobPayload, ...] = ()
    complete: frozenset[str] = frozenset()
    rejected: tuple[Rejected, ...] = ()
    errors: tuple[tuple[str, PeerError], ...] = ()

    def failures(self) -> tuple[Failure, ...]:
        """Return the errors as they are reported."""
        return tuple(failure(self.name, part, error) for part, error in self.errors)


@dataclass(frozen=True, slots=True)
class Listed(Generic[P]):
    """An element and who lists it. accounts: labels in the order of the settings. year: of the first of them."""

    payload: P
    accounts: tuple[str, ...]
    year: str


def failure(account: str, part: str, error: PeerError) -> Failure:
    """Return an error as it is reported."""
    return Failure(account=account, part=part, error_class=error.error_class, reason=str(error))


def merge_notices(readings: Iterable[Reading]) -> dict[str, Listed[NoticePayload]]:
    """Merge by key: the copy with the latest modification wins, the first one among equals.

    A notice that accounts of two placement years list is an item of each: both years' students are to hear of it.
    """
    merged: dict[str, Listed[NoticePayload]] = {}
    for reading in readings:
        for payload in reading.notices:
            _add(merged, notice_key(reading.year, payload.identifier), payload, reading, newer=_is_newer)
    return merged


def merge_jobs(readings: Iterable[Reading]) -> dict[str, Listed[JobPayload]]:
    """Merge by key: the first copy wins."""
    merged: dict[str, Listed[JobPayload]] = {}
    for reading in readings:
        for payload in reading.jobs:
            _add(merged, job_key(payload.identifier), payload, reading, newer=lambda _one, _other: False)
    return merged


def seen_keys(
    notices: Mapping[str, Listed[NoticePayload]], jobs: Mapping[str, Listed[JobPayload]], readings: Iterable[Reading]
) -> dict[str, tuple[str, ...]]:
    """Return who lists what. A rejected element whose id can be read is there too: bad is not gone."""
    seen = {key: one.accounts for key, one in notices.items()} | {key: one.accounts for key, one in jobs.items()}
    for reading in readings:
        for one in reading.rejected:
            if one.identifier is not None:
                key = notice_key(reading.year, one.identifier) if one.listing == "notices" else job_key(one.identifier)
                labels = seen.get(key, ())
                seen[key] = labels if reading.label in labels else (*labels, reading.label)
    return seen


def changed_notices(
    notices: Mapping[str, Listed[NoticePayload]], known: Mapping[str, KnownItem], complete: frozenset[str]
) -> Iterator[SourceItem | None]:
    """Yield each notice that is to be looked at, and None for each that is not.

    complete: labels of the accounts whose notices were read to the end.
    """
    for key, listed in notices.items():
        item = notice_item(listed.payload, listed.accounts, listed.year)
        before = known.get(key)
        news = before is None or (is_news(item, before) and not _is_stale(item, before, complete))
        yield item if news else None


def newest_first(item: SourceItem) -> float:
    """Return the sort key of the order in which notices are processed."""
    return -item.modified_at.timestamp() if item.modified_at else 0.0


def is_news(item: SourceItem, before: KnownItem) -> bool:
    """Return whether intake has to look at an item it knows: changed, back again, or only to be remembered anew."""
    if before.withdrawn or before.missing_polls or item.fingerprint != before.fingerprint:
        return True
    if item.list_fingerprint != before.list_fingerprint or item.detailed_at != before.detailed_at:
        return True
    return item.modified_at is not None and item.modified_at != before.modified_at


def details_due(
    jobs: Mapping[str, Listed[JobPayload]], known: Mapping[str, KnownItem], now: datetime, every: timedelta
) -> list[str]:
    """Return the keys of jobs whose details are to be read now: new ones first, then changed ones, then the oldest."""
    due: list[tuple[int, float, str]] = []
    for key, listed in jobs.items():
        before = known.get(key)
        if before is None:
            created = listed.payload.created_at
            due.append((0, -created.timestamp() if created else 0.0, key))
        elif needs_details(listed.payload, before):
            due.append((1, 0.0, key))
        elif before.detailed_at is not None and _is_due_again(listed.payload, before.detailed_at, now, every):
            due.append((2, before.detailed_at.timestamp(), key))
    return [key for _, _, key in sorted(due)]


def needs_details(element: JobPayload, before: KnownItem) -> bool:
    """Return whether a known job has to be read whatever the time: changed, back again, or never read in full."""
    if before.withdrawn or before.missing_polls or before.detailed_at is None:
        return True
    return element_fingerprint(element) != before.list_fingerprint


def mostly_nameless(good: int, rejected: Sequence[Rejected]) -> bool:
    """Return whether so many elements lack an id that absence from the list proves nothing."""
    nameless = sum(one.identifier is None for one in rejected)
    return nameless > 0 and nameless >= good


def _add(
    merged: dict[str, Listed[P]], key: str, payload: P, reading: Reading, *, newer: Callable[[P, P], bool]
) -> None:
    before = merged.get(key)
    if before is None:
        merged[key] = Listed(payload, (reading.label,), reading.year)
        return
    accounts = before.accounts if reading.label in before.accounts else (*before.accounts, reading.label)
    merged[key] = Listed(payload if newer(payload, before.payload) else before.payload, accounts, before.year)


def _is_newer(one: NoticePayload, other: NoticePayload) -> bool:
    moment = one.modified_at or one.published_at
    than = other.modified_at or other.published_at
    return moment is not None and (than is None or moment > than)


def _is_stale(item: SourceItem, before: KnownItem, complete: frozenset[str]) -> bool:
    """Return whether this is an old copy, shown because an account that has the newer one could not be read."""
    if item.modified_at is None or before.modified_at is None or item.modified_at >= before.modified_at:
        return False
    return not complete.issuperset(before.accounts)


def _is_due_again(element: JobPayload, detailed_at: datetime, now: datetime, every: timedelta) -> bool:
    is_open = element.deadline is None or element.deadline > now
    return is_open and detailed_at + every <= now

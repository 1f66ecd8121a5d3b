"""Reads the lists of one account to their end (reference/portal.md, sections 2 and 9)."""

from collections.abc import Sequence
from dataclasses import replace

from placement_alerts.core.item import Rejected
from placement_alerts.errors import PeerError, PeerNonsense
from placement_alerts.sources.superset.account import PortalAccount
from placement_alerts.sources.superset.listing import Reading, mostly_nameless
from placement_alerts.sources.superset.payloads import NoticePayload

MAX_PAGES = 50  # of notices in one run; a portal that never ends is not believed


async def read_account(account: PortalAccount, page_size: int) -> Reading:
    """Log in and read both lists; a part that fails is in the reading's errors."""
    reading = Reading(account.label, account.name, account.year)
    try:
        await account.login()
    except PeerError as error:
        return replace(reading, errors=(("login", error),))
    return await _read_jobs(account, await _read_notices(account, reading, page_size))


async def _read_notices(account: PortalAccount, reading: Reading, page_size: int) -> Reading:
    """Read page after page until one is not full."""
    found: list[NoticePayload] = []
    identifiers: set[str] = set()
    rejected: list[Rejected] = []
    error: PeerError | None = None
    for number in range(MAX_PAGES + 1):
        if number == MAX_PAGES:
            error = PeerNonsense(f"more than {MAX_PAGES} full pages")
            break
        try:
            page = await account.notices(number, page_size)
        except PeerError as problem:
            error = problem
            break
        rejected += page.rejected
        found += page.good
        before = len(identifiers)
        identifiers.update(one.identifier for one in page.good)
        if page.total < page_size:
            break
        if len(identifiers) == before:
            error = PeerNonsense(f"page {number} repeats what earlier pages had")
            break
    return _with_listing(replace(reading, notices=tuple(found)), "notices", len(found), rejected, error)


async def _read_jobs(account: PortalAccount, reading: Reading) -> Reading:
    try:
        listed = await account.jobs()
    except PeerError as error:
        return _with_listing(reading, "jobs", 0, [], error)
    return _with_listing(replace(reading, jobs=listed.good), "jobs", len(listed.good), listed.rejected, None)


def _with_listing(
    reading: Reading, listing: str, good: int, rejected: Sequence[Rejected], error: PeerError | None
) -> Reading:
    if error is None and mostly_nameless(good, rejected):
        error = PeerNonsense(f"{len(rejected)} of {good + len(rejected)} elements cannot be read")
    return replace(
        reading,
        complete=reading.complete | ({listing} if error is None else set()),
        rejected=(*reading.rejected, *rejected),
        errors=(*reading.errors, *([(listing, error)] if error is not None else [])),
    )

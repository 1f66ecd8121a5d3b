"""The SuperSet portal: notices and jobs of several accounts, new and changed ones (reference/portal.md)."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from placement_alerts.core.item import Fetched, KnownItem, Rejected, SourceItem
from placement_alerts.core.job import Job
from placement_alerts.errors import ConfigError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.http_client import HttpClient, Limits
from placement_alerts.sources.superset.account import Portal, PortalAccount, load_public_key
from placement_alerts.sources.superset.details import DetailReader
from placement_alerts.sources.superset.listing import (
    Listed,
    Reading,
    changed_notices,
    details_due,
    is_news,
    merge_jobs,
    merge_notices,
    needs_details,
    newest_first,
    seen_keys,
)
from placement_alerts.sources.superset.mapping import job_item, to_job
from placement_alerts.sources.superset.payloads import JobPayload
from placement_alerts.sources.superset.reading import read_account
from placement_alerts.sources.superset.settings import SupersetSettings
from placement_alerts.sources.superset.slices import in_slices

LABEL_BYTES = 5

log = structlog.get_logger(__name__)


class SupersetSource:
    """Reads the portal with every account. Raises ConfigError when the settings cannot work.

    What one run returns: `changed` has items that are unknown, that differ from what is known, that are back after
    they were missing, and items that are to be *remembered only*: their fingerprint equals the known one, but
    `modified_at`, `list_fingerprint` or `detailed_at` moved on. A new or changed job is in it at once; if its details
    could not be read, with `job.detailed` False, a failure says so and the next run tries again.
    """

    name = "superset"

    def __init__(self, settings: SupersetSettings, http: HttpClient) -> None:
        self._settings = settings
        self._levels = dict(enumerate(settings.levels, start=1))
        self._portal = _portal(settings, http)
        self._told: set[Rejected] = set()

    async def fetch(self, known: Mapping[str, KnownItem], now: datetime) -> Fetched:
        """Read the portal once (reference/portal.md, section 12). Raises PeerError when nothing could be read."""
        accounts = self._accounts()
        readings = await self._read_lists(accounts)
        _require_any(readings)

        notices, jobs = merge_notices(readings), merge_jobs(readings)
        complete = frozenset((one.label, listing) for one in readings for listing in one.complete)
        whole = frozenset(label for label, listing in complete if listing == "notices")
        looked_at = await in_slices(changed_notices(notices, known, whole))
        changed = sorted((item for item in looked_at if item is not None), key=newest_first)
        details = DetailReader({account.label: account for account in accounts}, self._levels)
        changed += await self._changed_jobs(jobs, known, now, details)

        fetched = Fetched(
            changed=tuple(changed),
            seen=seen_keys(notices, jobs, readings),
            complete=complete,
            rejected=tuple(dict.fromkeys(one for reading in readings for one in reading.rejected)),
            failures=(*(one for reading in readings for one in reading.failures()), *details.failures),
        )
        self._tell(fetched, len(notices), len(jobs))
        return fetched

    async def check(self) -> list[str]:
        """Log in and list with every account; return a line for each. Raises PeerError when none works."""
        readings = await self._read_lists(self._accounts())
        _require_any(readings)
        return [_line(reading) for reading in readings]

    def _accounts(self) -> list[PortalAccount]:
        tenant = self._settings.tenant_id
        return [
            PortalAccount(
                self._portal,
                one.email,
                one.password.get_secret_value(),
                number=number,
                label=account_label(one.email, tenant),
                year=one.year,
            )
            for number, one in enumerate(self._settings.accounts, start=1)
        ]

    async def _read_lists(self, accounts: Sequence[PortalAccount]) -> list[Reading]:
        at_once = asyncio.Semaphore(4)

        async def read(account: PortalAccount) -> Reading:
            async with at_once:
                return await read_account(account, self._settings.page_size)

        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(read(account)) for account in accounts]
        return [task.result() for task in running]

    async def _changed_jobs(
        self,
        jobs: Mapping[str, Listed[JobPayload]],
        known: Mapping[str, KnownItem],
        now: datetime,
        reader: DetailReader,
    ) -> list[SourceItem]:
        due = details_due(jobs, known, now, timedelta(hours=self._settings.detail_every_h))
        wanted = due[: self._settings.max_details_per_run]
        if len(due) > len(wanted):
            log.info("details.postponed", read=len(wanted), left=len(due) - len(wanted))
        read = await reader.read([jobs[key] for key in wanted])
        items = (self._item(jobs[key], read.get(jobs[key].payload.identifier), known.get(key), now) for key in due)
        return [item for item in items if item is not None]

    def _item(
        self, listed: Listed[JobPayload], job: Job | None, before: KnownItem | None, now: datetime
    ) -> SourceItem | None:
        """Return what there is to tell of a job whose details were due. job: None if they could not be read."""
        if job is None and before is not None and not needs_details(listed.payload, before):
            return None
        detailed_at = now if job is not None else None
        known_part = job or to_job(listed.payload, None, listed.year, self._levels)
        item = job_item(known_part, listed.payload, listed.accounts, detailed_at)
        return item if before is None or is_news(item, before) else None

    def _tell(self, fetched: Fetched, notices: int, jobs: int) -> None:
        fresh = [one for one in fetched.rejected if one not in self._told]
        for one in fresh:
            log.warning("element.rejected", listing=one.listing, identifier=one.identifier, reason=one.reason)
        self._told = set(fetched.rejected)
        log.info(
            "portal.read",
            notices=notices,
            jobs=jobs,
            changed=len(fetched.changed),
            rejected=len(fetched.rejected),
            failures=len(fetched.failures),
        )


def account_label(email: str, tenant_id: str) -> str:
    """Return the label an account has in stored data: the same in any order of the settings, and no address."""
    key = hashlib.sha256(tenant_id.encode()).digest()
    return hashlib.blake2b(email.strip().lower().encode(), key=key, digest_size=LABEL_BYTES).hexdigest()


def _portal(settings: SupersetSettings, http: HttpClient) -> Portal:
    if not settings.accounts:
        raise ConfigError(["sources.superset.accounts: expected at least one account"])
    try:
        key = load_public_key(settings.public_key)
    except ValueError:
        raise ConfigError(["sources.superset.public_key: expected base64 of an RSA public key in DER form"]) from None
    limits = Limits(
        connect_s=settings.connect_timeout_s,
        read_s=settings.read_timeout_s,
        deadline_s=settings.deadline_s,
        max_bytes=settings.max_bytes,
    )
    portal = Portal(http, settings.base_url, settings.tenant_id, settings.tenant_type, key, limits)
    problems = [
        f"sources.superset.accounts[{position}].password: longer than {portal.longest_password} bytes"
        for position, account in enumerate(settings.accounts)
        if len(account.password.get_secret_value().encode()) > portal.longest_password
    ]
    if problems:
        raise ConfigError(problems)
    return portal


def _require_any(readings: Sequence[Reading]) -> None:
    """Raise when no list of any account could be read: that is a failure and never an empty portal."""
    if any(one.complete or one.notices or one.jobs for one in readings):
        return
    text = "no account could be read: " + "; ".join(_line(reading) for reading in readings)
    errors = [error for reading in readings for _, error in reading.errors]
    for kind in (PeerRefused, PeerUnreachable):
        if any(isinstance(error, kind) for error in errors):
            raise kind(text)
    raise PeerNonsense(text)


def _line(reading: Reading) -> str:
    """Return an account's line for `check` and for errors."""
    who = f"{reading.name} ({reading.year})"
    if not reading.errors:
        return f"{who}: ok, {len(reading.notices)} notices, {len(reading.jobs)} jobs"
    return f"{who}: " + ", ".join(f"{part} failed: {error}" for part, error in reading.errors)

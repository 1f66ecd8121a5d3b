"""Intake: turns what a source lists into stored notices. Notices first, then what is remembered.

The same items give the same notice ids, and a revision is stored only if a reader would see a difference, so taking the
same items in again changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from placement_alerts.core import composition
from placement_alerts.core.item import Fetched, KnownItem, SourceItem, known_as, published_order
from placement_alerts.core.job import Job, JobId
from placement_alerts.core.matching import match_job
from placement_alerts.core.notice import Notice, NoticeKind
from placement_alerts.core.presence import judge_presence, listed_by
from placement_alerts.core.understanding import understand_html
from placement_alerts.errors import PlacementAlertsError
from placement_alerts.pipeline.crashes import trace_of
from placement_alerts.pipeline.job_search import find_job
from placement_alerts.pipeline.offer_book import OfferBook
from placement_alerts.pipeline.reports import IntakeReport
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.sources.base import Source
from placement_alerts.store.base import Store

HANDFUL = 5  # items that a list brings at its first reading without being taken for its history
JOINABLE = 200  # latest notices among which a new job looks for the posting that announced it

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Run:
    """What one intake carries along.

    backlog: keys of items that an account brings of the time before it was read. job_keys, companies: of the jobs of
    this run; told: those that a posting of it speaks of.
    """

    source: str
    known: Mapping[str, KnownItem]
    fetched: Fetched
    first: bool
    now: datetime
    report: IntakeReport
    backlog: frozenset[str] = frozenset()
    job_keys: dict[JobId, str] = field(default_factory=dict)
    companies: set[str] = field(default_factory=set)
    told: set[JobId] = field(default_factory=set)
    remembered: dict[str, KnownItem] = field(default_factory=dict)


class Intake:
    """Stores what a fetch brought. offer_book: where results count as offers."""

    def __init__(
        self,
        store: Store,
        stored: Flag,
        now: Callable[[], datetime],
        first_run: timedelta,
        offer_book: OfferBook | None = None,
    ) -> None:
        self._offer_book = offer_book
        self._store = store
        self._stored = stored
        self._now = now
        self._first_run = first_run

    async def take_in(
        self, source: str, known: Mapping[str, KnownItem], fetched: Fetched, *, first: bool
    ) -> IntakeReport:
        """Store new, revised and withdrawn notices, then remember the items. first: nothing was ever fetched before."""
        report = IntakeReport(
            source,
            items=len(fetched.seen),
            rejected=len(fetched.rejected),
            failures=tuple(f"{failure.account}, {failure.part}: {failure.reason}" for failure in fetched.failures),
        )
        run = _Run(source, known, fetched, first, self._now(), report)
        fresh = []
        for item in fetched.changed:
            before = known.get(item.key)
            if before is not None and before.fingerprint == item.fingerprint and not before.withdrawn:
                run.remembered[item.key] = known_as(item, before.notice_id)  # read again, nothing new to a reader
            else:
                fresh.append(item)
        run.backlog = _backlog(known, fresh)
        for item in fresh:
            if item.job is not None:
                run.job_keys[item.job.id] = item.key
                run.companies.add(item.job.company)
                known_job = await self._store.jobs.get(item.job.id)
                await self._store.jobs.save(composition.merged_job(known_job, composition.clean_job(item.job)))
        for item in sorted((item for item in fresh if item.job is None), key=published_order):
            await self._take(run, item, self._take_posting)
        for item in sorted((item for item in fresh if item.job is not None), key=published_order):
            await self._take(run, item, self._take_job)
        await self._take_absences(run)
        await self._remember(run)
        if fetched.rejected:
            await self._store.sources.reject(source, fetched.rejected, run.now)
        report.unchanged = len(fetched.seen) - len(fresh)
        return report

    async def _take(self, run: _Run, item: SourceItem, work: Callable[[_Run, SourceItem], Awaitable[None]]) -> None:
        """Take one item in. One that we cannot digest stops no other; it is not remembered, so it is tried again."""
        try:
            await work(run, item)
        except PlacementAlertsError:
            raise
        except Exception as error:  # bulkhead: one item of a source's poll
            crashed = {"error": type(error).__name__, "trace": trace_of(error)}
            log.error("item.crashed", source=run.source, item=item.key, **crashed)
            run.report.failures += (f"{item.key}: {type(error).__name__}",)

    async def _take_posting(self, run: _Run, item: SourceItem) -> None:
        # in a thread: a normal text costs 5 ms, a hostile one up to a second, and the loop must turn meanwhile
        published_at = item.published_at or run.now
        facts = await asyncio.to_thread(
            understand_html,
            item.title,
            item.html,
            published_at,
            author=item.author,
            known_companies=run.companies,
        )
        job = await find_job(self._store.jobs, item.year, facts)
        wanted = composition.notice_of_posting(run.source, item, facts, job, run.now)
        if job is not None:
            run.told.add(job.id)
            if wanted.announces_job and (key := run.job_keys.get(job.id)):
                wanted = wanted.model_copy(update={"items": (*wanted.items, key)})
        current = await self._current(run, item)
        if current is None and job is not None and wanted.announces_job:
            current = await self._host(job.id, item.key)
        if current is not None:
            if job is None and current.job is not None:
                wanted = wanted.model_copy(update={"job": current.job, "announces_job": current.announces_job})
            wanted = composition.joined(current, wanted)
        if self._offer_book is not None and current is not None:
            await self._offer_book.leave_posting(current, wanted)
        notice = await self._store_revision(run, item, current, wanted)
        if self._offer_book is not None:
            await self._offer_book.take_posting(notice)
        self._note(run, item, notice)

    async def _take_job(self, run: _Run, item: SourceItem) -> None:
        run.report.jobs += 1
        job = await self._store.jobs.get(JobId(item.job.id)) if item.job else None
        if job is None:
            return
        current = await self._current(run, item) or await self._announcing(job)
        if current is None:
            wanted = composition.notice_of_job(run.source, item, job, run.now)
            over = job.deadline is not None and job.deadline < run.now
            wanted = wanted.model_copy(update={"archived": over})
        else:
            wanted = composition.with_job(current, job, item.key, run.now)
        notice = await self._store_revision(run, item, current, wanted, announce=job.id not in run.told)
        self._note(run, item, notice)

    async def _store_revision(
        self, run: _Run, item: SourceItem, current: Notice | None, wanted: Notice, *, announce: bool = True
    ) -> Notice:
        """Store `wanted` as what follows `current`, if it differs; return what is current then."""
        old = run.first or item.key in run.backlog
        while True:  # ends: whoever stored a revision in between raised the current one
            fresh = wanted
            if current is not None:
                revision = composition.next_revision(current, wanted, run.now, announce=announce)
                if revision is None:
                    return current
                fresh = revision
            if old and (current is None or current.archived):
                fresh = composition.archived_at_first_poll(fresh, run.now, self._first_run)
            if await self._store.notices.save(fresh):
                self._report_stored(run, fresh)
                return fresh
            current = await self._store.notices.get(wanted.id)

    def _report_stored(self, run: _Run, notice: Notice) -> None:
        if notice.revision == 1:
            run.report.notices += 1
            run.report.archived += notice.archived
            log.info("notice.stored", notice=notice.id, kind=notice.facts.kind, archived=notice.archived)
        else:
            run.report.revised += 1
            log.info("notice.revised", notice=notice.id, revision=notice.revision, matters=notice.matters)
        self._stored.set()

    async def _take_absences(self, run: _Run) -> None:
        presence = judge_presence(run.known, run.fetched)
        run.report.strange = "more than half of its items vanished at once" if presence.suspicious else None
        gone = {item.key for item in presence.gone}
        for item in presence.counted:
            run.remembered.setdefault(item.key, item)
        for item in presence.gone:
            notice = await self._store.notices.get(item.notice_id)
            if notice is not None and not self._still_listed(run, notice, gone):
                await self._withdraw(run, notice)
            run.remembered[item.key] = item.model_copy(update={"withdrawn": True})

    def _still_listed(self, run: _Run, notice: Notice, gone: set[str]) -> bool:
        others = (run.known.get(key) for key in notice.items if key not in gone)
        return any(other is not None and not other.withdrawn for other in others) or any(
            key in run.fetched.seen for key in notice.items
        )

    async def _withdraw(self, run: _Run, notice: Notice) -> None:
        if notice.expires_at <= run.now:
            return  # portals tidy up what is over: nobody needs to be told
        revision = composition.withdrawn(notice, run.now)
        if revision is not None:
            if self._offer_book is not None:
                await self._offer_book.leave_posting(notice, revision)
            await self._store.notices.save(revision)
            run.report.withdrawn += 1
            self._stored.set()
            log.info("notice.withdrawn", notice=notice.id)

    async def _remember(self, run: _Run) -> None:
        for key in run.fetched.seen:
            known = run.remembered.get(key) or run.known.get(key)
            if known is not None and (accounts := listed_by(known, run.fetched)) != known.accounts:
                run.remembered[key] = known.model_copy(update={"accounts": accounts})
        await self._store.sources.remember(run.source, list(run.remembered.values()))

    def _note(self, run: _Run, item: SourceItem, notice: Notice) -> None:
        run.remembered[item.key] = known_as(item, notice.id)

    async def _current(self, run: _Run, item: SourceItem) -> Notice | None:
        """Return the notice that this item is part of already."""
        known = run.known.get(item.key)
        return await self._store.notices.get(known.notice_id if known else composition.notice_id(run.source, item.key))

    async def _host(self, job_id: JobId, item_key: str) -> Notice | None:
        """Return the notice made from the job alone, or the one that this posting joined before a crash."""
        for notice in await self._store.notices.of_job(job_id):
            if notice.announces_job and (not notice.posted or item_key in notice.items):
                return notice
        return None

    async def _announcing(self, job: Job) -> Notice | None:
        """Return the notice that announces the job: linked already, or a posting that came before the job did."""
        for notice in await self._store.notices.of_job(job.id):
            if notice.announces_job:
                return notice
        for notice in await self._store.notices.latest(job.year, JOINABLE):
            facts = notice.facts
            if notice.job is None and facts.kind is NoticeKind.JOB_POSTING:
                names = [role.role or "" for role in facts.roles]
                if match_job(facts.links, facts.company, names, [job]):
                    return notice
        return None


class ListingPoll:
    """One source that lists items, with the intake of what it lists."""

    def __init__(self, source: Source, intake: Intake, store: Store, now: Callable[[], datetime]) -> None:
        self._source = source
        self._intake = intake
        self._store = store
        self._now = now

    async def run_once(self, *, first: bool) -> IntakeReport:
        """Fetch and take in once. first: the source was never read before. Raises PeerError."""
        known = await self._store.sources.known(self._source.name)
        fetched = await self._source.fetch(known, self._now())
        return await self._intake.take_in(self._source.name, known, fetched, first=first)


def _backlog(known: Mapping[str, KnownItem], fresh: Iterable[SourceItem]) -> frozenset[str]:
    """Return what comes from accounts (postings: from lists) that were never read: added since, or failing until now.

    They bring their history, not news. An account's list of jobs may have been empty before the season, so a job is
    news as soon as anything of its account is known; and so is a handful of anything.
    """
    lists = {(account, item.listing) for item in known.values() for account in item.accounts}
    accounts = {account for account, _ in lists}
    old = [
        item.key
        for item in fresh
        if item.key not in known
        and not any(one in accounts if item.job else (one, item.listing) in lists for one in item.accounts)
    ]
    return frozenset(old) if len(old) > HANDFUL else frozenset()

"""Takes in the official page: its figures, what changed of them as a notice, and an alarm when it is not understood."""

from collections.abc import Callable
from datetime import datetime

import structlog

from placement_alerts.core.official import Snapshot, Validators
from placement_alerts.core.official_changes import changes_between
from placement_alerts.core.official_notice import change_notice
from placement_alerts.core.official_records import LOST_NAMES, Merged, lost_names, merge
from placement_alerts.errors import PeerNonsense, PeerRefused
from placement_alerts.pipeline.alarms import Alarm
from placement_alerts.pipeline.publishing import publish
from placement_alerts.pipeline.reports import IntakeReport
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.sources.base import Page, PageRead
from placement_alerts.store.base import Store

log = structlog.get_logger(__name__)


class PagePoll:
    """The official page with the intake of what it says.

    stored: set when a notice is stored. year: the placement year whose students are told of changes.
    announce: whether changes become notices. alarm: told when the page is not understood, or doubtful.
    """

    def __init__(
        self,
        page: Page,
        store: Store,
        stored: Flag,
        now: Callable[[], datetime],
        year: str,
        *,
        announce: bool,
        alarm: Alarm,
    ) -> None:
        self._page = page
        self._store = store
        self._stored = stored
        self._now = now
        self._year = year
        self._announce = announce
        self._alarm = alarm

    async def run_once(self, *, first: bool) -> IntakeReport:
        """Read the page and store what it says. Raises PeerError, also when the page is not understood.

        The notice is stored first and the snapshot after it: a crash in between gives the same notice again, with the
        same id. Nothing is announced when nothing was ever read. The validators come last.
        """
        newest = await self._store.official.newest()
        validators = await self._store.official.validators() if newest else None
        read = await self._read(validators)
        if read.snapshot is None:
            return await self._nothing_read(read, newest)

        known = await self._store.official.batches()
        if lost_names(read.snapshot, known):
            raise await self._not_understood(LOST_NAMES)
        merged = merge(read.snapshot, known, newest, self._now())
        report = IntakeReport(self._page.name, items=len(merged.snapshot.batches))
        if newest is not None:
            await self._tell_changes(newest, merged, report)
        await self._store.official.save_batches(merged.records)
        await self._store.official.save(merged.snapshot)
        report.unchanged = int(newest is not None and newest.content_hash == merged.snapshot.content_hash)
        await self._report_doubts(merged, report)
        if read.validators is not None:
            await self._store.official.save_validators(read.validators)
        return report

    async def _read(self, validators: Validators | None) -> PageRead:
        try:
            return await self._page.fetch(validators, self._now())
        except (PeerRefused, PeerNonsense) as error:  # it moved, or is closed to us: time does not mend that
            name = self._page.name
            await self._alarm(f"{name}:{error.error_class}", "The official page cannot be read", (str(error),))
            raise

    async def _nothing_read(self, read: PageRead, newest: Snapshot | None) -> IntakeReport:
        if read.alarm is not None:
            raise await self._not_understood(read.alarm)
        if newest is not None:
            await self._store.official.save(newest.model_copy(update={"seen_at": self._now()}))
        return IntakeReport(self._page.name, items=len(newest.batches) if newest else 0, unchanged=1)

    async def _not_understood(self, why: str) -> PeerNonsense:
        await self._alarm(f"{self._page.name}:layout", "The official page is no longer understood", (why,))
        return PeerNonsense(f"the official page is not understood: {why}")

    async def _tell_changes(self, newest: Snapshot, merged: Merged, report: IntakeReport) -> None:
        changes = changes_between(newest.batches, merged.told)
        if not changes:
            return
        log.info("page.changed", changes=len(changes), announced=self._announce)
        if not self._announce:
            return
        notice = change_notice(newest, merged.snapshot, changes, self._year, self._now())
        report.notices += await publish(self._store, notice, self._stored)

    async def _report_doubts(self, merged: Merged, report: IntakeReport) -> None:
        for name in merged.kept:
            line = f"batch {name} lost all its figures on the page; the last ones are kept"
            await self._doubt(f"empty:{name}", line, report)
        for name in merged.returned:
            line = f"batch {name} is on the page, but its record is frozen and stays as it is until it is set live"
            await self._doubt(f"returned:{name}", line, report)

    async def _doubt(self, key: str, line: str, report: IntakeReport) -> None:
        report.failures += (line,)
        await self._alarm(f"{self._page.name}:{key}", "The official page needs a look", (line,))

"""The placement office's own notices: composed, scheduled, changed, withdrawn, and whom they would reach."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from placement_alerts.core import composition, office_notice
from placement_alerts.core.draft import OFFICE, Draft, DraftId
from placement_alerts.core.eligibility import enrollment_numbers, is_meant, judge
from placement_alerts.core.enrollment import enrollment_key
from placement_alerts.core.notice import Audience, Notice, NoticeId
from placement_alerts.core.student import Student, StudentId
from placement_alerts.errors import NotFound, NotPossible, StoreUnavailable
from placement_alerts.pipeline.office_text import first_notice, next_notice
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.pipeline.publishing import publish
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store

PAGE = 100  # students judged at once: what one turn of the loop costs
BATCH = 20  # drafts published before the store is asked again
IDLE_S = 5.0  # another process may have stored a draft
TRIES = 5  # of a withdrawal that is overtaken by other revisions
# the hour of a draft that is given up: in between nobody can publish it
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a notice would reach. students: of the year. concerned: who would get it on some address.

    unreachable: who is meant and has no address that is on. unknown_branch: of the concerned, whose branch is not
    known. by_channel: addresses by channel. named: of the named numbers, how many belong to a student we know.
    """

    students: int
    concerned: int
    unreachable: int
    unknown_branch: int
    named: int
    by_channel: dict[str, int]


class Office:
    """What the office does. flag: set when a draft is stored. Every act may be repeated.

    stored: set when a notice is stored. years: that exist.
    """

    def __init__(self, store: Store, stored: Flag, now: Callable[[], datetime], years: Collection[str]) -> None:
        self.flag = Flag()
        self._store = store
        self._stored = stored
        self._now = now
        self._years = years
        self._failed: set[DraftId] = set()  # what cannot be published as it is; tried again when it is changed
        self._stopping = False

    async def publish(self, draft: Draft) -> Notice | None:
        """Publish at once and return the notice, or store the draft until its hour (None).

        Raises NotPossible if a draft of another version is stored, or its year does not exist.
        """
        draft = self._checked(draft)
        stored = await self._store.drafts.get(draft.id)
        if stored is None and (notice := await self._published(draft)) is not None:
            return notice
        if draft.publish_at is not None and draft.publish_at > self._now():
            await self._keep(draft, stored)
            return None
        if stored is not None and not await self._takes(stored, draft):
            raise NotPossible("this draft was changed meanwhile; load it again")
        return await self._announce(draft)

    async def revise(self, notice_id: NoticeId, draft: Draft, revision: int) -> Notice:
        """Store what the office's notice says now as its next revision; nothing if it says the same.

        revision: the one that was changed. Raises NotFound; NotPossible if it is not the office's or not current.
        """
        draft = self._checked(draft)
        current = await self._notice(notice_id)
        if current.source != OFFICE:
            raise NotPossible(f"this notice came from {current.source}; only the office's own can be changed")
        if draft.year != current.year:
            raise NotPossible("a published notice stays in its placement year; withdraw it and write another")
        wanted = await next_notice(current, draft, self._now())
        if wanted is None:
            return current  # nothing new, or this very change is stored already
        if current.revision != revision or not await self._save(wanted):
            raise NotPossible("this notice was changed meanwhile; load it again")
        return wanted

    async def withdraw(self, notice_id: NoticeId) -> Notice:
        """Withdraw a notice, of whatever source. Raises NotFound."""
        for _ in range(TRIES):
            current = await self._notice(notice_id)
            wanted = composition.withdrawn(current, self._now())
            if wanted is None:
                return current
            if await self._save(wanted):
                return wanted
        raise NotPossible("this notice changes all the time; try again")

    async def give_up(self, draft_id: DraftId) -> bool:
        """Forget a draft that waits; False if there is none: it was given up, published, or is being published."""
        for _ in range(TRIES):
            stored = await self._store.drafts.get(draft_id)
            if stored is None or self._is_due(stored):
                return False
            if await self._claim(stored, stored.model_copy(update={"publish_at": _NEVER})):
                return await self._store.drafts.remove(draft_id)
        return False

    async def reach(self, year: str, audience: Audience, enrollments: Collection[str]) -> Reach:
        """Say whom a new notice would reach now; by the same judgement that planning uses."""
        probe = await asyncio.to_thread(office_notice.probe, year, audience, enrollments, self._now())
        count = _Count(probe)
        numbers = enrollment_numbers(count.probe.facts.students)
        secret = await self._store.secret(ENROLLMENTS) if numbers else b""
        for start in range(0, len(numbers), PAGE):
            keys = [enrollment_key(number, secret) for number in numbers[start : start + PAGE]]
            await count.take(await self._store.students.by_enrollments(keys), listed=True)
        after: StudentId | None = None
        while page := await self._store.students.of_year(year, after, PAGE):
            await count.take(page, listed=False)
            after = page[-1].id
        return count.reach()

    async def run(self) -> None:
        """Publish drafts at their hour until `stop`."""
        while not self._stopping:
            since = self.flag.count
            wait_s = IDLE_S
            try:
                await self.run_once()
                if (next_due := await self._store.drafts.next_due()) is not None:
                    wait_s = min(IDLE_S, max(0.05, (next_due - self._now()).total_seconds()))
            except StoreUnavailable as error:
                log.warning("office.postponed", error=str(error))
            await self.flag.wait(since, IDLE_S if self._failed else wait_s)

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self.flag.set()

    async def run_once(self) -> int:
        """Publish what is due now, earliest hour first; return how many drafts became notices."""
        published = 0
        for draft in await self._store.drafts.due(self._now(), BATCH + len(self._failed)):
            if self._stopping or draft.id in self._failed:
                continue
            published += await self._publish_due(draft)
        return published

    async def _publish_due(self, draft: Draft) -> bool:
        """Publish a draft unless somebody changes it at this moment: then it is looked at again."""
        try:
            if not await self._claim(draft, draft):
                return False
            await self._announce(self._checked(draft))
        except NotPossible as error:
            log.warning("draft.not_published", draft=draft.id, error=str(error))
            self._failed.add(draft.id)
            return False
        return True

    async def _announce(self, draft: Draft) -> Notice:
        """Store the draft's notice, then forget the draft: a crash in between finds the notice there already."""
        notice = await first_notice(draft, self._now())
        await publish(self._store, notice, self._stored)
        await self._store.drafts.remove(draft.id)
        return await self._store.notices.get(notice.id) or notice

    async def _keep(self, draft: Draft, stored: Draft | None) -> None:
        if stored == draft:
            return
        if stored is not None and self._is_due(stored):
            raise NotPossible("this draft is being published; change the notice instead")
        if not await self._store.drafts.save(draft):
            raise NotPossible("this draft was changed meanwhile; load it again")
        self._failed.discard(draft.id)
        self.flag.set()

    async def _takes(self, stored: Draft, draft: Draft) -> bool:
        """Say whether this draft may be published now in place of the stored one; claims it, unless it is the same."""
        if stored.model_copy(update={"version": draft.version}) == draft:
            return True  # asked again when its hour had come: whoever publishes it makes the same notice
        claimed = stored.version == draft.version - 1
        return claimed and await self._claim(stored, draft.model_copy(update={"publish_at": self._now()}))

    async def _claim(self, stored: Draft, wanted: Draft) -> bool:
        """Store the draft as the next version: only one of those who act on the same version goes on."""
        return await self._store.drafts.save(wanted.model_copy(update={"version": stored.version + 1}))

    async def _published(self, draft: Draft) -> Notice | None:
        """Return the notice if this is a repetition. Raises NotPossible if a changed draft is not there any more."""
        notice = await self._store.notices.get(office_notice.id_of_draft(draft.id))
        if draft.version == 1:
            return notice
        why = "was given up" if notice is None else "was published; change the notice instead"
        raise NotPossible(f"this draft {why}")

    async def _notice(self, notice_id: NoticeId) -> Notice:
        notice = await self._store.notices.get(notice_id)
        if notice is None:
            raise NotFound(f"there is no notice with the id {notice_id[:40]!r}")
        return notice

    async def _save(self, notice: Notice) -> bool:
        if not await self._store.notices.save(notice):
            return False
        self._stored.set()
        log.info("notice.stored", notice=notice.id, revision=notice.revision, withdrawn=notice.withdrawn)
        return True

    def _checked(self, draft: Draft) -> Draft:
        draft = office_notice.cleaned(draft)
        if found := office_notice.faults(draft, self._years):
            raise NotPossible(" ".join(fault.text for fault in found))
        return draft

    def _is_due(self, draft: Draft) -> bool:
        return draft.publish_at is None or draft.publish_at <= self._now()


@dataclass(slots=True)
class _Count:
    """Counts readers of the probe. met: students whom it names, counted already."""

    probe: Notice
    met: set[StudentId] = field(default_factory=set)
    students: int = 0
    concerned: int = 0
    unreachable: int = 0
    unknown_branch: int = 0
    by_channel: dict[str, int] = field(default_factory=dict)

    async def take(self, students: Collection[Student], *, listed: bool) -> None:
        """Count a page; gives others a turn afterwards, as a year may be large."""
        for student in students:
            self.students += not listed
            if student.id not in self.met:
                self._count(student, listed=listed)
            if listed:
                self.met.add(student.id)
        await asyncio.sleep(0)

    def _count(self, student: Student, *, listed: bool) -> None:
        addresses = judge(self.probe, student, [], listed=listed).addresses
        if not addresses:
            self.unreachable += is_meant(self.probe, student, listed=listed)
            return
        self.concerned += 1
        self.unknown_branch += student.branch is None
        for address in addresses:
            self.by_channel[address.channel] = self.by_channel.get(address.channel, 0) + 1

    def reach(self) -> Reach:
        """Return what was counted."""
        return Reach(
            self.students, self.concerned, self.unreachable, self.unknown_branch, len(self.met), self.by_channel
        )

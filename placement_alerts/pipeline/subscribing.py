"""Web push subscriptions: stored before success is said, refreshed on every visit, removed when they are gone."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from placement_alerts.core.student import Address, OffReason, Student, StudentId
from placement_alerts.core.subscription import WEBPUSH, PushSubscription, hash_of
from placement_alerts.store.base import Store, random_id

MOST = 10  # subscriptions a student; the oldest unused one goes
EVER = 100  # addresses of a student, those that are off and stay for their receipts included; no more are taken
SILENT = timedelta(days=60)  # without a visit or a success, a subscription is given up
TAKEN_OVER = "taken_over"  # error class of what waited for the student who had this browser before
_PAGE = 200

log = structlog.get_logger(__name__)


class Subscribing:
    """What the page and the existing API do with subscriptions. default_year: of anonymous students."""

    def __init__(self, store: Store, now: Callable[[], datetime], default_year: str) -> None:
        self._store = store
        self._now = now
        self._default_year = default_year

    async def anonymous(self) -> Student:
        """Store and return a student for a browser that nobody has linked yet."""
        student = Student(id=StudentId(random_id()), year=self._default_year, joined_at=self._now())
        await self._store.students.add(student)
        return student

    async def subscribe(self, student_id: StudentId, subscription: PushSubscription) -> bool:
        """Store it and switch the address on; a browser that was another student's is taken over.

        False: no student, or one who had too many subscriptions in their life.
        """
        student = await self._store.students.get(student_id)
        if student is None or not _has_room(student, subscription.id):
            return False
        await self._store.subscriptions.save(subscription)  # first: an address without one could not be reached
        owner = await self._store.students.by_address(WEBPUSH, subscription.id)
        if owner is not None and owner.id != student_id:
            address = _address(owner, subscription.id)
            await self._store.deliveries.close_address(address.id, TAKEN_OVER, self._now())
        if await self._store.students.attach(student_id, WEBPUSH, subscription.id, self._now()) is None:
            return False
        await self._keep_few(student_id, subscription.id)
        return True

    async def refresh(self, student_id: StudentId, subscription: PushSubscription) -> bool:
        """Store a subscription that the page has anyway; False: no student, or it was removed on purpose since."""
        owner = await self._store.students.by_address(WEBPUSH, subscription.id)
        if owner is not None and _address(owner, subscription.id).off is OffReason.STOPPED:
            return False
        return await self.subscribe(student_id, subscription)

    async def unsubscribe(self, endpoint: str) -> bool:
        """Switch the address off, close what waits for it and forget it; False if it is unknown."""
        return await self.remove(hash_of(endpoint), OffReason.STOPPED)

    async def remove(self, subscription_id: str, reason: OffReason) -> bool:
        """Do what `unsubscribe` does, by the subscription's id."""
        student = await self._store.students.by_address(WEBPUSH, subscription_id)
        if student is not None:
            address = _address(student, subscription_id)
            await self._store.students.switch_off(address.id, reason)
            await self._store.deliveries.close_address(address.id, reason.value, self._now())
        return await self._store.subscriptions.remove(subscription_id)

    async def sweep(self) -> int:
        """Remove subscriptions without a visit or a success for 60 days; return how many."""
        before = self._now() - SILENT
        removed, after = 0, None
        while page := await self._store.subscriptions.unvisited(before, after, _PAGE):
            after = page[-1].id
            for subscription in page:
                if await self._is_silent(subscription.id, before):
                    removed += await self.remove(subscription.id, OffReason.GONE)
        if removed:
            log.info("subscriptions.swept", removed=removed)
        return removed

    async def _is_silent(self, subscription_id: str, since: datetime) -> bool:
        student = await self._store.students.by_address(WEBPUSH, subscription_id)
        if student is None:
            return True
        last = await self._store.deliveries.last_sent_at(_address(student, subscription_id).id)
        return last is None or last < since

    async def _keep_few(self, student_id: StudentId, newest: str) -> None:
        """Remove the student's subscriptions over MOST: those that were visited longest ago."""
        student = await self._store.students.get(student_id)
        values = [one.value for one in student.addresses if _is_on(one)] if student else []
        if len(values) <= MOST:
            return
        found = [one for value in values if (one := await self._store.subscriptions.get(value)) is not None]
        found.sort(key=lambda one: (one.id == newest, one.visited_at), reverse=True)
        for subscription in found[MOST:]:
            await self.remove(subscription.id, OffReason.GONE)


def _has_room(student: Student, value: str) -> bool:
    values = {one.value for one in student.addresses if one.channel == WEBPUSH}
    return value in values or len(values) < EVER


def _is_on(address: Address) -> bool:
    return address.channel == WEBPUSH and address.off is None


def _address(student: Student, value: str) -> Address:
    """Return the student's address of this subscription: they were found by it."""
    return next(one for one in student.addresses if one.channel == WEBPUSH and one.value == value)

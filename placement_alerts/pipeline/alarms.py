"""Alarms: something is broken that a person has to see to. Asked of the admins once for each cause."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from placement_alerts.core.ids import derived_id
from placement_alerts.core.review import Review, ReviewId, ReviewKind
from placement_alerts.store.base import Store

AGAIN_AFTER = timedelta(days=1)  # an alarm that was seen, and whose cause is still there, is raised anew
_MOST = 1000  # times that one cause may be asked about

Alarm = Callable[[str, str, tuple[str, ...]], Awaitable[None]]  # what polls are given: `Alarms.raise_once`

log = structlog.get_logger(__name__)


class Alarms:
    """Raises alarms. year: of which placement year the questions are."""

    def __init__(self, store: Store, now: Callable[[], datetime], year: str) -> None:
        self._store = store
        self._now = now
        self._year = year

    async def raise_once(self, key: str, title: str, reasons: tuple[str, ...]) -> None:
        """Ask the admins to look, unless they were asked about this cause and did not answer, or did so lately.

        key: names the cause, e.g. "mailbox:refused". title, reasons: one line each, without secrets.
        """
        now = self._now()
        for time in range(_MOST):
            review = Review(
                id=_alarm_id(key, time),
                kind=ReviewKind.ALARM,
                title=title,
                reasons=reasons,
                year=self._year,
                asked_at=now,
            )
            if await self._store.reviews.ask(review):
                log.warning("alarm.raised", review=review.id, cause=key)
                return
            known = await self._store.reviews.get(review.id)
            if known is None or known.answered_at is None or now - known.answered_at < AGAIN_AFTER:
                return


def _alarm_id(key: str, time: int) -> ReviewId:
    return ReviewId(derived_id("a", key, str(time)))

"""Telling the admins what waits for them: each review once, to every admin, with the buttons to answer it."""

from collections.abc import Collection

import structlog

from placement_alerts.bot import review_texts
from placement_alerts.bot.answers import Answers, Told
from placement_alerts.core.review import Review, ReviewId
from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store

BATCH = 20  # reviews told before the store is asked again
IDLE_S = 1.0
AGAIN_S = 15.0  # after which an admin who could not be reached is tried again

log = structlog.get_logger(__name__)


class ReviewDesk:
    """Tells every admin of each open review. It looks once a second, as another process may have asked.

    A review counts as told when every admin has it who can be reached, and at least one does; a crash before that
    tells some of them again. With no admins nothing is told, and reviews stay open.
    """

    def __init__(
        self,
        store: Store,
        answers: Answers,
        admins: Collection[int],
        *,
        idle_s: float = IDLE_S,
        again_s: float = AGAIN_S,
    ) -> None:
        self._flag = Flag()
        self._store = store
        self._answers = answers
        self._admins = frozenset(admins)
        self._idle_s = idle_s
        self._again_s = again_s
        self._reached: dict[ReviewId, set[int]] = {}
        self._not_told: dict[ReviewId, int] = {}  # how many admins had it when that was logged
        self._stopping = False

    async def run(self) -> None:
        """Tell until `stop`."""
        while not self._stopping:
            since = self._flag.count
            try:
                all_told = await self.run_once()
            except StoreUnavailable as error:
                log.warning("reviews.postponed", error=str(error))
                all_told = True
            await self._flag.wait(since, self._idle_s if all_told else self._again_s)

    def stop(self) -> None:
        """Begin no further review."""
        self._stopping = True
        self._flag.set()

    async def run_once(self) -> bool:
        """Tell what was not told, oldest first; False if some of it has to be tried again."""
        all_told = True
        for review in await self._store.reviews.untold(BATCH) if self._admins else []:
            if self._stopping:
                break
            if not await self._tell(review):
                all_told = False
        return all_told

    async def _tell(self, review: Review) -> bool:
        message = review_texts.question(review)
        reached = self._reached.setdefault(review.id, set())
        waits = False
        for admin in sorted(self._admins - reached):
            told = await self._answers.tell(admin, message)
            if told is Told.YES:
                reached.add(admin)
            elif told is Told.NOT_NOW:
                waits = True
        if waits or not reached:
            if self._not_told.get(review.id) != len(reached):  # it is tried again and again, and said once
                self._not_told[review.id] = len(reached)
                log.warning("review.not_told", review=review.id, reached=len(reached), admins=len(self._admins))
            return False
        await self._store.reviews.mark_told(review.id)
        self._not_told.pop(review.id, None)
        del self._reached[review.id]
        log.info("review.told", review=review.id, kind=review.kind, admins=len(reached))
        return True

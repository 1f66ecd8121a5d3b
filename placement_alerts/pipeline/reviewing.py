"""Carries out what the admins answered. Each step may be repeated, and a review is done only when all of it is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from placement_alerts.core.mail_review import HISTORY
from placement_alerts.core.review import Answer, AnsweredBy, Review, ReviewId, ReviewKind
from placement_alerts.errors import PlacementAlertsError, StoreUnavailable
from placement_alerts.pipeline.crashes import trace_of
from placement_alerts.pipeline.mail_taking import MailTaker
from placement_alerts.pipeline.offer_book import OfferBook
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store

BATCH = 20  # answers carried out before `run_once` returns
KEEP_HOUSE_EVERY = timedelta(hours=1)
IDLE_S = 5.0  # another process, such as a command, may have stored an answer

log = structlog.get_logger(__name__)


class Reviewing:
    """Turns answers into deeds. flag: to be set when an answer is stored. held: how long a held mail waits."""

    def __init__(
        self,
        store: Store,
        mail_taker: MailTaker,
        offer_book: OfferBook,
        now: Callable[[], datetime],
        held: timedelta,
    ) -> None:
        self.flag = Flag()
        self._store = store
        self._mail_taker = mail_taker
        self._offer_book = offer_book
        self._now = now
        self._held = held
        self._kept_at: datetime | None = None
        self._failed: set[ReviewId] = set()  # what we cannot carry out; tried again by the next process
        self._stopping = False

    async def run(self) -> None:
        """Carry out answers until `stop`."""
        while not self._stopping:
            since = self.flag.count
            try:
                done = await self.run_once()
            except StoreUnavailable as error:
                log.warning("reviewing.postponed", error=str(error))
                done = 0
            if done == 0:
                await self.flag.wait(since, IDLE_S)

    def stop(self) -> None:
        """Begin no further review."""
        self._stopping = True
        self.flag.set()

    async def run_once(self) -> int:
        """Carry out what is answered now, oldest answer first; return how many reviews were done."""
        await self._keep_house()
        done = 0
        for review in await self._store.reviews.answered(BATCH + len(self._failed)):
            if not self._stopping and review.id not in self._failed:
                done += await self._carry_out(review)
        return done

    async def _keep_house(self) -> None:
        """Do hourly what nobody asks for: let held mails expire, and finish what a crash left of merges and events."""
        now = self._now()
        if self._kept_at is not None and now - self._kept_at < KEEP_HOUSE_EVERY:
            return
        await self._expire(now)
        await self._offer_book.tidy()
        await self._offer_book.publish_pending()
        self._kept_at = now

    async def _expire(self, now: datetime) -> None:
        """Answer for the admins where a held mail waited for too long; its text must not be kept for ever."""
        limit = 0
        old = [True]
        while all(old) and len(old) >= limit:  # what is of another kind stays open, and may stand before the mails
            limit += BATCH
            reviews = await self._store.reviews.open(limit)
            old = [review.asked_at <= now - self._held for review in reviews]
            for review in (one for one, is_old in zip(reviews, old, strict=True) if is_old):
                if review.kind is ReviewKind.HELD_MAIL:
                    await self._store.reviews.answer(review.id, Answer.DISCARD, AnsweredBy.TIME, now)
                    log.info("review.expired", review=review.id)

    async def _carry_out(self, review: Review) -> bool:
        try:
            await self._act(review)
        except PlacementAlertsError:
            raise
        except Exception as error:  # bulkhead: one review's answer
            log.error("review.crashed", review=review.id, error=type(error).__name__, trace=trace_of(error))
            self._failed.add(review.id)
            return False
        await self._store.reviews.mark_done(review.id)
        log.info("review.done", review=review.id, kind=review.kind, answer=review.answer)
        return True

    async def _act(self, review: Review) -> None:
        match review.answer:
            case Answer.RELEASE if review.mail is not None:
                await self._mail_taker.release(review.mail, history=HISTORY in review.reasons)
            case Answer.DISCARD if review.mail is not None:
                await self._mail_taker.discard(review.mail, review.answered_by or "")
            case Answer.SAME if review.companies is not None:
                kept, alias = review.companies
                await self._offer_book.unite(alias, kept)
                await self._offer_book.publish_pending()
            case Answer.RELEASE | Answer.DISCARD | Answer.SAME | Answer.DIFFERENT | Answer.NOTED | None:
                pass  # nothing is left to be done
            case _:
                assert_never(review.answer)

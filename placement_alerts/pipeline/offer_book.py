"""The book of offers: takes in what mails and postings say of results, and turns what is to be told into notices.

Every write of an offer names the version that it started from, so two mails at once lose nobody. An event waits inside
the offer until its notice is stored; then it is taken out (reference/mongo.md, section 1).
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from placement_alerts.core import company_names, offers
from placement_alerts.core.ids import derived_id
from placement_alerts.core.mail_notice import id_of_event, notice_of_offer
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.offer import Contribution, Offer
from placement_alerts.core.review import Review, ReviewId, ReviewKind
from placement_alerts.pipeline.publishing import publish
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store

BATCH = 20  # offers whose events are published before we look again
REASONS = 10  # lines that one question shows

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """How many notices of offers were stored. archived: of these, delivered to nobody."""

    notices: int = 0
    archived: int = 0


class OfferBook:
    """The offers of the store, changed in one place.

    stored: set when a notice is stored. names: of companies, name -> name that it means, as configured.
    years: placement years that there are; what an admin declares of a company holds in each.
    """

    def __init__(
        self,
        store: Store,
        stored: Flag,
        now: Callable[[], datetime],
        names: Mapping[str, str],
        years: Collection[str],
    ) -> None:
        self._store = store
        self._stored = stored
        self._now = now
        self._declared = company_names.declared(names)
        self._years = tuple(years)

    async def contribute(
        self, contribution: Contribution, year: str, *, announce: bool = True, archived: bool = False
    ) -> bool:
        """Merge a contribution into its company's offer; False if it is there already.

        announce False: something else tells students. archived: it is history, its notice is delivered to nobody.
        """
        key = await self._key_of(contribution.company)
        while True:  # ends: whoever stored a version in between raised it
            known = await self._store.offers.get(year, key)
            # in a thread: a season's mails of a large company take a tenth of a second to fold
            fresh = await asyncio.to_thread(
                offers.add, known, contribution, year, key, announce=announce, archived=archived
            )
            if fresh is known:
                return False
            # before it is stored: nothing would lead back here
            questions = self._about_lowered(known, fresh) if known else await self._about_names(fresh)
            for review in questions:
                await self._ask(review.model_copy(update={"told": archived}))
            if await self._store.offers.save(fresh):
                break
        log.info("offer.merged", offer=fresh.id, version=fresh.version, students=len(fresh.students))
        return True

    async def take_posting(self, notice: Notice) -> None:
        """Let a result that the portal tells count as an offer; students are told by the posting itself."""
        if offers.tells_result(notice):
            # in a thread: its text is read again, for what each student got
            contribution = await asyncio.to_thread(offers.contribution_of_notice, notice)
            if contribution is not None:
                await self.contribute(contribution, notice.year, announce=False)

    async def leave_posting(self, current: Notice, wanted: Notice) -> None:
        """Take back what a posting said of an offer, if it says nothing of that company's any more."""
        if offers.tells_result(current) and current.facts.company is not None:
            stays = offers.tells_result(wanted) and wanted.facts.company == current.facts.company
            if not stays or wanted.year != current.year:
                await self.retract(current.id, current.facts.company, current.year)

    async def retract(self, mail_id: str, company: str, year: str) -> bool:
        """Take back what a mail or posting said of a company's offers; False if it said nothing."""
        key = await self._key_of(company)
        while known := await self._store.offers.get(year, key):
            fresh = offers.without(known, mail_id)
            if fresh is known:
                return False
            done = self._store.offers.save(fresh) if fresh else self._store.offers.remove(known.id, known.version)
            if await done:
                log.info("offer.retracted", offer=known.id)
                return True
        return False

    async def notice_of(self, contribution: Contribution, year: str) -> NoticeId | None:
        """Return the id of the notice that tells what this contribution brought, if one is stored."""
        key = await self._key_of(contribution.company)
        notice_id = id_of_event(offers.event_id(year, key, contribution.mail_id))
        return notice_id if await self._store.notices.get(notice_id) else None

    async def publish_pending(self) -> Published:
        """Store the notice of every event that waits, then take the event out. Safe to repeat at any point."""
        notices = archived = 0
        while waiting := await self._store.offers.with_pending(BATCH):
            for offer in waiting:
                for event in offer.pending:
                    notice = notice_of_offer(offer, event, self._now())
                    if await publish(self._store, notice, self._stored):
                        notices += 1
                        archived += notice.archived
                await self._take_out(offer)
        return Published(notices, archived)

    async def unite(self, alias: str, kept: str) -> None:
        """Declare that two company keys mean one company, and merge their offers of every year.

        What either of them was declared to mean before means the same then too.
        """
        aliases = await self._aliases()
        one, other = company_names.meant_by(alias, aliases), company_names.meant_by(kept, aliases)
        if one != other:
            await self._store.offers.add_alias(one, other)
        await self.tidy()

    async def tidy(self) -> None:
        """Merge every offer that stands under a key that means another, as after a crash or a changed setting."""
        aliases = await self._aliases()
        for alias in aliases:
            kept = company_names.meant_by(alias, aliases)
            for year in self._years if kept != alias else ():
                await self._move(year, alias, kept)

    async def _move(self, year: str, alias: str, kept: str) -> None:
        """Merge one offer into another: first all of it is in the kept one, then the other goes."""
        while other := await self._store.offers.get(year, alias):
            known = await self._store.offers.get(year, kept)
            fresh = offers.united(known, other, kept)
            if fresh is not known and not await self._store.offers.save(fresh):
                continue  # somebody stored a version meanwhile: look again
            if await self._store.offers.remove(other.id, other.version):
                log.info("offer.united", offer=fresh.id, removed=other.id)

    async def _take_out(self, offer: Offer) -> None:
        events = {event.id for event in offer.pending}
        current: Offer | None = offer
        while current is not None:
            fresh = offers.published(current, events)
            if fresh is None or await self._store.offers.save(fresh):
                return
            current = await self._store.offers.get(offer.year, offer.company_key)

    async def _about_names(self, fresh: Offer) -> list[Review]:
        """Return the questions whether a new company is one that is known, if its name is much like it."""
        known = {offer.company_key: offer.company for offer in await self._store.offers.of_year(fresh.year)}
        return [
            Review(
                id=ReviewId(derived_id("c", *sorted((kept, alias)))),
                kind=ReviewKind.SAME_COMPANY,
                title=f"Is “{fresh.company}” the same company as “{known[kept]}”?",
                reasons=("their names are much alike; if they are the same, their offers become one",),
                year=fresh.year,
                asked_at=self._now(),
                companies=(kept, alias),
            )
            for kept, alias in company_names.propose(fresh.company_key, known)
        ]

    def _about_lowered(self, known: Offer, fresh: Offer) -> list[Review]:
        """Return what an admin should know of packages that are lower than what stands: they did not replace it."""
        lines = [line for line in fresh.lowered if line not in known.lowered]
        review = Review(
            id=ReviewId(derived_id("l", fresh.id, *lines)),
            kind=ReviewKind.ALARM,
            title=f"Lower packages of {fresh.company} were not taken over",
            reasons=tuple(lines[:REASONS]),
            year=fresh.year,
            asked_at=self._now(),
        )
        return [review] if lines else []

    async def _ask(self, review: Review) -> None:
        if await self._store.reviews.ask(review):
            log.info("review.asked", review=review.id, kind=review.kind)

    async def _key_of(self, company: str) -> str:
        return company_names.key_of(company, await self._aliases())

    async def _aliases(self) -> dict[str, str]:
        return self._declared | await self._store.offers.aliases()

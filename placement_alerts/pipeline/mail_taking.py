"""What becomes of one mail: published, merged into an offer, stored as a policy, held for a person, or dropped.

Everything is stored under ids that follow from the mail, the mail's own record last; so whatever is repeated after a
crash changes nothing (reference/mailbox.md, section 13).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from placement_alerts.core import mail_notice, mail_review
from placement_alerts.core.mail import Mail
from placement_alerts.core.mail_understanding import UnderstoodMail, understand_mail
from placement_alerts.core.notice import Facts, NoticeId, NoticeKind
from placement_alerts.core.offer import Contribution
from placement_alerts.core.review import AnsweredBy
from placement_alerts.errors import PlacementAlertsError
from placement_alerts.pipeline.crashes import trace_of
from placement_alerts.pipeline.job_search import find_job
from placement_alerts.pipeline.offer_book import OfferBook
from placement_alerts.pipeline.policies import Policies
from placement_alerts.pipeline.publishing import publish
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store
from placement_alerts.store.knowledge import MailRecord, MailVerdict

TRIES = 2  # a mail that fails is tried once more at once, then held
COPY_WITHIN = timedelta(days=14)  # what the office sends again later, it means to say again
READING_TIMEOUT_S = 30.0  # the rules need a second for the worst mail that we know

log = structlog.get_logger(__name__)


class SecondOpinion(Protocol):
    """Somebody who may fill what the rules left empty."""

    async def fill(self, title: str, text: str, facts: Facts) -> Facts:
        """Return the facts with what was empty filled, marked as such. Raises no PeerError."""


@dataclass(frozen=True, slots=True)
class MailYears:
    """Placement years. active: of mails that name none. offered: all that there are."""

    active: str
    offered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a mail. notices, archived: how many notices were stored, and are delivered to nobody."""

    verdict: MailVerdict
    notices: int = 0
    archived: int = 0
    failed: str | None = None  # the class of the error that the mail gave


class MailTaker:
    """Takes mails in, and publishes or drops held ones.

    assistant: None for the rules alone. understand: the rules; they may take a second, so they run in a thread. They
    get nothing but the mail, so that it means the same today and next year.
    """

    def __init__(
        self,
        store: Store,
        stored: Flag,
        offer_book: OfferBook,
        policies: Policies,
        years: MailYears,
        now: Callable[[], datetime],
        *,
        assistant: SecondOpinion | None = None,
        understand: Callable[[Mail], UnderstoodMail] = understand_mail,
    ) -> None:
        self._store = store
        self._stored = stored
        self._understand = understand
        self._offer_book = offer_book
        self._policies = policies
        self._years = years
        self._now = now
        self._assistant = assistant

    async def take(self, mail: Mail, *, history: bool) -> Taken:
        """Decide about a mail and store what follows, its record last. history: nobody is told of it."""
        for attempt in range(1, TRIES + 1):
            try:
                understood = await self._read(mail)
                return await self._decide(mail, understood, history=history)
            except PlacementAlertsError:
                raise
            except Exception as error:  # bulkhead: one mail of a mailbox's poll
                failed = type(error).__name__
                if attempt == 1:
                    log.error("mail.crashed", mail=mail.id, error=failed, trace=trace_of(error))
                    mail = mail_review.scrubbed(mail)  # what stopped us may be what cannot be stored
        why = [f"it could not be understood: {failed}", *([mail.distrust] if mail.distrust else [])]
        taken = await self._hold(mail, None, self._years.active, tuple(why), history=history)
        return Taken(taken.verdict, failed=failed)

    async def release(self, mail: Mail, *, history: bool) -> Taken:
        """Publish a held mail as if its sender were trusted and its facts certain."""
        try:
            understood = await self._read(mail)
        except PlacementAlertsError:
            raise
        except Exception as error:  # bulkhead: it was held for this
            log.error("mail.crashed", mail=mail.id, error=type(error).__name__, trace=trace_of(error))
            understood = mail_notice.plain_reading(mail)
        return await self._publish(mail, understood, self._year_of(understood) or self._years.active, history=history)

    async def discard(self, mail: Mail, by: str) -> None:
        """Drop a held mail. by: who or what decided so, as in `Review.answered_by`."""
        reason = "nobody released it in time" if by == AnsweredBy.TIME else "an admin discarded it"
        await self._record(mail, MailVerdict.DISCARDED, None, None, (reason,))

    async def _read(self, mail: Mail) -> UnderstoodMail:
        async with asyncio.timeout(READING_TIMEOUT_S):
            return await asyncio.to_thread(self._understand, mail)

    async def _decide(self, mail: Mail, understood: UnderstoodMail, *, history: bool) -> Taken:
        if mail_review.is_irrelevant(mail, understood):
            return await self._record(mail, MailVerdict.IRRELEVANT, None, None, understood.facts.reasons)
        year = self._year_of(understood)
        why = mail_review.why_held(mail, understood, year)
        if why or year is None:
            if year is not None and await self._is_copy(mail, understood, year):
                return await self._record(mail, MailVerdict.COPY, None, None, ("published already",))
            return await self._hold(mail, understood, year or self._years.active, why, history=history)
        return await self._publish(mail, understood, year, history=history)

    async def _publish(self, mail: Mail, understood: UnderstoodMail, year: str, *, history: bool) -> Taken:
        if await self._is_copy(mail, understood, year):
            return await self._record(mail, MailVerdict.COPY, None, None, ("published already",))
        kind = understood.facts.kind
        if kind is NoticeKind.OFFER and understood.contribution is not None:
            return await self._publish_offer(mail, understood, understood.contribution, year, history=history)
        if kind is NoticeKind.POLICY and understood.graduating_year is not None:
            return await self._publish_policy(mail, understood, year, history=history)
        return await self._publish_notice(mail, understood, year, history=history)

    async def _publish_offer(
        self, mail: Mail, understood: UnderstoodMail, contribution: Contribution, year: str, *, history: bool
    ) -> Taken:
        await self._offer_book.contribute(contribution, year, archived=history)
        told = await self._offer_book.publish_pending()
        notice_id = await self._offer_book.notice_of(contribution, year)
        digest = await self._digest_of(mail, understood, year)
        await self._record(mail, MailVerdict.OFFER, digest, notice_id, understood.facts.reasons)
        return Taken(MailVerdict.OFFER, told.notices, told.archived)

    async def _publish_policy(self, mail: Mail, understood: UnderstoodMail, year: str, *, history: bool) -> Taken:
        notice = await self._policies.take_in(mail, understood, year, archived=history)
        digest = await self._digest_of(mail, understood, year)
        reasons = understood.facts.reasons
        await self._record(mail, MailVerdict.POLICY, digest, notice.id if notice else None, reasons)
        return Taken(MailVerdict.POLICY, int(notice is not None), int(notice is not None and notice.archived))

    async def _publish_notice(self, mail: Mail, understood: UnderstoodMail, year: str, *, history: bool) -> Taken:
        understood = await self._completed(mail, understood)
        job = await find_job(self._store.jobs, year, understood.facts)
        notice = mail_notice.notice_of_mail(mail, understood, year, job, self._now())
        notice = notice.model_copy(update={"archived": history})
        new = await publish(self._store, notice, self._stored)
        digest = await self._digest_of(mail, understood, year)
        await self._record(mail, MailVerdict.NOTICE, digest, notice.id, understood.facts.reasons)
        return Taken(MailVerdict.NOTICE, int(new), int(new and history))

    async def _completed(self, mail: Mail, understood: UnderstoodMail) -> UnderstoodMail:
        """Let the assistant fill what is empty; it decides neither about the kind nor about who is named."""
        facts = understood.facts
        if self._assistant is None or mail.distrust or facts.held:
            return understood
        filled = await self._assistant.fill(understood.title, understood.text, facts)
        kept = {"kind": facts.kind, "held": facts.held, "students": facts.students}
        return replace(understood, facts=filled.model_copy(update=kept))

    async def _hold(
        self, mail: Mail, understood: UnderstoodMail | None, year: str, why: tuple[str, ...], *, history: bool
    ) -> Taken:
        review = mail_review.held_review(mail, understood, year, why, self._now(), history=history)
        if await self._store.reviews.ask(review):
            log.info("review.asked", review=review.id, kind=review.kind, mail=mail.id)
        return await self._record(mail, MailVerdict.HELD, None, None, (f"see review {review.id}",))

    async def _is_copy(self, mail: Mail, understood: UnderstoodMail, year: str) -> bool:
        digest = await self._digest_of(mail, understood, year)
        other = await self._store.mails.by_digest(digest) if digest else None
        return other is not None and other.id != mail.id and self._now() - other.decided_at < COPY_WITHIN

    async def _digest_of(self, mail: Mail, understood: UnderstoodMail, year: str) -> str | None:
        return await asyncio.to_thread(mail_review.copy_digest, mail, understood, year)

    async def _record(
        self, mail: Mail, verdict: MailVerdict, digest: str | None, notice_id: NoticeId | None, reasons: tuple[str, ...]
    ) -> Taken:
        """Store that the mail is done. Only what was published has a digest: nothing else makes a later mail a copy."""
        said = tuple(reason.partition(", because")[0] for reason in reasons)  # what follows quotes the mail
        await self._store.mails.save(MailRecord(mail.id, verdict, digest, notice_id, said, self._now()))
        log.info("mail.taken", mail=mail.id, verdict=verdict)
        return Taken(verdict)

    def _year_of(self, understood: UnderstoodMail) -> str | None:
        return mail_notice.year_of_mail(understood.year, self._years.offered, self._years.active)

"""A mailbox in memory, the whole way that its mails take, and a process that can be killed between any two steps."""

import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from placement_alerts.core.mail import Arrival, Cursor, Mail
from placement_alerts.core.mail_understanding import UnderstoodMail, understand_mail
from placement_alerts.core.notice import Notice
from placement_alerts.core.review import Answer, Review
from placement_alerts.pipeline.alarms import Alarms
from placement_alerts.pipeline.mail_intake import MailPoll
from placement_alerts.pipeline.mail_taking import MailTaker, MailYears, SecondOpinion
from placement_alerts.pipeline.offer_book import OfferBook
from placement_alerts.pipeline.policies import Policies
from placement_alerts.pipeline.reports import IntakeReport
from placement_alerts.pipeline.reviewing import Reviewing
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.sources.base import Mailbox, MailboxSession
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_mail
from tests.pipeline.conftest import Hand

YEARS = (YEAR, "202627")
MEERA, KABIR, ASHA = "Meera Nair - 22103998", "Kabir Sethi - 9922102997", "Asha Rao - 22104001"
NEVER = 1_000_000_000  # calls: more than any test makes


class Killed(BaseException):
    """The process died here; nothing of ours may catch it."""


@dataclass
class Fuse:
    """Counts the calls that leave the process, and ends one of them. at: from 1.

    error: raised before the call, so that the process dies there; or after it, as when its answer is lost.
    """

    at: int = NEVER
    error: BaseException = field(default_factory=lambda: Killed())
    after: bool = False
    count: int = 0

    def guard(self, inner: Any) -> Any:
        """Return the object with every call counted, parts of it included."""
        return _Guarded(inner, self)


class _Guarded:
    def __init__(self, inner: Any, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if not callable(value):
            return _Guarded(value, self._fuse)

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fuse.count += 1
            number = self._fuse.count
            if number == self._fuse.at and not self._fuse.after:
                raise self._fuse.error
            result = await value(*args, **kwargs)
            if number == self._fuse.at:
                raise self._fuse.error
            return result

        return call if inspect.iscoroutinefunction(value) else value


@dataclass
class Box:
    """A mailbox with one folder, unless a test names another. seen: ids of the mails that are flagged.

    refuses: raised instead of a session; refuses_after: when all folders that can be opened are read.
    """

    name: str = "mailbox"
    arrivals: list[Arrival] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    refuses: Exception | None = None
    refuses_after: Exception | None = None
    fuse: Fuse = field(default_factory=Fuse)

    def get(self, *mails: Mail, folder: str = "INBOX", uidvalidity: int = 1) -> None:
        """Let these mails arrive."""
        for mail in mails:
            uid = 1 + sum(one.cursor.folder == folder for one in self.arrivals)
            cursor = Cursor(folder=folder, uidvalidity=uidvalidity, uid=uid)
            self.arrivals.append(Arrival(cursor=cursor, seen=False, mail=mail))

    @property
    def folders(self) -> list[str]:
        return list(dict.fromkeys(["INBOX", *(one.cursor.folder for one in self.arrivals)]))

    @asynccontextmanager
    async def session(self, now: datetime) -> AsyncIterator[MailboxSession]:
        if self.refuses is not None:
            raise self.refuses
        yield _Session(self)


@dataclass
class _Session:
    box: Box

    async def arrivals(self, cursors: Mapping[str, Cursor]) -> AsyncIterator[Arrival]:
        for arrival in list(self.box.arrivals):
            known = cursors.get(arrival.cursor.folder)
            same = known is not None and known.uidvalidity == arrival.cursor.uidvalidity
            if known is None or not same or arrival.cursor.uid > known.uid:
                yield arrival.model_copy(update={"seen": arrival.mail.id in self.box.seen})
        if self.box.refuses_after is not None:
            raise self.box.refuses_after

    async def settle(self, arrival: Arrival) -> None:
        await self.box.fuse.guard(self)._flag(arrival)

    async def _flag(self, arrival: Arrival) -> None:
        self.box.seen.add(arrival.mail.id)


class Office:
    """A mailbox with everything that its mails pass, as a process has it. start: as after a crash."""

    def __init__(self, store: Store, now: Hand, box: Box | None = None) -> None:
        self.real_store = store
        self.now = now
        self.box = box or Box()
        self.rung = 0
        self.understand: Callable[[Mail], UnderstoodMail] = understand_mail
        self.assistant: SecondOpinion | None = None
        self.aliases: dict[str, str] = {}
        self.max_mails = 500
        self.start()

    def start(self, fuse: Fuse | None = None) -> None:
        """Build everything anew. fuse: kills the process at one of its calls."""
        fuse = fuse or Fuse()
        self.box.fuse = fuse
        store = cast("Store", fuse.guard(self.real_store))
        self.stored = Flag()
        self.offer_book = OfferBook(store, self.stored, self.now, self.aliases, YEARS)
        policies = Policies(store, self.stored, self.now, announce=True)
        self.taker = MailTaker(
            store,
            self.stored,
            self.offer_book,
            policies,
            MailYears(YEAR, YEARS),
            self.now,
            assistant=self.assistant,
            understand=lambda mail: self.understand(mail),
        )
        self.alarms = Alarms(store, self.now, YEAR)
        self.poll = MailPoll(
            cast("Mailbox", self.box),
            store,
            self.taker,
            self.offer_book,
            self.now,
            timedelta(hours=24),
            self._ring,
            max_mails=self.max_mails,
            alarm=self.alarms.raise_once,
        )
        self.reviewing = Reviewing(store, self.taker, self.offer_book, self.now, timedelta(days=30))

    async def reads(self, *mails: Mail, **values: Any) -> IntakeReport:
        """Let mails arrive and poll once."""
        self.box.get(*mails, **values)
        return await self.poll.run_once(first=False)

    async def answers(self, answer: Answer, review: Review | None = None) -> None:
        """Let an admin answer the review, or the only open one, and carry it out."""
        review = review or await self.the_review()
        await self.real_store.reviews.answer(review.id, answer, "7", self.now())
        await self.reviewing.run_once()

    async def the_review(self) -> Review:
        (review,) = await self.real_store.reviews.open(10)
        return review

    async def notices(self) -> list[Notice]:
        return await self.real_store.notices.latest(None, 1000)

    async def titles(self) -> list[str]:
        return sorted(notice.title for notice in await self.notices())

    def _ring(self) -> None:
        self.rung += 1


def result(*students: str, identifier: str = "<m1@example.org>", company: str = "Brightwave Systems", **v: Any) -> Mail:
    """Return the final result of a company with these lines of its list."""
    lines = "\n".join(f"{number}. {line}" for number, line in enumerate(students or (MEERA,), 1))
    text = (
        f"Dear Students,\n\nCongratulations! The following students have been finally selected by {company} for the"
        f" role of Software Engineer. CTC: 11.5 LPA. Location: Noida.\n\n{lines}\n\nRegards,\nT and P Office\n"
    )
    return a_mail(identifier, **({"subject": f"Final result - {company}", "text": text} | v))


def closed(identifier: str = "<c1@example.org>", **values: Any) -> Mail:
    """Return an announcement."""
    text = "Dear all,\n\nThe placement office is closed on Friday because of a holiday.\n\nT and P Office\n"
    return a_mail(identifier, **({"subject": "Office closed on Friday", "text": text} | values))


def policy(identifier: str = "<p1@example.org>", **values: Any) -> Mail:
    """Return a mail with the placement policy of 2027."""
    text = "Placement policy for the batch of 2027.\n\n1. One offer each.\n2. A dream offer is above 12 LPA.\n"
    return a_mail(identifier, **({"subject": "Placement policy 2027 graduating batch", "text": text} | values))


def spam(identifier: str = "<s1@example.org>", **values: Any) -> Mail:
    """Return what every mailbox gets."""
    text = "New sign-in on your account. If this was not you, verify your account password."
    return a_mail(identifier, **({"subject": "Security alert", "text": text} | values))

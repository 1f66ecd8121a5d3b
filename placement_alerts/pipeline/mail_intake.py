r"""Mail intake: reads the mailbox from where it stopped and lets each mail be taken in, one after the other.

What a mail gives is stored first, then the mail's record, then it is flagged \Seen, then the cursor moves. Wherever the
process dies, the same mail comes again and nothing is stored twice (reference/mailbox.md, section 13).
"""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from placement_alerts.core.mail import Arrival, Cursor
from placement_alerts.core.mail_review import told_apart
from placement_alerts.errors import PeerNonsense, PeerRefused
from placement_alerts.pipeline.alarms import Alarm
from placement_alerts.pipeline.mail_taking import MailTaker, Taken
from placement_alerts.pipeline.offer_book import OfferBook
from placement_alerts.pipeline.reports import IntakeReport
from placement_alerts.sources.base import Mailbox, MailboxSession
from placement_alerts.store.base import Store
from placement_alerts.store.knowledge import MailVerdict

_NOT_NUMBERED = 0  # no UIDVALIDITY: no mail of the folder has been seen yet


@dataclass(slots=True)
class _Run:
    """What one poll carries along. since: when each folder was read for the first time. fresh: new mails."""

    report: IntakeReport
    since: dict[str, Cursor]
    fresh: int = 0


class MailPoll:
    """One mailbox with what takes its mails in.

    first_run: what came to a folder longer than that before we first read it is its history, told to no student.
    max_mails: new ones of one run, so that other work gets its turn; again: called when more wait. alarm: told when
    the mailbox refuses us.
    """

    def __init__(
        self,
        mailbox: Mailbox,
        store: Store,
        taker: MailTaker,
        offer_book: OfferBook,
        now: Callable[[], datetime],
        first_run: timedelta,
        again: Callable[[], None],
        *,
        max_mails: int,
        alarm: Alarm,
    ) -> None:
        self._mailbox = mailbox
        self._store = store
        self._taker = taker
        self._offer_book = offer_book
        self._now = now
        self._first_run = first_run
        self._again = again
        self._max_mails = max_mails
        self._alarm = alarm

    async def run_once(self, *, first: bool) -> IntakeReport:
        """Take in what arrived since the last poll. first: not used, folders remember it. Raises PeerError."""
        report, now = IntakeReport(self._mailbox.name), self._now()
        await self._offer_book.tidy()
        told = await self._offer_book.publish_pending()  # what a crash left
        report.notices, report.archived = told.notices, told.archived
        try:
            async with self._mailbox.session(now) as session:
                await self._take_all(_Run(report, await self._known_since(now)), session)
        except (PeerRefused, PeerNonsense) as error:
            name = self._mailbox.name
            await self._alarm(f"{name}:{error.error_class}", f"The {name} cannot be read", (str(error),))
            raise
        return report

    async def _take_all(self, run: _Run, session: MailboxSession) -> None:
        arrivals = session.arrivals(await self._store.mails.cursors(self._mailbox.name))
        try:
            async for arrival in arrivals:
                if run.fresh >= self._max_mails:
                    self._again()
                    return
                await self._take(run, arrival)
                await session.settle(arrival)
                await self._store.mails.save_cursor(self._mailbox.name, arrival.cursor)
        finally:
            if isinstance(arrivals, AsyncGenerator):
                await arrivals.aclose()

    async def _take(self, run: _Run, arrival: Arrival) -> None:
        run.report.items += 1
        mail = told_apart(arrival.mail)
        if await self._store.mails.get(mail.id) is not None:
            run.report.unchanged += 1
            return
        history = await self._is_history(run, arrival)
        run.fresh += 1
        _count(run.report, await self._taker.take(mail, history=history))

    async def _is_history(self, run: _Run, arrival: Arrival) -> bool:
        """Say whether a mail was there long before we were: nobody is told of it.

        It goes by when the folder was read first, whatever came of that: so what comes while we are down is told also
        if the folder was empty until then, or was not read to its end; and a folder that is added later floods nobody.
        """
        place = arrival.cursor
        since = run.since.get(place.folder)
        if since is None or since.uidvalidity != place.uidvalidity:
            since = run.since[place.folder] = await self._numbered(place, since)
            await self._store.mails.save_cursor(self._beginnings, since)
        return arrival.mail.received_at < datetime.fromtimestamp(since.uid, UTC) - self._first_run

    async def _numbered(self, place: Cursor, since: Cursor | None) -> Cursor:
        """Return the beginning of a folder whose UIDVALIDITY is not the one that we know.

        It was renumbered, or is of another account: what was there when we read the old one last is history or known.
        """
        if since is not None and since.uidvalidity == _NOT_NUMBERED:
            return since.model_copy(update={"uidvalidity": place.uidvalidity})
        read_at = (await self._store.sources.poll(self._mailbox.name)).last_success_at or self._now()
        return _beginning(place.folder, place.uidvalidity, read_at)

    async def _known_since(self, now: datetime) -> dict[str, Cursor]:
        """Return when each folder was read for the first time; now, and so it is kept, for one that never was."""
        known = await self._store.mails.cursors(self._beginnings)
        for folder in self._mailbox.folders:
            if folder not in known:
                known[folder] = _beginning(folder, _NOT_NUMBERED, now)
                await self._store.mails.save_cursor(self._beginnings, known[folder])
        return known

    @property
    def _beginnings(self) -> str:
        """The name under which it is kept when each folder was read for the first time."""
        return f"{self._mailbox.name}:since"


def _beginning(folder: str, uidvalidity: int, moment: datetime) -> Cursor:
    """Return when a folder was read first, as it is kept: a cursor with the time in seconds."""
    return Cursor(folder=folder, uidvalidity=uidvalidity, uid=int(moment.timestamp()))


def _count(report: IntakeReport, taken: Taken) -> None:
    report.notices += taken.notices
    report.archived += taken.archived
    report.offers += taken.verdict is MailVerdict.OFFER
    report.held += taken.verdict is MailVerdict.HELD
    report.irrelevant += taken.verdict is MailVerdict.IRRELEVANT
    report.unchanged += taken.verdict is MailVerdict.COPY
    if taken.failed is not None:
        report.rejected += 1
        report.failures += (f"a mail was held, because it could not be understood: {taken.failed}",)

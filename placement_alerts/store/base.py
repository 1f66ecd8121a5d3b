"""The repositories: what the project asks of a store, in its own words.

Rules for both implementations. A call that returns has made its effect durable. Times go in and come out as aware UTC,
cut to the millisecond. Every write may be repeated: it then changes nothing. Failures are StoreUnavailable (outcome
unknown), Duplicate, or a bug. Nothing from outside is ever part of a query but as a value.
"""

# longer than 300 lines, yet whole: `Store` and both implementations name every protocol here, and so do the callers

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType, Protocol

from placement_alerts.core.delivery import Delivery, DeliveryId, DeliveryState, Receipt
from placement_alerts.core.item import KnownItem, Rejected
from placement_alerts.core.job import Job, JobId
from placement_alerts.core.notice import Notice, NoticeId, NoticeKind
from placement_alerts.core.student import Address, AddressId, Joined, OffReason, Student, StudentId
from placement_alerts.store.access import (
    AuditRepository,
    DraftRepository,
    IdempotencyRepository,
    SessionRepository,
    SubscriptionRepository,
    TokenRepository,
    WebhookRepository,
)
from placement_alerts.store.knowledge import (
    MailRepository,
    OfferRepository,
    OfficialRepository,
    PolicyRepository,
    ReviewRepository,
)

OwnerId = NewType("OwnerId", str)
RequestId = NewType("RequestId", str)

REJECTED_KEPT = 1_000  # of each source
SECRET_BYTES = 32
_ID_BYTES = 12  # random ones never meet


def random_id() -> str:
    """Return a fresh id for what has none of its own: students and addresses."""
    return secrets.token_hex(_ID_BYTES)


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Which notices to list; None and empty: any. company: a company_key (core.matching).

    since, until: of published_at, inclusive and exclusive. open_at: only those whose effective deadline is not over.
    words: each must occur, whatever its case, in title, company or text; plain text, never a pattern.
    public: only those meant for everybody.
    """

    year: str | None = None
    kinds: tuple[NoticeKind, ...] = ()
    company: str | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    open_at: datetime | None = None
    words: tuple[str, ...] = ()
    public: bool = False


class NoticeRepository(Protocol):
    """Notices with the history of their revisions."""

    async def save(self, notice: Notice) -> bool:
        """Store a revision and make it the current one; archived notices count as planned, others await planning.

        Returns False, changing nothing, if that revision or a later one is stored already.
        """

    async def get(self, notice_id: NoticeId) -> Notice | None:
        """Return the current revision."""

    async def revisions(self, notice_id: NoticeId) -> list[Notice]:
        """Return every revision, oldest first."""

    async def latest(self, year: str | None, limit: int) -> list[Notice]:
        """Return current revisions, newest published first; of all years if None."""

    async def of_job(self, job_id: JobId) -> list[Notice]:
        """Return the current revisions of the notices whose `job` this is, oldest published first."""

    async def find(self, wanted: NoticeFilter, after: Notice | None, limit: int) -> list[Notice]:
        """Return a page of current revisions, newest published first, then by id; `after`: the last one before it."""

    async def dated(self, year: str | None, since: datetime, until: datetime, limit: int) -> list[Notice]:
        """Return current revisions whose effective deadline or `event_at` lies in the span, the earlier of them first.

        Withdrawn ones are included. until: exclusive.
        """

    async def is_planned(self, notice_id: NoticeId, revision: int) -> bool:
        """Say whether all deliveries of this revision are stored; True too if a newer one took its place."""

    async def unplanned(self, limit: int) -> list[Notice]:
        """Return current revisions whose deliveries are not all planned, urgent ones first, then oldest stored."""

    async def mark_planned(self, notice_id: NoticeId, revision: int) -> None:
        """Say that all deliveries of this revision are stored. A newer revision stays unplanned."""

    async def counts(self) -> dict[str, int]:
        """Return how many notices there are of each kind (current revisions, archived ones included)."""


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list; None and empty: any. company: a company_key. open_at: only those with a deadline after it.

    words: each must occur, whatever its case, in title, company or location; plain text, never a pattern.
    """

    year: str | None = None
    company: str | None = None
    open_at: datetime | None = None
    words: tuple[str, ...] = ()


class JobRepository(Protocol):
    """The portal's jobs as last read."""

    async def save(self, job: Job) -> None:
        """Store the job, replacing what was known of it."""

    async def get(self, job_id: JobId) -> Job | None:
        """Return the job."""

    async def of_company(self, year: str, company_key: str) -> list[Job]:
        """Return the jobs of a company in a year. company_key: from core.matching.company_key."""

    async def find(self, wanted: JobFilter, after: Job | None, limit: int) -> list[Job]:
        """Return a page: latest deadline first, those without one last, then by id; `after`: the last one before it."""

    async def count(self) -> int:
        """Return how many jobs there are."""


class StudentRepository(Protocol):
    """Students and their addresses."""

    async def join(
        self, channel: str, value: str, year: str, names: Mapping[str, str | None], now: datetime
    ) -> tuple[Joined, Student]:
        """Make sure that this address has a student and is on; say what was found.

        names: first_name, last_name, username; they replace the stored ones. year: only for a new student.
        """

    async def add(self, student: Student) -> None:
        """Store a student without addresses: a browser that nobody has linked yet."""

    async def attach(self, student_id: StudentId, channel: str, value: str, now: datetime) -> Address | None:
        """Make sure that this student has the address and it is on; taken over if it was another's, its id kept.

        None if there is no such student.
        """

    async def merge(self, other: StudentId, student_id: StudentId) -> bool:
        """Give all addresses of `other` to the student, then forget `other`; False if one of the two is unknown.

        What the student lacks of enrollment, calendar, branch and CGPA is taken over. May be repeated after a crash in
        between.
        """

    async def set_profile(self, student_id: StudentId, year: str, branch: str | None, cgpa: float | None) -> bool:
        """Store what the student says of themselves; False if there is no such student."""

    async def set_calendar(self, student_id: StudentId, calendar_hash: str | None) -> bool:
        """Store the hash of their calendar's token, or forget it; False if there is no such student."""

    async def by_calendar(self, calendar_hash: str) -> Student | None:
        """Return the student with that calendar."""

    async def find(self, year: str | None, after: StudentId | None, limit: int) -> list[Student]:
        """Return a page of students with all addresses, of all years if None, by id."""

    async def switch_off(self, address_id: AddressId, reason: OffReason) -> bool:
        """Switch the address off; False if it was off already (its reason then stays)."""

    async def switch_on(self, address_id: AddressId, now: datetime) -> bool:
        """Switch the address on from `now`; False if it was on already."""

    async def move(self, address_id: AddressId, value: str) -> None:
        """Give the address another value; switches it off as GONE if another address has that value already."""

    async def enroll(self, student_id: StudentId, key: str | None, hint: str | None) -> bool:
        """Store the student's enrollment key and hint, or forget them (None); False if another student has that key."""

    async def by_enrollments(self, keys: Collection[str]) -> list[Student]:
        """Return the students with these enrollment keys, of any year, with all addresses, by id."""

    async def by_address(self, channel: str, value: str) -> Student | None:
        """Return the student with that address, all addresses included."""

    async def get(self, student_id: StudentId) -> Student | None:
        """Return the student with all addresses."""

    async def of_year(self, year: str, after: StudentId | None, limit: int) -> list[Student]:
        """Return a page of a year's students with their addresses, by id; `after`: the last id of the page before."""

    async def forget_unreachable(self, before: datetime, limit: int) -> int:
        """Forget students who joined before then, whom nothing reaches and who come back to nothing; return how many.

        Those are browsers that nobody linked: no name, enrollment or calendar, no address but of web push, none that is
        on, and no stored session. Their deliveries stay. limit: at most so many; the longest here go first.
        """

    async def counts(self) -> dict[str, int]:
        """Return `total`, `active` (an address is on) and `inactive` students."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish for due deliveries of one channel.

    token: fresh for every wish, the same when it is repeated after StoreUnavailable; what it holds then is returned.
    resting: targets that get nothing now. Of one target at most one delivery is returned.
    """

    channel: str
    owner: OwnerId
    token: str
    limit: int
    now: datetime
    resting: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries to list or retry; None: any."""

    state: DeliveryState | None = None
    channel: str | None = None
    notice_id: NoticeId | None = None
    student_id: StudentId | None = None
    error_class: str | None = None


class DeliveryRepository(Protocol):
    """Deliveries. Every move keeps to the table in core/delivery.py."""

    async def plan(self, deliveries: Sequence[Delivery]) -> int:
        """Store those that are not there yet, in one commit; return how many were new. Others stay as they are."""

    async def exchange(self, receipts: Sequence[Receipt], claim: Claim | None) -> list[Delivery]:
        """Record the receipts, then claim; both durable on return (one commit where the store can).

        Claimed rows are SENDING with the claim's owner and token; best priority first, then due_at, then id.
        A receipt whose lease is gone is dropped.
        """

    async def close_waiting(self, notice_id: NoticeId, below_revision: int, state: DeliveryState) -> int:
        """Move waiting deliveries of earlier revisions to SUPERSEDED or WITHDRAWN; return how many."""

    async def close_address(self, address_id: AddressId, error_class: str, now: datetime) -> int:
        """Refuse every waiting delivery of an address that was switched off; return how many."""

    async def retarget(self, address_id: AddressId, target: str) -> None:
        """Give waiting deliveries of an address their new target."""

    async def of_address(self, notice_id: NoticeId, address_id: AddressId) -> list[Delivery]:
        """Return the deliveries of all revisions of a notice to one address, oldest revision first."""

    async def of_students(self, notice_id: NoticeId, students: Collection[StudentId]) -> list[Delivery]:
        """Return the deliveries of all revisions of a notice to these students, by id."""

    async def last_states(self, address_id: AddressId, limit: int) -> list[DeliveryState]:
        """Return the states of an address's latest SENT, SEEN, REFUSED and DEAD deliveries, newest first."""

    async def mark_seen(self, notice_id: NoticeId, student_id: StudentId, now: datetime) -> int:
        """Move the student's SENT deliveries of the notice to SEEN; return how many."""

    async def mark_shown(self, delivery_id: DeliveryId, now: datetime) -> bool:
        """Store that the student's device shows it; the first time stays. False if there is no such delivery."""

    async def last_sent_at(self, address_id: AddressId) -> datetime | None:
        """Return when the address last got something."""

    async def of_student(self, student_id: StudentId, after: Delivery | None, limit: int) -> list[Delivery]:
        """Return a page of the student's deliveries, latest planned first; `after`: the last one of the page before."""

    async def counts_of(self, notice_id: NoticeId) -> dict[tuple[str, DeliveryState], int]:
        """Return how many of the notice's deliveries, latest revision of each student and channel, are in each state.

        Students who get nothing count under the channel "".
        """

    async def free(self, owners: Collection[OwnerId], now: datetime) -> int:
        """Make what dead owners were sending due again, each marked possibly_delivered and one attempt more."""

    async def next_due(self, channel: str) -> datetime | None:
        """Return the earliest due_at of the channel's waiting deliveries."""

    async def get(self, delivery_id: DeliveryId) -> Delivery | None:
        """Return the delivery."""

    async def find(self, wanted: DeliveryFilter, after: Delivery | None, limit: int) -> list[Delivery]:
        """Return a page of matching deliveries, latest planned first; `after`: the last one of the page before."""

    async def retry(self, ids: Collection[DeliveryId], now: datetime) -> int:
        """Make ended deliveries (REFUSED, DEAD, EXPIRED) due again with fresh attempts; return how many."""

    async def counts(self) -> dict[tuple[str, DeliveryState], int]:
        """Return how many deliveries there are of each channel and state."""


@dataclass(frozen=True, slots=True)
class PollState:
    """How a source is doing. error_class, error: of the last poll; None when it went well."""

    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    failures_in_a_row: int = 0
    error_class: str | None = None
    error: str | None = None
    items: int = 0
    rejected: int = 0


class SourceRepository(Protocol):
    """What is known of the sources' items, and how their polls went."""

    async def known(self, source: str) -> dict[str, KnownItem]:
        """Return every item that is remembered, by key."""

    async def remember(self, source: str, items: Sequence[KnownItem]) -> None:
        """Store these items, replacing what was known of them, in bulk."""

    async def poll(self, source: str) -> PollState:
        """Return how the last poll went; a fresh PollState for a source that was never polled."""

    async def save_poll(self, source: str, state: PollState) -> None:
        """Store how a poll went."""

    async def reject(self, source: str, rejected: Sequence[Rejected], now: datetime) -> None:
        """Keep aside what could not be read; the same element is kept once. At most the newest REJECTED_KEPT."""

    async def rejected(self, source: str, limit: int) -> list[Rejected]:
        """Return what was kept aside, newest first."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that works on this store. home: identifies machine and pid namespace; beat counts up while it lives."""

    owner: OwnerId
    home: str
    pid: int
    started: int
    beat: int


class ProcessRepository(Protocol):
    """Which processes work on this store, and which of them holds which duty."""

    async def beat(self, process: Process) -> None:
        """Store the process's own row."""

    async def all(self) -> list[Process]:
        """Return every row."""

    async def remove(self, owners: Collection[OwnerId]) -> None:
        """Forget processes and the duties they hold."""

    async def take(self, duty: str, owner: OwnerId) -> bool:
        """Hold a duty that one process has at a time; True if `owner` has it now. Never takes it from another."""

    async def drop(self, duty: str, owner: OwnerId) -> None:
        """Give a duty back."""

    async def holder(self, duty: str) -> OwnerId | None:
        """Return who holds the duty."""


class RequestState(StrEnum):
    """How far a request to the running process is."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Request:
    """Something a one-shot command asks the running process to do.

    kind: "update", "send". args: small JSON. progress: one line for a person. result: JSON when DONE.
    """

    id: RequestId
    kind: str
    args: Mapping[str, Any]
    state: RequestState
    asked_at: datetime
    progress: str = ""
    result: Mapping[str, Any] | None = None


class RequestRepository(Protocol):
    """Requests of one-shot commands to the running process."""

    async def ask(self, request: Request) -> None:
        """Store a request."""

    async def take(self) -> Request | None:
        """Return the oldest ASKED request, now RUNNING; each is taken once."""

    async def report(self, request: Request) -> None:
        """Store progress, result and state."""

    async def get(self, request_id: RequestId) -> Request | None:
        """Return a request."""

    async def clean(self, before: datetime) -> None:
        """Forget requests asked before then."""


class Store(Protocol):
    """Everything that is kept. Opened by `store.open_store`; `close` is awaited last."""

    @property
    def notices(self) -> NoticeRepository: ...
    @property
    def jobs(self) -> JobRepository: ...
    @property
    def students(self) -> StudentRepository: ...
    @property
    def deliveries(self) -> DeliveryRepository: ...
    @property
    def sources(self) -> SourceRepository: ...
    @property
    def processes(self) -> ProcessRepository: ...
    @property
    def requests(self) -> RequestRepository: ...
    @property
    def mails(self) -> MailRepository: ...
    @property
    def reviews(self) -> ReviewRepository: ...
    @property
    def offers(self) -> OfferRepository: ...
    @property
    def policies(self) -> PolicyRepository: ...
    @property
    def official(self) -> OfficialRepository: ...
    @property
    def sessions(self) -> SessionRepository: ...
    @property
    def tokens(self) -> TokenRepository: ...
    @property
    def subscriptions(self) -> SubscriptionRepository: ...
    @property
    def answers(self) -> IdempotencyRepository: ...
    @property
    def webhooks(self) -> WebhookRepository: ...
    @property
    def drafts(self) -> DraftRepository: ...
    @property
    def audit(self) -> AuditRepository: ...

    async def secret(self, name: str) -> bytes:
        """Return 32 random bytes that this store keeps under that name, made at the first call; the same ever after."""

    async def ping(self) -> None:
        """Return if the store answers within a second. Raises StoreUnavailable."""

    async def describe(self) -> str:
        """Return one line for `check`: what store this is and its version; no credentials."""

    async def close(self) -> None:
        """Finish and release everything."""

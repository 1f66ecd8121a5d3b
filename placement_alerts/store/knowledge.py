"""The repositories of what mails and pages say: mails, reviews, offers, policies, the official page.

The rules of store/base.py hold here too. Documents are stored whole; an id is never made from the clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from placement_alerts.core.mail import Cursor, MailId
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.offer import Offer, OfferId
from placement_alerts.core.official import BatchRecord, Snapshot, Validators
from placement_alerts.core.policy import Policy
from placement_alerts.core.review import Answer, Review, ReviewId


class MailVerdict(StrEnum):
    """What became of a mail."""

    NOTICE = "notice"
    OFFER = "offer"
    POLICY = "policy"
    HELD = "held"
    IRRELEVANT = "irrelevant"
    COPY = "copy"  # of a mail that was taken in before
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class MailRecord:
    """That a mail is done, and why so. Holds no text, no name, no address.

    digest: of the innermost text with the company and the students, so that a copy is found; None: no copy counts.
    notice_id: what was published, if anything.
    """

    id: MailId
    verdict: MailVerdict
    digest: str | None
    notice_id: NoticeId | None
    reasons: tuple[str, ...]
    decided_at: datetime


class MailRepository(Protocol):
    """Which mails are done, and how far the folders were read."""

    async def save(self, record: MailRecord) -> None:
        """Store the record, replacing what was known of the mail."""

    async def get(self, mail_id: MailId) -> MailRecord | None:
        """Return the record."""

    async def by_digest(self, digest: str) -> MailRecord | None:
        """Return the record that was decided last among those of this digest."""

    async def counts(self) -> dict[str, int]:
        """Return how many mails there are of each verdict."""

    async def cursors(self, source: str) -> dict[str, Cursor]:
        """Return how far each folder was read, by folder."""

    async def save_cursor(self, source: str, cursor: Cursor) -> None:
        """Store how far a folder was read."""


class ReviewRepository(Protocol):
    """What the admins have to look at."""

    async def ask(self, review: Review) -> bool:
        """Store a review; False, changing nothing, if there is one of that id already."""

    async def get(self, review_id: ReviewId) -> Review | None:
        """Return the review."""

    async def open(self, limit: int) -> list[Review]:
        """Return reviews without an answer, oldest first."""

    async def untold(self, limit: int) -> list[Review]:
        """Return open reviews that the admins were not told of, oldest first."""

    async def mark_told(self, review_id: ReviewId) -> None:
        """Say that the admins were told."""

    async def answer(self, review_id: ReviewId, answer: Answer, by: str, now: datetime) -> bool:
        """Store the answer to an open review; False if it was answered already or is not there."""

    async def answered(self, limit: int) -> list[Review]:
        """Return reviews that are answered and not done, oldest answer first."""

    async def mark_done(self, review_id: ReviewId) -> None:
        """Say that the answer was carried out, and forget mail and facts."""


class OfferRepository(Protocol):
    """Offers, one for each company and year, and which company names mean the same."""

    async def get(self, year: str, company_key: str) -> Offer | None:
        """Return the offer."""

    async def save(self, offer: Offer) -> bool:
        """Store the offer if the stored version is `offer.version - 1` (1: none is stored); False if it is not."""

    async def remove(self, offer_id: OfferId, version: int) -> bool:
        """Remove the offer if it has this version: it was merged into another."""

    async def of_year(self, year: str) -> list[Offer]:
        """Return all offers of a year, by company key."""

    async def with_pending(self, limit: int) -> list[Offer]:
        """Return offers that have events to publish, by id."""

    async def aliases(self) -> dict[str, str]:
        """Return company keys that an admin declared to mean another: alias -> kept key."""

    async def add_alias(self, alias: str, kept: str) -> None:
        """Declare that two company keys mean one company."""


class PolicyRepository(Protocol):
    """Placement policies with their versions."""

    async def save(self, policy: Policy) -> bool:
        """Store a version; False if (year, version) is taken."""

    async def latest(self, year: int) -> Policy | None:
        """Return the version in force."""

    async def versions(self, year: int) -> list[Policy]:
        """Return every version, oldest first."""

    async def years(self) -> list[int]:
        """Return the graduating years that have a policy, newest first."""


class OfficialRepository(Protocol):
    """The official page: snapshots, one record for each batch, validators."""

    async def newest(self) -> Snapshot | None:
        """Return the newest snapshot."""

    async def save(self, snapshot: Snapshot) -> None:
        """Store a snapshot; one with the newest one's hash replaces it, so that only its times move."""

    async def snapshots(self, limit: int) -> list[Snapshot]:
        """Return snapshots, newest first."""

    async def batches(self) -> list[BatchRecord]:
        """Return every batch's record, in the order of `newest_name_first`."""

    async def save_batches(self, records: Sequence[BatchRecord]) -> None:
        """Store these records, each replacing the one of its batch name."""

    async def validators(self) -> Validators | None:
        """Return what the server gave at the last successful fetch."""

    async def save_validators(self, validators: Validators) -> None:
        """Store what the server gave."""


def newest_name_first(records: Iterable[BatchRecord]) -> list[BatchRecord]:
    """Return the batches that are named by a year, newest first, then those without one."""
    return sorted(records, key=lambda record: (record.batch.name.isdigit(), record.batch.name), reverse=True)

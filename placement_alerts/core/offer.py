"""An offer: what a company gave to students of one placement year, merged from every mail that says so.

The record is a fold of its contributions (core/offers.py), so a merge can be explained, undone and repeated. All
packages are LPA, stipends rupees a month (reference/offers-and-statistics.md, sections 1 to 3).
"""

from enum import StrEnum
from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime
from placement_alerts.core.mail import MailId
from placement_alerts.core.notice import Change

OfferId = NewType("OfferId", str)


class OfferRole(Frozen):
    """A post that was given. details: breakdown, conditions, as written."""

    role: str | None
    package_lpa: float | None = None
    stipend_per_month: int | None = None
    details: str | None = None


class OfferStudent(Frozen):
    """A student who was chosen. enrollment: without spaces, upper case.

    offered_at: when the first mail that named them was sent. inferred: names of fields that no row said, but follow
    from the rest of the mail (one role for all).
    """

    name: str
    enrollment: str | None = None
    role: str | None = None
    package_lpa: float | None = None
    location: str | None = None
    joining_date: str | None = None
    offered_at: UtcDatetime
    inferred: tuple[str, ...] = ()


class Contribution(Frozen):
    """What one mail or portal notice says of one company's offers: the evidence, never the raw mail.

    mail_id: of the mail, or the id of the portal's notice. author: a name. joining_date: ISO when certain, else as
    written. evidence: the lines that were matched, shortened, without contact data.
    """

    mail_id: MailId
    message_id: str | None = None
    subject: str
    author: str | None = None
    sent_at: UtcDatetime
    company: str
    roles: tuple[OfferRole, ...]
    students: tuple[OfferStudent, ...]
    locations: tuple[str, ...] = ()
    joining_date: str | None = None
    additional_info: str | None = None
    internship_only: bool = False
    evidence: tuple[str, ...] = ()


class OfferEventKind(StrEnum):
    """What happened to an offer (reference/offers-and-statistics.md, section 3)."""

    NEW = "new_offer"
    MORE_STUDENTS = "update_offer"
    CHANGED = "changed_offer"


class OfferEvent(Frozen):
    """Something to tell. It waits inside the offer until its notice is stored.

    id: from year, company key and mail id. students: all for NEW, only those who are new else. identified: who was
    known by name alone, and now has a number by which they can be told. archived: the mail is history, so the notice
    is delivered to nobody. total_students: at the company, after it.
    """

    id: str
    kind: OfferEventKind
    mail_id: MailId
    sent_at: UtcDatetime
    author: str | None = None
    students: tuple[OfferStudent, ...] = ()
    identified: tuple[OfferStudent, ...] = ()
    changes: tuple[Change, ...] = ()
    total_students: int
    archived: bool = False


class Offer(Frozen):
    """One company's offers in one placement year. Unique by year and company key.

    version: raised by every write; a write names the version it started from. roles to sent_at: folded from the
    contributions. lowered: package values that came later and were lower, in words, for the admin.
    """

    id: OfferId
    year: str
    company: str
    company_key: str
    version: int = 1
    contributions: tuple[Contribution, ...]
    pending: tuple[OfferEvent, ...] = ()
    roles: tuple[OfferRole, ...] = ()
    students: tuple[OfferStudent, ...] = ()
    locations: tuple[str, ...] = ()
    joining_date: str | None = None
    additional_info: str | None = None
    internship_only: bool = False
    subject: str = ""
    author: str | None = None
    sent_at: UtcDatetime
    lowered: tuple[str, ...] = ()

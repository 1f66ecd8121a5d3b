"""A review: something that a person of the office has to look at, with the answers that are possible."""

from enum import StrEnum
from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime
from placement_alerts.core.mail import Mail
from placement_alerts.core.notice import Facts

ReviewId = NewType("ReviewId", str)


class ReviewKind(StrEnum):
    """What is asked."""

    HELD_MAIL = "held_mail"  # may it be published?
    SAME_COMPANY = "same_company"  # do two names mean one company?
    ALARM = "alarm"  # something is broken; nothing to answer but that it was seen


class Answer(StrEnum):
    """What an admin can say."""

    RELEASE = "release"
    DISCARD = "discard"
    SAME = "same"
    DIFFERENT = "different"
    NOTED = "noted"


class AnsweredBy(StrEnum):
    """Who answers without being an admin in the bot."""

    CLI = "cli"
    TIME = "time"  # nobody did before it ran out


ANSWERS = {
    ReviewKind.HELD_MAIL: (Answer.RELEASE, Answer.DISCARD),
    ReviewKind.SAME_COMPANY: (Answer.SAME, Answer.DIFFERENT),
    ReviewKind.ALARM: (Answer.NOTED,),
}


class Review(Frozen):
    """A question to the admins. Open until answered; then carried out by the pipeline, and `done`.

    id: from what it is about, so that it is asked once; short enough for a button. title, reasons: one line each,
    shown to admins. year: placement year of a held mail or of the companies.
    mail, facts: of a held mail, until it is done. companies: (key, key) of SAME_COMPANY, the kept one first.
    told: the admins were told of it. answered_by: a Telegram user id in decimal, or one of AnsweredBy.
    """

    id: ReviewId
    kind: ReviewKind
    title: str
    reasons: tuple[str, ...] = ()
    year: str
    asked_at: UtcDatetime
    mail: Mail | None = None
    facts: Facts | None = None
    companies: tuple[str, str] | None = None
    told: bool = False
    answer: Answer | None = None
    answered_by: str | None = None
    answered_at: UtcDatetime | None = None
    done: bool = False

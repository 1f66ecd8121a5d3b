"""What a mail says: its own words without quoted mails and footers, who wrote them, and what follows from them."""

from dataclasses import dataclass

from placement_alerts.core.frozen import UtcDatetime
from placement_alerts.core.notice import Facts
from placement_alerts.core.offer import Contribution


@dataclass(frozen=True, slots=True)
class UnderstoodMail:
    """A mail, understood.

    facts: `held` says why a person should look although the sender may be trusted (contradictory or incomplete
    evidence, a list that could not be read, an unknown year); whether the sender is trusted stands in the mail alone.
    title: the innermost subject without prefixes and list tags. text, html: what a notice shows: own words without
    quoted mails, footers, header lines of forwarded blocks and contact data of students, rows of attachments as lines;
    html is sanitised. author: a name, never an address. sent_at: of the innermost mail.
    year: placement year that a plus-alias of the recipients names, "202526"; None without one.
    graduating_year: of a policy. contribution: what it says of a final result, set exactly when `facts.kind` is OFFER
    and nothing that an offer must have is missing. digest: of the innermost text with company and students.
    """

    facts: Facts
    title: str
    text: str
    html: str
    author: str | None
    sent_at: UtcDatetime
    year: str | None
    graduating_year: int | None
    contribution: Contribution | None
    digest: str

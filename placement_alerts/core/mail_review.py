"""Why a mail has to wait for a person, and the question that is asked about it."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2s
from typing import Any

from placement_alerts.core.enrollment import ENROLLMENT
from placement_alerts.core.ids import derived_id
from placement_alerts.core.mail import Attachment, Mail, MailId
from placement_alerts.core.mail_understanding import UnderstoodMail
from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.review import Review, ReviewId, ReviewKind

# what is kept of a held mail: far more than any real one has, far less than a store's document may be
TEXT_KEPT = 200_000  # characters of its text, and of its HTML
CELLS_KEPT = 200_000  # characters of the rows of all attachments together
ATTACHMENTS_KEPT = 50
_TITLE_LIMIT = 150  # characters
_REASON_LIMIT = 300

# stands among the reasons, and says to an admin what a release will do
HISTORY = "it is older than the first reading of this mailbox: if released, it is kept for reading and sent to nobody"


def review_id(mail_id: MailId) -> ReviewId:
    """Return the id of the question about a held mail."""
    return ReviewId(derived_id("h", mail_id))


def told_apart(mail: Mail) -> Mail:
    """Return the mail as it is known: under an id of another kind if its sender is not trusted.

    A stranger may give a mail any Message-ID, that of the office's next mail too, which must not count as done then.
    """
    return mail.model_copy(update={"id": MailId(f"untrusted {mail.id}")}) if mail.distrust else mail


def why_held(mail: Mail, understood: UnderstoodMail, year: str | None) -> tuple[str, ...]:
    """Return why a person has to look before this is published; empty if nobody has to.

    year: None if the mail names one that is not configured.
    """
    return tuple(_why_held(mail, understood, year))


def is_irrelevant(mail: Mail, understood: UnderstoodMail) -> bool:
    """Say whether a mail is dropped without a question, whoever sent it.

    A mailbox gets spam every day; a question about each would bury those that matter. Where the mail could not be read
    whole, or the evidence is contradictory, its kind is not certain enough for that.
    """
    return understood.facts.kind is NoticeKind.IRRELEVANT and not mail.damaged and not understood.facts.held


def held_review(
    mail: Mail, understood: UnderstoodMail | None, year: str, why: tuple[str, ...], now: datetime, *, history: bool
) -> Review:
    """Return the question. understood: None if the rules failed on the mail. history: nobody need be woken by it."""
    reasons = (*why, HISTORY) if history else why
    return Review(
        id=review_id(mail.id),
        kind=ReviewKind.HELD_MAIL,
        title=_cut(mail.subject, _TITLE_LIMIT) or "(no subject)",
        reasons=tuple(_cut(reason, _REASON_LIMIT) for reason in reasons),
        year=year,
        asked_at=now,
        mail=bounded(mail),
        facts=understood.facts if understood else None,
        told=history,
    )


def copy_digest(mail: Mail, understood: UnderstoodMail, year: str) -> str | None:
    """Return what all copies of a mail have in common; None if nothing can tell. Slow for long lists: use a thread.

    A mail to the students of two years is no copy of itself, nor is a reminder one of what it reminds of; "tomorrow" is
    another day in the same words sent again; and files may differ although the words around them are the same: those
    that nobody could read, and lists, in which a package or a time was corrected.
    """
    if not understood.digest:
        return None
    facts = understood.facts
    files = [f"{one.name} {one.size_bytes}" for one in mail.attachments if one.unread]
    files += [_digest_of_rows(one) for one in mail.attachments if _is_list(one)]
    title = "".join(filter(str.isalnum, understood.title.casefold()))
    times = [moment.isoformat() for moment in (facts.deadline, facts.event_at) if moment]
    parts = [year, facts.kind, understood.digest, title, *times, *files]
    return blake2s("\n".join(parts).encode(errors="replace"), digest_size=16).hexdigest()


def scrubbed(mail: Mail) -> Mail:
    """Return the mail without what no store can keep: halves of surrogate pairs, wherever they come from."""
    return Mail.model_validate(_scrubbed(mail.model_dump()))


def bounded(mail: Mail) -> Mail:
    """Return the mail as it is kept while it is held."""
    kept = {
        "text": mail.text[:TEXT_KEPT],
        "html": mail.html[:TEXT_KEPT],
        "attachments": tuple(_bounded_files(mail.attachments[:ATTACHMENTS_KEPT])),
    }
    return mail.model_copy(update=kept)


def _why_held(mail: Mail, understood: UnderstoodMail, year: str | None) -> Iterator[str]:
    facts = understood.facts
    if mail.distrust:
        yield mail.distrust
    if mail.damaged:
        yield mail.damaged
    if facts.held and not (mail.damaged and mail.damaged in facts.held):
        yield facts.held
    if year is None:
        yield f"it is addressed to the placement year {understood.year}, which is not in years.offered"
    if facts.kind is NoticeKind.POLICY and understood.graduating_year is None and not facts.held:
        yield "it does not say for which graduating year this policy is"
    if facts.kind is NoticeKind.OFFER and understood.contribution is None and not facts.held:
        yield "it tells a final result, but company, students or package are missing"


def _is_list(attachment: Attachment) -> bool:
    return any(ENROLLMENT.search(" | ".join(row)) for row in attachment.rows)


def _digest_of_rows(attachment: Attachment) -> str:
    rows = "\n".join("\t".join(row) for row in attachment.rows)
    return blake2s(rows.encode(errors="replace"), digest_size=16).hexdigest()


def _bounded_files(attachments: tuple[Attachment, ...]) -> Iterator[Attachment]:
    left = CELLS_KEPT
    for one in attachments:
        rows = []
        for row in one.rows:
            left -= sum(len(cell) + 1 for cell in row)
            if left < 0:
                break
            rows.append(row)
        whole = len(rows) == len(one.rows)
        yield one if whole else one.model_copy(update={"rows": tuple(rows), "unread": "too long to be kept whole"})


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {key: _scrubbed(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_scrubbed(one) for one in value)
    return value


def _cut(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"

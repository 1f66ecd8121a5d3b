"""What a mail says: its own words without quoted mails and footers, who wrote them, and what follows from them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b

from placement_alerts.core.contributions import contribution_of, missing
from placement_alerts.core.document import Text
from placement_alerts.core.extract.students import MOST_STUDENTS
from placement_alerts.core.frozen import UtcDatetime, to_utc_ms
from placement_alerts.core.mail import Mail
from placement_alerts.core.mailtext.alias import years_of
from placement_alerts.core.mailtext.attached import MOST_ROWS
from placement_alerts.core.mailtext.contacts import lines_without_contacts, without_contacts
from placement_alerts.core.mailtext.content import Content, read_content
from placement_alerts.core.mailtext.markup import to_html
from placement_alerts.core.mailtext.subjects import year_in_tags
from placement_alerts.core.matching import company_key
from placement_alerts.core.notice import Facts, ListedStudent, NoticeKind
from placement_alerts.core.offer import Contribution
from placement_alerts.core.relevance import Surroundings
from placement_alerts.core.understanding import understand

POLICY_YEARS = range(2020, 2041)
_LONGEST_TEXT = 60_000  # characters that are shown

_K = NoticeKind
_GRADUATING = re.compile(
    r"\b(?:(?P<a>20\d\d)(?:\s*-\s*\d\d)? (?:graduating|passing[- ]out|pass[- ]?outs?|batch(?:es)?)"
    r"|polic(?:y|ies)(?: for)?(?: the)?(?: batch(?: of)?)?[\s:–—-]{1,4}(?P<b>20\d\d)(?!\s?[-–/]\s?\d)"
    r"|(?:batch(?:es)?|graduating (?:class|batch)(?:es)?|class|passing[- ]out(?: in)?|graduating in)"
    r"(?: of| in)?[\s:–—-]{1,4}(?P<c>20\d\d))\b",
    re.IGNORECASE,
)
_LIST_ATTACHED = re.compile(
    r"\b(?:attach\w*|enclosed|pfa|annexure)\b[^.]{0,80}\b(?:list|sheet|names?|students|candidates|result|excel|xlsx?|pdf)\b"
    r"|\b(?:list|sheet|names|students|candidates|result|excel|xlsx|pdf)\b[^.]{0,80}\b(?:attach\w*|enclosed|annexure)\b",
    re.IGNORECASE,
)


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


def understand_mail(mail: Mail, *, known_companies: Iterable[str] = ()) -> UnderstoodMail:
    """Return what a mail says. Pure and bounded: every mail gives an answer.

    known_companies: names to prefer where the mail uses another spelling or a shorter form of one.
    """
    content = read_content(mail)
    sent_at = to_utc_ms(content.sent_at)
    text = content.text
    facts = understand(text, sent_at, known_companies=known_companies, around=_surroundings(mail, content))
    years = years_of(mail.recipients)
    graduating = _graduating_year(text) if facts.kind is _K.POLICY else None
    facts = facts.model_copy(
        update={
            "author": None if facts.kind is _K.IRRELEVANT else content.author,
            "held": _why_held(mail, content, facts, years, graduating),
            "reasons": tuple(lines_without_contacts(facts.reasons, facts.students)),
        }
    )
    title = text.title or _title_of(facts)
    contribution = contribution_of(
        facts,
        text,
        mail_id=mail.id,
        message_id=mail.message_id,
        subject=title,
        author=content.author,
        sent_at=sent_at,
    )
    return UnderstoodMail(
        facts=facts,
        title=title,
        text="\n".join(lines_without_contacts(content.shown, facts.students))[:_LONGEST_TEXT],
        html=_html(text, facts.students),
        author=content.author,
        sent_at=sent_at,
        year=years[0] if len(years) == 1 else None,
        graduating_year=graduating,
        contribution=contribution,
        digest=_digest(content, facts),
    )


def _surroundings(mail: Mail, content: Content) -> Surroundings:
    return Surroundings(
        bulk=mail.bulk,
        footer=content.footer,
        has_list=mail.list_id is not None,
        own_words=content.own_words,
        is_answer=content.is_answer,
        senders=content.senders,
        address=mail.sender_address or "",
        to=f"{content.to} {_batch(mail.subject)}".strip(),
    )


def _batch(subject: str) -> str:
    """Return the batch that a tag of the subject names, in words."""
    year = year_in_tags(subject)
    return f"batch {year}" if year else ""


def _why_held(mail: Mail, content: Content, facts: Facts, years: tuple[str, ...], graduating: int | None) -> str | None:
    """Return why a person should look at it, the gravest reason first; None if there is no need."""
    if facts.kind is _K.IRRELEVANT:
        return None
    if mail.damaged is not None:
        return f"it was not read whole: {mail.damaged}"
    if len(years) > 1:
        return f"its recipients name several years: {', '.join(years)}"
    unread = [file.name for file in mail.attachments if file.unread is not None]
    if unread and not facts.students and _LIST_ATTACHED.search(f"{content.text.title}\n{content.text.body[:6_000]}"):
        return f"it speaks of a list, but an attachment could not be read: {', '.join(unread[:5])}"
    if len(facts.students) >= MOST_STUDENTS or any(len(file.rows) > MOST_ROWS for file in mail.attachments):
        return f"its list is longer than the {MOST_STUDENTS} students that are read"
    if content.text.shortened:
        return "its text is longer than what is read"
    if facts.kind is _K.OFFER and (lacks := missing(facts, content.text)):
        return f"it claims a final selection, but names {' and '.join(lacks)}"
    if facts.kind is _K.POLICY and graduating is None:
        return "it holds a policy, but does not say for which graduating year"
    return facts.held


def _graduating_year(text: Text) -> int | None:
    """Return the graduating year of a policy: the title's, else the only one, or the first, that the text names."""
    for part in (text.title, text.body):
        found = [int(year) for match in _GRADUATING.finditer(part) for year in match.groups() if year]
        years = [year for year in found if year in POLICY_YEARS]
        if years:
            return years[0]
    return None


def _title_of(facts: Facts) -> str:
    """Return a title for a mail without subject."""
    kind = facts.kind.value.replace("_", " ").capitalize()
    return f"{kind}: {facts.company}" if facts.company else kind


def _html(text: Text, students: tuple[ListedStudent, ...]) -> str:
    numbers = {student.enrollment for student in students if student.enrollment}
    bare = lines_without_contacts([line.text for line in text.lines], students)
    lines = [
        line
        if shown == line.text
        else replace(line, text=shown, cells=tuple(without_contacts(cell, numbers) for cell in line.cells))
        for line, shown in zip(text.lines, bare, strict=True)
    ]
    return to_html(lines, text.links)


def _digest(content: Content, facts: Facts) -> str:
    """Return what is equal for copies of a mail: of the innermost words, the company and the students."""
    words = re.sub(r"[\W_]+", "", content.inner.casefold())
    students = sorted(one.enrollment or (one.name or "").casefold() for one in facts.students)
    said = "\0".join([words, company_key(facts.company or ""), *students])
    return blake2b(said.encode(), digest_size=16).hexdigest()

"""What a message contributes to a company's offers, completed by the rules of offers-and-statistics.md, section 1."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from placement_alerts.core.dates import find_moments
from placement_alerts.core.document import Text, gist
from placement_alerts.core.enrollment import naming_lines
from placement_alerts.core.extract.labels import fields_of
from placement_alerts.core.extract.pay import total_pay
from placement_alerts.core.extract.results import Result, find_results
from placement_alerts.core.mail import MailId
from placement_alerts.core.mailtext.contacts import without_contacts
from placement_alerts.core.matching import role_key
from placement_alerts.core.money import find_amounts
from placement_alerts.core.notice import Facts, ListedStudent, NoticeKind, Role
from placement_alerts.core.offer import Contribution, OfferRole, OfferStudent
from placement_alerts.core.offer_fold import completed

MOST_EVIDENCE = 40  # lines
_LINES_OF_EVIDENCE = 400  # that are looked at
_LONGEST_EVIDENCE = 160  # characters of a line
_LONGEST_DETAILS = 200
_LONGEST_INFO = 600

_JOINING = re.compile(
    r"\b(?P<label>(?:(?:tentative|expected) )?(?:date of joining|joining(?: date)?|doj))\b(?: date)?\s?(?:[:=|–—-]"
    r"|\b(?:is|on|from|by|in|will be|shall be)\b|(?=\(tent))[\s(]*(?P<value>[^;|]{3,60})",
    re.IGNORECASE,
)
_UNCERTAIN = re.compile(r"tentativ\w*|likely|expected|around|approx\w*|\bor\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:bond|service (?:agreement|commitment)|stipend|probation\w*|conditional|conversion|convert\w*|subject to"
    r"|training (?:period|stipend)|ppo|joining bonus|sign[- ]?on|relocation|esops?|rsus?|retention|notice period"
    r"|certification|performance review)\b",
    re.IGNORECASE,
)
_BREAKDOWN = re.compile(r"\b(?:fixed|variable|base|bonus|gratuity|incentives?|in-hand|pf)\b", re.IGNORECASE)
_COUNT = re.compile(
    r"\b(?:list of|total(?: of)?|following|below|these"
    r"|all)\W{1,3}(?P<a>\d{1,3})\s(?:\w+ ){0,2}(?:students?|candidates?|offers"
    r"|selections|names)\b(?! (?:had |have |has )?(?:been |were |was )?(?:shortlisted|appeared|applied"
    r"|registered|attended))|\b(?P<b>\d{1,3})\s(?:of our )?(?:students?|candidates?) (?:(?:have|has) been "
    r"|are |were |got )?"
    r"(?:finally )?(?:selected|placed|offered|hired)",
    re.IGNORECASE,
)
_NEAR = 25  # characters from the word "joining" to its date
_SENTENCE = re.compile(r"(?<=[a-z)\d])[.;!]\s+(?=[A-Z])")


def missing(facts: Facts, text: Text | None = None) -> tuple[str, ...]:
    """Return what a final result must have and this one has not, in words.

    text: as it was understood; a pay for a post that it does not name counts too.
    """
    is_paid = any(_is_paid(role) for role in facts.roles) or (text is not None and _is_paid(_unnamed(facts, text)))
    return tuple(
        words
        for words, is_there in (
            ("no company", facts.company is not None),
            ("no student", bool(facts.students)),
            ("no package or stipend", is_paid),
        )
        if not is_there
    )


def contribution_of(
    facts: Facts,
    text: Text,
    *,
    mail_id: MailId,
    subject: str,
    sent_at: datetime,
    author: str | None = None,
    message_id: str | None = None,
) -> Contribution | None:
    """Return what a final result says; None if it is none, or if something is missing that an offer must have.

    text: as it was understood, with the rows of attachments.
    """
    if facts.kind is not NoticeKind.OFFER or missing(facts, text) or facts.company is None:
        return None
    results = find_results(text, facts.students, facts.roles)
    roles = tuple(_roles(facts, text, results))
    if not any(_is_paid(role) for role in roles):
        roles = (*roles, _unnamed(facts, text))
    contribution = Contribution(
        mail_id=mail_id,
        message_id=message_id,
        subject=subject,
        author=author,
        sent_at=sent_at,
        company=facts.company,
        roles=roles,
        students=tuple(_student(result, sent_at) for result in results),
        locations=facts.location,
        joining_date=joining_date(gist(text), sent_at),
        additional_info=_additional_info(gist(text), facts.students),
        internship_only=all(role.package_lpa is None for role in roles),
        evidence=tuple(_evidence(text, facts)),
    )
    return completed(contribution)


def joining_date(text: Text, sent_at: datetime) -> str | None:
    """Return the day on which all join: ISO when certain, else as written; None if not said."""
    for line in text.lines:
        for match in _JOINING.finditer(line.text) if not line.cells or len(line.cells) == 2 else ():
            value = _SENTENCE.split(match["value"])[0].strip(" .,*)")
            days = [one for one in find_moments(value, sent_at) if one.day is not None and one.start < _NEAR]
            if len(days) == 1 and days[0].day is not None and not _UNCERTAIN.search(f"{match['label']} {value}"):
                return days[0].day.isoformat()
            if days or re.search(
                r"\b(?:20\d\d|january|february|march|april|june|july|august|september|october"
                r"|november|december)\b",
                value,
                re.IGNORECASE,
            ):
                return value
    return None


def _is_paid(role: Role | OfferRole) -> bool:
    return role.package_lpa is not None or role.stipend_per_month is not None


def _unnamed(facts: Facts, text: Text) -> OfferRole:
    """Return the pay that the message states for a post that it does not name, the lowest of several."""
    results = find_results(text, facts.students, ())
    short = gist(text)
    lakhs, stipend = total_pay(short, fields_of(short))
    packages = [one.package_lpa for one in results if one.package_lpa is not None]
    stipends = [one.stipend_per_month for one in results if one.stipend_per_month is not None]
    return OfferRole(
        role=None,
        package_lpa=min(packages, default=lakhs),
        stipend_per_month=min(stipends, default=stipend),
        details=_details(text, None),
    )


def _roles(facts: Facts, text: Text, results: Sequence[Result]) -> Iterator[OfferRole]:
    """Yield the posts of the message, with the pay of their students' rows where the post itself has none."""
    known = set()
    named = [role for role in facts.roles if role.role is not None]
    for role in named:
        known.add(role_key(role.role or ""))
        rows = [one for one in results if one.role == role.role or len(named) == 1]
        packages = [one.package_lpa for one in rows if one.package_lpa is not None]
        stipends = [one.stipend_per_month for one in rows if one.stipend_per_month is not None]
        yield OfferRole(
            role=role.role,
            package_lpa=role.package_lpa if role.package_lpa is not None else min(packages, default=None),
            stipend_per_month=role.stipend_per_month or min(stipends, default=None),
            details=_details(text, role.role if len(named) > 1 else None),
        )
    for result in results:
        if result.role is not None and role_key(result.role) not in known:
            known.add(role_key(result.role))
            yield OfferRole(
                role=result.role, package_lpa=result.package_lpa, stipend_per_month=result.stipend_per_month
            )


def _student(result: Result, sent_at: datetime) -> OfferStudent:
    return OfferStudent(
        name=result.student.name or result.student.enrollment or "",
        enrollment=result.student.enrollment,
        role=result.role,
        package_lpa=result.package_lpa,
        location=result.location,
        joining_date=result.joining_date,
        offered_at=sent_at,
    )


def _details(text: Text, role: str | None) -> str | None:
    """Return the lines that break a pay down. role: only lines that name it, None: any."""
    lines = [
        without_contacts(line.text)
        for line in gist(text).lines
        if len(line.cells) <= 2 and _BREAKDOWN.search(line.text) and find_amounts(line.text)
    ]
    chosen = [line for line in lines if role is None or role.casefold() in line.casefold()]
    return "; ".join(chosen[:4])[:_LONGEST_DETAILS] or None


def _additional_info(text: Text, students: Sequence[ListedStudent]) -> str | None:
    """Return the sentences about bond, stipend and conditions, and a number of students that differs from the list."""
    lines = [line.text for line in text.lines]
    naming = naming_lines(lines, students)
    said = [
        sentence.strip()
        for index, line in enumerate(lines)
        if index not in naming and len(text.lines[index].cells) <= 2
        for sentence in _SENTENCE.split(line)
        if _CONDITION.search(sentence)
    ]
    counts = [int(match["a"] or match["b"]) for line in (text.title, *lines[:15]) for match in _COUNT.finditer(line)]
    said += [f"The message says {count}, its list has {len(students)}" for count in counts if count != len(students)][
        :1
    ]
    info = without_contacts("; ".join(dict.fromkeys(said)))
    return info[:_LONGEST_INFO] or None


def _evidence(text: Text, facts: Facts) -> Iterable[str]:
    """Return the lines that the result was read from: the claim, the pay, the students, shortened."""
    lines = [line.text for line in text.lines]
    numbers = {one.enrollment for one in facts.students if one.enrollment}
    naming = naming_lines(lines, facts.students)
    chosen = [text.title] if text.title else []
    chosen += [
        line
        for index, line in enumerate(lines[:_LINES_OF_EVIDENCE])
        if index in naming
        or find_amounts(line)
        or re.search(r"\b(?:select|offer|final|placed|ppo)", line, re.IGNORECASE)
    ]
    return [without_contacts(line, numbers)[:_LONGEST_EVIDENCE] for line in chosen[:MOST_EVIDENCE]]

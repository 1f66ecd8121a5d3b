"""The way from a message to its facts: the one entry point to classification and extraction.

Pure and bounded: every text gives an answer in bounded time and none raises.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from placement_alerts.core.classify import Decision, Findings, classify
from placement_alerts.core.dates import local_day
from placement_alerts.core.document import Line, Text, from_plain, gist, is_shouted, unshouted
from placement_alerts.core.extract.company import Company, find_company
from placement_alerts.core.extract.eligibility import find_batch_year, find_branches, find_min_cgpa
from placement_alerts.core.extract.labels import Field, fields_of
from placement_alerts.core.extract.links import find_links
from placement_alerts.core.extract.lone_names import find_lone_names
from placement_alerts.core.extract.pay import total_pay
from placement_alerts.core.extract.places import find_locations
from placement_alerts.core.extract.roles import find_roles
from placement_alerts.core.extract.schedule import Dated, Schedule, find_schedule
from placement_alerts.core.extract.students import find_students, student_lines
from placement_alerts.core.extract.venues import find_venue
from placement_alerts.core.html import from_html
from placement_alerts.core.matching import company_key
from placement_alerts.core.notice import Facts, ListedStudent, NoticeKind, Role
from placement_alerts.core.relevance import Surroundings, not_for_students

_K = NoticeKind
_NAMES_STUDENTS = frozenset({_K.SHORTLIST, _K.OFFER, _K.INTERNSHIP_NOC, _K.UPDATE, _K.REMINDER})
_HAS_ROLES = frozenset({_K.JOB_POSTING, _K.SHORTLIST, _K.OFFER, _K.UPDATE, _K.REMINDER})
_HAS_PAY = frozenset({_K.JOB_POSTING, _K.OFFER})  # kinds of which a pay says something without the name of a post
_HAS_ELIGIBILITY = frozenset({_K.JOB_POSTING, _K.UPDATE})
_HAS_EVENT = frozenset(_K) - {_K.OFFER, _K.INTERNSHIP_NOC, _K.POLICY, _K.IRRELEVANT}
_HAS_LOCATION = frozenset({_K.JOB_POSTING, _K.OFFER, _K.SHORTLIST, _K.UPDATE, _K.INTERNSHIP_NOC, _K.REMINDER})
_LOCATION_IS_LIKELY = frozenset({_K.JOB_POSTING, _K.OFFER, _K.INTERNSHIP_NOC})
_COME_BY = re.compile(
    r"\b(?:come|report|meet|visit|reach)\b[^;]{0,120}\b(?:by|before|till|until|latest)\b", re.IGNORECASE
)
# a step of the selection with its day, of which a posting gives no time yet
_TEST_ON = re.compile(
    r"\b(?:tests?|ppt|pre-placement talk|drive|assessment|interviews?)\W{0,3}(?:is |are |will be )?"
    r"(?:held |scheduled )?on \d{1,2}",
    re.IGNORECASE,
)
_REPORTS_ON = re.compile(
    r"^\W*(?:(?:please|kindly|they|both|all|you)\W+){0,2}(?:(?:must|should|will|to) )?report on\b", re.IGNORECASE
)
_JOINS = re.compile(r"\b(?:joining|doj)\b[^;]{0,60}\d\s?(?:[ap]\.?m\b|hrs|[:.]\d\d\b)", re.IGNORECASE)
_ENOUGH_OWN = 60  # characters of an answer that say what it is for
_SEVERAL = 2  # students; a single name in a sentence can be the company's
_MOST_NAMES = 20
_CERTAIN_EVENT = 2  # weight from which an event counts although no time of day is said


@dataclass(frozen=True, slots=True)
class _Found:
    """Everything that the extractors see, before the kind says what of it counts."""

    company: Company
    roles: tuple[Role, ...]
    pay: tuple[float | None, int | None]
    students: tuple[ListedStudent, ...]
    schedule: Schedule
    links: tuple[str, ...]
    branches: tuple[str, ...]
    min_cgpa: float | None
    fields: tuple[Field, ...]
    calm: Text
    batch_year: int | None


def understand_html(
    title: str, html: str, published_at: datetime, *, author: str | None = None, known_companies: Iterable[str] = ()
) -> Facts:
    """Return what a message that came as HTML says (a portal notice). The HTML is sanitised here."""
    return understand(from_html(title, html), published_at, author=author, known_companies=known_companies)


def understand_plain(
    title: str, body: str, published_at: datetime, *, author: str | None = None, known_companies: Iterable[str] = ()
) -> Facts:
    """Return what a message that came as plain text says. Footers and quoted messages must be cut off already."""
    return understand(from_plain(title, body), published_at, author=author, known_companies=known_companies)


def understand(
    text: Text,
    published_at: datetime,
    *,
    author: str | None = None,
    known_companies: Iterable[str] = (),
    around: Surroundings | None = None,
) -> Facts:
    """Return what the message says, and why.

    published_at: aware; "today" and dates without year count from it, in Indian time.
    known_companies: names to prefer where the message uses another spelling or a shorter form of one.
    around: of a mail; None: the office itself published it, so it is meant for students.
    """
    found = _look(text, published_at, known_companies, around)
    private = _why_private(gist(text), found, around) if around is not None else None
    if private is not None:
        return Facts(kind=_K.IRRELEVANT, reasons=(f"kind: irrelevant, because {private}",))
    decision = classify(_own_words(gist(text), around), _findings(found))
    if decision.kind is _K.IRRELEVANT:
        return Facts(kind=decision.kind, author=author, held=decision.held, reasons=decision.reasons)
    return _facts(text, found, decision, author)


def _own_words(text: Text, around: Surroundings | None) -> Text:
    """Return what the writer says: the subject of an answer is the other mail's and tells of that one's kind."""
    says_enough = around is not None and around.is_answer and len(text.body) >= _ENOUGH_OWN
    return replace(text, title="") if says_enough else text


def _why_private(text: Text, found: _Found, around: Surroundings) -> str | None:
    is_concrete = found.company.name is not None or bool(found.links) or any(pay is not None for pay in found.pay)
    return not_for_students(text, around, len(found.students), is_concrete=is_concrete)


def _look(text: Text, published_at: datetime, known_companies: Iterable[str], around: Surroundings | None) -> _Found:
    short = gist(text)
    calm = unshouted(short) if is_shouted(short) else short
    fields = fields_of(calm)
    students = find_students(text) or find_students(text, names_alone=True) or find_lone_names(short)
    company = find_company(
        _without_names(calm, students), fields, known_companies, around.senders if around is not None else ()
    )
    return _Found(
        company=company,
        roles=find_roles(_without_company(calm, company.name), fields),
        pay=total_pay(calm, fields),
        students=_without_name_of(company.name, students),
        schedule=find_schedule(short, published_at, student_lines(short)),
        links=find_links(text),
        branches=find_branches(short),
        min_cgpa=find_min_cgpa(short),
        fields=fields,
        calm=calm,
        batch_year=find_batch_year(short, local_day(published_at))
        or (find_batch_year(Text(around.to), local_day(published_at)) if around is not None else None),
    )


def _findings(found: _Found) -> Findings:
    return Findings(
        students=len(found.students),
        roles=sum(1 for role in found.roles if role.role is not None),
        pay=any(value is not None for value in found.pay),
        apply_by=bool(found.schedule.deadlines),
        comes=bool(found.schedule.events),
        eligibility=bool(found.branches) or found.min_cgpa is not None,
    )


def _facts(text: Text, found: _Found, decision: Decision, author: str | None) -> Facts:
    kind = decision.kind
    students = found.students if kind in _NAMES_STUDENTS else ()
    deadline = _deadline(kind, found.schedule)
    event = _event(kind, found.schedule)
    roles = tuple(one for one in found.roles if one.role is not None or kind in _HAS_PAY) if kind in _HAS_ROLES else ()
    company = found.company.name if kind is not _K.POLICY else None
    return Facts(
        kind=kind,
        company=company,
        roles=roles,
        location=find_locations(
            _without_company(found.calm, company), found.fields, said_only=kind not in _LOCATION_IS_LIKELY
        )
        if kind in _HAS_LOCATION and (kind is not _K.INTERNSHIP_NOC or company is not None)
        else (),
        deadline=_utc(deadline),
        event_at=_utc(event),
        venue=_venue(kind, found, event) if event is not None else None,
        links=found.links,
        students=students,
        branches=found.branches if kind in _HAS_ELIGIBILITY else (),
        min_cgpa=found.min_cgpa if kind in _HAS_ELIGIBILITY else None,
        batch_year=found.batch_year,
        author=author,
        held=decision.held,
        reasons=(*decision.reasons, *_reasons(found, company, deadline, event)),
    )


def _deadline(kind: NoticeKind, schedule: Schedule) -> Dated | None:
    """Return the first deadline; to those who hold an offer, the day by which they come to the office is one too."""
    if schedule.deadlines:
        return schedule.deadlines[0] if kind is not _K.POLICY else None
    due = (event for event in schedule.events if _COME_BY.search(event.quote))
    return next(due, None) if kind is _K.OFFER else None


def _event(kind: NoticeKind, schedule: Schedule) -> Dated | None:
    if kind is _K.OFFER:
        return next((event for event in schedule.events if _is_first_day(event)), None)
    if kind not in _HAS_EVENT:
        return None
    certain = [event for event in schedule.events if event.said_time or event.weight >= _CERTAIN_EVENT]
    if kind is _K.JOB_POSTING:
        certain = [event for event in certain if event.said_time or _TEST_ON.search(event.quote)]
    return certain[0] if certain else None


def _venue(kind: NoticeKind, found: _Found, event: Dated) -> str | None:
    """Return where the event is; of an offer only what the sentence of the first day says."""
    if kind is _K.OFFER:
        return find_venue(Text("", (Line(event.quote),)), (), ())
    return find_venue(found.calm, found.fields, found.links, is_located=kind not in _HAS_LOCATION)


def _is_first_day(event: Dated) -> bool:
    """Whether those who hold an offer begin then: they report on a day, or join at a time of day."""
    return bool(_REPORTS_ON.search(event.quote) or (event.said_time and _JOINS.search(event.quote)))


def _reasons(found: _Found, company: str | None, deadline: Dated | None, event: Dated | None) -> Iterator[str]:
    if company is not None:
        yield f"company: {company}, because {found.company.reason}"
    else:
        yield f"company: none, because {found.company.reason}"
    if deadline is not None:
        yield f"deadline: {deadline.at:%d %b %Y %H:%M}, because it says {deadline.quote!r}"
    if event is not None:
        yield f"event: {event.at:%d %b %Y %H:%M}, because it says {event.quote!r}"


def _without_name_of(company: str | None, students: tuple[ListedStudent, ...]) -> tuple[ListedStudent, ...]:
    """Return the students without the company, whose name may look like a person's."""
    key = company_key(company or "")
    return tuple(one for one in students if one.enrollment or not key or company_key(one.name or "") != key)


def _without_names(text: Text, students: Sequence[ListedStudent]) -> Text:
    """Return the text without the first of several students' names, which stand where a company's would."""
    names = [re.escape(one.name) for one in students[:_MOST_NAMES] if one.name and " " in one.name]
    if len(students) < _SEVERAL or not names:
        return text
    any_name = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)")
    lines = tuple(
        type(line)(any_name.sub("", line.text), line.cells, line.table, line.item, line.heading) for line in text.lines
    )
    return Text(any_name.sub("", text.title), lines, text.links)


def _without_company(text: Text, company: str | None) -> Text:
    """Return the text without the company's name, which may look like the beginning of a post's name."""
    if company is None:
        return text
    name = re.compile(rf"{re.escape(company)}(?: (?:Associates|Consultants|Executives)\b)?")
    lines = tuple(
        type(line)(name.sub("", line.text, count=20), line.cells, line.table, line.item, line.heading)
        for line in text.lines
    )
    return Text(name.sub("", text.title, count=5), lines, text.links)


def _utc(dated: Dated | None) -> datetime | None:
    if dated is None:
        return None
    try:
        return dated.at.astimezone(UTC)
    except OverflowError:
        return None

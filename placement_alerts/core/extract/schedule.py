"""When something is due and when it takes place: the dates of a message, told apart by the words around them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from placement_alerts.core.dates import END_OF_DAY, INDIA, Moment, find_moments, local_day
from placement_alerts.core.document import Text

_MOST_SENTENCES = 1_500
_NEAR = 240  # characters before a date that can say what it is

_SENTENCE_END = re.compile(
    r"(?<=[.!?;])(?<!Mr\.)(?<!Dr\.)(?<!Ms\.)(?<!No\.)(?<!Rs\.)\s+(?=[A-Z(]|\W?[A-Z])|\s+\|\s+(?=[A-Za-z])"
)
_DO = (
    r"(?:appl(?:y|ying|ications?|ied)|regist(?:er|ration)\w*|submi\w+|fill\w*|send|rsvp|complet\w+|upload\w*"
    r"|confirm\w*|acknowledge|respon[ds]\w*|reply|accept\w*|collect\w*"
    r"|enrol\w*|nominat\w+|opt|pay|sign\w*|update|deposit\w*|form|willingness|link|window|portal|request\w*"
    r"|interested|withdraw)"
)
_DEADLINE = re.compile(
    rf"\b(?:dead-?line|last date(?: ?& ?time)?|last day|closing date|closes?|closed|closing|clos(?:e|es) (?:on"
    rf"|at|by)|on or before|latest by|latest|(?:no|not) later than|due(?: date| by| on)?|cut-?off date"
    rf"|extended (?:till|to|until|up ?to|by)|{_DO}\b[^.;]{{0,140}}?\b(?:by|before|till|until|up ?to|tak|within)"
    rf"|(?:open|live|active|accepted|available|valid)(?: only)? (?:till|until|up ?to)"
    rf"|after|expires?(?: on)?|reopened (?:till|until|up ?to)|timeline|freez\w+|frozen|lock(?:ed|s)?"
    rf"|ends? (?:on|at)?)\b",
    re.IGNORECASE,
)
_DEADLINE_AT_END = re.compile(r"\b(by|before|till|until|up ?to)\W{0,3}(?:the |eod |\w+day\W{0,2})?$", re.IGNORECASE)
_DEADLINE_AFTER = re.compile(
    r"\s*\W?\s*(?:is|was|being|shall be|will be)?\s*(?:the )?(?:last (?:date|day)|deadline|tak\b)", re.IGNORECASE
)
_BEFORE_AT_END = re.compile(r"(?<!on or )\bbefore\W{0,2}$", re.IGNORECASE)
_APPLY = re.compile(r"\b(?:appl\w+|regist\w+|deadline|last date|interested|rsvp|enrol)\b", re.IGNORECASE)
_ASKED_TO_COME = re.compile(
    r"\b(?:report\w*|reach|assemble|seated|be present|gather|join\b(?! ?ing)|appear|interview|arrive|attend|come)\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:held|schedul\w*|interviews?|tests?|assessment|rounds?|drive|ppt|talk|session|webinar|report\w*"
    r"|conduct\w*|starts?|begins?|beginning|date|day|when|gd|discussion|visit\w*|contest"
    r"|hackathon|ideathon|challenge|rescheduled|postponed|preponed|shifted|meet\w*|lecture|orientation|final"
    r"|exam\w*|presentation|time|slots?|campus|appear|attend|seminar|workshop"
    r"|interact\w*|process|called|invited|mailed|live|class|masterclass|address\w*|planned|event|walk-in"
    r"|induction|on-?site|pool|come|deliver|speak|host\w*|organi\w+|kick-?off)\b",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"\b(?:tests?|interviews?|assessment|drive|ppt|talk|gd|rounds?|contest|challenge|exam\w*|presentation"
    r"|visit\w*|report\w*|session|pool|hackathon|discussion|come|campus|walk-in)\b",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"\b(?:instead of|in place of|in lieu of|rather than|earlier(?: \w+){0,3}|previous(?:ly)?(?: \w+){0,3}"
    r"|original(?:ly)?(?: \w+){0,3}|was (?:to be |scheduled |planned |due )?(?:on|for|held|till)?|were \w+"
    r" (?:on|for)"
    r"|not|dated|as on|old(?: \w+)?|notice of|mail of|approved on|based on \w+|was held on|was conducted on"
    r"|against)\W{0,3}$",
    re.IGNORECASE,
)
_OLD_FROM = re.compile(
    r"\b(?:extended|changed|moved|shifted|revised|rescheduled|postponed|preponed|advanced"
    r"|deferred)\b[^.]{0,60}?\bfrom\W*(?:\w+day\W*)?$",
    re.IGNORECASE,
)
_GONE_AFTER = re.compile(
    r"[^.;\w]{0,4}(?:at \w+ )?(?:(?:now )?(?:stands?|is|are|has been|have been|had been|was|were|shall be"
    r"|gets?)\s+(?:now |being |hereby )?)?"
    r"(?:re-?scheduled|postponed|cancelled|canceled|preponed|advanced|deferred|called off|put on hold"
    r"|(?:shifted|moved|changed|extended) (?:to|till|by))",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"\b(?:joining|date of joining|internship(?: \w+){0,2} (?:begins|starts?|from)|duration|effective"
    r"|w\.?e\.?f\.?|weeks|months?|since|established|founded|expected|likely|tentative\w*|probabl[ey]"
    r"|results?(?: \w+){0,5} (?:by|on|expected)|(?:declared|announced|informed|communicated|shared|intimated"
    r"|released|published|notified|conveyed)(?: \w+){0,2} (?:by|on)?|break|holiday\w*|vacation|closed on"
    r"|remain closed[^.]*|opens?(?: on| from)?|birth|ends?|ending|valid|approval|in continuation|offer"
    r" letters?[^.]*|onboarding)\W{0,4}$",
    re.IGNORECASE,
)
_NOT_DUE = re.compile(
    r"\b(?:internship (?:is|from|ends|till|until|begins|will|period|duration)|break|holiday|vacation|leave"
    r"|remain|results?|expected|likely)\b[^.]{0,40}$"
    r"|\b(?:office|centre|center|department|institute|library|college|cell)\b[^.]{0,60}\bclosed\b[^.]{0,60}$",
    re.IGNORECASE,
)
_NOW_AT = re.compile(
    r"\W{0,3}(?:(?:will|shall|to) )?(?:now |instead )(?:be )?(?:start|begin|held|conducted|commence|take"
    r" place)\w* (?:at|from)\W*",
    re.IGNORECASE,
)
_RESTATED = re.compile(r"\W{0,4}(?:(?:i\.?e|that is)\b\W{0,3})?")
_RANGE_START = re.compile(r"\b(?:between|from)\W{0,3}(?:the )?$", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|–|—|to|till|until|and|&)\s*(?:\w+day\W*)?", re.IGNORECASE)
_OFFICE_HOURS = re.compile(r"\b(?:between|from)\W+$", re.IGNORECASE)
_TIME_LABEL = re.compile(
    r"\b(?:time|timings?|slot|reporting|login|starts?|starting|begins?|commence\w*|when)\b\W{0,12}(?:\w+ ){0,3}$",
    re.IGNORECASE,
)


class _Sort(IntEnum):
    NEITHER = 0
    DEADLINE = 1
    EVENT = 2
    WEAK_EVENT = 3  # only a date: nothing says what happens then


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment that a message states. at: in Indian time. quote: the words it stands in.

    said_time: the time of day is said. weight: how sure it is that the reader must act or be there.
    """

    at: datetime
    quote: str
    said_time: bool
    weight: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """The candidates of both kinds, best first."""

    deadlines: tuple[Dated, ...]
    events: tuple[Dated, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    moment: Moment
    sort: _Sort
    weight: int
    before: str
    quote: str
    sentence: int
    exclusive: bool = False


def find_schedule(text: Text, published_at: datetime, student_rows: Iterable[int] = ()) -> Schedule:
    """Return deadlines and events that are not over when the message was published.

    student_rows: indexes of the lines that name a student; a date there is when that student's turn comes.
    """
    rows = set(student_rows)
    today = local_day(published_at)
    found = [
        item
        for number, (line, sentence) in enumerate(_sentences(text))
        for item in _judged(sentence, published_at, number, in_row=line in rows)
    ]
    dated = [item for item in found if item.moment.day is not None and item.moment.day >= today]
    times = [item for item in found if item.moment.day is None and item.sort is not _Sort.NEITHER]
    deadlines = [_dated(item, END_OF_DAY) for item in dated if item.sort is _Sort.DEADLINE]
    if not deadlines and not dated:
        deadlines = [_today(item, published_at) for item in times if item.sort is _Sort.DEADLINE]
    events = [_with_time(item, dated, times) for item in dated if item.sort in {_Sort.EVENT, _Sort.WEAK_EVENT}]
    deadlines = [_sharpest(one, deadlines) for one in deadlines]
    due_days = {one.at.date() for one in deadlines}
    due_at = {one.at for one in deadlines}
    events = [one for one in events if one.at not in due_at and (one.said_time or one.at.date() not in due_days)]
    return Schedule(
        tuple(sorted(deadlines, key=lambda one: (-one.weight, not one.said_time, one.at))),
        tuple(sorted(events, key=lambda one: (-min(one.weight, 2), one.at.date(), not one.said_time, one.at))),
    )


def _sentences(text: Text) -> Iterator[tuple[int, str]]:
    """Yield (line index, sentence); the title comes first with index -1, a label alone goes to the next line."""
    yield -1, text.title
    label, left = "", _MOST_SENTENCES
    for index, line in enumerate(text.lines):
        parts = [line.text] if line.cells else _SENTENCE_END.split(line.text)
        for part in parts[:left]:
            left -= 1
            yield index, f"{label}{part}"
            label = ""
        short = len(line.text) < 40 and not line.cells
        label = f"{line.text.rstrip(' :')}: " if short and (line.text.endswith(":") or line.heading) else ""


def _judged(sentence: str, published_at: datetime, number: int, *, in_row: bool) -> Iterator[_Found]:
    moments = find_moments(sentence, published_at)
    previous: _Found | None = None
    for index, moment in enumerate(moments):
        start = moments[index - 1].end if index else 0
        end = moments[index + 1].start if index + 1 < len(moments) else len(sentence)
        before, after = sentence[max(start, moment.start - _NEAR) : moment.start], sentence[moment.end : end]
        if (
            index
            and previous is not None
            and moment.day is not None
            and previous.moment.day == moment.day
            and _RESTATED.fullmatch(before)
        ):
            found = replace(previous, moment=moment)  # "tomorrow, 28 November, 10 AM"
        elif (
            previous is not None
            and moment.day is None
            and previous.moment.day is not None
            and _NOW_AT.fullmatch(before)
        ):
            previous = replace(previous, moment=replace(previous.moment, at=moment.at))
            continue
        elif index and _RANGE.fullmatch(before) and previous is not None:
            found = _range_end(previous, moment, sentence)
            if previous.moment.at is None and previous.sort is not _Sort.DEADLINE and moment.day is not None:
                previous = replace(previous, moment=replace(previous.moment, at=moment.at))
        else:
            # what was said before an earlier moment still counts, less closely
            found = _judge(
                moment,
                before,
                after,
                sentence[max(0, moment.start - _NEAR) : moment.start],
                number,
                sentence,
                in_row=in_row,
            )
        if previous is not None:
            yield previous
        previous = found
    if previous is not None:
        yield previous


def _judge(moment: Moment, before: str, after: str, head: str, number: int, sentence: str, *, in_row: bool) -> _Found:
    sort, weight = _sort(moment, before, after, head, in_row=in_row)
    exclusive = sort is _Sort.DEADLINE and moment.at is None and bool(_BEFORE_AT_END.search(before))
    return _Found(moment, sort, weight, before, sentence[:200], number, exclusive)


def _sort(moment: Moment, before: str, after: str, head: str, *, in_row: bool) -> tuple[_Sort, int]:
    if _OLD.search(before) or _OLD_FROM.search(head) or _GONE_AFTER.match(after):
        return _Sort.NEITHER, 0
    if _DEADLINE_AFTER.match(after):
        return _Sort.DEADLINE, 3
    comes = _ASKED_TO_COME.search(before) and not re.search(rf"\b{_DO}\b", before, re.IGNORECASE)
    due = _DEADLINE.search(before) or _DEADLINE_AT_END.search(before)
    if _ends_period(before):
        return _Sort.NEITHER, 0
    if due and not comes and not _RANGE_START.search(before):
        return _Sort.DEADLINE, 3 if _APPLY.search(f"{before} {head[-80:]}") else 2
    if (
        _PERIOD.search(before)
        or (moment.day is None and _OFFICE_HOURS.search(before))
        or (moment.vague and moment.at is None)
    ):
        return _Sort.NEITHER, 0
    if in_row or _EVENT.search(before) or _EVENT.search(after[:60]):
        strong = in_row or _CALLED.search(f"{before} {after[:60]}")
        return _Sort.EVENT, 3 if strong else 2
    return _Sort.WEAK_EVENT, 1


def _ends_period(before: str) -> bool:
    """Whether the last word says that something ends that the reader need not act on."""
    return _NOT_DUE.search(before) is not None


def _range_end(first: _Found, moment: Moment, sentence: str) -> _Found:
    """Judge the end of a range: what runs until then is due then, what takes place began before."""
    applying = re.search(rf"\b{_DO}\b", first.before, re.IGNORECASE) and not _CALLED.search(first.before)
    sort = _Sort.DEADLINE if applying and moment.day is not None else _Sort.NEITHER
    return _Found(moment, sort, 2, first.before, sentence[:200], first.sentence)


def _dated(item: _Found, default: time) -> Dated:
    moment = item.moment
    assert moment.day is not None  # noqa: S101 (the callers asked)
    day = moment.day - timedelta(days=1) if item.exclusive and moment.day > date.min else moment.day
    return Dated(datetime.combine(day, moment.at or default, INDIA), item.quote, moment.at is not None, item.weight)


def _sharpest(deadline: Dated, deadlines: Iterable[Dated]) -> Dated:
    """Return the deadline with the time of day that the message states for the same day elsewhere."""
    if deadline.said_time:
        return deadline
    timed = [one for one in deadlines if one.said_time and one.at.date() == deadline.at.date()]
    return replace(timed[0], weight=deadline.weight) if timed else deadline


def _today(item: _Found, published_at: datetime) -> Dated:
    """Read a deadline that is only a time of day: the next such time after publication."""
    day = local_day(published_at)
    at = datetime.combine(day, item.moment.at or END_OF_DAY, INDIA)
    if at < published_at and day < date.max:
        at += timedelta(days=1)
    return Dated(at, item.quote, said_time=True, weight=item.weight)


def _with_time(item: _Found, dated: list[_Found], times: list[_Found]) -> Dated:
    """Give an event that has no time of day the one that the message states elsewhere."""
    if item.moment.at is not None:
        return _dated(item, time())
    same_day = [other for other in dated if other.moment.day == item.moment.day and other.moment.at is not None]
    told = [other for other in same_day if other.sort in {_Sort.EVENT, _Sort.WEAK_EVENT}]
    if told:  # the same day is stated with its time as well
        return _dated(
            replace(item, moment=min((other.moment for other in told), key=lambda one: one.at or END_OF_DAY)), time()
        )
    free = [one for one in times if one.sort is not _Sort.DEADLINE]
    near = [one for one in free if one.sentence == item.sentence]
    labelled = [one for one in free if _TIME_LABEL.search(one.before)]
    chosen = near or labelled or free
    if not chosen:
        return _dated(item, time())
    at = min(one.moment.at or END_OF_DAY for one in chosen)
    return _dated(replace(item, moment=replace(item.moment, at=at)), time())

"""When something is due and when it takes place: the dates of a message, told apart by the words around them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from placement_alerts.core.dates import END_OF_DAY, Moment, find_moments, local_day
from placement_alerts.core.document import Text
from placement_alerts.core.extract.schedule_phrases import (
    APPLY,
    ASKED_TO_COME,
    ASKED_TO_DO,
    AT_SOME_TIME,
    BEFORE_AT_END,
    BY_AT_END,
    CALLED,
    CALLED_FROM,
    CALLED_OFF,
    DEADLINE,
    DEADLINE_AFTER,
    DEADLINE_AT_END,
    EVENT,
    FIRST_DAY,
    GONE_AFTER,
    NEAR,
    NOT_DUE,
    NOW_AT,
    OFFICE_HOURS,
    OLD,
    OLD_FROM,
    PAPERS_AFTER,
    PERIOD,
    RANGE,
    RANGE_START,
    REFUSES,
    RESTATED,
    SENTENCE_END,
    TIME_LABEL,
    TOO_LATE,
)
from placement_alerts.core.timetable import IST

_MOST_SENTENCES = 1_500
_ADDRESS = re.compile(r"https?://\S+")


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
class _Clause:
    """The words around a moment. before: since the last moment. head: also earlier words. number: of the sentence.

    dated: the sentence says a day.
    """

    before: str
    after: str
    head: str
    sentence: str
    number: int
    in_row: bool
    dated: bool


@dataclass(frozen=True, slots=True)
class _Found:
    moment: Moment
    sort: _Sort
    weight: int
    clause: _Clause
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
    lone = {item.moment.at for item in times if item.sort is _Sort.DEADLINE}
    deadlines = [_sharpest(one, deadlines, lone) for one in deadlines]
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
        parts = [line.text] if line.cells else SENTENCE_END.split(line.text)
        for part in parts[:left]:
            left -= 1
            yield index, f"{label}{part}"
            label = ""
        short = len(line.text) < 40 and not line.cells
        label = f"{line.text.rstrip(' :')}: " if short and (line.text.endswith(":") or line.heading) else ""


def _judged(sentence: str, published_at: datetime, number: int, *, in_row: bool) -> list[_Found]:
    moments = find_moments(sentence, published_at)
    plain = _ADDRESS.sub(lambda address: "_" * len(address[0]), sentence)  # its dots end no clause
    judged: list[_Found] = []
    for index, moment in enumerate(moments):
        start = moments[index - 1].end if index else 0
        end = moments[index + 1].start if index + 1 < len(moments) else len(sentence)
        clause = _Clause(
            before=plain[max(start, moment.start - NEAR) : moment.start],
            after=plain[moment.end : end],
            head=plain[max(0, moment.start - NEAR) : moment.start],
            sentence=sentence,
            number=number,
            in_row=in_row,
            dated=any(one.day is not None for one in moments),
        )
        joined = _joined(judged[-1], moment, clause) if judged else None
        if joined is not None:
            judged[-1:] = joined
        else:
            judged.append(_judge(moment, clause))
    return judged


def _joined(previous: _Found, moment: Moment, clause: _Clause) -> tuple[_Found, ...] | None:
    """Return the two moments as one statement about both, None if they have nothing to do with each other."""
    if previous.moment.day is None:
        return None
    if moment.day == previous.moment.day and RESTATED.fullmatch(clause.before):  # "tomorrow, 28 November, 10 AM"
        return previous, replace(previous, moment=moment)
    if moment.day is None and NOW_AT.fullmatch(clause.before):  # "today at 3 PM will now start at 5 PM"
        return (_at(previous, moment.at),)
    if not RANGE.fullmatch(clause.before):
        return None
    if OLD_FROM.search(previous.clause.head):  # "extended from 16 March to 18 March"
        return previous, _judge(moment, replace(clause, before=clause.head))
    inherits = previous.moment.at is None and previous.sort is not _Sort.DEADLINE
    return (_at(previous, moment.at) if inherits and moment.day else previous), _range_end(previous, moment)


def _at(found: _Found, at: time | None) -> _Found:
    return replace(found, moment=replace(found.moment, at=at))


def _judge(moment: Moment, clause: _Clause) -> _Found:
    sort, weight = _sort(moment, clause)
    exclusive = sort is _Sort.DEADLINE and moment.at is None and bool(BEFORE_AT_END.search(clause.before))
    return _Found(moment, sort, weight, clause, exclusive)


def _sort(moment: Moment, clause: _Clause) -> tuple[_Sort, int]:
    before, after = clause.before, clause.after
    if moment.vague and moment.at is None and not ASKED_TO_DO.search(before):
        before = BY_AT_END.sub("", before)  # "the results by Monday" says when somebody hopes to have something
    if OLD.search(before) or OLD_FROM.search(clause.head) or GONE_AFTER.match(after) or NOT_DUE.search(before):
        return _Sort.NEITHER, 0
    if PAPERS_AFTER.match(after) or CALLED_OFF.search(before):
        return _Sort.NEITHER, 0
    if DEADLINE_AFTER.match(after):
        return _Sort.DEADLINE, 3
    comes = ASKED_TO_COME.search(before) and not ASKED_TO_DO.search(before)
    too_late = TOO_LATE.search(before) and REFUSES.search(clause.sentence)
    due = DEADLINE.search(before) or DEADLINE_AT_END.search(before) or too_late
    if due and not comes and not RANGE_START.search(before):
        if moment.vague and moment.at is None:
            return _Sort.DEADLINE, 1  # a date that is said in full counts more
        return _Sort.DEADLINE, 3 if APPLY.search(f"{before} {clause.head[-80:]}") else 2
    if moment.at is not None and moment.day is not None and FIRST_DAY.search(before):
        return _Sort.EVENT, 2
    if (
        (PERIOD.search(before) and not CALLED_FROM.search(before))
        or AT_SOME_TIME.search(before)
        or (moment.day is None and not clause.dated and OFFICE_HOURS.search(before))
        or (moment.vague and not moment.at)
    ):
        return _Sort.NEITHER, 0
    if clause.in_row or EVENT.search(before) or EVENT.search(after[:60]):
        strong = clause.in_row or CALLED.search(f"{before} {after[:60]}")
        return _Sort.EVENT, 3 if strong else 2
    return _Sort.WEAK_EVENT, 1


def _range_end(first: _Found, moment: Moment) -> _Found:
    """Judge the end of a range: what runs until then is due then, what takes place began before."""
    before = first.clause.before
    applying = ASKED_TO_DO.search(before) and not CALLED.search(before)
    sort = _Sort.DEADLINE if applying and moment.day is not None else _Sort.NEITHER
    return _Found(moment, sort, 2, first.clause)


def _dated(item: _Found, default: time) -> Dated:
    moment = item.moment
    assert moment.day is not None  # noqa: S101 (the callers asked)
    day = moment.day - timedelta(days=1) if item.exclusive and moment.day > date.min else moment.day
    return Dated(
        datetime.combine(day, moment.at or default, IST),
        item.clause.sentence[:200],
        moment.at is not None,
        item.weight,
    )


def _sharpest(deadline: Dated, deadlines: Iterable[Dated], lone: Iterable[time | None]) -> Dated:
    """Return the deadline with the time of day that the message states for the same day elsewhere.

    lone: times of day by which something is due, said without a day; a single one belongs to the only deadline.
    """
    if deadline.said_time:
        return deadline
    timed = [one for one in deadlines if one.said_time and one.at.date() == deadline.at.date()]
    if timed:
        return replace(timed[0], weight=deadline.weight)
    at = [one for one in lone if one is not None]
    if len(at) == 1 and len({one.at.date() for one in deadlines}) == 1:
        return replace(deadline, at=deadline.at.replace(hour=at[0].hour, minute=at[0].minute), said_time=True)
    return deadline


def _today(item: _Found, published_at: datetime) -> Dated:
    """Read a deadline that is only a time of day: the next such time after publication."""
    day = local_day(published_at)
    at = datetime.combine(day, item.moment.at or END_OF_DAY, IST)
    if at < published_at and day < date.max:
        at += timedelta(days=1)
    return Dated(at, item.clause.sentence[:200], said_time=True, weight=item.weight)


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
    near = [one for one in free if one.clause.number == item.clause.number]
    labelled = [one for one in free if TIME_LABEL.search(one.clause.before)]
    chosen = near or labelled or free
    if not chosen:
        return _dated(item, time())
    at = min(one.moment.at or END_OF_DAY for one in chosen)
    return _dated(replace(item, moment=replace(item.moment, at=at)), time())

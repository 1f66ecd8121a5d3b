"""Dates and times of day as the office writes them, read day first in Indian time, with the place where they stand."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from placement_alerts.core.timetable import IST

END_OF_DAY = time(23, 59)
MOST_MOMENTS = 30  # dates, and times, that are read in one line
RECENT = timedelta(days=60)  # a day without year that is at most this long gone is meant as past, else the next one

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b"

_DAY_END = r"(?:eod|cob|end of (?:the )?day|close of (?:business|the day))"

_DATES = re.compile(
    rf"(?<![\w/.-])(?:(?P<y1>20\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)(?!\d)"
    rf"|(?P<d2>\d{{1,2}})\s?(?P<s2>[./-])\s?(?P<m2>\d{{1,2}})\s?(?P=s2)\s?(?P<y2>(?:20)?\d\d)(?![\w/])"
    rf"|(?:(?<=\bby )|(?<=\bon )|(?<=day \()|(?<=\btill ))(?P<d5>\d{{1,2}})/(?P<m5>\d{{1,2}})(?![\w/])"
    rf"|(?:(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\s?(?:-|–|to|and|&)\s?)?(?P<d3>\d{{1,2}})\s?(?:st|nd|rd"
    rf"|th)?(?:\s+of)?[\s.,-]{{0,2}}(?P<n3>{_MONTH})"
    rf"(?:[\s,.-]{{0,3}}(?P<y3>20\d\d)\b|\s?['’-](?P<yy3>\d\d)\b(?![:.]?\d))?"
    rf"|(?P<n4>{_MONTH})\s?(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?(?:[ap]\.?m\b"
    rf"|[:.]\d))(?:[\s,]{{1,3}}(?P<y4>20\d\d)\b)?"
    r"|(?:(?<=\bby )|(?<=\bon )|(?<=\btill ))(?P<alone>\d{1,2})(?:st|nd|rd|th)\b"
    r"(?=\s*(?:$|[.;,)](?!\d)|(?:at|by|evening|morning|noon|midnight)\b|\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\b))"
    rf"|(?P<rel>day after tomorrow|tomorrow|today|tonight|tonite|aaj|kal)\b"
    rf"|(?:(?:on|by|this|coming|next|till|until|before|latest)\s|(?:last da(?:te|y)|dead-?line|closing date)\s?"
    rf"(?:is|:|-|–)\s?)(?:the\s)?(?:this\s"
    rf"|coming\s)?(?P<wd>{_WEEKDAY})"
    rf"(?![\s,(]{{0,3}}(?:\d(?!\d?(?:[:.]\d\d)?\s?(?:[ap]\.?\s?m\b|noon\b|hrs\b))|{_MONTH}))"
    rf"|within (?:the )?(?:next )?(?P<span>\d{{1,3}}) ?(?P<unit>hours?|hrs?|days?)\b(?! of\b)"
    rf"|(?<=\bby )(?P<eod>{_DAY_END})\b(?!\s+(?:on|of|today|tomorrow|\d|{_WEEKDAY}|{_MONTH}))"
    rf")",
    re.IGNORECASE,
)

_TIMES = re.compile(
    r"(?<![\w.,₹/-])(?:"
    r"(?P<h1>\d{1,2})(?:\s?[:.]\s?(?P<m1>[0-5]\d))?(?::[0-5]\d)?\s?(?P<half>[ap])\.?\s?m\b\.?"
    r"|(?P<noon>12(?:[:.]00)?\s?noon|noon)\b"
    r"|(?P<mid>12(?:[:.]00)?\s?(?:mid\s?night)|mid\s?night)\b"
    r"|(?P<h2>[01]\d|2[0-3])[:.]?(?P<m2>[0-5]\d)\s?(?:hrs|hours|h)\b"
    r"|(?P<h4>\d{1,2})(?:[:.](?P<m4>[0-5]\d))?\s?(?=(?:-|–|—|to)\s?\d{1,2}(?:[:.][0-5]\d)?\s?(?P<half4>[ap])\.?m\b)"
    r"|(?P<h3>[01]?\d|2[0-3]):(?P<m3>[0-5]\d)(?::[0-5]\d)?(?![\d:])"
    r"|(?<=by )(?P<h6>\d{1,2})(?:[:.](?P<m6>[0-5]\d))?(?= (?P<part>tonight|tonite"
    r"|(?:today|tomorrow) (?:night|evening|afternoon)"
    r"|this evening|this afternoon|in the"
    r" (?:evening|afternoon|night))\b)"
    r"|(?:(?P<late>raat|shaam|sham|dop[ae]har|evening|night)\s(?:ko\s)?)?(?P<h5>\d{1,2})(?:[:.](?P<m5>[0-5]\d))?\s?(?:baje|bje|o'?clock)\b"
    rf"|(?P<eod>{_DAY_END})\b"
    r")",
    re.IGNORECASE,
)

_LINK_WORD = (
    rf"(?:at|by|from|till|until|upto|up to|before|on|of|around|sharp|onwards?|between|latest by|latest|i\.e\.?|ist|hrs"
    rf"|reporting(?: time)?|time|timings?|positively|the|and time|dated|ko|hai|subah|raat|link live|login"
    rf"|starts?|starting|tak|{_WEEKDAY})"
)
_GAP_AFTER_DATE = re.compile(rf"(?:[^\w₹]{{0,6}}{_LINK_WORD}){{0,4}}[^\w₹]{{0,6}}", re.IGNORECASE)
_GAP_BEFORE_DATE = re.compile(
    rf"(?:[^\w₹.;]{{0,4}}(?:{_LINK_WORD}|to \d[\d:.]* ?[ap]\.?m\.?))"
    r"{0,4}[^\w₹.;]{0,4}",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"st|nd|rd|th", re.IGNORECASE)
_RANGE = re.compile(r"\s?(?:-|–|—|to|till)\s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or a time of day found in a text.

    start, end: its place in the text. day None: only a time of day is said. at None: only a date is said.
    vague: said by the name of a weekday or a day of the month alone.
    """

    start: int
    end: int
    day: date | None = None
    at: time | None = None
    vague: bool = False

    def moment(self, default: time) -> datetime | None:
        """Return the moment in Indian time, at `default` if no time of day is said; None without a date."""
        if self.day is None:
            return None
        return datetime.combine(self.day, self.at or default, IST)


def find_moments(text: str, published_at: datetime) -> list[Moment]:
    """Return the dates, joined with the times that belong to them, and lone times, in the order of the text.

    published_at: aware; "today" and missing years count from it.
    """
    dates = _find_dates(text, published_at)
    times = _find_times(text)
    joined = [_join(text, dates, index, times) for index in range(len(dates))]
    return sorted(joined + times, key=lambda found: found.start)


def local_day(moment: datetime) -> date:
    """Return the day on which the moment falls in India; the edge of the calendar is clamped."""
    try:
        return moment.astimezone(IST).date()
    except OverflowError:
        return moment.date()


def _find_dates(text: str, published_at: datetime) -> list[Moment]:
    found, today = [], local_day(published_at)
    for match in islice(_DATES.finditer(text), MOST_MOMENTS):
        if match["span"]:
            found.extend(_within(match, published_at))
            continue
        day = _relative(match, today) or _absolute(match, today) or _alone(match, today)
        if day is None:
            continue
        first = match["first"] and _day(day.year, day.month, int(match["first"]))
        if first and first < day:  # "20-22 January": both ends, joined by what stands between them
            ends = _ORDINAL.match(text, match.end("first"))
            found.append(Moment(match.start("first"), ends.end() if ends else match.end("first"), first))
            found.append(Moment(match.start("d3"), match.end(), day))
        else:
            start = match.start("wd") if match["wd"] else match.start()  # "by" stays with the words before
            found.append(Moment(start, match.end(), day, vague=bool(match["wd"] or match["alone"])))
    return found


def _within(match: re.Match[str], published_at: datetime) -> list[Moment]:
    """Read "within 24 hours" and "within 3 days": so long after publication; whole days last to their end."""
    count, is_days = int(match["span"]), match["unit"].lower().startswith("d")
    try:
        ends = published_at.astimezone(IST) + timedelta(hours=24 * count if is_days else count)
    except OverflowError:
        return []
    at = END_OF_DAY if is_days else ends.time().replace(second=0, microsecond=0)
    return [Moment(match.start("span"), match.end(), ends.date(), at)]


def _relative(match: re.Match[str], today: date) -> date | None:
    word = (match["rel"] or "").lower()
    if word.startswith("day after"):
        return _later(today, 2)
    if word in {"tomorrow", "kal"}:
        return _later(today, 1)
    if word or match["eod"]:
        return today
    if match["wd"]:
        wanted = next(i for i, name in enumerate(_WEEKDAYS) if name.startswith(match["wd"].lower()[:3]))
        ahead = (wanted - today.weekday()) % 7 or 7
        return _later(today, ahead)
    return None


def _later(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _absolute(match: re.Match[str], today: date) -> date | None:
    day = match["d1"] or match["d2"] or match["d3"] or match["d4"] or match["d5"]
    if day is None:
        return None
    name = match["n3"] or match["n4"]
    month = _MONTHS.split("|").index(name.lower()[:3]) + 1 if name else int(match["m1"] or match["m2"] or match["m5"])
    if name == "may" and not match["y3"] and not match["y4"]:
        return None  # "top 5 may apply"
    year = match["y1"] or match["y2"] or match["y3"] or match["yy3"] or match["y4"]
    if year is None:
        return _nearest(today, month, int(day))
    full_year = int(year) + (2000 if len(year) == 2 else 0)
    if month > 12 >= int(day):  # 11/25/2025: the American order, which only a day above 12 shows
        return _day(full_year, int(day), month)
    return _day(full_year, month, int(day))


def _alone(match: re.Match[str], today: date) -> date | None:
    """Read "by 5th": the next such day, today included."""
    if match["alone"] is None:
        return None
    day = int(match["alone"])
    return next((found for ahead in range(31) if (found := _later(today, ahead)) and found.day == day), None)


def _nearest(today: date, month: int, day: int) -> date | None:
    """Return the next such day, or the last one if it is only just gone."""
    days = [_day(year, month, day) for year in (today.year - 1, today.year, today.year + 1)]
    return next((found for found in days if found is not None and (today - found).days <= RECENT.days), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _find_times(text: str) -> list[Moment]:
    found = []
    for match in islice(_TIMES.finditer(text), MOST_MOMENTS):
        at = _time_of_day(match)
        if at is not None:
            found.append(Moment(match.start(), match.end(), at=at))
    return found


def _time_of_day(match: re.Match[str]) -> time | None:
    if match["noon"]:
        return time(12)
    if match["mid"] or match["eod"]:
        return END_OF_DAY
    hour = int(match["h1"] or match["h2"] or match["h3"] or match["h4"] or match["h5"] or match["h6"])
    minute = int(match["m1"] or match["m2"] or match["m3"] or match["m4"] or match["m5"] or match["m6"] or 0)
    half = (match["half"] or match["half4"] or "").lower()
    if half and not 1 <= hour <= 12:
        return time(hour, minute) if 12 < hour < 24 else None  # "17:00 PM" is written by mistake and meant so
    if (match["late"] or match["part"]) and hour < 12:
        return time(hour + 12, minute)
    if match["half4"] and half == "p" and hour % 12 > _range_end(match):
        half = "a"  # 11-1 pm and 10-12 pm begin before noon
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 else None


def _range_end(match: re.Match[str]) -> int:
    """Return the hour that ends the range, 0 for twelve."""
    digits = re.search(r"\d{1,2}", match.string[match.end() : match.end() + 8])
    return int(digits[0]) % 12 if digits else 0


def _join(text: str, dates: list[Moment], index: int, times: list[Moment]) -> Moment:
    """Give a date the time of day beside it, and take that time out of `times`."""
    found = dates[index]
    floor = dates[index - 1].end if index else 0
    ceiling = dates[index + 1].start if index + 1 < len(dates) else len(text)
    after = next((t for t in times if t.start >= found.end), None)
    if after is not None and after.end <= ceiling and _GAP_AFTER_DATE.fullmatch(text, found.end, after.start):
        return _taken(found, after, times, _also_after(text, after, times))
    before = next((t for t in reversed(times) if floor <= t.start and t.end <= found.start), None)
    if before is not None and _GAP_BEFORE_DATE.fullmatch(text, before.end, found.start):
        first = next((t for t in times if t.end <= before.start and _RANGE.fullmatch(text, t.end, before.start)), None)
        return _taken(found, first or before, times, (before,) if first else ())
    return found


def _also_after(text: str, first: Moment, times: Iterable[Moment]) -> tuple[Moment, ...]:
    """Return times that only say the first one again or end its range: "midnight (11:59 PM)", "5 PM to 6 PM"."""
    return tuple(
        t
        for t in times
        if t.start > first.start and re.fullmatch(r"\s?(?:\(|-|–|—|to|till|and)?\s?", text[first.end : t.start])
    )[:1]


def _taken(found: Moment, at: Moment, times: list[Moment], ends: Iterable[Moment]) -> Moment:
    for used in (at, *ends):
        times.remove(used)
    return replace(found, start=min(found.start, at.start), end=max(found.end, at.end), at=at.at)

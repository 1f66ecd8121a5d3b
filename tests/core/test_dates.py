from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_alerts.core.dates import find_moments
from placement_alerts.core.timetable import IST

PUBLISHED = datetime(2026, 3, 11, 10, 0, tzinfo=IST)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("16 August 2026, 5:00 PM", "2026-08-16", "17:00"),
        ("on 29/08/2026 at 11:30 PM", "2026-08-29", "23:30"),
        ("17-10-2026 (Saturday), 10:30 am", "2026-10-17", "10:30"),
        ("24.11.2026 (Tuesday), 1 PM", "2026-11-24", "13:00"),
        ("2026-11-17 10:00", "2026-11-17", "10:00"),
        ("8th September 2026, 10 AM", "2026-09-08", "10:00"),
        ("before 5:30 PM on 27 August 2026", "2026-08-27", "17:30"),
        ("by 9.45 a.m. on Friday, 18.09.2026 with", "2026-09-18", "09:45"),
        ("Wednesday, March 18, 2026 from 11:00 AM IST", "2026-03-18", "11:00"),
        ("20 March, 12 noon", "2026-03-20", "12:00"),
        ("22 March 2026 at 12:00 noon", "2026-03-22", "12:00"),
        ("19 April 2026, midnight (11:59 PM)", "2026-04-19", "23:59"),
        ("by EOD today", "2026-03-11", "23:59"),
        ("closing 6 PM today", "2026-03-11", "18:00"),
        ("tomorrow at 17.30 hrs", "2026-03-12", "17:30"),
        ("day after tomorrow, 0930 hrs", "2026-03-13", "09:30"),
        ("on Friday at 5 PM", "2026-03-13", "17:00"),
        ("this Wednesday at 5 PM", "2026-03-18", "17:00"),
        ("14 Mar 2026 ⏰ 11:00 AM", "2026-03-14", "11:00"),
        ("11 Dec '26 6pm", "2026-12-11", "18:00"),
        ("3 PM, 12 Sept", "2026-09-12", "15:00"),
        ("28 March 2026, 17:00 PM", "2026-03-28", "17:00"),
        ("11/25/2026 at 4 pm", "2026-11-25", "16:00"),
        ("1 April 2026, 11-1 pm", "2026-04-01", "11:00"),
        ("1 April 2026, 2-4 pm", "2026-04-01", "14:00"),
        ("1 April 2026, 10 - 12 pm", "2026-04-01", "10:00"),
        ("1 April 2026, 12 - 1 pm", "2026-04-01", "12:00"),
        ("21 March ko hai, subah 10:30 baje", "2026-03-21", "10:30"),
    ],
)
def test_date_and_time_are_read_together(text: str, day: str, at: str) -> None:
    found = find_moments(text, PUBLISHED)

    assert [(one.day, one.at) for one in found] == [(date.fromisoformat(day), time.fromisoformat(at))]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on 5 January", "2027-01-05"),  # long gone this year
        ("held on 28 Feb", "2026-02-28"),  # just gone
        ("on 30 Dec", "2026-12-30"),
        ("on 1 March", "2026-03-01"),
        ("9th of April", "2026-04-09"),
        ("May 4", "2026-05-04"),
        ("29 Feb", None),
        ("32 March 2026", None),
        ("30/02/2026", None),
        ("top 5 may appear", None),
        ("0 am and 99 pm", None),
        ("sector 48/60, room 12.5", None),
        ("session 2026-27", None),
        ("26:30 hrs on the clock", None),
    ],
)
def test_day_without_year_is_the_nearest_sensible_one(text: str, day: str | None) -> None:
    found = [one.day for one in find_moments(text, PUBLISHED) if one.day]

    assert found == ([date.fromisoformat(day)] if day else [])


def test_day_without_year_that_is_long_gone_is_next_years() -> None:
    found = find_moments("by 5 January", datetime(2026, 12, 20, tzinfo=IST))

    assert found[0].day == date(2027, 1, 5)


def test_day_without_year_before_the_new_year_stays_in_the_old_one() -> None:
    found = find_moments("since 20 December", datetime(2026, 1, 10, tzinfo=IST))

    assert found[0].day == date(2025, 12, 20)


def test_range_of_days_gives_both_ends() -> None:
    found = find_moments("20-22 April 2026", PUBLISHED)

    assert [one.day for one in found] == [date(2026, 4, 20), date(2026, 4, 22)]


def test_today_is_the_day_in_india() -> None:
    late_evening_in_utc = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)

    found = find_moments("today, 4 PM", late_evening_in_utc)

    assert found[0].day == date(2026, 3, 11)


def test_lone_times_stand_beside_dates_they_do_not_belong_to() -> None:
    text = "tomorrow's interview starts at 4:30 PM instead of 2:00 PM"

    found = find_moments(text, PUBLISHED)

    assert [(one.day, one.at) for one in found] == [(date(2026, 3, 12), None), (None, time(16, 30)), (None, time(14))]
    assert [text[one.start : one.end] for one in found[1:]] == ["4:30 PM", "2:00 PM"]


@pytest.mark.parametrize(("text", "moment"), [("5 pm", None), ("5 April 2026", datetime(2026, 4, 5, 9, 0, tzinfo=IST))])
def test_default_time_needs_a_day(text: str, moment: datetime | None) -> None:
    assert find_moments(text, PUBLISHED)[0].moment(time(9)) == moment


@given(
    st.text(alphabet="0123456789/.-: apmAPMbyontillJanMayFridaytomorrowEODnoon,()", max_size=80),
    st.datetimes(timezones=st.just(UTC)),
)
def test_no_text_and_no_calendar_edge_raises(text: str, published_at: datetime) -> None:
    for one in find_moments(text, published_at):
        assert 0 <= one.start < one.end <= len(text)


def test_edge_of_the_calendar_has_no_tomorrow() -> None:
    last = datetime.max.replace(tzinfo=UTC) - timedelta(hours=20)

    assert [one.day for one in find_moments("day after tomorrow", last)] == []

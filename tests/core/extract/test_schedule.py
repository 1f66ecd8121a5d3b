from datetime import UTC, datetime

import pytest

from placement_alerts.core.extract.schedule import find_schedule
from placement_alerts.core.extract.students import student_lines
from placement_alerts.core.html import from_html

PUBLISHED = datetime(2026, 3, 11, 4, 30, tzinfo=UTC)  # 10:00 in India


def schedule_of(html: str, title: str = "t") -> tuple[str | None, str | None]:
    text = from_html(title, html)
    found = find_schedule(text, PUBLISHED, student_lines(text))
    first = [one[0].at.strftime("%m-%d %H:%M") if one else None for one in (found.deadlines, found.events)]
    return first[0], first[1]


@pytest.mark.parametrize(
    ("html", "deadline"),
    [
        ("Deadline: 16 March 2026, 5:00 PM", "03-16 17:00"),
        ("Apply by 16 March 2026", "03-16 23:59"),
        ("Apply before 16 March 2026", "03-15 23:59"),
        ("Apply on or before 16 March 2026", "03-16 23:59"),
        ("Kindly submit the form latest by 16 March, 12 noon.", "03-16 12:00"),
        ("Registration closes: 16 March 2026 (EOD)", "03-16 23:59"),
        ("16 March 2026, 4 PM is the last date", "03-16 16:00"),
        ("The last date is extended till 18 March 2026, 5 PM in place of 16 March 2026.", "03-18 17:00"),
        ("Last date has been extended from 16 March 2026, noon to 18 March 2026, 5 PM.", "03-18 17:00"),
        ("The new deadline is 18 March 2026, 2 PM (previous deadline: 16 March).", "03-18 14:00"),
        ("Form closes tomorrow (12 March) at 1 PM", "03-12 13:00"),
        ("Form closes by EOD today", "03-11 23:59"),
        ("Submit it by 5 PM", "03-11 17:00"),
        ("Registration link is open till 16th 5 PM", "03-16 17:00"),
        ("Marks of the 10th by the 12th round", None),
        ("Submit it by EOD Monday (16th March)", "03-16 23:59"),
        ("Send it by close of business on 16 March", "03-16 23:59"),
        ("kal tak soch lo. Form 16 March raat 8 baje band ho jayega.", "03-16 20:00"),
        ("kal raat tak ka time hai form bharne ke liye", "03-12 23:59"),
        ("16 March 2026, 4 PM the portal will be closed", "03-16 16:00"),
        ("Submit it by 9 AM", "03-12 09:00"),
        ("Register between 12 March and 15 March 2026", "03-15 23:59"),
        ("Applications are open from 12 to 15 March 2026", "03-15 23:59"),
        ("<h4>Last date to apply</h4><p>16 March 2026, 5 PM</p>", "03-16 17:00"),
        ("Last date to apply:<p>16 March 2026, 5 PM</p>", "03-16 17:00"),
        ("Apply by 16 March 2026. Portal closes on 16 March at 6 PM.", "03-16 18:00"),
        ("Fill the undertaking by 14 March. Apply by 16 March 2026.", "03-16 23:59"),
        ("Portal shuts on Sunday, 15 March 2026 at 11:30 pm.", "03-15 23:30"),
        ("The window is open since 1 March and shuts on 15 March at 9 pm.", "03-15 21:00"),
        ("They extended the date of application from 12 March to 24 March 2026, 6 pm.", "03-24 18:00"),
        ("LAST CALL 13/03/2026 EOD!!", "03-13 23:59"),
        ("Confirm on the form by 11 tonight", "03-11 23:00"),
        ("Apply by 9 tomorrow night", "03-12 21:00"),
        ("FINAL CALL: 14/03/2026, 6 PM", "03-14 18:00"),
        ("We have pushed the last date from 13 March to 16 March 2026, 5 pm.", "03-16 17:00"),
        ("Apply by 5 March 2026", None),
        ("Results will be declared by 20 March 2026", None),
        ("The office will remain closed on 20 March 2026", None),
        ("Report by 9:45 am on 20 March 2026", None),
    ],
)
def test_deadline_is_the_last_moment_to_do_what_is_asked(html: str, deadline: str | None) -> None:
    assert schedule_of(html)[0] == deadline


@pytest.mark.parametrize(
    ("html", "event"),
    [
        ("The test will be held on 20 March 2026, 3 PM in LT-1", "03-20 15:00"),
        ("Date: 20 March 2026<br>Time: 5 PM to 6 PM", "03-20 17:00"),
        ("Slot A (10:45 AM)<br>Slot B (9:30 AM)<p>GD will be on 20 March 2026.</p>", "03-20 09:30"),
        ("Report by 9:45 am on 20 March 2026", "03-20 09:45"),
        ("Interviews of 18 March stand rescheduled to 20 March 2026, 11 am.", "03-20 11:00"),
        ("Tomorrow's interview starts at 4:30 PM instead of 2 PM. Date: 12 March 2026.", "03-12 16:30"),
        ("GD scheduled today at 3 PM will now start at 5 PM.", "03-11 17:00"),
        ("The test tomorrow will start at 8 PM and not at 6 PM.", "03-12 20:00"),
        ("Due to rain, the GD/PI is now on 20 March 2026, 9:30 AM instead of 19 March, 8 AM.", "03-20 09:30"),
        ("Shortlisted students will appear in interviews w.e.f. 20 March 2026, 9 AM.", "03-20 09:00"),
        ("Grand finale: 24-25 March 2026", "03-24 00:00"),
        ("Report on 20 March 2026 at 10 AM for the offer letter.", None),
        ("Acme has called off its visit on 20 March 2026.", None),
        ("The drive planned on 18 March has been postponed.", None),
        ("The test is tomorrow, 12 March 2026, 10 AM in CR 2.", "03-12 10:00"),
        ("Contest from 20 March 2026, 10 AM to 21 March 2026, 1 PM", "03-20 10:00"),
        ("Finale: 20 March - 21 March 2026, 10 AM at Pune", "03-20 10:00"),
        ("Interviews on Friday at 5 PM", "03-13 17:00"),
        ("Interviews likely on Friday", None),
        ("Date of joining: 20 March 2026", None),
        ("Test held on 5 March 2026", None),
        ("The notice dated 20 March 2026", None),
        (
            "<table><tr><td>20-03-2026</td><td>10:00 AM</td><td>23103001</td><td>Asha Rao</td></tr></table>",
            "03-20 10:00",
        ),
    ],
)
def test_event_is_when_the_reader_first_has_to_be_there(html: str, event: str | None) -> None:
    assert schedule_of(html)[1] == event


def test_moment_that_is_due_is_no_event() -> None:
    assert schedule_of("The link closes at 6 PM today", "Closing today, 6 PM") == ("03-11 18:00", None)


def test_last_day_of_the_calendar_has_no_next_day() -> None:
    found = find_schedule(from_html("t", "submit by 5 am"), datetime(9999, 12, 31, 12, tzinfo=UTC))

    assert found.deadlines[0].at.year == 9999


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("Students must report at Main Hall by 8:30 AM on 16 March 2026.", (None, "03-16 08:30")),
        ("Letters of intent will be mailed to the candidates by 16 March 2026.", (None, None)),
        ("The shortlist will be released by 16 March 2026, 5 PM.", (None, None)),
        ("The form will remain open till 16 March 2026, 6 PM.", ("03-16 18:00", None)),
        ("The portal stays open for all students until 16 March 2026.", ("03-16 23:59", None)),
        ("The library will remain open till 16 March 2026, 9 PM.", (None, None)),
        ("Form aaj raat 10 baje band ho jayega", ("03-11 22:00", None)),
    ],
)
def test_what_others_do_by_a_day_is_no_deadline(html: str, expected: tuple[str | None, str | None]) -> None:
    assert schedule_of(f"<p>{html}</p>") == expected


@pytest.mark.parametrize(
    ("html", "event"),
    [
        ("Talk on 16 March 2026 between 3:00 – 4:30 PM in LT-3", "03-16 15:00"),
        ("Qualifier : 14 March 2026, 8 PM<br>Grand finale : 27 March 2026, Pune", "03-14 20:00"),
        ("Prelims on 14 March 2026, finale on 27 March 2026, 10 AM", "03-14 00:00"),
        ("CANCELLED: campus visit of 12 March", None),
        ("Date of joining: 16 March 2026, 9:30 AM, Acme House", "03-16 09:30"),
    ],
)
def test_first_of_several_times_and_days_is_the_event(html: str, event: str | None) -> None:
    assert schedule_of(f"<p>{html}</p>")[1] == event

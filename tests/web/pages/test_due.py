from datetime import timedelta

import pytest

from placement_alerts.core.notice import NoticeKind
from placement_alerts.web.pages.due import days_of, due, start_of_day
from tests.builders import NOW, a_notice, after, facts


@pytest.mark.parametrize(
    ("left", "tone", "words"),
    [
        (timedelta(seconds=-1), "over", "closed"),
        (timedelta(0), "over", "closed"),
        (timedelta(seconds=30), "soon", "closes in 1 minute"),
        (timedelta(minutes=59), "soon", "closes in 59 minutes"),
        (timedelta(hours=1), "soon", "closes in 1 hour"),
        (timedelta(hours=23, minutes=59), "soon", "closes in 23 hours"),
        (timedelta(hours=24), "near", "closes tomorrow"),
        (timedelta(days=2, hours=11), "near", "closes in 2 days"),
        (timedelta(days=9), "open", "closes in 9 days"),
    ],
)
def test_time_that_is_left_is_said_in_words(left: timedelta, tone: str, words: str) -> None:
    found = due(NOW + left, NOW)
    assert (found.tone, found.words) == (tone, words)


def test_moment_of_another_year_has_its_year() -> None:
    assert due(after(days=2), NOW).shown == "Wed 12 Nov, 12:00 PM"
    assert due(after(days=60), NOW).shown == "Fri 9 Jan 2026, 12:00 PM"


def test_event_that_is_over_is_not_called_closed() -> None:
    assert due(after(hours=-1), NOW, "begins").words == "over"


def test_notice_stands_on_the_days_of_its_deadline_and_its_event_in_india() -> None:
    late = after(hours=11, minutes=45)  # 23:45 in India
    notice = a_notice(facts=facts(kind=NoticeKind.WEBINAR, deadline=late, event_at=after(hours=12)))

    days = days_of([notice], start_of_day(NOW), after(days=30), NOW)

    shown = [(day.name, day.shown, [entry.what for entry in day.entries]) for day in days]
    assert shown == [
        ("Today", "November 10, 2025", ["Deadline"]),
        ("Tomorrow", "November 11, 2025", ["Webinar"]),
    ]


def test_what_lies_outside_the_span_is_left_out() -> None:
    notices = [
        a_notice("n1", facts=facts(deadline=after(days=30))),
        a_notice("n2", facts=facts(deadline=after(days=-1))),
    ]
    assert days_of(notices, start_of_day(NOW), after(days=30), NOW) == []

from datetime import UTC, datetime, timedelta, timezone

from placement_alerts.core.timetable import show_date, show_moment, show_moment_short, show_posted

MOMENT = datetime(2026, 1, 27, 5, 30, tzinfo=UTC)


def test_moments_are_shown_in_indian_time_whatever_their_zone() -> None:
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=-5)))

    assert show_moment(MOMENT) == show_moment(elsewhere) == "Tue 27 Jan 2026, 11:00 AM IST"


def test_noon_and_midnight_are_twelve() -> None:
    assert show_moment(datetime(2026, 1, 27, 6, 30, tzinfo=UTC)).endswith("12:00 PM IST")
    assert show_moment(datetime(2026, 1, 26, 18, 30, tzinfo=UTC)).endswith("12:00 AM IST")


def test_the_short_form_fits_beside_another() -> None:
    assert show_moment_short(MOMENT) == "27 Jan 11:00"


def test_footers_keep_the_form_that_readers_know() -> None:
    assert show_posted(MOMENT) == "January 27, 2026 at 11:00 AM IST"
    assert show_date(MOMENT) == "January 27, 2026"

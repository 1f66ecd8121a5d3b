"""A student's calendar, read back by the icalendar library, over a real server and store."""

import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from aiohttp import ClientResponse
from icalendar import Calendar, Event

from placement_alerts.core.enrollment import enrollment_key
from placement_alerts.core.notice import Audience, ListedStudent, NoticeKind
from placement_alerts.core.student import StudentId
from placement_alerts.logs import set_up_logs
from placement_alerts.pipeline.planning import ENROLLMENTS
from placement_alerts.store.base import Store
from placement_alerts.web.feeds.calendar_token import calendar_path, new_calendar_token
from tests.builders import NOW, YEAR, a_job, a_notice, after, facts
from tests.web.feeds.conftest import HOST, SITE
from tests.web.house import House

TOKEN, HASH = new_calendar_token()
PATH = calendar_path(TOKEN)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that the process would log."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    set_up_logs(stream=stream, level="debug")
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
async def student(store: Store) -> StudentId:
    """A student of the year whose calendar has TOKEN."""
    _, student = await store.students.join("telegram", "7", YEAR, {}, NOW)
    await store.students.set_calendar(student.id, HASH)
    return student.id


async def ask(house: House, path: str = PATH, **headers: str) -> tuple[ClientResponse, bytes]:
    async with house.client.get(path, headers={**HOST, **headers}) as response:
        return response, await response.read()


async def events(house: House) -> dict[str, Any]:
    """Return the calendar's events by UID; what a property is, its name says."""
    _, raw = await ask(house)
    found = [one for one in Calendar.from_ical(raw).walk("VEVENT") if isinstance(one, Event)]
    return {str(event["UID"]): event for event in found}


async def publish(store: Store, identifier: str = "n1", **values: Any) -> None:
    assert await store.notices.save(a_notice(identifier, **values))


async def test_calendar_names_itself_and_when_to_ask_again(house: House, student: StudentId) -> None:
    response, raw = await ask(house)

    calendar: Any = Calendar.from_ical(raw)
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert calendar["VERSION"] == "2.0"
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Placements 2025-26"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in raw
    assert "PRODID" in calendar
    assert "COLOR" in calendar


async def test_deadline_is_an_event_of_a_quarter_hour_that_ends_at_it(
    store: Store, house: House, student: StudentId
) -> None:
    await publish(store, facts=facts(deadline=after(days=3)))

    [event] = (await events(house)).values()

    assert (event.start, event.end) == (after(days=3, minutes=-15), after(days=3))
    assert event["SUMMARY"].startswith("Deadline: ")
    assert event["URL"] == f"{SITE}/notices/n1"
    assert event["STATUS"] == "CONFIRMED"


async def test_deadline_of_the_announced_job_counts_too(store: Store, house: House, student: StudentId) -> None:
    await publish(store, facts=facts(deadline=None), job=a_job(deadline=after(days=5)), announces_job=True)

    [event] = (await events(house)).values()

    assert event.end == after(days=5)


@pytest.mark.parametrize(
    ("kind", "word"),
    [(NoticeKind.WEBINAR, "Webinar: "), (NoticeKind.SHORTLIST, "Test or interview: "), (NoticeKind.UPDATE, "Event: ")],
)
async def test_event_has_its_time_and_place(
    store: Store, house: House, student: StudentId, kind: NoticeKind, word: str
) -> None:
    await publish(store, facts=facts(kind=kind, deadline=None, event_at=after(days=2), venue="Lab 4; Block B, 2nd"))

    [event] = (await events(house)).values()

    assert event.start == after(days=2)
    assert event["LOCATION"] == "Lab 4; Block B, 2nd"
    assert event["SUMMARY"].startswith(word)


async def test_deadline_and_event_of_a_notice_are_two(store: Store, house: House, student: StudentId) -> None:
    await publish(store, facts=facts(deadline=after(days=1), event_at=after(days=2)))

    assert set(await events(house)) == {"n1-deadline@placement-alerts", "n1-event@placement-alerts"}


async def test_moved_deadline_keeps_its_uid_and_raises_the_sequence(
    store: Store, house: House, student: StudentId
) -> None:
    await publish(store)
    [(uid, first)] = (await events(house)).items()
    await publish(store, revision=2, stored_at=after(hours=1), facts=facts(deadline=after(days=4)))
    [(same, moved)] = (await events(house)).items()

    assert uid == same
    assert (first["SEQUENCE"], moved["SEQUENCE"]) == (0, 1)
    assert moved.end == after(days=4)
    assert moved["LAST-MODIFIED"].dt == after(hours=1)


async def test_withdrawn_notice_is_cancelled_for_thirty_days(store: Store, house: House, student: StudentId) -> None:
    await publish(store, facts=facts(deadline=after(days=90)))
    await publish(store, revision=2, withdrawn=True, stored_at=NOW, facts=facts(deadline=after(days=90)))

    [event] = (await events(house)).values()
    house.moments.pass_by(days=30)

    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert await events(house) == {}


async def test_text_of_any_script_is_folded_without_cutting_a_character(
    store: Store, house: House, student: StudentId
) -> None:
    text = "साक्षात्कार 😀 für Größe, Komma; Strichpunkt \\ Strich " * 20
    await publish(store, title=text[:300], text=text)

    _, raw = await ask(house)
    [event] = (await events(house)).values()

    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert [line.decode() for line in raw.split(b"\r\n")]  # each line is whole characters
    assert text.strip() in event["DESCRIPTION"]
    assert event["SUMMARY"] == f"Deadline: {' '.join(text[:300].split())}"


async def test_title_cannot_make_lines_of_its_own(store: Store, house: House, student: StudentId) -> None:
    await publish(store, title="A\r\nATTENDEE:mailto:x\r\nEND:VEVENT", text="B\r\nBEGIN:VEVENT\x00")

    found = await events(house)

    assert len(found) == 1
    assert "ATTENDEE" not in next(iter(found.values()))


async def test_times_are_in_utc(store: Store, house: House, student: StudentId) -> None:
    await publish(store, facts=facts(deadline=datetime(2025, 11, 12, 11, 30, tzinfo=UTC)))

    assert b"DTEND:20251112T113000Z\r\n" in (await ask(house))[1]


async def test_only_dates_of_the_own_year_are_in_it(store: Store, house: House, student: StudentId) -> None:
    await publish(store, "mine")
    await publish(store, "theirs", year="202627")

    assert set(await events(house)) == {"mine-deadline@placement-alerts"}


async def test_dates_for_another_branch_are_not_in_it(store: Store, house: House, student: StudentId) -> None:
    await store.students.set_profile(student, YEAR, "CSE", None)
    await publish(store, "mine", audience=Audience(branches=("CSE",)))
    await publish(store, "theirs", audience=Audience(branches=("ECE",)))

    assert set(await events(house)) == {"mine-deadline@placement-alerts"}


async def test_dates_for_the_named_alone_are_theirs(store: Store, house: House, student: StudentId) -> None:
    await _enroll(store, student, "21103001")
    mine = facts(students=(ListedStudent(name=None, enrollment="21103001"),), deadline=after(days=1))
    theirs = facts(students=(ListedStudent(name=None, enrollment="21103002"),), deadline=after(days=1))
    await publish(store, "mine", facts=mine, audience=Audience(only_named=True))
    await publish(store, "theirs", facts=theirs, audience=Audience(only_named=True))

    assert set(await events(house)) == {"mine-deadline@placement-alerts"}


async def test_interview_of_a_list_without_me_is_not_mine(store: Store, house: House, student: StudentId) -> None:
    listed = (ListedStudent(name=None, enrollment="21103002"),)
    await publish(store, facts=facts(kind=NoticeKind.SHORTLIST, event_at=after(days=1), students=listed))
    unknown = await events(house)

    await _enroll(store, student, "21103001")

    assert len(unknown) == 2  # who did not say their number may be on it
    assert await events(house) == {}


async def test_calendar_names_no_student_and_no_address(store: Store, house: House, student: StudentId) -> None:
    text = "Asha Rao 21103001\nBen Das 21103002\nWrite to hr@brightwave.example.com"
    await publish(store, text=text)

    _, raw = await ask(house)

    assert [word for word in (b"Asha", b"21103001", b"Ben", b"hr@") if word in raw.replace(b"\r\n ", b"")] == []


async def test_unchanged_calendar_is_not_sent_again(store: Store, house: House, student: StudentId) -> None:
    await publish(store)
    first, _ = await ask(house)
    again, nothing = await ask(house, **{"If-None-Match": first.headers["ETag"]})
    await publish(store, revision=2, stored_at=after(hours=1))
    changed, _ = await ask(house, **{"If-None-Match": first.headers["ETag"]})

    assert (again.status, nothing, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert changed.status == 200
    assert "private" in first.headers["Cache-Control"]


async def test_revoked_and_unknown_tokens_are_answered_alike(store: Store, house: House, student: StudentId) -> None:
    other, hash_ = new_calendar_token()
    await store.students.set_calendar(student, hash_)
    paths = (PATH, calendar_path("x" * 43), "/calendar/short.ics", "/calendar/%00.ics", f"/calendar/{'y' * 500}.ics")
    answers = [await ask(house, path) for path in paths]
    right, _ = await ask(house, calendar_path(other))

    assert {(response.status, raw) for response, raw in answers} == {
        (404, b"There is nothing here. A calendar's address ends when its student renews or ends it in the settings.\n")
    }
    assert right.status == 200


async def test_token_is_never_logged(store: Store, house: House, student: StudentId, log: io.StringIO) -> None:
    answered, _ = await ask(house)
    await store.close()
    failed, _ = await ask(house)

    assert (answered.status, failed.status // 100) == (200, 5)
    assert "request.failed" in log.getvalue()
    assert TOKEN not in log.getvalue()


async def test_tokens_are_random_and_stored_hashed() -> None:
    tokens = {new_calendar_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) >= 43 and token not in hash_ and len(hash_) == 64 for token, hash_ in tokens)


async def test_dates_of_last_month_are_there_and_older_ones_are_not(
    store: Store, house: House, student: StudentId
) -> None:
    await publish(store, "near", facts=facts(deadline=NOW - timedelta(days=29)))
    await publish(store, "far", facts=facts(deadline=NOW - timedelta(days=32)))

    assert set(await events(house)) == {"near-deadline@placement-alerts"}


async def _enroll(store: Store, student: StudentId, number: str) -> None:
    key = enrollment_key(number, await store.secret(ENROLLMENTS))
    assert await store.students.enroll(student, key, number[-3:])

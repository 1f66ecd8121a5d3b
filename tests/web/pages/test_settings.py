import re

import pytest

from placement_alerts.core.student import OffReason
from placement_alerts.store.base import Store
from tests.builders import YEAR
from tests.web.house import House, Moments
from tests.web.pages.student_site import AASTHA, a_site, page, sign_in, submit, words


async def test_strangers_settings_are_their_browser_and_a_way_in(house: House) -> None:
    said = await words(house, "/settings")
    assert "Notifications in the browser are not set up here yet." in said
    assert "Sign in" in said
    assert "Profile" not in said


async def test_profile_is_stored(house: House) -> None:
    await sign_in(house)
    assert await submit(house, "/settings/profile", year="202627", branch="ECE", cgpa="8,25") == 303

    student = await house.services.store.students.get(AASTHA)
    assert student is not None
    assert (student.year, student.branch, student.cgpa) == ("202627", "ECE", 8.25)
    assert await submit(house, "/settings/profile", year="202627", branch="", cgpa="") == 303
    student = await house.services.store.students.get(AASTHA)
    assert student is not None
    assert (student.branch, student.cgpa) == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"year": "1999"},
        {"year": YEAR, "branch": "Magic"},
        {"year": YEAR, "cgpa": "11"},
        {"year": YEAR, "cgpa": "nan"},
        {"year": YEAR, "cgpa": "1.2.3"},
        {"year": YEAR, "cgpa": "-1"},
    ],
)
async def test_profile_that_cannot_be_is_refused(house: House, fields: dict[str, str]) -> None:
    await sign_in(house)
    assert await submit(house, "/settings/profile", **fields) == 400


async def test_telegram_is_switched_off_and_on(house: House) -> None:
    await sign_in(house)
    store = house.services.store
    student = await store.students.get(AASTHA)
    assert student is not None
    address = student.addresses[0].id

    assert await submit(house, "/settings/channel", address=address, on="0") == 303
    assert "Telegram Off" in await words(house, "/settings")
    student = await store.students.get(student.id)
    assert student is not None
    assert student.addresses[0].off is OffReason.STOPPED

    await submit(house, "/settings/channel", address=address, on="1")
    assert "Telegram On" in await words(house, "/settings")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("channel", {"address": "somebodys"}),
        ("device", {"device": "somebodys"}),
        ("session", {"session": "somebodys"}),
    ],
)
async def test_what_is_not_ones_own_is_not_changed(house: House, path: str, fields: dict[str, str]) -> None:
    await sign_in(house)
    assert await submit(house, f"/settings/{path}", **fields) == 400


async def test_other_browser_is_signed_out(house: House, store: Store, moments: Moments) -> None:
    async with a_site(store, moments) as other:
        await sign_in(other)
        theirs = (await other.who())["session"]
        await sign_in(house)

        assert await submit(house, "/settings/session", session=theirs) == 303

        moments.pass_by(seconds=10)
        assert (await other.who())["signed_in"] is False
    assert (await house.who())["signed_in"] is True


async def test_calendars_address_is_shown_once_and_renewing_ends_the_old_one(house: House) -> None:
    await sign_in(house)
    csrf = (await house.who())["csrf"]
    response = await house.ask("POST", "/settings/calendar", data={"csrf": csrf, "act": "renew"})
    text = await response.text()

    (address,) = re.findall(r'value="(http[^"]*\.ics)"', text)
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in text
    assert response.headers["Cache-Control"] == "private, no-store"
    assert address not in await page(house, "/settings")
    student = await house.services.store.students.get(AASTHA)
    assert student is not None
    assert student.calendar_hash is not None
    assert student.calendar_hash not in text

    assert await submit(house, "/settings/calendar", act="revoke") == 303
    student = await house.services.store.students.get(AASTHA)
    assert student is not None
    assert student.calendar_hash is None


@pytest.mark.parametrize("path", ["profile", "channel", "device", "session", "calendar"])
async def test_forms_are_for_signed_in_students_with_their_token(house: House, path: str) -> None:
    assert (
        (await house.ask("POST", f"/settings/{path}", data={"year": YEAR})).headers["Location"].startswith("/sign-in")
    )
    await sign_in(house)
    assert (await house.ask("POST", f"/settings/{path}", data={"year": YEAR})).status == 403

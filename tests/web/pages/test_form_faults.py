"""A form that could not be saved says why, and keeps what was typed."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from placement_alerts.core.session import SessionId
from placement_alerts.core.student import OffReason, StudentId
from placement_alerts.store.base import Store
from placement_alerts.web.pages.sign_in import SignInRoutes
from placement_alerts.web.pages.student_pages import StudentPages
from placement_alerts.web.services import Services
from tests.builders import NOW, YEAR
from tests.web.campus import a_campus
from tests.web.house import House, Moments, a_house

PROFILE = {"year": YEAR, "branch": "ECE", "cgpa": "abc"}


def routes(services: Services) -> list[web.RouteDef]:
    return [*StudentPages(services).routes(), *SignInRoutes(services).routes()]


@pytest.fixture
async def house(store: Store, moments: Moments) -> AsyncIterator[House]:
    await a_campus(store, NOW)
    async with a_house(store, moments, routes) as house:
        await house.ask("POST", "/enter", data={"student": "aastha"})
        yield house


async def test_profile_that_is_refused_is_shown_again_as_it_was_typed(house: House) -> None:
    csrf = (await house.who())["csrf"]
    answer = await house.ask("POST", "/settings/profile", data={"csrf": csrf, **PROFILE})
    text = await answer.text()

    assert answer.status == 400
    assert "<strong>Not saved:</strong> the CGPA should be a number from 0 to 10." in text
    assert 'value="abc"' in text
    assert "<option selected>ECE</option>" in text


async def test_form_of_somebody_signed_out_meanwhile_is_told_that_nothing_was_saved(house: House) -> None:
    before = await house.who()
    await house.services.store.sessions.remove(SessionId(before["session"]))
    house.moments.pass_by(minutes=5)
    answer = await house.ask("POST", "/settings/profile", data={"csrf": before["csrf"], **PROFILE})
    page = await house.get(answer.headers["Location"])

    assert answer.status == 303
    assert "You were signed out meanwhile, and nothing was saved." in await page.text()


async def test_blocked_bot_is_not_switched_on_here_but_in_telegram(house: House, store: Store) -> None:
    student = await store.students.get(StudentId("aastha"))
    assert student is not None
    await store.students.switch_off(student.addresses[0].id, OffReason.BLOCKED)
    house.moments.pass_by(minutes=5)
    text = await (await house.get("/settings")).text()

    assert "Unblock it in Telegram, then press Start." in text
    assert "Switch on" not in text

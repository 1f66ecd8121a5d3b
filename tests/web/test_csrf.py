from typing import Any

import pytest

from placement_alerts.core.student import StudentId
from placement_alerts.store.base import Store
from tests.builders import NOW
from tests.web.house import House, Moments, a_house

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def csrf(house: House, store: Store) -> str:
    """Sign a student in on the house's browser; return the token of its forms."""
    _, student = await store.students.join("telegram", "7", "202526", {}, NOW)
    return await entered(house, student.id)


async def entered(house: House, student: StudentId) -> str:
    begun = await (await house.get("/begin")).json()
    answer = await house.ask("POST", "/enter", data={"student": student, "csrf": begun["csrf"]})
    return str((await answer.json())["csrf"])


async def change(house: House, **more: Any) -> int:
    return (await house.ask("POST", "/change", **more)).status


async def test_form_with_its_token_is_taken(house: House, csrf: str) -> None:
    assert await change(house, data={"csrf": csrf}) == 200
    assert await change(house, json={}, headers={"X-CSRF-Token": csrf}) == 200


async def test_form_without_its_token_is_refused(house: House, csrf: str) -> None:
    answer = await house.ask("POST", "/change", json={}, headers={"Accept": "application/json"})

    assert answer.status == 403
    assert (await answer.json())["code"] == "csrf"
    assert await change(house, data={"other": "x"}) == 403
    assert await change(house) == 403


@pytest.mark.parametrize("wrong", ["", "x", "é", "A" * 43, "A" * 100_000])
async def test_wrong_token_is_refused(house: House, csrf: str, wrong: str) -> None:
    assert await change(house, data={"csrf": wrong}) == 403


async def test_token_of_another_browser_is_refused(house: House, csrf: str, store: Store, moments: Moments) -> None:
    async with a_house(store, moments) as other:
        begun = await (await other.get("/begin")).json()

    assert begun["csrf"] != csrf
    assert await change(house, data={"csrf": begun["csrf"]}) == 403


async def test_token_of_before_signing_in_is_refused_after_it(house: House, store: Store) -> None:
    before = await (await house.get("/begin")).json()
    _, student = await store.students.join("telegram", "7", "202526", {}, NOW)
    await house.ask("POST", "/enter", data={"student": student.id, "csrf": before["csrf"]})

    assert await change(house, data={"csrf": before["csrf"]}) == 403


async def test_token_in_the_address_does_not_count(house: House, csrf: str) -> None:
    assert (await house.ask("POST", f"/change?csrf={csrf}", data={"x": "y"})).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "nonsense"},
    ],
)
async def test_page_of_another_site_is_refused_even_with_the_token(
    house: House, csrf: str, headers: dict[str, str]
) -> None:
    assert await change(house, data={"csrf": csrf}, headers=headers) == 403


async def test_page_of_another_site_is_refused_for_strangers_too(house: House) -> None:
    assert await change(house, json={}, headers={"Origin": "https://evil.example"}) == 403
    assert await change(house, json={}) == 200


async def test_own_page_is_taken(house: House, csrf: str) -> None:
    old = {"Origin": f"http://127.0.0.1:{house.port}"}
    behind_a_proxy = {"Origin": "https://alerts.example.org", "Sec-Fetch-Site": "same-origin"}

    assert await change(house, data={"csrf": csrf}, headers=old) == 200
    assert await change(house, data={"csrf": csrf}, headers=behind_a_proxy) == 200


async def test_listed_page_may_call_but_not_with_the_session(store: Store, moments: Moments) -> None:
    _, student = await store.students.join("telegram", "7", "202526", {}, NOW)
    headers = {"Origin": "https://partner.example", "Sec-Fetch-Site": "cross-site"}

    async with a_house(store, moments, settings={"cors_origins": ("https://partner.example",)}) as house:
        as_stranger = await change(house, json={}, headers=headers)
        await entered(house, student.id)
        as_student = await change(house, json={}, headers=headers)

    assert (as_stranger, as_student) == (200, 403)


async def test_reading_needs_no_token(house: House, csrf: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}  # a link on another site

    assert (await house.get("/own", headers=headers)).status == 200


async def test_api_token_needs_none_and_has_no_session(house: House, csrf: str) -> None:
    assert await change(house, json={}, headers={"Authorization": "Bearer pa_x"}) == 200
    assert await change(house, json={}, headers={"X-API-Key": "pa_x"}) == 200


async def test_name_and_password_in_an_address_are_no_api_token(house: House, csrf: str) -> None:
    assert await change(house, data={"x": "y"}, headers={"Authorization": "Basic eDp5"}) == 403


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"a&" * 2000, FORM["Content-Type"], 413),
        (b"csrf=%ff%fe", FORM["Content-Type"], 403),
        (b"csrf=x", FORM["Content-Type"] + "; charset=nonsense", 400),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
        (b"", "multipart/form-data", 415),
    ],
)
async def test_hostile_forms_are_refused_quietly(
    house: House, csrf: str, body: bytes, content_type: str, status: int
) -> None:
    assert await change(house, data=body, headers={"Content-Type": content_type}) == status


@pytest.mark.parametrize("headers", [{}, {"X-API-Key": "pa_x"}])
async def test_hostile_forms_of_strangers_and_programs_are_refused_as_quietly(
    house: House, headers: dict[str, str]
) -> None:
    parts = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 2000 + b"--x--\r\n"
    many = {"Content-Type": "multipart/form-data; boundary=x", **headers}
    odd = {"Content-Type": FORM["Content-Type"] + "; charset=nonsense", **headers}

    assert (await house.ask("POST", "/enter", data=parts, headers=many)).status == 415
    assert (await house.ask("POST", "/enter", data=b"student=x", headers=odd)).status == 400

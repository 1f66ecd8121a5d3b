import re
from collections.abc import AsyncIterator, Awaitable, Callable
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse

from placement_alerts.core.student import Student
from placement_alerts.pipeline.signing_in import Confirmation
from placement_alerts.store.base import Store
from placement_alerts.web.limits import SIGN_INS, WRONG
from placement_alerts.web.local_paths import local_path
from placement_alerts.web.pages.sign_in import SignInRoutes
from tests.builders import NOW, YEAR
from tests.web.house import House, Moments, a_house

Link = Callable[[str], Awaitable[str | None]]


async def deep_link(code: str) -> str | None:
    return f"https://t.me/alerts_bot?start={code}"


async def no_link(_: str) -> str | None:
    return None


@pytest.fixture
def moments() -> Moments:
    return Moments()


@pytest.fixture
async def house(store: Store, moments: Moments) -> AsyncIterator[House]:
    async with a_house(store, moments, lambda services: SignInRoutes(services).routes(), deep_link=deep_link) as opened:
        yield opened


@pytest.fixture
async def asha(store: Store) -> Student:
    _, student = await store.students.join("telegram", "7", YEAR, {"first_name": "Asha <b>"}, NOW)
    return student


async def fields(house: House, path: str = "/sign-in") -> dict[str, str]:
    """Return the hidden fields of the page's first form."""
    text = await (await house.get(path)).text()
    form = text[text.index("<form") : text.index("</form>")]
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


async def send(house: House, path: str, **form: Any) -> ClientResponse:
    return await house.ask("POST", path, data=form)


async def press(house: House, code: str, student: Student) -> None:
    """Press the number that the page shows, in the chat."""
    asked = await house.services.signing_in.asked(code)
    assert asked is not None
    assert await house.services.signing_in.confirm(code, student.id, asked.digits) is Confirmation.DONE


async def test_page_shows_link_number_and_qr(house: House) -> None:
    answer = await house.get("/sign-in")
    text = await answer.text()

    code = (await fields(house))["code"]
    assert f'href="https://t.me/alerts_bot?start={code}"' in text
    assert re.search(r'<p class="digits">\d\d</p>', text)
    assert "press the number that your browser shows" in text
    assert "<svg" in text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not re.search(r"<script(?![^>]+src=)|\sstyle=|\son\w+=", text)


async def test_confirmed_link_signs_in_and_leads_back(house: House, asha: Student) -> None:
    form = await fields(house, "/sign-in?next=/settings%3Ftab%3Dprofile")
    await press(house, form["code"], asha)
    answer = await send(house, "/sign-in/link", **form)

    assert (answer.status, answer.headers["Location"]) == (303, "/settings?tab=profile")
    assert (await house.who())["student"] == asha.id


async def test_link_that_is_not_confirmed_yet_says_so_and_stays(house: House) -> None:
    form = await fields(house)
    answer = await send(house, "/sign-in/link", **form)
    page = await (await house.get(answer.headers["Location"])).text()

    assert "Not yet" in page
    assert (await fields(house))["code"] == form["code"]
    assert not (await house.who())["signed_in"]


async def test_wrong_number_in_the_chat_ends_the_link(house: House, asha: Student) -> None:
    form = await fields(house)
    await house.services.signing_in.confirm(form["code"], asha.id, "0")
    answer = await send(house, "/sign-in/link", **form)

    assert "said=over" in answer.headers["Location"]
    assert not (await house.who())["signed_in"]
    assert (await fields(house))["code"] != form["code"]


async def test_link_works_once(house: House, asha: Student) -> None:
    form = await fields(house)
    await press(house, form["code"], asha)
    await send(house, "/sign-in/link", **form)
    house.client.cookie_jar.clear()
    again = form | {"csrf": (await fields(house))["csrf"]}

    assert "said=over" in (await send(house, "/sign-in/link", **again)).headers["Location"]


async def test_script_is_told_how_it_stands(house: House, asha: Student) -> None:
    form = await fields(house)
    waiting = await (await send(house, "/sign-in/status", **form)).json()
    await press(house, form["code"], asha)
    confirmed = await (await send(house, "/sign-in/status", **form)).json()
    over = await (await send(house, "/sign-in/status", **(form | {"code": "in_" + "A" * 22}))).json()

    assert [one["state"] for one in (waiting, confirmed, over)] == ["waiting", "confirmed", "over"]


async def test_code_of_another_browser_is_worth_nothing(
    house: House, store: Store, moments: Moments, asha: Student
) -> None:
    async with a_house(store, moments, lambda services: SignInRoutes(services).routes(), deep_link=deep_link) as other:
        theirs = await fields(other)
    await press(house, theirs["code"], asha)
    own = await fields(house)

    await send(house, "/sign-in/link", **(own | {"code": theirs["code"]}))
    await send(house, "/sign-in/code", **(own | {"code": theirs["code"]}))

    assert not (await house.who())["signed_in"]


async def test_typed_code_signs_in(house: House, asha: Student) -> None:
    form = await fields(house)
    code = (await house.services.signing_in.offer_code(asha.id)).code
    answer = await send(house, "/sign-in/code", csrf=form["csrf"], code=f"{code[:4]}-{code[4:]}".lower(), next="/jobs")

    assert answer.headers["Location"] == "/jobs"
    assert (await house.who())["signed_in"]


async def test_wrong_codes_are_counted_and_then_refused(house: House, asha: Student) -> None:
    form = await fields(house)
    answers = [await send(house, "/sign-in/code", csrf=form["csrf"], code="ABCDEFGH") for _ in range(WRONG.burst + 1)]
    right = (await house.services.signing_in.offer_code(asha.id)).code

    assert "said=wrong" in answers[0].headers["Location"]
    assert [one.status for one in answers] == [303] * WRONG.burst + [429]
    assert (await send(house, "/sign-in/code", csrf=form["csrf"], code=right)).status == 429

    house.moments.pass_by(seconds=6)
    assert (await send(house, "/sign-in/code", csrf=form["csrf"], code=right)).status == 303


async def test_address_makes_no_endless_row_of_links(house: House) -> None:
    shown = []
    for _ in range(SIGN_INS.burst + 1):
        house.client.cookie_jar.clear()
        shown.append((await house.get("/sign-in")).status)

    assert shown == [200] * SIGN_INS.burst + [429]
    house.moments.pass_by(seconds=6)
    assert (await house.get("/sign-in")).status == 200


@pytest.mark.parametrize("path", ["/sign-in/link", "/sign-in/code", "/sign-in/status", "/sign-out"])
async def test_forms_need_their_token(house: House, path: str) -> None:
    await fields(house)

    assert (await send(house, path, code="x")).status == 403


async def test_browser_without_cookies_is_signed_in_by_nobody(house: House, asha: Student) -> None:
    code = (await house.services.signing_in.offer_code(asha.id)).code
    answer = await send(house, "/sign-in/code", code=code)

    assert "Set-Cookie" not in answer.headers
    assert await house.services.signing_in.take(code) is not None  # it was not used up


async def test_signed_in_student_is_led_on_and_can_sign_out(house: House, asha: Student) -> None:
    form = await fields(house)
    code = (await house.services.signing_in.offer_code(asha.id)).code
    await send(house, "/sign-in/code", csrf=form["csrf"], code=code)

    assert (await house.get("/sign-in?next=/jobs")).headers["Location"] == "/jobs"
    text = await (await house.get("/sign-in")).text()
    assert "Asha &lt;b&gt;" in text
    out = await send(house, "/sign-out", csrf=(await fields(house))["csrf"])
    assert (out.status, out.headers["Location"]) == (303, "/")
    assert (await house.who())["student"] is None


async def test_anonymous_browser_brings_its_push_along(house: House, store: Store, asha: Student) -> None:
    begun = await (await house.get("/begin")).json()
    anonymous = await (await house.ask("POST", "/anonymous", headers={"X-CSRF-Token": begun["csrf"]})).json()
    await store.students.attach(anonymous["student"], "webpush", "w1", NOW)
    form = await fields(house)
    code = (await house.services.signing_in.offer_code(asha.id)).code
    await send(house, "/sign-in/code", csrf=form["csrf"], code=code)

    student = await store.students.get(asha.id)
    assert student is not None
    assert "w1" in {one.value for one in student.addresses}
    assert await store.students.get(anonymous["student"]) is None
    (session,) = await store.sessions.of_student(asha.id)
    assert session.signed_in


async def test_without_a_bot_the_page_takes_codes(store: Store, moments: Moments) -> None:
    async with a_house(store, moments, lambda services: SignInRoutes(services).routes()) as plain:
        text = await (await plain.get("/sign-in")).text()

    assert "One-time code" in text
    assert "t.me" not in text


HOSTILE = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/%2Fevil.example",
    "/%5Cevil.example",
    "/%09/evil.example",
    "evil.example",
    "/é",
    "/a\r\nSet-Cookie: x=y",
    "/" + "a" * 3000,
    "",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_hostile_address_leads_home(path: str) -> None:
    assert local_path(path) == "/"


@pytest.mark.parametrize(
    "path", ["/", "/jobs", "/notices/n-1?x=1&y=a%20b#part", "/admin/deliveries?next=//x", "/a%2Fb"]
)
def test_own_address_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize("path", HOSTILE)
async def test_no_way_of_signing_in_leads_elsewhere(house: House, asha: Student, path: str) -> None:
    form = await fields(house, f"/sign-in?next={quote(path, safe='')}")
    code = (await house.services.signing_in.offer_code(asha.id)).code
    answer = await send(house, "/sign-in/code", csrf=form["csrf"], code=code, next=path)

    assert form["next"] == "/"
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("link", "says"), [(None, "No bot is set up here"), (no_link, "Telegram cannot be asked for the bot")]
)
async def test_page_without_a_link_says_why(store: Store, moments: Moments, link: Link | None, says: str) -> None:
    async with a_house(store, moments, lambda services: SignInRoutes(services).routes(), deep_link=link) as house:
        assert says in await (await house.get("/sign-in")).text()

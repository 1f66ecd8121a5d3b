from datetime import timedelta

import pytest

from placement_alerts.core.session import SessionId
from placement_alerts.core.student import OffReason, StudentId
from placement_alerts.store.base import Store
from placement_alerts.web.cookies import LIFE, Cookie, Signer
from tests.builders import NOW
from tests.web.house import House, Moments, a_house


@pytest.fixture
async def asha(store: Store) -> StudentId:
    _, student = await store.students.join("telegram", "7", "202526", {"first_name": "Asha"}, NOW)
    return student.id


async def enter(house: House, student: StudentId) -> dict[str, object]:
    """Sign the student in on this browser and return what the server said of it."""
    csrf = (await (await house.get("/begin")).json())["csrf"]
    answer = await house.ask("POST", "/enter", data={"student": student, "csrf": csrf})
    assert answer.status == 200, await answer.text()
    return dict(await answer.json())


async def test_stranger_gets_no_cookie_until_a_form_needs_one(house: House) -> None:
    seen = await house.get("/who")
    begun = await house.get("/begin")

    assert "Set-Cookie" not in seen.headers
    assert begun.headers["Set-Cookie"].startswith("pa=")
    assert begun.headers["Cache-Control"] == "private, no-store"


async def test_browser_that_began_is_known_again_without_a_row(house: House, store: Store) -> None:
    begun = await (await house.get("/begin")).json()
    again = await house.get("/begin")

    known = await again.json()
    assert known == begun
    assert known["label"] == "Firefox on Android"
    assert "Set-Cookie" not in again.headers
    assert await store.sessions.get(SessionId(known["session"]), NOW) is None


async def test_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    cookie = (await house.get("/begin")).headers["Set-Cookie"]

    assert {"HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={90 * 86400}"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


async def test_cookie_over_https_belongs_to_this_host_alone(store: Store, moments: Moments) -> None:
    async with a_house(store, moments, settings={"public_url": "https://alerts.example.org"}) as house:
        answer = await house.get("/begin", headers={"Host": "alerts.example.org"})

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-pa=")
    assert "; Secure" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_signing_in_makes_a_new_session_so_that_a_fixed_one_is_worth_nothing(
    house: House, asha: StudentId
) -> None:
    await house.get("/begin")
    planted = house.cookie()

    entered = await enter(house, asha)

    assert (entered["student"], entered["signed_in"]) == (asha, True)
    assert house.cookie() != planted
    assert (await house.who())["student"] == asha


async def test_session_of_before_ends_at_the_next_sign_in(house: House, store: Store, asha: StudentId) -> None:
    first = await enter(house, asha)
    await enter(house, asha)

    assert [one.id for one in await store.sessions.of_student(asha)] != [first["session"]]
    assert len(await store.sessions.of_student(asha)) == 1


async def test_planted_cookie_never_becomes_somebody(store: Store, moments: Moments, asha: StudentId) -> None:
    async with a_house(store, moments) as house:
        await house.get("/begin")
        planted = house.cookie()
        await enter(house, asha)
        house.client.cookie_jar.clear()

        attacker = await house.who(headers={"Cookie": f"pa={planted}"})

    assert attacker["session"] is not None
    assert (attacker["student"], attacker["signed_in"]) == (None, False)


async def test_forged_and_foreign_cookies_are_nobody(house: House, moments: Moments) -> None:
    real = Signer(b"k" * 32).write(Cookie(b"s" * 32, moments.now))
    await house.get("/begin")
    own = house.cookie()
    house.client.cookie_jar.clear()
    changed = ("A" if own[0] != "A" else "B") + own[1:]
    later = own.split(".")[0] + ".1999999999." + own.split(".")[2]
    forged = [real, changed, later, own[:-1], own + "x", "", "..", "a.b.c", "pa", "é", "A" * 5000]

    for text in forged:
        assert (await house.who(headers={"Cookie": f"pa={text}"}))["session"] is None, text


async def test_cookie_ends_after_ninety_days(house: House, moments: Moments, asha: StudentId) -> None:
    await enter(house, asha)
    cookie = house.cookie()
    house.client.cookie_jar.clear()
    sent = {"Cookie": f"pa={cookie}"}
    moments.now += LIFE - timedelta(seconds=2)
    before = await house.who(headers=sent)
    moments.now += timedelta(seconds=2)
    moments.monotonic += 10

    assert before["signed_in"]
    assert (await house.who(headers=sent))["session"] is None


async def test_signing_out_ends_the_session_here_and_in_the_store(house: House, store: Store, asha: StudentId) -> None:
    entered = await enter(house, asha)
    cookie = house.cookie()
    answer = await house.ask("POST", "/leave", data={"csrf": entered["csrf"]})

    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert house.cookie() == ""
    assert await store.sessions.of_student(asha) == []
    assert (await house.who(headers={"Cookie": f"pa={cookie}"}))["student"] is None


async def test_session_that_another_process_ended_is_known_for_seconds_only(
    house: House, store: Store, moments: Moments, asha: StudentId
) -> None:
    entered = await enter(house, asha)
    assert (await house.who())["signed_in"]
    await store.sessions.remove(SessionId(str(entered["session"])))
    moments.pass_by(seconds=3)

    assert not (await house.who())["signed_in"]


async def test_visit_is_noted_once_an_hour(house: House, store: Store, moments: Moments, asha: StudentId) -> None:
    await enter(house, asha)
    moments.pass_by(minutes=59)
    await house.who()
    (early,) = await store.sessions.of_student(asha)
    moments.pass_by(minutes=1)
    await house.who()
    (late,) = await store.sessions.of_student(asha)

    assert early.visited_at == NOW
    assert late.visited_at == moments.now
    assert late.expires_at == early.expires_at


async def test_change_of_the_student_is_seen_by_the_next_page(house: House, store: Store, asha: StudentId) -> None:
    entered = await enter(house, asha)
    assert not (await house.who())["is_admin"]
    _, other = await store.students.join("telegram", "8", "202526", {}, NOW)
    await store.students.merge(asha, other.id)
    await house.ask("POST", "/change", headers={"X-CSRF-Token": str(entered["csrf"])})

    assert (await house.who())["student"] is None


async def test_anonymous_student_is_known_but_not_signed_in(house: House, store: Store) -> None:
    begun = await (await house.get("/begin")).json()
    answer = await house.ask("POST", "/anonymous", headers={"X-CSRF-Token": begun["csrf"]})
    known = await house.who()

    assert answer.status == 200
    assert (known["student"], known["signed_in"]) == ("anonymous", False)
    assert (await house.get("/own", headers={"Accept": "application/json"})).status == 401


@pytest.mark.parametrize(("value", "expected"), [("7", True), ("8", False)])
async def test_admin_is_who_has_a_listed_telegram_address_on_or_off(
    store: Store, moments: Moments, value: str, expected: bool
) -> None:
    _, student = await store.students.join("telegram", value, "202526", {}, NOW)
    await store.students.switch_off(student.addresses[0].id, OffReason.STOPPED)

    async with a_house(store, moments, settings={"admins": frozenset({7})}) as house:
        entered = await enter(house, student.id)
        office = await house.get("/office")

    assert entered["is_admin"] is expected
    assert office.status == (200 if expected else 404)


async def test_page_for_students_leads_to_signing_in_and_back(house: House) -> None:
    page = await house.get("/own?year=202526")
    program = await house.get("/own", headers={"Accept": "application/json"})

    assert (page.status, page.headers["Location"]) == (303, "/sign-in?next=%2Fown%3Fyear%3D202526")
    assert program.status == 401


async def test_token_beside_a_cookie_leaves_the_session_out(house: House, asha: StudentId) -> None:
    await enter(house, asha)

    assert (await house.who(headers={"X-API-Key": "pa_x"}))["session"] is None
    assert (await house.who(headers={"Authorization": "Bearer pa_x"}))["session"] is None
    assert (await house.who(headers={"Authorization": "Basic eDp5"}))["signed_in"]


async def test_configured_key_signs_for_every_store(store: Store, moments: Moments) -> None:
    key = "0123456789abcdef0123456789abcdef"
    async with a_house(store, moments, settings={"cookie_key": key}) as house:
        session = (await (await house.get("/begin")).json())["session"]
        cookie = Signer(key.encode()).read(house.cookie(), moments.now)

    assert cookie is not None
    assert cookie.session_id == session


async def test_session_whose_student_was_forgotten_is_a_strangers(house: House, store: Store) -> None:
    begun = await (await house.get("/begin")).json()
    made = await (await house.ask("POST", "/anonymous", headers={"X-CSRF-Token": begun["csrf"]})).json()
    house.moments.pass_by(days=2)
    (session,) = await store.sessions.of_student(made["student"])
    await store.sessions.remove(session.id)
    await store.students.forget_unreachable(house.moments.now, 10)
    await store.sessions.save(session)  # it was found later

    who = await house.who()
    assert (who["student"], who["signed_in"]) == (None, False)

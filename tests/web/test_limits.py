from typing import Any

import pytest

from placement_alerts.store.base import Store
from placement_alerts.web.limits import ADDRESS, TOKEN, UNCHECKED, WRONG, Limit, Limiter
from tests.web.conftest import Clock
from tests.web.house import House, Moments, a_house

SIX = Limit("six", 60, 60, 6)  # one a second, six at once


def test_limit_counts_down_to_a_refusal_that_says_how_long(clock: Clock) -> None:
    limiter = Limiter(clock)

    taken = [limiter.take("a", SIX) for _ in range(7)]

    assert [one.remaining for one in taken] == [5, 4, 3, 2, 1, 0, 0]
    assert [one.allowed for one in taken] == [True] * 6 + [False]
    assert (taken[-1].retry_after_s, taken[-1].reset_s) == (1, 6)


def test_limit_recovers_with_time(clock: Clock) -> None:
    limiter = Limiter(clock)
    for _ in range(6):
        limiter.take("a", SIX)
    clock.now += 2

    assert [limiter.take("a", SIX).allowed for _ in range(3)] == [True, True, False]

    clock.now += 3600
    assert limiter.take("a", SIX).remaining == 5


def test_what_is_refused_costs_nothing(clock: Clock) -> None:
    limiter = Limiter(clock)
    for _ in range(600):
        limiter.take("a", SIX)
    clock.now += 1

    assert limiter.take("a", SIX).allowed


def test_callers_and_classes_are_counted_apart(clock: Clock) -> None:
    limiter = Limiter(clock)
    for _ in range(7):
        limiter.take("a", SIX)

    assert limiter.take("b", SIX).allowed
    assert limiter.take("a", TOKEN).allowed


def test_looking_takes_nothing(clock: Clock) -> None:
    limiter = Limiter(clock)

    assert [limiter.peek("a", SIX).remaining for _ in range(3)] == [6, 6, 6]
    assert len(limiter) == 0


def test_idle_callers_are_forgotten(clock: Clock) -> None:
    limiter = Limiter(clock)
    for number in range(500):
        limiter.take(f"a{number}", SIX)
    clock.now += 60
    for number in range(500):
        limiter.take(f"b{number}", SIX)
    clock.now += 60
    for _ in range(500):
        clock.now += 1
        limiter.take("c", SIX)

    assert len(limiter) == 1


def test_memory_is_bounded_whoever_asks(clock: Clock) -> None:
    limiter = Limiter(clock, most=100)
    for number in range(10_000):
        limiter.take(f"a{number}", SIX)

    assert len(limiter) <= 101


async def test_headers_count_down_and_a_refusal_says_when_to_come_back(house: House) -> None:
    answers = [await house.get("/api/v1/things") for _ in range(ADDRESS.burst + 1)]

    assert answers[0].headers["RateLimit-Policy"] == '"address";q=60;w=60'
    assert answers[0].headers["RateLimit"] == '"address";r=19;t=1'
    assert answers[1].headers["RateLimit"] == '"address";r=18;t=2'
    assert answers[-1].status == 429
    assert answers[-1].headers["Retry-After"] == "1"
    problem: dict[str, Any] = await answers[-1].json()
    assert (problem["code"], problem["retry_after_s"]) == ("too_many_requests", 1)

    house.moments.pass_by(seconds=1)
    assert (await house.get("/api/v1/things")).status == 200


async def test_pages_have_a_limit_of_their_own(house: House) -> None:
    for _ in range(ADDRESS.burst + 5):
        answer = await house.get("/who")

    assert answer.status == 200
    assert answer.headers["RateLimit-Policy"] == '"pages";q=1200;w=60'


async def test_probes_are_never_limited(house: House) -> None:
    answers = [await house.get("/health/live") for _ in range(400)]

    assert {one.status for one in answers} == {200}
    assert "RateLimit" not in answers[0].headers


async def test_api_called_by_our_own_pages_has_more(house: House) -> None:
    await house.get("/begin")
    answers = [await house.get("/api/v1/things") for _ in range(ADDRESS.burst + 5)]

    assert {one.status for one in answers} == {200}
    assert answers[-1].headers["RateLimit-Policy"].startswith('"session"')


async def test_forged_cookie_buys_nothing(house: House) -> None:
    headers = {"Cookie": "pa=" + "A" * 43 + ".1760000000." + "A" * 43}
    answers = [await house.get("/api/v1/things", headers=headers) for _ in range(ADDRESS.burst + 1)]

    assert answers[-1].status == 429


@pytest.mark.parametrize("header", [{"X-API-Key": "junk"}, {"X-API-Key": ""}, {"Authorization": "Bearer x"}])
async def test_header_of_a_token_that_nobody_looks_at_buys_nothing(house: House, header: dict[str, str]) -> None:
    answers = [await house.get("/api/v1/things", headers=header) for _ in range(UNCHECKED.burst + 1)]

    assert [one.status for one in answers] == [200] * UNCHECKED.burst + [429]
    assert (await house.get("/who", headers=header)).status == 429

    house.moments.pass_by(seconds=1)
    assert (await house.get("/api/v1/things", headers=header)).status == 200


async def test_guessing_credentials_is_stopped(house: House) -> None:
    sent = {"Authorization": "Bearer pa_wrong"}
    answers = [await house.ask("POST", "/api/v1/guess", headers=sent) for _ in range(WRONG.burst + 1)]

    assert [one.status for one in answers] == [401] * WRONG.burst + [429]

    house.moments.pass_by(seconds=6)
    assert (await house.ask("POST", "/api/v1/guess", headers=sent)).status == 401


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        ((), "203.0.113.9", "127.0.0.1"),
        (("127.0.0.1",), None, "127.0.0.1"),
        (("127.0.0.1",), "203.0.113.9", "203.0.113.9"),
        (("127.0.0.0/8", "10.0.0.0/8"), "1.1.1.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        (("127.0.0.1",), "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (("127.0.0.1",), "203.0.113.9, nonsense", "127.0.0.1"),
        (("127.0.0.1",), "[2001:db8:1:2:3::4]:443", "2001:db8:1:2::/64"),
        (("127.0.0.1",), "::ffff:203.0.113.9", "203.0.113.9"),
        (("127.0.0.1",), "203.0.113.9:51234", "203.0.113.9"),
        (("10.0.0.0/8",), "203.0.113.9", "127.0.0.1"),
    ],
)
async def test_address_is_what_a_trusted_proxy_says_last(
    store: Store, moments: Moments, proxies: tuple[str, ...], forwarded: str | None, expected: str
) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    async with a_house(store, moments, settings={"trusted_proxies": proxies}) as house:
        answer = await house.ask("POST", "/api/v1/guess", headers=headers)

    assert (await answer.json())["address"] == expected


async def test_made_up_addresses_do_not_escape_the_limit(store: Store, moments: Moments) -> None:
    async with a_house(store, moments, settings={"trusted_proxies": ("127.0.0.1",)}) as house:
        answers = [
            await house.get("/api/v1/things", headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"})
            for number in range(ADDRESS.burst + 1)
        ]

    assert answers[-1].status == 429

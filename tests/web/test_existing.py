"""Who may call the existing bot's routes, and what is kept of a call."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from placement_alerts.core.token import Scope
from placement_alerts.store.base import Store
from tests.builders import NOW, YEAR
from tests.web.existing_bot import KEY, ROUTES, WITH_KEY, a_bot, a_token, asked, join
from tests.web.house import House


@pytest.fixture
async def bot(store: Store) -> AsyncIterator[House]:
    async with a_bot(store) as house:
        yield house


async def test_token_whose_maker_is_no_admin_is_refused(store: Store, bot: House) -> None:
    _, student = await store.students.join("telegram", "77", YEAR, {}, NOW)
    headers = await a_token(store, Scope.ADMIN, created_by=student.id)

    assert (await asked(bot, "GET", "/api/stats", headers))[0] == 401


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_missing_or_wrong_key_is_refused(bot: House, method: str, path: str) -> None:
    assert await asked(bot, method, path, {}, json={"message": "x"}) == (401, {"detail": "Unauthorized"})
    assert await asked(bot, method, path, {"X-API-Key": KEY + "x"}, json={"message": "x"}) == (
        401,
        {"detail": "Unauthorized"},
    )


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_any_key_the_service_is_unavailable(store: Store, method: str, path: str) -> None:
    async with a_bot(store, settings={"api_key": ""}) as house:
        found = await asked(house, method, path, {"X-API-Key": "x"}, json={"message": "x"})

    assert found == (503, {"detail": "Service unavailable"})


async def test_token_serves_in_place_of_the_key(store: Store) -> None:
    headers = await a_token(store, Scope.STATS_READ)
    async with a_bot(store, settings={"api_key": ""}) as house:
        status, _ = await asked(house, "GET", "/api/stats/users", headers)
        wrong, _ = await asked(house, "GET", "/api/stats/users", {"X-API-Key": "pa_other"})

    assert (status, wrong) == (200, 401)


async def test_token_without_the_scope_is_forbidden(store: Store, bot: House) -> None:
    headers = await a_token(store, Scope.STATS_READ)

    status, body = await asked(bot, "POST", "/api/notify", headers, json={"message": "x"})

    assert (status, "notices:write" in body["detail"]) == (403, True)


@pytest.mark.parametrize("values", [{"revoked_at": NOW}, {"expires_at": NOW}])
async def test_ended_token_is_refused(store: Store, bot: House, values: dict[str, Any]) -> None:
    headers = await a_token(store, Scope.ADMIN, **values)

    assert (await asked(bot, "GET", "/api/stats", headers))[0] == 401


async def test_what_was_done_is_in_the_audit_trail(store: Store, bot: House) -> None:
    await join(store, "telegram", "7")
    await asked(bot, "POST", "/api/notify", json={"message": "secret words"})

    [entry] = await store.audit.find(None, None, 10)

    assert (entry.actor, entry.act) == ("token:web.api_key", "notice.published")
    assert "secret words" not in str(entry)


async def test_only_listed_origins_may_read_the_answers(store: Store) -> None:
    settings = {"api_key": KEY, "cors_origins": ("https://site.example.edu",)}
    async with a_bot(store, settings=settings) as house:
        listed = await house.get("/api/stats/users", headers={**WITH_KEY, "Origin": "https://site.example.edu"})
        foreign = await house.get("/api/stats/users", headers={**WITH_KEY, "Origin": "https://evil.example.org"})
        refused = await house.get("/api/stats/users", headers={"Origin": "https://site.example.edu"})

    allowed = [one.headers.get("Access-Control-Allow-Origin") for one in (listed, foreign, refused)]
    assert allowed == ["https://site.example.edu", None, "https://site.example.edu"]
    assert "Access-Control-Allow-Credentials" not in listed.headers


async def test_browser_may_ask_beforehand(store: Store) -> None:
    asked_for = {"Origin": "https://site.example.edu", "Access-Control-Request-Method": "POST"}
    settings = {"api_key": KEY, "cors_origins": ("https://site.example.edu",)}
    async with a_bot(store, settings=settings) as house:
        answer = await house.ask("OPTIONS", "/api/notify", headers=asked_for)

    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert {"Content-Type", "X-API-Key"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))

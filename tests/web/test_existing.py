"""The existing bot's routes over a real server, store and planner."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from placement_alerts.channels.base import Channel
from placement_alerts.core.branches import BranchRange, BranchTable
from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.render import ShowNames
from placement_alerts.core.token import ApiToken, Scope, TokenId
from placement_alerts.pipeline import errands
from placement_alerts.pipeline.figures import Figures
from placement_alerts.pipeline.membership import this_process
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.planning import Planner
from placement_alerts.pipeline.showing import Showing
from placement_alerts.store.base import DeliveryFilter, RequestState, Store
from placement_alerts.web.existing import ExistingRoutes
from tests.builders import NOW, YEAR, a_notice, facts
from tests.web.house import House, Moments, a_house

KEY = "an-api-key-of-the-office"
WITH_KEY = {"X-API-Key": KEY}
TABLE = BranchTable(YEAR, ranges=(BranchRange("CSE", 21103000, 21104000, 200),))
ROUTES = (
    ("POST", "/api/notify"),
    ("POST", "/api/notify/telegram"),
    ("POST", "/api/notify/web-push"),
    ("GET", "/api/stats"),
    ("GET", "/api/stats/placements"),
    ("GET", "/api/stats/notices"),
    ("GET", "/api/stats/users"),
    ("POST", "/webhook/update"),
)


class Push:
    """A channel that is configured; these routes never send on it themselves."""

    name = "webpush"


@dataclass
class Chat:
    """The office's chat."""

    takes: bool = True
    texts: list[str] = field(default_factory=list)

    async def say(self, text: str) -> bool:
        self.texts.append(text)
        return self.takes


async def deep_link(code: str) -> str | None:
    return f"https://t.me/bot?start={code}"


@contextlib.asynccontextmanager
async def a_bot(store: Store, *, plans: bool = True, **values: Any) -> AsyncIterator[House]:
    """Serve the routes with both channels on, and plan what is published."""
    moments = Moments()

    def now() -> Any:
        return moments.now

    planner = Planner(store, [], Showing(store.notices, ShowNames.COUNT, now), now)
    services: dict[str, Any] = {
        "settings": {"api_key": KEY, "years": (YEAR, "202627")},
        "office": Office(store, planner.flag, now, (YEAR, "202627")),
        "figures": Figures(store, {YEAR: TABLE}, (6.0,)),
        "push": cast("Channel", Push()),
        "deep_link": deep_link,
    }
    async with (
        a_house(store, moments, lambda made: ExistingRoutes(made).routes(), **(services | values)) as house,
        asyncio.TaskGroup() as tasks,
    ):
        if plans:
            tasks.create_task(planner.run())
        yield house
        planner.stop()


@pytest.fixture
async def bot(store: Store) -> AsyncIterator[House]:
    async with a_bot(store) as house:
        yield house


async def asked(house: House, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
    """Return (status, JSON)."""
    headers = {"Accept": "*/*", **(WITH_KEY if headers is None else headers)}
    async with house.client.request(method, path, headers=headers, **more) as response:
        return response.status, await response.json()


async def join(store: Store, channel: str, value: str, year: str = YEAR) -> None:
    await store.students.join(channel, value, year, {}, NOW - timedelta(days=1))


async def a_token(store: Store, *scopes: Scope, **values: Any) -> dict[str, str]:
    defaults: dict[str, Any] = {"created_at": NOW, "expires_at": NOW + timedelta(days=1), "created_by": "cli"}
    hash_ = hashlib.sha256(b"pa_token").hexdigest()
    await store.tokens.add(ApiToken(id=TokenId("t1"), hash=hash_, label="x", scopes=scopes, **(defaults | values)))
    return {"X-API-Key": "pa_token"}


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


async def test_notify_reaches_every_year_that_has_students(store: Store, bot: House) -> None:
    await join(store, "telegram", "7")
    await join(store, "telegram", "8")
    await join(store, "webpush", "hash", "202627")

    found = await asked(bot, "POST", "/api/notify", json={"message": "Office closed", "title": "Friday"})

    assert found == (
        200,
        {
            "success": True,
            "results": {
                "telegram": {"success": 2, "failed": 0, "total": 2},
                "web_push": {"success": 1, "failed": 0, "total": 1},
            },
        },
    )
    notices = await store.notices.latest(None, 10)
    assert {(one.year, one.title, one.text) for one in notices} == {
        (YEAR, "Friday", "Office closed"),
        ("202627", "Friday", "Office closed"),
    }
    assert {one.facts.kind for one in notices} == {NoticeKind.ANNOUNCEMENT}


async def test_student_without_a_usable_address_counts_as_failed(store: Store, bot: House) -> None:
    await join(store, "telegram", "7")
    await join(store, "webpush", "hash")

    found = await asked(bot, "POST", "/api/notify", json={"message": "x", "channels": ["telegram"]})

    assert found == (200, {"success": True, "results": {"telegram": {"success": 1, "failed": 1, "total": 2}}})
    rows = await store.deliveries.find(DeliveryFilter(channel="webpush"), None, 10)
    assert rows == []


async def test_channel_that_is_not_configured_fails_and_the_other_goes_on(store: Store) -> None:
    await join(store, "telegram", "7")
    async with a_bot(store, push=None) as house:
        status, body = await asked(house, "POST", "/api/notify", json={"message": "x"})

    assert (status, body["success"]) == (200, False)
    assert body["results"]["web_push"] == {"error": "not available"}
    assert body["results"]["telegram"]["success"] == 1


async def test_unknown_channel_is_not_available(bot: House) -> None:
    _, body = await asked(bot, "POST", "/api/notify", json={"message": "x", "channels": ["pigeon"]})

    assert body == {"success": False, "results": {"pigeon": {"error": "not available"}}}


async def test_without_channels_nothing_can_be_notified(store: Store) -> None:
    async with a_bot(store, push=None, deep_link=None) as house:
        statuses = {
            path: (await asked(house, method, path, json={"message": "x"}))[0]
            for method, path in ROUTES
            if method == "POST"
        }

    assert set(statuses.values()) == {501}


async def test_answer_comes_within_a_second_though_nobody_plans(store: Store) -> None:
    await join(store, "telegram", "7")
    async with a_bot(store, plans=False) as house, asyncio.timeout(3):
        found = await asked(house, "POST", "/api/notify", json={"message": "x", "channels": ["telegram"]})

    assert found[1]["results"]["telegram"] == {"success": 0, "failed": 0, "total": 0}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"message": 7}',
        b'{"message": ""}',
        b'{"message": "   "}',
        b'{"message": "x", "channels": "telegram"}',
        b'{"message": "x", "channels": [1]}',
        b'{"message": "x", "title": null}',
        b'{"message": "' + b"x" * 20_001 + b'"}',
        b'{"message": "' + b"x" * 200_000 + b'"}',
        b"[" * 50_000,
        b'{"message": "\xff"}',
        b'{"message": "\\ud800"}',
    ],
)
async def test_body_that_does_not_fit_is_422(bot: House, body: bytes) -> None:
    found = [
        await asked(bot, "POST", path, data=body, headers={**WITH_KEY, "Content-Type": "application/json"})
        for path in ("/api/notify", "/api/notify/telegram", "/api/notify/web-push")
    ]

    assert [status for status, _ in found] == [422] * 3
    assert all(list(answer) == ["detail"] for _, answer in found)


async def test_unknown_member_is_ignored(bot: House) -> None:
    assert (await asked(bot, "POST", "/api/notify", json={"message": "x", "colour": "red"}))[0] == 200


async def test_markup_of_the_old_callers_becomes_text(store: Store, bot: House) -> None:
    await join(store, "telegram", "7")

    await asked(bot, "POST", "/api/notify", json={"message": "<b>Closed</b>\nFriday <script>x()</script>"})

    [notice] = await store.notices.latest(YEAR, 1)
    assert notice.text == "Closed\nFriday"


async def test_web_push_succeeds_though_nobody_is_subscribed(bot: House) -> None:
    assert await asked(bot, "POST", "/api/notify/web-push", json={"message": "x"}) == (200, {"success": True})


async def test_telegram_goes_to_the_default_chat_alone(store: Store) -> None:
    chat = Chat()
    await join(store, "telegram", "7")
    async with a_bot(store, say_to_default_chat=chat.say) as house:
        found = await asked(house, "POST", "/api/notify/telegram", json={"message": "<b>Hi</b>", "title": "A & B"})

    assert found == (200, {"success": True})
    assert chat.texts == ["<b>A &amp; B</b>\n\n<b>Hi</b>"]
    assert await store.notices.latest(None, 10) == []


async def test_chat_that_does_not_take_it_is_an_error(store: Store) -> None:
    async with a_bot(store, say_to_default_chat=Chat(takes=False).say) as house:
        status, body = await asked(house, "POST", "/api/notify/telegram", json={"message": "x"})

    assert (status, list(body)) == (500, ["detail"])


async def test_no_default_chat_is_501(bot: House) -> None:
    assert (await asked(bot, "POST", "/api/notify/telegram", json={"message": "x"}))[0] == 501


async def test_stats_have_the_existing_shapes(store: Store, bot: House) -> None:
    await join(store, "telegram", "7")
    await store.notices.save(a_notice("n1"))
    await store.notices.save(a_notice("n2", facts=facts(kind=NoticeKind.SHORTLIST)))
    await store.notices.save(a_notice("n3"))

    _, together = await asked(bot, "GET", "/api/stats")

    assert set(together) == {"placement_stats", "notice_stats", "user_stats"}
    assert together["user_stats"] == {"total_users": 1, "active_users": 1, "inactive_users": 0}
    assert together["notice_stats"]["post_types"] == [
        {"_id": "job_posting", "count": 2},
        {"_id": "shortlisting", "count": 1},
    ]
    assert together["placement_stats"]["unique_students_placed"] == 0
    assert "placements_raw" not in together["placement_stats"]


@pytest.mark.parametrize("name", ["placements", "notices", "users"])
async def test_single_stats_are_those_of_the_whole(bot: House, name: str) -> None:
    _, together = await asked(bot, "GET", "/api/stats")

    assert await asked(bot, "GET", f"/api/stats/{name}") == (200, together[f"{name[:-1]}_stats"])


async def test_notice_is_pending_while_somebody_on_telegram_waits(store: Store) -> None:
    await join(store, "telegram", "7")
    async with a_bot(store) as house:
        await asked(house, "POST", "/api/notify", json={"message": "x"})
        _, waiting = await asked(house, "GET", "/api/stats/notices")
        [row] = await store.deliveries.find(DeliveryFilter(state=DeliveryState.DUE), None, 10)
        await store.deliveries.close_address(row.address_id or pytest.fail("no address"), "gone", NOW)
        _, ended = await asked(house, "GET", "/api/stats/notices")

    assert (waiting["sent_to_telegram"], waiting["pending_to_send"]) == (0, 1)
    assert (ended["sent_to_telegram"], ended["pending_to_send"]) == (1, 0)


async def test_year_without_branches_has_no_placement_stats(store: Store) -> None:
    async with a_bot(store, figures=Figures(store, {}, ())) as house:
        found = [(await asked(house, "GET", path))[0] for path in ("/api/stats", "/api/stats/placements")]

    assert found == [501, 501]


async def test_update_is_done_by_whoever_sends_and_answers_with_the_result(store: Store, bot: House) -> None:
    result = {"total": 2, "sent": 1, "failed": 1, "channels": ["telegram"]}
    await start_sending(store)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_errand(store, result))
        found = await asked(bot, "POST", "/webhook/update")

    assert found == (200, {"success": True, "result": result})


async def test_second_update_joins_the_one_under_way(store: Store, bot: House) -> None:
    result = {"total": 0, "sent": 0, "failed": 0, "channels": ["telegram"]}
    await start_sending(store)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        asking = [tasks.create_task(asked(bot, "POST", "/webhook/update")) for _ in range(3)]
        tasks.create_task(_errand(store, result))

    assert {one.result()[0] for one in asking} == {200}
    assert await store.requests.take() is None  # one request served all three


async def test_update_without_a_sending_process_is_501(bot: House) -> None:
    assert (await asked(bot, "POST", "/webhook/update"))[0] == 501


async def start_sending(store: Store) -> None:
    """Let this process be the one that does errands."""
    process = this_process()
    await store.processes.beat(process)
    await store.processes.take(errands.DUTY, process.owner)


async def _errand(store: Store, result: dict[str, Any]) -> None:
    """Do the next request, as pipeline/errands.py would."""
    async with asyncio.timeout(5):
        while (request := await store.requests.take()) is None:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
    await store.requests.report(replace(request, state=RequestState.DONE, result=result))


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

"""What the existing bot's callers send to students and to the office's chat."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from placement_alerts.core.notice import NoticeKind
from placement_alerts.store.base import DeliveryFilter, Store
from tests.builders import YEAR
from tests.web.existing_bot import ROUTES, WITH_KEY, Chat, a_bot, asked, join
from tests.web.house import House


@pytest.fixture
async def bot(store: Store) -> AsyncIterator[House]:
    async with a_bot(store) as house:
        yield house


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

"""The statistics in the shapes that the existing bot's callers know."""

from collections.abc import AsyncIterator

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.core.notice import NoticeKind
from placement_alerts.pipeline.figures import Figures
from placement_alerts.store.base import DeliveryFilter, Store
from tests.builders import NOW, a_notice, facts
from tests.web.existing_bot import a_bot, asked, join
from tests.web.house import House


@pytest.fixture
async def bot(store: Store) -> AsyncIterator[House]:
    async with a_bot(store) as house:
        yield house


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

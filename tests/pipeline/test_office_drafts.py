"""Drafts that wait for their hour: published exactly once, whatever happens meanwhile."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from placement_alerts.core.draft import DraftId
from placement_alerts.errors import NotPossible, StoreUnavailable
from placement_alerts.pipeline.office import Office
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_draft, after
from tests.pipeline.conftest import Hand


@pytest.fixture
def stored() -> Flag:
    return Flag()


@pytest.fixture
def office(store: Store, stored: Flag, now: Hand) -> Office:
    return Office(store, stored, now, [YEAR, "202627"])


async def test_a_draft_waits_for_its_hour(office: Office, store: Store, now: Hand) -> None:
    assert await office.publish(a_draft(publish_at=after(hours=2))) is None
    assert await office.run_once() == 0

    now.turn(hours=2)

    assert await office.run_once() == 1
    assert [one.published_at for one in await store.notices.latest(YEAR, 10)] == [after(hours=2)]
    assert await store.drafts.all(10) == []


async def test_scheduling_twice_keeps_one_draft(office: Office, store: Store) -> None:
    draft = a_draft(publish_at=after(hours=2))
    await office.publish(draft)
    await office.publish(draft)

    assert await store.drafts.all(10) == [draft]


async def test_draft_that_is_asked_for_again_when_its_hour_has_come_is_published_once(
    office: Office, store: Store, now: Hand
) -> None:
    draft = a_draft(publish_at=after(hours=2))
    await office.publish(draft)
    now.turn(hours=2)

    notice = await office.publish(draft)

    assert notice is not None
    assert await office.run_once() == 0
    assert await store.notices.latest(YEAR, 10) == [notice]


async def test_the_run_publishes_a_draft_when_its_hour_comes(office: Office, stored: Flag, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(office.run())
        now.turn(hours=2)
        office.flag.set()
        await stored.wait(0, 5)
        office.stop()

    assert stored.count == 1


async def test_a_draft_is_changed_from_the_version_that_was_read(office: Office, store: Store) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    changed = a_draft(version=2, title="Open on Friday", publish_at=after(hours=3))
    await office.publish(changed)

    with pytest.raises(NotPossible, match="changed meanwhile"):
        await office.publish(changed.model_copy(update={"title": "Somebody else's"}))

    assert await store.drafts.get(DraftId("d1")) == changed


async def test_a_scheduled_draft_can_be_published_now(office: Office, store: Store) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))

    notice = await office.publish(a_draft(version=2, title="Open on Friday"))

    assert notice is not None
    assert (notice.title, await store.drafts.all(10)) == ("Open on Friday", [])


async def test_publishing_an_old_version_now_is_refused(office: Office, store: Store) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    await office.publish(a_draft(version=2, publish_at=after(hours=3)))

    with pytest.raises(NotPossible, match="changed meanwhile"):
        await office.publish(a_draft(version=2))

    assert await store.notices.latest(YEAR, 10) == []


async def test_a_draft_whose_hour_has_come_is_not_changed_any_more(office: Office, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)

    with pytest.raises(NotPossible, match="being published"):
        await office.publish(a_draft(version=2, publish_at=after(hours=5)))


async def test_a_change_of_a_published_draft_is_refused(office: Office, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)
    await office.run_once()

    with pytest.raises(NotPossible, match="was published; change the notice instead"):
        await office.publish(a_draft(version=2, publish_at=after(hours=5)))


async def test_a_draft_that_is_given_up_is_never_published(office: Office, store: Store, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))

    assert await office.give_up(DraftId("d1"))
    now.turn(hours=3)

    assert (await office.run_once(), await store.drafts.all(10), await store.notices.latest(YEAR, 10)) == (0, [], [])


async def test_a_change_of_a_draft_that_was_given_up_is_refused(office: Office) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    await office.give_up(DraftId("d1"))

    with pytest.raises(NotPossible, match="given up"):
        await office.publish(a_draft(version=2, publish_at=after(hours=5)))


async def test_what_is_published_or_unknown_cannot_be_given_up(office: Office, now: Hand) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)

    assert not await office.give_up(DraftId("d1"))
    assert not await office.give_up(DraftId("unknown"))


class Killed(Exception):
    pass


class Dies:
    """The real drafts; the process dies before a draft is removed."""

    def __init__(self, drafts: Any) -> None:
        self._drafts = drafts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._drafts, name)

    async def remove(self, draft_id: DraftId) -> bool:
        raise Killed


def parts_of(store: Store, drafts: Any) -> Store:
    return cast(
        "Store", SimpleNamespace(notices=store.notices, students=store.students, drafts=drafts, secret=store.secret)
    )


async def test_a_kill_between_notice_and_draft_leaves_exactly_one_notice(store: Store, now: Hand) -> None:
    office = Office(store, Flag(), now, [YEAR])
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)

    with pytest.raises(Killed):
        await Office(parts_of(store, Dies(store.drafts)), Flag(), now, [YEAR]).run_once()
    assert (len(await store.notices.latest(YEAR, 10)), len(await store.drafts.all(10))) == (1, 1)
    now.turn(minutes=1)
    await office.run_once()

    assert [one.revision for one in await store.notices.latest(YEAR, 10)] == [1]
    assert await store.drafts.all(10) == []


class Meanwhile:
    """The real drafts; after the due ones are read, somebody else acts."""

    def __init__(self, drafts: Any, act: Any) -> None:
        self._drafts = drafts
        self._act = act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._drafts, name)

    async def due(self, *given: Any) -> Any:
        found = await self._drafts.due(*given)
        await self._act()
        return found


async def test_a_change_that_comes_just_before_the_hour_is_what_is_published(
    office: Office, store: Store, now: Hand
) -> None:
    await office.publish(a_draft(publish_at=after(hours=2)))
    now.turn(hours=2)

    async def change() -> None:
        changed = a_draft(version=2, title="Last word", publish_at=after(hours=2))
        await store.drafts.save(changed)

    late = Office(parts_of(store, Meanwhile(store.drafts, change)), Flag(), now, [YEAR])
    assert await late.run_once() == 0
    await office.run_once()

    assert [one.title for one in await store.notices.latest(YEAR, 10)] == ["Last word"]


async def test_one_draft_that_cannot_be_published_does_not_stop_the_others(store: Store, now: Hand) -> None:
    both = Office(store, Flag(), now, [YEAR, "202627"])
    await both.publish(a_draft("d1", year="202627", publish_at=after(hours=1)))
    await both.publish(a_draft("d2", publish_at=after(hours=2)))
    now.turn(hours=2)

    office = Office(store, Flag(), now, [YEAR])  # the year was taken out of the settings

    assert (await office.run_once(), await office.run_once()) == (1, 0)
    assert [one.id for one in await store.drafts.all(10)] == ["d1"]


class Away:
    """Drafts of a store that does not answer."""

    def __init__(self, asked: Flag) -> None:
        self.asked = asked

    async def due(self, *given: Any) -> Any:
        self.asked.set()
        raise StoreUnavailable("away")


async def test_the_run_outlives_a_store_that_is_away(store: Store, now: Hand) -> None:
    asked = Flag()
    office = Office(parts_of(store, Away(asked)), Flag(), now, [YEAR])
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(office.run())
        await asked.wait(0, 5)
        since = asked.count
        office.flag.set()
        await asked.wait(since, 5)
        office.stop()

    assert asked.count >= 2

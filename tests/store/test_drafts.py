"""Notices of the office that wait for their hour, on both stores."""

import asyncio

import pytest

from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.notice import Audience
from placement_alerts.store.base import Store
from tests.access_builders import a_draft
from tests.builders import NOW, after


def second(draft: Draft, **values: object) -> Draft:
    return draft.model_copy(update={"version": draft.version + 1, **values})


async def test_stored_draft_comes_back_as_it_was(store: Store) -> None:
    draft = a_draft(
        text="# Bring\n\n* your card 🎓",
        deadline=after(days=1),
        links=("https://example.org/",),
        enrollments=("001", "002"),
        audience=Audience(),
        urgent=True,
    )

    assert await store.drafts.save(draft)

    assert await store.drafts.get(draft.id) == draft
    assert await store.drafts.get(DraftId("none")) is None


async def test_draft_without_an_hour_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="publish_at"):
        await store.drafts.save(a_draft(publish_at=None))


async def test_next_version_replaces_the_one_before(store: Store) -> None:
    await store.drafts.save(a_draft())
    changed = second(a_draft(), title="other", publish_at=after(hours=2))

    assert await store.drafts.save(changed)

    assert await store.drafts.all(10) == [changed]
    assert await store.drafts.next_due() == after(hours=2)


async def test_version_that_does_not_follow_the_stored_one_changes_nothing(store: Store) -> None:
    await store.drafts.save(a_draft())

    assert not await store.drafts.save(a_draft(title="first again"))
    assert not await store.drafts.save(a_draft(version=3))
    assert not await store.drafts.save(a_draft("other", version=2))

    assert await store.drafts.all(10) == [a_draft()]


async def test_of_many_changes_from_one_version_one_is_stored(store: Store) -> None:
    await store.drafts.save(a_draft())

    async with asyncio.TaskGroup() as saving:
        asked = [saving.create_task(store.drafts.save(second(a_draft(), title=str(number)))) for number in range(20)]

    (winner,) = [number for number, task in enumerate(asked) if task.result()]
    assert await store.drafts.all(10) == [second(a_draft(), title=str(winner))]


async def test_waiting_drafts_come_earliest_hour_first(store: Store) -> None:
    for draft in (a_draft("late", publish_at=after(days=1)), a_draft("b"), a_draft("a")):
        await store.drafts.save(draft)

    assert [draft.id for draft in await store.drafts.all(10)] == ["a", "b", "late"]
    assert [draft.id for draft in await store.drafts.all(1)] == ["a"]
    assert await store.drafts.all(0) == []


async def test_draft_is_due_from_its_hour_on(store: Store) -> None:
    await store.drafts.save(a_draft("hour", publish_at=NOW))
    await store.drafts.save(a_draft("before", publish_at=after(hours=-1)))
    await store.drafts.save(a_draft("after", publish_at=after(milliseconds=1)))

    assert [draft.id for draft in await store.drafts.due(NOW, 10)] == ["before", "hour"]
    assert [draft.id for draft in await store.drafts.due(NOW, 1)] == ["before"]


async def test_next_hour_is_the_earliest_one(store: Store) -> None:
    assert await store.drafts.next_due() is None
    await store.drafts.save(a_draft("late", publish_at=after(days=1)))
    await store.drafts.save(a_draft("early"))

    assert await store.drafts.next_due() == a_draft().publish_at


async def test_removed_draft_is_gone_and_no_later_version_brings_it_back(store: Store) -> None:
    await store.drafts.save(a_draft())

    assert await store.drafts.remove(a_draft().id)
    assert not await store.drafts.remove(a_draft().id)

    assert not await store.drafts.save(second(a_draft()))
    assert await store.drafts.get(a_draft().id) is None

"""Placement policies with their versions, on both stores."""

import asyncio

from placement_alerts.store.base import Store
from tests.builders import NOW, a_policy, after


async def test_stored_policy_comes_back_as_it_was(store: Store) -> None:
    policy = a_policy(
        content="# नीति 🎓\n\n" + "One offer each.\n" * 1000, updated_on=(after(days=-9), NOW), author=None
    )

    assert await store.policies.save(policy)

    assert await store.policies.latest(2026) == policy


async def test_version_is_stored_once(store: Store) -> None:
    await store.policies.save(a_policy())

    assert not await store.policies.save(a_policy(title="again"))

    assert await store.policies.versions(2026) == [a_policy()]


async def test_highest_version_is_in_force_whichever_came_last(store: Store) -> None:
    versions = [a_policy(number) for number in (1, 2, 9, 10)]
    for policy in reversed(versions):
        await store.policies.save(policy)
    await store.policies.save(a_policy(99, year=2027))

    assert await store.policies.latest(2026) == versions[-1]
    assert await store.policies.versions(2026) == versions


async def test_years_with_a_policy_come_newest_first(store: Store) -> None:
    for policy in (a_policy(year=2025), a_policy(1, year=2027), a_policy(2, year=2027), a_policy(year=2026)):
        await store.policies.save(policy)

    assert await store.policies.years() == [2027, 2026, 2025]


async def test_year_without_a_policy_has_none(store: Store) -> None:
    assert await store.policies.latest(2026) is None
    assert await store.policies.versions(2026) == []
    assert await store.policies.years() == []


async def test_of_many_saves_of_one_version_at_once_one_counts(store: Store) -> None:
    async with asyncio.TaskGroup() as savers:
        answers = [savers.create_task(store.policies.save(a_policy(title=f"by {number}"))) for number in range(20)]

    assert sum(answer.result() for answer in answers) == 1

"""Web push subscriptions, on both stores."""

import asyncio

from placement_alerts.core.subscription import PushSubscription
from placement_alerts.store.base import Store
from tests.access_builders import a_subscription
from tests.builders import after


async def test_stored_subscription_comes_back_as_it_was(store: Store) -> None:
    subscription = a_subscription(label="Chrome, Android 🎓")
    await store.subscriptions.save(subscription)

    assert await store.subscriptions.get(subscription.id) == subscription


async def test_subscription_saved_again_keeps_only_when_it_was_made(store: Store) -> None:
    await store.subscriptions.save(a_subscription())
    again = a_subscription(
        p256dh="other", auth="other", key_hash="other", label="new", created_at=after(days=9), visited_at=after(days=9)
    )

    await store.subscriptions.save(again)

    assert await store.subscriptions.get(again.id) == again.model_copy(
        update={"created_at": a_subscription().created_at}
    )
    assert await store.subscriptions.count() == 1


async def test_subscription_saved_by_many_at_once_is_stored_once(store: Store) -> None:
    async with asyncio.TaskGroup() as saving:
        for _ in range(20):
            saving.create_task(store.subscriptions.save(a_subscription()))

    assert await store.subscriptions.get(a_subscription().id) == a_subscription()
    assert await store.subscriptions.count() == 1


async def test_removed_subscription_is_gone(store: Store) -> None:
    await store.subscriptions.save(a_subscription())

    assert await store.subscriptions.remove(a_subscription().id)
    assert not await store.subscriptions.remove(a_subscription().id)

    assert await store.subscriptions.get(a_subscription().id) is None
    assert await store.subscriptions.count() == 0


async def test_unvisited_ones_come_page_by_page_each_once(store: Store) -> None:
    left = [a_subscription(str(number)) for number in range(5)]
    for subscription in (*left, a_subscription("visited", visited_at=after(days=2))):
        await store.subscriptions.save(subscription)
    ordered = sorted(left, key=lambda subscription: subscription.id)

    first = await store.subscriptions.unvisited(after(days=1), None, 3)
    second = await store.subscriptions.unvisited(after(days=1), first[-1].id, 3)

    assert first == ordered[:3]
    assert second == ordered[3:]


async def test_subscription_visited_at_that_moment_counts_as_visited(store: Store) -> None:
    subscription: PushSubscription = a_subscription()
    await store.subscriptions.save(subscription)

    assert await store.subscriptions.unvisited(subscription.visited_at, None, 5) == []


async def test_page_of_none_is_empty(store: Store) -> None:
    await store.subscriptions.save(a_subscription())

    assert await store.subscriptions.unvisited(after(days=1), None, 0) == []

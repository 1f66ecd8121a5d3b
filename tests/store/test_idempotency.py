"""What was answered to requests that may be repeated, on both stores."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from placement_alerts.store import open_store
from placement_alerts.store.access import FORGOTTEN_AT_ONCE, KeptAnswer
from placement_alerts.store.base import Store
from tests.access_builders import a_claimed_key
from tests.builders import NOW, after

AT_ONCE = 50


def answered(claim: KeptAnswer) -> KeptAnswer:
    return replace(claim, status=201, headers={"Location": "/api/v1/notices/n1", "$a.b": "🎓"}, body='{"id":"n1"}')


async def test_first_claim_of_a_key_is_ours(store: Store) -> None:
    assert await store.answers.claim(a_claimed_key(), NOW) is None


async def test_second_claim_shows_that_the_first_is_under_way(store: Store) -> None:
    first = a_claimed_key()
    await store.answers.claim(first, NOW)

    assert await store.answers.claim(a_claimed_key(fingerprint="other", lease_until=after(hours=1)), NOW) == first


async def test_finished_answer_is_shown_to_whoever_repeats_the_request(store: Store) -> None:
    await store.answers.claim(a_claimed_key(), NOW)
    await store.answers.finish(answered(a_claimed_key()))

    assert await store.answers.claim(renewed(after(hours=1)), after(hours=1)) == answered(a_claimed_key())


async def test_answer_whose_body_is_not_kept_has_none(store: Store) -> None:
    await store.answers.claim(a_claimed_key(), NOW)
    await store.answers.finish(replace(a_claimed_key(), status=201, headers={}))

    assert await store.answers.claim(a_claimed_key(), NOW) == replace(a_claimed_key(), status=201, headers={})


async def test_times_are_utc_cut_to_the_millisecond(store: Store) -> None:
    await store.answers.claim(a_claimed_key(lease_until=after(minutes=1, microseconds=1_999)), NOW)

    there = await store.answers.claim(a_claimed_key(), NOW)

    assert there is not None
    assert there.lease_until == after(minutes=1, milliseconds=1)
    assert there.lease_until.tzinfo is UTC


async def test_lease_ends_at_its_moment_and_not_before(store: Store) -> None:
    first, second = a_claimed_key(), a_claimed_key(lease_until=after(minutes=2))
    await store.answers.claim(first, NOW)

    assert await store.answers.claim(second, first.lease_until - timedelta(milliseconds=1)) == first
    assert await store.answers.claim(second, first.lease_until) is None
    assert await store.answers.claim(renewed(first.lease_until), first.lease_until) == second


async def test_answer_outlives_its_lease_but_not_its_life(store: Store) -> None:
    await store.answers.claim(a_claimed_key(), NOW)
    await store.answers.finish(answered(a_claimed_key()))
    end = a_claimed_key().expires_at

    assert await store.answers.claim(renewed(end), end - timedelta(milliseconds=1)) == answered(a_claimed_key())
    assert await store.answers.claim(renewed(end), end) is None
    assert await store.answers.claim(renewed(end), end) == renewed(end)


async def test_of_many_at_once_one_claims_a_free_key(store: Store, store_url: str) -> None:
    answers = await claims_of_many(store, store_url, NOW)

    assert answers.count(None) == 1
    assert answers.count(renewed(NOW)) == AT_ONCE - 1


@pytest.mark.parametrize("moment", [a_claimed_key().lease_until, a_claimed_key().expires_at])
async def test_of_many_at_once_one_takes_over_what_is_over(store: Store, store_url: str, moment: datetime) -> None:
    await store.answers.claim(a_claimed_key(), NOW)

    answers = await claims_of_many(store, store_url, moment)

    assert answers.count(None) == 1
    assert answers.count(renewed(moment)) == AT_ONCE - 1


async def test_released_key_can_be_claimed_again_by_one(store: Store) -> None:
    await store.answers.claim(a_claimed_key(), NOW)

    await store.answers.release(a_claimed_key())
    await store.answers.release(a_claimed_key("none"))

    assert await store.answers.claim(a_claimed_key(fingerprint="other"), NOW) is None
    assert await store.answers.claim(a_claimed_key(), NOW) == a_claimed_key(fingerprint="other")


async def test_answer_is_not_released(store: Store) -> None:
    await store.answers.claim(a_claimed_key(), NOW)
    await store.answers.finish(answered(a_claimed_key()))

    await store.answers.release(a_claimed_key())

    assert await store.answers.claim(a_claimed_key(), NOW) == answered(a_claimed_key())


async def test_key_that_somebody_took_over_is_not_released_by_who_had_it_before(store: Store) -> None:
    late, heir = a_claimed_key(), a_claimed_key(lease_until=after(minutes=2))
    await store.answers.claim(late, NOW)
    await store.answers.claim(heir, late.lease_until)

    await store.answers.release(late)

    assert await store.answers.claim(renewed(late.lease_until), late.lease_until) == heir


@pytest.mark.parametrize("left", [timedelta(0), timedelta(microseconds=999), timedelta(seconds=-1)])
async def test_claim_whose_lease_is_over_is_refused(store: Store, left: timedelta) -> None:
    with pytest.raises(ValueError, match="lease_until"):
        await store.answers.claim(a_claimed_key(lease_until=NOW + left), NOW)

    assert await store.answers.claim(a_claimed_key(), NOW) is None


async def test_answer_that_comes_late_changes_nothing_for_who_took_the_key_over(store: Store) -> None:
    late, heir = a_claimed_key(), a_claimed_key(fingerprint="other", lease_until=after(minutes=2))
    await store.answers.claim(late, NOW)
    await store.answers.claim(heir, late.lease_until)

    await store.answers.finish(answered(late))

    assert await store.answers.claim(renewed(late.lease_until), late.lease_until) == heir


async def test_first_answer_stays(store: Store) -> None:
    await store.answers.claim(a_claimed_key(), NOW)
    await store.answers.finish(answered(a_claimed_key()))

    await store.answers.finish(replace(a_claimed_key(), status=500))

    assert await store.answers.claim(a_claimed_key(), NOW) == answered(a_claimed_key())


async def test_cleaning_forgets_what_expired_and_nothing_else(store: Store) -> None:
    await store.answers.claim(a_claimed_key("over"), NOW)
    await store.answers.claim(a_claimed_key("kept", expires_at=after(days=2)), NOW)

    assert await store.answers.clean(after(days=1)) == 1
    assert await store.answers.clean(after(days=1)) == 0

    assert await store.answers.claim(a_claimed_key("over"), NOW) is None
    assert await store.answers.claim(a_claimed_key("kept"), NOW) is not None


async def test_cleaning_is_done_in_slices(store: Store) -> None:
    async with asyncio.TaskGroup() as claiming:
        for number in range(FORGOTTEN_AT_ONCE + 5):
            claiming.create_task(store.answers.claim(a_claimed_key(str(number)), NOW))

    assert await store.answers.clean(after(days=1)) == FORGOTTEN_AT_ONCE
    assert await store.answers.clean(after(days=1)) == 5


def renewed(moment: datetime) -> KeptAnswer:
    """Return a claim made at that moment."""
    return a_claimed_key(lease_until=moment + timedelta(minutes=1), expires_at=moment + timedelta(days=1))


async def claims_of_many(store: Store, store_url: str, moment: datetime) -> list[KeptAnswer | None]:
    """Return what many are answered who claim the key at once through two open stores."""
    other = await open_store(store_url)
    async with asyncio.TaskGroup() as claiming:
        asked = [
            claiming.create_task(one.answers.claim(renewed(moment), moment)) for one in (store, other) * (AT_ONCE // 2)
        ]
    await other.close()
    return [task.result() for task in asked]

"""What is known of sources, on both stores."""

from placement_alerts.core.item import Rejected
from placement_alerts.store.base import PollState, Store
from tests.builders import NOW, after, known_item


def rejected(identifier: str | None, reason: str = "title is missing") -> Rejected:
    return Rejected(listing="notices", identifier=identifier, reason=reason)


async def test_remembered_items_come_back_by_key_and_source(store: Store) -> None:
    posting = known_item("notice:nt-1", modified_at=NOW, accounts=("acc1", "acc2"))
    job = known_item("job:jp.$1", open_until=after(days=3), list_fingerprint="l", detailed_at=NOW, missing_polls=1)
    await store.sources.remember("superset", [posting, job])
    await store.sources.remember("official", [known_item("page")])

    assert await store.sources.known("superset") == {posting.key: posting, job.key: job}


async def test_what_is_remembered_again_replaces_what_was_known(store: Store) -> None:
    await store.sources.remember("superset", [known_item("a", missing_polls=1), known_item("b")])
    await store.sources.remember("superset", [known_item("a", withdrawn=True)])

    known = await store.sources.known("superset")

    assert known == {"a": known_item("a", withdrawn=True), "b": known_item("b")}


async def test_remembering_nothing_changes_nothing(store: Store) -> None:
    await store.sources.remember("superset", [])

    assert await store.sources.known("superset") == {}


async def test_source_that_was_never_polled_has_a_fresh_state(store: Store) -> None:
    assert await store.sources.poll("superset") == PollState()


async def test_state_of_the_last_poll_replaces_the_one_before(store: Store) -> None:
    failed = PollState(NOW, None, 3, "refused", "wrong password", items=0, rejected=0)
    went_well = PollState(after(hours=1), after(hours=1), items=5, rejected=1)

    await store.sources.save_poll("superset", failed)
    assert await store.sources.poll("superset") == failed

    await store.sources.save_poll("superset", went_well)
    assert await store.sources.poll("superset") == went_well
    assert await store.sources.poll("official") == PollState()


async def test_rejected_elements_are_kept_newest_first(store: Store) -> None:
    await store.sources.reject("superset", [rejected("1")], NOW)
    await store.sources.reject("superset", [rejected("2")], after(hours=1))
    await store.sources.reject("official", [rejected("3")], after(hours=2))

    assert await store.sources.rejected("superset", 9) == [rejected("2"), rejected("1")]
    assert await store.sources.rejected("superset", 1) == [rejected("2")]


async def test_element_that_is_rejected_again_is_kept_once_and_is_the_newest(store: Store) -> None:
    await store.sources.reject("superset", [rejected("1"), rejected(None)], NOW)
    await store.sources.reject("superset", [rejected("2")], after(hours=1))
    await store.sources.reject("superset", [rejected("1", "time is null"), rejected(None)], after(hours=2))

    kept = await store.sources.rejected("superset", 9)

    assert len(kept) == 3
    assert kept[-1] == rejected("2")
    assert rejected("1", "time is null") in kept


async def test_only_the_newest_thousand_are_kept(store: Store) -> None:
    await store.sources.reject("superset", [rejected(f"old {number}") for number in range(600)], NOW)
    await store.sources.reject("superset", [rejected(f"new {number}") for number in range(600)], after(hours=1))

    kept = await store.sources.rejected("superset", 2_000)

    assert len(kept) == 1_000
    assert sum(str(one.identifier).startswith("new") for one in kept) == 600


async def test_rejecting_nothing_changes_nothing(store: Store) -> None:
    await store.sources.reject("superset", [], NOW)

    assert await store.sources.rejected("superset", 9) == []

"""Offers and company names, on both stores."""

import asyncio
from contextlib import ExitStack

from placement_alerts.core.offer import Offer, OfferId
from placement_alerts.store import open_store
from placement_alerts.store.base import Store
from tests.builders import YEAR, a_contribution, after, an_offer, an_offer_event, an_offer_student
from tests.store.children import child, read_line

PROCESSES = 3
MAILS = 15  # of each process


def second(offer: Offer, **values: object) -> Offer:
    return offer.model_copy(update={"version": offer.version + 1, **values})


async def test_stored_offer_comes_back_with_its_contributions_and_events(store: Store) -> None:
    event = an_offer_event(students=(an_offer_student(inferred=("role",)),))
    offer = an_offer(contributions=(a_contribution(), a_contribution("<2@x>")), pending=(event,), lowered=("12 → 10",))

    assert await store.offers.save(offer)

    assert await store.offers.get(YEAR, offer.company_key) == offer


async def test_unknown_company_has_no_offer(store: Store) -> None:
    await store.offers.save(an_offer())

    assert await store.offers.get("202425", an_offer().company_key) is None
    assert await store.offers.get(YEAR, "none") is None


async def test_first_version_is_stored_only_where_none_is(store: Store) -> None:
    await store.offers.save(an_offer())

    assert not await store.offers.save(an_offer(company="other"))

    assert await store.offers.get(YEAR, an_offer().company_key) == an_offer()


async def test_company_has_one_offer_a_year_whatever_its_id(store: Store) -> None:
    await store.offers.save(an_offer())

    assert not await store.offers.save(an_offer(id=OfferId("other")))

    assert await store.offers.of_year(YEAR) == [an_offer()]


async def test_next_version_replaces_the_one_before(store: Store) -> None:
    await store.offers.save(an_offer())
    changed = second(an_offer(), joining_date="2026-07-01")

    assert await store.offers.save(changed)

    assert await store.offers.get(YEAR, changed.company_key) == changed


async def test_version_that_does_not_follow_the_stored_one_changes_nothing(store: Store) -> None:
    await store.offers.save(an_offer())
    stored = second(an_offer())
    await store.offers.save(stored)

    assert not await store.offers.save(an_offer(version=2, company="late"))
    assert not await store.offers.save(an_offer(version=4, company="early"))
    assert not await store.offers.save(an_offer("unknown", version=2))

    assert await store.offers.of_year(YEAR) == [stored]


async def test_offer_does_not_take_the_place_of_another_company(store: Store) -> None:
    await store.offers.save(an_offer("acme"))
    await store.offers.save(an_offer("borealis"))

    assert not await store.offers.save(second(an_offer("borealis"), company_key="acme"))

    assert await store.offers.of_year(YEAR) == [an_offer("acme"), an_offer("borealis")]


async def test_of_many_saves_of_one_version_at_once_one_counts(store: Store, store_url: str) -> None:
    other = await open_store(store_url)
    await store.offers.save(an_offer())

    async with asyncio.TaskGroup() as savers:
        answers = [
            savers.create_task(each.offers.save(second(an_offer(), subject=f"{number}")))
            for number in range(10)
            for each in (store, other)
        ]
    await other.close()

    assert sum(answer.result() for answer in answers) == 1


async def test_processes_that_merge_at_once_lose_nobody(store: Store, store_url: str) -> None:
    with ExitStack() as running:
        children = [
            running.enter_context(child("merge_offers", store_url, f"p{number}", str(MAILS)))
            for number in range(PROCESSES)
        ]
        assert [read_line(process) for process in children] == ["ready"] * PROCESSES
        for process in children:
            print("go", file=process.stdin, flush=True)
        assert [process.wait() for process in children] == [0] * PROCESSES

    (merged,) = await store.offers.of_year(YEAR)
    assert merged.version == PROCESSES * MAILS
    assert {student.name for student in merged.students} == {
        f"p{process}-{number}" for process in range(PROCESSES) for number in range(MAILS)
    }
    assert len(merged.pending) == PROCESSES * MAILS


async def test_removed_offer_is_gone_and_its_company_may_have_another(store: Store) -> None:
    await store.offers.save(an_offer(pending=(an_offer_event(),)))

    assert await store.offers.remove(an_offer().id, 1)
    assert not await store.offers.remove(an_offer().id, 1)

    assert await store.offers.of_year(YEAR) == []
    assert await store.offers.with_pending(9) == []
    assert await store.offers.save(an_offer(id=OfferId("other")))


async def test_offer_that_changed_meanwhile_is_not_removed(store: Store) -> None:
    await store.offers.save(an_offer())
    await store.offers.save(second(an_offer()))

    assert not await store.offers.remove(an_offer().id, 1)

    assert await store.offers.of_year(YEAR) == [second(an_offer())]


async def test_offers_of_a_year_come_by_company_key(store: Store) -> None:
    await store.offers.save(an_offer("borealis"))
    await store.offers.save(an_offer("acme"))
    await store.offers.save(an_offer("acme", year="202425", id=OfferId("before"), sent_at=after(days=-365)))

    assert [offer.company_key for offer in await store.offers.of_year(YEAR)] == ["acme", "borealis"]


async def test_offers_with_events_are_listed_by_id_until_their_events_are_taken_out(store: Store) -> None:
    told = an_offer("told")
    waiting = [an_offer(name, pending=(an_offer_event(name),)) for name in ("b", "a", "c")]
    for offer in (told, *waiting):
        await store.offers.save(offer)
    assert await store.offers.with_pending(2) == [waiting[1], waiting[0]]
    assert await store.offers.with_pending(0) == []

    await store.offers.save(second(waiting[1], pending=()))
    await store.offers.save(second(told, pending=(an_offer_event(),)))

    assert [offer.company_key for offer in await store.offers.with_pending(9)] == ["b", "c", "told"]


async def test_names_that_mean_the_same_company_are_kept_and_the_last_word_counts(store: Store) -> None:
    assert await store.offers.aliases() == {}

    await store.offers.add_alias("brightwave", "brightwave systems")
    await store.offers.add_alias("$b.w\x00", "wrong")
    await store.offers.add_alias("$b.w\x00", "brightwave systems")

    assert await store.offers.aliases() == {"$b.w\x00": "brightwave systems", "brightwave": "brightwave systems"}

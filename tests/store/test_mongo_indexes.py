"""Every query that the store sends stands in the table, and the index named there serves it."""

import os
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from placement_alerts.core.delivery import DeliveryId, DeliveryState
from placement_alerts.core.item import Rejected
from placement_alerts.core.job import JobId
from placement_alerts.core.mail import Cursor
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.official import BatchRecord, Validators
from placement_alerts.core.review import Answer
from placement_alerts.core.student import AddressId, OffReason, StudentId
from placement_alerts.store.base import DeliveryFilter, OwnerId, PollState, Process, Request, RequestId, RequestState
from placement_alerts.store.mongo.indexes import QUERIES, Query, indexes
from placement_alerts.store.mongo.store import MongoStore, open_mongo
from tests.builders import (
    NOW,
    YEAR,
    a_batch,
    a_delivery,
    a_job,
    a_mail_record,
    a_notice,
    a_policy,
    a_review,
    a_snapshot,
    a_student,
    after,
    an_offer,
    known_item,
)
from tests.store.access_use import use_access
from tests.store.list_use import use_lists
from tests.store.mongo_server import URL_VARIABLE
from tests.store.wishes import a_claim, a_receipt

RANGES = {"$gt", "$gte", "$lt", "$lte"}


class Recorder(CommandListener):
    """Keeps every command that the store sends."""

    def __init__(self) -> None:
        self.commands: list[Mapping[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.commands.append(event.command)

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.collection}-{','.join(dict(query.index))}")
def test_index_has_equality_then_sort_then_range(query: Query) -> None:
    names = [name for name, _ in query.index]
    after_equal = query.index[len(query.equal) :]
    after_sort = [name for name, _ in after_equal[len(query.sort) :]]
    unsorted_ranges = query.ranges - {name for name, _ in query.sort}

    assert set(names[: len(query.equal)]) == query.equal
    assert query.sort in (after_equal[: len(query.sort)], _reversed(after_equal[: len(query.sort)]))
    assert set(after_sort[: len(unsorted_ranges)]) == unsorted_ranges


def test_no_index_is_the_beginning_of_another() -> None:
    made = indexes()
    spare = [
        (short.name, long.name)
        for short in made
        for long in made
        if short.collection == long.collection and short.keys != long.keys and _begins(long.keys, short.keys)
    ]

    assert spare == []


async def test_every_query_stands_in_the_table(mongo_url: str) -> None:
    recorder = Recorder()

    await _use_everything(mongo_url, recorder)

    shapes = [shape for command in recorder.commands for shape in _shapes(command)]
    assert len(shapes) > 60
    assert [shape for shape in shapes if not any(_fits(shape, query) for query in QUERIES)] == []
    assert [query for query in QUERIES if not any(_fits(shape, query) for shape in shapes)] == []


async def test_every_declared_index_is_made(mongo_url: str) -> None:
    store = await open_mongo(mongo_url)
    await store.close()

    with MongoClient[dict[str, Any]](mongo_url) as client:
        database = client.get_default_database()
        made = {(index.collection, index.name): database[index.collection].index_information() for index in indexes()}
    assert {name: information[name[1]]["key"] for name, information in made.items()} == {
        (index.collection, index.name): list(index.keys) for index in indexes()
    }


@pytest.mark.skipif(URL_VARIABLE not in os.environ, reason=f"explain: not run, {URL_VARIABLE} names no real server")
async def test_server_uses_the_indexes(mongo_url: str) -> None:
    recorder = Recorder()
    await _use_everything(mongo_url, recorder)

    with MongoClient[dict[str, Any]](mongo_url, timeoutMS=60_000) as client:
        database = client.get_default_database()
        slow = [
            (command, stages & {"COLLSCAN", "SORT"})
            for command in map(_explainable, recorder.commands)
            if command
            for stages in [set(_stages(database.command("explain", command, verbosity="queryPlanner")))]
            if stages & {"COLLSCAN", "SORT"}
        ]
    assert slow == []


async def _use_everything(url: str, recorder: Recorder) -> None:
    store = await open_mongo(url, listeners=[recorder])
    try:
        await _use_notices(store)
        await _use_students(store)
        await _use_deliveries(store)
        await _use_the_rest(store)
        await _use_mails(store)
        await _use_offers(store)
        await _use_pages(store)
        await use_access(store)
        await use_lists(store)
    finally:
        await store.close()


async def _use_notices(store: MongoStore) -> None:
    await store.notices.save(a_notice(job=a_job()))
    await store.notices.save(a_notice(revision=2, job=a_job()))
    await store.notices.get(NoticeId("n1"))
    await store.notices.revisions(NoticeId("n1"))
    await store.notices.latest(None, 10)
    await store.notices.latest(YEAR, 10)
    await store.notices.of_job(JobId("jp-208"))
    await store.notices.unplanned(10)
    await store.notices.mark_planned(NoticeId("n1"), 2)
    await store.notices.counts()
    await store.jobs.save(a_job())
    await store.jobs.get(JobId("jp-208"))
    await store.jobs.of_company(YEAR, "brightwave systems")
    await store.jobs.count()


async def _use_students(store: MongoStore) -> None:
    _, student = await store.students.join("telegram", "7", YEAR, {}, NOW)
    address = student.addresses[0].id
    await store.students.switch_off(address, OffReason.STOPPED)
    await store.students.switch_on(address, NOW)
    await store.students.move(address, "8")
    await store.students.enroll(student.id, "k", "001")
    await store.students.by_enrollments(["k"])
    await store.students.by_address("telegram", "8")
    await store.students.get(student.id)
    await store.students.of_year(YEAR, None, 10)
    await store.students.of_year(YEAR, StudentId("a"), 10)
    await store.students.counts()
    await store.students.add(a_student("2", addresses=()))
    await store.students.forget_unreachable(after(days=1), 10)


async def _use_deliveries(store: MongoStore) -> None:
    deliveries, notice, address = store.deliveries, NoticeId("n1"), AddressId("a1")
    await deliveries.plan([a_delivery(str(number)) for number in range(20)])
    claimed = await deliveries.exchange([], a_claim(4, token="t-1"))
    await deliveries.exchange([a_receipt(delivery) for delivery in claimed], a_claim(4, token="t-2"))
    await deliveries.exchange([], a_claim(4, token="t-3", owner=OwnerId("p-2")))
    await deliveries.free([OwnerId("p-2")], NOW)
    await deliveries.close_waiting(notice, 1, DeliveryState.SUPERSEDED)
    await deliveries.close_address(AddressId("a15"), "gone", NOW)
    await deliveries.retarget(AddressId("a16"), "17")
    await deliveries.of_address(notice, address)
    await deliveries.of_students(notice, [StudentId("s1")])
    await deliveries.last_states(address, 5)
    await deliveries.mark_seen(notice, StudentId("s1"), NOW)
    await deliveries.next_due("telegram")
    await deliveries.get(DeliveryId("n1.1.a1"))
    await deliveries.retry([DeliveryId("n1.1.a15")], NOW)
    await deliveries.counts()
    for wanted in (
        DeliveryFilter(),
        DeliveryFilter(state=DeliveryState.DUE),
        DeliveryFilter(channel="telegram"),
        DeliveryFilter(channel="telegram", state=DeliveryState.DUE),
        DeliveryFilter(notice_id=notice, channel="telegram"),
        DeliveryFilter(student_id=StudentId("s1"), notice_id=notice),
        DeliveryFilter(error_class="gone", state=DeliveryState.REFUSED),
        DeliveryFilter(DeliveryState.DUE, "telegram", notice, StudentId("s1"), "gone"),
    ):
        await deliveries.find(wanted, None, 5)
        await deliveries.find(wanted, a_delivery(), 5)


async def _use_the_rest(store: MongoStore) -> None:
    await store.sources.remember("superset", [known_item()])
    await store.sources.known("superset")
    await store.sources.save_poll("superset", PollState())
    await store.sources.poll("superset")
    await store.sources.reject(
        "superset",
        [Rejected(listing="jobs", identifier=str(number), reason="id: missing") for number in range(1001)],
        NOW,
    )
    await store.sources.rejected("superset", 5)
    await store.processes.beat(Process(OwnerId("p-1"), "here", 1, 1, 1))
    await store.processes.all()
    await store.processes.take("fan-out", OwnerId("p-1"))
    await store.processes.take("fan-out", OwnerId("p-2"))
    await store.processes.holder("fan-out")
    await store.processes.drop("fan-out", OwnerId("p-1"))
    await store.processes.remove([OwnerId("p-1")])
    request = Request(RequestId("r-1"), "update", {}, RequestState.ASKED, NOW)
    await store.requests.ask(request)
    await store.requests.take()
    await store.requests.report(request)
    await store.requests.get(request.id)
    await store.requests.clean(NOW)


async def _use_mails(store: MongoStore) -> None:
    await store.mails.save(a_mail_record())
    await store.mails.get(a_mail_record().id)
    await store.mails.by_digest("d1")
    await store.mails.counts()
    await store.mails.save_cursor("mailbox", Cursor(folder="INBOX", uidvalidity=1, uid=2))
    await store.mails.cursors("mailbox")
    review = a_review()
    await store.reviews.ask(review)
    await store.reviews.get(review.id)
    await store.reviews.open(5)
    await store.reviews.untold(5)
    await store.reviews.mark_told(review.id)
    await store.reviews.answer(review.id, Answer.DISCARD, "7", NOW)
    await store.reviews.answered(5)
    await store.reviews.mark_done(review.id)


async def _use_offers(store: MongoStore) -> None:
    offer = an_offer()
    await store.offers.save(offer)
    await store.offers.save(offer.model_copy(update={"version": 2}))
    await store.offers.get(YEAR, offer.company_key)
    await store.offers.of_year(YEAR)
    await store.offers.with_pending(5)
    await store.offers.remove(offer.id, 2)
    await store.offers.add_alias("bright", offer.company_key)
    await store.offers.aliases()
    await store.secret("enrollment")


async def _use_pages(store: MongoStore) -> None:
    await store.policies.save(a_policy())
    await store.policies.latest(2026)
    await store.policies.versions(2026)
    await store.policies.years()
    await store.official.save(a_snapshot())
    await store.official.save(a_snapshot())
    await store.official.newest()
    await store.official.snapshots(5)
    for name in ("2025", "2026"):
        await store.official.save_batches([BatchRecord(batch=a_batch(name), live=True, updated_at=NOW)])
    await store.official.batches()
    await store.official.save_validators(Validators(url="https://example.org/"))
    await store.official.validators()


Shape = tuple[str, Mapping[str, Any], tuple[tuple[str, int], ...]]


def _shapes(command: Mapping[str, Any]) -> Iterator[Shape]:
    """Yield (collection, filter, sort) of each query in a command."""
    name = next(iter(command))
    if name == "find":
        yield command["find"], command.get("filter", {}), tuple(command.get("sort", {}).items())
    for update in command.get("updates", ()):
        yield command["update"], update["q"], ()
    for deletion in command.get("deletes", ()):
        yield command["delete"], deletion["q"], ()
    if name == "aggregate":
        yield command["aggregate"], command["pipeline"][0]["$match"], ()


def _fits(shape: Shape, query: Query) -> bool:
    collection, wanted, sort = shape
    compared = {name for name, value in wanted.items() if isinstance(value, Mapping) and RANGES & value.keys()}
    ranges = compared - query.also
    excluded = {name for name, value in wanted.items() if isinstance(value, Mapping) and "$nin" in value}
    equal = wanted.keys() - ranges - excluded
    return (
        collection == query.collection
        and sort == query.sort
        and query.equal <= equal <= query.equal | query.also
        and ranges <= query.ranges
        and (ranges == query.ranges or query.ranges <= {name for name, _ in query.sort})
        and excluded <= query.also
    )


def _explainable(command: Mapping[str, Any]) -> dict[str, Any] | None:
    names = {"find", "aggregate", "update", "delete"}
    if next(iter(command)) not in names:
        return None
    kept = {name: value for name, value in command.items() if not name.startswith("$") and name != "lsid"}
    for session_field in ("txnNumber", "writeConcern", "maxTimeMS", "ordered"):
        kept.pop(session_field, None)
    for several in ("updates", "deletes"):
        if several in kept:
            kept[several] = kept[several][:1]  # explain takes one
    return kept


def _stages(plan: object) -> Iterator[str]:
    """Yield the stages of the winning plans."""
    if isinstance(plan, Mapping):
        if "stage" in plan:
            yield str(plan["stage"])
        for name, inner in plan.items():
            if name != "rejectedPlans":
                yield from _stages(inner)
    elif isinstance(plan, list):
        for inner in plan:
            yield from _stages(inner)


def _reversed(keys: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    return tuple((name, -direction) for name, direction in keys)


def _begins(long: tuple[tuple[str, int], ...], short: tuple[tuple[str, int], ...]) -> bool:
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(long, short, strict=False)))) == len(short)

"""The whole way from a portal to a student's chat, with the real source against the simulated portal."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from placement_alerts.core.item import Fetched, KnownItem
from placement_alerts.errors import PeerRefused, StoreBusy, StoreUnavailable
from placement_alerts.http_client import HttpClient, Retries
from placement_alerts.pipeline.intake import Intake, ListingPoll
from placement_alerts.pipeline.membership import Membership, this_process
from placement_alerts.pipeline.updating import Updater
from placement_alerts.sandbox.portal import PortalLogin, SimulatedPortal
from placement_alerts.sandbox.portal_board import to_ms
from placement_alerts.sources.base import Source
from placement_alerts.sources.superset.settings import SupersetSettings
from placement_alerts.sources.superset.source import SupersetSource
from placement_alerts.store.base import OwnerId, Process
from tests.builders import NOW, YEAR, fetched
from tests.pipeline.conftest import ME, Works

LOGIN = PortalLogin("student1@example.test", "password of a test", name="Meera Nair")


class Slow:
    """A source that answers when it is told to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()

    async def fetch(self, known: Mapping[str, KnownItem], now: datetime) -> Fetched:
        self.asked.set()
        await self.answers.wait()
        return fetched()

    async def check(self) -> list[str]:
        return []


class Failing(Slow):
    """A source that fails in its own way."""

    def __init__(self, error: Exception) -> None:
        super().__init__("superset")
        self.error = error

    async def fetch(self, known: Mapping[str, KnownItem], now: datetime) -> Fetched:
        self.asked.set()
        raise self.error


def updater(works: Works, *sources: Source, owner: OwnerId = ME) -> Updater:
    intake = Intake(works.store, works.planner.flag, works.now, timedelta(hours=24))
    polls = {source.name: ListingPoll(source, intake, works.store, works.now) for source in sources}
    return Updater(works.store, polls, owner, works.now)


@pytest.fixture
async def portal() -> AsyncIterator[SimulatedPortal]:
    async with SimulatedPortal([LOGIN], now=lambda: NOW) as portal:
        yield portal


@pytest.fixture
async def source(portal: SimulatedPortal) -> AsyncIterator[SupersetSource]:
    account = {"email": LOGIN.email, "password": LOGIN.password, "year": YEAR}
    settings = SupersetSettings.model_validate(
        {"base_url": portal.base_url, "public_key": portal.public_key, "accounts": [account]}
    )
    async with HttpClient(allow_private=True, retries=Retries(tries=1)) as http:
        yield SupersetSource(settings, http)


def notice(identifier: str, **values: object) -> dict[str, object]:
    published = {"publishedAt": to_ms(NOW), "lastModifiedOn": None, "lastModifiedByUserName": "T and P Office"}
    return {"identifier": identifier, "title": "Test link shared", "content": "<p>See inbox.</p>"} | published | values


async def test_what_the_portal_publishes_reaches_every_student_once(
    works: Works, portal: SimulatedPortal, source: SupersetSource
) -> None:
    await works.join(1, 2)
    portal.publish_notice(notice("nt-1"))
    update = updater(works, source)

    for _ in range(3):
        await update.update("superset")
        await works.planner.run_once()
        await works.carry()

    assert [len(works.telegram.sends[chat]) for chat in (1, 2)] == [1, 1]


async def test_what_the_portal_edits_is_edited_in_the_chat(
    works: Works, portal: SimulatedPortal, source: SupersetSource
) -> None:
    await works.join(1)
    update = updater(works, source)
    portal.publish_notice(notice("nt-1", content="<p>Test at 3:00 PM on 12 November 2025 in LT-1.</p>"))
    await update.update("superset")
    await works.planner.run_once()
    await works.carry()

    later = {"content": "<p>Test at 5:00 PM on 12 November 2025 in LT-1.</p>", "lastModifiedOn": to_ms(NOW) + 1}
    portal.edit_notice("nt-1", **later)
    await update.update("superset")
    await works.planner.run_once()
    await works.carry()

    edited, line = works.texts(1)
    assert "5:00 PM" in edited
    assert line.startswith("🔔")


async def test_a_wrong_password_is_a_red_source_and_everything_else_goes_on(
    works: Works, portal: SimulatedPortal
) -> None:
    wrong = {"email": LOGIN.email, "password": "wrong", "year": YEAR}
    settings = SupersetSettings.model_validate(
        {"base_url": portal.base_url, "public_key": portal.public_key, "accounts": [wrong]}
    )
    async with HttpClient(allow_private=True, retries=Retries(tries=1)) as http:
        report = await updater(works, SupersetSource(settings, http)).update("superset")

    state = await works.store.sources.poll("superset")
    assert report.failed
    assert (state.error_class, state.failures_in_a_row, state.last_success_at) == ("refused", 1, None)


async def test_a_failed_poll_keeps_the_last_success_and_the_next_one_recovers(works: Works) -> None:
    source = Slow("superset")
    source.answers.set()
    await updater(works, source).update("superset")
    works.now.turn(hours=1)
    await updater(works, Failing(PeerRefused("no"))).update("superset")
    failed = await works.store.sources.poll("superset")

    await updater(works, source).update("superset")
    recovered = await works.store.sources.poll("superset")

    assert (failed.last_success_at, failed.error_class) == (NOW, "refused")
    assert (recovered.last_success_at, recovered.error_class) == (works.now(), None)


async def test_what_an_error_says_is_not_logged_as_it_may_quote_a_mail(works: Works) -> None:
    with capture_logs() as logs:
        await updater(works, Failing(RuntimeError("Meera Nair"))).update("superset")

    (line,) = [line for line in logs if line["event"] == "source.crashed"]
    assert line["error"] == "RuntimeError"
    assert "exc_info" not in line
    assert "Meera" not in str(logs)


async def test_a_bug_in_a_source_is_a_failed_poll_and_no_end(works: Works) -> None:
    report = await updater(works, Failing(RuntimeError("bug"))).update("superset")

    assert report.failed
    assert (await works.store.sources.poll("superset")).error_class == "bug"


async def test_two_updates_of_a_source_never_run_at_once(works: Works) -> None:
    source = Slow("superset")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(updater(works, source).update("superset"))
        await source.asked.wait()
        with pytest.raises(StoreBusy, match="already running"):
            await updater(works, source, owner=OwnerId("other")).update("superset")
        source.answers.set()


async def test_a_slow_source_does_not_hold_up_another_that_is_due_at_the_same_minute(works: Works) -> None:
    slow, official = Slow("superset"), Slow("official")
    update = updater(works, slow, official)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(update.run())
        update.ring("superset", "official")
        await slow.asked.wait()
        await official.asked.wait()
        running.cancel()

    assert not slow.answers.is_set()


async def test_a_ring_during_a_poll_is_a_poll_afterwards(works: Works) -> None:
    source = Slow("superset")
    update = updater(works, source)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(update.run())
        update.ring("superset")
        await source.asked.wait()
        source.asked.clear()
        update.ring("superset")
        source.answers.set()
        await source.asked.wait()
        running.cancel()

    assert source.asked.is_set()


async def test_two_updates_of_a_source_never_run_at_once_in_one_process_either(works: Works) -> None:
    source = Slow("superset")
    update = updater(works, source)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(update.update("superset"))
        await source.asked.wait()
        with pytest.raises(StoreBusy, match="already running"):
            await update.update("superset")
        source.answers.set()


async def test_an_update_that_was_cancelled_leaves_its_duty_to_the_next(works: Works) -> None:
    source = Slow("superset")
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(updater(works, source).update("superset"))
        await source.asked.wait()
        running.cancel()
    source.answers.set()

    report = await updater(works, source, owner=OwnerId("next")).update("superset")

    assert not report.failed


async def test_an_update_that_was_killed_leaves_its_duty_to_the_next_start(works: Works) -> None:
    await works.store.processes.beat(Process(OwnerId("killed"), "home", 1, 1, 1))
    await works.store.processes.take("update:superset", OwnerId("killed"))
    source = Slow("superset")
    source.answers.set()

    await Membership(works.store, this_process(), works.now, alone=True, dead_after_s=30.0).join()

    assert not (await updater(works, source).update("superset")).failed


async def test_a_poll_that_the_store_did_not_let_happen_is_tried_again_soon(works: Works) -> None:
    source = Failing(StoreUnavailable("away"))
    intake = Intake(works.store, works.planner.flag, works.now, timedelta(hours=24))
    poll = ListingPoll(source, intake, works.store, works.now)
    update = Updater(works.store, {"superset": poll}, ME, works.now, postponed_s=0.01)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(update.run())
        update.ring("superset")
        await source.asked.wait()
        source.asked.clear()
        await source.asked.wait()
        running.cancel()

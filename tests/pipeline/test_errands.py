import asyncio
from datetime import timedelta

from placement_alerts.pipeline.errands import ErrandKind, Errands, ask
from placement_alerts.pipeline.intake import Intake, ListingPoll
from placement_alerts.pipeline.updating import Updater
from placement_alerts.store.base import Request, RequestId, RequestState
from tests.builders import a_notice
from tests.pipeline.conftest import ME, Works
from tests.pipeline.test_updating import Slow


def errands(works: Works, *sources: Slow) -> Errands:
    intake = Intake(works.store, works.planner.flag, works.now, timedelta(hours=24))
    polls = {source.name: ListingPoll(source, intake, works.store, works.now) for source in sources}
    updater = Updater(works.store, polls, ME, works.now)
    return Errands(works.store, updater, works.lanes, works.now)


async def test_an_update_is_done_by_the_running_process_and_its_report_comes_back(works: Works) -> None:
    source = Slow("superset")
    source.answers.set()
    running = errands(works, source)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(running.run())
        request = await ask(works.store, ErrandKind.UPDATE, {"source": "superset"}, works.now(), lambda _: None)
        running.stop()

    assert request.state is RequestState.DONE
    assert request.result is not None
    assert request.result["superset"]["failed"] is False


async def test_an_update_that_runs_already_is_refused_with_the_reason(works: Works) -> None:
    running = errands(works, Slow("superset"))
    await works.store.processes.take("update:superset", ME.__class__("other"))

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(running.run())
        request = await ask(works.store, ErrandKind.UPDATE, {"source": "superset"}, works.now(), lambda _: None)
        running.stop()

    assert request.state is RequestState.FAILED
    assert "already running" in request.progress


async def test_a_send_shows_how_much_is_left_and_comes_back_when_all_is_carried(works: Works) -> None:
    await works.join(*range(1, 21))
    await works.publish(a_notice())
    works.lanes.append(works.lane())
    running, shown = errands(works), list[str]()

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(running.run())
        asking = tasks.create_task(ask(works.store, ErrandKind.SEND, {"channel": None}, works.now(), shown.append))
        await asyncio.sleep(1.2)  # so that progress is seen: the lane starts late
        tasks.create_task(works.lanes[0].run())
        request = await asking
        works.lanes[0].stop()
        running.stop()

    assert request.result == {"total": 20, "sent": 20, "failed": 0, "channels": ["telegram"]}
    assert "20 due" in shown


async def test_a_source_that_the_running_process_does_not_know_is_refused_and_the_process_goes_on(works: Works) -> None:
    running = errands(works)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(running.run())
        unknown = await ask(works.store, ErrandKind.UPDATE, {"source": "superset"}, works.now(), lambda _: None)
        send = await ask(works.store, ErrandKind.SEND, {"channel": "telegram"}, works.now(), lambda _: None)
        running.stop()

    assert "was not configured when the running process started" in unknown.progress
    assert "does not send on telegram" in send.progress


async def test_a_kind_of_errand_that_nobody_knows_is_refused_and_the_process_goes_on(works: Works) -> None:
    strange = Request(RequestId("r1"), "nonsense", {}, RequestState.ASKED, works.now())
    await works.store.requests.ask(strange)
    running = errands(works)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(running.run())
        after = await ask(works.store, ErrandKind.SEND, {"channel": "telegram"}, works.now(), lambda _: None)
        running.stop()

    refused = await works.store.requests.get(strange.id)
    assert refused is not None
    assert (refused.state, after.state) == (RequestState.FAILED, RequestState.FAILED)

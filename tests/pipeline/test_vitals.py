from placement_alerts.core.delivery import DeliveryState
from placement_alerts.pipeline.vitals import PARTS, PartState, Vitals
from placement_alerts.pipeline.wakeups import Clock, CronJob
from placement_alerts.store.base import PollState
from tests.builders import NOW, a_notice, after
from tests.pipeline.conftest import Works


def vitals(works: Works, *, sources: tuple[str, ...] = ("superset",), clock: Clock | None = None) -> Vitals:
    works.lanes[:] = [works.lane()]
    return Vitals(works.store, sources, works.lanes, clock, works.now)


async def test_every_part_is_named_and_what_is_not_on_is_off(works: Works) -> None:
    parts = await vitals(works).parts()

    assert set(parts) == set(PARTS)
    assert parts["mailbox"].state is PartState.OFF
    assert parts["store"].state is parts["telegram"].state is PartState.OK


async def test_a_failing_source_is_degraded_with_a_class_and_leaves_the_process_ready(works: Works) -> None:
    failed = PollState(last_poll_at=NOW, last_success_at=after(hours=-1), error_class="refused", error="secret words")
    await works.store.sources.save_poll("superset", failed)
    looked = vitals(works)

    part = (await looked.parts())["superset"]

    assert (part.state, part.error, part.last_success) == (PartState.DEGRADED, "refused", after(hours=-1))
    assert await looked.ready() == []


async def test_the_backlog_and_its_age_are_shown(works: Works) -> None:
    await works.join(1, 2)
    await works.publish(a_notice())
    works.now.turn(seconds=90)

    part = (await vitals(works).parts())["fanout"]

    assert (part.backlog, part.oldest_due_s) == (2, 90.0)
    assert await works.states() == [DeliveryState.DUE] * 2


async def test_a_lane_that_stands_still_is_down_and_the_process_not_ready(works: Works) -> None:
    looked = vitals(works)
    works.lanes[0].turned_at = after(minutes=-1)

    assert (await looked.parts())["fanout"].state is PartState.DOWN
    assert await looked.ready() == ["telegram fan-out stands still"]


async def test_a_stopping_process_is_not_ready(works: Works) -> None:
    looked = vitals(works)
    looked.stopping = True

    assert await looked.ready() == ["stopping"]


async def test_the_next_run_is_shown(works: Works) -> None:
    clock = Clock((CronJob("update", "0 8 * * *", lambda: None),), "Asia/Kolkata", jitter_s=0, misfire_grace_s=60)
    clock.start()

    parts = await vitals(works, clock=clock).parts()
    clock.stop()

    assert parts["scheduler"].next_run == parts["superset"].next_run is not None

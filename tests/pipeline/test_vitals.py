from typing import cast

import pytest

from placement_alerts.core.delivery import DeliveryState
from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.vitals import PARTS, PartState, Vitals
from placement_alerts.pipeline.wakeups import Clock, CronJob
from placement_alerts.store.base import PollState, Store
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


class Away:
    """A store whose parts are away; it may still answer pings."""

    def __init__(self, *, answers_pings: bool) -> None:
        self._answers_pings = answers_pings

    def __getattr__(self, name: str) -> "Away":
        return self

    async def ping(self) -> None:
        if not self._answers_pings:
            raise StoreUnavailable("away")

    async def poll(self, source: str) -> PollState:
        raise StoreUnavailable("away")


@pytest.mark.parametrize("answers_pings", [False, True])
async def test_a_store_that_is_away_is_down_and_everybody_is_told(*, answers_pings: bool) -> None:
    looked = Vitals(cast("Store", Away(answers_pings=answers_pings)), ("superset",), (), None, lambda: NOW)

    store = (await looked.parts())["store"]

    assert (store.state, store.error) == (PartState.DOWN, "unavailable")


async def test_a_process_without_its_store_is_not_ready() -> None:
    looked = Vitals(cast("Store", Away(answers_pings=False)), ("superset",), (), None, lambda: NOW)

    assert await looked.ready() == ["store does not answer"]

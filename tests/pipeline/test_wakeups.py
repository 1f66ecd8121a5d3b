import asyncio
from datetime import UTC, datetime

from placement_alerts.core.timetable import IST
from placement_alerts.pipeline.wakeups import Clock, CronJob, Flag

UPDATE = "0 0,8-23 * * *"
NOON = datetime(2025, 11, 10, 6, 30, tzinfo=UTC)  # in India


def a_clock(*jobs: CronJob) -> Clock:
    return Clock(jobs, "Asia/Kolkata", jitter_s=0, misfire_grace_s=1800)


async def test_a_flag_set_between_looking_and_waiting_is_not_missed() -> None:
    flag = Flag()
    since = flag.count
    flag.set()

    async with asyncio.timeout(1):
        await flag.wait(since, timeout_s=60)


async def test_a_flag_wakes_everybody_who_waits() -> None:
    flag = Flag()

    async with asyncio.timeout(1), asyncio.TaskGroup() as tasks:
        for _ in range(3):
            tasks.create_task(flag.wait(flag.count, timeout_s=60))
        await asyncio.sleep(0)
        flag.set()


async def test_a_wait_ends_without_the_flag() -> None:
    async with asyncio.timeout(1):
        await Flag().wait(0, timeout_s=0.01)


async def test_the_clock_rings_in_indian_time() -> None:
    clock = a_clock(CronJob("update", UPDATE, lambda: None), CronJob("official", "0 12 * * *", lambda: None))
    clock.start()

    hours = {name: moment.astimezone(IST).hour for name in ("update", "official") if (moment := clock.next_run(name))}
    clock.stop()

    assert hours["official"] == 12
    assert hours["update"] in {0, *range(8, 24)}


async def test_a_time_that_passed_while_nobody_ran_is_noticed() -> None:
    clock = a_clock(CronJob("update", UPDATE, lambda: None))
    clock.start()

    missed = [
        clock.missed("update", NOON.replace(minute=31), NOON.replace(hour=7, minute=31)),
        clock.missed("update", NOON.replace(minute=31), NOON.replace(minute=45)),
        clock.missed("update", None, NOON),
        clock.missed("official", None, NOON),
    ]
    clock.stop()

    assert missed == [True, False, True, False]


async def test_a_clock_that_does_not_run_rings_never() -> None:
    assert a_clock(CronJob("update", UPDATE, lambda: None)).next_run("update") is None

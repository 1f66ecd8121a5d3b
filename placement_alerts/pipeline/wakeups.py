"""When work starts: flags that other parts set, and the clock of cron times."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

TICK_S = 30  # how often the clock shows that it lives; /health/ready asks within 90 s


class Flag:
    """Something happened since somebody last looked: look at `count` first, then at the work, then wait from there."""

    def __init__(self) -> None:
        self.count = 0
        self._waiters: set[asyncio.Future[None]] = set()

    def set(self) -> None:
        """Wake everybody who waits, and whoever waits from an earlier count."""
        self.count += 1
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, since: int, timeout_s: float) -> None:
        """Return at once if the flag was set after `since` was read, else when it is set or after `timeout_s`."""
        if self.count != since:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait({waiter}, timeout=timeout_s)
        finally:
            self._waiters.discard(waiter)


@dataclass(frozen=True, slots=True)
class CronJob:
    """name: in health and logs. cron: five fields. ring: called when the time has come; only sets a flag."""

    name: str
    cron: str
    ring: Callable[[], None]


class Clock:
    """The cron times of this process. A job only rings; the work is done by whom the ring wakes.

    ticked_at: when the clock last showed that it lives, monotonic seconds.
    """

    def __init__(self, jobs: tuple[CronJob, ...], timezone: str, *, jitter_s: int, misfire_grace_s: int) -> None:
        self.ticked_at = 0.0
        self._scheduler = AsyncIOScheduler(timezone=ZoneInfo(timezone))
        self._scheduler.add_job(self._tick, "interval", seconds=TICK_S, id="tick", misfire_grace_time=None)
        for job in jobs:
            trigger = CronTrigger.from_crontab(job.cron, timezone=ZoneInfo(timezone))
            trigger.jitter = jitter_s or None
            self._scheduler.add_job(
                _ringing(job),
                trigger,
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=misfire_grace_s,
            )

    async def _tick(self) -> None:
        self.ticked_at = time.monotonic()

    def start(self) -> None:
        """Start ticking on the running loop."""
        self.ticked_at = time.monotonic()
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def missed(self, name: str, since: datetime | None, now: datetime) -> bool:
        """Say whether a time of the job passed between `since` and `now`; always, if it never ran."""
        job = self._scheduler.get_job(name)
        if job is None:
            return False
        if since is None:
            return True
        due = job.trigger.get_next_fire_time(since, since)
        return due is not None and bool(due <= now)

    def next_run(self, name: str) -> datetime | None:
        """Return when the job rings next; None if it never does, or while another process does this work."""
        job = self._scheduler.get_job(name) if self._scheduler.running else None
        return job.next_run_time if job else None


def _ringing(job: CronJob) -> Callable[[], object]:
    async def ring() -> None:  # a plain function would run in a thread (reference/libraries.md, section 3)
        job.ring()

    return ring

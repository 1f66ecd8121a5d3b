"""The composition root: opens everything in order, runs it in one task group until a signal, closes it in reverse."""

import asyncio
import gc
import os
import resource
import signal
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from placement_alerts import __version__
from placement_alerts.app_parts import Parts, now, open_parts
from placement_alerts.config.loading import what_is_on
from placement_alerts.config.models import Config
from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.errands import DUTY, Errands
from placement_alerts.pipeline.fanout import Lane
from placement_alerts.pipeline.housekeeping import Housekeeping
from placement_alerts.pipeline.membership import Membership
from placement_alerts.pipeline.updating import Updater
from placement_alerts.pipeline.vitals import Vitals
from placement_alerts.pipeline.wakeups import Clock, CronJob

if TYPE_CHECKING:
    from aiogram import Bot

    from placement_alerts.bot.polling import Polling
    from placement_alerts.bot.reviews import ReviewDesk

LEAVE_S = 1.0
DESCRIPTORS = 65_536  # enough for the connections that web/deadlines.py allows, and ten times more

log = structlog.get_logger(__name__)


class Role(StrEnum):
    """What a process does. `run` without roles does all of it."""

    BOT = "bot"
    WEB = "web"
    SCHEDULER = "scheduler"
    FANOUT = "fanout"


@dataclass(frozen=True, slots=True)
class Job:
    """A task of the process. stop: makes `work` return by itself; None: it is cancelled."""

    name: str
    work: Coroutine[Any, Any, None]
    stop: Callable[[], None] | None


async def run(
    config: Config,
    roles: frozenset[Role],
    stopping: asyncio.Event,
    on_ready: Callable[[Parts, int | None], None] | None = None,
) -> None:
    """Do the work of these roles until `stopping` is set, SIGTERM or SIGINT; a second signal ends the process at once.

    on_ready: called with the web server's port (None without the web role) once everything runs.
    """
    _allow_connections()
    for part in what_is_on(config):
        if part.on:
            log.info("part.switched_on", part=part.name)
        else:
            log.info("part.switched_off", part=part.name, to_turn_it_on=part.key or "a later version")
    async with AsyncExitStack() as stack:
        stack.enter_context(_signals(stopping))
        parts = await stack.enter_async_context(open_parts(config, exclusive=True))
        await parts.membership.join()
        clock = _clock(config, parts.updater) if Role.SCHEDULER in roles else None
        lanes = parts.lanes if Role.FANOUT in roles else ()
        talking = None
        if Role.BOT in roles and parts.channels.bot is not None and config.telegram.mode == "polling":
            talking = _talking(parts, parts.channels.bot)
        receiving = {"telegram": lambda: talking.polling.trouble} if talking else {}
        vitals = Vitals(parts.store, tuple(parts.updater.sources), lanes, clock, now, receiving)
        jobs = _jobs(parts, roles, clock, lanes, talking)
        port = await _serve(stack, parts, vitals, jobs) if Role.WEB in roles else None
        # what was imported stays: a full collection over it would hold the loop for 140 ms
        gc.collect()
        gc.freeze()
        async with asyncio.TaskGroup() as group:
            tasks = {group.create_task(job.work, name=job.name): job for job in jobs}
            log.info("process.started", version=__version__, roles=sorted(roles), port=port)
            if on_ready:
                on_ready(parts, port)
            await stopping.wait()
            log.info("process.stopping", grace_s=config.fanout.grace_s)
            vitals.stopping = True
            if clock:
                clock.stop()
            parts.membership.take_no_more()
            await _wind_down(tasks, config.fanout.grace_s)
        await _leave(parts.membership)
    log.info("process.stopped")


def _jobs(
    parts: Parts, roles: frozenset[Role], clock: Clock | None, lanes: tuple[Lane, ...], talking: "_Talking | None"
) -> list[Job]:
    hold = parts.membership.hold
    jobs = [Job("membership", parts.membership.run(), parts.membership.stop)]
    if talking is not None:
        jobs.append(Job("bot", _with_duty(hold, "bot", talking.polling.run), talking.polling.stop))
        jobs.append(Job("reviews", _with_duty(hold, "bot", talking.reviews.run), talking.reviews.stop))
    if Role.FANOUT in roles:
        jobs.append(Job("planning", _with_duty(hold, "planning", parts.planner.run), parts.planner.stop))
        jobs += [
            Job(f"fan-out-{lane.channel.name}", _with_duty(hold, f"lane:{lane.channel.name}", lane.run), lane.stop)
            for lane in lanes
        ]
        jobs.append(Job("office", _with_duty(hold, "planning", parts.office.run), parts.office.stop))
        jobs.append(Job("webhooks", _with_duty(hold, "webhooks", parts.webhooks.run), parts.webhooks.stop))
        house = Housekeeping(parts.store, parts.subscribing, now)
        jobs.append(Job("housekeeping", _with_duty(hold, "planning", house.run), house.stop))
    if clock is not None:
        jobs.append(Job("updates", _with_duty(hold, DUTY, lambda: _update(parts, clock)), None))
        jobs.append(Job("reviewing", _with_duty(hold, DUTY, parts.reviewing.run), parts.reviewing.stop))
        errands = Errands(parts.store, parts.updater, lanes, now)
        jobs.append(Job("errands", _with_duty(hold, DUTY, errands.run), errands.stop))
    return jobs


@dataclass(frozen=True, slots=True)
class _Talking:
    """The bot's two sides: what persons tell it, and what it tells the admins."""

    polling: "Polling"
    reviews: "ReviewDesk"


def _talking(parts: Parts, bot: "Bot") -> _Talking:
    from placement_alerts.bot.answers import Answers
    from placement_alerts.bot.dispatching import make_dispatcher
    from placement_alerts.bot.polling import Polling
    from placement_alerts.bot.reviews import ReviewDesk
    from placement_alerts.bot.settings import BotSettings
    from placement_alerts.bot.texts import Link

    links = tuple(Link(link.title, link.url) for link in parts.config.bot.links)
    answers = Answers(bot)
    config = parts.config
    settings = BotSettings(
        config.years.default,
        links,
        admins=frozenset(config.telegram.admins),
        public_url=config.web.public_url,
        figures=parts.figures,
    )
    dispatcher, once = make_dispatcher(parts.store, answers, settings, now, parts.reviewing.flag, parts.signing_in)
    admins = config.telegram.admins
    polling = Polling(bot, dispatcher, once, answers, admins)
    return _Talking(polling, ReviewDesk(parts.store, answers, admins))


async def _with_duty(
    hold: Callable[[str], Coroutine[Any, Any, bool]], duty: str, work: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Do the work once this process is the one that does it."""
    if await hold(duty):
        await work()


async def _update(parts: Parts, clock: Clock) -> None:
    """Let the clock ring for the sources; make up for a time that was missed while nobody ran."""
    clock.start()
    for name in parts.updater.sources:
        if await _is_overdue(parts, clock, name):
            parts.updater.ring(name)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(parts.updater.run(), name="polls")
        if (mailbox := parts.sources.mailbox) is not None:
            tasks.create_task(mailbox.watch(partial(parts.updater.ring, mailbox.name)), name="mailbox-watch")


async def _is_overdue(parts: Parts, clock: Clock, name: str) -> bool:
    try:
        poll = await parts.store.sources.poll(name)
    except StoreUnavailable:  # an update too many costs nothing
        return True
    return clock.missed("official" if name == "official" else "update", poll.last_poll_at, now())


def _clock(config: Config, updater: Updater) -> Clock:
    settings = config.scheduler
    regular = [name for name in updater.sources if name != "official"]
    jobs = []
    if settings.update and regular:
        jobs.append(CronJob("update", settings.update, lambda: updater.ring(*regular)))
    if settings.official and "official" in updater.sources:
        jobs.append(CronJob("official", settings.official, lambda: updater.ring("official")))
    return Clock(tuple(jobs), settings.timezone, jitter_s=settings.jitter_s, misfire_grace_s=settings.misfire_grace_s)


async def _serve(stack: AsyncExitStack, parts: Parts, vitals: Vitals, jobs: list[Job]) -> int:
    from placement_alerts.app_web import open_web
    from placement_alerts.web.health import Heartbeat

    heartbeat = Heartbeat(time.monotonic)
    jobs.append(Job("heartbeat", heartbeat.run(), None))
    return await open_web(stack, parts, vitals, heartbeat)


async def _wind_down(tasks: Mapping[asyncio.Task[None], Job], grace_s: float) -> None:
    """Let every task end by itself; cancel what has no way to, or does not within the grace period."""
    for task, job in tasks.items():
        if job.stop is None:
            task.cancel()
        elif job.name != "membership":
            job.stop()
    ending = [task for task, job in tasks.items() if job.name != "membership"]
    if ending:
        _, late = await asyncio.wait(ending, timeout=grace_s)
        for task in late:
            log.warning("process.gave_up", task=task.get_name(), grace_s=grace_s)
            task.cancel()
    for task, job in tasks.items():  # the others' claims are ours until they ended
        if job.name == "membership" and job.stop:
            job.stop()
            await asyncio.wait({task}, timeout=1.0)


async def _leave(membership: Membership) -> None:
    """Say goodbye, if the store listens; else the next process finds out by itself."""
    try:
        async with asyncio.timeout(LEAVE_S):
            await membership.leave()
    except (StoreUnavailable, TimeoutError):
        log.warning("process.left_unnoticed")


def _allow_connections() -> None:
    """Take as many file descriptors as we may: the usual 1,024 end long before the connections that we can serve."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def _signals(stopping: asyncio.Event) -> Iterator[None]:
    """Let the first SIGTERM or SIGINT ask for an orderly stop and the second end the process."""

    def take() -> None:
        if stopping.is_set():
            os._exit(1)  # asked twice: what is claimed is freed at the next start
        stopping.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, take)
    hangup = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a closed terminal must not end a background process
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        signal.signal(signal.SIGHUP, hangup)

"""What the one-shot commands do: beside a running process they ask it, else they do the work themselves.

Part of the composition root, like `app`: opens what is needed, calls, closes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from placement_alerts.app_channels import open_channels
from placement_alerts.app_parts import Parts, now, open_parts
from placement_alerts.app_sources import open_sources
from placement_alerts.config.loading import Component, what_is_on
from placement_alerts.config.models import Config
from placement_alerts.core.delivery import RETRYABLE, Delivery, DeliveryId, DeliveryState
from placement_alerts.core.explain import explanation
from placement_alerts.core.mail_understanding import understand_mail
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import StudentId
from placement_alerts.core.understanding import understand_html
from placement_alerts.errors import ConfigError, NotFound, PeerError, StoreBusy, StoreError
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline import errands, retrying
from placement_alerts.pipeline.membership import somebody_runs
from placement_alerts.sources.mailbox.file import mail_in_file
from placement_alerts.sources.mailbox.settings import MailboxSettings
from placement_alerts.sources.superset.file import item_in_file
from placement_alerts.store import open_store
from placement_alerts.store.base import DeliveryFilter, RequestState, Store

CHANNELS = ("telegram", "webpush")

Show = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `check`. state: "works", "fails" or "off"; advice: what to do, empty when it works."""

    peer: str
    state: str
    detail: str
    advice: str


def sources(config: Config) -> list[Component]:
    """Return every source with its switch."""
    return [component for component in what_is_on(config) if component.key.startswith("sources.")]


async def update(config: Config, source: str | None, show: Show) -> dict[str, Any]:
    """Fetch from one of `sources` or all; return the reports by source. Raises ConfigError if what is wanted is off."""
    chosen = [component for component in sources(config) if source in (None, component.name)]
    if not any(component.on for component in chosen):
        raise ConfigError([f"{component.key} is not set, so {component.name} is off" for component in chosen])
    if result := await _ask_running(config, errands.ErrandKind.UPDATE, {"source": source}, show):
        return result
    async with _working_alone(config, sends=False) as parts:
        reports = await errands.update_all(parts.updater, source)
        while await parts.planner.run_once():
            show("planning deliveries")
        return reports


async def send(config: Config, channel: str | None, show: Show) -> dict[str, Any]:
    """Carry what is due on one of CHANNELS or all; return total, sent, failed and the channels.

    Raises ConfigError if no channel is on.
    """
    if not any(part.on for part in what_is_on(config) if part.name in CHANNELS):
        raise ConfigError(["neither telegram.token nor webpush.vapid_private_key is set, so no channel is on"])
    if result := await _ask_running(config, errands.ErrandKind.SEND, {"channel": channel}, show):
        return result
    async with _working_alone(config, sends=True) as parts:
        while await parts.planner.run_once():
            show("planning deliveries")
        before = await errands.sent_and_failed(parts.store, parts.lanes)
        async with asyncio.TaskGroup() as lanes:
            for lane in parts.lanes:
                lane.stop_when_empty()
                lanes.create_task(lane.run())
            lanes.create_task(_show_waiting(parts, show))
        return errands.difference(before, await errands.sent_and_failed(parts.store, parts.lanes), parts.lanes)


async def check(config: Config, *, offline: bool) -> list[Finding]:
    """Try every configured peer."""
    findings = []
    try:
        async with store_of(config) as store:
            findings.append(Finding("store", "works", await store.describe(), ""))
    except StoreError as error:
        findings.append(Finding("store", "fails", str(error), "see database.url"))
    if not config.web.public_url:
        detail = "serves without web.public_url: pages build addresses from the Host header of each request"
        findings.append(Finding("web", "works", detail, "set web.public_url to the address that students use"))
    off = [component for component in what_is_on(config) if not component.on]
    async with AsyncExitStack() as stack:
        if not offline:
            http = await stack.enter_async_context(HttpClient(allow_private=True))
            for name, source in open_sources(config, http).all().items():
                findings += await _try(name, source.check, f"see sources.{name}")
            findings += await _check_channels(config, stack)
    return findings + [
        Finding(part.name, "off", "", f"set {part.key} to turn it on" if part.key else "comes with a later version")
        for part in off
    ]


async def _check_channels(config: Config, stack: AsyncExitStack) -> list[Finding]:
    advice = {"telegram": "see telegram.token", "webpush": "see webpush.vapid_private_key"}
    try:
        store = await stack.enter_async_context(store_of(config))
    except StoreError:  # said above
        return []
    channels = await open_channels(config, store, now, stack)
    return [
        one
        for channel in channels.all
        for one in await _try(channel.name, _as_list(channel.check), advice[channel.name])
    ]


def wanted(
    state: DeliveryState | None, channel: str | None, notice: str | None, student: str | None, error_class: str | None
) -> DeliveryFilter:
    """Return the filter that the options of a command mean."""
    return DeliveryFilter(
        state=state,
        channel=channel,
        notice_id=NoticeId(notice) if notice else None,
        student_id=StudentId(student) if student else None,
        error_class=error_class,
    )


async def list_deliveries(config: Config, wanted: DeliveryFilter, limit: int) -> list[Delivery]:
    """Return matching deliveries, latest planned first."""
    async with store_of(config) as store:
        return await store.deliveries.find(wanted, None, limit)


async def get_delivery(config: Config, delivery_id: str) -> Delivery:
    """Return one delivery. Raises NotFound if there is none of that id."""
    async with store_of(config) as store:
        return await _get(store, delivery_id)


async def retry_named(config: Config, ids: Sequence[str]) -> dict[str, Any]:
    """Make these deliveries due again; `not_retried` has the state of each that cannot be.

    Raises NotFound, before any is touched, if there is none of an id.
    """
    async with store_of(config) as store:
        rows = [await _get(store, one) for one in dict.fromkeys(ids)]
        retried = await store.deliveries.retry([row.id for row in rows], now())
    left = {row.id: row.state.value for row in rows if row.state not in RETRYABLE}
    return {"retried": retried, "not_retried": left}


async def retry_all(config: Config, wanted: DeliveryFilter) -> dict[str, Any]:
    """Make all ended deliveries due again that fit."""
    async with store_of(config) as store:
        retried = await retrying.retry_all(store.deliveries, wanted, now)
    return {"retried": retried, "not_retried": {}}


async def explain(file: Path, mailbox: MailboxSettings) -> dict[str, Any]:
    """Return how a portal notice (.json) or a mail (any other name) would be understood.

    A sender who is not trusted holds a mail only if the settings say who is. Raises OSError, UnicodeDecodeError,
    UnreadableFile.
    """
    if file.suffix.lower() != ".json":
        mail = await mail_in_file(file, mailbox)
        facts = understand_mail(mail).facts
        held = facts.held or (mail.distrust if mailbox.trusted_senders else None)
        return explanation(file.name, facts.model_copy(update={"held": held}))
    read_at = now()
    item = item_in_file(await asyncio.to_thread(file.read_text, encoding="utf-8"), read_at=read_at)
    facts = understand_html(item.title, item.html, item.published_at or read_at, author=item.author)
    return explanation(file.name, facts)


async def _get(store: Store, delivery_id: str) -> Delivery:
    found = await store.deliveries.get(DeliveryId(delivery_id))
    if found is None:
        raise NotFound(f"no delivery has the id {delivery_id}; `placement-alerts deliveries list` shows ids")
    return found


@asynccontextmanager
async def store_of(config: Config) -> AsyncIterator[Store]:
    """Open the store beside whoever runs, for as long as the block takes."""
    store = await open_store(config.database.url.get_secret_value())
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def _working_alone(config: Config, *, sends: bool) -> AsyncIterator[Parts]:
    async with open_parts(config, exclusive=True, sends=sends) as parts:
        await parts.membership.join()
        async with asyncio.TaskGroup() as tasks:
            # whoever starts meanwhile must see that we live, or would send again what we are sending
            beating = tasks.create_task(parts.membership.run(), name="membership")
            try:
                yield parts
            finally:
                parts.membership.stop()
                await asyncio.wait({beating})
        await parts.membership.leave()


async def _ask_running(
    config: Config, kind: errands.ErrandKind, args: dict[str, Any], show: Show
) -> dict[str, Any] | None:
    """Return what the running process answers; None if none runs. Raises StoreBusy with its reason if it refuses."""
    async with store_of(config) as store:
        if not await somebody_runs(store):
            return None
        if await store.processes.holder(errands.DUTY) is None:
            raise StoreBusy("a process runs on this store, but none with the scheduler role; start one or stop it")
        show("asking the running process")
        request = await errands.ask(store, kind, args, now(), show)
    if request.state is RequestState.FAILED or request.result is None:
        raise StoreBusy(request.progress)
    return dict(request.result)


async def _show_waiting(parts: Parts, show: Show) -> None:
    while waiting := await errands.due_now(parts.store, parts.lanes, now()):
        show(f"{waiting} to send")
        await asyncio.sleep(errands.LOOK_S)


async def _try(name: str, ask: Callable[[], Awaitable[list[str]]], advice: str) -> list[Finding]:
    try:
        return [Finding(name, "works", line, "") for line in await ask()]
    except PeerError as error:
        return [Finding(name, "fails", str(error), advice)]


def _as_list(ask: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[list[str]]]:
    async def asked() -> list[str]:
        return [await ask()]

    return asked

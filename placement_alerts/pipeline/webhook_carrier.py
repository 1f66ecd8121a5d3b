"""Carrying webhook calls: one try of one call, and how many may be under way at once."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from placement_alerts.core.webhook import (
    Attempt,
    CallId,
    CallState,
    EndpointId,
    EventType,
    WebhookCall,
    WebhookEndpoint,
)
from placement_alerts.core.webhook_retry import FAILING, after_try, endpoint_after
from placement_alerts.core.webhook_signing import signed_headers
from placement_alerts.errors import ConnectionLost, PeerError, PeerNonsense, PeerUnreachable, StoreUnavailable
from placement_alerts.http_client import HttpClient, Limits, Response, retry_after
from placement_alerts.pipeline.alarms import Alarm
from placement_alerts.store.base import Store

AT_ONCE = 32  # calls under way
AT_ONCE_EACH = 2  # to one endpoint; one while it fails, so that it takes few places when it hangs
CALL_S = 15.0  # for a try in all: Standard Webhooks advises 15 to 30 s
AWAY_S = 2.0  # between tries to record while the store does not answer
LIMITS = Limits(connect_s=5.0, read_s=CALL_S, deadline_s=CALL_S, max_bytes=4096, cut=True)

log = structlog.get_logger(__name__)


class Carrier:
    """Carries calls and records what became of them. alarm: asks the admins to look; None: nobody is asked."""

    def __init__(self, store: Store, http: HttpClient, now: Callable[[], datetime], alarm: Alarm | None) -> None:
        self._webhooks = store.webhooks
        self._http = http
        self._now = now
        self._alarm = alarm
        self._taken: dict[EndpointId, set[CallId]] = defaultdict(set)

    def under_way(self) -> frozenset[CallId]:
        """Return the calls that were taken and not released."""
        return frozenset(call for calls in self._taken.values() for call in calls)

    async def moves_on(self, call: WebhookCall, endpoint: WebhookEndpoint) -> bool:
        """Say whether the call needs no try now, and store why: its endpoint is off, or asked for rest."""
        now = self._now()
        if call.type is EventType.TEST:  # somebody wants to know how it is now
            return False
        if endpoint.off_reason is not None:
            await self._webhooks.save_call(call.model_copy(update={"state": CallState.FAILED}))
            return True
        if endpoint.slow_until is not None and endpoint.slow_until > now:
            await self._webhooks.save_call(call.model_copy(update={"due_at": endpoint.slow_until}))
            return True
        return False

    def take(self, call: WebhookCall, endpoint: WebhookEndpoint) -> bool:
        """Take a place for the call; False if all are taken. Who took one carries the call, then releases it."""
        under_way = self._taken[endpoint.id]
        most = 1 if endpoint.failing_since else AT_ONCE_EACH
        if len(under_way) >= most or len(self.under_way()) >= AT_ONCE:
            return False
        under_way.add(call.id)
        return True

    def release(self, call: WebhookCall) -> None:
        """Give the call's place back."""
        under_way = self._taken[call.endpoint_id]
        under_way.discard(call.id)
        if not under_way:
            del self._taken[call.endpoint_id]

    async def put_off(self, calls: Iterable[WebhookCall]) -> None:
        """Let these calls wait for as long as a try may take."""
        due = self._now() + timedelta(seconds=CALL_S)
        for call in calls:
            await self._webhooks.save_call(call.model_copy(update={"due_at": due}))

    async def carry(self, call: WebhookCall, endpoint: WebhookEndpoint) -> None:
        """Try once and record it. If the process dies before the end, the same call is tried again."""
        attempt, asked = await self._try(call, endpoint)
        tried = after_try(call, attempt, self._now(), asked, random.random())  # noqa: S311 - spreads load, no secret
        log.info(
            "webhook.called",
            call=call.id,
            endpoint=endpoint.id,
            state=tried.state.value,
            tries=tried.tries,
            status=attempt.status,
            error=attempt.error,
            took_s=attempt.took_s,
        )
        while True:
            try:
                await self._record(tried, attempt, asked)
            except StoreUnavailable as error:
                log.warning("webhook.not_recorded", call=call.id, error=str(error))
                await asyncio.sleep(AWAY_S)
            else:
                return

    async def _try(self, call: WebhookCall, endpoint: WebhookEndpoint) -> tuple[Attempt, timedelta | None]:
        """Return what came of one request, and the rest that the endpoint asked for."""
        loop = asyncio.get_running_loop()
        at, began = self._now(), loop.time()
        try:
            response = await self._post(call, endpoint, at)
        except PeerError as error:
            return Attempt(at=at, error=_words(error), took_s=round(loop.time() - began, 3)), None
        asked_s = retry_after(response.headers.get("retry-after"), self._now())
        asked = None if asked_s is None else timedelta(seconds=asked_s)
        return Attempt(at=at, status=response.status, took_s=round(loop.time() - began, 3)), asked

    async def _post(self, call: WebhookCall, endpoint: WebhookEndpoint, at: datetime) -> Response:
        if not self._http.allow_private and not endpoint.url.lower().startswith("https://"):
            raise PeerNonsense("not an https address")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "placement-alerts",
            **signed_headers(call, endpoint, at),
        }
        return await self._http.post(endpoint.url, call.body.encode(), headers=headers, limits=LIMITS)

    async def _record(self, tried: WebhookCall, attempt: Attempt, asked: timedelta | None) -> None:
        await self._webhooks.save_call(tried)
        while (endpoint := await self._webhooks.get(tried.endpoint_id)) is not None:
            changed = endpoint_after(endpoint, tried, attempt, self._now(), asked)
            if changed == endpoint:
                return
            if changed.off_reason != endpoint.off_reason:
                await self._tell_off(changed)
            if await self._webhooks.save(changed.model_copy(update={"version": endpoint.version + 1})):
                return

    async def _tell_off(self, endpoint: WebhookEndpoint) -> None:
        log.warning("webhook.switched_off", endpoint=endpoint.id, reason=endpoint.off_reason)
        if endpoint.off_reason == FAILING and self._alarm is not None:
            reasons = ("every call to it failed for 3 days", f"endpoint {endpoint.id}: {endpoint.label}")
            await self._alarm(f"webhook:{endpoint.id}", "A webhook endpoint was switched off", reasons)


def _words(error: PeerError) -> str:
    """Return fixed words: what a peer or an address says never gets into a row."""
    match error:
        case ConnectionLost():
            return "no connection, or it was lost"
        case PeerUnreachable():
            return "not reachable in time, or not an address that may be called"
        case PeerNonsense():
            return "no HTTP answer, or not an https address"
    return "failed"

"""Outgoing webhooks: every event becomes a stored call to each endpoint, signed and tried for days."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime

import structlog

from placement_alerts.core.notice import Notice
from placement_alerts.core.webhook import CallId, CallState, EndpointId, WebhookCall, WebhookEndpoint
from placement_alerts.core.webhook_event import Event, call_of, calls_for, notice_event, test_event
from placement_alerts.core.webhook_retry import again
from placement_alerts.errors import StoreUnavailable
from placement_alerts.http_client import HttpClient
from placement_alerts.pipeline.alarms import Alarm
from placement_alerts.pipeline.dead_deliveries import DeadDeliveries
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.pipeline.webhook_carrier import Carrier
from placement_alerts.store.base import Store

LOOK_S = 30.0  # how often dead deliveries are looked for
BUSY_S = 1.0  # how often due calls are looked at while some cannot begin
AWAY_S = 2.0  # while the store does not answer
DUE_PAGE = 200  # due calls read at once; bounds memory: each has less than 20 kB
PAGE = 100

log = structlog.get_logger(__name__)


class Webhooks:
    """Stores calls and carries them. http: must refuse private addresses. public_url: of notices; "": none.

    flag: set when a call is stored. alarm: asks the admins to look; None: nobody is told of endpoints that fail.
    """

    def __init__(
        self,
        store: Store,
        http: HttpClient,
        now: Callable[[], datetime],
        public_url: str,
        alarm: Alarm | None = None,
    ) -> None:
        self.flag = Flag()
        self._store = store
        self._now = now
        self._public_url = public_url
        self._carrier = Carrier(store, http, now, alarm)
        self._dead = DeadDeliveries(store, now)
        self._stopped = False

    async def tell(self, notice: Notice) -> None:
        """Store the calls for one revision of a notice; the planner awaits it before the revision counts as planned."""
        await self._store_calls(notice_event(notice, self._public_url))

    async def test(self, endpoint: WebhookEndpoint, nonce: str = "") -> WebhookCall:
        """Store a `webhook.test` call and return it. It is tried once, even if the endpoint is off.

        nonce: the same one makes the same call; "": a fresh one.
        """
        now = self._now()
        call = call_of(test_event(endpoint, now, nonce or secrets.token_hex(8)), endpoint, now)
        await self._store.webhooks.add_calls([call])
        self.flag.set()
        return call

    async def resend(self, call_id: CallId) -> bool:
        """Make an ended call wait again, as the same event; False if there is none."""
        call = await self._store.webhooks.get_call(call_id)
        if call is None or call.state is CallState.WAITING:
            return False
        await self._store.webhooks.save_call(again(call, self._now()))
        self.flag.set()
        return True

    async def resend_range(self, endpoint_id: EndpointId, since: datetime, until: datetime) -> int:
        """Make an endpoint's ended calls of that time wait again; return how many. until: exclusive."""
        count, last = 0, None
        while page := await self._store.webhooks.calls(endpoint_id, last, PAGE):
            last = page[-1]
            for call in page:
                if since <= call.created_at < until and call.state is not CallState.WAITING:
                    await self._store.webhooks.save_call(again(call, self._now()))
                    count += 1
            if last.created_at < since:
                break
        if count:
            self.flag.set()
        return count

    async def run(self) -> None:
        """Carry due calls, and find dead deliveries to tell of, until `stop`."""
        loop = asyncio.get_running_loop()
        look_at = 0.0
        async with asyncio.TaskGroup() as tries:
            while not self._stopped:
                since = self.flag.count
                try:
                    if loop.time() >= look_at:
                        await self.look_for_dead()
                        look_at = loop.time() + LOOK_S
                    wait_s = await self._turn(tries)
                except StoreUnavailable as error:
                    log.warning("webhooks.postponed", error=str(error))
                    wait_s = AWAY_S
                await self.flag.wait(since, min(wait_s, LOOK_S))

    def stop(self) -> None:
        """Begin no further call."""
        self._stopped = True
        self.flag.set()

    async def run_once(self) -> None:
        """Carry what is due now, to its end."""
        while not self._stopped:
            async with asyncio.TaskGroup() as tries:
                if not await self._begin(tries):
                    return

    async def look_for_dead(self) -> None:
        """Store the calls for deliveries that died since the last look."""
        endpoints = await self._store.webhooks.all()
        if calls := await self._dead.find(endpoints):
            await self._store.webhooks.add_calls(calls)
            self.flag.set()

    async def _store_calls(self, event: Event) -> None:
        calls = calls_for(event, await self._store.webhooks.all(), self._now())
        if calls:
            await self._store.webhooks.add_calls(calls)
            self.flag.set()

    async def _turn(self, tries: asyncio.TaskGroup) -> float:
        """Begin what is due; return the seconds until there may be more, unless the flag is set before."""
        await self._begin(tries)
        due = await self._store.webhooks.next_due()
        if due is None:
            return LOOK_S
        # what is due and could not begin waits for a call to end, which sets the flag
        return max((due - self._now()).total_seconds(), BUSY_S)

    async def _begin(self, tries: asyncio.TaskGroup) -> int:
        """Begin due calls as far as there is room; return how many were begun or moved on without a try."""
        carrier = self._carrier
        # what ended while the store answered is in its answer still, as it was before
        under_way = carrier.under_way()
        due = [call for call in await self._store.webhooks.due(self._now(), DUE_PAGE) if call.id not in under_way]
        endpoints = {endpoint.id: endpoint for endpoint in await self._store.webhooks.all()} if due else {}
        moved, stuck = 0, []
        for call in due:
            endpoint = endpoints.get(call.endpoint_id)
            if endpoint is None or await carrier.moves_on(call, endpoint):
                moved += 1
            elif carrier.take(call, endpoint):
                tries.create_task(self._carry(call, endpoint), name="webhook-call")
                moved += 1
            else:
                stuck.append(call)
        if not moved and len(due) + len(under_way) >= DUE_PAGE:
            await carrier.put_off(stuck)  # others may wait behind the calls to an endpoint that hangs
        return moved

    async def _carry(self, call: WebhookCall, endpoint: WebhookEndpoint) -> None:
        try:
            await self._carrier.carry(call, endpoint)
        finally:
            self._carrier.release(call)
            self.flag.set()

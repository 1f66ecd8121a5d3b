"""Calls of outgoing webhooks: their log, tests, and sending them again by hand."""

from datetime import UTC, datetime
from typing import Any

from placement_alerts.core.token import Scope
from placement_alerts.core.webhook import CallId, EndpointId, EventType, WebhookCall, WebhookEndpoint
from placement_alerts.errors import NotPossible
from placement_alerts.pipeline.auditing import audit
from placement_alerts.web.api.codes import not_found
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.paging import Key, Paging
from placement_alerts.web.api.webhook_views import (
    CALL_EXAMPLE,
    CallDetail,
    CallGiven,
    CallPage,
    CallsGiven,
    CallView,
    Range,
    Resent,
    WebhookGiven,
    call_detail,
    call_view,
)
from placement_alerts.web.services import Services

ONE = "/api/v1/webhooks/{webhook_id}"
CALL = ONE + "/calls/{call_id}"


class Calls:
    """What is done with calls."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._webhooks = services.webhooks
        self._paging = Paging(services.store)

    async def list(self, call: Call[CallsGiven, None]) -> Answer:
        """Answer a page of an endpoint's calls, newest first."""
        endpoint = await self._endpoint(call.given.webhook_id)
        after = await self._paging.start(call, parts=2)
        rows = await self._store.webhooks.calls(endpoint.id, _stub(endpoint.id, after), call.given.limit + 1)
        return await self._paging.page(call, rows, call_view, _rank)

    async def get(self, call: Call[CallGiven, None]) -> Answer:
        """Answer a call."""
        return Answer(call_detail(await self._call(call.given)))

    async def test(self, call: Call[WebhookGiven, None]) -> Answer:
        """Store a test call."""
        endpoint = await self._endpoint(call.given.webhook_id)
        await self._audit(call, "webhook.tested", endpoint.id)
        return _accepted(await self._webhooks.test(endpoint, call.new_id("t")))

    async def resend(self, call: Call[CallGiven, None]) -> Answer:
        """Make a call wait again."""
        found = await self._call(call.given)
        await self._check_on(found.endpoint_id)
        await self._audit(call, "webhook.resent", found.endpoint_id, found.id)
        if not await self._webhooks.resend(found.id):
            raise NotPossible("the call waits for its next try already")
        return _accepted(await self._call(call.given))

    async def resend_range(self, call: Call[WebhookGiven, Range]) -> Answer:
        """Make an endpoint's ended calls of some time wait again."""
        endpoint = await self._check_on(call.given.webhook_id)
        span = f"{call.body.since.isoformat()} to {call.body.until.isoformat()}"
        await self._audit(call, "webhook.resent", endpoint.id, span)
        count = await self._webhooks.resend_range(endpoint.id, call.body.since, call.body.until)
        return Answer(Resent(resent=count), 202)

    async def _endpoint(self, webhook_id: str) -> WebhookEndpoint:
        if (found := await self._store.webhooks.get(EndpointId(webhook_id))) is None:
            raise not_found("webhook")
        return found

    async def _check_on(self, webhook_id: str) -> WebhookEndpoint:
        endpoint = await self._endpoint(webhook_id)
        if endpoint.off_reason is not None:
            raise NotPossible(f"the webhook is switched off: {endpoint.off_reason}; switch it on first")
        return endpoint

    async def _call(self, given: CallGiven) -> WebhookCall:
        found = await self._store.webhooks.get_call(CallId(given.call_id))
        if found is None or found.endpoint_id != given.webhook_id:
            raise not_found("call of this webhook")
        return found

    async def _audit(self, call: Call[Any, Any], act: str, endpoint_id: EndpointId, details: str = "") -> None:
        await audit(self._store, call.now, call.caller.actor, act, endpoint_id, details)


def _accepted(found: WebhookCall) -> Answer:
    path = CALL.format(webhook_id=found.endpoint_id, call_id=found.id)
    return Answer(call_view(found), 202, {"Location": path})


def _rank(call: WebhookCall) -> Key:
    return (int(call.created_at.timestamp() * 1000), call.id)


def _stub(endpoint_id: EndpointId, key: Key | None) -> WebhookCall | None:
    """Return what stands where the last page ended; of it only the moment and the id are looked at."""
    if key is None:
        return None
    moment = datetime.fromtimestamp(int(key[0] or 0) / 1000, UTC)
    return WebhookCall(
        id=CallId(str(key[1])),
        endpoint_id=endpoint_id,
        event_id="",
        type=EventType.TEST,
        body="",
        due_at=moment,
        created_at=moment,
    )


def operations(services: Services) -> list[Operation]:
    """Return what can be done with calls."""
    calls = Calls(services)
    return [*_reading(calls), *_sending(calls)]


def _reading(calls: Calls) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path=ONE + "/calls",
            name="listWebhookCalls",
            tag="webhooks",
            summary="List an outgoing webhook's calls with their attempts, newest first",
            handle=calls.list,
            answers={200: CallPage},
            scope=Scope.WEBHOOKS,
            parameters=CallsGiven,
            problems=("not_found", "bad_cursor"),
            example={"items": [CALL_EXAMPLE], "next": None},
        ),
        Operation(
            method="GET",
            path=CALL,
            name="getWebhookCall",
            tag="webhooks",
            summary="Read a call and what it sends",
            handle=calls.get,
            answers={200: CallDetail},
            scope=Scope.WEBHOOKS,
            parameters=CallGiven,
            problems=("not_found",),
            example={**CALL_EXAMPLE, "body": '{"type":"notice.created"}'},
        ),
    ]


def _sending(calls: Calls) -> list[Operation]:
    return [
        Operation(
            method="POST",
            path=ONE + "/test",
            name="testWebhook",
            tag="webhooks",
            summary="Send a `webhook.test` event once, even if the webhook is off",
            handle=calls.test,
            answers={202: CallView},
            scope=Scope.WEBHOOKS,
            parameters=WebhookGiven,
            problems=("not_found",),
            example=CALL_EXAMPLE,
        ),
        Operation(
            method="POST",
            path=CALL + "/resend",
            name="resendWebhookCall",
            tag="webhooks",
            summary="Send an ended call again, as the same event",
            handle=calls.resend,
            answers={202: CallView},
            scope=Scope.WEBHOOKS,
            parameters=CallGiven,
            problems=("not_found", "not_possible"),
            example=CALL_EXAMPLE,
        ),
        Operation(
            method="POST",
            path=ONE + "/resend",
            name="resendWebhookCalls",
            tag="webhooks",
            summary="Send all ended calls of some time again",
            handle=calls.resend_range,
            answers={202: Resent},
            scope=Scope.WEBHOOKS,
            parameters=WebhookGiven,
            body=Range,
            problems=("not_found", "not_possible"),
            example={"resent": 12},
            sends={"since": "2026-01-27T00:00:00Z", "until": "2026-01-28T00:00:00Z"},
        ),
    ]

"""Outgoing webhooks: the endpoints where integrators listen."""

from typing import Any

from placement_alerts.core.token import Scope
from placement_alerts.core.webhook import EndpointId, WebhookEndpoint
from placement_alerts.core.webhook_retry import rotated, switched
from placement_alerts.core.webhook_signing import secret_text
from placement_alerts.errors import NotPossible
from placement_alerts.pipeline.auditing import audit
from placement_alerts.web.api import webhook_calls
from placement_alerts.web.api.codes import not_found, problem
from placement_alerts.web.api.matching import check_match
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.paging import Key, Paging
from placement_alerts.web.api.values import PageGiven
from placement_alerts.web.api.webhook_views import (
    SECRET_EXAMPLE,
    WEBHOOK_EXAMPLE,
    NewWebhook,
    SecretView,
    WebhookChanges,
    WebhookGiven,
    WebhookPage,
    WebhookView,
    secret_view,
    webhook_view,
)
from placement_alerts.web.etags import etag
from placement_alerts.web.services import Services

ROOT = "/api/v1/webhooks"
ONE = ROOT + "/{webhook_id}"
ENDPOINTS_MOST = 100
REVALIDATED = "private, no-cache"
CHANGING = ("not_found", "match_needed", "stale", "bad_etag")


class Endpoints:
    """What is done with endpoints."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._webhooks = services.store.webhooks
        self._paging = Paging(services.store)

    async def list(self, call: Call[PageGiven, None]) -> Answer:
        """Answer a page of endpoints, newest first."""
        after = await self._paging.start(call, parts=2)
        rows = sorted(await self._webhooks.all(), key=_rank, reverse=True)
        left = [row for row in rows if after is None or _rank(row) < after]
        return await self._paging.page(call, left[: call.given.limit + 1], webhook_view, _rank)

    async def create(self, call: Call[None, NewWebhook]) -> Answer:
        """Make an endpoint and show its secret."""
        endpoint = WebhookEndpoint(
            id=EndpointId(call.new_id("w")),
            url=call.body.url,
            label=call.body.label,
            events=call.body.events,
            secret=secret_text(call.new_secret("webhook")),
            created_by=call.caller.actor,
            created_at=call.now,
        )
        if len(await self._webhooks.all()) >= ENDPOINTS_MOST:
            raise NotPossible(f"there are {ENDPOINTS_MOST} webhooks already; delete one")
        await self._audit(call, "webhook.created", endpoint)
        if not await self._webhooks.save(endpoint):  # the first try of this request went so far
            endpoint = await self._get(endpoint.id)
        headers = {"Location": f"{ROOT}/{endpoint.id}"}
        return Answer(secret_view(endpoint), 201, headers, etag=_etag(endpoint), shows_secret=True)

    async def get(self, call: Call[WebhookGiven, None]) -> Answer:
        """Answer an endpoint."""
        return _shown(await self._get(call.given.webhook_id))

    async def edit(self, call: Call[WebhookGiven, WebhookChanges]) -> Answer:
        """Change an endpoint."""
        endpoint = await self._matched(call)
        wanted = call.body.model_dump(exclude={"enabled"}, exclude_none=True)
        changed = endpoint.model_copy(update=wanted)
        if call.body.enabled is not None:
            changed = switched(changed, on=call.body.enabled)
        if changed == endpoint:
            return _shown(endpoint)
        return _shown(await self._save(call, "webhook.changed", changed))

    async def remove(self, call: Call[WebhookGiven, None]) -> Answer:
        """Forget an endpoint and its calls."""
        endpoint = await self._matched(call)
        await self._audit(call, "webhook.deleted", endpoint)
        await self._webhooks.remove(endpoint.id)
        return Answer(status=204)

    async def rotate(self, call: Call[WebhookGiven, None]) -> Answer:
        """Give an endpoint a new secret and show it."""
        secret = secret_text(call.new_secret("webhook"))
        endpoint = await self._get(call.given.webhook_id)
        if endpoint.secret != secret:  # else the first try of this request went so far
            check_match(call.request, _etag(endpoint))
            endpoint = await self._save(call, "webhook.rotated", rotated(endpoint, secret, call.now))
        headers = {"Location": f"{ROOT}/{endpoint.id}"}
        return Answer(secret_view(endpoint), headers=headers, etag=_etag(endpoint), shows_secret=True)

    async def _get(self, webhook_id: str) -> WebhookEndpoint:
        if (found := await self._webhooks.get(EndpointId(webhook_id))) is None:
            raise not_found("webhook")
        return found

    async def _matched(self, call: Call[WebhookGiven, Any]) -> WebhookEndpoint:
        endpoint = await self._get(call.given.webhook_id)
        check_match(call.request, _etag(endpoint))
        return endpoint

    async def _save(self, call: Call[WebhookGiven, Any], act: str, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Store a change of what was read; return it. Raises Problem 412 if it was changed meanwhile."""
        changed = endpoint.model_copy(update={"version": endpoint.version + 1})
        await self._audit(call, act, changed)
        if not await self._webhooks.save(changed):
            raise problem("stale", "it was changed since that ETag; read it again")
        return changed

    async def _audit(self, call: Call[Any, Any], act: str, endpoint: WebhookEndpoint) -> None:
        await audit(self._store, call.now, call.caller.actor, act, endpoint.id, f"version {endpoint.version}")


def _shown(endpoint: WebhookEndpoint) -> Answer:
    return Answer(webhook_view(endpoint), etag=_etag(endpoint), caching=REVALIDATED)


def _etag(endpoint: WebhookEndpoint) -> str:
    return etag("webhook", endpoint.id, endpoint.version)


def _rank(endpoint: WebhookEndpoint) -> Key:
    return (int(endpoint.created_at.timestamp() * 1000), endpoint.id)


def operations(services: Services) -> list[Operation]:
    """Return what can be done with outgoing webhooks."""
    endpoints = Endpoints(services)
    own = [*_reading(endpoints), *_with_secrets(endpoints), *_changing(endpoints)]
    return [*own, *webhook_calls.operations(services)]


def _reading(endpoints: Endpoints) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path=ROOT,
            name="listWebhooks",
            tag="webhooks",
            summary="List outgoing webhooks, newest first",
            handle=endpoints.list,
            answers={200: WebhookPage},
            scope=Scope.WEBHOOKS,
            parameters=PageGiven,
            problems=("bad_cursor",),
            example={"items": [WEBHOOK_EXAMPLE], "next": None},
        ),
        Operation(
            method="GET",
            path=ONE,
            name="getWebhook",
            tag="webhooks",
            summary="Read an outgoing webhook",
            handle=endpoints.get,
            answers={200: WebhookView},
            scope=Scope.WEBHOOKS,
            parameters=WebhookGiven,
            problems=("not_found",),
            example=WEBHOOK_EXAMPLE,
            has_etag=True,
        ),
    ]


def _with_secrets(endpoints: Endpoints) -> list[Operation]:
    return [
        Operation(
            method="POST",
            path=ROOT,
            name="createWebhook",
            tag="webhooks",
            summary="Create an outgoing webhook; the answer shows its secret once",
            description="Calls are signed as [Standard Webhooks](https://www.standardwebhooks.com/) says.",
            handle=endpoints.create,
            answers={201: SecretView},
            scope=Scope.WEBHOOKS,
            body=NewWebhook,
            problems=("not_possible",),
            example=SECRET_EXAMPLE,
            sends={"url": WEBHOOK_EXAMPLE["url"], "label": "Companion site", "events": ["notice.created"]},
        ),
        Operation(
            method="POST",
            path=ONE + "/rotate-secret",
            name="rotateWebhookSecret",
            tag="webhooks",
            summary="Make a new secret, shown once; the old one signs too for 24 hours",
            handle=endpoints.rotate,
            answers={200: SecretView},
            scope=Scope.WEBHOOKS,
            parameters=WebhookGiven,
            problems=CHANGING,
            example=SECRET_EXAMPLE,
            needs_match=True,
        ),
    ]


def _changing(endpoints: Endpoints) -> list[Operation]:
    return [
        Operation(
            method="PATCH",
            path=ONE,
            name="changeWebhook",
            tag="webhooks",
            summary="Change an outgoing webhook, or switch it on or off",
            handle=endpoints.edit,
            answers={200: WebhookView},
            scope=Scope.WEBHOOKS,
            parameters=WebhookGiven,
            body=WebhookChanges,
            problems=CHANGING,
            example=WEBHOOK_EXAMPLE,
            sends={"enabled": True},
            needs_match=True,
        ),
        Operation(
            method="DELETE",
            path=ONE,
            name="deleteWebhook",
            tag="webhooks",
            summary="Delete an outgoing webhook and its calls",
            handle=endpoints.remove,
            answers={204: None},
            scope=Scope.WEBHOOKS,
            parameters=WebhookGiven,
            problems=CHANGING,
            needs_match=True,
        ),
    ]

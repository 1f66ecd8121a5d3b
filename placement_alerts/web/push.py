"""Web push over HTTP: keys, subscriptions of pages and of the existing API, and what devices report.

The shapes of the first three routes are the existing bot's (reference/existing-interface.md, section 4).
"""

import json
from typing import Annotated, Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from placement_alerts.core.delivery import DeliveryId
from placement_alerts.core.push_endpoint import ENDPOINT_LIMIT, check_subscription
from placement_alerts.core.receipt_token import RECEIPTS, is_token_of
from placement_alerts.core.student import Student
from placement_alerts.core.subscription import WEBPUSH, PushSubscription, hash_of
from placement_alerts.core.token import Scope
from placement_alerts.web import limits, sessions
from placement_alerts.web.device_label import device_label
from placement_alerts.web.existing_key import KEY_HEADER, Detail, admit, with_details
from placement_alerts.web.problems import Problem
from placement_alerts.web.services import Services
from placement_alerts.web.trial_push import send_test
from placement_alerts.web.visiting import visitor

TELEGRAM = "telegram"
NOT_ON = "Web push is not configured"
TESTS = limits.Limit("push tests", 10, 60, 5)  # a student: they go before notices, and to where a browser says
_PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Cookie"}


class _Body(BaseModel):
    """What browsers and the existing API send; unknown members are left alone."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class _Keys(_Body):
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=200)


class _Unsubscribe(_Body):
    endpoint: str = Field(max_length=ENDPOINT_LIMIT)
    user_id: Annotated[int, Field(gt=0, lt=2**53, strict=True)] | None = None


class _Subscribe(_Unsubscribe):
    """key: the public key that it was made with, as the page knows it. refresh: nobody asked, a page was visited."""

    keys: _Keys
    key: str | None = Field(default=None, max_length=200)
    refresh: bool = False


class _Report(_Body):
    delivery: str = Field(max_length=200)
    token: str = Field(max_length=64)


B = TypeVar("B", bound=_Body)


class _Test(_Body):
    endpoint: str = Field(max_length=ENDPOINT_LIMIT)


class PushRoutes:
    """Everything below `/api/push`. Add `routes()` to an application."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/api/push/vapid-key", with_details(self._vapid_key)),
            web.get("/api/push/state", self._state),
            web.post("/api/push/subscribe", with_details(self._subscribe)),
            web.post("/api/push/unsubscribe", with_details(self._unsubscribe)),
            web.post("/api/push/test", self._test),
            web.post("/api/push/shown", self._shown),
            web.post("/api/push/seen", self._seen),
        ]

    async def _vapid_key(self, _: web.Request) -> web.Response:
        if not self._settings.vapid_public_key:
            raise Detail(501, NOT_ON)
        headers = {"Cache-Control": "public, max-age=300"}
        return web.json_response({"publicKey": self._settings.vapid_public_key}, headers=headers)

    async def _state(self, request: web.Request) -> web.Response:
        """Tell our own pages and service worker what they need to subscribe; nobody else's script can read it."""
        found = visitor(request)
        return web.json_response(
            {
                "publicKey": self._settings.vapid_public_key,
                "csrf": found.csrf,
                "signedIn": found.signed_in,
                "known": found.student is not None,
            },
            headers=_PRIVATE,
        )

    async def _subscribe(self, request: web.Request) -> web.Response:
        if not self._settings.vapid_public_key:
            raise Detail(501, NOT_ON)
        by_key = await self._admitted(request)
        body = await _existing_body(request, _Subscribe)
        why = check_subscription(
            body.endpoint,
            body.keys.p256dh,
            body.keys.auth,
            allow_private=self._settings.allow_private_endpoints,
        )
        if why is not None:
            raise Detail(422, why)
        if body.key is not None and _bare(body.key) != _bare(self._settings.vapid_public_key):
            raise Detail(409, "key: is not ours any more; subscribe anew")
        student = await self._student_of(request, body.user_id, by_key=by_key, refresh=body.refresh)
        stored = student is not None and await self._store(student, body, request)
        return web.json_response({"success": stored}, headers=_PRIVATE)

    async def _store(self, student: Student, body: _Subscribe, request: web.Request) -> bool:
        now = self._services.now()
        subscription = PushSubscription(
            id=hash_of(body.endpoint),
            endpoint=body.endpoint,
            p256dh=_bare(body.keys.p256dh),
            auth=_bare(body.keys.auth),
            key_hash=hash_of(self._settings.vapid_public_key),
            label=device_label(request.headers.get("User-Agent", "")),
            created_at=now,
            visited_at=now,
        )
        subscribing = self._services.subscribing
        if body.refresh:
            return await subscribing.refresh(student.id, subscription)
        return await subscribing.subscribe(student.id, subscription)

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        by_key = await self._admitted(request)
        body = await _existing_body(request, _Unsubscribe)
        if not by_key:
            owner = await self._services.store.students.by_address(WEBPUSH, hash_of(body.endpoint))
            mine = visitor(request).student
            if owner is not None and (mine is None or owner.id != mine.id):
                raise Detail(401, "Unauthorized")
        removed = await self._services.subscribing.unsubscribe(body.endpoint)
        return web.json_response({"success": removed}, headers=_PRIVATE)

    async def _test(self, request: web.Request) -> web.Response:
        student = visitor(request).student
        if student is None:
            raise Problem(403, "not_subscribed", "This browser is not subscribed.")
        body = await _body(request, _Test)
        value = hash_of(body.endpoint)
        address = next((one for one in student.addresses if (one.channel, one.value) == (WEBPUSH, value)), None)
        if address is None or address.off is not None or self._services.push is None:
            raise Problem(409, "not_subscribed", "This browser is not subscribed. Switch notifications on first.")
        limits.take(request, TESTS, student.id)
        says = await send_test(self._services.push, address, self._services.now())
        return web.json_response({"sent": says.sent, "says": says.text}, headers=_PRIVATE)

    async def _shown(self, request: web.Request) -> web.Response:
        delivery_id = await self._reported(request)
        await self._services.store.deliveries.mark_shown(delivery_id, self._services.now())
        return web.Response(status=204, headers=_PRIVATE)

    async def _seen(self, request: web.Request) -> web.Response:
        deliveries = self._services.store.deliveries
        delivery = await deliveries.get(await self._reported(request))
        if delivery is not None:
            await deliveries.mark_seen(delivery.notice_id, delivery.student_id, self._services.now())
        return web.Response(status=204, headers=_PRIVATE)

    async def _reported(self, request: web.Request) -> DeliveryId:
        """Return the delivery that a device reports on. Raises Problem unless its token is right."""
        body = await _body(request, _Report)
        delivery_id = DeliveryId(body.delivery)
        if not is_token_of(body.token, delivery_id, await self._services.store.secret(RECEIPTS)):
            raise Problem(403, "wrong_receipt_token", "The token is not this delivery's.")
        return delivery_id

    async def _admitted(self, request: web.Request) -> bool:
        """Say whether a program asks that has a key; False: a page. Raises Detail for a wrong key."""
        if KEY_HEADER not in request.headers and "Authorization" not in request.headers:
            return False
        await admit(self._services, request, Scope.ADMIN)
        return True

    async def _student_of(
        self, request: web.Request, user_id: int | None, *, by_key: bool, refresh: bool
    ) -> Student | None:
        """Return whose subscription it is: the user's whom a program names, else of the page's session."""
        if by_key:
            if user_id is None:
                raise Detail(422, "user_id: is missing")
            return await self._services.store.students.by_address(TELEGRAM, str(user_id))
        if user_id is not None:
            raise Detail(401, "Unauthorized")
        found = visitor(request)
        if not self._settings.public_pages and not found.signed_in:
            raise Detail(401, "Sign in first")
        if found.student is not None or refresh:  # a page that nobody asked on makes no student
            return found.student
        limits.take(request, limits.NEW_BROWSERS, limits.client_of(request))
        student = await self._services.subscribing.anonymous()
        await sessions.become_anonymous(request, student)
        return student


def _bare(text: str) -> str:
    return text.rstrip("=")


async def _existing_body(request: web.Request, model: type[B]) -> B:
    """Return the body as the model. Raises Detail, as the existing API says it."""
    try:
        return await _body(request, model)
    except Problem as error:
        raise Detail(422, error.detail) from error


async def _body(request: web.Request, model: type[B]) -> B:
    """Return the body as the model. Raises Problem.

    Only JSON by name: another site's form cannot send that without asking first.
    """
    if request.content_type != "application/json":
        raise Problem(415, "unsupported_media_type", "The body should be application/json.")
    try:
        given: Any = json.loads(await request.text())
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise Problem(422, "invalid_body", f"{where}: {first['msg']}") from error
    except (ValueError, LookupError, RecursionError) as error:  # in an encoding that nobody knows, too
        raise Problem(400, "invalid_json", "The body should be JSON.") from error

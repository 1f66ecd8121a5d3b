"""Outgoing webhooks: made, switched, tried and removed; and what became of their calls."""

import secrets

from aiohttp import web

from placement_alerts.core.student import Student
from placement_alerts.core.webhook import CallId, CallState, EndpointId, EventType, WebhookEndpoint
from placement_alerts.core.webhook_retry import rotated, switched
from placement_alerts.core.webhook_signing import SECRET_BYTES, secret_text
from placement_alerts.core.webhook_target import TARGET_LIMIT, check_target
from placement_alerts.errors import NotFound, NotPossible
from placement_alerts.web.pages.admin_form import Form
from placement_alerts.web.pages.admin_names import names_of
from placement_alerts.web.pages.admin_room import PAGE, AdminRoom, actor_of, next_page

ROOT = "/admin/webhooks"
ENDPOINTS_MOST = 100
LABEL_LIMIT = 100  # characters
_ID = "{id:[A-Za-z0-9_-]{1,64}}"
_CALL = "{call:[A-Za-z0-9_-]{1,200}}"


class WebhookPages:
    """`/admin/webhooks`. A secret is in the answer to the form that makes it, and nowhere else."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room
        self._webhooks = room.services.webhooks

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            self._room.get(ROOT, self._list),
            self._room.post(ROOT, self._create),
            self._room.get(f"{ROOT}/{_ID}", self._calls),
            self._room.post(f"{ROOT}/{_ID}/test", self._test),
            self._room.post(f"{ROOT}/{_ID}/switch", self._switch),
            self._room.post(f"{ROOT}/{_ID}/rotate", self._rotate),
            self._room.post(f"{ROOT}/{_ID}/remove", self._remove),
            self._room.post(f"{ROOT}/{_ID}/calls/{_CALL}/resend", self._resend),
        ]

    async def _list(self, request: web.Request, _: Student) -> web.Response:
        return await self._page(request, Form())

    async def _create(self, request: web.Request, who: Student, form: Form) -> web.Response:
        url, label = form.one("url"), " ".join(form.one("label").split())
        trouble = check_target(url)
        if not 0 < len(label) <= LABEL_LIMIT:
            trouble = f"it needs a label of at most {LABEL_LIMIT} characters"
        elif len(await self._room.store.webhooks.all()) >= ENDPOINTS_MOST:
            trouble = f"there are {ENDPOINTS_MOST} webhooks already"
        if trouble:
            return await self._page(request, form, status=422, trouble=trouble)
        endpoint = WebhookEndpoint(
            id=EndpointId(f"w{secrets.token_hex(8)}"),
            url=url,
            label=label,
            events=tuple(event for event in EventType if event in form.all("event")),
            secret=secret_text(secrets.token_bytes(SECRET_BYTES)),
            created_by=actor_of(who),
            created_at=self._room.now(),
        )
        await self._room.audit(who, "webhook.created", endpoint.id, "version 1")
        await self._room.store.webhooks.save(endpoint)
        return await self._page(request, Form(), fresh=endpoint)

    async def _calls(self, request: web.Request, _: Student) -> web.Response:
        endpoint = await self._endpoint(request)
        webhooks = self._room.store.webhooks
        after = request.query.get("after", "")[:200]
        last = await webhooks.get_call(CallId(after)) if after else None
        calls = await webhooks.calls(endpoint.id, last, PAGE + 1)
        shown = calls[:PAGE]
        return await self._room.show(
            request,
            "admin_webhook.html",
            "webhooks",
            endpoint=endpoint,
            made_by=await self._name_of(endpoint.created_by),
            calls=shown,
            waiting=CallState.WAITING,
            next=next_page(request, shown[-1].id if len(calls) > PAGE else None),
        )

    async def _test(self, request: web.Request, who: Student, _: Form) -> web.Response:
        endpoint = await self._endpoint(request)
        await self._room.audit(who, "webhook.tested", endpoint.id)
        await self._webhooks.test(endpoint)
        return self._room.done(f"{ROOT}/{endpoint.id}", "webhook_tested")

    async def _switch(self, request: web.Request, who: Student, form: Form) -> web.Response:
        endpoint = await self._endpoint(request)
        changed = switched(endpoint, on=form.ticked("on"))
        if changed != endpoint:
            await self._save(who, "webhook.changed", changed)
        return self._room.done(f"{ROOT}/{endpoint.id}", "webhook_saved")

    async def _rotate(self, request: web.Request, who: Student, _: Form) -> web.Response:
        secret = secret_text(secrets.token_bytes(SECRET_BYTES))
        endpoint = rotated(await self._endpoint(request), secret, self._room.now())
        await self._save(who, "webhook.rotated", endpoint)
        return await self._page(request, Form(), fresh=endpoint)

    async def _remove(self, request: web.Request, who: Student, _: Form) -> web.Response:
        endpoint = await self._endpoint(request)
        await self._room.audit(who, "webhook.deleted", endpoint.id, f"version {endpoint.version}")
        await self._room.store.webhooks.remove(endpoint.id)
        return self._room.done(ROOT, "webhook_removed")

    async def _resend(self, request: web.Request, who: Student, _: Form) -> web.Response:
        endpoint = await self._endpoint(request)
        call = await self._room.store.webhooks.get_call(CallId(request.match_info["call"]))
        if call is None or call.endpoint_id != endpoint.id:
            raise NotFound("there is no such call")
        await self._room.audit(who, "webhook.resent", call.id)
        sent = await self._webhooks.resend(call.id)
        return self._room.done(f"{ROOT}/{endpoint.id}", "call_resent" if sent else "call_not_resent")

    async def _save(self, who: Student, act: str, endpoint: WebhookEndpoint) -> None:
        """Store a change of what was read. Raises NotPossible if it was changed meanwhile."""
        changed = endpoint.model_copy(update={"version": endpoint.version + 1})
        await self._room.audit(who, act, changed.id, f"version {changed.version}")
        if not await self._room.store.webhooks.save(changed):
            raise NotPossible("this webhook was changed meanwhile; load it again")

    async def _endpoint(self, request: web.Request) -> WebhookEndpoint:
        found = await self._room.store.webhooks.get(EndpointId(request.match_info["id"]))
        if found is None:
            raise NotFound("there is no such webhook")
        return found

    async def _name_of(self, actor: str) -> str:
        """Return how an admin knows who did something: a student's name, or the token as the audit trail has it."""
        student = actor.removeprefix("student:")
        return (await names_of(self._room.store, [student])).get(student, actor)

    async def _page(
        self,
        request: web.Request,
        form: Form,
        *,
        status: int = 200,
        trouble: str = "",
        fresh: WebhookEndpoint | None = None,
    ) -> web.Response:
        """Show the list. fresh: an endpoint whose secret is to be shown this once."""
        return await self._room.show(
            request,
            "admin_webhooks.html",
            "webhooks",
            status=status,
            endpoints=await self._room.store.webhooks.all(),
            events=[event for event in EventType if event is not EventType.TEST],
            form=form,
            trouble=trouble,
            fresh=fresh,
            url_limit=TARGET_LIMIT,
            label_limit=LABEL_LIMIT,
        )

"""The routes of the existing bot, with its shapes and status codes (reference/existing-interface.md, section 4).

`/` and `/health` are with the pages and the health routes, `/api/push/*` with web push.
"""

import asyncio
import html
from collections.abc import Awaitable, Callable

from aiohttp import web

from placement_alerts.core.subscription import WEBPUSH
from placement_alerts.core.token import Scope
from placement_alerts.errors import ConfigError
from placement_alerts.pipeline.auditing import audit
from placement_alerts.web.api.cors import Cors
from placement_alerts.web.existing_figures import ExistingFigures
from placement_alerts.web.existing_key import Detail, Handler, admit, with_details
from placement_alerts.web.existing_message import TELEGRAM, Announcer, ExistingMessage, read_message
from placement_alerts.web.existing_sending import Sending
from placement_alerts.web.services import Services

METHODS = "GET, POST, OPTIONS"
NO_STORE = {"Cache-Control": "no-store"}
STATS_S = 10.0
CHAT_S = 15.0

Work = Callable[[web.Request, str], Awaitable[object]]


class ExistingRoutes:
    """Add `routes()` to an application. Who may: `web.api_key`, or a `pa_` token with the scope that is named here."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._announcer = Announcer(services)
        self._figures = ExistingFigures(services)
        self._sending = Sending(services)
        self._cors = Cors(services.settings.cors_origins)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each GET answers HEAD too."""
        writes, reads, sends = Scope.NOTICES_WRITE, Scope.STATS_READ, Scope.DELIVERIES_RETRY
        table = (
            ("POST", "/api/notify", writes, self._notify),
            ("POST", "/api/notify/telegram", writes, self._notify_chat),
            ("POST", "/api/notify/web-push", writes, self._notify_push),
            ("GET", "/api/stats", reads, self._stats),
            ("GET", "/api/stats/placements", reads, self._placements),
            ("GET", "/api/stats/notices", reads, self._notices),
            ("GET", "/api/stats/users", reads, self._users),
            ("POST", "/webhook/update", sends, self._update),
        )
        return [route for method, path, scope, work in table for route in self._routes(method, path, scope, work)]

    def _routes(self, method: str, path: str, scope: Scope, work: Work) -> list[web.RouteDef]:
        handler = self._with_key(scope, work)
        asked = web.get(path, handler) if method == "GET" else web.post(path, handler)
        return [asked, web.options(path, self._beforehand)]

    def _with_key(self, scope: Scope, work: Work) -> Handler:
        """Return a handler that answers what `work` returns. work: is told who asks."""

        @with_details
        async def answered(request: web.Request) -> web.StreamResponse:
            actor = await admit(self._services, request, scope)
            return web.json_response(await work(request, actor), headers=NO_STORE)

        async def handle(request: web.Request) -> web.StreamResponse:
            response = await answered(request)
            self._cors.tell(request, response)
            return response

        return handle

    async def _beforehand(self, request: web.Request) -> web.StreamResponse:
        """Answer a browser that asks before its script calls."""
        response = web.Response(status=204, headers={"Allow": METHODS, **NO_STORE})
        self._cors.tell_beforehand(request, response, METHODS)
        return response

    async def _notify(self, request: web.Request, actor: str) -> object:
        message = await read_message(request)
        if not self._announcer.available():
            raise Detail(501, "No channel is configured")
        wanted = tuple(dict.fromkeys(message.channels))
        results = await self._announcer.announce(message, wanted, actor)
        return {"success": all("error" not in one for one in results.values()), "results": results}

    async def _notify_push(self, request: web.Request, actor: str) -> object:
        message = await read_message(request)
        if WEBPUSH not in self._announcer.available():
            raise Detail(501, "Web push is not configured")
        await self._announcer.announce(message, ("web_push",), actor)
        return {"success": True}

    async def _notify_chat(self, request: web.Request, actor: str) -> object:
        """Write to the office's own chat, not to the students: so it was in the existing bot."""
        message = await read_message(request)
        say = self._services.say_to_default_chat
        if say is None:
            raise Detail(501, "No default chat is configured")
        await audit(self._services.store, self._services.now(), actor, "chat.written")
        try:
            async with asyncio.timeout(CHAT_S):
                told = await say(_chat_text(message))
        except TimeoutError:
            told = False
        if not told:
            raise Detail(500, "Telegram did not take the message")
        return {"success": True}

    async def _stats(self, _: web.Request, __: str) -> object:
        return {
            "placement_stats": await _figured(self._figures.placements()),
            "notice_stats": await _figured(self._figures.notices()),
            "user_stats": await _figured(self._figures.users()),
        }

    async def _placements(self, _: web.Request, __: str) -> object:
        return await _figured(self._figures.placements())

    async def _notices(self, _: web.Request, __: str) -> object:
        return await _figured(self._figures.notices())

    async def _users(self, _: web.Request, __: str) -> object:
        return await _figured(self._figures.users())

    async def _update(self, _: web.Request, actor: str) -> object:
        """Send what is due, despite the route's name: nothing is fetched."""
        if not {TELEGRAM, WEBPUSH} & self._announcer.available():
            raise Detail(501, "No channel is configured")
        return {"success": True, "result": await self._sending.run(actor)}


async def _figured(figures: Awaitable[object]) -> object:
    try:
        async with asyncio.timeout(STATS_S):
            return await figures
    except ConfigError as error:  # the operator's words are for the operator
        raise Detail(501, "The active placement year has no branches and strengths") from error
    except TimeoutError as error:
        raise Detail(500, "Internal error") from error


def _chat_text(message: ExistingMessage) -> str:
    """Return the message as HTML, as callers of the existing bot write it; the title only if they gave one."""
    if "title" not in message.model_fields_set:
        return message.message
    return f"<b>{html.escape(message.title, quote=False)}</b>\n\n{message.message}"

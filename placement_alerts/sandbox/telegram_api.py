"""A simulated Telegram Bot API on 127.0.0.1, with a page on which a visitor chats with the bot.

It validates and refuses as Telegram does (reference/telegram.md), keeps a log of what it accepted, and fails on demand.
Own process: `python -m placement_alerts.sandbox.telegram_api --port 8081 --students 2000`.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self

from aiohttp import web

from placement_alerts.sandbox.telegram_chats import CallRecord, Chat, SentRecord, World
from placement_alerts.sandbox.telegram_console import add_console
from placement_alerts.sandbox.telegram_faults import Fault, FaultKind, Faults, Storm
from placement_alerts.sandbox.telegram_limits import NO_LIMITS, FloodControl, Limits
from placement_alerts.sandbox.telegram_methods import FREE, METHODS
from placement_alerts.sandbox.telegram_rules import ApiError, Params, number, structure

TOKEN = "42:sandbox-token-of-nobody"  # noqa: S105 - it opens nothing
LONGEST_POLL_S = 50.0
BODY_LIMIT = 1024 * 1024  # bytes

Receipts = Callable[[], Awaitable[Sequence[Mapping[str, str]]]]


class SimulatedTelegram:
    """The server: `async with SimulatedTelegram() as telegram`, then a Bot with `telegram.base_url` as its API.

    port: 0 for a free one. latency_s: of a whole call. receipts: rows for the page's side panel.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = TOKEN,
        limits: Limits = NO_LIMITS,
        latency_s: float = 0.0,
        receipts: Receipts | None = None,
    ) -> None:
        self.token = token
        self.world = World()
        self.faults = Faults()
        self._port = port
        self._limits = limits
        self._latency_s = latency_s
        self._receipts = receipts
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Listen. Afterwards `base_url` is known."""
        self._flood = FloodControl(self._limits, self._now())
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        add_console(app, self.world, self.faults, self._closing, self._receipts)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base_url = f"http://{host}:{port}"

    async def close(self) -> None:
        """Cut all connections and stop listening."""
        self._closing.set()
        self.world.end_polls()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def sends(self) -> Mapping[int, Sequence[SentRecord]]:
        """The accepted sendMessage calls of each chat, in order: what the student really got."""
        return self.world.sends

    @property
    def calls(self) -> Sequence[CallRecord]:
        """Every call that was answered or cut, in the order of their ends."""
        return self.world.calls

    def add_person(self, chat_id: int | None = None, *, started: bool = True, name: str = "Student") -> Chat:
        """Add a person; a negative chat_id makes a group. started: may be written to."""
        return self.world.add_chat(chat_id, name, started=started)

    def answer(
        self,
        method: str,
        *,
        error: int,
        description: str,
        times: int | None = 1,
        parameters: Mapping[str, int] | None = None,
    ) -> None:
        """Refuse the next calls of a method; times None: all, until `faults.clear()`."""
        self.faults.order(method, Fault(FaultKind.ERROR, error, description, parameters), times)

    def fail(self, method: str, kind: FaultKind, *, times: int | None = 1, code: int = 502) -> None:
        """Let the next calls of a method go wrong on the way; times None: all, until `faults.clear()`."""
        self.faults.order(method, Fault(kind, code), times)

    def hang_for(self, chat_id: int) -> None:
        """Never answer a call to this chat, until `faults.clear()`."""
        self.faults.order_for_chat(chat_id, Fault(FaultKind.HANG))

    def storm(self, storm: Storm) -> None:
        """Let a share of all calls go wrong, by chance."""
        self.faults.rage(storm)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        arrived = self._now()
        method = request.match_info["method"]
        if (refusal := self._refused_token(request.match_info["token"])) is not None:
            return _error(refusal)
        params = await _params(request)
        chat_id = _chat_id(params)
        await asyncio.sleep(self._latency_s / 2)
        response = await self._answer(request, method, params, chat_id)
        await asyncio.sleep(self._latency_s / 2)

        code = response.status if response is not None else 0
        retry_after = int(response.headers.get("Retry-After", 0)) or None if response is not None else None
        self.world.calls.append(CallRecord(method, chat_id, arrived, self._now(), code, retry_after))
        if response is None and request.transport is not None:
            request.transport.abort()
        return response or web.Response()

    async def _answer(
        self, request: web.Request, method: str, params: Params, chat_id: int | None
    ) -> web.Response | None:
        """Return the answer; None when the connection is to be cut."""
        fault = self.faults.next(method, chat_id)
        try:
            if fault is not None and fault.kind not in (FaultKind.LOST, FaultKind.LOST_HANG):
                return await self._fail(fault)
            if method.lower() not in FREE:
                retry_after = self._flood.retry_after(self._now(), chat_id)
                if retry_after is not None:
                    reason = f"Too Many Requests: retry after {retry_after}"
                    raise ApiError(429, reason, {"retry_after": retry_after})
            result = await self._run(method, params)
        except ApiError as error:
            return _error(error)
        if fault is not None:
            if fault.kind is FaultKind.LOST_HANG:
                await self._closing.wait()
            return None
        return _json(200, {"ok": True, "result": result})

    async def _fail(self, fault: Fault) -> web.Response | None:
        match fault.kind:
            case FaultKind.ERROR:
                raise ApiError(fault.code, fault.description, fault.parameters)
            case FaultKind.PAGE:
                page = f"<html><head><title>{fault.code} Bad Gateway</title></head><body>nginx</body></html>"
                return web.Response(status=fault.code, text=page, content_type="text/html")
            case FaultKind.HANG:
                await self._closing.wait()
        return None

    async def _run(self, method: str, params: Params) -> Any:
        if method.lower() == "getupdates":
            return await self._get_updates(params)
        act = METHODS.get(method.lower())
        if act is None:
            raise ApiError(404, "Not Found: method not found")
        return act(self.world, params)

    async def _get_updates(self, params: Params) -> Any:
        if self.world.webhook_url:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first",
            )
        if (allowed := structure(params, "allowed_updates")) is not None:
            self.world.allowed_updates = frozenset(allowed) or None
        limit = min(100, number(params, "limit") or 100)
        timeout_s = min(LONGEST_POLL_S, number(params, "timeout") or 0)
        return await self.world.updates_from(number(params, "offset"), limit, timeout_s)

    def _refused_token(self, token: str) -> ApiError | None:
        if token == self.token:
            return None
        number_part, colon, secret = token.partition(":")
        if not (colon and number_part.isdigit() and secret):
            return ApiError(404, "Not Found")
        return ApiError(401, "Unauthorized")

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


async def _params(request: web.Request) -> Params:
    params: dict[str, Any] = dict(request.query)
    if request.method != "POST":
        return params
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            body = {}
        return params | (body if isinstance(body, dict) else {})
    return params | dict(await request.post())


def _chat_id(params: Params) -> int | None:
    try:
        return number(params, "chat_id")
    except ApiError:
        return None


def _error(error: ApiError) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    headers = {}
    if error.parameters is not None:
        body["parameters"] = dict(error.parameters)
        if (seconds := error.parameters.get("retry_after")) is not None:
            headers["Retry-After"] = str(seconds)
    return _json(error.code, body, headers)


def _json(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json", headers=headers)


if __name__ == "__main__":
    from placement_alerts.sandbox.telegram_process import main

    main()

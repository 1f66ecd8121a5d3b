"""The console of the simulated Telegram under `/` and `/sandbox/`: the chat page, persons to play, logs, faults."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from placement_alerts.sandbox.telegram_chats import BOT, Chat, ChatMessage, World, changed_messages
from placement_alerts.sandbox.telegram_faults import Fault, FaultKind, Faults, Storm
from placement_alerts.sandbox.telegram_rules import ApiError

_PAGE = Path(__file__).parent
_FILES = {"": "chat_page.html", "sandbox/chat_page.css": "chat_page.css", "sandbox/chat_page.js": "chat_page.js"}
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'"

FRAME_S = 0.08  # changes within this time reach the page together
KEEP_ALIVE_S = 15.0
MESSAGES_SHOWN = 200
ACTION_S = 5.0


def add_console(
    app: web.Application,
    world: World,
    faults: Faults,
    closing: asyncio.Event,
    receipts: Callable[[], Awaitable[Sequence[Mapping[str, str]]]] | None,
) -> None:
    """Add the console's routes."""
    console = _Console(world, faults, closing, receipts)
    for path, name in _FILES.items():
        app.router.add_get(f"/{path}", _file(_PAGE / name))
    app.add_routes(
        [
            web.get("/open/{name}", _open_bot),
            web.get("/sandbox/stream", console.stream),
            web.get("/sandbox/receipts", console.receipts),
            web.get("/sandbox/sends", console.sends),
            web.get("/sandbox/calls", console.calls),
            web.get("/sandbox/summary", console.summary),
            web.post("/sandbox/reset", console.reset),
            web.post("/sandbox/faults", console.order_faults),
            web.post("/sandbox/chats", console.add_chats),
            web.post("/sandbox/chats/{chat_id}/{deed}", console.act),
        ]
    )


def page_state(world: World, chat_id: int | None, since: int) -> dict[str, Any]:
    """Return what changed after the tick `since`: of all chats their headlines, of one chat its messages."""
    chat = world.chats.get(chat_id) if chat_id is not None else None
    state: dict[str, Any] = {
        "tick": world.tick,
        "chats": [_headline(each) for each in world.chats.values() if each.tick > since],
    }
    if world.commands_tick > since or since == 0:
        state["bot"] = BOT["first_name"]
        state["commands"] = _commands(world, chat_id)
    if chat is not None:
        changed = changed_messages(chat.messages.values(), since)[-MESSAGES_SHOWN:]
        state["messages"] = [_shown(message) for message in changed]
        state["working"] = time.time() - chat.action_at < ACTION_S
        if chat.toast is not None and chat.toast[0] > since > 0:
            state["toast"] = chat.toast[1]
    return state


class _Console:
    def __init__(
        self,
        world: World,
        faults: Faults,
        closing: asyncio.Event,
        receipts: Callable[[], Awaitable[Sequence[Mapping[str, str]]]] | None,
    ) -> None:
        self._world = world
        self._faults = faults
        self._closing = closing
        self._receipts = receipts

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send the page's state and then its changes, as server-sent events."""
        chat_id = _whole(request.query.get("chat"))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        seen = 0
        try:
            while not self._closing.is_set():
                if (chat := self._world.chats.get(chat_id or 0)) is not None and chat.unread:
                    chat.unread = 0
                    self._world.touch(chat)
                state = page_state(self._world, chat_id, seen)
                seen = state["tick"]
                await response.write(f"data: {json.dumps(state)}\n\n".encode())
                await asyncio.sleep(FRAME_S)
                while self._world.tick == seen and not self._closing.is_set():
                    await self._next_change(response)
        except ConnectionResetError:
            pass  # the page was closed
        return response

    async def _next_change(self, response: web.StreamResponse) -> None:
        try:
            async with asyncio.timeout(KEEP_ALIVE_S):
                await self._world.changed()
        except TimeoutError:
            await response.write(b": still here\n\n")

    async def receipts(self, _request: web.Request) -> web.Response:
        """Return the rows of the side panel; 204 when there is no panel."""
        if self._receipts is None:
            return web.Response(status=204)
        return web.json_response([dict(row) for row in await self._receipts()])

    async def sends(self, _request: web.Request) -> web.Response:
        """Return what each chat got: {chat id: [[message id, text, time], ...]}."""
        sends = self._world.sends
        return web.json_response(
            {str(chat_id): [[each.message_id, each.text, each.at] for each in sends[chat_id]] for chat_id in sends}
        )

    async def calls(self, _request: web.Request) -> web.Response:
        """Return the log of calls: [[method, chat id, at, answered at, code, retry after], ...]."""
        return web.json_response(
            [
                [call.method, call.chat_id, call.at, call.answered_at, call.code, call.retry_after]
                for call in self._world.calls
            ]
        )

    async def summary(self, _request: web.Request) -> web.Response:
        """Return counts: accepted sends and their first and last time, and the codes of all calls by method."""
        times = [each.at for sends in self._world.sends.values() for each in sends]
        codes: dict[str, dict[str, int]] = {}
        for call in self._world.calls:
            of_method = codes.setdefault(call.method, {})
            of_method[str(call.code)] = of_method.get(str(call.code), 0) + 1
        return web.json_response(
            {
                "accepted": len(times),
                "chats": len(self._world.sends),
                "first_at": min(times, default=None),
                "last_at": max(times, default=None),
                "calls": codes,
            }
        )

    async def reset(self, _request: web.Request) -> web.Response:
        """Forget the logs and the faults; chats and messages stay."""
        self._world.sends.clear()
        self._world.calls.clear()
        self._faults.clear()
        return web.json_response({})

    async def order_faults(self, request: web.Request) -> web.Response:
        """Order faults: {"method", "kind", "code", "description", "parameters", "times"} or {"storm": {...}}."""
        body = await _json_body(request)
        if "storm" in body:
            storm = body["storm"]
            if "flood_s" in storm:
                storm["flood_s"] = tuple(storm["flood_s"])
            self._faults.rage(Storm(**storm))
        else:
            fault = Fault(
                FaultKind(body.get("kind", "error")),
                int(body.get("code", 500)),
                str(body.get("description", "Internal Server Error")),
                body.get("parameters"),
            )
            self._faults.order(str(body["method"]), fault, body.get("times", 1))
        return web.json_response({})

    async def add_chats(self, request: web.Request) -> web.Response:
        """Add persons: {"count", "started"}; return their ids."""
        body = await _json_body(request)
        chats = self._world.add_students(
            min(100_000, int(body.get("count", 1))),
            started=bool(body.get("started", False)),
            seed=len(self._world.chats),
        )
        return web.json_response([chat.id for chat in chats])

    async def act(self, request: web.Request) -> web.Response:
        """Play a person: start, say, press, block, unblock."""
        chat_id, body, world = _whole(request.match_info["chat_id"]), await _json_body(request), self._world
        if chat_id not in world.chats:
            raise web.HTTPNotFound
        deeds: dict[str, Callable[[], None]] = {
            "start": lambda: world.start(chat_id, str(body.get("payload", ""))),
            "say": lambda: world.say(chat_id, str(body.get("text", ""))[:4096]),
            "press": lambda: world.press(chat_id, int(body["message_id"]), str(body["data"])),
            "block": lambda: world.block(chat_id),
            "unblock": lambda: world.unblock(chat_id),
        }
        deed = deeds.get(request.match_info["deed"])
        if deed is None:
            raise web.HTTPNotFound
        try:
            deed()
        except ApiError as error:
            return web.json_response({"error": error.description}, status=409)
        return web.json_response({})


async def _open_bot(request: web.Request) -> web.Response:
    """Do what https://t.me/NAME?start=CODE does: show the chat with a Start button that carries the code."""
    code = request.query.get("start", "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", code, re.ASCII):
        raise web.HTTPBadRequest
    return web.Response(status=302, headers={"Location": f"/?start={code}"})


def _file(path: Path) -> Callable[[web.Request], Awaitable[web.Response]]:
    body = path.read_bytes()

    async def serve(_request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=body, content_type=_TYPES[path.suffix], charset="utf-8", headers=headers)

    return serve


async def _json_body(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":  # no other site's form can play a person
        raise web.HTTPUnsupportedMediaType
    try:
        body = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest from error
    return body if isinstance(body, dict) else {}


def _whole(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None


def _commands(world: World, chat_id: int | None) -> list[dict[str, str]]:
    """Return the menu of a chat: the narrowest scope wins."""
    for scope in (f"chat {chat_id}", "all_private_chats", "default"):
        if commands := world.commands.get(scope):
            return commands
    return []


def _headline(chat: Chat) -> dict[str, Any]:
    last = next((each for each in reversed(chat.messages.values()) if not each.deleted), None)
    return {
        "id": chat.id,
        "name": chat.name,
        "started": chat.started,
        "blocked": chat.blocked,
        "unread": chat.unread,
        "last": last.text[:80] if last else "",
        "at": last.date if last else 0,
    }


def _shown(message: ChatMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "out": not message.from_bot,
        "text": message.text,
        "entities": message.entities,
        "keyboard": message.keyboard,
        "date": message.date,
        "edited": message.edit_date,
        "replyTo": message.reply_to,
        "silent": message.silent,
        "deleted": message.deleted,
    }

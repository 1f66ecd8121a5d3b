"""A simulated assistant: a real HTTP server on 127.0.0.1 with the chat endpoint of the OpenAI API, faults on demand."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from placement_alerts.sandbox.http_faults import Fault

KEY = "sk-simulated"


@dataclass(frozen=True, slots=True)
class Question:
    """A request that arrived. authorization: its header, None without one. content: the parsed body."""

    authorization: str | None
    content: dict[str, Any]

    @property
    def said(self) -> str:
        """What all its messages say."""
        return "\n".join(message["content"] for message in self.content["messages"])


class SimulatedAssistant:
    """Answers every question with `reply`: what is no text is sent as JSON. Started by `async with`."""

    def __init__(self, reply: object = None) -> None:
        self.reply = reply
        self.questions: list[Question] = []
        self._faults: list[Fault] = []
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What `assistant.base_url` has to be."""
        return f"http://127.0.0.1:{self._port}/v1"

    def fail(self, fault: Fault, *, times: int = 1) -> None:
        """Answer the next questions with a fault (sandbox/http_faults.py)."""
        self._faults += [fault] * times

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.questions.append(Question(request.headers.get("Authorization"), await request.json()))
        if self._faults:
            return await self._faults.pop(0).answer(request, self._stopping)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": "Incorrect API key provided"}}, status=401)
        content = self.reply if isinstance(self.reply, str) else json.dumps(self.reply)
        message = {"role": "assistant", "content": content, "refusal": None}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return web.json_response({"id": "chatcmpl-1", "object": "chat.completion", "choices": choices})

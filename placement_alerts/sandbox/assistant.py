"""A simulated assistant: a real HTTP server on 127.0.0.1 with the chat endpoint of the OpenAI API, faults on demand."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from placement_alerts.sandbox.http_faults import Fault
from placement_alerts.sandbox.http_server import HttpServer

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


class SimulatedAssistant(HttpServer):
    """Answers every question with `reply`: what is no text is sent as JSON. Started by `async with`."""

    def __init__(self, reply: object = None) -> None:
        super().__init__()
        self.reply = reply
        self.questions: list[Question] = []
        self._faults: list[Fault] = []

    def application(self) -> web.Application:
        """Return what answers."""
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        return app

    @property
    def base_url(self) -> str:
        """What `assistant.base_url` has to be."""
        return f"http://127.0.0.1:{self.port}/v1"

    def fail(self, fault: Fault, *, times: int = 1) -> None:
        """Answer the next questions with a fault (sandbox/http_faults.py)."""
        self._faults += [fault] * times

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.questions.append(Question(request.headers.get("Authorization"), await request.json()))
        if self._faults:
            return await self._faults.pop(0).answer(request, self.stopping)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"error": {"message": "Incorrect API key provided"}}, status=401)
        content = self.reply if isinstance(self.reply, str) else json.dumps(self.reply)
        message = {"role": "assistant", "content": content, "refusal": None}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return web.json_response({"id": "chatcmpl-1", "object": "chat.completion", "choices": choices})

"""Answers to calls that no Bot API gives, over loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from placement_alerts.channels.telegram.calls import ANSWER_LIMIT, call
from placement_alerts.channels.telegram.errors import NONSENSE, Failure
from placement_alerts.web.server import plain_application, serve
from tests.channels.conftest import open_bot

GOOD = b'{"ok": true, "result": {"message_id": 1}}'


@asynccontextmanager
async def a_server(answer: bytes, status: int = 200) -> AsyncIterator[str]:
    """Serve one answer to everything, in chunks and without saying how long it is; yield the address."""

    async def reply(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status)
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(answer)
        return response

    async with serve(plain_application([web.post("/{path:.*}", reply)]), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def answer_to_call(answer: bytes, status: int = 200) -> object:
    async with a_server(answer, status) as url, open_bot(url, "42:AAF-test") as bot:
        return await call(bot, "sendMessage", {"chat_id": 7}, 5.0)


async def test_answer_of_the_greatest_length_is_read() -> None:
    assert await answer_to_call(GOOD.ljust(ANSWER_LIMIT)) == {"message_id": 1}


async def test_answer_in_chunks_is_bounded_too() -> None:
    assert await answer_to_call(GOOD.ljust(ANSWER_LIMIT + 1)) == Failure(None, NONSENSE)


async def test_long_page_of_a_front_end_is_still_a_5xx() -> None:
    assert await answer_to_call(b"x" * (ANSWER_LIMIT + 1), status=502) == Failure(502, NONSENSE)


@pytest.mark.parametrize("answer", [b"[" * 100_000, b"", b"\xff", b"null", b'{"ok": true}'])
async def test_answer_that_is_none_of_telegrams_is_nonsense(answer: bytes) -> None:
    assert await answer_to_call(answer) == Failure(None, NONSENSE)

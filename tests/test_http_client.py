"""The way out: its bounds and tries."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from placement_alerts.errors import AnswerLost, PeerNonsense, PeerUnreachable
from placement_alerts.http_client import (
    Connections,
    HttpClient,
    Limits,
    Response,
    Retries,
    retry_after,
)

SHORT = Limits(connect_s=1.0, read_s=0.1, deadline_s=0.5, max_bytes=1000)
NOW = datetime(2026, 1, 27, 6, 0, tzinfo=UTC)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Peer:
    """A server that gives the answers it is told, the last one for ever; `requests` counts."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[web.Request] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)

    def will(self, *answers: Answer) -> None:
        self.answers = list(answers)


def status(code: int, **headers: str) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=code, text="{}", headers=named)

    return answer


def body(content: bytes, **headers: str) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=content, headers=named)

    return answer


async def broken(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def silent(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(0.3)
    return web.Response()


async def dripping(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


@asynccontextmanager
async def serving(handle: Answer) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/x"
    await runner.cleanup()


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    async with serving(peer.handle) as peer.url:
        yield peer


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
async def client(waits: list[float]) -> AsyncIterator[HttpClient]:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async with HttpClient(allow_private=True, retries=Retries(), sleep=sleep, jitter=lambda: 0.0) as client:
        yield client


async def test_answer_has_status_headers_and_body(peer: Peer, client: HttpClient) -> None:
    peer.will(body(b'{"a": 1}', ETag='"v1"'))

    response = await client.get(peer.url)

    assert (response.status, response.headers["etag"], response.json()) == (200, '"v1"', {"a": 1})


async def test_packed_answer_is_unpacked(peer: Peer, client: HttpClient) -> None:
    peer.will(body(gzip.compress(b"[1]"), Content_Encoding="gzip"))

    assert (await client.get(peer.url)).json() == [1]


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
async def test_read_is_tried_three_times_with_growing_waits(
    peer: Peer, client: HttpClient, waits: list[float], code: int
) -> None:
    peer.will(status(code))

    response = await client.get(peer.url)

    assert (response.status, len(peer.requests), waits) == (code, 3, [0.5, 1.0])


@pytest.mark.parametrize("code", [200, 204, 304, 400, 401, 403, 404, 410, 501])
async def test_other_statuses_are_not_tried_again(peer: Peer, client: HttpClient, code: int) -> None:
    peer.will(status(code))

    response = await client.get(peer.url)

    assert (response.status, len(peer.requests)) == (code, 1)


async def test_broken_connection_is_tried_again(peer: Peer, client: HttpClient) -> None:
    peer.will(broken, status(200))

    assert (await client.get(peer.url)).status == 200


async def test_post_is_never_repeated(peer: Peer, client: HttpClient) -> None:
    peer.will(status(503))

    response = await client.post_json(peer.url, {"a": 1})

    assert (response.status, len(peer.requests)) == (503, 1)


async def test_post_whose_connection_breaks_is_never_repeated(peer: Peer, client: HttpClient) -> None:
    peer.will(broken)

    with pytest.raises(PeerUnreachable):
        await client.post_json(peer.url, {"a": 1})

    assert len(peer.requests) == 1


async def test_wait_asked_for_by_the_peer_is_obeyed(peer: Peer, client: HttpClient, waits: list[float]) -> None:
    peer.will(status(429, Retry_After="7"), status(200))

    response = await client.get(peer.url)

    assert (response.status, waits) == (200, [7.0])


async def test_wait_longer_than_the_limit_ends_the_tries(peer: Peer, client: HttpClient, waits: list[float]) -> None:
    peer.will(status(429, Retry_After="3600"))

    response = await client.get(peer.url)

    assert (response.status, len(peer.requests), waits) == (429, 1, [])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12.0),
        ("Tue, 27 Jan 2026 06:00:30 GMT", 30.0),
        ("Tue, 27 Jan 2026 05:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("Tue, 27 Jan 20260 06:00:30 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


async def test_silent_peer_ends_in_time(peer: Peer, client: HttpClient) -> None:
    peer.will(silent)

    with pytest.raises(PeerUnreachable, match=r"127\.0\.0\.1: no answer within 0\.1 s"):
        await client.post_json(peer.url, {}, limits=SHORT)


async def test_dripping_peer_ends_at_the_deadline(peer: Peer, client: HttpClient) -> None:
    peer.will(dripping)

    with pytest.raises(PeerUnreachable, match="no complete answer within"):
        await client.get(peer.url, limits=SHORT)


async def test_deadline_covers_all_tries(peer: Peer, client: HttpClient) -> None:
    peer.will(silent)
    limits = Limits(read_s=0.2, deadline_s=0.3)

    with pytest.raises(PeerUnreachable):
        await client.get(peer.url, limits=limits)

    assert len(peer.requests) == 2


async def test_too_large_answer_is_refused(peer: Peer, client: HttpClient) -> None:
    peer.will(body(b"x" * 1001))

    with pytest.raises(PeerNonsense, match="larger than 1000 bytes"):
        await client.get(peer.url, limits=SHORT)


async def test_small_packed_answer_that_unpacks_large_is_refused(peer: Peer, client: HttpClient) -> None:
    peer.will(body(gzip.compress(b" " * 20_000_000), Content_Encoding="gzip"))

    with pytest.raises(PeerNonsense, match="larger than"):
        await client.get(peer.url, limits=SHORT)


async def test_read_that_keeps_losing_its_connection_is_unreachable_after_three_tries(
    peer: Peer, client: HttpClient, waits: list[float]
) -> None:
    peer.will(broken)

    with pytest.raises(PeerUnreachable, match="connection refused or lost"):
        await client.get(peer.url)

    assert waits == [0.5, 1.0]


async def test_read_that_goes_to_a_plain_port_with_https_is_unreachable(peer: Peer, client: HttpClient) -> None:
    peer.will(status(200))

    with pytest.raises(PeerUnreachable):
        await client.get(peer.url.replace("http:", "https:"))


async def test_damaged_packing_is_named(peer: Peer, client: HttpClient) -> None:
    peer.will(body(b"not gzip at all", Content_Encoding="gzip"))

    with pytest.raises(PeerUnreachable, match="cannot be decoded"):
        await client.get(peer.url)


async def test_redirect_on_the_same_host_is_followed(peer: Peer, client: HttpClient) -> None:
    peer.will(status(302, Location="/y"), status(200))

    response = await client.get(peer.url)

    assert (response.status, peer.requests[1].path) == (200, "/y")


@pytest.mark.parametrize(
    "location", ["http://other.example/", "http://localhost/", "//other.example/", "ftp://127.0.0.1/", "http://[", ""]
)
async def test_redirect_elsewhere_is_returned_as_it_is(peer: Peer, client: HttpClient, location: str) -> None:
    peer.will(status(302, Location=location), status(200))

    response = await client.get(peer.url)

    assert response.status == (200 if location == "" else 302)


async def test_redirects_without_end_are_nonsense(peer: Peer, client: HttpClient) -> None:
    peer.will(status(302, Location="/y"))

    with pytest.raises(PeerNonsense, match="redirects"):
        await client.get(peer.url)


async def test_nobody_listening_is_unreachable(client: HttpClient) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        with pytest.raises(PeerUnreachable, match="connection refused or lost"):
            await client.get(f"http://127.0.0.1:{port}/")


async def test_peer_that_speaks_no_http_is_nonsense(client: HttpClient) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(PeerNonsense, match="not an HTTP answer"):
            await client.get(f"http://127.0.0.1:{port}/")


async def test_cookies_are_not_kept(peer: Peer, client: HttpClient) -> None:
    peer.will(status(200, Set_Cookie="a=1"))

    await client.get(peer.url)
    await client.get(peer.url)

    assert "Cookie" not in peer.requests[1].headers


@pytest.mark.parametrize("content", [b"<html>", b"", b"\xff\xfe\xfa", b"[" * 100_000, b"1" * 5000])
def test_body_that_is_no_json_is_named_by_status_type_and_length_only(content: bytes) -> None:
    response = Response(200, {"content-type": "text/html; charset=utf-8"}, content)

    with pytest.raises(PeerNonsense) as raised:
        response.json()

    assert str(raised.value) == f"expected JSON, got status 200, text/html, {len(content)} bytes"


@pytest.mark.parametrize("answer", [broken, silent, dripping], ids=lambda answer: answer.__name__)
async def test_answer_that_is_lost_is_told_from_a_connection_that_was_never_made(
    peer: Peer, client: HttpClient, answer: Answer
) -> None:
    peer.will(answer)

    with pytest.raises(AnswerLost):
        await client.post(peer.url, b"x", limits=SHORT)

    with pytest.raises(PeerUnreachable) as refused:
        await client.post("http://127.0.0.1:1/", b"x", limits=SHORT)
    assert not isinstance(refused.value, AnswerLost)


async def test_bytes_are_posted_as_they_are_and_longer_answers_cut(peer: Peer, client: HttpClient) -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(body=await request.read() * 1000, headers={"X-Given": request.headers["TTL"]})

    peer.will(echo)

    response = await client.post(peer.url, b"\x00\xff", headers={"TTL": "7"}, limits=Limits(max_bytes=3, cut=True))

    assert (response.body, response.headers["x-given"]) == (b"\x00\xff\x00", "7")


async def test_no_more_connections_to_a_host_than_allowed() -> None:
    open_now: set[object] = set()
    most = 0

    async def count(request: web.Request) -> web.StreamResponse:
        nonlocal most
        open_now.add(request.transport)
        most = max(most, len(open_now))
        return web.Response()

    two = Connections(most_a_host=2)
    async with (
        serving(count) as url,
        HttpClient(allow_private=True, connections=two) as client,
        asyncio.TaskGroup() as t,
    ):
        for _ in range(10):
            t.create_task(client.post(url, b""))

    assert most == 2

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web

from placement_alerts.errors import ConfigError
from placement_alerts.store.base import Store
from placement_alerts.web.deadlines import HEAD_BYTES_MAX, Deadlines
from placement_alerts.web.middleware import BODY_BYTES_MAX
from placement_alerts.web.server import plain_application, serve
from tests.web.house import House, Moments, a_house

PROGRAM = {"Accept": "application/json"}
SOON = Deadlines(request_s=0.3, stalled_s=0.3)
HEAD = b"POST /change HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"


async def echo(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


@pytest.fixture
async def strict(store: Store, moments: Moments) -> AsyncIterator[House]:
    """A house whose deadlines a test can wait for."""
    async with a_house(store, moments, lambda _: [web.get("/large", large)], SOON) as opened:
        yield opened


async def large(_: web.Request) -> web.Response:
    return web.Response(body=bytes(32 * 1024 * 1024))


@asynccontextmanager
async def connection(house: House) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A raw connection; nothing of this takes longer than five seconds."""
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


async def end_of(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the server closes, however it does."""
    received = b""
    try:
        while part := await reader.read(65536):
            received += part
    except ConnectionError:
        pass
    return received


async def drip(writer: asyncio.StreamWriter, content: bytes) -> None:
    """Send a byte every 20 ms until the server has enough."""
    for number in range(len(content)):
        writer.write(content[number : number + 1])
        await writer.drain()
        await asyncio.sleep(0.02)


async def test_body_over_the_limit_is_refused() -> None:
    application = plain_application([web.post("/echo", echo)])
    async with (
        serve(application, "127.0.0.1", 0) as port,
        ClientSession(f"http://127.0.0.1:{port}") as client,
        client.post("/echo", data=io.BytesIO(b"x" * (BODY_BYTES_MAX + 1))) as response,
    ):
        assert response.status == 413


async def test_taken_address_is_named() -> None:
    async with serve(plain_application([]), "127.0.0.1", 0) as port:
        with pytest.raises(ConfigError, match=f"web.port: cannot listen on 127.0.0.1 port {port}"):
            async with serve(plain_application([]), "127.0.0.1", port):
                pass


@pytest.mark.parametrize(
    "beginning", [b"", b"GET /who HTT", b"GET /who HTTP/1.1\r\nHost: a\r\nX-A: b\r\n", HEAD + b"x"]
)
async def test_half_open_request_is_closed_in_time(strict: House, beginning: bytes) -> None:
    loop = asyncio.get_running_loop()
    async with connection(strict) as (reader, writer):
        since = loop.time()
        writer.write(beginning)
        await end_of(reader)

    assert 0.25 < loop.time() - since < 2


@pytest.mark.parametrize("content", [b"GET /who HTTP/1.1\r\nX-A: " + b"x" * 300, HEAD + b"x" * 99])
async def test_dripping_does_not_buy_time(strict: House, content: bytes) -> None:
    loop = asyncio.get_running_loop()
    async with connection(strict) as (reader, writer):
        since = loop.time()
        dripping = asyncio.create_task(drip(writer, content))
        await end_of(reader)
        took_s = loop.time() - since
        dripping.cancel()
        await asyncio.wait({dripping})

    assert took_s < 2


async def test_late_head_is_told_why(strict: House) -> None:
    async with connection(strict) as (reader, writer):
        writer.write(b"GET /who HTTP/1.1\r\n")

        assert (await end_of(reader)).startswith(b"HTTP/1.1 408 ")


async def test_beginning_of_a_second_request_is_given_the_same_time(strict: House) -> None:
    loop = asyncio.get_running_loop()
    async with connection(strict) as (reader, writer):
        since = loop.time()
        writer.write(b"GET /who HTTP/1.1\r\nHost: a\r\n\r\nGET /who HT")
        received = await end_of(reader)

    assert received.startswith(b"HTTP/1.1 200 ")
    assert loop.time() - since < 0.55  # before an idle connection would be closed


@pytest.mark.parametrize("beginning", [b"GET /who HTT", HEAD + b"x"])
async def test_later_requests_of_a_connection_have_the_same_deadline(strict: House, beginning: bytes) -> None:
    loop = asyncio.get_running_loop()
    async with connection(strict) as (reader, writer):
        writer.write(b"GET /who HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        since = loop.time()
        writer.write(beginning)
        await end_of(reader)

    assert 0.25 < loop.time() - since < 2


async def test_idle_connection_is_kept_and_then_closed(store: Store, moments: Moments) -> None:
    loop = asyncio.get_running_loop()
    soon = Deadlines(request_s=0.3, idle_s=0.6)
    async with a_house(store, moments, deadlines=soon) as house, connection(house) as (reader, writer):
        writer.write(b"GET /who HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        since = loop.time()
        await end_of(reader)

    assert 0.5 < loop.time() - since < 2


async def test_slow_handler_is_not_the_clients_fault(store: Store, moments: Moments) -> None:
    async def slow(request: web.Request) -> web.Response:
        size = len(await request.read())
        await asyncio.sleep(0.6)
        return web.json_response({"size": size})

    async with a_house(store, moments, lambda _: [web.post("/slow", slow)], SOON) as house:
        answer = await house.ask("POST", "/slow", data=b"x" * 1000)

    assert await answer.json() == {"size": 1000}


async def test_reader_that_stops_reading_is_closed(strict: House) -> None:
    async with connection(strict) as (reader, writer):
        writer.write(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(1)
        received = await end_of(reader)

    assert 0 < len(received) < 32 * 1024 * 1024


async def test_others_are_served_while_hundreds_hang(store: Store, moments: Moments) -> None:
    async with a_house(store, moments, deadlines=Deadlines(request_s=1.0)) as house, asyncio.timeout(10):
        hanging = [await asyncio.open_connection("127.0.0.1", house.port) for _ in range(200)]
        for _, writer in hanging:
            writer.write(HEAD)
        answers = [(await house.get("/who")).status for _ in range(20)]
        for reader, writer in hanging:
            await end_of(reader)
            writer.close()

    assert answers == [200] * 20


async def test_new_connection_takes_the_place_of_one_that_waits(store: Store, moments: Moments) -> None:
    two = Deadlines(connections_max=2)
    async with (
        a_house(store, moments, deadlines=two) as house,
        connection(house) as (first, _),
        connection(house),
    ):
        answer = await house.get("/who")
        await end_of(first)

    assert answer.status == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-A: b\r\n" * 100 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00nonsense-secret\r\n\r\n", 400),
        (b"POST /change HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ],
)
async def test_what_is_no_request_is_refused_without_an_echo(house: House, request_: bytes, status: int) -> None:
    async with connection(house) as (reader, writer):
        writer.write(request_)
        received = await end_of(reader)

    assert received.split(b" ")[1] == b"%d" % status
    assert b"application/problem+json" in received
    assert b"X-Request-Id: " in received
    assert b"nonsense" not in received
    assert b"aaaa" not in received


async def test_head_is_bounded_while_it_grows(house: House) -> None:
    async with connection(house) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n")
        for _ in range(HEAD_BYTES_MAX // 4096 + 1):
            writer.write(b"X-A: " + b"a" * 4096 + b"\r\n")
            await asyncio.sleep(0.01)

        assert (await end_of(reader)).startswith(b"HTTP/1.1 431 ")


async def test_declared_length_is_refused_before_anything_is_read(house: House) -> None:
    async with connection(house) as (reader, writer):
        writer.write(b"POST /change HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n")

        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")


async def test_wrong_host_is_refused_but_probes_use_addresses(store: Store, moments: Moments) -> None:
    async with a_house(store, moments, settings={"public_url": "https://alerts.example.org"}) as house:
        statuses = [
            (await house.get(path, headers=PROGRAM | {"Host": host})).status
            for path, host in [
                ("/who", "alerts.example.org"),
                ("/who", "Alerts.Example.org:443"),
                ("/who", "evil.example"),
                ("/who", "alerts.example.org.evil.example"),
                ("/who", "alerts.example.org:8443"),
                ("/health/live", "10.0.0.7:8000"),
            ]
        ]

    assert statuses == [200, 200, 400, 400, 400, 200]


@pytest.mark.parametrize(("sent", "is_taken"), [("abc-123_X", True), ("a" * 65, False), ("a b", False), ("<x>", False)])
async def test_request_id_is_taken_over_if_it_is_one(house: House, sent: str, is_taken: bool) -> None:
    answer = await house.get("/who", headers={"X-Request-Id": sent})

    assert (answer.headers["X-Request-Id"] == sent) is is_taken
    assert len(answer.headers["X-Request-Id"]) in (9, 24)


async def test_every_answer_has_the_plain_headers(house: House) -> None:
    for path in ("/who", "/nothing", "/api/v1/bug", "/health/live"):
        answer = await house.get(path, headers=PROGRAM)

        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Server"] == "placement-alerts"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Request-Id"]
        assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/bug", 500, "internal_error"),
        ("GET", "/api/v1/outage", 503, "unavailable"),
        ("GET", "/api/v1/missing", 404, "not_found"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/api/v1/things", 405, "method_not_allowed"),
    ],
)
async def test_every_failure_is_a_problem_without_its_inner_text(
    house: House, method: str, path: str, status: int, code: str
) -> None:
    answer = await house.ask(method, path, headers=PROGRAM)

    assert answer.content_type == "application/problem+json"
    body = await answer.json()
    assert (answer.status, body["status"], body["code"]) == (status, status, code)
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert body["instance"] == path
    assert {"type", "title", "detail"} <= set(body)
    assert "secret" not in str(body)
    assert "password" not in str(body)


async def test_failure_under_the_api_is_no_page_even_for_a_browser(house: House) -> None:
    assert (await house.get("/api/v1/nothing")).content_type == "application/problem+json"


async def test_failure_elsewhere_is_a_page_for_a_browser(house: House) -> None:
    answer = await house.get("/calendar/abc.ics")

    assert (answer.status, answer.content_type) == (500, "text/html")
    assert "secret" not in await answer.text()


async def test_unknown_method_is_told_the_known_ones(house: House) -> None:
    answer = await house.ask("DELETE", "/api/v1/things", headers=PROGRAM)

    assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD", "POST"}


async def test_method_override_is_ignored(house: House) -> None:
    headers = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE", "X-HTTP-Method": "DELETE"}

    assert (await house.ask("POST", "/change", json={}, headers=headers)).status == 200


async def test_log_names_routes_and_never_addresses(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    await house.get("/calendar/very-private-token.ics?key=very-private-key")

    logged = capsys.readouterr().out
    assert "/calendar/{token}.ics" in logged
    assert "'/calendar/very-private" not in logged
    assert "very-private-key" not in logged

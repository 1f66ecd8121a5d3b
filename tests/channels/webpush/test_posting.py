"""The lean way out: bounds, connections that are kept, answers of every form, addresses that are not called."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from placement_alerts.channels.webpush.posting import Posts
from placement_alerts.errors import AnswerLost, PeerError, PeerNonsense, PeerUnreachable
from placement_alerts.http_client import Limits, Response
from placement_alerts.sandbox.certificates import LocalAuthority

LIMITS = Limits(connect_s=2.0, deadline_s=0.5, max_bytes=100)
AUTHORITY = LocalAuthority()
Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """A TLS server that writes the same bytes after every request. requests: what came, whole."""

    def __init__(self, answer: bytes, *, then_close: bool = False) -> None:
        self.answer = answer
        self.then_close = then_close
        self.requests: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                writer.write(self.answer)
                await writer.drain()
                if self.then_close:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def serving(answer: bytes, *, then_close: bool = False) -> AsyncIterator[Peer]:
    peer = Peer(answer, then_close=then_close)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0, ssl=AUTHORITY.server_context())
    peer.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/push/x?y=z"
    yield peer
    server.close()
    await server.wait_closed()


@pytest.fixture
async def posts() -> AsyncIterator[Posts]:
    async with Posts(allow_private=True, tls=AUTHORITY.client_context()) as posts:
        yield posts


async def post(posts: Posts, url: str) -> Response:
    return await posts.post(url, b"\x00body\r\n\r\n", headers={"TTL": "60"}, limits=LIMITS)


async def test_request_is_whole_and_answer_read(posts: Posts) -> None:
    async with serving(b"HTTP/1.1 201 Created\r\nLocation: https://x\r\nContent-Length: 2\r\n\r\nok") as peer:
        response = await post(posts, peer.url)
        await posts.close()

    assert (response.status, response.headers["location"], response.body) == (201, "https://x", b"ok")
    host = peer.url.removeprefix("https://").partition("/")[0].encode()
    assert peer.requests == [
        b"POST /push/x?y=z HTTP/1.1\r\nHost: " + host + b"\r\nTTL: 60\r\nContent-Length: 9\r\n\r\n\x00body\r\n\r\n"
    ]


WHOLE = [
    b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 410 Gone\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
]


@pytest.mark.parametrize("answer", WHOLE)
async def test_connection_is_kept_after_a_whole_answer(posts: Posts, answer: bytes) -> None:
    async with serving(answer) as peer:
        responses = [await post(posts, peer.url) for _ in range(3)]
        await posts.close()

    assert peer.connections == 1
    assert len({(response.status, response.body) for response in responses}) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 200,
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nc8\r\n" + b"x" * 200 + b"\r\nc8\r\n",
        b"HTTP/1.1 201 Created\r\n\r\n" + b"x" * 200,
        b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nxyz",
    ],
    ids=["close", "old", "long", "long chunk", "no length", "more than said"],
)
async def test_connection_is_not_kept_after_others_and_no_more_read_than_wanted(posts: Posts, answer: bytes) -> None:
    async with serving(answer) as peer:
        responses = [await post(posts, peer.url) for _ in range(2)]
        await posts.close()

    assert peer.connections == 2
    assert all(response.status == 201 and len(response.body) <= LIMITS.max_bytes for response in responses)


async def test_answer_without_a_length_ends_with_its_connection(posts: Posts) -> None:
    async with serving(b"HTTP/1.1 201 Created\r\n\r\nabc", then_close=True) as peer:
        response = await post(posts, peer.url)

    assert (response.status, response.body) == (201, b"abc")


@pytest.mark.parametrize(
    ("answer", "closes"),
    [
        (b"", False),
        (b"", True),
        (b"HTTP/1.1 201 Cre", True),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\nabc", False),
        (b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\nabc", True),
        (b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", True),
    ],
)
async def test_answer_that_does_not_come_whole_is_lost(posts: Posts, answer: bytes, closes: bool) -> None:
    async with serving(answer, then_close=closes) as peer:
        with pytest.raises(AnswerLost):
            await post(posts, peer.url)

    assert len(peer.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 999 x\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: two\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"x" * 40_000,
    ],
)
async def test_what_is_not_http_is_nonsense(posts: Posts, answer: bytes) -> None:
    async with serving(answer) as peer:
        with pytest.raises(PeerNonsense):
            await post(posts, peer.url)


async def test_nobody_listening_is_unreachable_and_nothing_was_lost(posts: Posts) -> None:
    with pytest.raises(PeerUnreachable) as refused:
        await post(posts, "https://127.0.0.1:1/x")

    assert not isinstance(refused.value, AnswerLost)


async def test_certificate_of_a_stranger_is_not_accepted() -> None:
    async with serving(WHOLE[0]) as peer, Posts(allow_private=True) as posts:
        with pytest.raises(PeerUnreachable, match="certificate"):
            await post(posts, peer.url)

    assert peer.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://10.1.2.3/x",
        "https://169.254.169.254/latest",
        "https://user@10.0.0.1/x",
        "http://127.0.0.1/x",
        "https://x y/",
        "https://x/\r\nHost: y",
        "https://x/#y",
        "ftp://x/",
        "",
    ],
)
async def test_private_and_strange_addresses_are_not_called(url: str) -> None:
    async with Posts() as posts:
        with pytest.raises(PeerError):
            await post(posts, url)


async def test_header_of_two_lines_is_our_bug(posts: Posts) -> None:
    async with serving(WHOLE[0]) as peer:
        with pytest.raises(ValueError, match="one line"):
            await posts.post(peer.url, b"", headers={"X": "a\r\nY: b"}, limits=LIMITS)
        await posts.close()

    assert peer.requests == []


async def test_call_that_is_given_up_takes_its_connection_along(posts: Posts) -> None:
    async with serving(b"") as peer:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await post(posts, peer.url)
        peer.answer = WHOLE[0]

        response = await post(posts, peer.url)
        await posts.close()

    assert response.status == 201
    assert peer.connections == 2


async def test_name_that_leads_to_a_private_address_is_not_connected_to() -> None:
    async with serving(WHOLE[0]) as peer, Posts(tls=AUTHORITY.client_context()) as posts:
        with pytest.raises(PeerUnreachable, match="private address"):
            await post(posts, peer.url.replace("127.0.0.1", "localhost"))

    assert peer.connections == 0

import io

import pytest
from aiohttp import ClientSession, web

from placement_alerts.errors import ConfigError
from placement_alerts.web.server import BODY_BYTES_MAX, make_application, serve


async def echo(request: web.Request) -> web.Response:
    return web.Response(text=str(len(await request.read())))


async def test_body_over_the_limit_is_refused() -> None:
    application = make_application([web.post("/echo", echo)])
    async with (
        serve(application, "127.0.0.1", 0) as port,
        ClientSession(f"http://127.0.0.1:{port}") as client,
        client.post("/echo", data=io.BytesIO(b"x" * (BODY_BYTES_MAX + 1))) as response,
    ):
        assert response.status == 413


async def test_taken_address_is_named() -> None:
    async with serve(make_application([]), "127.0.0.1", 0) as port:
        with pytest.raises(ConfigError, match=f"web.port: cannot listen on 127.0.0.1 port {port}"):
            async with serve(make_application([]), "127.0.0.1", port):
                pass

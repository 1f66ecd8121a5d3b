"""The web server: one application on one address, opened and closed by app."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from placement_alerts.errors import ConfigError
from placement_alerts.web.deadlines import BoundedRunner, Deadlines
from placement_alerts.web.middleware import BODY_BYTES_MAX, put_around
from placement_alerts.web.services import Services

log = structlog.get_logger(__name__)

BACKLOG = 1024  # connections that wait to be accepted
CLOSING_S = 2.0  # what an answer under way may still take when we stop
DEADLINES = Deadlines()


def make_application(services: Services, routes: Iterable[web.AbstractRouteDef]) -> web.Application:
    """Return an application with these routes and all that stands around them."""
    application = plain_application(routes)
    put_around(application, services)
    return application


def plain_application(routes: Iterable[web.AbstractRouteDef]) -> web.Application:
    """Return an application with these routes alone; a body over the limit is refused with 413."""
    application = web.Application(client_max_size=BODY_BYTES_MAX)
    application.on_response_prepare.append(_plain_headers)
    application.add_routes(routes)
    return application


async def _plain_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Keep browsers from guessing types, and tell nobody what we run on; for errors too."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers["Server"] = "placement-alerts"


@asynccontextmanager
async def serve(
    application: web.Application, host: str, port: int, deadlines: Deadlines = DEADLINES
) -> AsyncIterator[int]:
    """Listen while the block runs; yield the port. port 0: any free one. Raises ConfigError if the address is taken."""
    runner = BoundedRunner(application, deadlines, CLOSING_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, reuse_address=True, backlog=BACKLOG).start()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ConfigError([f"web.port: cannot listen on {host} port {port}: {reason}"]) from error
        bound = int(runner.addresses[0][1])
        log.info("web.listening", host=host, port=bound)
        yield bound
    finally:
        await runner.cleanup()

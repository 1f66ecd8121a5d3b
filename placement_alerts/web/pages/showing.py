"""How a page's handler fails: what goes wrong becomes a page, too."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from placement_alerts.errors import NotFound, StoreError
from placement_alerts.web.pages.query import BadQuery
from placement_alerts.web.pages.shell import Shell

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.Response]]


def as_page(shell: Shell, handler: Handler, *, open_to_all: bool = False) -> Handler:
    """Return the handler of a page. open_to_all: strangers may read it even where pages are for signed-in students."""

    async def handle(request: web.Request) -> web.Response:
        if not open_to_all:
            shell.let_in(request)
        try:
            return await handler(request)
        except BadQuery as error:
            return await shell.trouble(request, 400, "This address asks for something odd", f"{error}.")
        except NotFound as error:
            return await shell.trouble(request, 404, "There is nothing here", f"{error}.")
        except (StoreError, TimeoutError) as error:
            log.warning("page.failed", path=request.path, error=type(error).__name__)
            says = "This cannot be read just now. Please try again in a minute."
            return await shell.trouble(request, 503, "Not able now", says)

    return handle

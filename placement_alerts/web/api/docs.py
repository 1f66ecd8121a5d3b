"""The documentation page `/api/docs`: Swagger UI from the installed package, and what each problem code means."""

import asyncio
from functools import cache
from importlib.resources import files

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from swagger_ui_bundle import swagger_ui_path  # type: ignore[import-untyped]  # the package ships no types

from placement_alerts.web.api.codes import CODES
from placement_alerts.web.pages.answers import FOR_EVER, FRESH, Body, answer, body_of

PAGE = "/api/docs"
FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "docs.css": "text/css",
    "docs.js": "text/javascript",
}
_OURS = frozenset({"docs.css", "docs.js"})
_POLICY = (
    # Swagger UI draws its signs as data: images and sets styles in attributes; nothing of it is foreign
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def docs_routes(document: str) -> list[web.RouteDef]:
    """Return the routes of the page and its files. document: the path of the OpenAPI document."""

    async def page(request: web.Request) -> web.StreamResponse:
        response = answer(request, await asyncio.to_thread(_page, document), caching=FRESH)
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    async def file(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in FILES:
            raise web.HTTPNotFound
        body = await asyncio.to_thread(_file, name)  # packing a megabyte takes its time, once
        if request.match_info["tag"] != body.tag[:12]:
            raise web.HTTPNotFound
        return answer(request, body, caching=FOR_EVER)

    return [web.get(PAGE, page), web.get(PAGE + "/{tag}/{name}", file)]


@cache
def _page(document: str) -> Body:
    environment = Environment(
        loader=PackageLoader("placement_alerts.web.api"), autoescape=True, undefined=StrictUndefined
    )
    addresses = {name: f"{PAGE}/{_file(name).tag[:12]}/{name}" for name in FILES}
    html = environment.get_template("docs.html").render(document=document, codes=CODES, files=addresses)
    return body_of(html.encode(), "text/html")


@cache
def _file(name: str) -> Body:
    """Return one of FILES. The large ones are packed when they are asked for first, once in a process."""
    folder = files("placement_alerts.web.api").joinpath("static") if name in _OURS else swagger_ui_path
    return body_of(folder.joinpath(name).read_bytes(), FILES[name])

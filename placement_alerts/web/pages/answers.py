"""Pages as answers: rendered from templates, with what tells a browser to load and run nothing else."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from placement_alerts.core.timetable import show_year
from placement_alerts.web.etags import PACKED, known_tag
from placement_alerts.web.pages import wording

_FILES = files("placement_alerts.web.pages").joinpath("static")
GZIP_FROM = 1_000  # bytes; below, the headers outweigh what is saved
FRESH = "public, max-age=60"
FOR_EVER = "public, max-age=31536000, immutable"  # the name holds the content's hash
_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".js": "text/javascript"}
_FILLED = frozenset({"sw.js"})  # not served as they are: web/pages/installing.py
_IMPORTS = {"settings.js": ("PUSH", "push.js")}  # a word in a script, and the file whose address it stands for
_FILTERS = ("lakhs", "percent", "day", "iso", "short", "posted", "clock", "capitalize_first", "short_link", "webcal")
STATIC: Mapping[str, str] = {  # served files, and of what type they are
    one.name: _TYPES[PurePath(one.name).suffix]
    for one in sorted(_FILES.iterdir(), key=lambda one: one.name)
    if PurePath(one.name).suffix in _TYPES and one.name not in _FILLED
}

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Body:
    """Something to answer with, in both codings. tag: its hash."""

    plain: bytes
    packed: bytes | None
    tag: str
    content_type: str


def render(template: str, /, **values: Any) -> Body:
    """Return a page. Slow for a large one: call it in a thread."""
    return body_of(_environment().get_template(template).render(**values).encode(), "text/html")


def body_of(content: bytes, content_type: str) -> Body:
    """Return bytes ready to be answered."""
    packed = gzip.compress(content, 6, mtime=0) if len(content) >= GZIP_FROM else None
    return Body(content, packed, hashlib.sha256(content).hexdigest()[:20], content_type)


def answer(request: web.Request, body: Body, *, status: int = 200, caching: str = "no-store") -> web.Response:
    """Return the body, or 304 if the browser has it. caching: of Cache-Control."""
    packs = body.packed is not None and _takes_gzip(request)
    tag = body.tag + PACKED if packs else body.tag
    headers = {**SECURITY, "Cache-Control": caching, "Vary": "Accept-Encoding", "ETag": f'"{tag}"'}
    if status == 200 and known_tag(request, tag) is not None:
        return web.Response(status=304, headers=headers)
    if packs:
        headers["Content-Encoding"] = "gzip"
    return web.Response(
        body=body.packed if packs else body.plain,
        status=status,
        headers=headers,
        content_type=body.content_type,
        charset=None if body.content_type.startswith("image/png") else "utf-8",
    )


@cache
def static_body(name: str) -> Body:
    """Return one of STATIC."""
    content = static_bytes(name)
    if name in _IMPORTS:
        word, imported = _IMPORTS[name]
        content = content.replace(f'"{word}"'.encode(), f'"{static_path(imported)}"'.encode())
    return body_of(content, STATIC[name])


def static_bytes(name: str) -> bytes:
    """Return a file as it is in the package."""
    return _FILES.joinpath(name).read_bytes()


def static_path(name: str) -> str:
    """Return where one of STATIC is found; another content has another address."""
    stem, _, ending = name.rpartition(".")
    return f"/static/{stem}-{static_body(name).tag[:12]}.{ending}"


def wants_page(request: web.Request) -> bool:
    """Whether a browser asks: HTML by name, and no JSON before it (reference/existing-interface.md, section 4)."""
    asked = [_weighed(part) for part in request.headers.get("Accept", "").split(",")[:50]]
    html = _rank(asked, ("text/html", "application/xhtml+xml"))
    json = _rank(asked, ("application/json",))
    return html is not None and (json is None or html < json)


def _rank(asked: list[tuple[str, float]], kinds: tuple[str, ...]) -> tuple[float, int] | None:
    """Return how early a kind is wanted, lower is earlier; None: it is not named."""
    ranks = [(-weight, index) for index, (kind, weight) in enumerate(asked) if kind in kinds and weight > 0]
    return min(ranks, default=None)


def _weighed(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return kind, float(value)
            except ValueError:
                return kind, 0.0
    return kind, 1.0


def _takes_gzip(request: web.Request) -> bool:
    asked = [_weighed(part) for part in request.headers.get("Accept-Encoding", "").split(",")[:50]]
    return any(coding in ("gzip", "*") and weight > 0 for coding, weight in asked)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("placement_alerts.web.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static_path"] = static_path
    environment.filters |= {
        "show_year": show_year,
        **{name: getattr(wording, name) for name in _FILTERS},
    }
    environment.globals |= {"count": wording.count, "span": wording.span}
    return environment

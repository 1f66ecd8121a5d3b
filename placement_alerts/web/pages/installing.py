"""What makes the pages an application: manifest, service worker, icons and a page for when nothing can be loaded."""

import hashlib
import json
from functools import cache

from aiohttp import web

from placement_alerts.web.pages.answers import FRESH, Body, answer, body_of, static_bytes, static_path
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.visiting import Visitor

OFFLINE = "/offline"
_KEPT = ("style.css", "icon.svg", "push.js")  # what the pages need that are kept on the device
_ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable.png", "512x512", "maskable"),
)


class InstallRoutes:
    """`/manifest.webmanifest`, `/sw.js` and `/offline`."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; each answers HEAD too."""
        return [
            web.get("/manifest.webmanifest", _manifest),
            web.get("/sw.js", _worker),
            web.get(OFFLINE, self._offline),
        ]

    async def _offline(self, request: web.Request) -> web.Response:
        body = await self._shell.make("offline.html", Visitor(), path="/")
        return answer(request, body, caching=FRESH)  # kept on the device: the same for everybody


async def _manifest(request: web.Request) -> web.Response:
    return answer(request, manifest(), caching="public, max-age=3600")


async def _worker(request: web.Request) -> web.Response:
    return answer(request, worker(), caching="no-cache")


@cache
def manifest() -> Body:
    """Return the web application manifest (https://www.w3.org/TR/appmanifest/)."""
    icons = [
        {"src": static_path(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in _ICONS
    ]
    said = {
        "id": "/",
        "name": "Placement alerts",
        "short_name": "Placements",
        "description": "Every placement notice, deadline and result, as the office announces it.",
        "lang": "en-IN",
        "start_url": "/?from=app",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f6f8",
        "theme_color": "#1f5fbf",
        "icons": icons,
        "shortcuts": [{"name": "Deadlines", "url": "/deadlines"}, {"name": "Jobs", "url": "/jobs"}],
    }
    return body_of(json.dumps(said, indent=1).encode(), "application/manifest+json")


@cache
def worker() -> Body:
    """Return the service worker; another content, or another style, is another version."""
    script = static_bytes("sw.js").decode()
    kept = [OFFLINE, *(static_path(name) for name in _KEPT)]
    version = hashlib.sha256(f"{script}{kept}".encode()).hexdigest()[:12]
    script = script.replace('"VERSION"', json.dumps(version)).replace('["KEPT"]', json.dumps(kept))
    script = script.replace('"ICON"', json.dumps(static_path("icon-192.png"))).replace(
        '"BADGE"', json.dumps(static_path("badge.png"))
    )
    return body_of(script.encode(), "text/javascript")

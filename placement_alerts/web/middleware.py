"""What stands around every handler, from the outside in: id, host, errors, limits, session, forged requests."""

import re
import secrets
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from placement_alerts.web import limits, sessions
from placement_alerts.web.addresses import client_address, networks_of
from placement_alerts.web.csrf import SAFE, form_token, refuse_forged
from placement_alerts.web.errors import explain, is_api
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.problems import REQUEST_ID, Problem
from placement_alerts.web.services import Services, WebSettings
from placement_alerts.web.sessions import SESSIONS, Sessions

BODY_BYTES_MAX = 1024 * 1024
TELEGRAM = "/telegram/webhook"  # a whole campus presses buttons through a few addresses of Telegram's

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_PORTS = {"https": ":443", "http": ":80"}


class Middleware(Protocol):
    """What aiohttp calls with a request and the handler inside."""

    def __call__(self, request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]:
        """Answer the request, by the handler or without it."""


def put_around(application: web.Application, services: Services) -> None:
    """Add everything to an application."""
    application[limits.LIMITER] = limits.Limiter(services.monotonic)
    application[SESSIONS] = Sessions(services)
    application.middlewares.append(_around(services.settings))
    application.on_response_prepare.append(_headers(services.settings))


def is_probed(path: str) -> bool:
    """Whether machines ask there all the time, by our bare address: no host, limit or session."""
    return path in ("/metrics", "/health") or path.startswith("/health/")


def _around(settings: WebSettings) -> Middleware:
    """Return all of it as one: a chain of five costs every request 15 µs."""
    proxies, hosts, shell = networks_of(settings.trusted_proxies), _hosts(settings.public_url), Shell(settings)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        sent = request.headers.get("X-Request-Id", "")
        request[REQUEST_ID] = sent if _REQUEST_ID.fullmatch(sent) else secrets.token_hex(12)
        request[limits.ADDRESS_KEY] = client_address(request, proxies)
        try:
            if is_probed(request.path):
                _refuse_too_large(request)
                return await handler(request)
            _refuse_other_hosts(request, hosts)
            _refuse_too_large(request)
            return await _limited(request, handler, settings)
        except Exception as error:
            # the one place where a request's failure ends: a bug in a handler must not take the others' process away
            return await explain(request, error, shell)

    return middleware


def _refuse_other_hosts(request: web.Request, hosts: Collection[str]) -> None:
    if hosts and request.headers.get("Host", "").lower() not in hosts:
        raise Problem(400, "bad_request", "This server is not the one that the Host header names.")


def _refuse_too_large(request: web.Request) -> None:
    if (request.content_length or 0) > BODY_BYTES_MAX:  # before anything of it is read
        raise Problem(413, "too_large", f"A body has at most {BODY_BYTES_MAX} bytes.", headers={"Connection": "close"})


async def _limited(request: web.Request, handler: Handler, settings: WebSettings) -> web.StreamResponse:
    has_token = sessions.has_token(request)
    if request.path == TELEGRAM:
        return await _recognised(request, handler, settings, has_token=has_token)
    if has_token:
        limits.refuse_guessing(request)
        limits.refuse_unchecked(request)
    if not is_api(request.path):
        limits.take(request, limits.PAGES, limits.client_of(request))
    elif not has_token:
        await _count_session(request)
    try:
        return await _recognised(request, handler, settings, has_token=has_token)
    finally:
        limits.count_unchecked(request)


async def _count_session(request: web.Request) -> None:
    client = limits.client_of(request)
    cookie = await request.app[SESSIONS].cookie_of(request)
    if cookie is None:
        limits.take(request, limits.ADDRESS, client)
    else:
        limits.take(request, limits.PAGES, client)  # a cookie costs nothing, so the address counts too
        limits.take(request, limits.SESSION, cookie.session_id)


async def _recognised(
    request: web.Request, handler: Handler, settings: WebSettings, *, has_token: bool
) -> web.StreamResponse:
    if request.path.startswith("/static/"):
        return await handler(request)
    if request.method not in SAFE:
        await form_token(request)
    if has_token:
        return await handler(request)
    known = request.app[SESSIONS]
    await known.recognise(request)
    await refuse_forged(request, settings)
    return await known.watch(request, handler)


def _hosts(public_url: str) -> frozenset[str]:
    """Return what the Host header may say; empty: anything."""
    if not public_url:
        return frozenset()
    parts = urlsplit(public_url.lower())
    port = _PORTS[parts.scheme]
    return frozenset({parts.netloc, parts.netloc.removesuffix(port), parts.netloc.removesuffix(port) + port})


def _headers(settings: WebSettings) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    is_secure = settings.public_url.startswith("https://")

    async def prepare(request: web.Request, response: web.StreamResponse) -> None:
        response.headers["X-Request-Id"] = request.get(REQUEST_ID, "")
        response.headers.setdefault("Cache-Control", "no-store")
        if is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        limits.tell(request, response)
        sessions.tell(request, response)

    return prepare

"""Requests that a foreign page made a browser send: told by where they come from and by a token that it cannot know."""

import hmac

from aiohttp import web

from placement_alerts.web.problems import Problem
from placement_alerts.web.services import WebSettings
from placement_alerts.web.visiting import visitor

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_FIELD = "csrf"
HEADER = "X-CSRF-Token"
FORM = "application/x-www-form-urlencoded"  # the only kind that our pages send
FIELDS_MAX = 1_000  # of a form; a body of nothing but fields would hold the loop for 0.3 s


async def refuse_forged(request: web.Request, settings: WebSettings) -> None:
    """Raise Problem (403) if a request that changes something was made by a foreign page, or lacks the token.

    For requests without an API token only. Who has no session needs no token: nothing is done in anybody's name.
    """
    if request.method in SAFE:
        return
    if _is_foreign(request, settings):
        raise Problem(403, "csrf", "This request came from a page of another site.")
    sent = request.headers.get(HEADER, await form_token(request))
    expected = visitor(request).csrf
    if expected and not hmac.compare_digest(sent.encode(errors="replace"), expected.encode()):
        raise Problem(403, "csrf", "This form is out of date: reload the page and send it again.")


def _is_foreign(request: web.Request, settings: WebSettings) -> bool:
    """Whether the browser says so; what is no browser says nothing. Listed pages may call us from elsewhere."""
    origin = request.headers.get("Origin")
    if origin is not None and origin in settings.cors_origins:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:  # of every browser of today; right also where a proxy asks us by another name
        return site not in ("same-origin", "none")
    return origin is not None and origin.partition("://")[2].lower() != request.host.lower()


async def form_token(request: web.Request) -> str:
    """Return the token in a form, which is read here so that the handler's `await request.post()` fails no more.

    "": there is none. Raises Problem for what is no form of our pages, whoever sends it: of 50 kB in a thousand parts
    the loop would read for a second.
    """
    if request.method in SAFE:
        return ""
    if request.content_type.startswith("multipart/"):
        raise Problem(415, "unsupported_media_type", f"A form should be {FORM}.")
    if request.content_type != FORM:
        return ""
    if (await request.read()).count(b"&") > FIELDS_MAX:
        raise Problem(413, "too_large", f"A form has at most {FIELDS_MAX} fields.")
    try:
        value = (await request.post()).get(FORM_FIELD, "")
    except (ValueError, LookupError) as error:  # no text in the encoding that it claims
        raise Problem(400, "bad_request", "This form cannot be read.") from error
    return value if isinstance(value, str) else ""

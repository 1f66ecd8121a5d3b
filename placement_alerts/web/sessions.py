"""The browsers that we know: their cookie, their session, and who is signed in on them.

Handlers call, with the request in hand:

    begin(request)                      a page with a form: gives the browser a cookie, so that `csrf` is not empty
    await sign_in(request, student)     who it is has been proved: a new session, the old one ends
    await become_anonymous(request, student)   the browser subscribed to web push before anybody linked it
    await sign_out(request)             the session ends, here and in the store
    await end(request, session_id)      one of the student's other browsers is signed out

Each returns the visitor as it is from now on; the cookie goes with the answer. A service worker's requests, and
whatever else has an authority of its own, leave the cookie out (`credentials: "omit"`): with it they need the token
against forged requests, in the form field `csrf` or the header `X-CSRF-Token`.
"""

from aiohttp import web

from placement_alerts.core.session import SessionId
from placement_alerts.core.student import Student
from placement_alerts.web.visiting import Visitor, visitor


def begin(request: web.Request) -> Visitor:
    """Return the visitor, who has a session and a CSRF token from now on; nothing is stored for a stranger."""
    return visitor(request)


async def sign_in(request: web.Request, student: Student) -> Visitor:
    """Sign the student in on this browser: a new session and cookie, the one before is worth nothing any more."""
    raise NotImplementedError


async def become_anonymous(request: web.Request, student: Student) -> Visitor:
    """Make the browser this anonymous student's, who is known again but not signed in."""
    raise NotImplementedError


async def sign_out(request: web.Request) -> Visitor:
    """End the browser's session."""
    raise NotImplementedError


async def end(request: web.Request, session_id: SessionId) -> None:
    """End another browser's session of the same student."""
    raise NotImplementedError

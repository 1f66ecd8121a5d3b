"""The browsers that we know: their cookie, their session, and who is signed in on them.

Handlers call, with the request in hand:

    begin(request)                      a page with a form: gives the browser a cookie, so that `csrf` is not empty
    await sign_in(request, student)     who it is has been proved: a new session, the old one ends
    await become_anonymous(request, student)   the browser subscribed to web push before anybody linked it
    await sign_out(request)             the session ends, here and in the store
    await end(request, session_id)      one of the student's other browsers is signed out

The first four return the visitor as it is from now on; the cookie goes with the answer. A service worker's requests,
and whatever else has an authority of its own, leave the cookie out (`credentials: "omit"`): with it they need the
token against forged requests (web/csrf.py). A request with an API token has no session at all, whatever its cookies.
"""

import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from aiohttp import web

from placement_alerts.core.session import Session, SessionId
from placement_alerts.core.student import Student
from placement_alerts.errors import StoreUnavailable
from placement_alerts.pipeline.tokens import is_admin
from placement_alerts.web.cookies import LIFE, SECRET_BYTES, Cookie, Signer
from placement_alerts.web.csrf import SAFE
from placement_alerts.web.device_label import device_label
from placement_alerts.web.services import Services
from placement_alerts.web.visiting import VISITOR, Visitor, visitor

log = structlog.get_logger(__name__)

VISIT_EVERY = timedelta(hours=1)
KEPT_S = 3.0  # how long a session that another process ended may still be taken for one
KEPT_MAX = 2_000
CHANGE_KEY = web.RequestKey("cookie_change", str)  # what the answer tells the browser: a cookie, or "" to forget it

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class _Known:
    session: Session
    student: Student | None
    until_s: float


class Sessions:
    """What the functions of this module and the middleware work with."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.store
        self.is_secure = services.settings.public_url.startswith("https://")
        # a browser takes a cookie with this prefix from nobody but this very host, over HTTPS
        self.cookie_name = "__Host-pa" if self.is_secure else "pa"
        self._signer: Signer | None = None
        self._known: OrderedDict[SessionId, _Known] = OrderedDict()

    async def signer(self) -> Signer:
        """Return what signs cookies, with the configured key or the store's own."""
        if self._signer is None:
            configured = self._services.settings.cookie_key.encode()
            self._signer = Signer(configured or await self._store.secret("cookies"))
        return self._signer

    async def cookie_of(self, request: web.Request) -> Cookie | None:
        """Return the request's cookie if it is one of ours."""
        text = request.cookies.get(self.cookie_name, "")
        return (await self.signer()).read(text, self._services.now()) if text else None

    async def recognise(self, request: web.Request) -> None:
        """Find out who visits and put it into the request."""
        cookie = await self.cookie_of(request)
        if cookie is not None:
            known = await self._find(cookie.session_id)
            session = known.session if known else self._unstored(request, cookie)
            self._welcome(request, cookie, session, known.student if known else None)
        else:
            await self.signer()  # for `begin`
            request[VISITOR] = Visitor()

    async def watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let the handler work; what it changes of its visitor is seen by the next request already."""
        try:
            return await handler(request)
        finally:
            session = visitor(request).session
            if session is not None and request.method not in SAFE:
                self.forget(session.id)

    def begin(self, request: web.Request) -> Visitor:
        """See the function of this name."""
        found = visitor(request)
        if found.session is not None:
            return found
        cookie = self._new_cookie(request)
        return self._welcome(request, cookie, self._unstored(request, cookie), None)

    async def make(self, request: web.Request, student: Student, *, signed_in: bool) -> Visitor:
        """Give the browser a new session of the student; the one before ends."""
        before = visitor(request).session
        cookie = self._new_cookie(request)
        session = self._unstored(request, cookie).model_copy(
            update={"student_id": student.id, "signed_in": signed_in, "visited_at": self._services.now()}
        )
        await self._store.sessions.save(session)
        if before is not None:
            await self.remove(before.id)
        return self._welcome(request, cookie, session, student)

    async def remove(self, session_id: SessionId) -> None:
        """End a session."""
        self.forget(session_id)
        await self._store.sessions.remove(session_id)
        self.forget(session_id)  # somebody may have read it meanwhile

    def forget(self, session_id: SessionId) -> None:
        """Read the session and its student from the store the next time."""
        self._known.pop(session_id, None)

    async def _find(self, session_id: SessionId) -> _Known | None:
        known = self._known.get(session_id)
        monotonic = self._services.monotonic()
        if known is not None and monotonic < known.until_s:
            return known
        now = self._services.now()
        session = await self._store.sessions.get(session_id, now)
        if session is None:
            self.forget(session_id)
            return None
        if now - session.visited_at >= VISIT_EVERY:
            session = session.model_copy(update={"visited_at": now})
            await self._note_visit(session.id, now)
        student = await self._store.students.get(session.student_id) if session.student_id else None
        return self._keep(_Known(session, student, monotonic + KEPT_S))

    async def _note_visit(self, session_id: SessionId, now: datetime) -> None:
        try:
            await self._store.sessions.mark_visited(session_id, now)  # it may have ended since: never store it anew
        except StoreUnavailable as error:  # what was asked for may be a read
            log.warning("session.visit_not_noted", error=str(error))

    def _keep(self, known: _Known) -> _Known:
        self._known[known.session.id] = known
        self._known.move_to_end(known.session.id)
        while len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)
        return known

    def _new_cookie(self, request: web.Request) -> Cookie:
        if self._signer is None:
            raise RuntimeError("sessions are for requests that the middleware has seen")
        cookie = Cookie(secrets.token_bytes(SECRET_BYTES), self._services.now())
        request[CHANGE_KEY] = self._signer.write(cookie)
        return cookie

    def _unstored(self, request: web.Request, cookie: Cookie) -> Session:
        return Session(
            id=cookie.session_id,
            label=device_label(request.headers.get("User-Agent", "")),
            created_at=cookie.made_at,
            visited_at=cookie.made_at,
            expires_at=cookie.made_at + LIFE,
        )

    def _welcome(self, request: web.Request, cookie: Cookie, session: Session, student: Student | None) -> Visitor:
        signed_in = session.signed_in and student is not None
        found = Visitor(
            session=session,
            student=student,
            signed_in=signed_in,
            is_admin=signed_in and student is not None and is_admin(student, self._services.settings.admins),
            csrf=self._signer.csrf(cookie) if self._signer else "",
        )
        request[VISITOR] = found
        return found


SESSIONS: web.AppKey[Sessions] = web.AppKey("sessions", Sessions)


def begin(request: web.Request) -> Visitor:
    """Return the visitor, who has a session and a CSRF token from now on; nothing is stored for a stranger."""
    return request.config_dict[SESSIONS].begin(request)


async def sign_in(request: web.Request, student: Student) -> Visitor:
    """Sign the student in on this browser: a new session and cookie, the one before is worth nothing any more."""
    return await request.config_dict[SESSIONS].make(request, student, signed_in=True)


async def become_anonymous(request: web.Request, student: Student) -> Visitor:
    """Make the browser this anonymous student's, who is known again but not signed in; one that has a student stays."""
    found = visitor(request)
    if found.student is not None:
        return found
    return await request.config_dict[SESSIONS].make(request, student, signed_in=False)


async def sign_out(request: web.Request) -> Visitor:
    """End the browser's session."""
    found = visitor(request)
    if found.session is not None:
        await request.config_dict[SESSIONS].remove(found.session.id)
        request[CHANGE_KEY] = ""
    request[VISITOR] = Visitor()
    return visitor(request)


async def end(request: web.Request, session_id: SessionId) -> None:
    """End another browser's session."""
    await request.config_dict[SESSIONS].remove(session_id)


def has_token(request: web.Request) -> bool:
    """Whether the request carries an API token, right or wrong: no form of a foreign page can make a browser send one.

    A name and password of HTTP's own sort are none: a proxy before us may ask for them, and an address can hold them.
    """
    scheme = request.headers.get("Authorization", "").partition(" ")[0].lower()
    return scheme == "bearer" or "X-API-Key" in request.headers


def tell(request: web.Request, response: web.StreamResponse) -> None:
    """Send the browser its new cookie, or tell it to forget the old one; nobody may keep such an answer."""
    change = request.get(CHANGE_KEY)
    if change is None:
        return
    sessions = request.config_dict[SESSIONS]
    life_s = int(LIFE.total_seconds()) if change else 0
    secure = "; Secure" if sessions.is_secure else ""
    # aiohttp's set_cookie comes too late here: the headers are made already
    cookie = f"{sessions.cookie_name}={change}; Path=/; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}"
    response.headers.add("Set-Cookie", cookie)
    response.headers["Cache-Control"] = "private, no-store"

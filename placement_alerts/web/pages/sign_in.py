"""The sign-in page: a deep link to the bot, its QR code, and a field for the one-time code that the bot gives."""

from typing import Any
from urllib.parse import urlencode

import segno
from aiohttp import web
from markupsafe import Markup

from placement_alerts.core.session import Session
from placement_alerts.core.student import StudentId
from placement_alerts.web.limits import SIGN_INS, client_of, refuse_guessing, take, wrong_credential
from placement_alerts.web.local_paths import local_path
from placement_alerts.web.pages.shell import Shell
from placement_alerts.web.services import Services
from placement_alerts.web.sessions import begin, sign_in, sign_out
from placement_alerts.web.visiting import Visitor, visitor

PATH = "/sign-in"
_PHONES = ("Android", "iPhone", "iPad")  # where Telegram is most likely on the same device
_SAID = {  # words of the query, and what they mean
    "waiting": "Not yet: press Start in Telegram, then the number that your browser shows.",
    "over": "That link is out of date, or was answered with No or another number. Here is a new one.",
    "ended": "You were signed out meanwhile, and nothing was saved. Go back to copy what you wrote, then sign in.",
    "wrong": "That code does not fit, was used or is older than 10 minutes. Send /signin to the bot for another.",
}


class SignInRoutes:
    """`/sign-in` and what its forms send, `/sign-out`. Add `routes()` to an application."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._signing_in = services.signing_in
        self._shell = Shell(services.settings)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get(PATH, self._page),
            web.post(f"{PATH}/link", self._by_link),
            web.post(f"{PATH}/code", self._by_code),
            web.post(f"{PATH}/status", self._status),
            web.post("/sign-out", self._out),
        ]

    async def _page(self, request: web.Request) -> web.Response:
        back = local_path(request.query.get("next", ""))
        if visitor(request).signed_in and back != "/":
            return _lead(back)
        session = begin(request).session
        values: dict[str, Any] = (
            {} if session is None or visitor(request).signed_in else await self._ways(request, session)
        )
        said = _SAID.get(request.query.get("said", ""))
        values = {"link": None, "has_bot": self._services.deep_link is not None} | values
        return await self._shell.show(request, "sign_in.html", next=back, said=said, **values)

    async def _ways(self, request: web.Request, session: Session) -> dict[str, Any]:
        """Return what the page shows of the deep link; nothing while there is no bot, or it does not tell its name."""
        if self._services.deep_link is None:
            return {}
        take(request, SIGN_INS, client_of(request))
        offered = await self._signing_in.offer_link(session.id, session.label)
        link = await self._services.deep_link(offered.code)
        if link is None:
            return {}
        return {
            "link": link,
            "code": offered.code,
            "digits": offered.sign_in.digits,
            "qr": _qr(link),
            "is_phone": session.label.endswith(_PHONES),
        }

    async def _status(self, request: web.Request) -> web.Response:
        session = visitor(request).session
        confirmed = None
        if session is not None:
            confirmed = await self._signing_in.is_confirmed(await _field(request, "code"), session.id)
        state = "over" if confirmed is None else "confirmed" if confirmed else "waiting"
        return web.json_response({"state": state}, headers={"Cache-Control": "no-store"})

    async def _by_link(self, request: web.Request) -> web.Response:
        session = visitor(request).session
        if session is None:  # the browser keeps no cookies, or lost ours
            return await self._again(request, "over")
        code = await _field(request, "code")
        confirmed = await self._signing_in.is_confirmed(code, session.id)
        if confirmed and await self._take(request, code):
            return _lead(local_path(await _field(request, "next")))
        return await self._again(request, "over" if confirmed is None else "waiting")

    async def _by_code(self, request: web.Request) -> web.Response:
        if visitor(request).session is None:
            return await self._again(request, "over")
        refuse_guessing(request)
        if await self._take(request, await _field(request, "code")):
            return _lead(local_path(await _field(request, "next")))
        wrong_credential(request)
        return await self._again(request, "wrong")

    async def _take(self, request: web.Request, code: str) -> bool:
        """Sign the browser in if the code is right. What an anonymous browser had goes to the student."""
        found = visitor(request)
        session_id = found.session.id if found.session else None
        student = await self._signing_in.take(code, _anonymous(found), session_id)
        if student is not None:
            await sign_in(request, student)
        return student is not None

    async def _again(self, request: web.Request, said: str) -> web.Response:
        back = local_path(await _field(request, "next"))
        return _lead(f"{PATH}?{urlencode({'next': back, 'said': said})}")

    async def _out(self, request: web.Request) -> web.Response:
        await sign_out(request)
        return _lead("/")


def _anonymous(found: Visitor) -> StudentId | None:
    return found.student.id if found.student is not None and not found.signed_in else None


async def _field(request: web.Request, name: str) -> str:
    value = (await request.post()).get(name, "")
    return value if isinstance(value, str) else ""


def _lead(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})


def _qr(link: str) -> Markup:
    """Return the QR code as an SVG element; black on white in dark mode too, or cameras do not see it."""
    drawn = segno.make(link, error="m").svg_inline(
        scale=1,
        border=4,
        omitsize=True,
        dark="#000",
        light="#fff",
        svgclass="qr",
        lineclass=None,
        title="QR code of the link",
    )
    return Markup(drawn)  # noqa: S704 - made by segno of a link whose code is ours; it holds no text but the title

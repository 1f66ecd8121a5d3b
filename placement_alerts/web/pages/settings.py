"""What a student sets: `/settings`. Strangers see what their own browser can do, and where to sign in."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from placement_alerts.core.openness import BRANCHES
from placement_alerts.core.session import SessionId
from placement_alerts.core.student import Address, OffReason, Student
from placement_alerts.core.subscription import WEBPUSH
from placement_alerts.web import sessions
from placement_alerts.web.feeds.calendar_token import calendar_path, new_calendar_token
from placement_alerts.web.pages.qr import qr_svg
from placement_alerts.web.pages.query import BadQuery
from placement_alerts.web.pages.reading import base_address
from placement_alerts.web.pages.settings_view import SILENT, Device, read_profile
from placement_alerts.web.pages.shell import Handler, Shell
from placement_alerts.web.services import Services
from placement_alerts.web.visiting import signed_in_student, visitor

TELEGRAM = "telegram"
_SAVED = {
    "profile": "Your profile is saved.",
    "channel": "Your channels are saved.",
    "device": "The device was removed.",
    "session": "That browser is signed out.",
    "calendar": "The calendar's address works no more.",
}

Act = Callable[[Student, Mapping[str, str], web.Request], Awaitable[str]]


class SettingsPages:
    """The page and its forms, which work without JavaScript; notifications of this device need it."""

    def __init__(self, services: Services, shell: Shell) -> None:
        self._services = services
        self._shell = shell

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/settings", self._settings),
            web.post("/settings/profile", self._form(self._profile)),
            web.post("/settings/channel", self._form(self._channel)),
            web.post("/settings/device", self._form(self._device)),
            web.post("/settings/session", self._form(self._session)),
            web.post("/settings/calendar", self._calendar),
        ]

    async def _settings(self, request: web.Request) -> web.Response:
        return await self._show(request, saved=_SAVED.get(request.query.get("saved", "")))

    async def _show(
        self,
        request: web.Request,
        *,
        status: int = 200,
        saved: str | None = None,
        fault: str | None = None,
        typed: Mapping[str, str] | None = None,
        calendar: str | None = None,
    ) -> web.Response:
        """Show the page. fault, typed: why a form was not saved, and what it held. calendar: its address, this once."""
        found = visitor(request)
        student = found.student if found.signed_in else None
        years = dict.fromkeys((*((student.year,) if student else ()), *self._services.settings.years))
        return await self._shell.show(
            request,
            "settings.html",
            status=status,
            caching="no-store",
            fault=fault,
            typed=typed or {},
            student=student,
            years=sorted(years),
            branches=BRANCHES,
            saved=saved,
            telegram=_telegram(student),
            devices=await self._devices(student) if student else [],
            sessions=await self._services.store.sessions.of_student(student.id) if student else [],
            calendar=calendar,
            calendar_qr=qr_svg(calendar) if calendar else None,
            push=bool(self._services.settings.vapid_public_key),
        )

    async def _devices(self, student: Student) -> list[Device]:
        devices = []
        for address in student.addresses:
            subscription = await self._services.store.subscriptions.get(address.value) if _is_push(address) else None
            if subscription is not None:
                visited = subscription.visited_at
                is_silent = self._services.now() - visited > SILENT
                devices.append(Device(subscription.id, subscription.label, visited, address.off is None, is_silent))
        return sorted(devices, key=lambda one: one.visited_at, reverse=True)

    def _form(self, act: Act) -> Handler:
        """Return the handler of a form: does what it says, then leads back to the page."""

        async def handle(request: web.Request) -> web.Response:
            student = signed_in_student(request)
            fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
            try:
                saved = await act(student, fields, request)
            except BadQuery as error:
                return await self._show(request, status=400, fault=f"{error}", typed=fields)
            return web.Response(
                status=303, headers={"Location": f"/settings?saved={saved}", "Cache-Control": "no-store"}
            )

        return handle

    async def _profile(self, student: Student, fields: Mapping[str, str], _: web.Request) -> str:
        years = {student.year, *self._services.settings.years}
        profile = read_profile(fields, years)
        await self._services.store.students.set_profile(student.id, profile.year, profile.branch, profile.cgpa)
        return "profile"

    async def _channel(self, student: Student, fields: Mapping[str, str], _: web.Request) -> str:
        address = next((one for one in student.addresses if one.id == fields.get("address")), None)
        if address is None:
            raise BadQuery("address should be one of yours")
        store, now = self._services.store, self._services.now()
        if fields.get("on") == "1":
            await store.students.switch_on(address.id, now)
        else:
            await store.students.switch_off(address.id, OffReason.STOPPED)
            await store.deliveries.close_address(address.id, OffReason.STOPPED.value, now)
        return "channel"

    async def _device(self, student: Student, fields: Mapping[str, str], _: web.Request) -> str:
        value = fields.get("device", "")
        if not any(_is_push(one) and one.value == value for one in student.addresses):
            raise BadQuery("device should be one of yours")
        await self._services.subscribing.remove(value, OffReason.STOPPED)
        return "device"

    async def _session(self, student: Student, fields: Mapping[str, str], request: web.Request) -> str:
        mine = await self._services.store.sessions.of_student(student.id)
        session = next((one for one in mine if one.id == fields.get("session")), None)
        if session is None:
            raise BadQuery("session should be one of yours")
        await sessions.end(request, SessionId(session.id))
        return "session"

    async def _calendar(self, request: web.Request) -> web.Response:
        student = signed_in_student(request)
        if (await request.post()).get("act") == "revoke":
            await self._services.store.students.set_calendar(student.id, None)
            return web.Response(status=303, headers={"Location": "/settings?saved=calendar#calendar"})
        token, hashed = new_calendar_token()
        await self._services.store.students.set_calendar(student.id, hashed)
        address = base_address(request, self._services) + calendar_path(token)
        return await self._show(request, calendar=address)  # shown once: only its hash is kept


def _telegram(student: Student | None) -> Address | None:
    return next((one for one in student.addresses if one.channel == TELEGRAM), None) if student else None


def _is_push(address: Address) -> bool:
    return address.channel == WEBPUSH

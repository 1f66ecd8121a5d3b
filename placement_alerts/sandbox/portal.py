"""A simulated SuperSet portal: a real HTTP server on 127.0.0.1 that keeps to reference/portal.md, faults on demand.

The elements it serves are plain dictionaries as the portal would send them, so that a test can leave out, break or
add any field.
"""

import base64
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from placement_alerts.sandbox.http_faults import Fault
from placement_alerts.sandbox.http_server import HttpServer
from placement_alerts.sandbox.portal_board import Board

BASE_PATH = "/tnpsuite-core"
TENANT_ID = "jaypee_in_in_it_16"
TENANT_TYPE = "STUDENT"
KEY_BITS = 1024  # as the real portal's


class Endpoint(StrEnum):
    """The calls that the portal answers, by the letters of reference/portal.md, section 2."""

    LOGIN = "L"
    NOTICES = "N"
    JOBS = "J"
    DETAIL = "D"
    DOCUMENT = "U"


@dataclass(frozen=True, slots=True)
class PortalLogin:
    """An account of the simulated portal. asks_second_factor: login answers without a token."""

    email: str
    password: str
    name: str = "Meera Nair"
    asks_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A request that arrived. email: whose token it carried, or the user name at L; None: no valid token."""

    endpoint: Endpoint
    email: str | None
    path: str
    query: str
    headers: Mapping[str, str]


class SimulatedPortal(HttpServer, Board):
    """The portal and what its office does there. Started by `async with` or `start`.

    now: the office's clock, for times that are not given. calls: every request so far, in order.
    """

    def __init__(self, logins: Iterable[PortalLogin], now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        HttpServer.__init__(self)
        Board.__init__(self, now)
        self.calls: list[Call] = []
        self.honours_paging = True
        self._logins = {one.email: one for one in logins}
        self._key: RSAPrivateKey = generate_private_key(65537, KEY_BITS)
        self._uuids = {email: f"2f6d1c1e-0000-4000-8000-{number:012x}" for number, email in enumerate(self._logins, 1)}
        self._tokens: dict[str, str] = {}
        self._faults: list[_Planned] = []

    def application(self) -> web.Application:
        """Return what answers."""
        app = web.Application()
        student = f"{BASE_PATH}/students/{{uuid}}"
        job = f"{student}/job_profiles/{{job}}"
        app.router.add_post(f"{BASE_PATH}/login", self._endpoint(Endpoint.LOGIN, self._login))
        app.router.add_get(f"{student}/notices", self._endpoint(Endpoint.NOTICES, self._list_notices))
        app.router.add_get(f"{student}/job_profiles", self._endpoint(Endpoint.JOBS, self._list_jobs))
        app.router.add_get(job, self._endpoint(Endpoint.DETAIL, self._show_job))
        app.router.add_get(f"{job}/documents/{{document}}/url", self._endpoint(Endpoint.DOCUMENT, self._show_address))
        return app

    @property
    def base_url(self) -> str:
        """What `sources.superset.base_url` has to be."""
        return f"http://127.0.0.1:{self.port}{BASE_PATH}"

    @property
    def public_key(self) -> str:
        """What `sources.superset.public_key` has to be."""
        der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    def fail(
        self, endpoint: Endpoint, fault: Fault, *, times: int = 1, email: str | None = None, path: str = ""
    ) -> None:
        """Answer the next calls of an endpoint with a fault.

        email: only those of this account (at L, by user name). path: only those whose path has this in it.
        """
        self._faults.append(_Planned(endpoint, fault, times, email, path))

    def expire_tokens(self) -> None:
        """Make every token invalid: calls get 401 until a new login."""
        self._tokens.clear()

    def replace_key(self) -> None:
        """Take a new key pair: passwords encrypted with the old public key look wrong."""
        self._key = generate_private_key(65537, KEY_BITS)

    def counted(self, endpoint: Endpoint, email: str | None = None) -> int:
        """Return how many calls of an endpoint arrived. email: of this account only."""
        return sum(one.endpoint is endpoint and email in {None, one.email} for one in self.calls)

    def _endpoint(
        self, endpoint: Endpoint, answer: Callable[[web.Request, str], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            email = await self._who(endpoint, request)
            self.calls.append(Call(endpoint, email, request.path, request.query_string, dict(request.headers)))
            fault = self._next_fault(self.calls[-1])
            if fault is not None:
                return await fault.answer(request, self.stopping)
            if not _has_headers(request):
                return web.json_response({"message": "unknown tenant"}, status=400)
            if endpoint is not Endpoint.LOGIN:
                if email is None:
                    return web.json_response({"message": "unauthorized"}, status=401)
                if request.match_info["uuid"] != self._uuids[email]:
                    return web.json_response({"message": "forbidden"}, status=403)
            return await answer(request, email or "")

        return handle

    async def _who(self, endpoint: Endpoint, request: web.Request) -> str | None:
        if endpoint is Endpoint.LOGIN:
            content = await request.json()
            return str(content.get("username"))
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self._tokens.get(token) if scheme == "Custom" else None

    def _next_fault(self, call: Call) -> Fault | None:
        for planned in self._faults:
            if planned.times > 0 and planned.fits(call):
                planned.times -= 1
                return planned.fault
        return None

    async def _login(self, request: web.Request, email: str) -> web.StreamResponse:
        content = await request.json()
        login = self._logins.get(email)
        if login is None or self._decrypted(str(content.get("password"))) != login.password:
            return web.json_response({"message": "Bad credentials"}, status=401)
        token = f"sk-{secrets.token_hex(8)}"
        self._tokens[token] = email
        reply = {
            "userId": 640117,
            "username": login.email,
            "name": login.name,
            "sessionKey": None if login.asks_second_factor else token,
            "uuid": self._uuids[email],
            "refreshToken": None,
            "userModes": ["STUDENT"],
            "message": None,
            "enableMfa": login.asks_second_factor,
        }
        return web.json_response(reply)

    def _decrypted(self, secret: str) -> str | None:
        try:
            return self._key.decrypt(base64.b64decode(secret, validate=True), PKCS1v15()).decode()
        except ValueError:
            return None

    async def _list_notices(self, request: web.Request, email: str) -> web.StreamResponse:
        listed = self.notices_for(email)
        page, size = int(request.query["page"]), int(request.query["size"])
        return web.json_response(listed[page * size : (page + 1) * size] if self.honours_paging else listed[:size])

    async def _list_jobs(self, _request: web.Request, email: str) -> web.StreamResponse:
        return web.json_response(self.jobs_for(email))

    async def _show_job(self, request: web.Request, email: str) -> web.StreamResponse:
        detail = self.detail_for(email, request.match_info["job"])
        if detail is None:
            return web.json_response({"message": "not found"}, status=404)
        return web.json_response(detail)

    async def _show_address(self, request: web.Request, email: str) -> web.StreamResponse:
        url = self.address_of(request.match_info["document"])
        if url is None or self.detail_for(email, request.match_info["job"]) is None:
            return web.json_response({"message": "not found"}, status=404)
        return web.json_response({"url": url})


@dataclass(slots=True)
class _Planned:
    endpoint: Endpoint
    fault: Fault
    times: int
    email: str | None
    path: str

    def fits(self, call: Call) -> bool:
        return self.endpoint is call.endpoint and self.email in {None, call.email} and self.path in call.path


def _has_headers(request: web.Request) -> bool:
    needed = {
        "x-requester-client": "webapp",
        "x-superset-tenant-id": TENANT_ID,
        "x-superset-tenant-type": TENANT_TYPE,
    }
    return all(request.headers.get(name) == value for name, value in needed.items())

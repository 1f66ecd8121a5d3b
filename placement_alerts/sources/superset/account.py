"""One account's conversation with the SuperSet portal during one run (reference/portal.md, sections 1 to 6 and 10)."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from placement_alerts.core.item import Rejected
from placement_alerts.errors import PeerError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.http_client import HttpClient, Limits, Response
from placement_alerts.sources.superset.payloads import (
    DetailPayload,
    Elements,
    JobPayload,
    LoginReply,
    NoticePayload,
    read_detail,
    read_job,
    read_login,
    read_notice,
    sorted_out,
)
from placement_alerts.sources.superset.slices import array_elements, in_slices

USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"
PADDING_BYTES = 11  # what PKCS#1 v1.5 takes of the key's length
LOGINS_PER_RUN = 2  # the first, and one after a 401 or 403
# how many 403 in a row, after the second login, mean that the account itself is out and not one path hidden from it
FORBIDDEN_LISTS = 1
FORBIDDEN_DETAILS = 5  # more than are read at once

M = TypeVar("M", NoticePayload, JobPayload)


@dataclass(frozen=True, slots=True)
class Portal:
    """Where the portal is and how it is spoken to. origin: scheme and host of its web pages."""

    http: HttpClient
    base_url: str
    tenant_id: str
    tenant_type: str
    key: RSAPublicKey
    limits: Limits

    @property
    def origin(self) -> str:
        """Scheme and host of the portal's web pages."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def longest_password(self) -> int:
        """The most bytes of UTF-8 that fit into one encrypted block."""
        return self.key.key_size // 8 - PADDING_BYTES

    def headers(self, page: str) -> dict[str, str]:
        """Return what every call carries (section 1.1). page: of the web application, for Referer."""
        return {
            "User-Agent": USER_AGENT,
            "Accept": "application/json, text/plain, */*",
            "Accept-Language": "en-US,en;q=0.5",
            "x-requester-client": "webapp",
            "x-superset-tenant-id": self.tenant_id,
            "x-superset-tenant-type": self.tenant_type,
            "DNT": "1",
            "Sec-GPC": "1",
            "Sec-Fetch-Dest": "empty",
            "Sec-Fetch-Mode": "cors",
            "Sec-Fetch-Site": "same-origin",
            "Referer": f"{self.origin}{page}",
        }


@dataclass(frozen=True, slots=True)
class _Session:
    token: str
    uuid: str


class PortalAccount:
    """Reads with one account. `login` comes first; every call raises PeerError.

    number: position in the settings, for messages. label: what is stored. After a login that was refused, or a second
    401 or 403, the account is out: every further call is refused without asking the portal.
    """

    def __init__(self, portal: Portal, email: str, password: str, *, number: int, label: str, year: str) -> None:
        self.number = number
        self.label = label
        self.year = year
        self._portal = portal
        self._email = email
        self._password = password
        self._session: _Session | None = None
        self._logins = 0
        self._login_lock = asyncio.Lock()
        self._forbidden = 0
        self._out = False

    @property
    def name(self) -> str:
        """How messages call the account."""
        return f"account {self.number}"

    async def login(self) -> None:
        """Log in. Raises PeerRefused, PeerNonsense or PeerUnreachable with the cause and the fix in one line."""
        self._logins += 1
        try:
            self._session = await self._log_in()
        except PeerError:
            self._out = True
            raise

    async def notices(self, page: int, size: int) -> Elements[NoticePayload]:
        """Read one page of notices, from 0."""
        query = f"page={page}&size={size}&_loader_=false"
        response = await self._get("/notices", query, "/students", trailers=True)
        return await _list_in(response, read_notice)

    async def jobs(self) -> Elements[JobPayload]:
        """Read the job list."""
        response = await self._get("/job_profiles", "_loader_=false", "/students/jobprofiles", trailers=True)
        return await _list_in(response, read_job)

    async def detail(self, job_id: str) -> DetailPayload:
        """Read a job's details."""
        path = f"/job_profiles/{quote(job_id, safe='')}"
        response = await self._get(path, "_loader_=false", "/students/jobprofiles", forbidden=FORBIDDEN_DETAILS)
        return read_detail(response.json())

    async def _log_in(self) -> _Session:
        portal = self._portal
        secret = portal.key.encrypt(self._password.encode(), PKCS1v15())
        content = {"username": self._email, "password": base64.b64encode(secret).decode()}
        headers = {**portal.headers("/students/login"), "Origin": portal.origin, "TE": "trailers"}
        response = await portal.http.post_json(
            f"{portal.base_url}/login", content, headers=headers, limits=portal.limits
        )
        return _session_from(response)

    async def _get(
        self, path: str, query: str, page: str, *, trailers: bool = False, forbidden: int = FORBIDDEN_LISTS
    ) -> Response:
        """Read below the student's path; log in again once on 401 or 403. forbidden: how many 403 end the account."""
        session = self._session
        if self._out or session is None:
            raise PeerRefused("the account is out for this run")
        response = await self._ask(session, path, query, page, trailers=trailers)
        if response.status in {401, 403}:
            again = await self._log_in_again(session)
            if again is not None:
                response = await self._ask(again, path, query, page, trailers=trailers)
        self._judge(response, forbidden)
        return response

    async def _ask(self, session: _Session, path: str, query: str, page: str, *, trailers: bool) -> Response:
        portal = self._portal
        headers = portal.headers(page) | {"Authorization": f"Custom {session.token}"}
        if trailers:
            headers["TE"] = "trailers"
        url = f"{portal.base_url}/students/{quote(session.uuid, safe='')}{path}"
        return await portal.http.get(f"{url}?{query}", headers=headers, limits=portal.limits)

    async def _log_in_again(self, stale: _Session) -> _Session | None:
        """Return a session newer than `stale`, None if this run has had its second login already."""
        async with self._login_lock:
            if self._session is not stale:
                return self._session
            if self._out or self._logins >= LOGINS_PER_RUN:
                return None
            await self.login()
            return self._session

    def _judge(self, response: Response, forbidden: int) -> None:
        status = response.status
        if response.ok:
            self._forbidden = 0
            return
        if status in {401, 403}:
            self._forbidden += 1
            if status == 401 or self._forbidden >= forbidden:
                self._out = True
            raise PeerRefused(f"refused with status {status}, also after a new login")
        if status == 429 or status >= 500:
            raise PeerUnreachable(f"the portal is in trouble: status {status}")
        if 400 <= status < 500:
            raise PeerRefused(f"refused with status {status}")
        raise PeerNonsense(f"expected JSON, got {response.describe()}: check base_url")


def load_public_key(text: str) -> RSAPublicKey:
    """Return the portal's key from base64 of its DER form. Raises ValueError."""
    try:
        key = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("not a public key") from error
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA key")
    return key


async def _list_in(response: Response, read: Callable[[Any], M | Rejected]) -> Elements[M]:
    try:
        return sorted_out(await in_slices(map(read, array_elements(response.body))))
    except PeerNonsense as error:
        raise PeerNonsense(f"{error}, got {response.describe()}") from error


def _session_from(response: Response) -> _Session:
    status = response.status
    if status == 429 or status >= 500:
        raise PeerUnreachable(f"login not possible now: status {status}; the next run tries again")
    if status == 404 or 300 <= status < 400:
        raise PeerNonsense(f"no login at this address: status {status}; check sources.superset.base_url")
    if not response.ok:
        raise PeerRefused(
            f"login refused with status {status}: check e-mail and password in sources.superset.accounts"
            " (or the portal has a new public_key)"
        )
    try:
        reply = read_login(response.json())
    except PeerNonsense as error:
        raise PeerNonsense(f"login: {error}; check sources.superset.base_url") from error
    return _session_of(reply)


def _session_of(reply: LoginReply) -> _Session:
    if reply.session_key is not None and reply.uuid is not None:
        return _Session(reply.session_key, reply.uuid)
    if reply.asks_second_factor and reply.session_key is None:
        raise PeerRefused("login asks for a second factor: switch MFA off for this account on the portal")
    missing = "sessionKey" if reply.session_key is None else "uuid"
    raise PeerNonsense(f"login answer without a usable {missing}: the portal may have changed its API")

"""The official placement page, read over HTTP (reference/official-page.md, section 1)."""

import asyncio
import re
from datetime import UTC, datetime

import structlog
from yarl import URL

from placement_alerts.core.official import Batch, Snapshot, Validators
from placement_alerts.core.official_records import has_values
from placement_alerts.errors import ConfigError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.http_client import HttpClient, Limits, Response
from placement_alerts.sources.base import PageRead
from placement_alerts.sources.official.page import read_page
from placement_alerts.sources.official.settings import OfficialSettings
from placement_alerts.sources.official.taming import NotUnderstood

TRIES = 3  # that should fit into the deadline; as many as the HTTP client makes
MAX_VALIDATOR = 500  # characters
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACCEPT_LANGUAGE = "en-IN,en;q=0.8"

_CHARSET = re.compile(r"charset=[\"']?([\w-]{1,40})", re.IGNORECASE | re.ASCII)

log = structlog.get_logger(__name__)


class OfficialPage:
    """Reads the page. Raises ConfigError without an address."""

    name = "official"

    def __init__(self, settings: OfficialSettings, http: HttpClient) -> None:
        if not settings.url:
            raise ConfigError(["sources.official.url: expected the page's address"])
        self._url = settings.url
        self._http = http
        self._headers = {
            "User-Agent": settings.user_agent,
            "Accept": ACCEPT,
            "Accept-Language": ACCEPT_LANGUAGE,
        }
        self._limits = Limits(
            connect_s=settings.timeout_s / TRIES,
            read_s=settings.timeout_s / TRIES,
            deadline_s=settings.timeout_s,
            max_bytes=settings.max_bytes,
        )

    async def fetch(self, validators: Validators | None, now: datetime) -> PageRead:
        """Read the page once. A page that is not understood is an alarm without a snapshot. Raises PeerError."""
        asked = self._conditions(validators)
        response = await self._http.get(self._url, headers=self._headers | asked, limits=self._limits)
        if response.status == 304 and asked:
            return PageRead(None, validators)
        _require_page(response)
        try:
            # in a thread: a normal page costs 5 ms, a hostile one up to a second, and the loop must turn meanwhile
            snapshot = await asyncio.to_thread(_read, response, self._url, now)
        except NotUnderstood as error:
            log.warning("page.not_understood", reason=str(error), size_bytes=len(response.body))
            return PageRead(None, None, alarm=str(error))
        alarm = _missing(snapshot)
        log.info("page.read", layout=snapshot.layout, batches=len(snapshot.batches), logos=len(snapshot.logos))
        # without validators the whole page is read again, and looked at again, until nothing is missing
        return PageRead(snapshot, None if alarm else self._validators(response), alarm)

    async def check(self) -> list[str]:
        """Read the page; return one line of what was understood. Raises PeerError."""
        response = await self._http.get(self._url, headers=self._headers, limits=self._limits)
        _require_page(response)
        try:
            snapshot = await asyncio.to_thread(_read, response, self._url, datetime.now(UTC))
        except NotUnderstood as error:
            raise PeerNonsense(f"{URL(self._url).host}: {error}") from None
        cards = sum(len(batch.highlights) + len(batch.pointers) for batch in snapshot.batches)
        names = ", ".join(batch.name for batch in snapshot.batches[:5])
        return [f"{snapshot.layout} layout, {len(snapshot.batches)} batches ({names}), {cards} figures"]

    def _conditions(self, validators: Validators | None) -> dict[str, str]:
        if validators is None or validators.url != self._url:
            return {}
        asked = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
        return {name: value for name, value in asked.items() if value}

    def _validators(self, response: Response) -> Validators:
        return Validators(
            url=self._url,
            etag=_usable(response.headers.get("etag")),
            last_modified=_usable(response.headers.get("last-modified")),
        )


def _read(response: Response, url: str, now: datetime) -> Snapshot:
    said = _CHARSET.search(response.headers.get("content-type", ""))
    try:
        html = response.body.decode(said[1] if said else "utf-8", errors="replace")
    except LookupError:
        html = response.body.decode(errors="replace")
    return read_page(html, url, now)


def _require_page(response: Response) -> None:
    status = response.status
    if status == 429 or status >= 500:
        raise PeerUnreachable(f"the official page is in trouble: status {status}; the next run tries again")
    if status in {401, 403}:
        raise PeerRefused(f"the official page is refused with status {status}")
    if status != 200:
        raise PeerNonsense(f"no page at this address: status {status}; check sources.official.url")


def _missing(snapshot: Snapshot) -> str | None:
    empty = [batch for batch in snapshot.batches if not has_values(batch)]
    return f"{_named(empty)} on the page, but without any figure" if empty else None


def _named(batches: list[Batch]) -> str:
    names = ", ".join(batch.name for batch in batches[:5])
    return f"batch {names} is" if len(batches) == 1 else f"batches {names} are"


def _usable(value: str | None) -> str | None:
    """Return a header that may be sent back as it is."""
    return value if value and len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable() else None

"""The mailbox: every mail that its folders list, once, whatever its flags (reference/mailbox.md, sections 1 and 13)."""

import asyncio
import ssl
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from placement_alerts.core.mail import MAILBOX, Arrival, Cursor, Mail
from placement_alerts.errors import ConnectionLost, PeerError, PeerRefused
from placement_alerts.sources.mailbox.access import connect
from placement_alerts.sources.mailbox.answers import Listed
from placement_alerts.sources.mailbox.connection import Connection
from placement_alerts.sources.mailbox.reading import read_mail
from placement_alerts.sources.mailbox.settings import MailboxSettings
from placement_alerts.sources.mailbox.watching import Watch

BEGINNING_BYTES = 256 * 1024  # of a mail that is too large: its headers, and what it is about
CHUNK_BYTES = 1024 * 1024  # fetched by one command, so that a deadline fits a large mail on a slow line too
BATCH = 50  # mails described by one command: their flags are as fresh
TRIES = 3  # sessions that end at a mail though the next could be read, before it is taken unread

log = structlog.get_logger(__name__)


class ReadMail(Protocol):
    """Decodes a mail; never fails."""

    async def __call__(
        self, raw: bytes, *, received_at: datetime, settings: MailboxSettings, damaged: str | None = None
    ) -> Mail:
        """Decode. damaged: why `raw` is not the whole mail."""


@dataclass(slots=True)
class Memory:
    """What a mailbox remembers from session to session.

    stuck: the mail at which the last session failed. times: how many did, though the next mail could be read: only then
    the mail is to blame, and not a server that is in trouble. flagless: folders that take no flags.
    """

    stuck: Cursor | None = None
    times: int = 0
    flagless: set[str] = field(default_factory=set)

    def note_failure(self, place: Cursor, *, to_blame: bool) -> None:
        """Remember at which mail a session failed."""
        if self.stuck != place:
            self.stuck, self.times = place, 0
        self.times += to_blame

    def forget_failures(self) -> None:
        """All could be read."""
        self.stuck, self.times = None, 0

    def is_hopeless(self, place: Cursor) -> bool:
        """Say whether this mail was tried often enough."""
        return self.stuck == place and self.times >= TRIES


class ImapMailbox:
    """A mailbox over IMAP.

    tls: how the server is checked; None for the system's authorities. It is not used where the settings say no TLS.
    sleep: waits between tries of `watch`.
    """

    name = MAILBOX

    def __init__(
        self,
        settings: MailboxSettings,
        *,
        read: ReadMail = read_mail,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._read = read
        self._tls = (tls or ssl.create_default_context()) if settings.tls else None
        self._sleep = sleep
        self._memory = Memory()

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of the folders that it reads."""
        return self._settings.folders

    @asynccontextmanager
    async def session(self, now: datetime) -> AsyncIterator["ImapSession"]:
        """Connect and log in. now: for mails without INTERNALDATE. Raises PeerError."""
        async with connect(self._settings, self._tls) as connection:
            yield ImapSession(connection, self._settings, self._read, now, self._memory)

    async def watch(self, ring: Callable[[], None]) -> None:
        """Call `ring` whenever mail arrived, or may have, until cancelled. Raises no PeerError."""
        await Watch(self._settings, self._tls, ring, self._sleep).run()

    async def check(self) -> list[str]:
        """Log in and open every folder; return a line for each. Raises PeerRefused if one cannot be opened."""
        lines, refused = [], False
        async with connect(self._settings, self._tls) as connection:
            for name in self._settings.folders:
                try:
                    folder = await connection.open_folder(name)
                    lines.append(f"{name}: {folder.mails} mails")
                except PeerRefused as error:
                    refused = True
                    lines.append(str(error))
        if refused:
            raise PeerRefused("; ".join(lines))
        return lines


class ImapSession:
    """One connection to the mailbox, for one poll."""

    def __init__(
        self, connection: Connection, settings: MailboxSettings, read: ReadMail, now: datetime, memory: Memory
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._read = read
        self._now = now
        self._memory = memory

    async def arrivals(self, cursors: Mapping[str, Cursor]) -> AsyncGenerator[Arrival, None]:
        """Yield what is above the cursors; whoever has enough stops, and the next session continues there.

        A folder that cannot be opened keeps no other waiting; PeerRefused is raised when those are read.
        """
        refusal: PeerRefused | None = None
        for name in self._settings.folders:
            try:
                uidvalidity, uids = await self._above(name, cursors.get(name))
            except PeerRefused as error:
                refusal = refusal or error
                continue
            async with aclosing(self._take(name, uidvalidity, uids)) as taken:
                async for arrival in taken:
                    yield arrival
        self._memory.forget_failures()
        if refusal is not None:
            raise refusal

    async def settle(self, arrival: Arrival) -> None:
        r"""Flag a mail \Seen. A folder that takes no flags, and a mail that is gone, count as settled."""
        place = arrival.cursor
        if arrival.seen or not await self._is_open(place.folder, place.uidvalidity):
            return
        if not await self._connection.flag_seen(place.uid) and place.folder not in self._memory.flagless:
            self._memory.flagless.add(place.folder)
            log.warning("mail.flag_refused", source=ImapMailbox.name, folder=place.folder)

    async def _above(self, name: str, cursor: Cursor | None) -> tuple[int, list[int]]:
        """Open a folder; return its UIDVALIDITY and what is above the cursor, all if the cursor is of another one."""
        folder = await self._connection.open_folder(name)
        known = cursor is not None and cursor.uidvalidity == folder.uidvalidity
        if cursor is not None and not known:
            log.warning("folder.renumbered", source=ImapMailbox.name, folder=name)
        return folder.uidvalidity, await self._connection.uids_above(cursor.uid if cursor and known else 0)

    async def _take(self, name: str, uidvalidity: int, uids: list[int]) -> AsyncGenerator[Arrival, None]:
        memory = self._memory
        size = BATCH if memory.stuck is None else 1  # after a failure mail by mail, to find the one that it is about
        for start in range(0, len(uids), size):
            next_ones = uids[start : start + size + 1]
            places = [Cursor(folder=name, uidvalidity=uidvalidity, uid=uid) for uid in next_ones]
            batch, rest = places[:size], places[size:]
            if memory.is_hopeless(batch[0]):
                yield await self._unreadable(batch[0], f"the mail server failed {TRIES} times to hand it over")
                continue
            to_blame = memory.stuck == batch[0] and await self._can_read(rest)
            with self._remembering(batch[0], to_blame=to_blame):
                listing = await self._describe(batch)
            for place in batch:
                # one that is not described is gone, or the server does not say: fetching it will tell
                listed = listing.get(place.uid) or Listed(place.uid, size_bytes=0, seen=False, received_at=None)
                with self._remembering(place, to_blame=to_blame):
                    await self._reopen(place)  # `settle` may have opened another folder
                    fetched = await self._whole(listed)
                if fetched is not None:
                    yield await self._arrival(place, listed, *fetched)

    @contextmanager
    def _remembering(self, place: Cursor, *, to_blame: bool) -> Iterator[None]:
        """Remember at which mail a session failed."""
        try:
            yield
        except PeerError:
            self._memory.note_failure(place, to_blame=to_blame)
            raise

    async def _describe(self, places: Sequence[Cursor]) -> Mapping[int, Listed]:
        await self._reopen(places[0])
        return await self._connection.describe([place.uid for place in places])

    async def _can_read(self, places: Sequence[Cursor]) -> bool:
        """Say whether the server hands over a mail; without one nothing is known, and none waits."""
        if not places:
            return False
        with self._remembering(places[0], to_blame=False):  # it may be the bad one itself
            await self._reopen(places[0])
            return bool(await self._connection.fetch(places[0].uid, 0, 1))

    async def _arrival(self, place: Cursor, listed: Listed, raw: bytes, damaged: str | None) -> Arrival:
        try:
            return Arrival(cursor=place, seen=listed.seen, mail=await self._decode(listed, raw, damaged))
        except Exception as error:  # bulkhead: one mail of a mailbox's poll
            return await self._unreadable(place, f"it could not be decoded: {type(error).__name__}")

    async def _unreadable(self, place: Cursor, damaged: str) -> Arrival:
        """Return what stands for a mail that cannot be had: it is held, and keeps no other waiting."""
        log.warning("mail.unreadable", source=ImapMailbox.name, folder=place.folder, uid=place.uid, reason=damaged)
        name = f"{place.uid}.{place.uidvalidity}.{zlib.crc32(place.folder.encode())}"  # the same at every try
        raw = f"Message-ID: <{name}@unreadable.invalid>\r\nSubject: (mail {place.uid} cannot be read)\r\n\r\n"
        listed = Listed(place.uid, size_bytes=0, seen=False, received_at=None)
        return Arrival(cursor=place, seen=False, mail=await self._decode(listed, raw.encode(), damaged))

    async def _decode(self, listed: Listed, raw: bytes, damaged: str | None) -> Mail:
        received_at = listed.received_at or self._now
        return await self._read(raw, received_at=received_at, settings=self._settings, damaged=damaged)

    async def _whole(self, listed: Listed) -> tuple[bytes, str | None] | None:
        """Return a mail's bytes, and None or why they are not all; None: it is gone."""
        limit = self._settings.max_bytes
        too_large = f"larger than {limit} bytes: only its beginning was read"
        if listed.size_bytes > limit:
            beginning = await self._connection.fetch(listed.uid, 0, min(BEGINNING_BYTES, limit))
            return None if beginning is None else (beginning, too_large)
        chunks: list[bytes] = []
        size = 0
        while size <= limit:
            chunk = await self._connection.fetch(listed.uid, size, CHUNK_BYTES)
            if chunk is None:
                return None
            chunks.append(chunk)
            size += len(chunk)
            if not chunk or (len(chunk) < CHUNK_BYTES and size >= listed.size_bytes):
                return b"".join(chunks), None
        return chunks[0][:BEGINNING_BYTES], too_large  # the server was wrong about its size

    async def _reopen(self, place: Cursor) -> None:
        if not await self._is_open(place.folder, place.uidvalidity):
            raise ConnectionLost("the mail server renumbered a folder while it was read")

    async def _is_open(self, name: str, uidvalidity: int) -> bool:
        """Open the folder unless it is open; say whether its UIDs mean what they did."""
        folder = self._connection.folder
        if folder is None or folder.name != name:
            folder = await self._connection.open_folder(name)
        return folder.uidvalidity == uidvalidity

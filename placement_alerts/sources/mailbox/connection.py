"""The one place that speaks IMAP: a connection with a deadline and a size limit on every command.

aioimaplib waits for ever for the answer of a connection that broke or of a server that fell silent, and takes as much
as it is sent; here nothing does.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from aioimaplib import aioimaplib  # type: ignore[import-untyped]  # it ships no types

from placement_alerts.errors import ConnectionLost, PeerError, PeerNonsense, PeerRefused, PeerUnreachable
from placement_alerts.sources.mailbox.answers import (
    Line,
    Listed,
    OpenFolder,
    folder_on_the_wire,
    is_arrival,
    quoted,
    read_body,
    read_folder,
    read_listing,
    read_uids,
    refused,
    refused_login,
    response_code,
)
from placement_alerts.sources.mailbox.racing import end, first_of

ANSWER_BYTES = 1024 * 1024  # of an answer, beside what was asked for
SEARCH_BYTES = 4 * 1024 * 1024  # half a million UIDs
# aioimaplib handles the lines of a piece recursively, and many would exhaust the stack.
MOST_LINES = 200
SLICE_BYTES = 4096
LOGOUT_S = 2.0  # a courtesy; nothing depends on it

# What aioimaplib raises when a server does not speak IMAP, beside its own: it indexes, decodes and recurses freely.
_FOREIGN = (aioimaplib.AioImapException, ValueError, LookupError, AttributeError, RecursionError)

T = TypeVar("T")


class Connection:
    """A connection that is logged in. One command at a time.

    Every method raises PeerError; after one that is not PeerRefused the connection is over. folder: the open one.
    """

    def __init__(self, protocol: "Protocol", timeout_s: float) -> None:
        self.folder: OpenFolder | None = None
        self._protocol = protocol
        self._timeout_s = timeout_s

    async def login(self, username: str, password: str) -> None:
        """Log in. Raises PeerRefused for what only the operator can mend, PeerUnreachable if the server is busy."""
        if "LOGINDISABLED" in self._protocol.capabilities:
            raise PeerRefused("the mail server takes no password without TLS: set sources.mailbox.tls = true")
        try:
            user = quoted(username)
            quoted(password)
        except ValueError:
            raise PeerRefused("sources.mailbox.username or password has a line break in it") from None
        answer = await self._run("LOGIN", self._protocol.login(user, password))
        if answer.result != "OK":
            raise refused_login(answer.lines[-1])

    async def open_folder(self, name: str) -> OpenFolder:
        """Open a folder, for reading and flagging. Raises PeerRefused if there is none of that name."""
        self.folder = None
        answer = await self._run("SELECT", self._protocol.select(folder_on_the_wire(name)))
        if answer.result != "OK":
            raise refused(f"the folder {name!r} of sources.mailbox.folders", answer.lines[-1])
        self.folder = read_folder(name, answer.lines)
        return self.folder

    async def uids_above(self, uid: int) -> list[int]:
        """Return the UIDs above one in the open folder, ascending."""
        search = self._protocol.search("UID", f"{uid + 1}:*", charset=None, by_uid=True)
        return read_uids(_lines(await self._run("SEARCH", search, SEARCH_BYTES), "SEARCH"), above=uid)

    async def describe(self, uids: Sequence[int]) -> dict[int, Listed]:
        """Return size, flag and time of mails by UID, without those that are gone."""
        numbers = ",".join(map(str, uids))
        lines = await self._fetch(numbers, "(UID FLAGS INTERNALDATE RFC822.SIZE)", ANSWER_BYTES)
        return dict(read_listing(lines))

    async def fetch(self, uid: int, offset: int, size_bytes: int) -> bytes | None:
        """Return bytes of a mail without marking it as read; None: it is gone. Shorter than asked for at its end."""
        lines = await self._fetch(str(uid), f"(UID BODY.PEEK[]<{offset}.{size_bytes}>)", size_bytes + ANSWER_BYTES)
        body = await self._unless_gone(uid, read_body(lines, uid))
        return body if body is None else body[:size_bytes]

    async def flag_seen(self, uid: int) -> bool:
        r"""Flag a mail \Seen. Returns False if the server does not take it; a mail that is gone is no failure.

        A mailbox that is full may refuse flags for weeks and hand over its mails all the same.
        """
        store = self._protocol.store(str(uid), "+FLAGS.SILENT", r"(\Seen)", by_uid=True)
        answer = await self._run("STORE", store)
        if answer.result == "OK":
            return True
        error = refused("STORE", answer.lines[-1])
        if isinstance(error, PeerRefused) or response_code(answer.lines[-1]) == "OVERQUOTA":
            return False
        raise error

    async def wait_for_change(self, limit_s: float, listening: Callable[[], object]) -> bool:
        """Wait until mail arrives in the open folder (IDLE, RFC 2177), for `limit_s` at most; say whether it did.

        listening: called once the server has agreed. Raises PeerRefused where it has no IDLE.
        """
        if "IDLE" not in self._protocol.capabilities:
            await self._run("CAPABILITY", self._protocol.capability())  # many tell it only after the login
            if "IDLE" not in self._protocol.capabilities:
                raise PeerRefused("the mail server has no IDLE")
        idling = asyncio.create_task(self._protocol.idle())
        try:
            await self._run("IDLE", first_of(idling, self._protocol.wait_for_idle_response()))
            command = self._protocol.pending_sync_command
            if idling.done() or command is None:
                raise PeerRefused("the mail server refused IDLE")
            listening()
            arrived = await self._pushed(idling, limit_s)
            self._protocol.idle_done()
            await self._run("DONE", first_of(idling))
            return arrived or any(map(is_arrival, command.buffer))  # what came along with the answer to DONE
        finally:
            await end(idling)

    async def close(self) -> None:
        """Log out if that can be done at once, and close. Raises nothing."""
        protocol = self._protocol
        try:
            if not protocol.is_busy:
                async with asyncio.timeout(LOGOUT_S):
                    await self._run("LOGOUT", protocol.logout())
        except (PeerError, TimeoutError):
            pass
        finally:
            await protocol.close()

    async def _pushed(self, idling: asyncio.Task[Any], limit_s: float) -> bool:
        """Wait for a push that tells of mail; say whether it came. Raises ConnectionLost if IDLE ends by itself."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                arrived = await self._protocol.unless_lost(first_of(idling, self._arrival()))
                if arrived:
                    return True
                lost = ConnectionLost("the mail server ended IDLE")
                self._protocol.give_up(lost)
                raise lost
        return False

    async def _arrival(self) -> None:
        while not any(map(is_arrival, lines := await self._protocol.idle_queue.get())):
            if any(line.startswith(b"BYE") for line in lines):
                self._protocol.give_up(ConnectionLost("the mail server says goodbye"))

    async def _unless_gone(self, uid: int, body: bytes | None) -> bytes | None:
        """Return None if the mail is gone: Dovecot hands over an expunged one as empty, once."""
        return body if body or uid in await self.describe([uid]) else None

    async def _fetch(self, numbers: str, items: str, limit_bytes: int) -> list[Line]:
        fetch = self._protocol.fetch(numbers, items, by_uid=True)
        answer = await self._run("FETCH", fetch, limit_bytes)
        if answer.result == "NO" and response_code(answer.lines[-1]) == "EXPUNGEISSUED":
            return list(answer.lines[:-1])
        return _lines(answer, "FETCH")

    async def _run(self, command: str, work: Coroutine[Any, Any, Any], limit_bytes: int = ANSWER_BYTES) -> Any:
        """Await a command's answer; turn every way in which it can fail into one of our errors."""
        protocol = self._protocol
        protocol.allow(limit_bytes)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await protocol.unless_lost(work)
        except TimeoutError:
            late = PeerUnreachable(f"the mail server did not answer {command} in {self._timeout_s:g} s")
            protocol.give_up(late)
            raise late from None
        except _FOREIGN as error:
            nonsense = PeerNonsense(f"the mail server's answer to {command} is not IMAP: {type(error).__name__}")
            protocol.give_up(nonsense)
            raise nonsense from error


class Protocol(aioimaplib.IMAP4ClientProtocol):  # type: ignore[misc]  # it ships no types
    """aioimaplib's side of a connection, which knows when the connection is over and how much may still come."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._over: asyncio.Future[PeerError] = loop.create_future()
        self._closed: asyncio.Future[None] = loop.create_future()
        self._allowed = ANSWER_BYTES

    @property
    def is_busy(self) -> bool:
        """Whether a command waits for its answer, or the connection is over."""
        return bool(self._over.done() or self.pending_sync_command is not None or self.pending_async_commands)

    def allow(self, size_bytes: int) -> None:
        """Let so much come from now on."""
        self._allowed = size_bytes

    def give_up(self, error: PeerError) -> None:
        """End the connection; whoever waits gets this error."""
        if not self._over.done():
            self._over.set_result(error)
        if self.transport is not None:
            self.transport.abort()

    async def unless_lost(self, work: Coroutine[Any, Any, T]) -> T:
        """Await `work`. Raises the PeerError with which the connection ended, if it did."""
        task = asyncio.create_task(work)
        either: set[asyncio.Future[Any]] = {task, self._over}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                error = self._over.result()
                raise type(error)(str(error))
            return task.result()
        finally:
            await end(task)

    async def close(self) -> None:
        """Close, whatever state it is in, and leave no task behind."""
        self.give_up(ConnectionLost("the connection is closed"))
        if self.transport is not None:
            await self._closed  # comes at once after abort()
        for task in set(self.tasks):
            await end(task)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is too much."""
        self._allowed -= len(data)
        if self._allowed < 0:
            self.give_up(PeerNonsense("the mail server sends more than was asked for"))
        try:
            rest = self._take_literal(data)
            size = SLICE_BYTES if rest.count(b"\n") > MOST_LINES else len(rest)
            for start in range(0, len(rest), max(size, 1)):
                if not self._over.done():
                    super().data_received(rest[start : start + size])
        except _FOREIGN as error:
            self.give_up(PeerNonsense(f"the mail server does not speak IMAP: {type(error).__name__}"))

    def _take_literal(self, data: bytes) -> bytes:
        """Add to the literal that is coming in, if one is; return what follows it.

        aioimaplib does the same, after it has written all of it into a text for its log: milliseconds for each piece.
        """
        command = self.current_command
        if self._over.done() or command is None or not command.wait_literal_data():
            return data
        rest: bytes = command.append_literal_data(data)
        return rest

    def connection_lost(self, exc: Exception | None) -> None:
        """Let whoever waits know."""
        if not self._over.done():
            self._over.set_result(ConnectionLost("the mail server cut the connection"))
        if not self._closed.done():
            self._closed.set_result(None)

    async def welcome(self, command: bytes) -> None:
        """Answer the greeting; runs in a task of its own, so that its failure ends the connection."""
        try:
            await super().welcome(command)
        except _FOREIGN:
            if command.startswith(b"* BYE"):
                self.give_up(PeerUnreachable("the mail server is not ready to serve"))
            else:
                self.give_up(PeerNonsense("the mail server's greeting is not IMAP"))


def _lines(answer: Any, command: str) -> list[Line]:
    """Return an answer's lines without its status. Raises PeerRefused or PeerUnreachable if that is not OK."""
    if answer.result != "OK":
        raise refused(command, answer.lines[-1])
    return list(answer.lines[:-1])

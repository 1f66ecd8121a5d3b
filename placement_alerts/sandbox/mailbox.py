"""A simulated IMAP server on 127.0.0.1, in plain text: the mailbox that gets the placement office's mail.

It speaks the part of RFC 3501 and RFC 2177 that a reader of mail needs, and does wrong what it is told to.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self

from placement_alerts.sandbox.mailbox_commands import Bad, Conversation, Denied
from placement_alerts.sandbox.mailbox_faults import Fault
from placement_alerts.sandbox.mailbox_folders import Folder

LINE_BYTES = 65536  # of a command


class SimulatedMailbox:
    """The server: `async with SimulatedMailbox("reader@college.example", "secret") as mailbox`.

    idle: whether it has IDLE. commands: every command so far by its name, "GREETING" for a connection. idling: how
    many connections are in IDLE now. Folders come into being by the first mail; INBOX is there.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        username: str,
        password: str,
        *,
        idle: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.port = 0
        self.commands: list[str] = []
        self.idling = 0
        self.has_idle = idle
        self._login = (username, password)
        self._now = now
        self._folders: dict[str, Folder] = {"INBOX": Folder()}
        self._faults: list[tuple[str, Fault]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1. port: 0 takes a free one."""
        self._server = await asyncio.start_server(self._accept, self.host, port, limit=LINE_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def deliver(self, raw: bytes, folder: str = "INBOX", at: datetime | None = None) -> int:
        """Put a mail into a folder; return its UID. at: when it was received; None: now."""
        return self._folders.setdefault(folder, Folder()).add(raw, at or self._now())

    def expunge(self, uid: int, folder: str = "INBOX") -> None:
        """Remove a mail, as somebody who tidies up."""
        self._folders[folder].expunge(uid)

    def renumber(self, folder: str = "INBOX") -> None:
        """Change UIDVALIDITY, and the UIDs with it."""
        self._folders[folder].renumber()

    def flag(self, uid: int, flag: str = "\\Seen", folder: str = "INBOX") -> None:
        """Flag a mail, as somebody who reads it."""
        next(self._folders[folder].chosen(str(uid)))[1].flags.add(flag)

    def flags(self, folder: str = "INBOX") -> dict[int, frozenset[str]]:
        """Return the flags of every mail by UID."""
        return {mail.uid: frozenset(mail.flags) for mail in self._folders[folder].mails}

    def seen(self, folder: str = "INBOX") -> list[int]:
        r"""Return the UIDs that are flagged \Seen."""
        return [uid for uid, flags in self.flags(folder).items() if "\\Seen" in flags]

    def fail(self, command: str, fault: Fault, *, times: int = 1) -> None:
        """Answer the next commands of this name with a fault; "GREETING" is what comes first, "DONE" what ends IDLE."""
        self._faults += [(command, fault)] * times

    def counted(self, command: str) -> int:
        """Return how many commands of this name came; "UID FETCH" is "FETCH" here, too."""
        return self.commands.count(command)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that a command can change."""
        while not holds():
            self._changed.clear()
            await self._changed.wait()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, ValueError):  # ValueError: an endless line
                await _Client(self, reader, writer).serve()
        finally:
            writer.transport.abort()

    def _conversation(self) -> Conversation:
        return Conversation(self._folders, self._login, idle=self.has_idle)

    def _next_fault(self, command: str) -> Fault | None:
        self.commands.append(command)
        self._changed.set()
        for planned in self._faults:
            if planned[0] == command:
                self._faults.remove(planned)
                return planned[1]
        return None

    def _count_idling(self, change: int) -> None:
        self.idling += change
        self._changed.set()


class _Client:
    """One connection."""

    def __init__(self, mailbox: SimulatedMailbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._mailbox = mailbox
        self._reader = reader
        self._writer = writer
        self._said = mailbox._conversation()

    async def serve(self) -> None:
        """Answer until the client leaves or a fault ends the connection."""
        goes_on = await self._reply("GREETING", "*", lambda: b"", "OK simulated mailbox ready")
        while goes_on and (line := await self._reader.readline()):
            tag, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            name, _, rest = rest.partition(" ")
            name = name.upper()
            if name == "UID":
                name, _, rest = rest.partition(" ")
                name = f"UID {name.upper()}"
            goes_on = await (self._idle(tag) if name == "IDLE" else self._command(name, tag, rest))

    async def _command(self, name: str, tag: str, rest: str) -> bool:
        goes_on = await self._reply(name.removeprefix("UID "), tag, lambda: self._said.answer(name, rest))
        return goes_on and name != "LOGOUT"

    async def _reply(self, name: str, tag: str, work: Callable[[], bytes], status: str = "OK done") -> bool:
        """Answer a command, or do wrong; say whether the connection goes on."""
        fault = self._mailbox._next_fault(name)
        if fault is not None and not fault.done:
            await fault.send(self._writer, tag, b"")
            return not fault.closes
        try:
            answer = work()
        except Denied as denied:
            answer, status = b"", f"NO {denied}"
        except (Bad, ValueError, IndexError):
            answer, status = b"", "BAD no such command, or not now"
        answer += f"{tag} {status}\r\n".encode()
        if fault is not None:
            await fault.send(self._writer, tag, answer)
            return not fault.closes
        self._writer.write(answer)
        await self._writer.drain()
        return True

    async def _idle(self, tag: str) -> bool:
        folder = self._said.folder
        if folder is None or not self._said.idle:
            return await self._reply("IDLE", tag, lambda: b"", "BAD no IDLE here")
        if (fault := self._mailbox._next_fault("IDLE")) is not None:
            await fault.send(self._writer, tag, b"")
            return not fault.closes
        self._writer.write(b"+ idling\r\n")
        folder.listeners.append(self._push)
        self._mailbox._count_idling(1)
        try:
            if not await self._reader.readline():
                return False
        finally:
            folder.listeners.remove(self._push)
            self._mailbox._count_idling(-1)
        return await self._reply("DONE", tag, lambda: b"")

    def _push(self, line: str) -> None:
        self._writer.write(f"* {line}\r\n".encode())

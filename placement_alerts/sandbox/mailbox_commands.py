"""What the simulated mailbox answers to each IMAP command (RFC 3501), without faults and without sockets."""

import base64
import re
from collections.abc import Callable, Mapping

from placement_alerts.sandbox.mailbox_folders import Folder, StoredMail

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|\(([^)]*)\)|(\S+)')
_ITEM = re.compile(r"BODY(?:\.PEEK)?\[(?:HEADER)?\](?:<\d+\.\d+>)?|[A-Z0-9.]+", re.IGNORECASE)
_SECTION = re.compile(
    r"BODY(?P<peek>\.PEEK)?\[(?P<header>HEADER)?\](?:<(?P<offset>\d+)\.(?P<size>\d+)>)?", re.IGNORECASE
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Bad(Exception):
    """The command is none, or is not allowed now."""


class Denied(Exception):
    """The command is one, and is refused."""


class Conversation:
    """What one client has said so far: who it is and which folder is open."""

    def __init__(self, folders: Mapping[str, Folder], login: tuple[str, str], *, idle: bool) -> None:
        self.folder: Folder | None = None
        self.is_known = False
        self.idle = idle
        self._folders = folders
        self._login = login

    def answer(self, name: str, rest: str) -> bytes:
        """Return the untagged answer to a command. Raises Bad, Denied. name: in capitals, of UID commands "UID FETCH".

        The connection itself answers IDLE.
        """
        commands: dict[str, Callable[[list[str]], bytes]] = {
            "CAPABILITY": self._capability,
            "NOOP": lambda _: b"",
            "LOGIN": self._log_in,
            "LOGOUT": lambda _: b"* BYE Logging out\r\n",
            "SELECT": self._select,
            "EXAMINE": self._select,
            "CLOSE": self._close,
            "UID SEARCH": self._search,
            "UID FETCH": self._fetch,
            "UID STORE": self._store,
        }
        if name not in commands or (name not in {"CAPABILITY", "NOOP", "LOGIN", "LOGOUT"} and not self.is_known):
            raise Bad
        return commands[name](_words(rest))

    @property
    def open_folder(self) -> Folder:
        """The open folder. Raises Bad."""
        if self.folder is None:
            raise Bad
        return self.folder

    def _capability(self, _: list[str]) -> bytes:
        return b"* CAPABILITY IMAP4rev1 AUTH=PLAIN" + (b" IDLE" if self.idle else b"") + b"\r\n"

    def _log_in(self, words: list[str]) -> bytes:
        if tuple(words) != self._login:
            raise Denied("[AUTHENTICATIONFAILED] Invalid credentials (Failure)")
        self.is_known = True
        return b""

    def _select(self, words: list[str]) -> bytes:
        self.folder = self._folders.get(_decoded(words[0]))
        if self.folder is None:
            raise Denied("[NONEXISTENT] Unknown Mailbox")
        lines = [
            r"FLAGS (\Answered \Flagged \Deleted \Seen \Draft)",
            r"OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] Flags permitted.",
            f"{len(self.folder.mails)} EXISTS",
            "0 RECENT",
            f"OK [UIDVALIDITY {self.folder.uidvalidity}] UIDs valid",
            f"OK [UIDNEXT {self.folder.next_uid}] Predicted next UID",
        ]
        return "".join(f"* {line}\r\n" for line in lines).encode()

    def _close(self, _: list[str]) -> bytes:
        self.folder = None
        return b""

    def _search(self, words: list[str]) -> bytes:
        if len(words) != 2 or words[0].upper() != "UID":
            raise Bad
        found = "".join(f" {mail.uid}" for _, mail in self.open_folder.chosen(words[1]))
        return f"* SEARCH{found}\r\n".encode()

    def _fetch(self, words: list[str]) -> bytes:
        uids, items = words
        wanted = _ITEM.findall(items)
        parts = []
        for number, mail in self.open_folder.chosen(uids):
            fields = b" ".join(_field(mail, item) for item in wanted)
            parts.append(b"* %d FETCH (%s)\r\n" % (number, fields))
        return b"".join(parts)

    def _store(self, words: list[str]) -> bytes:
        uids, action, flags = words
        lines = []
        for number, mail in self.open_folder.chosen(uids):
            if action.startswith("-"):
                mail.flags -= set(flags.split())
            else:
                mail.flags |= set(flags.split())
            if not action.upper().endswith(".SILENT"):
                lines.append(f"* {number} FETCH (UID {mail.uid} FLAGS ({' '.join(sorted(mail.flags))}))\r\n")
        return "".join(lines).encode()


def _words(rest: str) -> list[str]:
    found = _WORD.findall(rest)
    return [re.sub(r"\\(.)", r"\1", quoted) or listed or plain for quoted, listed, plain in found]


def _field(mail: StoredMail, item: str) -> bytes:
    match item.upper():
        case "UID":
            return b"UID %d" % mail.uid
        case "FLAGS":
            return f"FLAGS ({' '.join(sorted(mail.flags))})".encode()
        case "RFC822.SIZE":
            return b"RFC822.SIZE %d" % len(mail.raw)
        case "INTERNALDATE":
            month = _MONTHS[mail.at.month - 1]
            return mail.at.strftime(f'INTERNALDATE "%d-{month}-%Y %H:%M:%S %z"').encode()
    section = _SECTION.fullmatch(item)
    if section is None:
        raise Bad
    return _body(mail, section)


def _body(mail: StoredMail, section: re.Match[str]) -> bytes:
    if not section["peek"]:
        mail.flags.add("\\Seen")
    raw, place = mail.raw, ""
    if section["header"]:
        raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    if section["offset"]:
        start = int(section["offset"])
        raw, place = raw[start : start + int(section["size"])], f"<{start}>"
    return f"BODY[{section['header'] or ''}]{place} {{{len(raw)}}}\r\n".encode() + raw


def _decoded(name: str) -> str:
    """Return a folder's name out of modified UTF-7."""

    def shifted(match: re.Match[str]) -> str:
        code = match[1].replace(",", "/")
        return base64.b64decode(code + "=" * (-len(code) % 4)).decode("utf-16-be") if code else "&"

    return re.sub(r"&([A-Za-z0-9+,]*)-", shifted, name)

"""The folders of the simulated mailbox, and the mails in them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

FIRST_UIDVALIDITY = 1_700_000_000


@dataclass(slots=True)
class StoredMail:
    """A mail in a folder. at: INTERNALDATE."""

    uid: int
    raw: bytes
    at: datetime
    flags: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Folder:
    """A folder. listeners: called with an untagged line whenever it changes."""

    uidvalidity: int = FIRST_UIDVALIDITY
    next_uid: int = 1
    mails: list[StoredMail] = field(default_factory=list)
    listeners: list[Callable[[str], None]] = field(default_factory=list)

    def add(self, raw: bytes, at: datetime) -> int:
        """Add a mail; return its UID."""
        self.mails.append(StoredMail(self.next_uid, raw, at))
        self.next_uid += 1
        self._tell(f"{len(self.mails)} EXISTS")
        return self.next_uid - 1

    def expunge(self, uid: int) -> None:
        """Remove a mail."""
        place = next(number for number, mail in enumerate(self.mails) if mail.uid == uid)
        del self.mails[place]
        self._tell(f"{place + 1} EXPUNGE")

    def renumber(self) -> None:
        """Give every mail another UID, under another UIDVALIDITY."""
        self.uidvalidity += 1
        for uid, mail in enumerate(self.mails, start=1):
            mail.uid = uid
        self.next_uid = len(self.mails) + 1

    def chosen(self, uids: str) -> Iterator[tuple[int, StoredMail]]:
        """Yield number and mail for a set of UIDs such as "1:3,7,9:*"."""
        last = self.mails[-1].uid if self.mails else 0
        wanted = [_bounds(part, last) for part in uids.split(",")]
        for number, mail in enumerate(self.mails, start=1):
            if any(low <= mail.uid <= high for low, high in wanted):
                yield number, mail

    def _tell(self, line: str) -> None:
        for listener in list(self.listeners):
            listener(line)


def _bounds(part: str, last: int) -> tuple[int, int]:
    if not re.fullmatch(r"(\d+|\*)(:(\d+|\*))?", part):
        raise ValueError("no set of UIDs")
    ends = [last if end == "*" else int(end) for end in part.split(":")]
    return min(ends), max(ends)

"""Signing in: a browser becomes a student's by a deep link to the bot, or by a code that the bot gave."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.session import SessionId, SignIn
from placement_alerts.core.student import Student, StudentId
from placement_alerts.store.base import Store


@dataclass(frozen=True, slots=True)
class Offered:
    """A sign-in that was begun. code: what the deep link or the student carries; never stored or logged."""

    code: str
    sign_in: SignIn


class SigningIn:
    """What the bot and the pages do together. A code is single use and lives 10 minutes."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def offer_link(self, session_id: SessionId, label: str) -> Offered:
        """Begin a sign-in for a browser that will show a deep link `?start=CODE` and `digits`."""
        raise NotImplementedError

    async def offer_code(self, student_id: StudentId) -> Offered:
        """Begin a sign-in for a student who will type the code (8 letters and figures, easy to read) on the page."""
        raise NotImplementedError

    async def asked(self, code: str) -> SignIn | None:
        """Return the sign-in of a deep link's code, for the question in the chat; None: unknown, used or expired."""
        raise NotImplementedError

    async def confirm(self, code: str, student_id: StudentId) -> bool:
        """Store that the student pressed yes under that question; False if it was too late."""
        raise NotImplementedError

    async def take(self, code: str, anonymous: StudentId | None = None) -> Student | None:
        """Consume a confirmed sign-in and return who it is. anonymous: the browser's student so far, merged into it."""
        raise NotImplementedError

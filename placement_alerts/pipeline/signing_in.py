"""Signing in: a browser becomes a student's by a deep link to the bot, or by a code that the bot gave."""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from hashlib import sha256

import structlog

from placement_alerts.core.session import SessionId, SignIn, SignInId
from placement_alerts.core.student import Student, StudentId
from placement_alerts.store.base import Store

LIFE = timedelta(minutes=10)
LINK_PREFIX = "in_"  # what Telegram hands over after /start begins so
CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # without those that look alike, or like figures
CODE_LENGTH = 8
CHOICES = 3  # numbers under the question in the chat

_LINK_BYTES = 16
_LINK_CODE = re.compile(rf"{LINK_PREFIX}[\w-]{{22}}", re.ASCII)
_TYPED_CODE = re.compile(rf"[{CODE_LETTERS}]{{{CODE_LENGTH}}}")
_TYPED_MAX = 40  # characters, blanks and hyphens included

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Offered:
    """A sign-in that was begun. code: what the deep link or the student carries; never stored or logged."""

    code: str
    sign_in: SignIn


class Confirmation(Enum):
    """What pressing a number under the question did."""

    DONE = auto()
    WRONG = auto()  # the sign-in is over
    TOO_LATE = auto()


class SigningIn:
    """What the bot and the pages do together. A code is single use and lives 10 minutes."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def offer_link(self, session_id: SessionId, label: str) -> Offered:
        """Begin a sign-in for a browser that will show a deep link `?start=CODE` and `digits`.

        While one of the same browser can still be taken it is returned again: a page that is loaded anew, as phones do
        with a page that was left for Telegram, must not lose the student's answer.
        """
        secret = await self._store.secret("sign_in")
        tenth_minute = int(self._now().timestamp() // LIFE.total_seconds())
        codes = [
            _link_code(hmac.digest(secret, f"{session_id}\n{tenth_minute - ago}".encode(), "sha256")) for ago in (1, 0)
        ]
        for code in codes:
            if (known := await self._under_way(code)) is not None:
                return Offered(code, known)
        for code in (codes[-1], _link_code(secrets.token_bytes(_LINK_BYTES))):  # the first one may be used up
            await self._store.sessions.offer(self._sign_in(code, session_id=session_id, label=label))
            if (made := await self._under_way(code)) is not None:
                return Offered(code, made)
        raise AssertionError("a sign-in that was just stored is there")

    async def offer_code(self, student_id: StudentId) -> Offered:
        """Begin a sign-in for a student who will type the code (8 letters and figures, easy to read) on the page."""
        while True:
            code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
            await self._store.sessions.offer(self._sign_in(code, student_id=student_id))
            made = await self._under_way(code)
            if made is not None and made.student_id == student_id and made.session_id is None:
                return Offered(code, made)  # else another student has the same code just now

    async def asked(self, code: str) -> SignIn | None:
        """Return the sign-in of a deep link's code, for the question in the chat; None: unknown, used or expired."""
        if not _LINK_CODE.fullmatch(code):
            return None
        found = await self._under_way(code)
        return found if found is not None and found.session_id is not None else None

    async def choices(self, asked: SignIn) -> list[str]:
        """Return the numbers that the question offers: the one that the browser shows, and CHOICES - 1 others.

        Who has the link cannot tell which it is. The same whenever it is asked: else what two questions share shows it.
        """
        secret = await self._store.secret("sign_in")
        seed = hmac.digest(secret, f"choices\n{asked.id}".encode(), "sha256")
        others = sorted({str(one) for one in range(10, 100)} - {asked.digits}, key=_shuffled(seed, "others"))
        return sorted([asked.digits, *others[: CHOICES - 1]], key=_shuffled(seed, "order"))

    async def confirm(self, code: str, student_id: StudentId, digits: str) -> Confirmation:
        """Store that the student pressed this number under that question; another than the browser's ends it."""
        asked = await self.asked(code)
        if asked is None:
            return Confirmation.TOO_LATE
        if asked.digits != digits:
            return Confirmation.WRONG if await self.refuse(code) else Confirmation.TOO_LATE
        if await self._store.sessions.confirm(_id_of(code), student_id, self._now()):
            return Confirmation.DONE
        found = await self.asked(code)
        pressed_twice = found is not None and found.student_id == student_id
        return Confirmation.DONE if pressed_twice else Confirmation.TOO_LATE

    async def refuse(self, code: str) -> bool:
        """End a deep link's sign-in that nobody confirmed; False if there is none."""
        if await self.asked(code) is None:
            return False
        return await self._store.sessions.refuse(_id_of(code), self._now())

    async def is_confirmed(self, code: str, session_id: SessionId) -> bool | None:
        """Whether the browser's deep link was confirmed in the chat; None: it cannot be any more."""
        found = await self.asked(code)
        if found is None or found.session_id != session_id:
            return None
        return found.student_id is not None

    async def take(
        self, code: str, anonymous: StudentId | None = None, session_id: SessionId | None = None
    ) -> Student | None:
        """Consume a confirmed sign-in and return who it is; None: nobody.

        code: of a deep link, or as a student typed it. anonymous: the browser's student so far, merged into them.
        session_id: the browser's; a deep link works for the one that showed it alone.
        """
        code = code if _LINK_CODE.fullmatch(code) else _as_typed(code)
        waiting = await self._under_way(code) if code else None
        if waiting is None or waiting.session_id not in (None, session_id):
            return None
        taken = await self._store.sessions.take(_id_of(code), self._now())
        if taken is None or taken.student_id is None:
            return None
        if anonymous is not None:
            await self._merge(anonymous, taken.student_id)
        log.info("student.signed_in", student=taken.student_id, by="link" if taken.session_id else "code")
        return await self._store.students.get(taken.student_id)

    async def _merge(self, anonymous: StudentId, student_id: StudentId) -> None:
        """Make what the browser got so far the student's, unless somebody who proved who they are had it."""
        before = await self._store.students.get(anonymous)
        if anonymous == student_id or before is None or any(one.channel == "telegram" for one in before.addresses):
            return
        if await self._store.students.merge(anonymous, student_id):
            await self._store.sessions.give(anonymous, student_id)

    async def _under_way(self, code: str) -> SignIn | None:
        return await self._store.sessions.sign_in(_id_of(code), self._now())

    def _sign_in(
        self, code: str, *, session_id: SessionId | None = None, student_id: StudentId | None = None, label: str = ""
    ) -> SignIn:
        now = self._now()
        digits = str(10 + int.from_bytes(sha256(f"digits\n{code}".encode()).digest()[:4]) % 90) if session_id else ""
        return SignIn(
            id=_id_of(code),
            session_id=session_id,
            student_id=student_id,
            label=label,
            digits=digits,
            created_at=now,
            expires_at=now + LIFE,
        )


def _shuffled(seed: bytes, what: str) -> Callable[[str], bytes]:
    """Return a key for sorting that whoever lacks the seed cannot foresee."""
    return lambda value: hmac.digest(seed, f"{what}\n{value}".encode(), "sha256")


def _link_code(random: bytes) -> str:
    return LINK_PREFIX + urlsafe_b64encode(random[:_LINK_BYTES]).decode().rstrip("=")


def _as_typed(text: str) -> str:
    """Return the code that somebody typed, or "" if it cannot be one."""
    code = re.sub(r"[\s-]", "", text[:_TYPED_MAX]).upper()
    return code if _TYPED_CODE.fullmatch(code) else ""


def _id_of(code: str) -> SignInId:
    return SignInId(sha256(code.encode()).hexdigest())

"""The cookie of a session: a random secret, when it was made, and our signature. Pure."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from placement_alerts.core.session import SessionId

LIFE = timedelta(days=90)
SKEW = timedelta(minutes=5)  # between the clocks of our machines
SECRET_BYTES = 32
_LENGTH_MAX = 128  # characters of a cookie


@dataclass(frozen=True, slots=True)
class Cookie:
    """secret: what makes the browser known, never stored or logged."""

    secret: bytes
    made_at: datetime

    @property
    def session_id(self) -> SessionId:
        """The id of its session, from which nobody can make the cookie."""
        return SessionId(sha256(self.secret).hexdigest())


class Signer:
    """Writes and reads cookies, and makes the token that proves that a form came from a page of ours."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, cookie: Cookie) -> str:
        """Return the cookie as text."""
        said = f"{_text(cookie.secret)}.{int(cookie.made_at.timestamp())}"
        return f"{said}.{self._sign('cookie', said)}"

    def read(self, text: str, now: datetime) -> Cookie | None:
        """Return the cookie if it is ours and not too old."""
        said, _, signature = text.rpartition(".")
        if len(text) > _LENGTH_MAX or not text.isascii():
            return None
        if not hmac.compare_digest(signature.encode(), self._sign("cookie", said).encode()):
            return None
        secret, _, made = said.partition(".")  # signed by us, so it is what we wrote
        cookie = Cookie(_bytes(secret), datetime.fromtimestamp(int(made), UTC))
        return cookie if cookie.made_at - SKEW <= now < cookie.made_at + LIFE else None

    def csrf(self, cookie: Cookie) -> str:
        """Return the token of this browser's forms."""
        return self._sign("csrf", _text(cookie.secret))

    def _sign(self, purpose: str, text: str) -> str:
        return _text(hmac.digest(self._key, f"{purpose}\n{text}".encode(), "sha256"))


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""The token in a calendar's address: random, shown once, kept as its hash; a new one ends the old one."""

import hashlib
import secrets

_BYTES = 32


def new_calendar_token() -> tuple[str, str]:
    """Return a fresh token and the hash that `store.students.set_calendar` keeps."""
    token = secrets.token_urlsafe(_BYTES)
    return token, calendar_hash(token)


def calendar_hash(token: str) -> str:
    """Return what is stored instead of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def calendar_path(token: str) -> str:
    """Return the path of the calendar with that token."""
    return f"/calendar/{token}.ics"

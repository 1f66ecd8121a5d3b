"""Ids that follow from what something is about, so that the same thing found again gets the same id. Pure."""

from hashlib import blake2s


def derived_id(kind: str, *about: str) -> str:
    """Return 17 characters: short enough for a button. kind: the first letter, so that an id says what it is of."""
    return kind + blake2s("\n".join(about).encode(errors="replace"), digest_size=8).hexdigest()

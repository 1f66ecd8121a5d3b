"""The id of a mail: the same for every copy of it, today and next year."""

import re
from collections.abc import Sequence
from hashlib import blake2s

from placement_alerts.core.mail import MailId

_ANGLED = re.compile(r"<([^<>]*)>")
_SPACES = re.compile(r"\s+")
MAX_MESSAGE_ID = 500  # characters; longer ones count by their digest


def message_id_of(value: str | None) -> str | None:
    """Return a Message-ID without angle brackets, folding and comments around it; None if there is none."""
    if value is None:
        return None
    angled = _ANGLED.search(value)
    bare = _SPACES.sub("", angled[1] if angled else value)
    left, at, domain = bare.rpartition("@")
    whole = left + at + domain.lower()
    if len(whole) > MAX_MESSAGE_ID:
        return blake2s(whole.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return whole or None


def mail_id(message_id: str | None, otherwise: Sequence[str], body: bytes) -> MailId:
    """Return the id. otherwise: sender, subject and date as written, used with the body if there is no Message-ID."""
    if message_id is not None:
        digest = blake2s(f"message-id\n{message_id}".encode("utf-8", "replace"), digest_size=8)
    else:
        digest = blake2s("\n".join(["content", *otherwise, ""]).encode("utf-8", "replace"), digest_size=8)
        digest.update(body.replace(b"\r\n", b"\n").strip())
    return MailId("m" + digest.hexdigest())

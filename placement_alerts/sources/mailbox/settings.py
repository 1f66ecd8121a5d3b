"""The settings of the mailbox, `[sources.mailbox]`; pydantic alone is imported here, as every command reads them."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from placement_alerts.config.values import Seconds, Section

_DOMAIN = r"(?=.{3,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+"
_TRUSTED = re.compile(rf"(?:[^\s@<>,:]{{1,64}}@|@){_DOMAIN}|list:{_DOMAIN}")


def check_trusted(text: str) -> str:
    """Return the entry in lower case; a list's name counts without angle brackets."""
    entry = text.strip().lower()
    if not _TRUSTED.fullmatch(entry):
        raise ValueError("should be an address, @domain or list:the-list-id")
    return entry


TrustedSender = Annotated[str, Field(max_length=320), AfterValidator(check_trusted)]
FolderName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class MailboxSettings(Section):
    """The mailbox. Off without a username.

    authserv_id: the name that our own mail server puts into Authentication-Results. timeout_s: for every command.
    renew_s: of IDLE. poll_s: between looks where IDLE is missing, and beside it as a net.
    max_bytes: of a mail that is read whole; of a larger one only the beginning is read, and it is held.
    max_mails_per_run: the rest follows at once in the next run. held_days: how long a held mail waits for an answer.
    """

    host: Annotated[str, Field(min_length=1, max_length=253)] = "imap.gmail.com"
    port: Annotated[int, Field(ge=1, le=65_535)] = 993
    tls: bool = True
    username: Annotated[str, Field(max_length=320, repr=False)] = ""
    password: Annotated[SecretStr, Field(max_length=1000)] = SecretStr("")
    folders: Annotated[tuple[FolderName, ...], Field(strict=False, min_length=1, max_length=10)] = ("INBOX",)
    trusted_senders: Annotated[tuple[TrustedSender, ...], Field(strict=False, max_length=200)] = ()
    authserv_id: Annotated[str, Field(max_length=253, pattern=r"^[!-~]*$")] = "mx.google.com"
    idle: bool = True
    timeout_s: Annotated[float, Field(ge=1, le=120)] = 30.0
    renew_s: Annotated[float, Field(ge=1, le=1740)] = 540.0
    poll_s: Seconds = 300.0
    max_bytes: Annotated[int, Field(ge=4096, le=64 * 1024 * 1024)] = 20 * 1024 * 1024
    max_mails_per_run: Annotated[int, Field(ge=1, le=10_000)] = 500
    held_days: Annotated[int, Field(ge=1, le=365)] = 30

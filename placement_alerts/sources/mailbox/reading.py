"""A mail from the bytes that a server or a file gave, files inside of it included."""

import asyncio
from datetime import datetime

from placement_alerts.core.mail import Mail
from placement_alerts.sources.mailbox.attachments import read_files
from placement_alerts.sources.mailbox.decoding import decode
from placement_alerts.sources.mailbox.settings import MailboxSettings


async def read_mail(
    raw: bytes, *, received_at: datetime, settings: MailboxSettings, damaged: str | None = None
) -> Mail:
    """Return the mail; what of it cannot be read is said in `damaged` and in its attachments, never raised.

    received_at: INTERNALDATE, else the time of reading. damaged: why `raw` is not the whole mail, if it is not.
    """
    decoded = await asyncio.to_thread(
        decode,
        raw,
        received_at=received_at,
        trusted=settings.trusted_senders,
        authserv_id=settings.authserv_id,
        damaged=damaged,
    )
    attachments = await read_files(decoded.files)
    return decoded.mail.model_copy(update={"attachments": attachments})

"""Writing down what admins and tokens did: one way for the bot, the pages, the API and the command line."""

import secrets
from datetime import datetime

from placement_alerts.core.audit import AuditEntry, AuditId
from placement_alerts.store.base import Store


async def audit(store: Store, now: datetime, actor: str, act: str, subject: str = "", details: str = "") -> None:
    """Store one act, before or with which it takes effect. See AuditEntry for what the words are."""
    identifier = AuditId(f"{int(now.timestamp() * 1000):013d}-{secrets.token_hex(4)}")
    await store.audit.add(AuditEntry(id=identifier, at=now, actor=actor, act=act, subject=subject, details=details))

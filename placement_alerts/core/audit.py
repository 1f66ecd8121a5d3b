"""The audit trail: what admins and tokens did."""

from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime

AuditId = NewType("AuditId", str)


class AuditEntry(Frozen):
    """One act. id: sortable by time, newest largest. No secrets and no texts of notices; ids instead.

    actor: "cli", "token:ID" or "student:ID". act: noun.past_verb such as "notice.published", "deliveries.retried",
    "token.created". subject: the id of what it was done to. details: a few words, e.g. "412 of 1,153 students".
    """

    id: AuditId
    at: UtcDatetime
    actor: str
    act: str
    subject: str = ""
    details: str = ""

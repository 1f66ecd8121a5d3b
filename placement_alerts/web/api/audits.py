"""Reading the audit trail."""

from datetime import datetime

from pydantic import Field

from placement_alerts.core.audit import AuditEntry, AuditId
from placement_alerts.core.token import Scope
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.paging import Key, Page, Paging
from placement_alerts.web.api.values import Identifier, PageGiven, View
from placement_alerts.web.services import Services


class AuditView(View):
    """One act. actor: "cli", "token:ID" or "student:ID"; subject: the id of what it was done to."""

    id: str
    at: datetime
    actor: str
    act: str
    subject: str
    details: str


class AuditPage(Page[AuditView]):
    """Acts, newest first."""


class AuditGiven(PageGiven):
    """Whose acts to list."""

    actor: Identifier | None = Field(default=None, description='"cli", "token:ID" or "student:ID".')


class Audits:
    """What is read of the audit trail."""

    def __init__(self, services: Services) -> None:
        self._audit = services.store.audit
        self._paging = Paging(services.store)

    async def list(self, call: Call[AuditGiven, None]) -> Answer:
        """Answer a page."""
        after = await self._paging.start(call, parts=2)
        rows = await self._audit.find(call.given.actor, _stub(after), call.given.limit + 1)
        return await self._paging.page(call, rows, _view, _key)


def operations(services: Services) -> list[Operation]:
    """Return what can be asked of the audit trail."""
    entry = {
        "id": "1762756200000-1f2e3d4c",
        "at": "2025-11-10T06:30:00Z",
        "actor": "token:t9a1b2c3d4e5f6071",
        "act": "notice.published",
        "subject": "n6c1f5ba6b2c64aa0",
        "details": "412 of 1,153 students",
    }
    return [
        Operation(
            method="GET",
            path="/api/v1/audit",
            name="listAudit",
            tag="audit",
            summary="List what admins and tokens did, newest first",
            handle=Audits(services).list,
            answers={200: AuditPage},
            scope=Scope.ADMIN,
            parameters=AuditGiven,
            problems=("bad_cursor",),
            example={"items": [entry], "next": None},
        )
    ]


def _view(entry: AuditEntry) -> AuditView:
    return AuditView(**{name: getattr(entry, name) for name in AuditView.model_fields})


def _key(entry: AuditEntry) -> Key:
    return (entry.id, entry.at.isoformat())


def _stub(key: Key | None) -> AuditEntry | None:
    if key is None:
        return None
    identifier, at = key
    return AuditEntry.model_construct(id=AuditId(str(identifier)), at=datetime.fromisoformat(str(at)))

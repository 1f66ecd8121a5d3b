"""The office's notices that wait for their hour: listed, read, changed, given up."""

from collections.abc import Collection

from pydantic import Field

from placement_alerts.core import office_notice
from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.token import Scope
from placement_alerts.pipeline.auditing import audit
from placement_alerts.web.api.codes import not_found, problem
from placement_alerts.web.api.matching import check_match
from placement_alerts.web.api.office_views import (
    NOTICE_SENT_EXAMPLE,
    SCHEDULED_EXAMPLE,
    AudienceSent,
    ScheduledListView,
    ScheduledSent,
    ScheduledView,
)
from placement_alerts.web.api.operation import Answer, Call, Caller, Operation
from placement_alerts.web.api.values import Given, Identifier, Limit
from placement_alerts.web.etags import etag
from placement_alerts.web.problems import FieldError
from placement_alerts.web.services import Services

ROOT = "/api/v1/notices/scheduled"
ONE = ROOT + "/{draft_id}"


class ScheduledGiven(Given):
    """One notice that waits."""

    draft_id: Identifier


class ScheduledListGiven(Given):
    """How many of those that wait."""

    limit: Limit = Field(default=100)


class ScheduledCalls:
    """What may be asked of notices that wait. Every act stands in the audit trail before it takes effect."""

    def __init__(self, services: Services) -> None:
        self._store = services.store
        self._office = services.office
        self._years = services.settings.years

    async def list(self, call: Call[ScheduledListGiven, None]) -> Answer:
        """Answer what waits."""
        drafts = await self._store.drafts.all(call.given.limit)
        return Answer(ScheduledListView(items=tuple(map(_view, drafts))))

    async def get(self, call: Call[ScheduledGiven, None]) -> Answer:
        """Answer one that waits."""
        return scheduled(await self._draft(call))

    async def change(self, call: Call[ScheduledGiven, ScheduledSent]) -> Answer:
        """Change one that waits; with an hour that is past it is published."""
        before = await self._draft(call)
        check_match(call.request, _tag(before))
        draft = call.body.draft(before.id, author(call.caller), before.version + 1, call.body.publish_at)
        refuse_faults(draft, self._years)
        await audit(self._store, call.now, call.caller.actor, "draft.changed", draft.id)
        await self._office.publish(draft)
        return scheduled(draft)

    async def give_up(self, call: Call[ScheduledGiven, None]) -> Answer:
        """Forget one that waits."""
        draft = await self._draft(call)
        await audit(self._store, call.now, call.caller.actor, "draft.given_up", draft.id)
        if not await self._office.give_up(draft.id):
            raise not_found("scheduled notice")
        return Answer(status=204)

    async def _draft(self, call: Call[ScheduledGiven, object]) -> Draft:
        draft = await self._store.drafts.get(DraftId(call.given.draft_id))
        if draft is None:
            raise not_found("scheduled notice")
        return draft


def operations(services: Services) -> list[Operation]:
    """Return what can be asked of them."""
    calls = ScheduledCalls(services)
    return [*_reading(calls), *_changing(calls)]


def _reading(calls: ScheduledCalls) -> list[Operation]:
    return [
        Operation(
            method="GET",
            path=ROOT,
            name="listScheduled",
            tag="scheduled",
            summary="List notices that wait for their hour, earliest first",
            handle=calls.list,
            answers={200: ScheduledListView},
            scope=Scope.NOTICES_WRITE,
            parameters=ScheduledListGiven,
            example={"items": [SCHEDULED_EXAMPLE]},
        ),
        Operation(
            method="GET",
            path=ONE,
            name="getScheduled",
            tag="scheduled",
            summary="Read a notice that waits for its hour",
            handle=calls.get,
            answers={200: ScheduledView},
            scope=Scope.NOTICES_WRITE,
            parameters=ScheduledGiven,
            problems=("not_found",),
            example=SCHEDULED_EXAMPLE,
            has_etag=True,
        ),
    ]


def _changing(calls: ScheduledCalls) -> list[Operation]:
    return [
        Operation(
            method="PUT",
            path=ONE,
            name="changeScheduled",
            tag="scheduled",
            summary="Change a notice that waits for its hour",
            handle=calls.change,
            answers={200: ScheduledView},
            scope=Scope.NOTICES_WRITE,
            parameters=ScheduledGiven,
            body=ScheduledSent,
            problems=("not_found", "not_possible"),
            example=SCHEDULED_EXAMPLE,
            sends={**NOTICE_SENT_EXAMPLE, "publish_at": "2025-11-12T04:30:00Z"},
            has_etag=True,
            needs_match=True,
        ),
        Operation(
            method="DELETE",
            path=ONE,
            name="deleteScheduled",
            tag="scheduled",
            summary="Give up a notice that waits for its hour",
            handle=calls.give_up,
            answers={204: None},
            scope=Scope.NOTICES_WRITE,
            parameters=ScheduledGiven,
            problems=("not_found",),
        ),
    ]


def author(caller: Caller) -> str:
    """Return who wrote it as a draft says so: "token:ID" or a student's id."""
    return caller.actor.removeprefix("student:")


def refuse_faults(draft: Draft, years: Collection[str]) -> None:
    """Raise Problem 422 with all that keeps the office from publishing it."""
    faults = office_notice.faults(office_notice.cleaned(draft), years)
    if faults:
        errors = [FieldError("/" + fault.field.replace(".", "/"), "invalid", fault.text) for fault in faults]
        raise problem("invalid_values", "the office cannot publish this", errors=errors)


def _tag(draft: Draft) -> str:
    return etag("draft", draft.id, draft.version)


def scheduled(draft: Draft, *, status: int = 200) -> Answer:
    """Return the answer that shows one. status: 202 for a new one."""
    headers = {"Location": f"{ROOT}/{draft.id}"} if status == 202 else {}
    return Answer(_view(draft), status=status, headers=headers, etag=_tag(draft))


def _view(draft: Draft) -> ScheduledView:
    same = {name: getattr(draft, name) for name in ScheduledView.model_fields if name not in ("audience", "notice_id")}
    audience = AudienceSent(**draft.audience.model_dump())
    return ScheduledView(**same, audience=audience, notice_id=office_notice.id_of_draft(draft.id))

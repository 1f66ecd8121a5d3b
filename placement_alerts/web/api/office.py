"""What the placement office does with its own notices: published, scheduled, changed, withdrawn, previewed."""

from pydantic import Field

from placement_alerts.core import office_notice
from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.token import Scope
from placement_alerts.pipeline.auditing import audit
from placement_alerts.web.api.codes import not_found, problem
from placement_alerts.web.api.etags import check, etag
from placement_alerts.web.api.notice_views import NOTICE_EXAMPLE, NoticeView
from placement_alerts.web.api.notices import NoticeGiven
from placement_alerts.web.api.office_views import (
    NOTICE_SENT_EXAMPLE,
    REACH_EXAMPLE,
    SCHEDULED_EXAMPLE,
    AudienceSent,
    NoticeChange,
    NoticeSent,
    PreviewSent,
    ReachView,
    ScheduledListView,
    ScheduledSent,
    ScheduledView,
)
from placement_alerts.web.api.operation import Answer, Call, Caller, Operation
from placement_alerts.web.api.prepared import PreparedNotices, notice_etag
from placement_alerts.web.api.values import Given, Identifier, Limit
from placement_alerts.web.limits import PUBLISHING
from placement_alerts.web.problems import FieldError
from placement_alerts.web.services import Services

NOTICES = "/api/v1/notices"
SCHEDULED = NOTICES + "/scheduled"


class ScheduledGiven(Given):
    """One notice that waits."""

    draft_id: Identifier


class ScheduledListGiven(Given):
    """How many of those that wait."""

    limit: Limit = Field(default=100)


class OfficeCalls:
    """What may be asked of the office. Every act stands in the audit trail before it takes effect."""

    def __init__(self, services: Services, prepared: PreparedNotices) -> None:
        self._store = services.store
        self._office = services.office
        self._years = services.settings.years
        self._prepared = prepared

    async def create(self, call: Call[None, NoticeSent]) -> Answer:
        """Publish at once, or keep until the hour."""
        draft = call.body.draft(DraftId(call.new_id("d")), _author(call.caller), 1, call.body.publish_at)
        self._refuse_faults(draft)
        waits = draft.publish_at is not None and draft.publish_at > call.now
        subject = draft.id if waits else office_notice.id_of_draft(draft.id)
        await self._audit(call, "notice.scheduled" if waits else "notice.published", subject)
        notice = await self._office.publish(draft)
        if notice is None:
            return _scheduled(draft, status=202)
        return self._notice(call, notice, status=201)

    async def change(self, call: Call[NoticeGiven, NoticeChange]) -> Answer:
        """Store the next revision."""
        notice = await self._store.notices.get(NoticeId(call.given.notice_id))
        if notice is None:
            raise not_found("notice")
        check(call.request, notice_etag(notice, names=call.caller.is_admin))
        draft = call.body.draft(DraftId(notice.id), _author(call.caller), 1, None)
        self._refuse_faults(draft)
        await self._audit(call, "notice.revised", notice.id)
        return self._notice(call, await self._office.revise(notice.id, draft, notice.revision))

    async def withdraw(self, call: Call[NoticeGiven, None]) -> Answer:
        """Withdraw it, of whatever source."""
        notice_id = NoticeId(call.given.notice_id)
        if await self._store.notices.get(notice_id) is None:
            raise not_found("notice")
        await self._audit(call, "notice.withdrawn", notice_id)
        return self._notice(call, await self._office.withdraw(notice_id))

    async def preview(self, call: Call[None, PreviewSent]) -> Answer:
        """Say whom a notice would reach."""
        sent = call.body
        if sent.year not in self._years:
            wrong = FieldError("/year", "unknown_value", f"should be one of {', '.join(self._years)}")
            raise problem("invalid_values", "there is no such placement year", errors=(wrong,))
        return Answer(ReachView.of(await self._office.reach(sent.year, sent.audience.audience(), sent.enrollments)))

    async def list_scheduled(self, call: Call[ScheduledListGiven, None]) -> Answer:
        """Answer what waits."""
        drafts = await self._store.drafts.all(call.given.limit)
        return Answer(ScheduledListView(items=tuple(map(_view, drafts))))

    async def get_scheduled(self, call: Call[ScheduledGiven, None]) -> Answer:
        """Answer one that waits."""
        return _scheduled(await self._draft(call))

    async def change_scheduled(self, call: Call[ScheduledGiven, ScheduledSent]) -> Answer:
        """Change one that waits; with an hour that is past it is published."""
        before = await self._draft(call)
        check(call.request, _tag(before))
        draft = call.body.draft(before.id, _author(call.caller), before.version + 1, call.body.publish_at)
        self._refuse_faults(draft)
        await self._audit(call, "draft.changed", draft.id)
        await self._office.publish(draft)
        return _scheduled(draft)

    async def give_up(self, call: Call[ScheduledGiven, None]) -> Answer:
        """Forget one that waits."""
        draft = await self._draft(call)
        await self._audit(call, "draft.given_up", draft.id)
        if not await self._office.give_up(draft.id):
            raise not_found("scheduled notice")
        return Answer(status=204)

    async def _draft(self, call: Call[ScheduledGiven, object]) -> Draft:
        draft = await self._store.drafts.get(DraftId(call.given.draft_id))
        if draft is None:
            raise not_found("scheduled notice")
        return draft

    def _refuse_faults(self, draft: Draft) -> None:
        faults = office_notice.faults(office_notice.cleaned(draft), self._years)
        if faults:
            errors = [FieldError("/" + fault.field.replace(".", "/"), "invalid", fault.text) for fault in faults]
            raise problem("invalid_values", "the office cannot publish this", errors=errors)

    async def _audit(self, call: Call[object, object], act: str, subject: str) -> None:
        await audit(self._store, call.now, call.caller.actor, act, subject)

    def _notice(self, call: Call[object, object], notice: Notice, *, status: int = 200) -> Answer:
        self._prepared.forget(notice.id)
        headers = {"Location": f"{NOTICES}/{notice.id}"} if status == 201 else {}
        body, tag = self._prepared.tagged(notice, names=call.caller.is_admin)
        return Answer(body, status=status, headers=headers, etag=tag)


def operations(services: Services, prepared: PreparedNotices) -> list[Operation]:
    """Return what can be asked of the office."""
    calls = OfficeCalls(services, prepared)
    return [*_of_notices(calls), *_of_scheduled(calls)]


def _of_notices(calls: OfficeCalls) -> list[Operation]:
    return [
        Operation(
            method="POST",
            path=NOTICES,
            name="createNotice",
            tag="notices",
            summary="Publish a notice, or schedule it",
            description="201 with the notice; with `publish_at` in the future 202 with what waits.",
            handle=calls.create,
            answers={201: NoticeView, 202: ScheduledView},
            scope=Scope.NOTICES_WRITE,
            body=NoticeSent,
            problems=("not_possible",),
            example=NOTICE_EXAMPLE,
            sends=NOTICE_SENT_EXAMPLE,
            has_etag=True,
            limit=PUBLISHING,
        ),
        Operation(
            method="PUT",
            path=NOTICES + "/{notice_id}",
            name="changeNotice",
            tag="notices",
            summary="Change a notice of the office",
            description="Stores the next revision; nothing if it says the same. `409` for notices of other sources.",
            handle=calls.change,
            answers={200: NoticeView},
            scope=Scope.NOTICES_WRITE,
            parameters=NoticeGiven,
            body=NoticeChange,
            problems=("not_found", "not_possible"),
            example=NOTICE_EXAMPLE,
            sends=NOTICE_SENT_EXAMPLE,
            has_etag=True,
            needs_match=True,
            limit=PUBLISHING,
        ),
        Operation(
            method="DELETE",
            path=NOTICES + "/{notice_id}",
            name="withdrawNotice",
            tag="notices",
            summary="Withdraw a notice",
            description="Whoever got it is told. It stays readable, with `withdrawn` set.",
            handle=calls.withdraw,
            answers={200: NoticeView},
            scope=Scope.NOTICES_WRITE,
            parameters=NoticeGiven,
            problems=("not_found", "not_possible"),
            example={**NOTICE_EXAMPLE, "withdrawn": True},
            has_etag=True,
            limit=PUBLISHING,
        ),
        Operation(
            method="POST",
            path=NOTICES + "/preview",
            name="previewAudience",
            tag="notices",
            summary="Count whom a notice would reach",
            handle=calls.preview,
            answers={200: ReachView},
            scope=Scope.NOTICES_WRITE,
            body=PreviewSent,
            example=REACH_EXAMPLE,
            sends={"year": "202526", "audience": {"branches": ["CSE", "ECE"]}},
        ),
    ]


def _of_scheduled(calls: OfficeCalls) -> list[Operation]:
    one = SCHEDULED + "/{draft_id}"
    return [
        Operation(
            method="GET",
            path=SCHEDULED,
            name="listScheduled",
            tag="scheduled",
            summary="List notices that wait for their hour, earliest first",
            handle=calls.list_scheduled,
            answers={200: ScheduledListView},
            scope=Scope.NOTICES_WRITE,
            parameters=ScheduledListGiven,
            example={"items": [SCHEDULED_EXAMPLE]},
        ),
        Operation(
            method="GET",
            path=one,
            name="getScheduled",
            tag="scheduled",
            summary="Read a notice that waits for its hour",
            handle=calls.get_scheduled,
            answers={200: ScheduledView},
            scope=Scope.NOTICES_WRITE,
            parameters=ScheduledGiven,
            problems=("not_found",),
            example=SCHEDULED_EXAMPLE,
            has_etag=True,
        ),
        Operation(
            method="PUT",
            path=one,
            name="changeScheduled",
            tag="scheduled",
            summary="Change a notice that waits for its hour",
            handle=calls.change_scheduled,
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
            path=one,
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


def _author(caller: Caller) -> str:
    """Return who wrote it as a draft says so: "token:ID" or a student's id."""
    return caller.actor.removeprefix("student:")


def _tag(draft: Draft) -> str:
    return etag("draft", draft.id, draft.version)


def _scheduled(draft: Draft, *, status: int = 200) -> Answer:
    headers = {"Location": f"{SCHEDULED}/{draft.id}"} if status == 202 else {}
    return Answer(_view(draft), status=status, headers=headers, etag=_tag(draft))


def _view(draft: Draft) -> ScheduledView:
    same = {name: getattr(draft, name) for name in ScheduledView.model_fields if name not in ("audience", "notice_id")}
    audience = AudienceSent(**draft.audience.model_dump())
    return ScheduledView(**same, audience=audience, notice_id=office_notice.id_of_draft(draft.id))

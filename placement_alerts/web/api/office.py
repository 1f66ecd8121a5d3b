"""What the placement office does with its own notices: published, changed, withdrawn, previewed."""

from placement_alerts.core import office_notice
from placement_alerts.core.draft import DraftId
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.token import Scope
from placement_alerts.pipeline.auditing import audit
from placement_alerts.web.api.codes import not_found, problem
from placement_alerts.web.api.matching import check_match
from placement_alerts.web.api.notice_views import NOTICE_EXAMPLE, NoticeView
from placement_alerts.web.api.notices import NoticeGiven
from placement_alerts.web.api.office_views import (
    NOTICE_SENT_EXAMPLE,
    REACH_EXAMPLE,
    NoticeChange,
    NoticeSent,
    PreviewSent,
    ReachView,
    ScheduledView,
)
from placement_alerts.web.api.operation import Answer, Call, Operation
from placement_alerts.web.api.prepared import PreparedNotices, notice_etag
from placement_alerts.web.api.scheduled import author, refuse_faults, scheduled
from placement_alerts.web.limits import PUBLISHING
from placement_alerts.web.problems import FieldError
from placement_alerts.web.services import Services

NOTICES = "/api/v1/notices"


class OfficeCalls:
    """What may be asked of the office. Every act stands in the audit trail before it takes effect."""

    def __init__(self, services: Services, prepared: PreparedNotices) -> None:
        self._store = services.store
        self._office = services.office
        self._years = services.settings.years
        self._prepared = prepared

    async def create(self, call: Call[None, NoticeSent]) -> Answer:
        """Publish at once, or keep until the hour."""
        draft = call.body.draft(DraftId(call.new_id("d")), author(call.caller), 1, call.body.publish_at)
        refuse_faults(draft, self._years)
        waits = draft.publish_at is not None and draft.publish_at > call.now
        subject = draft.id if waits else office_notice.id_of_draft(draft.id)
        await self._audit(call, "notice.scheduled" if waits else "notice.published", subject)
        notice = await self._office.publish(draft)
        if notice is None:
            return scheduled(draft, status=202)
        return self._notice(call, notice, status=201)

    async def change(self, call: Call[NoticeGiven, NoticeChange]) -> Answer:
        """Store the next revision."""
        notice = await self._store.notices.get(NoticeId(call.given.notice_id))
        if notice is None:
            raise not_found("notice")
        check_match(call.request, notice_etag(notice, names=call.caller.is_admin))
        draft = call.body.draft(DraftId(notice.id), author(call.caller), 1, None)
        refuse_faults(draft, self._years)
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
    return [*_publishing(calls), *_revising(calls)]


def _publishing(calls: OfficeCalls) -> list[Operation]:
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


def _revising(calls: OfficeCalls) -> list[Operation]:
    return [
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
    ]

"""Reading notices: found, one, and what changed from revision to revision."""

from datetime import datetime
from functools import partial

from pydantic import Field

from placement_alerts.core.matching import company_key
from placement_alerts.core.notice import Notice, NoticeId, NoticeKind
from placement_alerts.core.token import Scope
from placement_alerts.store.base import NoticeFilter
from placement_alerts.web.api.codes import not_found
from placement_alerts.web.api.notice_views import (
    NOTICE_EXAMPLE,
    REVISION_EXAMPLE,
    NoticePage,
    NoticeView,
    RevisionsView,
    revision_view,
)
from placement_alerts.web.api.operation import Answer, Call, Caller, Operation
from placement_alerts.web.api.paging import Key, Paging
from placement_alerts.web.api.prepared import PreparedNotices
from placement_alerts.web.api.values import Given, Identifier, Line, Moment, PageGiven, Year, words_of
from placement_alerts.web.etags import etag
from placement_alerts.web.services import Services

REVALIDATED = "private, no-cache"  # kept by the caller alone, and asked for again by its ETag


class NoticesGiven(PageGiven):
    """Which notices to list; several kinds: any of them."""

    q: Line | None = Field(default=None, description="Words that must all occur in title, company or text.")
    kind: tuple[NoticeKind, ...] = Field(default=(), max_length=len(NoticeKind))
    company: Line | None = Field(default=None, min_length=1, description="A company, in any spelling.")
    source: Identifier | None = None
    year: Year | None = None
    since: Moment | None = Field(default=None, description="Published at this time or later.")
    until: Moment | None = Field(default=None, description="Published before this time.")
    open: bool | None = Field(default=None, description="true: only those whose deadline is not over.")


class NoticeGiven(Given):
    """One notice."""

    notice_id: Identifier


class Notices:
    """What is read of notices. A student reads what is meant for everybody."""

    def __init__(self, services: Services, prepared: PreparedNotices) -> None:
        self._notices = services.store.notices
        self._paging = Paging(services.store)
        self._prepared = prepared

    async def list(self, call: Call[NoticesGiven, None]) -> Answer:
        """Answer a page of current revisions."""
        after = await self._paging.start(call, parts=2)
        rows = await self._notices.find(_filter(call), _stub(after), call.given.limit + 1)
        show = partial(self._prepared.json, names=call.caller.is_admin)
        return await self._paging.page(call, rows, show, _key)

    async def get(self, call: Call[NoticeGiven, None]) -> Answer:
        """Answer the current revision."""
        notice = await self._readable(call)
        body, tag = self._prepared.tagged(notice, names=call.caller.is_admin)
        return Answer(body, etag=tag, caching=REVALIDATED)

    async def revisions(self, call: Call[NoticeGiven, None]) -> Answer:
        """Answer every revision."""
        notice = await self._readable(call)
        names = call.caller.is_admin
        rows = await self._notices.revisions(notice.id)
        shown = RevisionsView(items=tuple(revision_view(row, names=names) for row in rows))
        return Answer(shown, etag=etag("revisions", notice.id, rows[-1].revision, names), caching=REVALIDATED)

    async def _readable(self, call: Call[NoticeGiven, None]) -> Notice:
        notice = await self._prepared.current(NoticeId(call.given.notice_id))
        if notice is None or not (reads_all(call.caller) or notice.public):
            raise not_found("notice")
        return notice


def reads_all(caller: Caller) -> bool:
    """Say whether the caller may read what is not meant for everybody."""
    return caller.may(Scope.NOTICES_READ)


def operations(services: Services, prepared: PreparedNotices) -> list[Operation]:
    """Return what can be asked about notices."""
    notices = Notices(services, prepared)
    return [
        Operation(
            method="GET",
            path="/api/v1/notices",
            name="listNotices",
            tag="notices",
            summary="List and search notices, newest first",
            handle=notices.list,
            answers={200: NoticePage},
            scope=Scope.NOTICES_READ,
            students=True,
            parameters=NoticesGiven,
            problems=("bad_cursor",),
            example={"items": [NOTICE_EXAMPLE], "next": None},
        ),
        Operation(
            method="GET",
            path="/api/v1/notices/{notice_id}",
            name="getNotice",
            tag="notices",
            summary="Read a notice",
            handle=notices.get,
            answers={200: NoticeView},
            scope=Scope.NOTICES_READ,
            students=True,
            parameters=NoticeGiven,
            problems=("not_found",),
            example=NOTICE_EXAMPLE,
            has_etag=True,
        ),
        Operation(
            method="GET",
            path="/api/v1/notices/{notice_id}/revisions",
            name="listRevisions",
            tag="notices",
            summary="Read what changed from revision to revision",
            handle=notices.revisions,
            answers={200: RevisionsView},
            scope=Scope.NOTICES_READ,
            students=True,
            parameters=NoticeGiven,
            problems=("not_found",),
            example={"items": [REVISION_EXAMPLE]},
            has_etag=True,
        ),
    ]


def _filter(call: Call[NoticesGiven, None]) -> NoticeFilter:
    given = call.given
    return NoticeFilter(
        year=given.year,
        kinds=given.kind,
        company=None if given.company is None else company_key(given.company),
        source=given.source,
        since=given.since,
        until=given.until,
        open_at=call.now if given.open else None,
        words=words_of(given.q),
        public=not reads_all(call.caller),
    )


def _key(notice: Notice) -> Key:
    return (notice.published_at.isoformat(), notice.id)


def _stub(key: Key | None) -> Notice | None:
    """Return a notice that stands where the last one of the page before stood, whatever became of that one."""
    if key is None:
        return None
    moment, notice_id = key
    return Notice.model_construct(id=NoticeId(str(notice_id)), published_at=datetime.fromisoformat(str(moment)))

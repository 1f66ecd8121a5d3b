"""Writing a notice of the office: a form, a preview with whom it reaches, and publishing; changing one likewise."""

import secrets
from collections.abc import Sequence

from aiohttp import web

from placement_alerts.core import office_notice
from placement_alerts.core.draft import OFFICE, Draft, DraftId
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.office_notice import WRITABLE_KINDS, Fault
from placement_alerts.core.openness import BRANCHES
from placement_alerts.core.render import render, render_announcement
from placement_alerts.core.student import Student
from placement_alerts.errors import NotFound, NotPossible
from placement_alerts.pipeline.office import Reach
from placement_alerts.pipeline.office_text import first_notice, next_notice
from placement_alerts.web.pages.admin_draft_form import (
    TEXTS,
    DraftForm,
    changed_notice,
    form_of_draft,
    form_of_notice,
    form_sent,
    read_draft,
)
from placement_alerts.web.pages.admin_form import Form
from placement_alerts.web.pages.admin_room import AdminRoom
from placement_alerts.web.pages.admin_words import CHANNELS, kind_word
from placement_alerts.web.pages.wording import count

_ID_LIMIT = 200  # characters


class ComposePages:
    """`/admin/compose`. What was typed travels from form to form; nothing is kept before it is published."""

    def __init__(self, room: AdminRoom) -> None:
        self._room = room

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            self._room.get("/admin/compose", self._begin),
            self._room.post("/admin/compose", self._step),
        ]

    async def _begin(self, request: web.Request, who: Student) -> web.Response:
        draft_id, notice_id = (request.query.get(name, "")[:_ID_LIMIT] for name in ("draft", "notice"))
        if draft_id:
            draft = await self._room.store.drafts.get(DraftId(draft_id))
            if draft is None:
                raise NotFound("this notice does not wait any more")
            typed = form_of_draft(draft)
        elif notice_id:
            typed = form_of_notice(await self._office_notice(NoticeId(notice_id)))
        else:
            year = self._room.services.settings.active
            typed = DraftForm(id=secrets.token_hex(8), year=year)
        return await self._form(request, typed)

    async def _step(self, request: web.Request, who: Student, form: Form) -> web.Response:
        typed = form_sent(form)
        step = form.one("step")
        if step == "edit":
            return await self._form(request, typed)
        draft, faults = read_draft(typed, who.id, self._room.services.settings.years, self._room.now())
        if draft is None:
            return await self._form(request, typed, faults, status=422)
        if step != "publish":
            return await self._preview(request, typed, draft)
        try:
            return await self._publish(who, typed, draft)
        except NotPossible as error:
            return await self._form(request, typed, [Fault("", f"{error}.")], status=409)

    async def _publish(self, who: Student, typed: DraftForm, draft: Draft) -> web.Response:
        """Do it, with the trail before it; what is a repetition, or will be refused, is no act."""
        if (changed := changed_notice(typed)) is not None:
            return await self._revise(who, changed, typed.revision, draft)
        stored = await self._room.store.drafts.get(draft.id)
        known = await self._room.store.notices.get(office_notice.id_of_draft(draft.id))
        if known is None and (stored.version if stored else 0) == draft.version - 1:
            act = "notice.published" if draft.publish_at is None else "draft.changed" if stored else "notice.scheduled"
            subject = draft.id if draft.publish_at else office_notice.id_of_draft(draft.id)
            await self._room.audit(who, act, subject, f"for {_readers(draft)}")
        notice = await self._room.services.office.publish(draft)
        if notice is None:
            return self._room.done("/admin/drafts", "scheduled")
        return self._room.done(f"/admin/notices/{notice.id}", "published")

    async def _revise(self, who: Student, notice_id: NoticeId, revision: int, draft: Draft) -> web.Response:
        current = await self._office_notice(notice_id)
        if await next_notice(current, draft, self._room.now()) is None:
            return self._room.done(f"/admin/notices/{notice_id}", "unchanged")
        if current.revision == revision:
            details = f"revision {revision + 1}, for {_readers(draft)}"
            await self._room.audit(who, "notice.revised", notice_id, details)
        await self._room.services.office.revise(notice_id, draft, revision)
        return self._room.done(f"/admin/notices/{notice_id}", "revised")

    async def _form(
        self, request: web.Request, typed: DraftForm, faults: Sequence[Fault] = (), *, status: int = 200
    ) -> web.Response:
        return await self._room.show(
            request,
            "admin_compose.html",
            "compose",
            status=status,
            typed=typed,
            faults={fault.field: fault.text for fault in reversed(faults)},
            kinds={kind: kind_word(kind) for kind in WRITABLE_KINDS},
            branches=tuple(dict.fromkeys([*BRANCHES, *typed.branches])),
            channels=CHANNELS,
            limits=office_notice,
        )

    async def _preview(self, request: web.Request, typed: DraftForm, draft: Draft) -> web.Response:
        now = self._room.now()
        if (changed := changed_notice(typed)) is not None:
            notice = await next_notice(await self._office_notice(changed), draft, now)
        else:
            notice = await first_notice(draft, draft.publish_at or now)
        reach = await self._room.services.office.reach(draft.year, draft.audience, draft.enrollments)
        return await self._room.show(
            request,
            "admin_preview.html",
            "compose",
            typed=typed,
            texts=TEXTS,
            draft=draft,
            notice=notice,
            message=render(notice, self._room.services.settings.show_names, now) if notice else None,
            change=render_announcement(notice) if notice else None,
            reach=reach,
            reach_line=reach_line(reach, draft),
            channels=CHANNELS,
        )

    async def _office_notice(self, notice_id: NoticeId) -> Notice:
        notice = await self._room.store.notices.get(notice_id)
        if notice is None or notice.source != OFFICE:
            raise NotFound("there is no such notice of the office")
        return notice


def reach_line(reach: Reach, draft: Draft) -> str:
    """Return e.g. "412 of 1,153 students; 30 of them have not told their branch; 12 more cannot be reached"."""
    parts = [f"{reach.concerned:,} of {reach.students:,} students"]
    if draft.audience.branches and reach.unknown_branch:
        have = "has" if reach.unknown_branch == 1 else "have"
        parts.append(f"{reach.unknown_branch:,} of them {have} not told their branch")
    if reach.unreachable:
        parts.append(f"{reach.unreachable:,} more cannot be reached")
    if draft.enrollments:
        parts.append(f"{reach.named:,} of the {len(draft.enrollments):,} named numbers are known to us")
    return "; ".join(parts)


def _readers(draft: Draft) -> str:
    if draft.audience.only_named:
        return count(len(draft.enrollments), "named student", "named students")
    branches = ", ".join(draft.audience.branches)
    return f"{draft.year}, {branches}" if branches else draft.year

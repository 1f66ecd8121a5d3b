"""A notice as a message for a reader, free of any channel's markup (reference/mailbox.md, section 8.1)."""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from placement_alerts.core.enrollment import ENROLLMENT, naming_lines
from placement_alerts.core.fields import Field, effective_deadline, fields
from placement_alerts.core.mail import MAILBOX
from placement_alerts.core.message import Block, Button, Message, Span, Style
from placement_alerts.core.notice import Notice, NoticeKind
from placement_alerts.core.timetable import show_posted

BODY_LIMIT = 12_000  # characters: three or four messages on Telegram
LINKS_SHOWN = 5  # reference/mailbox.md, section 8.1
SEEN_BUTTON = "seen:"  # followed by the notice's id

_BADGES = {
    NoticeKind.JOB_POSTING: "💼 Job posting",
    NoticeKind.SHORTLIST: "📋 Shortlist",
    NoticeKind.OFFER: "🎉 Result",
    NoticeKind.WEBINAR: "🎤 Webinar",
    NoticeKind.HACKATHON: "🚀 Hackathon",
    NoticeKind.REMINDER: "⏰ Reminder",
    NoticeKind.INTERNSHIP_NOC: "📄 Internship NOC",
    NoticeKind.POLICY: "📜 Policy",
    NoticeKind.ANNOUNCEMENT: "📢 Announcement",
    NoticeKind.UPDATE: "🔁 Update",
    NoticeKind.IRRELEVANT: "📢 Notice",
}
_NAMED = {
    NoticeKind.SHORTLIST: "🎯 You are on the list",
    NoticeKind.OFFER: "🎉 You are on the list: congratulations",
}
_REST = "The rest is on the portal."
_REST_OF_A_MAIL = "The rest is in the office's mail."
_NAMED_ELSEWHERE = "📌 This notice names you"
_NEXT_STEP = frozenset({"When", "Venue"})
_BOLD, _ITALIC, _STRIKE = frozenset({Style.BOLD}), frozenset({Style.ITALIC}), frozenset({Style.STRIKE})
_EMPTY = Block(())
_EMPTY_BRACKETS = re.compile(r"\s?\(\s{0,3}\)|\s?\[\s{0,3}\]")  # what is left around a number that is not shown


class ShowNames(StrEnum):
    """How much of a list of students a message shows."""

    COUNT = "count"
    NAMES = "names"
    FULL = "full"


def render(notice: Notice, show_names: ShowNames, now: datetime, *, personal: bool = False) -> Message:
    """Return the notice as it reads now; a withdrawn one is struck through.

    personal: for a student whom it names, so that and the next step come first.
    """
    next_step = tuple(_next_step(notice)) if personal else ()
    blocks = [
        *((_named(notice), *next_step, _EMPTY) if personal else ()),
        Block((Span(notice.title, _BOLD),)),
        Block((Span(_BADGES[notice.facts.kind] + (" · urgent" if notice.urgent else "")),)),
        _EMPTY,
        *(block for block in _field_blocks(notice, now) if block not in next_step),
        *_body_blocks(notice, show_names),
        *_link_blocks(notice),
        _EMPTY,
        *_footer(notice),
    ]
    if notice.withdrawn:
        blocks = [
            Block((Span("🚫 Withdrawn by the placement office", _BOLD),)),
            _EMPTY,
            *(Block(tuple(_struck(span) for span in block.spans)) for block in blocks),
        ]
    buttons = () if notice.withdrawn else ((Button("✅ Got it", data=f"{SEEN_BUTTON}{notice.id}"),),)
    return Message(tuple(blocks), buttons)


def render_announcement(notice: Notice) -> Message | None:
    """Return the one short line about what changed, or None if there is nothing to tell."""
    if notice.announcement is None:
        return None
    return Message(
        (Block((Span(f"🔔 {notice.announcement}", _BOLD),)), Block((Span(notice.title),))),
        silent=not notice.matters,
    )


def render_naming(notice: Notice, change: Message | None) -> Message:
    """Return the line for a student whom the notice names since this revision; it makes a sound.

    change: what all readers are told about the revision; part of it if it makes a sound itself.
    """
    told = change.blocks[:1] if change is not None and not change.silent else ()
    return Message((_named(notice), *_next_step(notice), *told, Block((Span(notice.title),))))


def badge(notice: Notice) -> str:
    """Return the word for the notice's kind, with its sign; of a withdrawn one that it is."""
    return "🚫 Withdrawn" if notice.withdrawn else _BADGES[notice.facts.kind]


def naming(notice: Notice) -> str:
    """Return the words by which a student is told that the notice names them."""
    return _NAMED.get(notice.facts.kind, _NAMED_ELSEWHERE)


def deadline_passed(notice: Notice, now: datetime) -> bool:
    """Say whether the notice's deadline is over."""
    deadline = effective_deadline(notice)
    return deadline is not None and deadline < now


def shown_text(notice: Notice, show_names: ShowNames) -> str:
    """Return the text with as much of a list of students as the setting allows."""
    lines = notice.text.strip().splitlines()
    naming = naming_lines(lines, notice.facts.students) if show_names is not ShowNames.FULL else frozenset()
    if show_names is ShowNames.NAMES:
        return "\n".join(_without_numbers(line) if index in naming else line for index, line in enumerate(lines))
    return "\n".join(line for index, line in enumerate(lines) if index not in naming).strip()


def _named(notice: Notice) -> Block:
    return Block((Span(naming(notice), _BOLD),))


def _next_step(notice: Notice) -> Iterator[Block]:
    """Return when and where the student should be, as the same lines that the fields have."""
    for field in fields(notice):
        if field.label in _NEXT_STEP:
            yield _field_block(field)


def _field_block(field: Field, mark: str = "", closed: str = "") -> Block:
    return Block((Span(f"{mark}{field.label}:", _BOLD), Span(f" {field.value}{closed}")))


def _field_blocks(notice: Notice, now: datetime) -> Iterator[Block]:
    for field in fields(notice):
        mark = "⚠️ " if field.label.startswith("Deadline") else ""
        closed = " (closed)" if mark and deadline_passed(notice, now) else ""
        yield _field_block(field, mark, closed)
    if notice.facts.kind is NoticeKind.JOB_POSTING and effective_deadline(notice) is None:
        yield Block((Span("⚠️ Deadline:", _BOLD), Span(" not specified")))
    if notice.facts.students:
        count = len(notice.facts.students)
        yield Block((Span("Students named:", _BOLD), Span(f" {count}")))


def _body_blocks(notice: Notice, show_names: ShowNames) -> Iterator[Block]:
    text = shown_text(notice, show_names)
    if not text:
        return
    yield _EMPTY
    if len(text) > BODY_LIMIT:
        rest = _REST_OF_A_MAIL if notice.source == MAILBOX else _REST
        whole_lines = text[:BODY_LIMIT].rsplit("\n", 1)[0]
        text = f"{whole_lines}\n… {rest}"
    for line in text.splitlines():
        yield Block((Span(line),))


def _without_numbers(line: str) -> str:
    """Return the line without enrollment numbers, and without the brackets and table cells that held nothing else."""
    left = _EMPTY_BRACKETS.sub("", ENROLLMENT.sub("", line))
    return " | ".join(cell.strip() for cell in left.split("|") if cell.strip()) if "|" in left else left


def _link_blocks(notice: Notice) -> Iterator[Block]:
    links = notice.facts.links[:LINKS_SHOWN]
    if links:
        yield _EMPTY
    for link in links:
        yield Block((Span("🔗 "), Span(link, url=link)))


def _footer(notice: Notice) -> Iterator[Block]:
    if notice.author:
        yield Block((Span(f"Posted by {notice.author}", _ITALIC),))
    yield Block((Span(f"On {show_posted(notice.published_at)}", _ITALIC),))
    if notice.revision > 1 and not notice.withdrawn:
        yield Block((Span(f"Edited {show_posted(notice.stored_at)}", _ITALIC),))


def _struck(span: Span) -> Span:
    return Span(span.text, span.styles | _STRIKE, span.url)

"""A notice in the few words that a lock screen shows: what a push notification is made of."""

from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.fields import effective_deadline, fields
from placement_alerts.core.message import Message
from placement_alerts.core.notice import Notice, NoticeId
from placement_alerts.core.render import badge

TITLE_LIMIT = 80  # characters
BODY_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Brief:
    """One revision in short, free of any channel's markup.

    title: kind and company. body: plain text without a list's names; of a revision it begins with what changed.
    silent: it replaces what is shown without a sound. deadline: the effective one; None: not stated.
    """

    notice_id: NoticeId
    revision: int
    title: str
    body: str
    published_at: datetime
    expires_at: datetime
    deadline: datetime | None = None
    urgent: bool = False
    silent: bool = False


def brief_of(notice: Notice, *, urgent: bool, change: Message | None) -> Brief:
    """Return the notice in short. change: the line for a reader of an earlier revision; None: nothing to tell them."""
    company = notice.facts.company or (notice.job.company if notice.job else None)
    lines = [] if change is None else [change.blocks[0].spans[0].text]
    if notice.title not in lines:
        lines.append(notice.title)
    lines += [f"{field.label}: {field.value}" for field in fields(notice) if field.label != "Company"]
    return Brief(
        notice_id=notice.id,
        revision=notice.revision,
        title=_cut(f"{badge(notice)} · {company}" if company else badge(notice), TITLE_LIMIT),
        body=_cut("\n".join(lines), BODY_LIMIT),
        published_at=notice.published_at,
        expires_at=notice.expires_at,
        deadline=effective_deadline(notice),
        urgent=urgent,
        silent=notice.revision > 1 and (change is None or change.silent),
    )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"

"""The notice that tells students what changed on the official page. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from placement_alerts.core.ids import derived_id
from placement_alerts.core.notice import Change, Facts, Notice, NoticeId, NoticeKind
from placement_alerts.core.official import Snapshot

LIFE = timedelta(days=14)
LINES_SHOWN = 40  # changes; two batches of nine cards have 18, a page that was rewritten has hundreds
SOURCE = "official"


def change_notice(before: Snapshot, after: Snapshot, changes: Sequence[Change], year: str, now: datetime) -> Notice:
    """Return the notice of what changed from one snapshot to the next.

    Its id follows from both contents and from when the first of them came: the same after a crash, and another one
    when the page goes back and forth. year: the placement year whose students are told.
    """
    batches = list(dict.fromkeys(change.field.partition(":")[0] for change in changes))
    lines = [_line(change) for change in changes[:LINES_SHOWN]]
    if len(changes) > LINES_SHOWN:
        lines.append(f"and {len(changes) - LINES_SHOWN} more")
    return Notice(
        id=_id(before, after),
        revision=1,
        year=year,
        source=SOURCE,
        items=(f"page:{after.content_hash[:16]}",),
        title=_title(batches),
        html="<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>",
        text="\n".join(lines),
        facts=Facts(
            kind=NoticeKind.ANNOUNCEMENT, reasons=("kind: announcement, because the official page has other figures",)
        ),
        author=after.heading,
        published_at=now,
        updated_at=now,
        stored_at=now,
        expires_at=now + LIFE,
        public=True,
        changes=tuple(changes),
    )


def _id(before: Snapshot, after: Snapshot) -> NoticeId:
    step = (before.taken_at.isoformat(), before.content_hash, after.content_hash)
    return NoticeId(derived_id("n", SOURCE, *step))


def _title(batches: Sequence[str]) -> str:
    shown = ", ".join(batches[:3]) + (f" and {len(batches) - 3} more" if len(batches) > 3 else "")
    return f"Official placement figures changed: {'batch' if len(batches) == 1 else 'batches'} {shown}"


def _line(change: Change) -> str:
    if change.before is None:
        return f"{change.field}: {change.after} (new)"
    if change.after is None:
        return f"{change.field}: {change.before} (no longer shown)"
    return f"{change.field}: {change.before} → {change.after}"

"""How a posting, a job, or both become one notice, and one revision the next."""

from datetime import datetime, timedelta

from placement_alerts.core import changes
from placement_alerts.core.fields import effective_deadline
from placement_alerts.core.html import sanitise, to_text
from placement_alerts.core.ids import derived_id
from placement_alerts.core.item import SourceItem
from placement_alerts.core.job import Job
from placement_alerts.core.notice import Facts, Notice, NoticeId, NoticeKind, Role

SHORTEST_LIFE = timedelta(hours=24)  # a date that we misread must not keep a fresh notice from being delivered
LIFE_WITHOUT_DATE = timedelta(days=14)
# what the portal's list says of a job; everything else stands in its details (reference/portal.md, section 5)
_LISTED = ("year", "title", "company", "category", "category_code", "content", "created_at", "deadline", "status")
URGENT_WITHIN = timedelta(hours=24)  # DESIGN.md, section 3, "Urgent"


def notice_id(source: str, key: str) -> NoticeId:
    """Return the id of the notice that an item starts."""
    return NoticeId(derived_id("n", source, key))


def clean_job(job: Job) -> Job:
    """Return the job with its HTML sanitised."""
    return job.model_copy(
        update={
            "description_html": sanitise(job.description_html),
            "package_info_html": sanitise(job.package_info_html),
        }
    )


def merged_job(known: Job | None, read: Job) -> Job:
    """Return what is known of a job now: where only the list element could be read, details stay as they were."""
    if known is None or read.detailed or not known.detailed:
        return read
    return known.model_copy(update={name: getattr(read, name) for name in _LISTED})


def notice_of_posting(source: str, item: SourceItem, facts: Facts, job: Job | None, now: datetime) -> Notice:
    """Return revision 1 of the notice of a posting. job: the one it is about, or None."""
    html = sanitise(item.html)
    published_at = item.published_at or now
    return finished(
        Notice(
            id=notice_id(source, item.key),
            revision=1,
            year=item.year,
            source=source,
            items=(item.key,),
            title=item.title or "Notice",
            html=html,
            text=to_text(html),
            facts=facts,
            job=job,
            announces_job=job is not None and facts.kind is NoticeKind.JOB_POSTING,
            author=item.author,
            published_at=published_at,
            updated_at=item.modified_at or published_at,
            stored_at=now,
            expires_at=now,
        )
    )


def notice_of_job(source: str, item: SourceItem, job: Job, now: datetime) -> Notice:
    """Return revision 1 of the notice of a job that nobody posted a text about."""
    html = job.description_html
    published_at = job.created_at or now
    return finished(
        Notice(
            id=notice_id(source, item.key),
            revision=1,
            year=job.year,
            source=source,
            items=(item.key,),
            title=f"Open for applications: {job.company}, {job.title}",
            html=html,
            text=to_text(html),
            facts=facts_of_job(job),
            job=job,
            announces_job=True,
            posted=False,
            published_at=published_at,
            updated_at=published_at,
            stored_at=now,
            expires_at=now,
        )
    )


def facts_of_job(job: Job) -> Facts:
    """Return what a job says of itself; its package stays with the job, where its unit is known."""
    return Facts(
        kind=NoticeKind.JOB_POSTING,
        company=job.company,
        roles=(Role(role=job.title),),
        location=(job.location,) if job.location else (),
        deadline=job.deadline,
        reasons=("kind: job_posting, because it is a job of the portal without a text of its own",),
    )


def joined(current: Notice, posting: Notice) -> Notice:
    """Return `posting` taking over the notice of the job that it announces: one notice, not two."""
    return posting.model_copy(
        update={
            "id": current.id,
            "items": tuple(dict.fromkeys([*current.items, *posting.items])),
            "published_at": min(current.published_at, posting.published_at),
        }
    )


def with_job(current: Notice, job: Job, item_key: str | None, now: datetime) -> Notice:
    """Return the notice with the job as it stands now. item_key: the job's item, if it joins the notice."""
    fresh: dict[str, object] = {}
    if not current.posted:
        fresh = {"title": f"Open for applications: {job.company}, {job.title}", "facts": facts_of_job(job)}
        fresh |= {"html": job.description_html, "text": to_text(job.description_html)}
    items = tuple(dict.fromkeys([*current.items, *([item_key] if item_key else [])]))
    changed = {"job": job, "announces_job": True, "items": items, "withdrawn": False, "updated_at": now}
    return current.model_copy(update=fresh | changed)


def next_revision(current: Notice, wanted: Notice, now: datetime, *, announce: bool = True) -> Notice | None:
    """Return `wanted` as the revision after `current`, or None if a reader would see no difference.

    announce False: the change is told by another notice of the same run; this one is only edited in place.
    """
    verdict = changes.compare(current, wanted)
    if not verdict.changes and _beside_fields(wanted) == _beside_fields(current):
        return None
    told = announce and verdict.announcement is not None
    returns = current.withdrawn != wanted.withdrawn  # what nobody got is neither taken back nor given again
    for_all = changes.brings_more(current, wanted) or (verdict.matters and not returns)
    return finished(
        wanted.model_copy(
            update={
                "id": current.id,
                "revision": current.revision + 1,
                "stored_at": now,
                "archived": current.archived and not for_all,
                "changes": verdict.changes,
                "announcement": verdict.announcement if told else None,
                "matters": verdict.matters and told,
            }
        )
    )


def withdrawn(current: Notice, now: datetime) -> Notice | None:
    """Return the revision that says that the office took the notice back; None if it says so already."""
    return next_revision(current, current.model_copy(update={"withdrawn": True, "updated_at": now}), now)


def archived_at_first_poll(notice: Notice, now: datetime, first_run: timedelta) -> Notice:
    """Return the notice as the first poll of an empty store keeps it: what is older than `first_run` goes to nobody."""
    return notice.model_copy(update={"archived": notice.archived or notice.published_at < now - first_run})


def _beside_fields(notice: Notice) -> tuple[object, ...]:
    return (notice.items, notice.facts.kind, notice.facts.links)


def finished(notice: Notice) -> Notice:
    """Fill what follows from the rest: when it expires, and whether it is urgent."""
    moments = [moment for moment in (effective_deadline(notice), notice.facts.event_at) if moment]
    last = max(moments) if moments else notice.stored_at + LIFE_WITHOUT_DATE
    soon = [moment for moment in moments if timedelta(0) <= moment - notice.stored_at <= URGENT_WITHIN]
    fresh = notice.revision == 1 or notice.matters
    return notice.model_copy(
        update={
            "expires_at": max(last, notice.stored_at + SHORTEST_LIFE),
            "urgent": bool(soon) and fresh and not notice.withdrawn,
        }
    )

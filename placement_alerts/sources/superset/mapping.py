"""From the portal's payloads to jobs and items (reference/portal.md, section 8). Pure: no I/O and no clock."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from placement_alerts.core.item import SourceItem
from placement_alerts.core.job import Document, Job, JobId, Mark, Scale, Stage
from placement_alerts.sources.superset.payloads import (
    DetailPayload,
    DocumentPayload,
    JobPayload,
    MarkPayload,
    NoticePayload,
    StagePayload,
    web_address,
)

CGPA_TOP = 10.0  # a degree's mark above it can only be percent
FINGERPRINT_LENGTH = 32  # hex digits


def notice_key(year: str, identifier: str) -> str:
    """Return the item key of a portal notice: one for each placement year whose accounts list it."""
    return f"notice:{year}/{identifier}"


def job_key(identifier: str) -> str:
    """Return the item key of a job."""
    return f"job:{identifier}"


def notice_item(payload: NoticePayload, accounts: tuple[str, ...], year: str) -> SourceItem:
    """Return a notice as an item; its html is as the portal gave it."""
    title, html = payload.title or "Notice", payload.content or ""
    return SourceItem(
        key=notice_key(year, payload.identifier),
        listing="notices",
        accounts=accounts,
        fingerprint=_digest([title, html]),
        year=year,
        title=title,
        html=html,
        author=payload.author or None,
        published_at=payload.published_at,
        modified_at=payload.modified_at or payload.published_at,
    )


def job_item(job: Job, element: JobPayload, accounts: tuple[str, ...], detailed_at: datetime | None) -> SourceItem:
    """Return a job as an item. detailed_at: when its details were read; None if only the list element is known."""
    return SourceItem(
        key=job_key(job.id),
        listing="jobs",
        accounts=accounts,
        fingerprint=job_fingerprint(job),
        year=job.year,
        title=" - ".join(part for part in (job.company, job.title) if part) or "Job",
        published_at=job.created_at,
        job=job,
        list_fingerprint=element_fingerprint(element),
        detailed_at=detailed_at,
    )


def job_fingerprint(job: Job) -> str:
    """Return a digest of what a reader sees of a job: all but document addresses, which change by themselves.

    Fields at their default are left out, so that a field that is added to `Job` later changes no digest by itself.
    """
    volatile: Any = {"year": True, "documents": {"__all__": {"url"}}}
    return _digest(job.model_dump(mode="json", exclude=volatile, exclude_defaults=True))


def element_fingerprint(element: JobPayload) -> str:
    """Return a digest of the list element alone; the details are read again when it differs."""
    return _digest(element.model_dump(mode="json", exclude_defaults=True))


def to_job(element: JobPayload, detail: DetailPayload | None, year: str, levels: Mapping[int, str]) -> Job:
    """Map a list element and, if they were read, its details. levels: names of categories the portal leaves unnamed."""
    listed = Job(
        id=JobId(element.identifier),
        year=year,
        title=element.title or "",
        company=element.company or "",
        category=element.category or levels.get(element.level or 0, "Unknown"),
        category_code=element.level,
        content=element.content or "",
        created_at=element.created_at,
        deadline=element.deadline,
        status=element.status or None,
        location=element.location or None,
        placement_type=element.position_type or None,
        package_rupees=_package(element.ctc_min, element.ctc_max),
        interval=element.interval or None,
    )
    return listed if detail is None else _with_detail(listed, detail)


def _with_detail(job: Job, detail: DetailPayload) -> Job:
    profile = detail.profile
    return job.model_copy(
        update={
            "title": job.title or profile.title or detail.title or "",
            "company": job.company or detail.company or "",
            "deadline": job.deadline or detail.deadline,
            "status": job.status or detail.status or profile.status or None,
            "marks": tuple(_mark(mark) for mark in detail.marks if mark is not None),
            "courses": tuple(f"{one.program or 'Unknown'} - {one.name}" for one in detail.courses if one is not None),
            "genders": _genders(profile.female, profile.male, profile.other),
            "description_html": "\n".join(part for part in (profile.description, profile.invitation) if part),
            "location": profile.location or detail.location or job.location,
            "package_rupees": _package(profile.package, profile.ctc_min, profile.ctc_max) or job.package_rupees,
            "interval": profile.interval or job.interval,
            "package_info_html": profile.package_info or "",
            "skills": tuple(skill for skill in profile.skills if skill),
            "placement_type": detail.position_type or profile.position_type or job.placement_type,
            "stages": _stages(stage for stage in profile.stages if stage is not None),
            "documents": _documents(one for one in (*profile.documents, *detail.documents) if one is not None),
            "detailed": True,
        }
    )


def _package(*candidates: float | None) -> int | None:
    return next((round(rupees) for rupees in candidates if rupees is not None and round(rupees) > 0), None)


def _mark(payload: MarkPayload) -> Mark:
    required = payload.required if payload.required is not None and payload.required >= 0 else None
    percent = payload.level.upper().startswith("CLASS_") or (required is not None and required > CGPA_TOP)
    return Mark(level=payload.level, required=required, scale=Scale.PERCENT if percent else Scale.CGPA)


def _genders(female: bool | None, male: bool | None, other: bool | None) -> tuple[str, ...]:
    flags = {"Female": female, "Male": male, "Other": other}
    return tuple(name for name, allowed in flags.items() if allowed is not False)


def _stages(payloads: Iterable[StagePayload]) -> tuple[Stage, ...]:
    """Sort by sequence; stages without one keep their order at the end."""
    stages = list(payloads)
    last = max((stage.sequence for stage in stages if stage.sequence is not None), default=0)
    numbered = [Stage(sequence=last + 1 if one.sequence is None else one.sequence, name=one.name) for one in stages]
    return tuple(sorted(numbered, key=lambda stage: stage.sequence))


def _documents(payloads: Iterable[DocumentPayload]) -> tuple[Document, ...]:
    """Join both places by identifier, else uuid, else name: what one copy does not state is taken from the next."""
    joined: dict[str, Document] = {}
    for one in payloads:
        identifier = one.identifier or one.uuid
        join_by = identifier or one.name or one.url
        if join_by is None:
            continue
        before = joined.get(join_by, Document(name="", identifier=identifier))
        joined[join_by] = Document(
            name=before.name or one.name or "",
            identifier=before.identifier,
            url=before.url or web_address(one.url),
        )
    return tuple(one if one.name else one.model_copy(update={"name": "Document"}) for one in joined.values())


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]

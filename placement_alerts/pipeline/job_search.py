"""Which of the portal's jobs a text is about."""

from collections.abc import Iterable

from placement_alerts.core.job import Job, JobId
from placement_alerts.core.matching import company_key, link_parts, match_job
from placement_alerts.core.notice import Facts
from placement_alerts.store.base import JobRepository

LINK_PARTS = 40  # parts of a text's links that are tried as a job's id


async def find_job(jobs: JobRepository, year: str, facts: Facts) -> Job | None:
    """Return the one job of the year that these facts fit, or None if none or several do."""
    parts = link_parts(facts.links)[:LINK_PARTS]
    linked = [await jobs.get(JobId(part)) for part in parts]
    candidates = [job for job in linked if job is not None and job.year == year]
    if facts.company is not None:
        candidates += await jobs.of_company(year, company_key(facts.company))
    unique: Iterable[Job] = {job.id: job for job in candidates}.values()
    return match_job(facts.links, facts.company, [role.role or "" for role in facts.roles], unique)

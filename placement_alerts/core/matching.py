"""When two texts mean the same company, and which job a notice is about."""

import re
from collections.abc import Iterable

from placement_alerts.core.job import Job

# legal forms and country words that come and go between mentions of one company
_NOISE = frozenset({"pvt", "private", "ltd", "limited", "llp", "inc", "incorporated", "corp", "india", "the", "m", "s"})
_WORD = re.compile(r"[^\W_]+")


def company_key(name: str) -> str:
    """Return what is equal for all spellings of one company: words in lower case without legal forms.

    A name made of such words alone keeps them.
    """
    words = _WORD.findall(name.casefold())
    return " ".join([word for word in words if word not in _NOISE] or words)


def role_key(role: str) -> str:
    """Return what is equal for all spellings of one role: words in lower case, plural endings cut."""
    return " ".join(word.removesuffix("s") for word in _WORD.findall(role.casefold()))


def match_job(links: Iterable[str], company: str | None, roles: Iterable[str], jobs: Iterable[Job]) -> Job | None:
    """Return the one job that a notice is about, or None if none or several fit.

    A link that names the job decides; else company and role must both fit, never the company alone (pitfall 38).
    """
    jobs = list(jobs)
    parts = set(link_parts(links))
    linked = [job for job in jobs if job.id in parts]
    if linked:
        return linked[0] if len(linked) == 1 else None
    if company is None:
        return None
    wanted = {role_key(role) for role in roles}
    fitting = [
        job for job in jobs if company_key(job.company) == company_key(company) and role_key(job.title) in wanted
    ]
    return fitting[0] if len(fitting) == 1 else None


def link_parts(links: Iterable[str]) -> list[str]:
    """Return the parts of the links' paths, queries and fragments, each once: one of them may be a job's id."""
    parts = (part for link in links for part in re.split(r"[/?#=&]", link.partition("://")[2])[1:])
    return list(dict.fromkeys(part for part in parts if part))

"""What lists and searches look at: the searched text of a notice or a job, and a notice's company."""

from collections.abc import Iterable

from placement_alerts.core.enrollment import naming_lines
from placement_alerts.core.job import Job
from placement_alerts.core.matching import company_key
from placement_alerts.core.notice import Notice

SEARCHED = 20_000  # characters of the searched text; the longest notices of the portal have some 15,000

WORDS = 10  # of one search: each is looked for in every text of a year
WORD_LENGTH = 200  # characters; servers refuse long expressions


def notice_search(notice: Notice) -> str:
    """Return the text in which the words of a search must occur: title, companies and text, without case.

    Lines that name students are left out: a search would tell everybody who is on a list that nobody is shown.
    """
    of_job = notice.job.company if notice.job else None
    lines = notice.text.splitlines()
    naming = naming_lines(lines, notice.facts.students)
    shown = "\n".join(line for index, line in enumerate(lines) if index not in naming)
    return _folded((notice.title, notice.facts.company, of_job, shown))


def job_search(job: Job) -> str:
    """Return the text in which the words of a search must occur: title, company and location, without case."""
    return _folded((job.title, job.company, job.location))


def search_words(words: Iterable[str]) -> list[str]:
    """Return the words as they stand in a searched text, each once; nothing is left of blank ones.

    Only the first WORDS count, and of each the first WORD_LENGTH characters. What is no text, such as half of a
    surrogate pair, becomes a question mark: no store could be asked for it.
    """
    folded = (word[:WORD_LENGTH].casefold().strip().encode("utf-8", "replace").decode() for word in words)
    return [word for word in dict.fromkeys(folded) if word][:WORDS]


def notice_company(notice: Notice) -> str | None:
    """Return the key of the company that a reader sees: the notice's own, else that of its job; None: it has none."""
    company = notice.facts.company or (notice.job.company if notice.job else None)
    return company_key(company) if company else None


def _folded(parts: Iterable[str | None]) -> str:
    return "\n".join(part for part in parts if part)[:SEARCHED].casefold()[:SEARCHED]

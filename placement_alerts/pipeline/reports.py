"""What one poll of one source changed: for the log, for `update`, and for the source's health."""

from dataclasses import dataclass


@dataclass(slots=True)
class IntakeReport:
    """What one poll of one source changed.

    items: listed in it. notices: new ones, of which `archived` are delivered to nobody. offers: merged from mails.
    held: waiting for an admin. irrelevant: mails that say nothing to students. failures: one line for each part that
    failed; failed: nothing could be read at all. strange: what makes the whole answer doubtful; None if nothing does.
    """

    source: str
    items: int = 0
    notices: int = 0
    archived: int = 0
    revised: int = 0
    withdrawn: int = 0
    jobs: int = 0
    offers: int = 0
    held: int = 0
    irrelevant: int = 0
    unchanged: int = 0
    rejected: int = 0
    failures: tuple[str, ...] = ()
    strange: str | None = None
    failed: bool = False

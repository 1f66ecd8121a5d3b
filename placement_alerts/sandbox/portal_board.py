"""What the simulated portal's office has published and for whom.

Elements are plain dictionaries as the portal sends them, so that a test can leave out, break or add any field.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Element = dict[str, Any]


class Board:
    """Notices, jobs and documents, and what the office does with them. now: its clock, for times that are not given."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._notices: dict[str, _Posting] = {}
        self._jobs: dict[str, _Posting] = {}
        self._addresses: dict[str, str] = {}

    def publish_notice(self, element: Element, audience: Iterable[str] | None = None) -> None:
        """Publish a notice for these accounts, or for all; publishedAt is now unless given."""
        element = {"publishedAt": self._ms(), "lastModifiedOn": None, **element}
        self._notices[str(element.get("identifier", f"nameless-{len(self._notices)}"))] = _Posting(
            element, _audience(audience)
        )

    def edit_notice(self, identifier: str, **changes: Any) -> None:
        """Change fields of a notice; lastModifiedOn is now unless given."""
        self._notices[identifier].element.update({"lastModifiedOn": self._ms(), **changes})

    def remove_notice(self, identifier: str) -> None:
        """Take a notice away."""
        del self._notices[identifier]

    def post_job(self, element: Element, detail: Element | None = None, audience: Iterable[str] | None = None) -> None:
        """Post a job for these accounts, or for all; createdAt is now unless given."""
        element = {"createdAt": self._ms(), **element}
        key = str(element.get("jobProfileIdentifier", f"nameless-{len(self._jobs)}"))
        self._jobs[key] = _Posting(element, _audience(audience), {"jobProfile": {}} if detail is None else detail)

    def change_job(self, identifier: str, **changes: Any) -> None:
        """Change fields of a job's list element."""
        self._jobs[identifier].element.update(changes)

    def change_detail(self, identifier: str, **changes: Any) -> None:
        """Change fields of `jobProfile` in a job's details."""
        self._jobs[identifier].detail.setdefault("jobProfile", {}).update(changes)

    def remove_job(self, identifier: str) -> None:
        """Take a job away."""
        del self._jobs[identifier]

    def place_document(self, identifier: str, url: str) -> None:
        """Say where a document is; without it, U answers 404."""
        self._addresses[identifier] = url

    def listed_notices(self) -> dict[str, Element]:
        """Return every notice that is published, by identifier."""
        return {identifier: dict(posting.element) for identifier, posting in self._notices.items()}

    def notices_for(self, email: str) -> list[Element]:
        """Return the notices that an account sees."""
        return [one.element for one in self._notices.values() if one.is_for(email)]

    def jobs_for(self, email: str) -> list[Element]:
        """Return the list elements of the jobs that an account sees."""
        return [one.element for one in self._jobs.values() if one.is_for(email)]

    def detail_for(self, email: str, identifier: str) -> Element | None:
        """Return a job's details; None if there is no such job for the account."""
        posting = self._jobs.get(identifier)
        return posting.detail if posting is not None and posting.is_for(email) else None

    def address_of(self, document: str) -> str | None:
        """Return where a document is."""
        return self._addresses.get(document)

    def _ms(self) -> int:
        return to_ms(self._now())


def to_ms(moment: datetime) -> int:
    """Return epoch milliseconds, the portal's form of a time."""
    return int(moment.timestamp() * 1000)


def _audience(emails: Iterable[str] | None) -> frozenset[str] | None:
    return None if emails is None else frozenset(emails)


@dataclass(slots=True)
class _Posting:
    element: Element
    audience: frozenset[str] | None  # None: every account sees it
    detail: Element = field(default_factory=dict)

    def is_for(self, email: str) -> bool:
        return self.audience is None or email in self.audience

"""Placement policies: a mail's version is stored first, then the notice that tells of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from placement_alerts.core.mail import Mail, MailId
from placement_alerts.core.mail_understanding import UnderstoodMail
from placement_alerts.core.notice import Notice
from placement_alerts.core.policies import next_version, notice_of
from placement_alerts.core.policy import Policy
from placement_alerts.pipeline.publishing import publish
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store

log = structlog.get_logger(__name__)


class Policies:
    """Takes policy mails in. stored: set when a notice is stored. announce: whether a version becomes a notice."""

    def __init__(self, store: Store, stored: Flag, now: Callable[[], datetime], *, announce: bool) -> None:
        self._store = store
        self._stored = stored
        self._now = now
        self._announce = announce

    async def take_in(
        self, mail: Mail, understood: UnderstoodMail, placement_year: str, *, archived: bool = False
    ) -> Notice | None:
        """Store the version that the mail makes, then its notice; the same mail again changes nothing.

        placement_year: of the students who are told. archived: the notice is kept and delivered to nobody.
        Returns the notice; None if versions are not announced, or the mail says what the policy says already.
        Raises ValueError if `understood` names no graduating year.
        """
        found = await self._version_of(mail, understood)
        if found is None or not self._announce:
            return None
        policy, before = found
        notice = await asyncio.to_thread(notice_of, policy, before, understood, placement_year, self._now())
        notice = notice.model_copy(update={"archived": archived})
        if await publish(self._store, notice, self._stored):
            return notice
        return await self._store.notices.get(notice.id)

    async def _version_of(self, mail: Mail, understood: UnderstoodMail) -> tuple[Policy, Policy | None] | None:
        """Return the mail's version, stored, and the one before it; None if it makes none."""
        while True:
            year = understood.graduating_year
            versions = await self._store.policies.versions(year) if year is not None else []
            if (found := _stored(versions, mail.id)) is not None:
                return found
            current = versions[-1] if versions else None
            policy = await asyncio.to_thread(next_version, mail, understood, current, self._now())
            if policy is None:
                return None
            if await self._store.policies.save(policy):  # else another mail took that number: look again
                log.info("policy.stored", year=policy.year, version=policy.version, mail=mail.id)
                return policy, current


def _stored(versions: list[Policy], mail_id: MailId) -> tuple[Policy, Policy | None] | None:
    for position, policy in enumerate(versions):
        if policy.mail_id == mail_id:
            return policy, versions[position - 1] if position else None
    return None

"""Reads the details of jobs, a few at once, each with an account that lists it (reference/portal.md, sections 6, 9)."""

import asyncio
from collections.abc import Mapping, Sequence

from placement_alerts.core.item import Failure
from placement_alerts.core.job import Job
from placement_alerts.errors import PeerError, PeerUnreachable
from placement_alerts.sources.superset.account import PortalAccount
from placement_alerts.sources.superset.listing import Listed, failure
from placement_alerts.sources.superset.mapping import to_job
from placement_alerts.sources.superset.payloads import JobPayload

AT_ONCE = 4  # detail calls in flight
UNREACHABLE_LIMIT = 5  # details that may time out before the rest waits for the next run


class DetailReader:
    """Reads details in one run. accounts: by label; levels: see `to_job`. failures: filled while reading."""

    def __init__(self, accounts: Mapping[str, PortalAccount], levels: Mapping[int, str]) -> None:
        self.failures: list[Failure] = []
        self._accounts = accounts
        self._levels = levels
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._unreachable = 0
        self._skipped = 0

    async def read(self, wanted: Sequence[Listed[JobPayload]]) -> dict[str, Job]:
        """Return the jobs that could be read, by identifier."""
        async with asyncio.TaskGroup() as tasks:
            running = {one.payload.identifier: tasks.create_task(self._read_one(one)) for one in wanted}
        if self._skipped:
            reason = PeerUnreachable(f"{self._skipped} jobs left for the next run, the portal does not answer")
            self.failures.append(failure("all accounts", "details", reason))
        done = {identifier: task.result() for identifier, task in running.items()}
        return {identifier: job for identifier, job in done.items() if job is not None}

    async def _read_one(self, listed: Listed[JobPayload]) -> Job | None:
        async with self._slots:
            if self._unreachable >= UNREACHABLE_LIMIT:
                self._skipped += 1
                return None
            return await self._with_any_account(listed)

    async def _with_any_account(self, listed: Listed[JobPayload]) -> Job | None:
        """Try the accounts that list the job, in order; an account that fails leaves the job to the next."""
        part = f"details of job {listed.payload.identifier}"
        problems: list[Failure] = []
        for account in (self._accounts[label] for label in listed.accounts):
            try:
                detail = await account.detail(listed.payload.identifier)
            except PeerError as error:
                self._unreachable += isinstance(error, PeerUnreachable)
                problems.append(failure(account.name, part, error))
            else:
                return to_job(listed.payload, detail, listed.year, self._levels)
        self.failures.extend(problems)
        return None

"""Placement policies with their versions in the embedded store."""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

from placement_alerts.core.policy import Policy
from placement_alerts.store.sqlite.connection import Database
from placement_alerts.store.sqlite.documents import parsed

SAVE_SQL = "INSERT INTO policies (year, version, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
LATEST_SQL = "SELECT document FROM policies WHERE year = ? ORDER BY version DESC LIMIT 1"
VERSIONS_SQL = "SELECT document FROM policies WHERE year = ? ORDER BY version"
YEARS_SQL = "SELECT DISTINCT year FROM policies ORDER BY year DESC"


class SqlitePolicies:
    """The repository of policies (store/knowledge.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, policy: Policy) -> bool:
        row = (policy.year, policy.version, policy.model_dump_json())
        return await self._database.change(SAVE_SQL, row) == 1

    async def latest(self, year: int) -> Policy | None:
        row = await self._database.row(LATEST_SQL, (year,))
        return None if row is None else Policy.model_validate_json(row[0])

    async def versions(self, year: int) -> list[Policy]:
        return await parsed(Policy, await self._database.rows(VERSIONS_SQL, (year,)))

    async def years(self) -> list[int]:
        return [row[0] for row in await self._database.rows(YEARS_SQL)]

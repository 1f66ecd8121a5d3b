"""Offers, and which company names mean the same, in the embedded store."""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

from placement_alerts.core.offer import Offer, OfferId
from placement_alerts.store.sqlite.connection import Database
from placement_alerts.store.sqlite.documents import parsed

# DO NOTHING, OR IGNORE: that the company has an offer already is no error but the answer "not stored"
ADD_SQL = """
    INSERT INTO offers (year, company_key, version, pending, document, id) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
CHANGE_SQL = """
    UPDATE OR IGNORE offers SET year = ?, company_key = ?, version = ?, pending = ?, document = ?
    WHERE id = ? AND version = ?"""
GET_SQL = "SELECT document FROM offers WHERE year = ? AND company_key = ?"
REMOVE_SQL = "DELETE FROM offers WHERE id = ? AND version = ?"
OF_YEAR_SQL = "SELECT document FROM offers WHERE year = ? ORDER BY company_key"
WITH_PENDING_SQL = "SELECT document FROM offers WHERE pending = 1 ORDER BY id LIMIT ?"
ALIASES_SQL = "SELECT alias, kept FROM company_aliases ORDER BY alias"
ADD_ALIAS_SQL = "INSERT OR REPLACE INTO company_aliases (alias, kept) VALUES (?, ?)"


class SqliteOffers:
    """The repository of offers (store/knowledge.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, year: str, company_key: str) -> Offer | None:
        row = await self._database.row(GET_SQL, (year, company_key))
        return None if row is None else Offer.model_validate_json(row[0])

    async def save(self, offer: Offer) -> bool:
        queried = (offer.year, offer.company_key, offer.version, bool(offer.pending))
        row = (*queried, offer.model_dump_json(), offer.id)
        if offer.version == 1:
            return await self._database.change(ADD_SQL, row) == 1
        return await self._database.change(CHANGE_SQL, (*row, offer.version - 1)) == 1

    async def remove(self, offer_id: OfferId, version: int) -> bool:
        return await self._database.change(REMOVE_SQL, (offer_id, version)) == 1

    async def of_year(self, year: str) -> list[Offer]:
        return await parsed(Offer, await self._database.rows(OF_YEAR_SQL, (year,)))

    async def with_pending(self, limit: int) -> list[Offer]:
        return await parsed(Offer, await self._database.rows(WITH_PENDING_SQL, (limit,)))

    async def aliases(self) -> dict[str, str]:
        return {row[0]: row[1] for row in await self._database.rows(ALIASES_SQL)}

    async def add_alias(self, alias: str, kept: str) -> None:
        await self._database.change(ADD_ALIAS_SQL, (alias, kept))

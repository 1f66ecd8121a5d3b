"""Placement policies, one document a version."""

# ruff: noqa: D102 - the protocols in store/knowledge.py say what these methods do

from placement_alerts.core.policy import Policy
from placement_alerts.store.mongo.client import Client, operation
from placement_alerts.store.mongo.documents import from_model, parsed, to_model
from placement_alerts.store.mongo.indexes import POLICIES
from placement_alerts.store.mongo.writes import insert_new


class MongoPolicies:
    """PolicyRepository on MongoDB."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._policies = client.collection(POLICIES)

    @operation
    async def save(self, policy: Policy) -> bool:
        return await insert_new(self._policies, [from_model(policy, _id=f"{policy.year}.{policy.version}")]) == 1

    @operation
    async def latest(self, year: int) -> Policy | None:
        found = await self._policies.find({"year": year}).sort("version", -1).limit(1).to_list(None)
        return to_model(Policy, found[0]) if found else None

    @operation
    async def versions(self, year: int) -> list[Policy]:
        found = await self._policies.find({"year": year}).sort("version", 1).to_list(None)
        return await parsed(Policy, found)

    @operation
    async def years(self) -> list[int]:
        stages = [{"$match": {"year": {"$gte": 0}}}, {"$group": {"_id": "$year"}}]  # the match makes it use its index
        return sorted((row["_id"] for row in await self._policies.aggregate(stages).to_list(None)), reverse=True)

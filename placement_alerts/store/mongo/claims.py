"""Claims: due deliveries of a channel for one process, each for one process only.

By token: choose candidates, mark them with the token where they still wait, and read back what bears the token. Only
that is ours; what the answer to the marking was does not matter.
"""

import asyncio
import random
from collections.abc import Collection, Sequence
from typing import Any

from placement_alerts.core.delivery import Delivery, DeliveryId, DeliveryState
from placement_alerts.core.frozen import to_utc_ms
from placement_alerts.store.base import Claim
from placement_alerts.store.mongo.documents import Document, in_state, to_delivery

CANDIDATES = 4  # read for each wished delivery, because several may be for one target
ROUNDS = 8  # of reading candidates, each without the targets found before
COLLISIONS = 3  # after which the claim comes home with nothing
APART_S = 0.02
TOKENS = 64  # whose answer got lost that are remembered


class Claims:
    """Serves claims. deliveries: the collection."""

    def __init__(self, deliveries: Any) -> None:
        self._deliveries = deliveries
        # token -> what its repetition was answered, None until then
        self._unsure: dict[str, frozenset[DeliveryId] | None] = {}

    async def take(self, claim: Claim) -> list[Delivery]:
        """Return what the claim's token holds, after trying to mark what it wishes for unless it holds something."""
        if claim.limit < 1:
            return []
        repeated = claim.token in self._unsure
        self._unsure.setdefault(claim.token, None)
        held: list[Delivery] = []
        for _ in range(COLLISIONS):
            under_way = await self._under_way(claim)
            if not any(row["lease"] == claim.token for row in under_way):
                await self._mark(claim, busy={row["target"] for row in under_way} | set(claim.resting))
            marked = await self._marked(claim)
            held = await self._settle(claim, marked)
            if held or not marked:
                break
            await asyncio.sleep(random.uniform(0, APART_S))  # noqa: S311 - only to be out of step with the other
        self._answered(claim.token, held, repeated=repeated)
        return held

    async def _under_way(self, claim: Claim) -> list[Document]:
        """Return lease and target of all that is being sent on the channel, after freeing our own strays."""
        wanted = {"owner": {"$gt": ""}, "channel": claim.channel}
        rows: list[Document] = await self._deliveries.find(wanted, {"owner": 1, "lease": 1, "target": 1}).to_list(None)
        strays = [row for row in rows if row["owner"] == claim.owner and self._is_stray(row)]
        for row in strays:
            await self._release([row["_id"]], row["lease"])
        return [row for row in rows if row not in strays]

    async def _mark(self, claim: Claim, busy: Collection[str]) -> None:
        chosen = await self._choose(claim, set(busy))
        if chosen:
            lease = {"owner": claim.owner, "lease": claim.token}
            await self._deliveries.update_many(
                {"_id": {"$in": chosen}, "waiting": True}, {"$set": in_state(DeliveryState.SENDING) | lease}
            )

    async def _choose(self, claim: Claim, busy: set[str]) -> list[DeliveryId]:
        """Return the ids of the best due deliveries, one a target, none for busy targets."""
        chosen: list[DeliveryId] = []
        # most often few targets are busy and the first page will do; their list in the query would slow it down
        without: set[str] = set()
        for _ in range(ROUNDS):
            page = CANDIDATES * claim.limit + len(busy - without)
            candidates = await self._candidates(claim, without, page)
            for row in candidates:
                if row["target"] not in busy and len(chosen) < claim.limit:
                    busy.add(row["target"])
                    chosen.append(row["_id"])
            if len(chosen) == claim.limit or len(candidates) < page:
                break
            without = set(busy)
        return chosen

    async def _candidates(self, claim: Claim, without: Collection[str], limit: int) -> list[Document]:
        due: Document = {"channel": claim.channel, "waiting": True, "due_at": {"$lte": to_utc_ms(claim.now)}}
        if without:
            due["target"] = {"$nin": sorted(without)}
        order = [("priority", 1), ("due_at", 1), ("_id", 1)]
        rows: list[Document] = await self._deliveries.find(due, {"target": 1}).sort(order).limit(limit).to_list(None)
        return rows

    async def _marked(self, claim: Claim) -> list[Delivery]:
        found = await self._deliveries.find({"owner": claim.owner, "lease": claim.token}).to_list(None)
        return sorted(map(to_delivery, found), key=lambda row: (row.priority, row.due_at, row.id))

    async def _settle(self, claim: Claim, marked: Sequence[Delivery]) -> list[Delivery]:
        """Return what the token may hold, after giving back the rest.

        That is what another claim is sending to the same target, marked at the same moment (both give it back), and
        what is too much because an earlier marking of this token came through late.
        """
        if not marked:
            return []
        wanted = {"owner": {"$gt": ""}, "channel": claim.channel}
        all_rows = await self._deliveries.find(wanted, {"lease": 1, "target": 1}).to_list(None)
        taken = {row["target"] for row in all_rows if row["lease"] != claim.token}
        kept: list[Delivery] = []
        for row in marked:
            if row.target not in taken and len(kept) < claim.limit:
                taken.add(row.target)
                kept.append(row)
        if len(kept) < len(marked):
            await self._release([row.id for row in marked if row not in kept], claim.token)
        return kept

    async def _release(self, ids: Sequence[DeliveryId], lease: str) -> None:
        """Make due again what nobody began to send."""
        await self._deliveries.update_many({"_id": {"$in": ids}, "lease": lease}, {"$set": in_state(DeliveryState.DUE)})

    def _is_stray(self, row: Document) -> bool:
        """Return whether a marking came through after its token's last answer, so that nobody knows of the row."""
        answer = self._unsure.get(row["lease"])
        return answer is not None and row["_id"] not in answer

    def _answered(self, token: str, held: Sequence[Delivery], *, repeated: bool) -> None:
        """Remember the answer of a token that was asked again: an earlier marking of it may still come through."""
        if repeated:
            self._unsure[token] = frozenset(row.id for row in held)
        else:
            self._unsure.pop(token, None)
        while len(self._unsure) > TOKENS:
            del self._unsure[next(iter(self._unsure))]

"""Receipts in, claimed deliveries out: the two halves of one transaction."""

from collections.abc import Iterable, Sequence

import aiosqlite

from placement_alerts.core.delivery import Delivery, DeliveryState, Priority, Receipt, check_move
from placement_alerts.store.base import Claim
from placement_alerts.store.sqlite.connection import Row
from placement_alerts.store.sqlite.delivery_rows import COLUMNS, from_row, to_receipt_row
from placement_alerts.store.sqlite.schema import SENDING_SQL, WAITING_SQL
from placement_alerts.store.sqlite.values import to_list, to_ms

CANDIDATES_PER_WISH = 4  # several rows of one target often stand together; more rounds follow if these do not do

RECORD_SQL = """
    UPDATE deliveries SET state = :state, due_at = :due_at, attempts = :attempts,
        possibly_delivered = :possibly_delivered, message_ids = :message_ids, announced_id = :announced_id,
        error_class = :error_class, error = :error, sent_at = :sent_at,
        owner = iif(:keeps_lease, owner, NULL), lease = iif(:keeps_lease, lease, NULL)
    WHERE id = :id AND lease = :lease AND state = 'sending'"""

HELD_SQL = f"""
    SELECT {COLUMNS} FROM deliveries INDEXED BY deliveries_sending
    WHERE channel = ? AND lease = ? AND {SENDING_SQL}"""  # noqa: S608 - constants of ours

BUSY_TARGETS_SQL = f"""
    SELECT target FROM deliveries INDEXED BY deliveries_sending
    WHERE channel = ? AND {SENDING_SQL}"""  # noqa: S608 - constants of ours

# one walk down the index for each priority: over all priorities at once, the future rows of an urgent one would have
# to be walked past to reach the due rows of the next
_DUE_OF_PRIORITY_SQL = f"""
    SELECT * FROM (
        SELECT id, target, priority, due_at FROM deliveries
        WHERE channel = :channel AND priority = {{priority}} AND due_at <= :now AND {WAITING_SQL}
            AND target NOT IN (SELECT value FROM json_each(:skipped))
        ORDER BY due_at, id LIMIT :limit)"""  # noqa: S608 - constants of ours
DUE_SQL = " UNION ALL ".join(_DUE_OF_PRIORITY_SQL.format(priority=int(priority)) for priority in Priority)

# +: by id alone; SQLite would rather look up each id in each of the states
LEASE_SQL = f"""
    UPDATE deliveries SET state = 'sending', owner = ?, lease = ?
    WHERE id IN (SELECT value FROM json_each(?)) AND +{WAITING_SQL} RETURNING {COLUMNS}"""  # noqa: S608 - constants of ours


async def record(writer: aiosqlite.Connection, receipts: Sequence[Receipt]) -> None:
    """Write the receipts whose lease still holds."""
    for receipt in receipts:
        check_move(DeliveryState.SENDING, receipt.state)
    await writer.executemany(RECORD_SQL, [to_receipt_row(receipt) for receipt in receipts])


async def claim(writer: aiosqlite.Connection, wish: Claim) -> list[Delivery]:
    """Lease due rows to the wish; what its token holds already, if this is a repetition."""
    rows = list(await writer.execute_fetchall(HELD_SQL, (wish.channel, wish.token)))
    if not rows and (ids := await _choose(writer, wish)):
        rows = list(await writer.execute_fetchall(LEASE_SQL, (wish.owner, wish.token, to_list(ids))))
    return sorted(map(from_row, rows), key=lambda delivery: (delivery.priority, delivery.due_at, delivery.id))


async def _choose(writer: aiosqlite.Connection, wish: Claim) -> list[str]:
    """Return the ids of the first due rows, one a target, of targets that neither rest nor have a send under way."""
    busy = await writer.execute_fetchall(BUSY_TARGETS_SQL, (wish.channel,))
    skipped = {row[0] for row in busy}.union(wish.resting)
    chosen: list[str] = []
    while len(chosen) < wish.limit:
        limit = (wish.limit - len(chosen)) * CANDIDATES_PER_WISH
        wanted = {"channel": wish.channel, "now": to_ms(wish.now), "skipped": to_list(skipped), "limit": limit}
        candidates = list(await writer.execute_fetchall(DUE_SQL, wanted))
        chosen += _first_of_targets(candidates, skipped, wish.limit - len(chosen))
        if len(candidates) < limit:  # fewer than asked for: these were all
            break
    return chosen


def _first_of_targets(candidates: Iterable[Row], skipped: set[str], limit: int) -> list[str]:
    """Return the ids of the first row of each target, best first; the targets join `skipped`."""
    ids: list[str] = []
    for identifier, target, _, _ in sorted(candidates, key=lambda row: (row[2], row[3], row[0])):
        if len(ids) < limit and target not in skipped:
            skipped.add(target)
            ids.append(identifier)
    return ids

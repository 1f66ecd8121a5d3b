"""Deliveries in the embedded store. Every move is filtered by the table of core/delivery.py."""

# ruff: noqa: D102 - the protocols in store/base.py say what these methods do

from collections.abc import Collection, Sequence
from datetime import datetime

from placement_alerts.core.delivery import (
    RETRYABLE,
    WAITING,
    Delivery,
    DeliveryId,
    DeliveryState,
    Priority,
    Receipt,
    check_move,
    sources_of,
)
from placement_alerts.core.notice import NoticeId
from placement_alerts.core.student import AddressId, StudentId
from placement_alerts.store.base import Claim, DeliveryFilter, OwnerId
from placement_alerts.store.sqlite import exchange
from placement_alerts.store.sqlite.connection import Database
from placement_alerts.store.sqlite.delivery_rows import COLUMNS, PLACES, from_row, states_sql, to_row
from placement_alerts.store.sqlite.schema import SENDING_SQL, WAITING_SQL
from placement_alerts.store.sqlite.values import from_ms, from_ms_or_none, to_list, to_ms

# ruff: noqa: S608 - the statements are put together from constants of ours alone; every value is a parameter

# a + before a column, and INDEXED BY, keep SQLite from an index that finds far more rows than the one that is meant:
# it knows nothing of how many there are of what (tests/store/test_sqlite_plans.py)
PLAN_SQL = f"INSERT INTO deliveries ({COLUMNS}) VALUES ({PLACES}) ON CONFLICT DO NOTHING"
CLOSE_SQL = f"UPDATE deliveries SET state = ? WHERE notice_id = ? AND revision < ? AND {WAITING_SQL}"
CLOSE_ADDRESS_SQL = f"""
    UPDATE deliveries SET state = 'refused', error_class = ?, due_at = ? WHERE address_id = ? AND {WAITING_SQL}"""
RETARGET_SQL = f"UPDATE deliveries SET target = ? WHERE address_id = ? AND target <> ? AND {WAITING_SQL}"
SEEN_SQL = f"""
    UPDATE deliveries SET state = 'seen', seen_at = ?
    WHERE notice_id = ? AND student_id = ? AND +{states_sql(sources_of(DeliveryState.SEEN))}"""
SHOWN_SQL = "UPDATE deliveries SET shown_at = coalesce(shown_at, ?) WHERE id = ?"
FREE_SQL = f"""
    UPDATE deliveries INDEXED BY deliveries_sending SET state = 'due', due_at = ?, attempts = attempts + 1,
        possibly_delivered = possibly_delivered + 1, owner = NULL, lease = NULL
    WHERE {SENDING_SQL} AND owner IN (SELECT value FROM json_each(?))"""
RETRY_SQL = f"""
    UPDATE deliveries SET state = 'due', due_at = ?, attempts = 0
    WHERE id IN (SELECT value FROM json_each(?)) AND +{states_sql(RETRYABLE)}"""

GET_SQL = f"SELECT {COLUMNS} FROM deliveries WHERE id = ?"
OF_ADDRESS_SQL = f"SELECT {COLUMNS} FROM deliveries WHERE address_id = ? AND notice_id = ? ORDER BY revision"
OF_STUDENTS_SQL = f"""
    SELECT {COLUMNS} FROM deliveries
    WHERE notice_id = ? AND student_id IN (SELECT value FROM json_each(?)) ORDER BY id"""
LAST_STATES_SQL = """
    SELECT state FROM deliveries WHERE address_id = ? AND state IN ('sent', 'seen', 'refused', 'dead')
    ORDER BY due_at DESC, id DESC LIMIT ?"""
# the first row of each priority: a minimum over all of them would read every waiting row
NEXT_DUE_SQL = "SELECT min(due_at) FROM ({})".format(
    " UNION ALL ".join(
        f"SELECT min(due_at) AS due_at FROM deliveries WHERE channel = :channel AND priority = {int(priority)}"
        f" AND {WAITING_SQL}"
        for priority in Priority
    )
)
LAST_SENT_SQL = "SELECT max(sent_at) FROM deliveries WHERE address_id = ?"
# beside max(), the other columns are those of the row that has the maximum: sqlite.org/lang_select.html#bareagg
COUNTS_OF_SQL = """
    SELECT channel, state, count(*) FROM (
        SELECT channel, state, max(revision) FROM deliveries WHERE notice_id = ? GROUP BY student_id, address_id
    ) GROUP BY channel, state"""
COUNTS_SQL = "SELECT channel, state, count(*) FROM deliveries GROUP BY channel, state"


class SqliteDeliveries:
    """The repository of deliveries (store/base.py)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, deliveries: Sequence[Delivery]) -> int:
        """Store those that are not there yet. The rows are made in the writer's thread: ten thousand take a while."""
        async with self._database.transaction() as writer:
            cursor = await writer.executemany(PLAN_SQL, map(to_row, deliveries))
            return max(cursor.rowcount, 0)  # -1 when there was nothing to run

    async def exchange(self, receipts: Sequence[Receipt], claim: Claim | None) -> list[Delivery]:
        """Record, then claim, in one transaction; if neither changes a row, nothing is written to disk."""
        async with self._database.transaction() as writer:
            await exchange.record(writer, receipts)
            return await exchange.claim(writer, claim) if claim else []

    async def close_waiting(self, notice_id: NoticeId, below_revision: int, state: DeliveryState) -> int:
        """Move waiting deliveries of earlier revisions to `state`; DeliveryMoveError if none may ever go there."""
        for waiting in WAITING:
            check_move(waiting, state)
        return await self._database.change(CLOSE_SQL, (state.value, notice_id, below_revision))

    async def close_address(self, address_id: AddressId, error_class: str, now: datetime) -> int:
        """Refuse what waits for the address; due_at becomes the moment of it."""
        return await self._database.change(CLOSE_ADDRESS_SQL, (error_class, to_ms(now), address_id))

    async def retarget(self, address_id: AddressId, target: str) -> None:
        await self._database.change(RETARGET_SQL, (target, address_id, target))

    async def of_address(self, notice_id: NoticeId, address_id: AddressId) -> list[Delivery]:
        return [from_row(row) for row in await self._database.rows(OF_ADDRESS_SQL, (address_id, notice_id))]

    async def of_students(self, notice_id: NoticeId, students: Collection[StudentId]) -> list[Delivery]:
        rows = await self._database.rows(OF_STUDENTS_SQL, (notice_id, to_list(students)))
        return [from_row(row) for row in rows]

    async def last_states(self, address_id: AddressId, limit: int) -> list[DeliveryState]:
        """Return the latest ends, newest first: by due_at, which of an ended delivery is when its last try was due."""
        return [DeliveryState(row[0]) for row in await self._database.rows(LAST_STATES_SQL, (address_id, limit))]

    async def mark_seen(self, notice_id: NoticeId, student_id: StudentId, now: datetime) -> int:
        return await self._database.change(SEEN_SQL, (to_ms(now), notice_id, student_id))

    async def mark_shown(self, delivery_id: DeliveryId, now: datetime) -> bool:
        return await self._database.change(SHOWN_SQL, (to_ms(now), delivery_id)) == 1

    async def last_sent_at(self, address_id: AddressId) -> datetime | None:
        """Return the latest sent_at of its rows, all of which are read: a thousand in a year."""
        row = await self._database.row(LAST_SENT_SQL, (address_id,))
        return None if row is None else from_ms_or_none(row[0])

    async def of_student(self, student_id: StudentId, after: Delivery | None, limit: int) -> list[Delivery]:
        return await self.find(DeliveryFilter(student_id=student_id), after, limit)

    async def counts_of(self, notice_id: NoticeId) -> dict[tuple[str, DeliveryState], int]:
        rows = await self._database.rows(COUNTS_OF_SQL, (notice_id,))
        return {(channel, DeliveryState(state)): count for channel, state, count in rows}

    async def free(self, owners: Collection[OwnerId], now: datetime) -> int:
        """Make the rows of dead owners due now; they keep their place only by priority."""
        return await self._database.change(FREE_SQL, (to_ms(now), to_list(owners)))

    async def next_due(self, channel: str) -> datetime | None:
        row = await self._database.row(NEXT_DUE_SQL, {"channel": channel})
        return None if row is None or row[0] is None else from_ms(row[0])

    async def get(self, delivery_id: DeliveryId) -> Delivery | None:
        row = await self._database.row(GET_SQL, (delivery_id,))
        return None if row is None else from_row(row)

    async def find(self, wanted: DeliveryFilter, after: Delivery | None, limit: int) -> list[Delivery]:
        sql, parameters = find_sql(wanted, after, limit)
        return [from_row(row) for row in await self._database.rows(sql, parameters)]

    async def retry(self, ids: Collection[DeliveryId], now: datetime) -> int:
        """Make ended deliveries due again; they keep the error of their last failure until they get through."""
        return await self._database.change(RETRY_SQL, (to_ms(now), to_list(ids)))

    async def counts(self) -> dict[tuple[str, DeliveryState], int]:
        """Count from the index alone."""
        rows = await self._database.rows(COUNTS_SQL)
        return {(channel, DeliveryState(state)): count for channel, state, count in rows}


def find_sql(wanted: DeliveryFilter, after: Delivery | None, limit: int) -> tuple[str, list[str | int]]:
    """Return the statement for just the conditions that are set, so that each can use its index, and its values."""
    conditions = {
        "state = ?": wanted.state and wanted.state.value,
        "+channel = ?": wanted.channel,  # +: through no index, for pages come by time; few channels share all rows
        "notice_id = ?": wanted.notice_id,
        "student_id = ?": wanted.student_id,
        "error_class = ?": wanted.error_class,
    }
    given: dict[str, str] = {condition: value for condition, value in conditions.items() if value is not None}
    values: list[str | int] = [*given.values()]
    terms = [*given]
    if after is not None:
        terms.append("(planned_at, id) < (?, ?)")
        values += [to_ms(after.planned_at), after.id]
    where = f"WHERE {' AND '.join(terms)} " if terms else ""
    return f"SELECT {COLUMNS} FROM deliveries {where}ORDER BY planned_at DESC, id DESC LIMIT ?", [*values, limit]

"""One record for each batch, never worse than before (reference/official-page.md, sections 4 and 5). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.official import UNNAMED, Batch, BatchRecord, Snapshot
from placement_alerts.core.official_hash import with_batches

LOST_NAMES = "no batch on it has a name any more"


@dataclass(frozen=True, slots=True)
class Merged:
    """What a reading makes of what is known.

    snapshot: with the last values of batches that lost theirs. records: those to be stored, live ones and newly frozen
    ones. told: batches whose changes may be announced. kept: names of batches that lost their values on the page.
    returned: names of batches that stand on the page while their record is frozen, and so is not written.
    """

    snapshot: Snapshot
    records: tuple[BatchRecord, ...]
    told: tuple[Batch, ...]
    kept: tuple[str, ...]
    returned: tuple[str, ...]


def merge(read: Snapshot, known: Iterable[BatchRecord], newest: Snapshot | None, now: datetime) -> Merged:
    """Return what to store after a reading. newest: the snapshot stored last.

    An empty batch of `read` is one whose section is there without any card: it keeps its last values. The snapshot
    keeps the time at which the same content was seen first.
    """
    records = {record.batch.name: record for record in known}
    shown = [_with_last_values(batch, records.get(batch.name)) for batch in read.batches]
    batches = [batch for batch in shown if has_values(batch) or read.layout == "old"]
    empty = {batch.name for batch in read.batches if not has_values(batch)}
    frozen = {batch.name for batch in batches if _is_frozen(records.get(batch.name))}

    snapshot = with_batches(read, batches)
    if newest is not None and newest.content_hash == snapshot.content_hash:
        snapshot = snapshot.model_copy(update={"taken_at": newest.taken_at})
    live = [batch for batch in batches if batch.name not in frozen]
    written = [BatchRecord(batch=batch, live=True, updated_at=now) for batch in live if batch.name not in empty]
    gone = [
        record
        for record in records.values()
        if record.live and record.batch.name not in {batch.name for batch in read.batches}
    ]
    return Merged(
        snapshot=snapshot,
        records=(*written, *(_frozen(record, now) for record in gone)),
        told=tuple(live),
        kept=tuple(batch.name for batch in read.batches if batch.name in empty),
        returned=tuple(batch.name for batch in batches if batch.name in frozen),
    )


def lost_names(read: Snapshot, known: Iterable[BatchRecord]) -> bool:
    """Say whether no batch on the page has a name any more, while live ones have: the headings are not understood.

    Taken as it is, such a page would freeze every batch, and tell students of as many new ones.
    """
    named = any(record.live and not _is_unnamed(record.batch) for record in known)
    return named and all(_is_unnamed(batch) for batch in read.batches)


def import_records(
    imported: Iterable[BatchRecord], known: Iterable[BatchRecord], *, overwrite: bool
) -> tuple[tuple[BatchRecord, ...], dict[str, str]]:
    """Return the records of a file that are to be stored, and why each other one is not, by batch name.

    overwrite: a frozen record of other values is replaced; a live one never is.
    """
    records = {record.batch.name: record for record in known}
    stored, left = [], {}
    for record in imported:
        name = record.batch.name
        before = records.get(name)
        if before is None or (overwrite and not before.live and not _same(before, record)):
            stored.append(record)
        elif before.live:
            left[name] = "is live: the page's own figures stay"
        else:
            left[name] = (
                "is stored already" if _same(before, record) else "has other figures; --overwrite replaces them"
            )
    return tuple(stored), left


def live_again(record: BatchRecord, now: datetime) -> BatchRecord:
    """Return the record so that the next reading of the page writes it, if the page shows its batch."""
    return record.model_copy(update={"live": True, "updated_at": now})


def has_values(batch: Batch) -> bool:
    """Whether the batch has any figures."""
    return bool(batch.highlights or batch.pointers or batch.distribution)


def sum_of_offers(batch: Batch) -> int | None:
    """Return the offers of the top three and the bands together, None if no card counts offers.

    Ours, as a check: the page gives no total. The top band ends just below the third highest package.
    """
    counts = [card.offers for card in batch.highlights if card.offers is not None]
    return sum(counts) if counts else None


def _is_unnamed(batch: Batch) -> bool:
    return batch.name.startswith(UNNAMED)


def _is_frozen(record: BatchRecord | None) -> bool:
    return record is not None and not record.live


def _with_last_values(batch: Batch, record: BatchRecord | None) -> Batch:
    if has_values(batch) or record is None:
        return batch
    return record.batch.model_copy(update={"active": batch.active})


def _frozen(record: BatchRecord, now: datetime) -> BatchRecord:
    batch = record.batch.model_copy(update={"active": False})
    return record.model_copy(update={"batch": batch, "live": False, "updated_at": now})


def _same(one: BatchRecord, other: BatchRecord) -> bool:
    return (one.batch, one.provenance) == (other.batch, other.provenance)

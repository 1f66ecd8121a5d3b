"""Readings of the official page for tests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from placement_alerts.core.official import Batch, BatchRecord, Distribution, Logo, Snapshot
from placement_alerts.core.official_cards import read_card
from placement_alerts.core.official_hash import content_hash
from tests.builders import NOW

CARDS = (
    ("64", "Quality Companies Visited So Far"),
    ("Rs. 41.20 Lacs", "Highest Package by Brightwave (2 Offers)"),
    ("Rs. 9.80 Lacs", "Average Package"),
)


def a_batch(name: str = "2032", cards: Sequence[tuple[str, str]] = CARDS, **values: Any) -> Batch:
    """Return a batch with three cards."""
    return Batch(name=name, highlights=tuple(read_card(title, text) for title, text in cards), **values)


def an_old_batch(name: str = "2024", pointers: Sequence[str] = (), rows: Sequence[Sequence[str]] = ()) -> Batch:
    """Return a batch of the old layout. rows: category, average, median."""
    table = tuple(Distribution(category=one, average=average, median=median) for one, average, median in rows)
    return Batch(name=name, pointers=tuple(pointers), distribution=table)


def a_snapshot(*batches: Batch, logos: Sequence[Logo] = (), taken_at: datetime = NOW, **values: Any) -> Snapshot:
    """Return a reading of the current layout."""
    defaults: dict[str, Any] = {"layout": "current", "heading": "Training & Placement", "intro": None}
    given = defaults | values
    return Snapshot(
        taken_at=taken_at,
        seen_at=taken_at,
        batches=batches,
        logos=tuple(logos),
        content_hash=content_hash(given["heading"], given["intro"], batches, logos),
        **given,
    )


def a_record(batch: Batch, *, live: bool = True, **values: Any) -> BatchRecord:
    """Return a record that was written now."""
    return BatchRecord(batch=batch, live=live, updated_at=NOW, **values)

"""What the commands about the official page do: look at it without storing, take in earlier years, set a batch live."""

import asyncio
from pathlib import Path
from typing import Any

from placement_alerts.app_parts import now
from placement_alerts.config.models import Config
from placement_alerts.core.notice import Change
from placement_alerts.core.official import BatchRecord, Snapshot
from placement_alerts.core.official_changes import changes_between
from placement_alerts.core.official_import import read_import
from placement_alerts.core.official_records import (
    LOST_NAMES,
    import_records,
    live_again,
    lost_names,
    merge,
    sum_of_offers,
)
from placement_alerts.errors import ConfigError, NotFound, NotPossible
from placement_alerts.http_client import HttpClient
from placement_alerts.oneshot import store_of
from placement_alerts.sources.official.source import OfficialPage
from placement_alerts.store.base import Store


async def dry_run(config: Config) -> dict[str, Any]:
    """Read the page and return what was understood and what would change; stores nothing.

    understood: False with the alarm when the page is not. batches: with their cards. changes: before, after; first:
    nothing was ever read, so that nothing would be announced. Raises ConfigError if the page is off, PeerError.
    """
    if not config.sources.official.url:
        raise ConfigError(["sources.official.url is not set, so official is off"])
    async with HttpClient(allow_private=True) as http:
        read = await OfficialPage(config.sources.official, http).fetch(None, now())
    if read.snapshot is None:
        return {"understood": False, "alarm": read.alarm}
    async with store_of(config) as store:
        if lost_names(read.snapshot, await store.official.batches()):
            return {"understood": False, "alarm": LOST_NAMES}
        return await _outlook(store, read.snapshot, read.alarm)


async def import_batches(config: Config, file: Path, *, overwrite: bool) -> dict[str, Any]:
    """Store the batches of a file as frozen ones; return which, and why each other one was not.

    overwrite: a frozen record with other figures is replaced. Raises OSError, UnicodeDecodeError, UnreadableFile.
    """
    imported = read_import(await asyncio.to_thread(file.read_text, encoding="utf-8"), now())
    async with store_of(config) as store:
        stored, left = import_records(imported, await store.official.batches(), overwrite=overwrite)
        await store.official.save_batches(stored)
    return {"stored": [record.batch.name for record in stored], "left": left}


async def set_live(config: Config, batch: str) -> dict[str, Any]:
    """Let the next reading of the page write a frozen batch again. Raises NotFound, NotPossible if it is live."""
    async with store_of(config) as store:
        records = {record.batch.name: record for record in await store.official.batches()}
        if batch not in records:
            raise NotFound(f"no batch is named {batch}; there is {', '.join(records) or 'none'}")
        if records[batch].live:
            raise NotPossible(f"batch {batch} is live already")
        await store.official.save_batches([live_again(records[batch], now())])
        # the server must send the page again, or there would be nothing to write the batch from
        if known := await store.official.validators():
            await store.official.save_validators(known.model_copy(update={"etag": None, "last_modified": None}))
    return {"live": batch}


async def _outlook(store: Store, read: Snapshot, alarm: str | None) -> dict[str, Any]:
    newest = await store.official.newest()
    merged = merge(read, await store.official.batches(), newest, now())
    changes = changes_between(newest.batches, merged.told) if newest else ()
    return {
        "understood": True,
        "alarm": alarm,
        "layout": read.layout,
        "heading": read.heading,
        "logos": len(read.logos),
        "batches": [_batch(batch) for batch in merged.records if batch.live],
        "kept": list(merged.kept),
        "returned": list(merged.returned),
        "frozen": [record.batch.name for record in merged.records if not record.live],
        "first": newest is None,
        "changed": newest is None or newest.content_hash != merged.snapshot.content_hash,
        "changes": [_change(change) for change in changes],
    }


def _batch(record: BatchRecord) -> dict[str, Any]:
    batch = record.batch
    return {
        "batch_name": batch.name,
        "is_active": batch.active,
        "offers": sum_of_offers(batch),
        "highlights": [card.model_dump(mode="json", exclude_none=True) for card in batch.highlights],
        "placement_pointers": list(batch.pointers),
        "package_distribution": [row.model_dump() for row in batch.distribution],
    }


def _change(change: Change) -> dict[str, str | None]:
    return {"field": change.field, "before": change.before, "after": change.after}

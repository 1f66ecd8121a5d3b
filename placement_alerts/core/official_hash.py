"""The content hash of the official page: equal exactly when the page says the same (reference/official-page.md, 4)."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from placement_alerts.core.official import Batch, Logo, Snapshot


def content_hash(heading: str, intro: str | None, batches: Sequence[Batch], logos: Sequence[Logo]) -> str:
    """Return SHA-256 in hex over the JSON of what the page says; another order of the logos is no other content."""
    content = {
        "main_heading": heading,
        "intro_text": intro,
        "recruiter_logos": sorted(({"src": logo.src, "alt": logo.name} for logo in logos), key=_by_address),
        "batches": [_batch(batch) for batch in batches],
    }
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def with_batches(snapshot: Snapshot, batches: Sequence[Batch]) -> Snapshot:
    """Return the snapshot with these batches, and the hash that follows from them."""
    fresh = content_hash(snapshot.heading, snapshot.intro, batches, snapshot.logos)
    return snapshot.model_copy(update={"batches": tuple(batches), "content_hash": fresh})


def _by_address(logo: dict[str, str]) -> tuple[str, str]:
    return logo["src"], logo["alt"]


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "batch_name": batch.name,
        "is_active": batch.active,
        "placement_pointers": list(batch.pointers),
        "package_distribution": [row.model_dump() for row in batch.distribution],
        "highlights": [{"title": card.title, "description": card.description} for card in batch.highlights],
    }

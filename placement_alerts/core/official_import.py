"""Figures of earlier batches from a file (reference/official-page.md, section 5, import file). Pure."""

import json
from collections import Counter
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from placement_alerts.core.official import Batch, BatchRecord
from placement_alerts.core.official_cards import read_card
from placement_alerts.errors import UnreadableFile

LARGEST_FILE = 1_000_000  # characters
MAX_BATCHES = 100
MAX_CARDS = 60


class _Card(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(min_length=1, max_length=400)]


class _Batch(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    batch_name: Annotated[str, Field(min_length=1, max_length=60)]
    provenance: Annotated[str, Field(min_length=1, max_length=500)]
    highlights: Annotated[list[_Card], Field(min_length=1, max_length=MAX_CARDS)]


_FILE: TypeAdapter[list[_Batch]] = TypeAdapter(Annotated[list[_Batch], Field(min_length=1, max_length=MAX_BATCHES)])


def read_import(raw: str, now: datetime) -> tuple[BatchRecord, ...]:
    """Return the frozen records that a file holds. Raises UnreadableFile with the first thing that is wrong."""
    if len(raw) > LARGEST_FILE:
        raise UnreadableFile(f"the file has {len(raw)} characters, at most {LARGEST_FILE} are read")
    try:
        found = _FILE.validate_python(json.loads(raw))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UnreadableFile(f"no list of batches: {where}: {first['msg']}") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"the file is not JSON: {str(error)[:120]}") from None
    if twice := [name for name, count in Counter(one.batch_name for one in found).items() if count > 1]:
        raise UnreadableFile(f"the file names the batch {twice[0]} more than once")
    return tuple(_record(one, now) for one in found)


def _record(found: _Batch, now: datetime) -> BatchRecord:
    cards = tuple(read_card(card.title, card.description) for card in found.highlights)
    batch = Batch(name=found.batch_name, highlights=cards)
    return BatchRecord(batch=batch, live=False, updated_at=now, provenance=found.provenance)

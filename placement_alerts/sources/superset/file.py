"""A portal notice from a file, read as the portal's own answer is: `explain` shows what intake would do."""

import json
from datetime import datetime

from placement_alerts.core.item import Rejected, SourceItem
from placement_alerts.errors import UnreadableFile
from placement_alerts.sources.superset.mapping import notice_item
from placement_alerts.sources.superset.payloads import read_notice

LARGEST_FILE = 5_000_000  # characters


def item_in_file(raw: str, *, read_at: datetime) -> SourceItem:
    """Return the item that a notice of the portal (reference/portal.md, section 4) makes; `read_at` if it has no time.

    raw: the JSON text. Raises UnreadableFile with what is wrong.
    """
    if len(raw) > LARGEST_FILE:
        raise UnreadableFile(f"the file has {len(raw)} characters, at most {LARGEST_FILE} are read")
    try:
        element = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(f"the file is not JSON: {str(error)[:120]}") from error
    payload = read_notice(element)
    if isinstance(payload, Rejected):
        raise UnreadableFile(f"the portal's reader would keep it aside: {payload.reason}")
    item = notice_item(payload, (), year="")
    return item.model_copy(update={"published_at": item.published_at or item.modified_at or read_at})

"""Publishing: a new notice is stored, and planning woken, in one way, wherever the notice comes from."""

import structlog

from placement_alerts.core.notice import Notice
from placement_alerts.pipeline.wakeups import Flag
from placement_alerts.store.base import Store

log = structlog.get_logger(__name__)


async def publish(store: Store, notice: Notice, stored: Flag) -> bool:
    """Store the first revision of a notice and set the flag; False, doing nothing, if it is stored already."""
    if not await store.notices.save(notice):
        return False
    stored.set()
    log.info("notice.stored", notice=notice.id, kind=notice.facts.kind, archived=notice.archived)
    return True

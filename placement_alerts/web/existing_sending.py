"""`/webhook/update`: asks whoever sends to send what is due, and waits for the result; one run at a time."""

import asyncio
from typing import Any

from placement_alerts.pipeline import errands
from placement_alerts.pipeline.auditing import audit
from placement_alerts.pipeline.errands import ErrandKind
from placement_alerts.store.base import RequestState
from placement_alerts.web.existing_key import Detail
from placement_alerts.web.services import Services

SENT_WITHIN_S = 900.0  # 3,000 students take 100 s; longer, and the caller should not wait: the sending goes on


class Sending:
    """Sends. Who asks while a send is under way gets that one's result."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._under_way: asyncio.Future[dict[str, Any]] | None = None

    async def run(self, actor: str) -> dict[str, Any]:
        """Return the result of sending. Raises Detail 501 if nobody sends, 500 if it failed or takes too long."""
        if self._under_way is not None:
            return await asyncio.shield(self._under_way)
        self._under_way = answer = asyncio.get_running_loop().create_future()
        try:
            result = await self._send(actor)
        except BaseException as error:
            answer.set_exception(error if isinstance(error, Detail) else Detail(500, "Internal error"))
            answer.exception()  # nobody else may be waiting for it
            raise
        else:
            answer.set_result(result)
            return result
        finally:
            self._under_way = None

    async def _send(self, actor: str) -> dict[str, Any]:
        store, now = self._services.store, self._services.now
        if await store.processes.holder(errands.DUTY) is None:
            raise Detail(501, "No process runs that sends")
        await audit(store, now(), actor, "deliveries.sent")
        try:
            async with asyncio.timeout(SENT_WITHIN_S):
                done = await errands.ask(store, ErrandKind.SEND, {}, now(), lambda _: None)
        except TimeoutError as error:
            raise Detail(500, "Sending takes long and goes on") from error
        if done.state is not RequestState.DONE or done.result is None:
            raise Detail(500, "Sending failed")
        return dict(done.result)

from random import Random

from aiohttp import web

from placement_alerts.pipeline.errands import ErrandKind, ask
from placement_alerts.sandbox import http_faults
from placement_alerts.sandbox.portal import Endpoint
from placement_alerts.store.base import RequestState
from tests.chaos.chain import open_office
from tests.chaos.stage import Stage, now


async def test_command_that_waits_for_the_running_process_ends_when_that_is_killed(stage: Stage) -> None:
    async with open_office(stage, Random(1)) as office:
        life = stage.start()
        await stage.until(lambda: does_errands(stage), life)

        async def kill(_request: web.Request, _stopping: object) -> web.StreamResponse:
            life.kill()
            return web.Response(status=503)

        office.portal.fail(Endpoint.LOGIN, http_faults.Fault("kill", kill))
        request = await ask(stage.store, ErrandKind.UPDATE, {}, now(), lambda _: None)

    assert request.state is RequestState.FAILED
    assert "ended" in request.progress


async def does_errands(stage: Stage) -> bool:
    return await stage.store.processes.holder("scheduler") is not None

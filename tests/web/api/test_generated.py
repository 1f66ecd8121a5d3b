"""Requests made from the OpenAPI document by schemathesis, against the real application on a real store (R18)."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from placement_alerts.http_client import HttpClient
from placement_alerts.store.base import Store
from placement_alerts.web.api.routes import ApiRoutes
from placement_alerts.web.server import make_application, serve
from tests.builders import a_delivery, a_job, a_notice, an_offer
from tests.web.api.conftest import Moments, services_of

SHORT, FULL = 10, 1000
FASTER = 1000  # so much faster does the limits' clock go, else all that is seen of the API is 429
# what a valid value of a schema is worth (cursors, ETags, states) it cannot say, so being refused is no failure
NO_FAILURES = "positive_data_acceptance"


@pytest.fixture
async def port(store: Store, moments: Moments) -> AsyncIterator[int]:
    await store.notices.save(a_notice())
    await store.jobs.save(a_job())
    await store.offers.save(an_offer())
    await store.deliveries.plan([a_delivery()])
    async with HttpClient() as http:
        services = replace(services_of(store, http, moments), monotonic=lambda: time.monotonic() * FASTER)
        async with serve(make_application(services, ApiRoutes(services).routes()), "127.0.0.1", 0) as bound:
            yield bound


async def _schemathesis(port: int, folder: Path, *options: str) -> tuple[int, str]:
    """Run it; return its exit code and what it says."""
    program = [sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{port}/api/openapi.json"]
    header = ["--header", "Authorization: Bearer pa_admin"]
    checks = ["--checks", "all", "--exclude-checks", NO_FAILURES, "--warnings", "off", "--no-color"]
    process = await asyncio.create_subprocess_exec(
        *program,
        *header,
        *checks,
        *options,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_no_generated_request_breaks_the_server_or_the_document(port: int, tmp_path: Path) -> None:
    options = ("--phases", "examples,fuzzing", "--max-examples", str(SHORT), "--seed", "6", "--no-shrink")

    code, said = await _schemathesis(port, tmp_path, *options)

    assert code == 0, said[-5000:]


@pytest.mark.long
async def test_no_request_of_a_thousand_an_operation_breaks_anything(port: int, tmp_path: Path) -> None:
    code, said = await _schemathesis(port, tmp_path, "--max-examples", str(FULL))

    assert code == 0, said[-20000:]

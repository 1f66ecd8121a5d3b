import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from placement_alerts.healthcheck import where
from placement_alerts.web.server import plain_application, serve

ROOT = Path(__file__).parent.parent
Handler = Callable[[web.Request], Awaitable[web.Response]]


async def alive(_: web.Request) -> web.Response:
    return web.Response(status=200)


async def stuck(_: web.Request) -> web.Response:
    return web.Response(status=503)


async def check(port: int, folder: Path) -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "placement_alerts.healthcheck"),
        env={"PLACEMENT_ALERTS__WEB__PORT": str(port)},
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    return await process.wait()


@pytest.mark.parametrize(("handler", "code"), [(alive, 0), (stuck, 1)])
async def test_exit_code_says_whether_the_process_lives(tmp_path: Path, handler: Handler, code: int) -> None:
    async with serve(plain_application([web.get("/health/live", handler)]), "127.0.0.1", 0) as port:
        assert await check(port, tmp_path) == code


async def test_nobody_there_is_not_alive(tmp_path: Path) -> None:
    async with serve(plain_application([]), "127.0.0.1", 0) as port:
        pass

    assert await check(port, tmp_path) == 1


def test_it_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sys, placement_alerts.healthcheck\n"
        "foreign = {name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names - {'__main__'}\n"
        "print(foreign)"
    )

    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout == "{'placement_alerts'}\n"


def test_address_is_found_as_config_finds_it(tmp_path: Path) -> None:
    assert where({}, tmp_path) == ("127.0.0.1", 8000)
    (tmp_path / "config.toml").write_text('[web]\nhost = "0.0.0.0"\nport = 1\n')
    assert where({}, tmp_path) == ("127.0.0.1", 1)
    (tmp_path / ".env").write_text("# ports\nWEBHOOK_PORT='2'\n")
    assert where({}, tmp_path) == ("127.0.0.1", 2)
    assert where({"PLACEMENT_ALERTS__WEB__PORT": "3", "WEBHOOK_HOST": "::"}, tmp_path) == ("::1", 3)

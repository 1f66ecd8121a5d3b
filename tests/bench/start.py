"""How long `placement-alerts run` takes from start to ready, and what it needs when idle (PROOF.md, P10).

python -m tests.bench.start [--rounds 5]

As shipped: every role, an embedded store, a bot at the simulated Bot API. Portal accounts would not change the figures.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from tests.bench.rig import READY_PATIENCE_S, progress, say, settings, simulated_telegram, table

LOOK_S = 0.02
IDLE_S = 3.0  # after ready, before memory is read
MIB = 1024  # KiB


@dataclass(frozen=True, slots=True)
class Started:
    """cpu_s: until ready. rss_mib: when idle. peak_mib: the most since the start. stop_s: from SIGTERM to the exit."""

    ready_s: float
    cpu_s: float
    rss_mib: float
    peak_mib: float
    stop_s: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the program several times and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--idle-s", type=float, default=IDLE_S, help="after ready, before memory is read")
    parser.add_argument("--no-bot", action="store_true", help="leave Telegram off: a start without aiogram")
    given = parser.parse_args(arguments)
    runs, imports = asyncio.run(_measure(given.rounds, given.idle_s, bot=not given.no_bot))
    progress("")
    table(
        (f"{given.rounds} rounds", "median", "worst"),
        _row("start to ready, s", [run.ready_s for run in runs]),
        _row("CPU of it, s", [run.cpu_s for run in runs]),
        *([_row("CPU of importing aiogram alone, s", imports)] if imports else []),
        _row("idle, MiB", [run.rss_mib for run in runs]),
        _row("SIGTERM to exit, s", [run.stop_s for run in runs]),
    )
    say("Ready: the first 200 of /health/ready after the command. Idle: resident memory, bot and web server included.")


async def _measure(rounds: int, idle_s: float, *, bot: bool) -> tuple[list[Started], list[float]]:
    runs, imports = [], []
    with TemporaryDirectory(prefix="placement-alerts-bench-") as folder:
        async with simulated_telegram("--no-limit", "--latency-ms", "0") as telegram:
            for number in range(rounds):
                progress(f"start {number + 1} of {rounds}")
                if bot:
                    imports.append(await _import_cpu_s())
                runs.append(await started(settings(Path(folder), telegram, bot=bot), Path(folder), idle_s))
    return runs, imports


async def _import_cpu_s() -> float:
    """Return what Python and aiogram's import take by themselves: the floor of every start with a bot."""
    command = (sys.executable, "-c", "import aiogram, time; print(time.process_time())")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    return float(output)


async def started(environ: Mapping[str, str], folder: Path, idle_s: float = IDLE_S) -> Started:
    """Run the program until it is ready and for `idle_s` more, then stop it in order."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "placement_alerts", "run"),
        cwd=folder,
        env={**os.environ, **environ, "PLACEMENT_ALERTS__LOGGING__FORMAT": "json", "PYTHONPATH": str(Path.cwd())},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_PATIENCE_S):
            await _ready(f"http://127.0.0.1:{await _port(process.stdout)}/health/ready")
        ready_s, cpu_s = time.perf_counter() - began, _cpu_s(process.pid)
        async with asyncio.TaskGroup() as tasks:
            draining = tasks.create_task(_drain(process.stdout))
            await asyncio.sleep(idle_s)
            rss_mib, peak_mib = _memory_mib(process.pid)
            stopping = time.perf_counter()
            process.terminate()
            await process.wait()
            await draining
        return Started(ready_s, cpu_s, rss_mib, peak_mib, time.perf_counter() - stopping)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _port(output: asyncio.StreamReader) -> int:
    """Return the web server's port, from the program's own log."""
    async for line in output:
        with suppress(ValueError):
            event = json.loads(line)
            if event.get("event") == "process.started":
                return int(event["port"])
    raise AssertionError("the program ended before it was ready")


async def _ready(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientConnectionError):
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(LOOK_S)


async def _drain(output: asyncio.StreamReader) -> None:
    while await output.read(65_536):
        pass


def _memory_mib(pid: int) -> tuple[float, float]:
    """Return resident memory, now and at most, as proc(5) says."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    values = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
    return int(values["VmRSS"]) / MIB, int(values["VmHWM"]) / MIB


def _cpu_s(pid: int) -> float:
    """Return what the process used so far, as proc(5) says."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _row(what: str, values: Sequence[float]) -> tuple[str, str, str]:
    return what, f"{statistics.median(values):.1f}", f"{max(values):.1f}"


if __name__ == "__main__":
    main()

"""A disk that fills up under the embedded store in the middle of a fan-out, and has room again (PROOF.md, R10)."""

import asyncio
import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from placement_alerts.errors import StoreUnavailable
from tests.chaos.program import Starter
from tests.chaos.report import Finding, problems_of
from tests.chaos.stage import PATIENCE_S, Stage, open_stage

DISK = "8m"
PUBLISH_EVERY_S = 0.05
WORDS = "disk full"


class NoDisk(Exception):
    """No small file system can be had here. The text says why."""


@contextmanager
def small_disk(at: Path) -> Iterator[Path]:
    """Mount a small file system in memory. Raises NoDisk."""
    at.mkdir()
    if os.geteuid() != 0:
        raise NoDisk("mounting a tmpfs takes root")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(at)], capture_output=True, text=True, timeout=10
    )
    if done.returncode:
        raise NoDisk(f"mount: {done.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True, timeout=10)


async def full_disk(folder: Path, starter: Starter, *, students: int, full_s: float, name: str) -> Finding:
    """Fill the disk under a fan-out, wait, make room. Raises NoDisk."""
    with small_disk(folder / "disk") as disk:
        async with open_stage(folder, f"sqlite:///{disk}/store.db", starter) as stage:
            return await _full_disk(stage, disk, students, full_s, name)


async def _full_disk(stage: Stage, disk: Path, students: int, full_s: float, name: str) -> Finding:
    await stage.join(students)
    await stage.publish()
    life = stage.start("fanout")
    await stage.until_accepted(students // 4, life)
    ballast = disk / "ballast"
    _fill(ballast)
    await _publish_until_refused(stage)
    await stage.until(lambda: _is_said(stage), life)
    await asyncio.sleep(full_s)
    ballast.unlink()
    room, before = time.monotonic(), stage.accepted()
    await stage.until_accepted(before + 1, life)
    resumed = time.monotonic() - room
    await stage.until(stage.is_settled, life)
    code = await stage.stop(life)
    tally = await stage.tally()
    problems = problems_of(tally, repeats_a_fault=0)
    if code:
        problems.append(f"the program ended with {code}")
    times = (("room to next send", (resumed,)),)
    load = f"{students} students, {len(stage.marks)} notices"
    return Finding(name, load, f"disk full {full_s:g} s", tally, tuple(problems), times)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 512):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass


async def _publish_until_refused(stage: Stage) -> None:
    """Publish until the store says that it has no room. What it accepted before is to be delivered."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await stage.publish()
            except StoreUnavailable:
                return
            await asyncio.sleep(PUBLISH_EVERY_S)


async def _is_said(stage: Stage) -> bool:
    """Say whether the program's log names the trouble."""
    return WORDS in await asyncio.to_thread(stage.log.read_text, encoding="utf-8")

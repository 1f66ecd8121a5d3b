"""The real program as a child process that can be killed at any instant, started cold or from the nursery."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

LOOK_S = 0.005
ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Program:
    """One life of the program. began, ended: seconds since the epoch; ended is when the signal was sent."""

    pid: int
    look: Callable[[], int | None]
    began: float = field(default_factory=time.time)
    ended: float | None = None
    code: int | None = None

    def kill(self) -> None:
        """End it at this instant."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to stop in order."""
        self._signal(signal.SIGTERM)

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        if self.code is None:
            self.code = self.look()
        return self.code is None

    async def gone(self, within_s: float = 60.0) -> int:
        """Wait for its end and return its exit code; minus the signal if one ended it. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while self.runs:  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(LOOK_S)
        assert self.code is not None
        return self.code

    def _signal(self, number: int) -> None:
        self.ended = self.ended or time.time()
        if self.runs:
            os.kill(self.pid, number)


class Starter(Protocol):
    """A way to start the program."""

    def start(self, arguments: Sequence[str], environ: Mapping[str, str], folder: Path, log: Path) -> Program:
        """Start `placement-alerts ARGUMENTS`; its output is appended to `log`."""


class ColdStart:
    """Starts a fresh interpreter, as an operator does."""

    def start(self, arguments: Sequence[str], environ: Mapping[str, str], folder: Path, log: Path) -> Program:
        command = [sys.executable, "-m", "placement_alerts", *arguments]
        paths = {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", "")}
        with log.open("ab") as output:
            process = subprocess.Popen(
                command, cwd=folder, env=paths | dict(environ), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        return Program(process.pid, process.poll)


class Nursery:
    """Starts copies of a process that has imported everything: for tests that start the program often."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pids: set[int] = set()
        assert self._read() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        for pid in list(self._pids):
            os.kill(pid, signal.SIGKILL)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()

    def start(self, arguments: Sequence[str], environ: Mapping[str, str], folder: Path, log: Path) -> Program:
        order = {"arguments": list(arguments), "environ": dict(environ), "folder": str(folder), "log": str(log)}
        pid = int(self._ask({"start": order}))
        self._pids.add(pid)
        return Program(pid, lambda: self._look(pid))

    def _look(self, pid: int) -> int | None:
        code: int | None = self._ask({"look": pid})
        if code is not None:
            self._pids.discard(pid)
        return code

    def _ask(self, order: Mapping[str, Any]) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the nursery has ended")
        return json.loads(line)

"""Starts the scripts of tests/store/processes as processes of their own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def child(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a script with piped input and output; kill it at the end if it still runs."""
    command = [sys.executable, "-m", f"tests.store.processes.{script}", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_line(process: subprocess.Popen[str]) -> str:
    """Return the next line that the child prints; empty when it has ended."""
    assert process.stdout is not None
    return process.stdout.readline().strip()

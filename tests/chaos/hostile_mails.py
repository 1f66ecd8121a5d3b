"""`python -m tests.chaos.hostile_mails [--count N] [--seed N]`: read hostile mails, each within a second and 100 MiB.

Each mail is decoded and understood as the mailbox does it, in worker processes that are watched from outside. Time is
that of the processor, as others may use this machine; memory is how far a process grew above what it had before.
Exit code 1 if a process ended, raised, hung, or took more than it may; the seed and the number name the mail.
"""

import argparse
import faulthandler
import multiprocessing
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TextIO

from placement_alerts.core.mail import Attachment, Mail
from placement_alerts.core.mail_understanding import understand_mail
from placement_alerts.sources.mailbox.attachments import MAX_READ, Kind, kind_of
from placement_alerts.sources.mailbox.decoding import decode
from placement_alerts.sources.mailbox.tables import Unread, rows_of_csv
from tests.chaos.hostile_inputs import hostile_mail, whole_mails

SECONDS, MEMORY = 1.0, 100 * 1024 * 1024  # what one mail may take
LARGEST = 12_000_000  # bytes of a decoded mail: a document of MongoDB has 16 MB
HANG_S = 30  # wall seconds after which a worker ends itself, saying where it is
RECEIVED = datetime(2026, 3, 1, tzinfo=UTC)
TRUSTED = ("@tiit.ac.example", "list:tiit-placements.googlegroups.com")
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one mail took. held: it was said that something could not be read."""

    number: int
    size: int
    decode_s: float
    understand_s: float
    grown: int
    held: bool
    trusted: bool

    @property
    def seconds(self) -> float:
        """Decoding and understanding together."""
        return self.decode_s + self.understand_s


@dataclass
class Tally:
    """What all readings gave together. unmeasured: time and memory are told, and nothing follows from them."""

    unmeasured: bool = False
    count: int = 0
    held: int = 0
    trusted: int = 0
    slowest: list[Reading] = field(default_factory=list)
    largest: list[Reading] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, reading: Reading) -> None:
        """Count one reading, and keep it if it is among the worst."""
        self.count += 1
        self.held += reading.held
        self.trusted += reading.trusted
        self.slowest = sorted([*self.slowest, reading], key=lambda one: -one.seconds)[:8]
        self.largest = sorted([*self.largest, reading], key=lambda one: -one.grown)[:8]
        if self.unmeasured:
            return
        if reading.seconds > SECONDS:
            self.failures.append(f"number {reading.number}: {reading.seconds:.2f} s")
        if reading.grown > MEMORY:
            self.failures.append(f"number {reading.number}: {reading.grown / 2**20:.0f} MiB")


def read_whole(raw: bytes) -> tuple[Mail, float]:
    """Decode a mail with its tables, as far as this process reads them; return it with the time it took."""
    began = time.process_time()
    decoded = decode(raw, received_at=RECEIVED, trusted=TRUSTED, authserv_id="mx.google.com")
    attachments = []
    for file in decoded.files[:MAX_READ]:
        kind = kind_of(file)
        rows = rows_of_csv(file.data, file.charset) if kind in {Kind.CSV, Kind.LINES} else Unread("elsewhere")
        unread, kept = (rows.reason, ()) if isinstance(rows, Unread) else (None, rows)
        attachments.append(
            Attachment(name=file.name, media_type=file.media_type, size_bytes=file.size_bytes, rows=kept, unread=unread)
        )
    mail = decoded.mail.model_copy(update={"attachments": tuple(attachments)})
    return mail, time.process_time() - began


def measured(number: int, raw: bytes) -> Reading:
    """Read one mail and say what it took."""
    before = _peak_from_now()
    mail, decode_s = read_whole(raw)
    began = time.process_time()
    understand_mail(mail)
    understand_s = time.process_time() - began
    if len(mail.model_dump_json()) > LARGEST:
        raise ValueError("more came out of it than a store takes")
    held = bool(mail.damaged) or any(attachment.unread for attachment in mail.attachments)
    return Reading(number, len(raw), decode_s, understand_s, _peak() - before, held, mail.distrust is None)


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.hostile_mails", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the number to begin with")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--unmeasured", action="store_true", help="fail on crashes and hangs only")
    given = parser.parse_args()
    began, tally = time.monotonic(), Tally(given.unmeasured)
    for reading in _all_readings(given.seed, range(given.first, given.first + given.count), given.workers):
        if isinstance(reading, str):
            tally.failures.append(reading)
        else:
            tally.add(reading)
            if tally.count % 5000 == 0:
                _tell(
                    f"{tally.count} read, {len(tally.failures)} failures, {time.monotonic() - began:.0f} s", sys.stderr
                )
    _report(tally, time.monotonic() - began)
    sys.exit(bool(tally.failures) or tally.count < given.count)


def _all_readings(seed: int, numbers: range, workers: int) -> Iterator[Reading | str]:
    """Yield what each mail took, or in words how it ended its worker; a new worker goes on behind it."""
    context = multiprocessing.get_context("spawn")

    def start(rest: range) -> tuple[Connection, BaseProcess, range]:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(theirs, seed, rest), daemon=True)
        process.start()
        theirs.close()
        return ours, process, rest

    running = [start(numbers[share::workers]) for share in range(workers)]
    while running:
        ready = wait([connection for connection, _, _ in running], timeout=4 * HANG_S)
        for index in reversed(range(len(running))):
            connection, process, rest = running[index]
            if connection not in ready and ready:
                continue
            try:
                if not ready:
                    process.kill()
                result = connection.recv()
            except EOFError:
                process.join()
                running.pop(index)
                if process.exitcode == 0:
                    continue
                yield f"a worker ended with {process.exitcode} at number {rest[0]} (or up to {_BATCH} after it)"
                if len(rest) > _BATCH:
                    running.append(start(rest[_BATCH:]))
                continue
            running[index] = (connection, process, rest[len(result) :])
            yield from result


def _work(answers: Connection, seed: int, numbers: Sequence[int]) -> None:
    bases, batch = whole_mails(), list[Reading | str]()
    for number in numbers:
        raw = hostile_mail(seed, number, bases)
        faulthandler.dump_traceback_later(HANG_S, exit=True)
        try:
            batch.append(measured(number, raw))
        except Exception:
            batch.append(f"number {number}: {traceback.format_exc(limit=-3)}")
        faulthandler.cancel_dump_traceback_later()
        if len(batch) == _BATCH:
            answers.send(batch)
            batch = []
    answers.send(batch)


def _peak_from_now() -> int:
    """Begin to measure this process's peak memory anew; return what it has now, in bytes."""
    with suppress(OSError):  # not on every system: then it is the peak since the start
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _report(tally: Tally, took_s: float) -> None:
    _tell(
        f"{tally.count} mails in {took_s:.0f} s; {tally.held} said to be not wholly readable; {tally.trusted} trusted"
    )
    _tell_worst("slowest", tally.slowest, lambda one: f"{one.seconds:.3f} s (decoding {one.decode_s:.3f})")
    _tell_worst("largest", tally.largest, lambda one: f"{one.grown / 2**20:.1f} MiB")
    _tell(f"{len(tally.failures)} failures")
    for failure in tally.failures[:40]:
        _tell("  " + failure)


def _tell_worst(title: str, readings: Sequence[Reading], value: Callable[[Reading], str]) -> None:
    _tell(f"{title}: " + ", ".join(f"{value(one)} number {one.number}, {one.size} bytes" for one in readings))


def _tell(line: str, stream: TextIO = sys.stdout) -> None:
    print(line, file=stream, flush=True)


if __name__ == "__main__":
    main()

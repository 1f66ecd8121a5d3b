"""What a scenario found, and the table of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.chaos.tally import Tally


@dataclass(frozen=True, slots=True)
class Finding:
    """One scenario's result. load, faults: in words. tally: None when it could not run, for the reason in `notes`.

    problems: what the goal forbids, one line each; empty: it holds. times: measured, by name, in seconds.
    """

    name: str
    load: str
    faults: str
    tally: Tally | None
    problems: tuple[str, ...] = ()
    times: tuple[tuple[str, tuple[float, ...]], ...] = ()
    notes: tuple[str, ...] = ()


def problems_of(tally: Tally, *, repeats_a_fault: int) -> list[str]:
    """Return what no scenario may show. repeats_a_fault: how many repeats each end of a life may leave."""
    found = []
    if tally.lost:
        found.append(f"{len(tally.lost)} lost, e.g. {tally.lost[0]}")
    if tally.strange:
        found.append(f"{len(tally.strange)} repeated within one life, e.g. {tally.strange[0]}")
    if tally.worst > repeats_a_fault:
        found.append(f"{tally.worst} repeats after one fault, {repeats_a_fault} are allowed")
    if tally.unmarked:
        found.append(f"{len(tally.unmarked)} repeats that no row admits, e.g. {tally.unmarked[0]}")
    return found


def table(findings: Sequence[Finding]) -> str:
    """Return the findings as a table for a terminal."""
    head = ("scenario", "load", "faults", "sent", "lost", "repeats", "worst", "measured (median / max)", "verdict")
    rows = [head, *(_row(finding) for finding in findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    notes = [f"{finding.name}: {note}" for finding in findings for note in (*finding.problems, *finding.notes)]
    return "\n".join([*lines, *(["", *notes] if notes else [])])


def _row(finding: Finding) -> tuple[str, ...]:
    measured = "; ".join(f"{name} {median(times):.2f} / {max(times):.2f} s" for name, times in finding.times if times)
    tally = finding.tally
    counts = (
        ("-",) * 4 if tally is None else (str(tally.sends), str(len(tally.lost)), str(tally.repeated), str(tally.worst))
    )
    verdict = "not run" if tally is None else "FAILS" if finding.problems else "holds"
    return (finding.name, finding.load, finding.faults, *counts, measured, verdict)

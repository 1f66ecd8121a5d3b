"""What the run of a source brought, in words. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

_WORDS = {  # of what IntakeReport counts
    "items": "Items read",
    "notices": "New notices",
    "archived": "Of them kept for reading",
    "revised": "Changed notices",
    "withdrawn": "Withdrawn notices",
    "jobs": "Jobs",
    "offers": "Offers",
    "held": "Held for an answer",
    "irrelevant": "Saying nothing to students",
    "rejected": "Could not be read",
}


def report_rows(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return labels and values: counts that are not 0, and everything that failed. result: reports by source."""
    reports = {name: report for name, report in result.items() if isinstance(report, dict)}
    return [
        (label if len(reports) == 1 else f"{name}: {label}", value)
        for name, report in reports.items()
        for label, value in _rows(report)
    ]


def has_failed(result: Mapping[str, Any]) -> bool:
    """Say whether a source could not be read at all."""
    return any(isinstance(report, dict) and report.get("failed") is True for report in result.values())


def _rows(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    counts = {key: report.get(key) for key in _WORDS}
    for key, number in counts.items():
        if isinstance(number, int) and (number or key == "items"):
            yield _WORDS[key], f"{number:,}"
    if not any(number for key, number in counts.items() if key != "items"):
        yield "Changed", "nothing"
    if report.get("strange"):
        yield "Doubtful", str(report["strange"])
    for line in report.get("failures") or ():
        yield "Failed", str(line)

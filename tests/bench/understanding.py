"""Scores what is understood of labelled messages: `python -m tests.bench.understanding [FOLDER]`.

FOLDER holds labels.jsonl with notices/ and mails/ (default: ../shared/data/messages), or it is a .jsonl file of
`{"notice": {...}, "label": {...}}` and `{"eml": "...", "label": {...}}` lines. Mails go the way of the mailbox: read
from their bytes with their attachments, then understood.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from placement_alerts.core.explain import explanation
from placement_alerts.core.mail_understanding import understand_mail
from placement_alerts.core.understanding import understand_html
from placement_alerts.sources.mailbox.file import mail_in_file
from placement_alerts.sources.mailbox.settings import MailboxSettings
from placement_alerts.sources.superset.file import item_in_file
from tests.bench.comparing import FIELDS, compare, kinds, student_keys

__all__ = ["FIELDS", "compare", "labelled"]

DEFAULT_FOLDER = Path(__file__).parents[3] / "shared" / "data" / "messages"
# shares of right answers that are wanted (issue 5); for offers both precision and recall
GOALS = {
    "kind": 0.95,
    "offer precision": 0.97,
    "offer recall": 0.97,
    "company": 0.95,
    "deadline": 0.93,
    "students (numbers, F1 over all)": 0.97,
    "package": 0.93,
}


@dataclass
class Score:
    """Right answers, all answers and the misses of one measure."""

    right: float = 0
    total: float = 0
    misses: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of right answers; 1 if nothing was asked."""
        return self.right / self.total if self.total else 1.0


def labelled(source: Path) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield (file name, explanation, label) of every labelled message."""
    if source.suffix == ".jsonl":
        for entry in map(json.loads, source.read_text(encoding="utf-8").splitlines()):
            name = entry["label"]["file"]
            if "notice" in entry:
                yield name, _explained_notice(name, json.dumps(entry["notice"])), entry["label"]
            else:
                yield name, _explained_mail(name, entry["eml"].encode()), entry["label"]
        return
    for line in (source / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        path = source / label["file"]
        if path.suffix == ".json":
            yield label["file"], _explained_notice(path.name, path.read_text(encoding="utf-8")), label
        else:
            yield label["file"], _explained_mail(path.name, path.read_bytes()), label


def scores_of(results: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> dict[str, Score]:
    """Return a score for each of FIELDS and for what GOALS names beside them."""
    scores = {name: Score() for name in FIELDS}
    for file, got, label in results:
        for name, (value, ours, theirs) in compare(got, label).items():
            scores[name].right += value
            scores[name].total += 1
            if value < 1:
                scores[name].misses.append(f"{file}: got {ours!r}, wanted {theirs!r}")
    return scores | _offers(results) | {"students (numbers, F1 over all)": _numbers(results)}


def _offers(results: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> dict[str, Score]:
    said = [label for _, got, label in results if got["kind"] == "offer"]
    are = [got for _, got, label in results if label["kind"] == "offer" and got["kind"] in {"offer", *_others(label)}]
    wanted = sum(1 for _, _, label in results if label["kind"] == "offer")
    return {
        "offer precision": Score(sum(1 for label in said if "offer" in kinds(label)), len(said)),
        "offer recall": Score(len(are), wanted),
    }


def _others(label: dict[str, Any]) -> set[str]:
    return kinds(label) - {"offer"}


def _numbers(results: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> Score:
    both = [(student_keys(got["students"]), student_keys(label["students"])) for _, got, label in results]
    found = sum(2 * len(ours & theirs) for ours, theirs in both)
    return Score(found, sum(len(ours) + len(theirs) for ours, theirs in both))


def _explained_notice(name: str, raw: str) -> dict[str, Any]:
    item = item_in_file(raw, read_at=datetime.now(UTC))
    assert item.published_at is not None
    return explanation(name, understand_html(item.title, item.html, item.published_at, author=item.author))


def _explained_mail(name: str, raw: bytes) -> dict[str, Any]:
    mail = asyncio.run(mail_in_file(raw, MailboxSettings()))
    return explanation(name, understand_mail(mail).facts)


def main() -> None:
    """Print a table for the notices, one for the mails and one for all, then the misses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--no-misses", action="store_true", help="print the tables only")
    options = parser.parse_args()
    results = list(labelled(options.folder))
    mails = [one for one in results if one[0].startswith("mails")]
    notices = [one for one in results if not one[0].startswith("mails")]
    for group, some in (("notices", notices), ("mails", mails), ("together", results)):
        if some:
            _print(group, scores_of(some))
    if not options.no_misses:
        misses = [f"- {name} {miss}" for name, score in scores_of(results).items() for miss in score.misses]
        sys.stdout.write("\n".join(["misses", *misses]) + "\n")


def _print(group: str, scores: dict[str, Score]) -> None:
    lines = [f"{group:<34}{'right':>8} {'of':>5} {'share':>8}   goal"]
    for name, score in scores.items():
        goal = f"{GOALS[name]:6.1%} {'met' if score.share >= GOALS[name] else 'MISSED'}" if name in GOALS else ""
        lines.append(f"  {name:<32}{score.right:8.2f} {score.total:5.0f} {score.share:8.1%}   {goal}".rstrip())
    sys.stdout.write("\n".join(lines) + "\n\n")


if __name__ == "__main__":
    main()

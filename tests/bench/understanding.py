"""Scores what is understood of labelled messages: `python -m tests.bench.understanding [FOLDER]`.

FOLDER holds labels.jsonl with notices/ and mails/ (default: ../shared/data/messages), or it is a .jsonl file of
`{"notice": {...}, "label": {...}}` lines. The rules of comparison are those of the README beside the labels.
"""

import argparse
import email
import email.policy
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from placement_alerts.core.explain import explanation
from placement_alerts.core.notice import Facts
from placement_alerts.core.understanding import understand_html, understand_plain
from placement_alerts.sources.superset.file import item_in_file

DEFAULT_FOLDER = Path(__file__).parents[3] / "shared" / "data" / "messages"
_NOT_CONTENT = re.compile(r"\s*>|On .*wrote:$|wrote:$|(?:From|Date|Sent|To|Cc|Subject): ")
FIELDS = (
    "kind",
    "company",
    "roles",
    "package",
    "location",
    "deadline",
    "event_at",
    "venue",
    "links",
    "students",
    "branches",
    "min_cgpa",
    "batch_year",
    "author",
)


@dataclass
class Score:
    """Right answers, all answers and the misses of one field."""

    right: float = 0
    total: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, name: str, value: float, got: object, wanted: object) -> None:
        """Count one answer. value: 0 to 1."""
        self.total += 1
        self.right += value
        if value < 1:
            self.misses.append(f"{name}: got {got!r}, wanted {wanted!r}")


def labelled(source: Path) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield (file name, explanation, label) of every labelled message."""
    if source.suffix == ".jsonl":
        for line in source.read_text().splitlines():
            entry = json.loads(line)
            yield (
                entry["label"]["file"],
                _explained_notice(entry["label"]["file"], json.dumps(entry["notice"])),
                entry["label"],
            )
        return
    for line in (source / "labels.jsonl").read_text().splitlines():
        label = json.loads(line)
        path = source / label["file"]
        if path.suffix == ".json":
            yield label["file"], _explained_notice(path.name, path.read_text()), label
        else:
            yield label["file"], _explained_mail(path), label


def _explained_notice(name: str, raw: str) -> dict[str, Any]:
    item = item_in_file(raw, read_at=datetime.now(UTC))
    assert item.published_at is not None
    return explanation(name, understand_html(item.title, item.html, item.published_at, author=item.author))


def _explained_mail(path: Path) -> dict[str, Any]:
    """Understand a mail's body as it stands: footers and quotes are cut off roughly, attachments ignored."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    sent_at = (
        parsedate_to_datetime(message["date"])
        if message["date"]
        else datetime.fromisoformat("2026-04-08T10:00:00+05:30")
    )
    body = message.get_body(("plain", "html"))
    content = body.get_content() if body is not None else ""
    facts: Facts
    if body is not None and body.get_content_type() == "text/html":
        facts = understand_html(
            message["subject"] or "", content.split("You received this message because")[0], sent_at
        )
    else:
        kept = "\n".join(line for line in content.split("\n-- \n")[0].splitlines() if not _NOT_CONTENT.match(line))
        facts = understand_plain(
            re.sub(r"^((fwd?|re):\s*)+", "", message["subject"] or "", flags=re.IGNORECASE), kept, sent_at
        )
    return explanation(path.name, facts)


def compare(got: dict[str, Any], label: dict[str, Any]) -> dict[str, tuple[float, Any, Any]]:
    """Return (value, got, wanted) for each field."""
    accept = label.get("accept", {})
    results = {
        name: (_best(rule, got[name], [label.get(name), *accept.get(name, [])]), got[name], label.get(name))
        for name, rule in _RULES.items()
    }
    kinds = {label["kind"], *label.get("alternatives", [])}
    results["kind"] = (float(got["kind"] in kinds), got["kind"], label["kind"])
    results["package"] = (
        _packages(got["roles"], label["roles"], accept.get("package_lpa", [])),
        got["roles"],
        label["roles"],
    )
    return results


def _best(rule: Callable[[Any, Any], float], got: object, wanted: list[Any]) -> float:
    return max(rule(got, one) for one in wanted)


def _plain(value: object) -> str:
    return re.sub(r"\s+", "", str(value)).casefold() if value is not None else ""


def _same(got: object, wanted: object) -> float:
    return float(_plain(got) == _plain(wanted))


def _same_set(got: list[object], wanted: list[object]) -> float:
    return float({_plain(one) for one in got} == {_plain(one) for one in wanted})


def _same_roles(got: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> float:
    return _same_set([one["role"] for one in got], [one["role"] for one in wanted])


def _f1(got: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> float:
    ours = {(_plain(one["name"]), _plain(one["enrollment"])) for one in got}
    theirs = {(_plain(one["name"]), _plain(one["enrollment"])) for one in wanted}
    if not ours and not theirs:
        return 1.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def _packages(got: list[dict[str, Any]], wanted: list[dict[str, Any]], also: list[float]) -> float:
    def close(ours: float | None, theirs: float | None) -> bool:
        return ours is theirs or (ours is not None and theirs is not None and abs(ours - theirs) <= 0.01 * theirs)

    if len(got) != len(wanted):
        return 0.0
    pairs = list(
        zip(
            sorted(got, key=lambda one: _plain(one["role"])),
            sorted(wanted, key=lambda one: _plain(one["role"])),
            strict=True,
        )
    )
    return float(
        all(
            close(ours["stipend_per_month"], theirs["stipend_per_month"])
            and any(close(ours["package_lpa"], one) for one in (theirs["package_lpa"], *also))
            for ours, theirs in pairs
        )
    )


_RULES: dict[str, Callable[[Any, Any], float]] = {
    "company": _same,
    "roles": _same_roles,
    "location": _same_set,
    "deadline": _same,
    "event_at": _same,
    "venue": _same,
    "links": _same_set,
    "students": _f1,
    "branches": _same_set,
    "min_cgpa": _same,
    "batch_year": _same,
    "author": _same,
}


def main() -> None:
    """Print a table for the notices and one for the mails, then the misses of the notices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--mails", action="store_true", help="list the misses of the mails too")
    options = parser.parse_args()
    scores: dict[str, dict[str, Score]] = defaultdict(lambda: {name: Score() for name in FIELDS})
    for name, got, label in labelled(options.folder):
        group = "mails (body only; the mailbox source brings the rest)" if name.startswith("mails") else "notices"
        for key, (value, ours, theirs) in compare(got, label).items():
            scores[group][key].add(name, value, ours, theirs)
    for group, fields in sorted(scores.items(), reverse=True):
        _print(group, fields, misses=group == "notices" or options.mails)


def _print(group: str, fields: dict[str, Score], *, misses: bool) -> None:
    lines = [
        group,
        *(
            f"  {name:<11} {score.right:6.2f} / {score.total:<4} {score.right / max(1, score.total):7.1%}"
            for name, score in fields.items()
        ),
    ]
    lines += [f"  - {name} {miss}" for name, score in fields.items() for miss in score.misses if misses]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

"""How an explanation is compared with a label: the rules of the README beside the labels."""

import re
from collections.abc import Callable, Iterable
from typing import Any

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


def compare(got: dict[str, Any], label: dict[str, Any]) -> dict[str, tuple[float, Any, Any]]:
    """Return (value, got, wanted) for each of FIELDS; the value is between 0 and 1."""
    accept = label.get("accept", {})
    results = {
        name: (_best(rule, got[name], [label.get(name), *accept.get(name, [])]), got[name], label.get(name))
        for name, rule in _RULES.items()
    }
    results["kind"] = (float(got["kind"] in kinds(label)), got["kind"], label["kind"])
    roles = [label["roles"], *accept.get("roles", [])]
    results["package"] = (
        max(_packages(got["roles"], one, accept.get("package_lpa", [])) for one in roles),
        got["roles"],
        label["roles"],
    )
    return results


def kinds(label: dict[str, Any]) -> set[str]:
    """Return the kinds that are right."""
    return {label["kind"], *label.get("alternatives", [])}


def student_keys(students: Iterable[dict[str, Any]]) -> set[str]:
    """Return the enrollment numbers, or the name of a student without one."""
    return {_plain(one["enrollment"] or one["name"]) for one in students}


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
    pairs = zip(
        sorted(got, key=lambda one: _plain(one["role"])),
        sorted(wanted, key=lambda one: _plain(one["role"])),
        strict=True,
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

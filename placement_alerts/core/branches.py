"""Which branch an enrollment number belongs to: configuration of one placement year, made into a table.

Reference/offers-and-statistics.md, section 4. Pure.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from placement_alerts.errors import ConfigError

OTHER = "Other"  # of numbers that nothing fits and of rows without a number; never counted

_BEGINS = re.compile(r"begins with ([0-9A-Z]{1,12})")
_DIGITS = re.compile(r"has (\d{1,2}) digits")


@dataclass(frozen=True, slots=True)
class BranchRule:
    """A rule that comes before the ranges. when: "contains a letter", "begins with 24" or "has 9 digits"."""

    branch: str
    when: str


@dataclass(frozen=True, slots=True)
class BranchRange:
    """Numbers from `first` up to, but not, `before` are of this branch. strength: students in this range."""

    branch: str
    first: int
    before: int
    strength: int


@dataclass(frozen=True, slots=True)
class BranchTable:
    """The branches of one placement year. Rules are tried in order, then the ranges; the first that fits decides.

    That ranges do not overlap, and what a rule may say, is checked where the settings are read.
    """

    year: str
    rules: tuple[BranchRule, ...] = ()
    ranges: tuple[BranchRange, ...] = ()
    not_counted: frozenset[str] = frozenset()
    _tests: tuple[tuple[Callable[[str], bool], str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the rules ready."""
        tests = tuple((_test(rule.when), rule.branch) for rule in self.rules)
        object.__setattr__(self, "_tests", tests)

    def branch_of(self, number: str | None) -> str:
        """Return the branch. number: without spaces, upper case; None: the row has none."""
        if not number:
            return OTHER
        for fits, branch in self._tests:
            if fits(number):
                return branch
        if not _is_plain(number):
            return OTHER
        value = int(number)
        return next((one.branch for one in self.ranges if one.first <= value < one.before), OTHER)

    def is_counted(self, branch: str) -> bool:
        """Whether the branch is part of the figures."""
        return branch != OTHER and branch not in self.not_counted

    def strengths(self) -> dict[str, int]:
        """Return the students of each counted branch, over all its ranges, in the order of the configuration."""
        strengths: dict[str, int] = {}
        for one in self.ranges:
            if self.is_counted(one.branch):
                strengths[one.branch] = strengths.get(one.branch, 0) + one.strength
        for rule in self.rules:
            if self.is_counted(rule.branch):
                strengths.setdefault(rule.branch, 0)
        return strengths


def table_for(tables: Mapping[str, BranchTable], year: str) -> BranchTable:
    """Return the year's table. Raises ConfigError: without it every number would silently be of "Other"."""
    if (table := tables.get(year)) is not None:
        return table
    known = ", ".join(sorted(tables)) or "none"
    raise ConfigError([f"statistics.years: {year} has no branches and strengths, so nothing is counted; set: {known}"])


def _test(when: str) -> Callable[[str], bool]:
    if when == "contains a letter":
        return lambda number: not number.isdecimal() and any(char.isalpha() for char in number)
    if found := _BEGINS.fullmatch(when):
        beginning = found[1]
        return lambda number: number.startswith(beginning)
    if found := _DIGITS.fullmatch(when):
        count = int(found[1])
        return lambda number: len(number) == count and number.isascii() and number.isdecimal()
    raise ValueError(f"no rule says {when!r}")


def _is_plain(number: str) -> bool:
    """Whether the text is a number as offices write it: one with leading zeros is another text, and so nobody's."""
    return number.isascii() and number.isdecimal() and not number.startswith("0")

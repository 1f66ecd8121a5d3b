"""The settings of the placement statistics, `[statistics]`: branches and their strengths for each placement year."""

import re
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from placement_alerts.config.values import Section, Year

_WHEN = re.compile(r"contains a letter|begins with [0-9A-Z]{1,12}|has \d{1,2} digits")

Branch = Annotated[str, Field(min_length=1, max_length=40)]
Number = Annotated[str, Field(pattern=r"^\d{6,12}$")]


class BranchRule(Section):
    """A rule that comes before the ranges. when: "contains a letter", "begins with 24" or "has 9 digits"."""

    branch: Branch
    when: Annotated[str, Field(pattern=f"^(?:{_WHEN.pattern})$")]


class BranchRange(Section):
    """Enrollment numbers of one branch. first is included, before is not. strength: students in it."""

    branch: Branch
    first: Number
    before: Number
    strength: Annotated[int, Field(ge=0, le=100_000)]


class StatisticsYear(Section):
    """One placement year. Rules are tried in order, then the ranges; a number that none fits is of "Other"."""

    year: Year
    not_counted: Annotated[tuple[Branch, ...], Field(strict=False, max_length=20)] = ("Other",)
    rules: Annotated[tuple[BranchRule, ...], Field(strict=False, max_length=50)] = ()
    ranges: Annotated[tuple[BranchRange, ...], Field(strict=False, max_length=200)] = ()

    @model_validator(mode="after")
    def _ranges_are_apart(self) -> Self:
        spans = sorted((int(one.first), int(one.before), one.branch) for one in self.ranges)
        for first, before, branch in spans:
            if first >= before:
                raise ValueError(f"should have `first` below `before`; the range of {branch} begins at {first}")
        for (_, end, one), (start, _, other) in pairwise(spans):
            if start < end:
                raise ValueError(f"should have ranges that do not overlap; {one} and {other} do at {start}")
        return self


class StatisticsConfig(Section):
    """Placement statistics. bands: lower bounds of the package buckets in LPA, rising; below the first is one more."""

    years: Annotated[tuple[StatisticsYear, ...], Field(strict=False, max_length=20)] = ()
    bands: Annotated[tuple[Annotated[float, Field(gt=0, le=1000)], ...], Field(strict=False, max_length=10)] = (
        6.0,
        13.0,
    )

    @model_validator(mode="after")
    def _years_once_bands_rising(self) -> Self:
        if len({one.year for one in self.years}) < len(self.years):
            raise ValueError("should name each placement year once")
        if list(self.bands) != sorted(set(self.bands)):
            raise ValueError("should have rising bands")
        return self

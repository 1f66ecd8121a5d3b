"""What the address of the statistics page asks for: validated, bounded, and in one form for the same wish. Pure."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from placement_alerts.core.offer_rows import LPA_MAX
from placement_alerts.core.statistics_filter import Filter

VALUES_MAX = 20  # of one name
CHARACTERS_MAX = 200  # of one value

Query = Mapping[str, Sequence[str]]  # every value of every name, in their order


class BadQuery(ValueError):
    """The address asks for something that is not there. The text says what was expected and repeats no value."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for.

    There is no search by text here: the filter's would look into names and numbers, and so tell what a student earns.
    """

    year: str
    companies: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None

    def filter(self) -> Filter:
        """Return it as the statistics take it."""
        return Filter(
            companies=frozenset(self.companies),
            roles=frozenset(self.roles),
            locations=frozenset(self.locations),
            branches=frozenset(self.branches),
            lowest=self.lowest,
            highest=self.highest,
        )

    def address(self) -> str:
        """Return the address of this view, the same for every way of asking for it."""
        values = {
            "year": self.year,
            "company": self.companies,
            "role": self.roles,
            "location": self.locations,
            "branch": self.branches,
            "min": () if self.lowest is None else f"{self.lowest:g}",
            "max": () if self.highest is None else f"{self.highest:g}",
        }
        return "/statistics?" + urlencode(values, doseq=True)

    def words(self) -> list[str]:
        """Return what is asked for beside the year, one text each."""
        texts = [*self.companies, *self.roles, *self.locations, *self.branches]
        if self.lowest is not None:
            texts.append(f"from {self.lowest:g} LPA")
        if self.highest is not None:
            texts.append(f"up to {self.highest:g} LPA")
        return texts


def read_wish(query: Query, years: Collection[str], default: str) -> Wish:
    """Return what a query string asks for; unknown names are left alone, empty values are no wish. Raises BadQuery.

    years: those that exist. default: the year of an address that names none.
    """
    year = _last(query, "year") or default
    if year not in years:
        raise BadQuery(f"year should be one of {', '.join(years)}")
    lowest, highest = _amount(query, "min"), _amount(query, "max")
    if lowest is not None and highest is not None and lowest > highest:
        raise BadQuery("min should not be above max")
    return Wish(
        year,
        _texts(query, "company"),
        _texts(query, "role"),
        _texts(query, "location"),
        _texts(query, "branch"),
        lowest,
        highest,
    )


def _texts(query: Query, name: str) -> tuple[str, ...]:
    values = query.get(name, ())
    if len(values) > VALUES_MAX:
        raise BadQuery(f"{name} should be given at most {VALUES_MAX} times")
    texts = {" ".join(value.split()) for value in values} - {""}
    if any(len(text) > CHARACTERS_MAX or not text.isprintable() for text in texts):
        raise BadQuery(f"{name} should be a plain text of at most {CHARACTERS_MAX} characters")
    return tuple(sorted(texts))


def _amount(query: Query, name: str) -> float | None:
    text = _last(query, name)
    if not text:
        return None
    try:
        amount = float(text) if len(text) <= CHARACTERS_MAX else math.nan
    except ValueError:
        amount = math.nan
    if not 0 <= amount <= LPA_MAX:
        raise BadQuery(f"{name} should be a number of lakhs a year from 0 to {LPA_MAX}")
    return amount + 0.0  # "-0" is 0


def _last(query: Query, name: str) -> str:
    return (query.get(name) or [""])[-1].strip()

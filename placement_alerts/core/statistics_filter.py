"""Which rows a filtered view of the statistics counts (reference/offers-and-statistics.md, section 6). Pure."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from placement_alerts.core.company_names import key_of
from placement_alerts.core.offer_rows import Row


@dataclass(frozen=True, slots=True)
class Filter:
    """All that is given must hold; within one field any of its values. Empty: no wish.

    lowest, highest: LPA, both included; a row without a package passes. search: part of name, enrollment number, role
    or company. Case and spaces do not matter; companies are compared by the keys of all names that
    mails gave them.
    """

    companies: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    locations: frozenset[str] = frozenset()
    branches: frozenset[str] = frozenset()
    lowest: float | None = None
    highest: float | None = None
    search: str = ""

    def is_empty(self) -> bool:
        """Whether everything passes."""
        return self == Filter()

    def test(self) -> Callable[[Row], bool]:
        """Return the question whether a row passes, with what was asked for made ready once."""
        if self.is_empty():
            return lambda _: True
        companies = {key_of(name, {}) for name in self.companies}
        roles, locations, branches = map(_folded, (self.roles, self.locations, self.branches))
        search = _fold(self.search)

        def passes(row: Row) -> bool:
            return (
                (not companies or bool(companies & row.company_names))
                and (not roles or _fold(row.role or "") in roles)
                and (not locations or any(_fold(place) in locations for place in row.locations))
                and (not branches or _fold(row.branch) in branches)
                and self._pays(row.package)
                and (not search or _is_in(search, row))
            )

        return passes

    def _pays(self, package: float | None) -> bool:
        if package is None:
            return True
        return (self.lowest is None or self.lowest <= package) and (self.highest is None or package <= self.highest)


def _is_in(search: str, row: Row) -> bool:
    return any(search in _fold(text) for text in (row.name, row.number or "", row.role or "", row.company))


def _folded(texts: frozenset[str]) -> frozenset[str]:
    return frozenset(_fold(text) for text in texts)


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

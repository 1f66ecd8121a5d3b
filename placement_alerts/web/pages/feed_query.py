"""What the address of the feed or the jobs asks for: validated, bounded, in one form for the same wish. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from placement_alerts.core.matching import company_key
from placement_alerts.core.notice import NoticeKind
from placement_alerts.store.base import JobFilter, NoticeFilter
from placement_alerts.web.pages.query import BadQuery, Query

CHARACTERS_MAX = 100  # of a search or a company
WORDS_MAX = 8
ID_CHARACTERS_MAX = 100


@dataclass(frozen=True, slots=True)
class ListWish:
    """What is asked for. before: the id of the last one on the page before; "": from the newest. mine: open for me."""

    year: str
    search: str = ""
    kind: NoticeKind | None = None
    company: str = ""
    only_open: bool = False
    mine: bool = False
    before: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether it is a part of the list."""
        return bool(self.search or self.kind or self.company or self.only_open or self.mine)

    def notices(self, now: datetime) -> NoticeFilter:
        """Return it as the store takes it."""
        return NoticeFilter(
            year=self.year,
            kinds=(self.kind,) if self.kind else (),
            company=company_key(self.company) if self.company else None,
            open_at=now if self.only_open else None,
            words=self._words(),
        )

    def jobs(self, open_at: datetime | None) -> JobFilter:
        """Return it as the store takes it."""
        company = company_key(self.company) if self.company else None
        return JobFilter(year=self.year, company=company, open_at=open_at, words=self._words())

    def address(self, path: str, default_year: str) -> str:
        """Return the address of this view, the same for every way of asking for it."""
        values = {
            "year": "" if self.year == default_year else self.year,
            "q": self.search,
            "kind": self.kind or "",
            "company": self.company,
            "open": "1" if self.only_open else "",
            "mine": "1" if self.mine else "",
            "before": self.before,
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{query}" if query else path

    def older(self, last: str) -> "ListWish":
        """Return the wish for the page after the one that ends with this id."""
        return replace(self, before=last)

    def newest(self) -> "ListWish":
        """Return the wish from the beginning."""
        return replace(self, before="")

    def _words(self) -> tuple[str, ...]:
        return tuple(self.search.split()[:WORDS_MAX])


def read_list_wish(query: Query, years: Collection[str], default_year: str) -> ListWish:
    """Return what a query string asks for; unknown names are left alone. Raises BadQuery."""
    year = _text(query, "year", 10) or default_year
    if year not in {*years, default_year}:
        raise BadQuery(f"year should be one of {', '.join(years)}")
    kind = _text(query, "kind", 30)
    if kind and kind not in set(NoticeKind):
        raise BadQuery("kind should be one of the list")
    return ListWish(
        year,
        _text(query, "q", CHARACTERS_MAX),
        NoticeKind(kind) if kind else None,
        _text(query, "company", CHARACTERS_MAX),
        only_open=_text(query, "open", 5) in ("1", "on"),
        mine=_text(query, "mine", 5) in ("1", "on"),
        before=_text(query, "before", ID_CHARACTERS_MAX),
    )


def _text(query: Query, name: str, most: int) -> str:
    text = " ".join((query.get(name) or [""])[-1].split())
    if len(text) > most or not text.isprintable():
        raise BadQuery(f"{name} should be a plain text of at most {most} characters")
    return text

"""The official page's figures as the statistics page shows them, beside ours. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core.official import BatchRecord, Card, CardKind
from placement_alerts.core.statistics import Statistics
from placement_alerts.web.pages.wording import lakhs

_SUMMED_UP = frozenset({CardKind.COMPANIES, CardKind.AVERAGE, CardKind.MEDIAN})


@dataclass(frozen=True, slots=True)
class BatchView:
    """One graduating batch. companies: "64+"; amounts in LPA, None where the page does not say. cards: all the rest."""

    name: str
    live: bool
    updated_at: datetime
    provenance: str | None
    companies: str | None
    highest: float | None
    highest_company: str | None
    average: float | None
    median: float | None
    offers: int | None
    cards: tuple[Card, ...]
    pointers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of ours beside the official one, as texts; "–": not known."""

    what: str
    ours: str
    official: str


def batch_views(records: Iterable[BatchRecord]) -> list[BatchView]:
    """Return the batches in the order of the records, which is the store's: newest first, those without a year last."""
    return [_view(record) for record in records]


def batch_of(views: Sequence[BatchView], year: str) -> BatchView | None:
    """Return the batch that graduates in a placement year: 2026 for "202526"."""
    return next((view for view in views if view.name == f"20{year[4:]}"), None)


def comparisons(found: Statistics, official: BatchView) -> list[Comparison]:
    """Return our totals beside those of the same batch on the official page."""
    packages = found.packages
    return [
        Comparison("Companies", f"{found.unique_companies:,}", official.companies or "–"),
        Comparison("Offers", f"{found.total_offers:,}", "–" if official.offers is None else f"{official.offers:,}"),
        Comparison("Average, LPA", lakhs(packages.average), lakhs(official.average or 0.0)),
        Comparison("Median, LPA", lakhs(packages.median), lakhs(official.median or 0.0)),
        Comparison("Highest, LPA", lakhs(packages.highest), lakhs(official.highest or 0.0)),
    ]


def _view(record: BatchRecord) -> BatchView:
    cards = record.batch.highlights
    highest = next((card for card in cards if card.kind is CardKind.HIGHEST and card.rank == 1), None)
    companies = next((card for card in cards if card.kind is CardKind.COMPANIES), None)
    in_bands = [card.offers for card in cards if card.kind is CardKind.BAND and card.offers is not None]
    rest = tuple(card for card in cards if card.kind not in _SUMMED_UP and card is not highest)
    return BatchView(
        name=record.batch.name,
        live=record.live,
        updated_at=record.updated_at,
        provenance=record.provenance,
        companies=companies.title if companies else None,
        highest=highest.amount if highest else None,
        highest_company=highest.company if highest else None,
        average=_amount(cards, CardKind.AVERAGE),
        median=_amount(cards, CardKind.MEDIAN),
        offers=sum(in_bands) if in_bands else None,
        cards=rest,
        pointers=record.batch.pointers,
    )


def _amount(cards: Iterable[Card], kind: CardKind) -> float | None:
    return next((card.amount for card in cards if card.kind is kind), None)

"""What changed on the official page between two readings, batch by batch. Pure."""

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence

from placement_alerts.core.notice import Change
from placement_alerts.core.official import Batch, Card, CardKind

_FIGURES = re.compile(r"\d[\d.,]*")
_ORDINALS = {2: "2nd", 3: "3rd"}
_LABELS = {
    CardKind.COMPANIES: "Companies visited",
    CardKind.BAND: "Package band",
    CardKind.AVERAGE: "Average package",
    CardKind.MEDIAN: "Median package",
}

Row = tuple[Hashable, str, str]  # what it is about; its label; its value. The same label may stand for several rows


def changes_between(before: Iterable[Batch], after: Iterable[Batch]) -> tuple[Change, ...]:
    """Return what differs in the figures of each batch of `after`; a batch that was not there before is all new.

    A batch that vanished is no change: its figures are kept.
    """
    known = {batch.name: batch for batch in before}
    return tuple(change for batch in after for change in _of_batch(known.get(batch.name), batch))


def _of_batch(before: Batch | None, after: Batch) -> Iterator[Change]:
    old = _rows(before) if before is not None else []
    for label, was, now in _differences(old, _rows(after)):
        yield Change(field=f"{after.name}: {label}", before=was, after=now)


def _rows(batch: Batch) -> list[Row]:
    return [
        *((("card", *_about(card)), _label(card), _value(card)) for card in batch.highlights),
        *((("pointer", _FIGURES.sub("#", text).casefold()), "Pointer", text) for text in batch.pointers),
        *(
            (("row", row.category.casefold()), row.category, f"average {row.average}, median {row.median}")
            for row in batch.distribution
        ),
    ]


def _differences(before: Sequence[Row], after: Sequence[Row]) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield (label, value before, value after) of rows that differ; of rows about the same, in order, equal ones first.

    A package band is known by its place only, so one that did not move must not be paired with one that did.
    """
    left = list(before)
    fresh = []
    for row in after:
        if row in left:
            left.remove(row)
        else:
            fresh.append(row)
    for about, label, value in fresh:
        earlier = next((row for row in left if row[0] == about), None)
        if earlier is not None:
            left.remove(earlier)
        yield label, earlier[2] if earlier else None, value
    for _, label, value in left:
        yield label, value, None


def _about(card: Card) -> tuple[Hashable, ...]:
    if card.kind is CardKind.OTHER:
        return (card.kind, _FIGURES.sub("#", card.description).casefold())
    return (card.kind, card.rank)


def _label(card: Card) -> str:
    if card.kind is CardKind.HIGHEST:
        rank = card.rank or 1
        return "Highest package" if rank == 1 else f"{_ORDINALS.get(rank, f'{rank}th')} highest package"
    return _LABELS.get(card.kind) or card.description


def _value(card: Card) -> str:
    """Return what the card says beside its label."""
    if card.kind is CardKind.HIGHEST:
        offers = f" ({_offers(card.offers)})" if card.offers is not None else ""
        return f"{card.title}{f' by {card.company}' if card.company else ''}{offers}"
    if card.kind is CardKind.BAND:
        return f"{card.title} ({card.companies} companies, {_offers(card.offers or 0)})"
    return card.title


def _offers(count: int) -> str:
    return f"{count} offer" if count == 1 else f"{count} offers"

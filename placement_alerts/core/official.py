"""The official placement page as data (reference/official-page.md, sections 2 to 5). Amounts are LPA."""

from enum import StrEnum

from placement_alerts.core.frozen import Frozen, UtcDatetime

UNNAMED = "Unknown Batch"  # followed by its number on the page


class CardKind(StrEnum):
    """What a card says; OTHER: wording that we do not know, shown as it is."""

    COMPANIES = "companies"
    HIGHEST = "highest"
    BAND = "band"
    AVERAGE = "average"
    MEDIAN = "median"
    OTHER = "other"


class Card(Frozen):
    """One highlight. title, description: raw. The rest is parsed, None where it is not said.

    rank: 1 for the highest package, 2 for the second. low, high: bounds of a band; low None: "Upto".
    at_least: the count carries a `+`.
    """

    title: str
    description: str
    kind: CardKind = CardKind.OTHER
    rank: int | None = None
    amount: float | None = None
    low: float | None = None
    high: float | None = None
    company: str | None = None
    companies: int | None = None
    offers: int | None = None
    at_least: bool = False


class Distribution(Frozen):
    """One row of the old layout's table, as texts."""

    category: str
    average: str
    median: str


class Batch(Frozen):
    """The figures of a graduating batch. name: "2032", else "Unknown Batch 1"."""

    name: str
    active: bool = False
    highlights: tuple[Card, ...] = ()
    pointers: tuple[str, ...] = ()
    distribution: tuple[Distribution, ...] = ()


class Logo(Frozen):
    """A recruiter. src: absolute. name: "" where neither page nor flight data says it."""

    src: str
    name: str = ""


class Snapshot(Frozen):
    """The page as it was understood. layout: "current", "flight" or "old". content_hash: of all but the times.

    taken_at: when this content was seen first; seen_at: when last.
    """

    taken_at: UtcDatetime
    seen_at: UtcDatetime
    layout: str
    heading: str
    intro: str | None = None
    batches: tuple[Batch, ...]
    logos: tuple[Logo, ...] = ()
    content_hash: str


class BatchRecord(Frozen):
    """What is known of one batch, by its name. live: it stands on the page; else frozen: its values are kept.

    provenance: where imported figures were published; None for figures read from the page.
    """

    batch: Batch
    live: bool
    updated_at: UtcDatetime
    provenance: str | None = None


class Validators(Frozen):
    """What the page's server gave for a conditional GET. url: of which address."""

    url: str
    etag: str | None = None
    last_modified: str | None = None

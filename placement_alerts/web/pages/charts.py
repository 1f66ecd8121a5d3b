"""Bar charts as numbers: what each bar is called, how long it is and where it stands. A template draws them as SVG.

Lengths are percentages and heights pixels, so that a chart fits any width while its text keeps its size. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from placement_alerts.core.statistics import Statistics, percentage
from placement_alerts.core.timetable import show_year
from placement_alerts.web.pages.wording import count, lakhs, percent, short, span

ROW_PX = 54
BAR_PX = 14
ROOM = 60.0  # percent of the width that the longest bar takes; the value stands behind it
ROOM_OF_SHARES = 80.0  # where the value is a percentage only
TOP = 10  # companies that are drawn; the table has all
LEAST = 0.8  # percent: what is not nothing is seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. label, value: before and behind it. said: both, for a screen reader. tone: a class of the style sheet.

    length: percent of the chart. label_y, bar_y, value_y: pixels from its top.
    """

    label: str
    value: str
    said: str
    tone: str
    length: float
    label_y: int
    bar_y: int
    value_y: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. id: unique in its page. track: percent of the width that is drawn behind every bar; 0: none."""

    id: str
    title: str
    bars: tuple[Bar, ...]
    track: float = 0.0

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return len(self.bars) * ROW_PX

    @property
    def description(self) -> str:
        """Return what the chart shows, in words."""
        return "; ".join(bar.said for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Figure:
    """What becomes a bar. share: 0 to 100."""

    label: str
    value: str
    share: float
    tone: str = "ours"


def chart(identifier: str, title: str, figures: Sequence[Figure], *, room: float = ROOM, tracks: bool = False) -> Chart:
    """Return a chart of these figures, one below the other. tracks: draw behind each bar what 100 is."""
    bars = tuple(_bar(index, figure, room) for index, figure in enumerate(figures))
    return Chart(identifier, title, bars, room if tracks else 0.0)


def branch_chart(found: Statistics) -> Chart:
    """Return how much of each branch is placed."""
    figures = [_part(one.branch, one.students, one.strength, "ours") for one in found.branches]
    figures.append(_part("All branches", found.unique_students_placed, found.total_eligible_students, "quiet"))
    return chart("by-branch", "Students placed, by branch", figures, room=ROOM_OF_SHARES, tracks=True)


def band_chart(found: Statistics) -> Chart:
    """Return how many students' best packages are in each band, and of how many none is known."""
    unknown = found.unique_students_placed - found.packages.count
    most = max([unknown, *(band.students for band in found.bands)], default=0)
    figures = [
        Figure(
            span(band.low, band.high, " LPA"),
            count(band.students, "student", "students"),
            percentage(band.students, most),
        )
        for band in found.bands
    ]
    if unknown:
        said = count(unknown, "student", "students")
        figures.append(Figure("Package not known", said, percentage(unknown, most), "quiet"))
    return chart("by-package", "Students by best package", figures)


def company_chart(found: Statistics) -> Chart:
    """Return the companies that chose most students."""
    top = found.companies[:TOP]
    most = max((one.students for one in top), default=0)
    figures = [
        Figure(one.company, f"{one.students:,} · {lakhs(one.average)}", percentage(one.students, most)) for one in top
    ]
    return chart("by-company", "Companies by students chosen", figures)


def batch_chart(found: Statistics, batches: Sequence[tuple[str, float]]) -> Chart:
    """Return the average package that is counted here, unless of a filtered view, beside those of the official page.

    batches: (name, average in LPA), newest first.
    """
    counts = found.packages.count and not found.filtered
    ours = [(f"{show_year(found.year)}, counted here", found.packages.average, "ours")] if counts else []
    official = [(f"Batch {name}, official page", average, "official") for name, average in batches]
    most = max((average for _, average, _ in ours + official), default=0.0)
    figures = [
        Figure(label, f"{lakhs(average)} LPA", average / most * 100 if most else 0.0, tone)
        for label, average, tone in ours + official
    ]
    return chart("by-batch", "Average package, batch by batch", figures)


def _part(name: str, part: int, whole: int, tone: str) -> Figure:
    share = percentage(part, whole)
    return Figure(f"{name} · {part:,} of {whole:,}", percent(share), share, tone)


def _bar(index: int, figure: Figure, room: float) -> Bar:
    top = index * ROW_PX
    length = max(figure.share, LEAST) if figure.share > 0 else 0.0
    return Bar(
        label=short(figure.label),
        value=figure.value,
        said=f"{figure.label}: {figure.value}",
        tone=figure.tone,
        length=round(min(length, 100.0) * room / 100, 2),
        label_y=top + 17,
        bar_y=top + 25,
        value_y=top + 25 + BAR_PX - 2,
    )

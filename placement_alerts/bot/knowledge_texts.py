"""What the bot says about placement statistics and policies."""

from collections.abc import Iterator, Sequence

from aiogram.utils.formatting import Bold, Code, Text, TextLink, as_list

from placement_alerts.core.message import Block, Message, Span, Style
from placement_alerts.core.policy import Policy
from placement_alerts.core.policy_markdown import heading_of, plain
from placement_alerts.core.statistics import BranchFigures, Statistics
from placement_alerts.core.timetable import show_date, show_year

COMPANIES_SHOWN = 5
BRANCHES_SHOWN = 20
CONTENT_LIMIT = 12_000  # characters: three or four messages
HEADINGS_SHOWN = 40

_BOLD = frozenset({Style.BOLD})


def statistics(figures: Statistics, page: str | None) -> Text:
    """Answer /stats. page: where all of it is shown, if the world can reach it."""
    head = Bold("Placement statistics ", show_year(figures.year))
    link = [Text(""), Text(TextLink("All figures", url=page))] if page else []
    if not figures.placements_count:
        return as_list(head, "No offers are known of this year yet.", *link)
    packages = figures.packages
    return as_list(
        head,
        Text(
            f"Placed: {figures.unique_students_placed} of {figures.total_eligible_students} students "
            f"({figures.placement_percentage:.1f} %)"
        ),
        Text(f"Offers: {figures.total_offers} of {figures.unique_companies} companies"),
        Text(
            f"Package: average {packages.average:.2f}, median {packages.median:.2f}, highest {packages.highest:.2f} LPA"
        ),
        *_branches(figures.branches),
        *_companies(figures),
        *link,
    )


def no_statistics(year: str) -> Text:
    """Answer /stats for a year whose branches are not configured."""
    return Text("There are no statistics of ", show_year(year), " yet: the placement office has not set the year up.")


def policy_years(years: Sequence[int], asked: str) -> Text:
    """Answer /policy without a year that has one. asked: what was asked for, shortened; "": nothing."""
    if not years:
        return Text("No placement policy is known yet. You get a notice when the office sends one.")
    head = Text("There is no policy for “", asked, "”.") if asked else Bold("Placement policies")
    return as_list(head, *(Text("• batch of ", str(year), ": ", Code(f"/policy {year}")) for year in years))


def policy(found: Policy, page: str | None) -> Message:
    """Answer /policy with a year: what it is and its contents; the text itself only where no page shows it."""
    blocks = [
        Block((Span(found.title, _BOLD),)),
        Block((Span(f"Batch of {found.year}, version {found.version} of {show_date(found.sent_at)}"),)),
    ]
    if found.toc:
        shown = found.toc[:HEADINGS_SHOWN]
        blocks += [Block(()), Block((Span("Contents", _BOLD),))]
        blocks += [Block((Span(("   " if entry.level > 2 else "") + f"• {entry.text}"),)) for entry in shown]
        if len(found.toc) > len(shown):
            blocks.append(Block((Span(f"and {len(found.toc) - len(shown)} more"),)))
    if page:
        blocks += [Block(()), Block((Span("Read the policy", url=page),))]
    else:
        blocks += [Block(()), *_content(found.content)]
    return Message(tuple(blocks))


def _branches(branches: Sequence[BranchFigures]) -> Iterator[Text]:
    if branches:
        yield Text("")
        yield Text(Bold("By branch"))
    for one in branches[:BRANCHES_SHOWN]:
        yield Text(
            f"{one.branch}: {one.students}/{one.strength} ({one.percentage:.1f} %), "
            f"average {one.packages.average:.1f}, median {one.packages.median:.1f}"
        )


def _companies(figures: Statistics) -> Iterator[Text]:
    yield Text("")
    yield Text(Bold("Most students"))
    for one in figures.companies[:COMPANIES_SHOWN]:
        package = f", average {one.average:.1f} LPA" if one.average else ""
        yield Text(f"{one.company[:60]}: {one.students}{package}")


def _content(markdown: str) -> Iterator[Block]:
    cut = markdown[:CONTENT_LIMIT].rsplit("\n", 1)[0] if len(markdown) > CONTENT_LIMIT else markdown
    for line in cut.splitlines():
        found = heading_of(line)
        text = found[1] if found else plain(line.rstrip())
        yield Block(
            (Span("• " + text[2:] if text.startswith("- ") and not found else text, _BOLD if found else frozenset()),)
        )
    if cut != markdown:
        yield Block((Span("… The rest is longer than fits here."),))

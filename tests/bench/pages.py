"""What the extraction of the official page costs beside other parsers that do the same (PROOF.md, P8).

python -m tests.bench.pages [--rounds 7] [--repeat 20]

CPU time of this process. The rounds are interleaved, so that a busy machine is busy for all; medians are shown.
BeautifulSoup and lxml come with the extra `bench`; what is not installed is left out.
"""

import argparse
import time
from collections.abc import Sequence
from statistics import median

from placement_alerts.core.official import Snapshot
from placement_alerts.sandbox.official_content import PUBLISHED_2024, PUBLISHED_2025, Content, current_page
from tests.bench.page_peers import Extract, peers
from tests.bench.rig import progress, say, table
from tests.builders import NOW

URL = "https://site.example/existing-student/training-and-placement/students-placement"
SIZE = 240_000  # characters: the site's page
RECRUITERS = 150


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="of every peer")
    parser.add_argument("--repeat", type=int, default=20, help="pages in a round")
    given = parser.parse_args(arguments)
    html = page()
    found = peers()
    took: dict[str, list[float]] = {name: [] for name in found}
    for at in range(given.rounds):
        for name, extract in found.items():
            progress(f"round {at + 1} of {given.rounds}: {name}")
            took[name].append(_cpu_s(extract, html, given.repeat))
    progress("")
    ours = median(took["ours"])
    expected = found["ours"](html, URL, NOW)
    rows = [
        (
            name,
            f"{median(times) * 1000:.2f}",
            f"{median(times) / ours:.1f}",
            _same(found[name](html, URL, NOW), expected),
        )
        for name, times in took.items()
    ]
    table(("extraction", "CPU ms a page", "times ours", "same result"), *rows)
    say(f"{len(html):,} characters, {html.count('<'):,} tags; medians of {given.rounds} rounds of {given.repeat}")


def page() -> str:
    """Return a page of the current layout that is as long as the site's: half markup, half flight data."""
    logos = [(f"/uploads/recruiters/company-{at}.webp", f"Company {at} Technologies") for at in range(RECRUITERS)]
    content = Content(batches=(("2025", PUBLISHED_2025), ("2024", PUBLISHED_2024)), logos=logos)
    entries = 250
    while len(html := current_page(content, menus=entries, filler=2 * entries)) < SIZE:
        entries += 10
    return html


def _cpu_s(extract: Extract, html: str, repeat: int) -> float:
    began = time.process_time()
    for _ in range(repeat):
        extract(html, URL, NOW)
    return (time.process_time() - began) / repeat


def _same(found: Snapshot, expected: Snapshot) -> str:
    return "yes" if found == expected else "NO"


if __name__ == "__main__":
    main()

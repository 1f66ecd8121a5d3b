"""Pages that were damaged at random: each is read or refused, and what was read can be stored."""

import random

import pytest

from placement_alerts.core.official import Snapshot
from placement_alerts.sandbox.official_content import UNKNOWN_PAGE, Content, current_page, old_page
from placement_alerts.sources.official.page import read_page
from placement_alerts.sources.official.taming import NotUnderstood
from tests.builders import NOW

SEEDS = (
    current_page(Content()),
    current_page(Content(), sections=False, split=True),
    current_page(Content(), wrapper=""),
    old_page(Content()),
    UNKNOWN_PAGE,
)
PIECES = (
    *("<", ">", '"', "'", "</div>", "<div>", '<div class="highlights">', '<div class="item">', "<table>", "<td>"),
    *("<script>", "</script>", "<nav>", "<svg>", "<!--", "-->", "<template>", "<select>", "<b>", "<p>", "<plaintext>"),
    *("<title>", "<textarea>", "<frameset>", "<body a=1>", "self.__next_f.push(", "slidecount", "23:", "{", "]", "\\"),
    *("\0", "\ud800", "&#xD800;", "\\ud800", "\U0001f600", "\u202e", "1e999", "NaN", "http://[", "javascript:x"),
)


def damaged(rng: random.Random) -> str:
    html = rng.choice(SEEDS)
    for _ in range(rng.randint(1, 12)):
        at = rng.randrange(len(html) + 1)
        cut, repeated = rng.choice([0, 0, rng.randint(1, 200)]), rng.choice([0, 1, 1, 50])
        html = html[:at] + rng.choice(PIECES) * repeated + html[at + cut :]
    return html


def stored(html: str) -> str | None:
    """Return the snapshot as it is stored, None for a page that is refused."""
    try:
        return read_page(html, "https://site.example/a", NOW).model_dump_json()
    except NotUnderstood:
        return None


@pytest.mark.parametrize("seed", range(8))
def test_damaged_page_is_read_or_refused_and_can_be_stored(seed: int) -> None:
    rng = random.Random(seed)

    documents = [stored(damaged(rng)) for _ in range(60)]

    read = [document for document in documents if document is not None]
    assert 0 < len(read) < len(documents)
    assert len([Snapshot.model_validate_json(document) for document in read]) == len(read)

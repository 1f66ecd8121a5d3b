import json
from datetime import UTC, datetime
from typing import Any

import pytest

from placement_alerts.errors import UnreadableFile
from placement_alerts.sources.superset.file import LARGEST_FILE, item_in_file

READ_AT = datetime(2026, 2, 1, tzinfo=UTC)
NOTICE: dict[str, Any] = {
    "identifier": "nt-1",
    "title": "Result",
    "content": "<p>x</p>",
    "publishedAt": 1_769_491_800_000,
    "lastModifiedOn": None,
    "lastModifiedByUserName": "Office",
}


def test_a_file_gives_the_item_that_the_portal_would_give() -> None:
    item = item_in_file(json.dumps(NOTICE), read_at=READ_AT)

    assert (item.title, item.html, item.author) == ("Result", "<p>x</p>", "Office")
    assert item.published_at == datetime(2026, 1, 27, 5, 30, tzinfo=UTC)


def test_a_notice_without_a_time_has_the_time_of_reading() -> None:
    item = item_in_file(json.dumps(NOTICE | {"publishedAt": None}), read_at=READ_AT)

    assert item.published_at == READ_AT


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "keep it aside"),
        (json.dumps(NOTICE | {"identifier": None}), "keep it aside: .*identifier"),
        (" " * (LARGEST_FILE + 1), "at most 5000000"),
    ],
)
def test_a_malformed_file_is_refused_with_what_is_wrong(raw: str, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        item_in_file(raw, read_at=READ_AT)

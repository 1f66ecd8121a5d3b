from typing import Any

import pytest

from placement_alerts.web.pages.admin_report import has_failed, report_rows


@pytest.mark.parametrize(
    ("report", "rows"),
    [
        ({"items": 1200}, [("Items read", "1,200"), ("Changed", "nothing")]),
        ({"items": 2, "held": 1}, [("Items read", "2"), ("Held for an answer", "1")]),
        (
            {"items": 0, "strange": "no items", "failures": ["a", "b"]},
            [("Items read", "0"), ("Changed", "nothing"), ("Doubtful", "no items"), ("Failed", "a"), ("Failed", "b")],
        ),
    ],
)
def test_report_says_what_changed_and_all_that_failed(report: dict[str, Any], rows: list[tuple[str, str]]) -> None:
    assert report_rows({"superset": report}) == rows


def test_report_of_several_sources_names_each() -> None:
    rows = report_rows({"superset": {"items": 1, "notices": 1}, "mailbox": {"items": 0}, "seconds": 3})

    assert [label for label, _ in rows] == [
        "superset: Items read",
        "superset: New notices",
        "mailbox: Items read",
        "mailbox: Changed",
    ]


def test_source_that_could_not_be_read_has_failed() -> None:
    assert has_failed({"superset": {"failed": True}})
    assert not has_failed({"superset": {"failed": False}, "seconds": 3})

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from placement_alerts.core.explain import explanation, read_notice
from placement_alerts.core.notice import Facts, ListedStudent, NoticeKind, Role
from placement_alerts.errors import UnreadableNotice

NOTICE: dict[str, Any] = {
    "identifier": "nt-1",
    "title": "Result",
    "content": "<p>x</p>",
    "publishedAt": 1_769_491_800_000,
    "lastModifiedOn": None,
    "lastModifiedByUserName": "Office",
}


def test_explanation_has_the_promised_shape() -> None:
    facts = Facts(
        kind=NoticeKind.SHORTLIST,
        company="Acme",
        roles=(Role(role="Analyst", package_lpa=6.5),),
        deadline=datetime(2026, 1, 27, 11, 30, tzinfo=UTC),
        students=(ListedStudent(name="A B", enrollment="23103001"),),
        author="Office",
        reasons=("kind: shortlist, because ...",),
    )

    assert explanation("n.json", facts) == {
        "file": "n.json",
        "kind": "shortlist",
        "company": "Acme",
        "roles": [{"role": "Analyst", "package_lpa": 6.5, "stipend_per_month": None}],
        "location": [],
        "deadline": "2026-01-27T17:00:00+05:30",
        "event_at": None,
        "venue": None,
        "links": [],
        "students": [{"name": "A B", "enrollment": "23103001"}],
        "branches": [],
        "min_cgpa": None,
        "batch_year": None,
        "author": "Office",
        "held": None,
        "reasons": ["kind: shortlist, because ..."],
    }


def test_notice_is_read_from_its_json() -> None:
    notice = read_notice(json.dumps(NOTICE))

    assert (notice.title, notice.html, notice.author) == ("Result", "<p>x</p>", "Office")
    assert notice.published_at == datetime(2026, 1, 27, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "title", "html"),
    [({"title": None}, "Notice", "<p>x</p>"), ({"content": None}, "Result", ""), ({"title": ""}, "Notice", "<p>x</p>")],
)
def test_null_texts_have_stand_ins(changed: dict[str, Any], title: str, html: str) -> None:
    notice = read_notice(json.dumps(NOTICE | changed))

    assert (notice.title, notice.html) == (title, html)


def test_missing_publication_falls_back_to_the_modification_and_then_to_the_reading() -> None:
    moment = datetime(2026, 2, 1, tzinfo=UTC)

    modified = read_notice(json.dumps(NOTICE | {"publishedAt": None, "lastModifiedOn": 1_769_904_000_000}))
    neither = read_notice(json.dumps(NOTICE | {"publishedAt": None}), read_at=moment)

    assert modified.published_at == neither.published_at == moment


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "holds a list"),
        ('{"a": 1}', "neither title nor content"),
        (json.dumps(NOTICE | {"title": 7}), "title must be a text or null, it is a int"),
        (json.dumps(NOTICE | {"publishedAt": "soon"}), "publishedAt must be milliseconds"),
        (json.dumps(NOTICE | {"publishedAt": True}), "publishedAt must be milliseconds"),
        (json.dumps(NOTICE | {"publishedAt": 10**30}), "publishedAt must be milliseconds"),
        (json.dumps(NOTICE | {"publishedAt": None}), "publishedAt and lastModifiedOn are missing"),
        (" " * 5_000_001, "at most 5000000"),
    ],
)
def test_malformed_file_is_refused_with_what_is_wrong(raw: str, says: str) -> None:
    with pytest.raises(UnreadableNotice, match=says):
        read_notice(raw)

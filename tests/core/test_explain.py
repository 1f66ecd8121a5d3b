from datetime import UTC, datetime

from placement_alerts.core.explain import explanation
from placement_alerts.core.notice import Facts, ListedStudent, NoticeKind, Role


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

from datetime import datetime
from typing import Any

import pytest

from placement_alerts.core.draft import Draft, DraftId
from placement_alerts.core.notice import Audience, NoticeKind
from placement_alerts.core.office_notice import (
    MOST_NAMED,
    cleaned,
    draft_of_notice,
    faults,
    id_of_draft,
    notice_of_draft,
    probe,
    revised,
)
from tests.builders import NOW, YEAR, a_draft, after

HTML = "<p>Come to <strong>LT1</strong>.</p>"


def fields_with_faults(draft: Draft) -> list[str]:
    return [fault.field for fault in faults(cleaned(draft), [YEAR])]


def test_a_drafts_notice_has_the_same_id_whenever_it_is_made() -> None:
    first = notice_of_draft(a_draft(), HTML, NOW)
    second = notice_of_draft(a_draft(title="Other"), HTML, after(days=1))

    assert first.id == second.id == id_of_draft(DraftId("d1"))


def test_what_the_office_filled_in_becomes_the_facts() -> None:
    draft = a_draft(
        kind=NoticeKind.SHORTLIST, company="Brightwave Systems", deadline=after(days=2), event_at=after(days=3),
        venue="LT1", links=("https://example.org/form",), enrollments=("22103998",), author="T and P Office",
    )  # fmt: skip

    facts = notice_of_draft(draft, HTML, NOW).facts

    assert (facts.kind, facts.company, facts.venue) == (NoticeKind.SHORTLIST, "Brightwave Systems", "LT1")
    assert (facts.deadline, facts.event_at) == (after(days=2), after(days=3))
    assert [one.enrollment for one in facts.students] == ["22103998"]


def test_links_of_the_text_stand_after_the_given_ones_each_once() -> None:
    html = '<p><a href="https://a.example/">A</a> <a href="https://b.example/">B</a></p>'

    notice = notice_of_draft(a_draft(links=("https://b.example/",)), html, NOW)

    assert notice.facts.links == ("https://b.example/", "https://a.example/")


@pytest.mark.parametrize(
    ("values", "expires"),
    [({}, after(days=14)), ({"deadline": after(days=3)}, after(days=3)), ({"event_at": after(hours=1)}, after(days=1))],
)
def test_a_notice_lives_as_long_as_others_do(values: dict[str, Any], expires: datetime) -> None:
    assert notice_of_draft(a_draft(**values), HTML, NOW).expires_at == expires


@pytest.mark.parametrize(
    ("values", "urgent"), [({}, False), ({"urgent": True}, True), ({"deadline": after(hours=3)}, True)]
)
def test_a_notice_is_urgent_if_the_office_says_so_or_its_time_is_near(values: dict[str, Any], urgent: bool) -> None:
    assert notice_of_draft(a_draft(**values), HTML, NOW).urgent is urgent


def test_a_moved_deadline_is_announced_and_urgent_if_marked_so() -> None:
    current = notice_of_draft(a_draft(deadline=after(days=3)), HTML, NOW)

    revision = revised(current, a_draft(deadline=after(days=5), urgent=True), HTML, after(hours=1))

    assert revision is not None
    assert (revision.revision, revision.announcement) == (2, "Deadline moved: 13 Nov 12:00 → 15 Nov 12:00")
    assert (revision.urgent, revision.matters, revision.published_at) == (True, True, NOW)


def test_saying_the_same_again_is_no_revision() -> None:
    current = notice_of_draft(a_draft(), HTML, NOW)

    assert revised(current, a_draft(urgent=True), HTML, after(hours=1)) is None


@pytest.mark.parametrize(
    "values",
    [{"public": True}, {"audience": Audience(branches=("CSE",))}, {"author": "Dean"}, {"enrollments": ("22103998",)}],
)
def test_what_readers_do_not_read_is_a_revision_that_announces_nothing(values: dict[str, Any]) -> None:
    current = notice_of_draft(a_draft(), HTML, NOW)

    revision = revised(current, a_draft(**values), HTML, after(hours=1))

    assert revision is not None
    assert (revision.revision, revision.announcement, revision.matters, revision.urgent) == (2, None, False, False)


def test_a_withdrawn_notice_that_is_written_again_is_valid_again() -> None:
    gone = notice_of_draft(a_draft(), HTML, NOW).model_copy(update={"withdrawn": True, "revision": 2})

    revision = revised(gone, a_draft(), HTML, after(hours=1))

    assert revision is not None
    assert (revision.withdrawn, revision.announcement) == (False, "Valid again")


def test_an_office_notice_can_be_changed_from_what_it_was_written_as() -> None:
    draft = cleaned(
        a_draft(
            text="Come to **LT1**.", company="Brightwave Systems", deadline=after(days=2), venue="LT1",
            links=("https://example.org/form",), enrollments=("22103998",),
            audience=Audience(branches=("CSE",)), author="Dean",
        )
    )  # fmt: skip
    html = HTML + '<p><a href="https://in.text/">x</a></p>'

    back = draft_of_notice(notice_of_draft(draft, html, NOW), draft.created_by)

    assert back == draft.model_copy(update={"id": back.id})


def test_a_notice_without_its_markdown_is_changed_from_its_text() -> None:
    notice = notice_of_draft(a_draft(), HTML, NOW).model_copy(update={"written": None})

    assert draft_of_notice(notice, "cli").text == "Come to LT1."


def test_values_are_kept_squeezed_and_each_once() -> None:
    draft = cleaned(
        a_draft(
            title=" A\n title ", company="  ", links=(" https://a.example ", "https://a.example", ""),
            enrollments=("iit2021045", "IIT 2021045", " "),
        )
    )  # fmt: skip

    assert (draft.title, draft.company, draft.links) == ("A title", None, ("https://a.example",))
    assert draft.enrollments == ("IIT2021045",)


def test_a_draft_without_faults_has_none() -> None:
    assert faults(cleaned(a_draft()), [YEAR]) == ()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"year": "199900"}, "year"),
        ({"kind": NoticeKind.IRRELEVANT}, "kind"),
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"text": "x" * 20_001}, "text"),
        ({"company": "x" * 201}, "company"),
        ({"venue": "x" * 201}, "venue"),
        ({"author": "x" * 201}, "author"),
        ({"links": tuple(f"https://a.example/{n}" for n in range(21))}, "links"),
        ({"links": ("javascript:alert(1)",)}, "links"),
        ({"links": ("https://a.example/" + "x" * 1_000,)}, "links"),
        ({"enrollments": ("not a number",)}, "enrollments"),
        ({"enrollments": ("1" * 100_000,)}, "enrollments"),
        ({"enrollments": tuple(str(22_100_000 + n) for n in range(MOST_NAMED + 1))}, "enrollments"),
        ({"audience": Audience(only_named=True)}, "enrollments"),
        ({"audience": Audience(branches=("x" * 31,))}, "audience.branches"),
        ({"audience": Audience(branches=tuple(map(str, range(31))))}, "audience.branches"),
        ({"public": True, "enrollments": ("22103998",)}, "public"),
    ],
)
def test_each_bad_value_is_named(values: dict[str, Any], field: str) -> None:
    assert fields_with_faults(a_draft(**values)) == [field]


def test_all_faults_are_named_at_once() -> None:
    assert fields_with_faults(a_draft(title="", text="x" * 30_000, links=("ftp://a",))) == ["title", "text", "links"]


def test_a_probe_has_the_readers_of_the_notice_and_nothing_else() -> None:
    audience = Audience(branches=("CSE",))

    asked = probe(YEAR, audience, ["2210 3998"], NOW)

    assert (asked.year, asked.audience, asked.revision, asked.stored_at) == (YEAR, audience, 1, NOW)
    assert [one.enrollment for one in asked.facts.students] == ["22103998"]

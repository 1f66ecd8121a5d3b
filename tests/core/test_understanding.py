import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from placement_alerts.core.notice import NoticeKind
from placement_alerts.core.understanding import understand_html, understand_plain
from tests.bench.understanding import FIELDS, compare, labelled

PAYLOADS = Path(__file__).parents[1] / "payloads" / "notices.jsonl"
PUBLISHED = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def scores() -> dict[str, float]:
    """The share of right answers for each field over the notices that were written for this test."""
    results = [compare(got, label) for _, got, label in labelled(PAYLOADS)]
    return {name: sum(result[name][0] for result in results) / len(results) for name in FIELDS}


@pytest.mark.parametrize("name", FIELDS)
def test_own_notices_are_understood(name: str, scores: dict[str, float]) -> None:
    assert scores[name] >= 0.97


def test_same_text_gives_the_same_facts() -> None:
    notice = json.loads(PAYLOADS.read_text().splitlines()[0])["notice"]

    first, second = (understand_html(notice["title"], notice["content"], PUBLISHED) for _ in range(2))

    assert first == second


def test_every_decision_has_its_reason() -> None:
    facts = understand_html(
        "Northwind Labs - Interview shortlist",
        "<p>Shortlisted for the interview on 14 March 2026, 10 AM in LT-2:</p>"
        "<p>23103001 Asha Rao<br>23103002 Ben Dey</p>"
        "<p>Fill the form by 13 March 2026, 5 PM.</p>",
        PUBLISHED,
        author="Office",
    )

    reasons = "\n".join(facts.reasons)
    assert facts.kind is NoticeKind.SHORTLIST
    assert facts.author == "Office"
    assert "kind: shortlist, because the title says" in reasons
    assert "2 enrollment numbers are listed" in reasons or "shortlist" in reasons
    assert "company: Northwind Labs, because" in reasons
    assert "deadline: 13 Mar 2026 17:00, because it says" in reasons
    assert "event: 14 Mar 2026 10:00, because it says" in reasons


def test_known_company_is_preferred_to_the_short_form() -> None:
    facts = understand_html(
        "Northwind: names for Technical Interview",
        "<p>23103001 Asha Rao</p><p>Interview on 14 March 2026, 10 AM.</p>",
        PUBLISHED,
        known_companies=("Northwind Analytics", "Southwind"),
    )

    assert facts.company == "Northwind Analytics"


def test_plain_text_is_understood_like_html() -> None:
    body = "Dear all,\n\nRole      : Data Analyst\nCTC       : 6 LPA\nApply by 14 March 2026, 5 PM.\nCGPA      : 7\n"

    facts = understand_plain("Open for applications - Northwind Labs", body, PUBLISHED)

    assert facts.kind is NoticeKind.JOB_POSTING
    assert [(one.role, one.package_lpa) for one in facts.roles] == [("Data Analyst", 6.0)]
    assert facts.deadline == datetime(2026, 3, 14, 11, 30, tzinfo=UTC)


def test_irrelevant_message_has_no_facts() -> None:
    facts = understand_plain(
        "You are SELECTED", "Pay refundable security deposit Rs 1,850 by UPI to confirm your joining.", PUBLISHED
    )

    assert facts.kind is NoticeKind.IRRELEVANT
    assert (facts.company, facts.links, facts.deadline) == (None, (), None)


def test_moment_before_the_calendar_begins_is_not_stated() -> None:
    facts = understand_plain("Acme webinar", "Join the webinar today at 1 am.", datetime.min.replace(tzinfo=UTC))

    assert facts.event_at is None


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            [
                "<table><tr><td>",
                "</td><td>",
                "22103001",
                "Asha Rao",
                "apply by ",
                "5 pm",
                "31 Dec",
                " LPA",
                "12",
                "<p>",
                "selected",
            ]
        )
        | st.text(max_size=8),
        max_size=40,
    ).map("".join),
    st.datetimes(timezones=st.just(UTC)),
)
@example("", "", datetime.max.replace(tzinfo=UTC))
@example("", "by 5 pm", datetime.max.replace(tzinfo=UTC))
@example("by tomorrow", "due 1 Jan 0001", datetime.min.replace(tzinfo=UTC))
def test_no_text_raises(title: str, content: str, published_at: datetime) -> None:
    understand_html(title, content, published_at)
    understand_plain(title, content, published_at)


def test_one_of_several_named_students_is_not_the_company() -> None:
    facts = understand_plain(
        "Results of Acme Labs", "Ben Dey and Asha Rao will be joining as interns at 20,000 per month.", PUBLISHED
    )

    assert facts.company == "Acme Labs"
    assert [one.name for one in facts.students] == ["Ben Dey", "Asha Rao"]


def test_those_with_an_offer_must_come_by_a_day_or_begin_at_an_hour() -> None:
    facts = understand_html(
        "Acme Labs final list",
        "<p>Acme Labs has made offers to two:</p><p>23103001 Asha Rao<br>23103002 Ben Dey</p><p>CTC: 8 LPA</p>"
        "<p>Both should come to Room 105 with a photo by 13 March 2026, 3 PM.</p>"
        "<p>Date of joining: 6 July 2026, 9:30 AM, Acme House, IT Park</p>",
        PUBLISHED,
    )

    assert facts.kind is NoticeKind.OFFER
    assert facts.deadline == datetime(2026, 3, 13, 9, 30, tzinfo=UTC)
    assert facts.event_at == datetime(2026, 7, 6, 4, 0, tzinfo=UTC)
    assert facts.venue == "Acme House, IT Park"


@pytest.mark.parametrize(
    "said", ["Register by Friday.", "Last date: Friday", "Submit the form by Friday.", "Deadline is Friday"]
)
def test_weekday_alone_is_a_deadline_where_readers_are_asked_to_do_something(said: str) -> None:
    facts = understand_plain(
        "Acme Labs - hiring for Software Engineer", f"CTC: 9 LPA\n{said}\n", datetime(2026, 1, 20, 4, 30, tzinfo=UTC)
    )

    assert facts.deadline == datetime(2026, 1, 23, 18, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "roles"),
    [
        (
            "Asha Rao 22103001 (Flight Engineer)<br>Ben Dey 22103002 (Test Engineer)",
            ["Flight Engineer", "Test Engineer"],
        ),
        ("ASHA RAO - 22103001 - SDE 1 - Pune<br>BEN DEY - 22103002 - SDE 1 - Pune", ["SDE 1"]),
        ("They will be designated Software Engineer-I at 8 LPA<br>Asha Rao 22103001", ["Software Engineer-I"]),
        ("iOS Developer, 10 LPA<br>- Asha Rao, 22103001<br>Power Trainee, 5.4 LPA<br>- Ben Dey, 22103002", None),
    ],
)
def test_posts_of_students_are_read_beside_their_names(lines: str, roles: list[str] | None) -> None:
    facts = understand_html("Acme Labs final list", f"<p>Selected students of Acme Labs:</p><p>{lines}</p>", PUBLISHED)

    assert [one.role for one in facts.roles] == (roles or ["iOS Developer", "Power Trainee"])


@pytest.mark.parametrize(
    ("html", "roles"),
    [
        (
            "<p>Acme Labs is hiring:</p><p>* DSP Engineer .... 11 LPA ... ECE<br>* iOS Developer ... 10 LPA</p>",
            [("DSP Engineer", 11.0), ("iOS Developer", 10.0)],
        ),
        (
            "<p>Acme Labs is looking for Management Trainee – Supply Chain and Management Trainee – R&amp;D.</p>"
            "<p>– Supply Chain: any branch, ₹6.2 LPA<br>– R&amp;D: Biotechnology, ₹5.8 LPA</p>",
            [("Management Trainee – Supply Chain", 6.2), ("Management Trainee – R&D", 5.8)],
        ),
        (
            "<p>Acme Labs is hiring. Profile: VLSI Intern. Apply by 13 March, any branch, service bond of 18 months, "
            "₹1,00,000.</p><p>No offer should be expected, although three were absorbed in the past at 18 LPA.</p>",
            [("VLSI Intern", None)],
        ),
        ("<p>For the role of Data Analyst at 7 LPA. Last year our seniors got 12 LPA.</p>", [("Data Analyst", 7.0)]),
        (
            "<p>We require:</p><p>Acme Labs requires Sales Trainee – North and Sales Trainee – South.</p>"
            "<p>North: 5 LPA<br>South: 4.5 LPA</p>",
            [("Sales Trainee – North", 5.0), ("Sales Trainee – South", 4.5)],
        ),
    ],
)
def test_each_post_has_its_own_pay(html: str, roles: list[tuple[str, float | None]]) -> None:
    facts = understand_html("Hiring: Acme Labs", html, PUBLISHED)

    assert [(one.role, one.package_lpa) for one in facts.roles] == roles


@pytest.mark.parametrize(
    ("title", "html", "company"),
    [
        (
            "Expert talk (10 Sep)",
            "<p>An expert talk by Mr. A. Hegde, Principal Engineer, Acme Semicon has been held.</p>",
            1,
        ),
        ("Acme Semicon Build-a-thon", "<p>Acme Semicon is conducting a 24-hour Build-a-thon.</p>", 1),
        ("HackNova 3.0", "<p>A hackathon. Prize pool ₹2,00,000 + internship interviews at Acme Semicon</p>", 0),
        ("HackNova 3.0", "<p>A 36-hour hackathon in the Innovation Centre, Sector 62.</p>", 0),
    ],
)
def test_company_is_neither_its_event_nor_the_venue(title: str, html: str, company: int) -> None:
    assert understand_html(title, html, PUBLISHED).company == (None, "Acme Semicon")[company]


def test_friends_who_write_in_small_letters_are_understood() -> None:
    facts = understand_html(
        "dronaksh results out!",
        "<p>asha rao (22102130) and ben dey (22102008) cracked dronaksh aerial, 9.6 lpa</p>",
        PUBLISHED,
    )

    assert facts.kind is NoticeKind.OFFER
    assert facts.company == "Dronaksh Aerial"
    assert [one.name for one in facts.students] == ["asha rao", "ben dey"]


def test_posting_says_where_one_works_and_when_its_test_is() -> None:
    facts = understand_plain(
        "Campus drive: Acme Labs",
        "Role: Data Analyst\nWhere: Pune (first 3 months of classroom training at Mysuru)\nCTC: 7 LPA\n"
        "Process: Test on 18 March 2026 in Seminar Hall-1, interviews at their Noida office later\n",
        PUBLISHED,
    )

    assert facts.location == ("Pune",)
    assert facts.event_at == datetime(2026, 3, 17, 18, 30, tzinfo=UTC)
    assert facts.venue == "Seminar Hall-1"

import pytest

from placement_alerts.core.extract.company import find_company
from placement_alerts.core.extract.company_forms import before_role, is_possible, tidy_name
from placement_alerts.core.html import from_html

SENTENCE = "<p>Dear all, NAME has shortlisted two of you. The test of NAME is on Monday.</p>"


@pytest.mark.parametrize(
    "name",
    [
        "3M",
        "3i Infotech",
        "6Dimension",
        "7-Eleven",
        "99acres",
        "C3 AI",
        "Mark00002 Systems",
        "nVent",
        "eClerx",
        "D. E. Shaw",
        "TCS",
        "EY",
        "Tredence",
        "Boeing",
        "Delivery Hero",
        "Google",
        "Bain & Company",
        "Bank of Palmyra",
        "Palmyra Research and Development",
    ],
)
def test_names_of_every_form_are_found(name: str) -> None:
    assert find_company(from_html(f"{name} shortlist", SENTENCE.replace("NAME", name))).name == name


@pytest.mark.parametrize(
    "words",
    [
        "2nd Round",
        "Round1 Results",
        "Batch2026",
        "CR204 Block",
        "21BCE1045",
        "GATE2026",
        "Revision",
        "24 hours",
    ],
)
def test_rooms_rounds_and_numbers_are_no_companies(words: str) -> None:
    assert not is_possible(tidy_name(words))


@pytest.mark.parametrize("tool", ["Google Form", "Microsoft Teams", "HackerRank Test Link"])
def test_tools_are_not_their_makers(tool: str) -> None:
    assert tidy_name(tool) == ""


@pytest.mark.parametrize(
    ("title", "html"),
    [
        ("Result", "<p>India has selected two of you.</p>"),
        ("GATE 2026 registration", "<p>GATE forms are open.</p>"),
        ("Result", "<p>HPC and ABC are the themes of XYZ.</p>"),
        ("Attendance", "<p>Attendance is compulsory.</p>"),
        ("Complete your placement profile", "<p>Many have not done so.</p>"),
        ("Webinar: From campus to Silicon Valley", "<h2>From campus to Silicon Valley</h2>"),
        ("Alumni talk", "<p>Speaker: Asha Rao (batch of 2014), Engineer at Google.</p>"),
        ("Résumé & LinkedIn workshop", "<p>A workshop on LinkedIn.</p>"),
    ],
)
def test_what_only_looks_like_a_name_is_none(title: str, html: str) -> None:
    assert find_company(from_html(title, html)).name is None


def test_office_that_writes_is_not_the_company() -> None:
    text = from_html("Kestrel result", "<p>Palmyra College Kochi wishes you luck. Kestrel has selected two of you.</p>")

    assert find_company(text, senders=[("TPO Office Palmyra College Kochi", "palmyra")]).name == "Kestrel"


def test_title_outweighs_a_name_beside_it() -> None:
    text = from_html("Visa - final result", "<p>Visa | Engineer</p><p>Oracle and Adobe are coming next week.</p>")

    assert find_company(text).name == "Visa"


@pytest.mark.parametrize(
    ("title", "company"),
    [("Palmyra GRiD 7.0 registrations open", "Palmyra"), ("Palmyra HackerRamp 2026", "Palmyra"), ("SIH 2025", None)],
)
def test_host_stands_before_the_edition_of_its_contest(title: str, company: str | None) -> None:
    assert find_company(from_html(title, "<p>Form teams.</p>")).name == company


@pytest.mark.parametrize(
    ("words", "company"),
    [
        ("Goldman Palmyra Summer Analyst", "Goldman Palmyra"),
        ("Summer Analyst", ""),
        ("Palmyra Curriculum Engineer", ""),
    ],
)
def test_company_ends_where_a_usual_post_begins(words: str, company: str) -> None:
    assert before_role(words) == company

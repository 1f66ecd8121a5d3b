import pytest

from placement_alerts.core.document import from_plain
from placement_alerts.core.extract.labels import fields_of
from placement_alerts.core.extract.roles import find_roles
from placement_alerts.core.html import from_html


def roles_of(title: str, html: str) -> list[tuple[str | None, float | None, int | None]]:
    text = from_html(title, html)
    return [(one.role, one.package_lpa, one.stipend_per_month) for one in find_roles(text, fields_of(text))]


@pytest.mark.parametrize(
    ("title", "html", "roles"),
    [
        ("Acme - Firmware Engineer (FTE)", "<p>CTC: 7 LPA</p>", [("Firmware Engineer", 7.0, None)]),
        ("Acme - SDE Interns (6 months)", "<p>Stipend: 30k/month</p>", [("SDE Intern", None, 30_000)]),
        ("Acme - Management Trainee (Retail)", "", [("Management Trainee (Retail)", None, None)]),
        ("Acme", "<p>Designation: Graduate Engineer Trainee (GET)</p>", [("Graduate Engineer Trainee", None, None)]),
        ("Acme", "<p>It is hiring Cloud Architects for Pune.</p>", [("Cloud Architect", None, None)]),
        (
            "Acme",
            "<p>for the role of Associate Data Analyst at 5 lakh per annum</p>",
            [("Associate Data Analyst", 5.0, None)],
        ),
        ("Acme", "<p>Role: Sales Lead II; CTC: 4 LPA</p>", [("Sales Lead II", 4.0, None)]),
        ("Acme", "<p>Role: Chief of Staff.</p>", [("Chief of Staff", None, None)]),
        ("Acme - SDE", "<p>Role: SDE (Backend)</p>", [("SDE (Backend)", None, None)]),
        (
            "Acme openings",
            "<table><tr><th>Position</th><th>CTC (LPA)</th></tr><tr><td>Test Engineer</td><td>5.50</td></tr>"
            "<tr><td>Cloud Engineer</td><td>7</td></tr></table>",
            [("Test Engineer", 5.5, None), ("Cloud Engineer", 7.0, None)],
        ),
        (
            "Acme openings",
            "<p>a) Test Engineer – 5 LPA – Pune<br>b) Cloud Engineer – 7.5 LPA – Noida</p>",
            [("Test Engineer", 5.0, None), ("Cloud Engineer", 7.5, None)],
        ),
        (
            "Acme reminder",
            "<p>Apply for Acme (Test Engineer, 5 LPA / Cloud Engineer, 7 LPA).</p>",
            [("Test Engineer", 5.0, None), ("Cloud Engineer", 7.0, None)],
        ),
        (
            "Acme - Test Engineer / Cloud Engineer",
            "<p>Package for both: 6 LPA</p>",
            [("Test Engineer", 6.0, None), ("Cloud Engineer", 6.0, None)],
        ),
        (
            "Acme - Test Intern / Cloud Intern",
            "<p>Test Intern: 20k per month<br>Cloud Intern: 25k per month</p>",
            [("Test Intern", None, 20_000), ("Cloud Intern", None, 25_000)],
        ),
        (
            "Acme - Analyst Trainee",
            "<table><tr><td>Basic</td><td>3,00,000</td></tr><tr><td>Bonus</td><td>50,000</td></tr>"
            "<tr><td>Total CTC</td><td>3,50,000</td></tr></table>",
            [("Analyst Trainee", 3.5, None)],
        ),
        ("Acme talk", "<p>Ravi is our Placement Officer.</p>", []),
        ("Acme", "<p>The whole Data Analyst crew says hello.</p>", []),
        ("Acme - Test Engineer", "<p>CTC: will be told</p>", [("Test Engineer", None, None)]),
        (
            "Acme openings, 6 LPA each",
            "<table><tr><th>Position</th><th>Location</th></tr><tr><td>Test Engineer</td><td>Pune</td></tr>"
            "<tr><td>Cloud Engineer</td><td></td></tr></table><p>Test Engineer: 6 LPA</p>",
            [("Test Engineer", 6.0, None), ("Cloud Engineer", None, None)],
        ),
        ("Acme", "", []),
    ],
)
def test_posts_have_their_own_pay(title: str, html: str, roles: list[tuple[str, float, int]]) -> None:
    assert roles_of(title, html) == roles


@pytest.mark.parametrize(
    ("title", "html", "roles"),
    [
        ("Acme", "<p>1. Acme - Credit Analyst - 5.5 LPA<br>2. Umbra - UI Developer - 6 LPA</p>",
         [("Credit Analyst", 5.5, None), ("UI Developer", 6.0, None)]),
        ("Acme", "<p>Hiring for the roles of Data Scientist and ML Engineer. CTC: 15 LPA</p>",
         [("Data Scientist", 15.0, None), ("ML Engineer", 15.0, None)]),
        ("Acme", "<p>Role: Content Writer</p><p>Salary: Rs. 25,000 per month</p>", [("Content Writer", 3.0, None)]),
        ("Acme", "<p>Role: Web Intern</p><p>Stipend: 45k/month</p>", [("Web Intern", None, 45_000)]),
        ("Acme", "<p>Post -&gt; Graduate Engineer Trainee (GET)</p><p>Salary -&gt; 50,000 per month (CTC 6.6 LPA)</p>",
         [("Graduate Engineer Trainee", 6.6, None)]),
        ("Acme", "<p>Final selects for <b>Graduate Trainee - Digital</b>:</p><p>CTC: 5 LPA</p>",
         [("Graduate Trainee - Digital", 5.0, None)]),
        ("Acme", "<p>Post of Engineer - Fluid Power. Cost to company: Basic Rs 40,000 pm, in all Rs 8,75,000 pa</p>",
         [("Engineer - Fluid Power", 8.75, None)]),
        ("Test Engineer - Pune", "<p>CTC: 5 LPA</p>", [("Test Engineer", 5.0, None)]),
        ("Acme (CV Engineer)", "<p>Offered the position of Computer Vision Engineer at 9 LPA</p>",
         [("Computer Vision Engineer", 9.0, None)]),
        ("Acme", "<p>Acme needs 6 interns (Data Analyst Intern). Stipend Rs 18k pm</p>",
         [("Data Analyst Intern", None, 18_000)]),
        ("Acme", "<p>The list for the coding round of Test Engineer.</p>", [("Test Engineer", None, None)]),
        ("Acme", "<h4>Test Engineer</h4><p>23103001 Asha Rao</p><h4>QA Engineer (1)</h4><p>23103002 Ben Dey</p>",
         [("Test Engineer", None, None), ("QA Engineer", None, None)]),
        ("Acme", "<p>Role: Test Engineer. CTC: 11 LPA. They stand out of the process up to 16.5 LPA.</p>",
         [("Test Engineer", 11.0, None)]),
        ("Acme", "<p>They join as Research Engineer Intern and convert to full-time Research Engineer. CTC: 14 LPA</p>",
         [("Research Engineer", 14.0, None)]),
        ("Acme", "<p>They are Research Engineer Interns for the role of Research Engineer Intern. CTC: 14 LPA</p>",
         [("Research Engineer Intern", 14.0, None)]),
    ],
)  # fmt: skip
def test_posts_and_pay_of_mails(
    title: str, html: str, roles: list[tuple[str | None, float | None, int | None]]
) -> None:
    assert roles_of(title, html) == roles


@pytest.mark.parametrize(
    "label",
    ["Internship designation", "Offered profile", "Job role", "Position(s)", "Full-time role", "Name of the post"],
)
def test_labels_of_posts_may_have_words_before_them(label: str) -> None:
    assert roles_of("Acme", f"<p>{label}: Content Ninja</p>") == [("Content Ninja", None, None)]


def test_post_that_a_column_without_heading_repeats_is_read_with_its_pay() -> None:
    row = "USN: 1KV22CS061 | Asha Rao | Analyst - Risk | INR 11,00,000"
    text = from_plain("Offers", f"{row}\n{row.replace('061', '104')}")

    assert [(one.role, one.package_lpa) for one in find_roles(text, fields_of(text))] == [("Analyst - Risk", 11.0)]


def test_rows_of_which_no_column_is_a_post_name_none() -> None:
    text = from_plain("Offers", "23103001 | Asha Rao | CSE | 6 LPA\n23103002 | Ben Dey | ECE | 6 LPA")

    assert [one.role for one in find_roles(text, fields_of(text))] == [None]


@pytest.mark.parametrize("behind", ["with Acme.", "through our institute.", "at 5 lakh", ""])
def test_unit_behind_a_post_that_a_sentence_names_is_part_of_it(behind: str) -> None:
    found = roles_of("Round 2", f"<p>for the profile of Associate Engineer - Data Platforms {behind}</p>")

    assert [role for role, _, _ in found] == ["Associate Engineer - Data Platforms"]


@pytest.mark.parametrize(
    ("line", "stipend"),
    [
        ("Stipend per month : Rs. 30,000", 30_000),
        ("Stipend: 25k", 25_000),
        ("Stipend: Rs 60,000 for 2 months", None),
        ("Total stipend: Rs 60,000", None),
        ("Stipend: as per norms", None),
    ],
)
def test_labelled_stipend_is_a_months_unless_it_says_otherwise(line: str, stipend: int | None) -> None:
    assert roles_of("Acme - ML Intern", f"<p>{line}</p>") == [("ML Intern", None, stipend)]

from datetime import date

import pytest

from placement_alerts.core.extract.eligibility import find_batch_year, find_branches, find_min_cgpa
from placement_alerts.core.html import from_html


@pytest.mark.parametrize(
    ("html", "branches"),
    [
        ("<p>Branches: CSE, IT & ECE</p>", ("CSE", "IT", "ECE")),
        ("<p>B.Tech - Computer Science and Engineering<br>B.Tech - Information Technology</p>", ("CSE", "IT")),
        ("<p>Open to CSE and M.Tech (CSE)</p>", ("CSE", "M.Tech")),
        ("<p>Eligible - B.Tech ECE, Int. M.Tech ECE</p>", ("ECE", "Intg. M.Tech")),
        ("<p>M.Tech (ECE) students with 7 CGPA</p>", ("M.Tech",)),
        ("<p>Biotechnology students (B.Tech &amp; Integrated M.Tech)</p>", ("BT", "Intg. M.Tech")),
        ("<p>Eligible courses:</p><ul><li>MCA</li><li>Electronics &amp; Communication</li></ul>", ("MCA", "ECE")),
        ("<p>CSE / IT</p>", ("CSE", "IT")),
        ("<p>any branch of B.Tech</p>", ("All",)),
        ("<p>Branches: All</p>", ("All",)),
        ("<p>MCA students are not eligible. CSE may apply, open to CSE.</p>", ("CSE",)),
        ("<table><tr><td>23103001</td><td>Asha</td><td>B.Tech CSE</td></tr></table>", ()),
        ("<p>It is a company that builds computers.</p>", ()),
    ],
)
def test_branches_are_codes(html: str, branches: tuple[str, ...]) -> None:
    assert find_branches(from_html("t", html)) == branches


@pytest.mark.parametrize(
    ("html", "cgpa"),
    [
        ("<p>CGPA: 7.0 and above</p>", 7.0),
        ("<p>65% or 6.5 CGPA</p>", 6.5),
        ("<p>6+ CGPA</p>", 6.0),
        ("<p>CGPA &gt;= 7.5</p>", 7.5),
        ("<p>Min CGPA – 8</p>", 8.0),
        ("<table><tr><td>CGPA cut-off</td><td>6.25</td></tr></table>", 6.25),
        ("<p>CGPA: no bar</p>", None),
        ("<p>60% in X, XII and B.Tech</p>", None),
        ("<p>CGPA 2 backlogs</p>", None),
        ("<p>CGPA of 2.5 or more</p>", None),
        ("<table><tr><td>23103001</td><td>Asha Rao</td><td>9.1 CGPA</td></tr></table>", None),
    ],
)
def test_least_cgpa_is_on_the_scale_of_ten(html: str, cgpa: float | None) -> None:
    assert find_min_cgpa(from_html("t", html)) == cgpa


@pytest.mark.parametrize(
    ("title", "html", "year"),
    [
        ("Acme | Batch of 2027", "", 2027),
        ("Acme", "<p>unplaced 2027 students of any branch</p>", 2027),
        ("Acme", "<p>B.Tech (2027) only</p>", 2027),
        ("Acme", "<p>2027 pass-outs</p>", 2027),
        ("Acme", "<p>passing out in 2027</p>", 2027),
        ("Acme - Campus Recruitment 2027", "", 2027),
        ("Acme", "<p>2027 and 2028 batches</p>", None),
        ("Acme", "<p>students (2027 &amp; 2028)</p>", None),
        ("Acme", "<p>our alumna (batch of 2018)</p>", None),
        ("Placement 2026-27", "<p>batch 2026-27</p>", None),
        ("Summer Internship 2027", "", None),
    ],
)
def test_graduating_year_of_the_readers(title: str, html: str, year: int | None) -> None:
    assert find_batch_year(from_html(title, html), date(2026, 9, 1)) == year


@pytest.mark.parametrize(
    "said", ["CGPA criteria: relaxed from 7 to 6.5", "CGPA reduced from 7.0 CGPA to 6.5", "6.5 CGPA"]
)
def test_new_value_of_a_changed_cgpa_counts(said: str) -> None:
    assert find_min_cgpa(from_html("t", f"<p>{said}</p>")) == 6.5


@pytest.mark.parametrize("said", ["koi bhi branch chalegi", "sabhi branches ke liye", "all branch wale bhar do"])
def test_any_branch_is_said_in_two_languages(said: str) -> None:
    assert find_branches(from_html("t", f"<p>{said}</p>")) == ("All",)


def test_branches_of_all_posts_of_a_table_may_apply() -> None:
    rows = "<tr><td>GET</td><td>4 LPA</td><td>ECE</td></tr><tr><td>SDE</td><td>5 LPA</td><td>CSE, IT</td></tr>"
    html = f"<table><tr><th>Position</th><th>Package</th><th>Branch</th></tr>{rows}</table>"

    assert find_branches(from_html("t", html)) == ("ECE", "CSE", "IT")


def test_building_is_no_branch() -> None:
    assert find_branches(from_html("t", "<p>Students shall report in CCF Lab (IT Block), CSE Lab 2.</p>")) == ()


def test_cgpa_of_school_counts_only_where_no_other_is_said() -> None:
    html = "<p>% in X and XII - 75% or 7.5 CGPA</p>"

    assert find_min_cgpa(from_html("t", f"{html}<p>in Pursuing Degree - 8.0 CGPA</p>")) == 8.0
    assert find_min_cgpa(from_html("t", html)) == 7.5


@pytest.mark.parametrize(
    ("said", "year"),
    [
        ("for 2023-27 batch students", 2027),
        ("Batch: 2023-2027", 2027),
        ("2023 - 27 passouts", 2027),
        ("2026-27 batch", None),
        ("session 2026-27", None),
    ],
)
def test_batch_is_named_by_its_last_year(said: str, year: int | None) -> None:
    assert find_batch_year(from_html("t", f"<p>{said}</p>"), date(2026, 9, 1)) == year


@pytest.mark.parametrize(
    ("line", "least"),
    [
        ("Whoever has 6.8+ can fill the sheet", 6.8),
        ("Criteria: ECE, 8.0 and above till 5th semester", 8.0),
        ("B.Tech CSE / IT, no standing backlog, CGPA not below 7.2", 7.2),
        ("CGPA should not be less than 6.5", 6.5),
        ("Students paid 9 LPA and above may not apply", None),
        ("Eligibility: 6 or more candidates", None),
    ],
)
def test_least_cgpa_is_read_without_its_name(line: str, least: float | None) -> None:
    assert find_min_cgpa(from_html("t", f"<p>{line}</p>")) == least

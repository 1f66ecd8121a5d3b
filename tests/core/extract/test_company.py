import pytest

from placement_alerts.core.document import Text
from placement_alerts.core.extract.company import find_company
from placement_alerts.core.extract.company_forms import tidy_name
from placement_alerts.core.html import from_html


def company_of(title: str, html: str = "", known: tuple[str, ...] = ()) -> str | None:
    return find_company(from_html(title, html), known_companies=known).name


@pytest.mark.parametrize(
    ("title", "html", "company"),
    [
        ("Open for applications - Palmyra Robotics - Controls Engineer", "", "Palmyra Robotics"),
        ("Palmyra Robotics || Placement Cycle 2026-27 || Controls Engineer", "", "Palmyra Robotics"),
        ("Palmyra Robotics: names for HR interview", "", "Palmyra Robotics"),
        ("Palmyra Robotics | Controls Engineer", "", "Palmyra Robotics"),
        ("Shortlist // Palmyra Robotics // Round 2", "", "Palmyra Robotics"),
        ("Joining formalities of selected students (Palmyra Robotics)", "", "Palmyra Robotics"),
        ("NOC for internship (Agri Engg)", "", None),
        ("New job: Palmyra Robotics / Deck Analyst / 7 LPA", "", "Palmyra Robotics"),
        ("Palmyra hiring 2027 batch", "", "Palmyra"),
        ("Webinar on Quantum Computing by Palmyra Labs", "", "Palmyra Labs"),
        ("Webinar on Quantum Computing by Asha Rao", "", None),
        ("Update", "<p>Palmyra & Wood has revised the CTC from 6 LPA to 7 LPA.</p>", "Palmyra & Wood"),
        ("For ECE", "<p>Palmyra Robotics (Bengaluru) wants to hire engineers.</p>", "Palmyra Robotics"),
        ("Drive tomorrow", "<p>Palmyra Robotics's team is reaching at 9 AM.</p>", "Palmyra Robotics"),
        ("Opening for Data Analyst at Palmyra Robotics, Pune", "", "Palmyra Robotics"),
        ("Mock test", "<p>A mock test is on Friday.</p>", None),
        ("Soft Skills Training - Batch A", "", None),
        ("Selection list_Palmyra Robotics", "", "Palmyra Robotics"),
        ("Palmyra Robotics GD/PI", "", "Palmyra Robotics"),
        ("Chipathon 2026 by Palmyra Robotics", "", "Palmyra Robotics"),
        ("palmyra robotics bharo", "<p>palmyra robotics (Data Analyst) ka form bhar do</p>", "Palmyra Robotics"),
        ("palmyra wala", "<p>kal palmyra ka form band ho jayega</p>", "Palmyra"),
        ("form bharo", "<p>sabka ka form bhar do</p>", None),
        ("Palmyra Robotics drive: new venue", "<p>The venue is LT-3.</p>", "Palmyra Robotics"),
        ("Campus drive", "<p>Applications are invited for <b>Palmyra Robotics Pvt. Ltd.</b></p>", "Palmyra Robotics"),
        ("Campus drive", "<p>Company: Palmyra Robotics (India) Private Limited</p>", "Palmyra Robotics"),
        ("New opening", "<p>Palmyra Robotics, a maker of arms, is hiring trainees.</p>", "Palmyra Robotics"),
        ("Opportunity", "<p>M/s Palmyra Robotics Ltd, Pune, has shortlisted two of you.</p>", "Palmyra Robotics"),
        ("Tech talk", "<p>A talk by Palmyra Robotics on arms. Palmyra Robotics will host it.</p>", "Palmyra Robotics"),
        ("Palmyra result", "<p>Interviews of Palmyra Robotics are over.</p>", "Palmyra Robotics"),
        ("Result", "<p>Asha Rao has been offered a post by Palmyra Robotics, Pune at 6 LPA.</p>", "Palmyra Robotics"),
        ("Shortlist", "<p>Palmyra Robotics ka shortlist aa gaya hai</p>", "Palmyra Robotics"),
        ("Offers", "<h3>Palmyra Robotics</h3><p>Two of you got selected in Palmyra Robotics.</p>", "Palmyra Robotics"),
        ("Walk-in", "<p>Three companies (Palmyra, Kestrel and Tern) will visit the campus.</p>", None),
        ("NOC", "<p>Company: Palmyra</p><p>Company: Kestrel</p>", None),
        ("Placement office closed for Diwali", "<p>Office will reopen on Monday.</p>", None),
        ("Guest lecture", "<p>Dr. Anil Gupta will deliver a guest lecture.</p>", None),
        ("Portal is live", "<p>Turn on notifications.</p>", None),
        ("Hack the Grid", "<p>Register your team.</p>", None),
        ("Palmyra: stipend revised", "<h3>Palmyra</h3><p>Stipend of Palmyra Vision Intern is revised.</p>", "Palmyra"),
        ("Result", "<p>The interview of Final Palmyra is on.</p>", None),
        ("Notice", "<p>Asha works at a very big firm called pvt ltd.</p>", None),
        ("", "", None),
    ],
)
def test_one_company_is_found_or_none(title: str, html: str, company: str | None) -> None:
    assert company_of(title, html) == company


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("Palmyra Robotics Pvt. Ltd.", "Palmyra Robotics"),
        ("M/s Palmyra Robotics LLP", "Palmyra Robotics"),
        ("Palmyra Robotics Online Test", "Palmyra Robotics"),
        ("Palmyra Tech", "Palmyra Tech"),
        ("Palmyra Tech Interview", "Palmyra"),
        ("Dear Students", ""),
        ("Palmyra's", "Palmyra"),
    ],
)
def test_legal_forms_and_words_around_a_name_are_cut_off(written: str, tidy: str) -> None:
    assert tidy_name(written) == tidy


@pytest.mark.parametrize(
    ("title", "known", "company"),
    [
        ("Palmyra: names for interview", ("Palmyra Robotics", "Kestrel"), "Palmyra Robotics"),
        ("PALMYRA  Robotics: names for interview", ("Palmyra Robotics Pvt Ltd",), "Palmyra Robotics Pvt Ltd"),
        ("Palmyra: names for interview", ("Palmyra Robotics", "Palmyra Foods"), "Palmyra"),
        ("palmyra test link", ("Palmyra",), "Palmyra"),
        ("palmyra and kestrel test link", ("Palmyra", "Kestrel"), None),
    ],
)
def test_known_spelling_is_preferred(title: str, known: tuple[str, ...], company: str | None) -> None:
    assert company_of(title, known=known) == company


def test_reason_says_why_there_is_no_company() -> None:
    assert find_company(Text("Hello")).reason == "no company is named"
    assert "nothing says clearly" in find_company(from_html("Kestrelo hackathon", "<p>ok</p>")).reason


@pytest.mark.parametrize(
    ("title", "html", "company"),
    [
        ("Palmyra CodeSprint'26 - register now", "<p>Palmyra CodeSprint'26 is a contest for all.</p>", "Palmyra"),
        ("Palmyra Technothon 2026", "<p>Palmyra Technothon 2026 is here.</p>", "Palmyra"),
        ("National CodeFest 2026", "<p>National CodeFest 2026 is here.</p>", None),
        ("CodeFest 3.0 | 24 hours", "<p>CodeFest is back.</p>", None),
    ],
)
def test_host_of_a_contest_stands_before_its_name(title: str, html: str, company: str | None) -> None:
    assert company_of(title, html) == company


@pytest.mark.parametrize(
    ("senders", "company"),
    [
        ((("Palmyra Robotics Campus", "palmyrarobotics"),), "Palmyra Robotics"),
        ((("Asha Rao", "palmyra"),), "Palmyra Robotics"),
        ((("Asha Rao", None),), None),
        ((("Asha Rao", "other"),), None),
    ],
)
def test_who_writes_from_a_companys_address_writes_for_it(
    senders: tuple[tuple[str | None, str | None], ...], company: str | None
) -> None:
    text = from_html("Next steps", "<p>Thanks for hosting Palmyra Robotics yesterday.</p>")

    assert find_company(text, senders=senders).name == company


def test_remark_in_brackets_is_no_company() -> None:
    assert company_of("Internship NOC (Agri Works)", "<p>The certificate is approved.</p>") is None


@pytest.mark.parametrize(
    ("title", "html", "company"),
    [
        ("Results: Palmyra - Super Dream & Dream offers", "", "Palmyra"),
        ("Palmyra Robotics | Day 1 | Tier 2", "", "Palmyra Robotics"),
        ("Core offers: Palmyra Robotics", "", "Palmyra Robotics"),
        ("Palmyra Robotics interview tomorrow 10 AM", "", "Palmyra Robotics"),
        ("Updation of CV in ERP", "<p>Those who have not updated it in the ERP are reminded.</p>", None),
        ("Palmyra interviews tomorrow", "<p>You have cleared the OA of Palmyra Labs.</p>", "Palmyra Labs"),
        ("Palmyra drive", "<p>Palmyra Campus Team comes to Palmyra Hall.</p>", "Palmyra"),
        ("Palmyra aa rahi hai - form bhar do", "", "Palmyra"),
        ("Form", "<p>Hello all, Palmyra (edtech sales) off-campus pool ke liye aa rahi hai.</p>", "Palmyra"),
        ("Offer letters - various companies", "<p>Those of Palmyra Labs are here.</p>", None),
        ("Joining", "<p>Letters received from Palmyra Labs, Kestrel Infotech and Tern Works are here.</p>", None),
        ("Joining", "<p>Letters received from Palmyra Labs, Pune and Mumbai are here.</p>", "Palmyra Labs"),
    ],
)
def test_name_is_neither_a_category_nor_cut_short_nor_one_of_several(
    title: str, html: str, company: str | None
) -> None:
    assert company_of(title, html) == company

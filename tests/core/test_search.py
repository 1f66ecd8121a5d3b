"""What a search looks at."""

from placement_alerts.core.notice import ListedStudent
from placement_alerts.core.search import (
    SEARCHED,
    WORD_LENGTH,
    WORDS,
    job_search,
    notice_company,
    notice_search,
    search_words,
)
from tests.builders import a_job, a_notice, facts


def test_notice_is_searched_by_title_companies_and_text_without_case() -> None:
    notice = a_notice(
        title="Große Chance", text="Apply NOW", facts=facts(company="Acme"), job=a_job(company="Borealis")
    )

    assert notice_search(notice) == "grosse chance\nacme\nborealis\napply now"


def test_search_tells_nobody_who_is_on_a_list() -> None:
    named = (ListedStudent(name="Asha Rao", enrollment="21103045"), ListedStudent(name="Devika Sehgal"))
    text = "Interviews on Monday.\n21103045 | Asha Rao\nDEVIKA SEHGAL\nBring a pen."

    assert notice_search(a_notice(title="Acme", text=text, facts=facts(company=None, students=named))) == (
        "acme\ninterviews on monday.\nbring a pen."
    )


def test_job_is_searched_by_title_company_and_location() -> None:
    assert job_search(a_job(title="Engineer", company="Acme", location=None)) == "engineer\nacme"
    assert job_search(a_job(title="Engineer", company="Acme", location="Noida")) == "engineer\nacme\nnoida"


def test_searched_text_has_an_end_even_where_folding_makes_it_longer() -> None:
    assert len(notice_search(a_notice(text="ß" * 30_000))) == SEARCHED


def test_words_are_folded_each_once_and_blank_ones_are_left_out() -> None:
    assert search_words(["Straße", " STRASSE ", "", "  ", "now"]) == ["strasse", "now"]


def test_words_are_few_and_short() -> None:
    assert search_words(["x" * 1_000]) == ["x" * WORD_LENGTH]
    assert len(search_words(str(number) for number in range(1_000))) == WORDS


def test_half_of_a_surrogate_pair_is_no_text() -> None:
    assert search_words(["\ud800"]) == ["?"]


def test_company_of_a_notice_is_its_own_else_that_of_its_job() -> None:
    job = a_job(company="Borealis Ltd")

    assert notice_company(a_notice(facts=facts(company="Acme Pvt Ltd"), job=job)) == "acme"
    assert notice_company(a_notice(facts=facts(company=None), job=job)) == "borealis"
    assert notice_company(a_notice(facts=facts(company=None))) is None

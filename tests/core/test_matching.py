import pytest

from placement_alerts.core.matching import company_key, link_parts, match_job, role_key
from tests.builders import a_job

SDE = a_job("jp-1", title="Software Engineer")
QA = a_job("jp-2", title="QA Engineer")


@pytest.mark.parametrize(
    "spelling", ["Acme Labs", "ACME  LABS", "acme labs pvt. ltd.", "Acme Labs Private Limited", "Acme-Labs India"]
)
def test_a_company_is_the_same_in_any_spelling(spelling: str) -> None:
    assert company_key(spelling) == "acme labs"


def test_a_name_made_of_legal_words_keeps_them() -> None:
    assert company_key("India Inc.") == "india inc"


def test_a_role_is_the_same_in_singular_and_plural() -> None:
    assert role_key("Data Scientists") == role_key("data scientist")


def test_a_link_that_names_the_job_decides() -> None:
    links = ["https://portal.example/students/jobprofiles/jp-2?tab=1"]

    assert match_job(links, "Other", [], [SDE, QA]) == QA


def test_links_to_two_jobs_link_none() -> None:
    assert match_job(["https://p.example/jp-1", "https://p.example/jp-2"], None, [], [SDE, QA]) is None


def test_company_and_role_link_the_right_drive() -> None:
    assert match_job([], "BRIGHTWAVE SYSTEMS PVT LTD", ["qa engineer"], [SDE, QA]) == QA


def test_the_company_alone_links_nothing() -> None:
    assert match_job([], "Brightwave Systems", [], [SDE]) is None


def test_two_drives_with_the_same_role_link_none() -> None:
    twin = a_job("jp-3", title="Software Engineer")

    assert match_job([], "Brightwave Systems", ["Software Engineer"], [SDE, twin]) is None


def test_without_a_company_nothing_is_linked() -> None:
    assert match_job([], None, ["Software Engineer"], [SDE]) is None


def test_the_parts_of_links_come_once_and_without_the_host() -> None:
    assert link_parts(["https://p.example/a/b?c=d#e", "https://p.example/a"]) == ["a", "b", "c", "d", "e"]

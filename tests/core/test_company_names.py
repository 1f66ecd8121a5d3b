import pytest

from placement_alerts.core.company_names import declared, key_of, meant_by, propose


@pytest.mark.parametrize("name", ["ACME LABS", "Acme  Labs Pvt. Ltd.", "\uff21cme Labs", "acme\u00a0labs"])
def test_a_company_is_the_same_in_any_spelling(name: str) -> None:
    assert key_of(name, {}) == "acme labs"


def test_names_without_letters_are_told_apart() -> None:
    assert key_of("++", {}) != key_of("--", {})


def test_an_alias_is_followed_to_the_end() -> None:
    aliases = declared({"QSPL": "Quandrix", "Quandrix": "Quandrix Systems"})

    assert key_of("Qspl Pvt Ltd", aliases) == "quandrix systems"


def test_a_circle_of_aliases_ends() -> None:
    assert meant_by("a", {"a": "b", "b": "a"}) == "a"


def test_a_chain_without_end_is_left() -> None:
    assert meant_by("0", {str(number): str(number + 1) for number in range(50)}) == "10"


def test_a_name_that_means_itself_is_no_alias() -> None:
    assert declared({"Acme Labs": "ACME LABS Pvt Ltd"}) == {}


@pytest.mark.parametrize(
    ("new", "known"),
    [("deloitte usi", "deloitte"), ("nagaro", "nagarro"), ("tcs", "tata consultancy services")],
)
def test_names_that_are_much_alike_are_proposed(new: str, known: str) -> None:
    assert propose(new, [known, new]) == [(known, new)]


@pytest.mark.parametrize(
    ("new", "known"),
    [
        ("ibm", "ibn"),
        ("tata motors", "tata steel"),
        ("alpha systems", "beta systems"),
        ("hdfc bank", "axis bank"),
        ("technologies", "zeta technologies"),
        ("ab", "alpha beta"),
    ],
)
def test_names_that_only_share_a_word_or_a_letter_are_not_proposed(new: str, known: str) -> None:
    assert propose(new, [known]) == []


def test_only_the_likeliest_are_proposed() -> None:
    known = [f"samsung {place}" for place in ("noida", "delhi", "pune", "chennai", "bangalore")]

    assert len(propose("samsung", known)) == 3

import pytest

from placement_alerts.core.money import find_amounts, monthly_rupees, yearly_lakhs


@pytest.mark.parametrize(
    ("text", "lakhs"),
    [
        ("7.25 LPA", 7.25),
        ("Rs. 12,50,000 per annum", 12.5),
        ("INR 9.75 Lakhs per annum and more", 9.75),
        ("CTC of Rs 6 lacs, food included", 6.0),
        ("₹ 1.2 crore p.a.", 120.0),
        ("6,40,000", 6.4),
        ("₹14.5 LPA (₹12 L base + ₹2.5 L annual bonus)", 14.5),
        ("INR 14,50,000 (Fixed 12,00,000 + Variable 2,50,000)", 14.5),
        ("5 - 6.5 LPA (by performance)", 5.0),
        ("18-22 LPA", 18.0),
        ("5.5 to 7 LPA", 5.5),
        ("9 LPA fixed + 2 LPA variable", 11.0),
        ("16 LPA + joining bonus ₹2,00,000 + ESOPs worth ₹6 lakh over 4 years", 16.0),
        ("Rs. 8.6 LPA instead of Rs. 6.8 LPA mentioned earlier", 8.6),
        ("INR 11,00,000 per annum (joining bonus of INR 1,50,000 is over and above)", 11.0),
        ("revised from 7 LPA to 9 LPA", 9.0),
        ("INR 8 Lakhs per annum in place of 9 Lakhs", 8.0),
        ("Last year our interns got PPO of 8 LPA", None),
        ("Prize pool: ₹3,00,000", None),
        ("service agreement with Rs. 1,50,000 bond", None),
        ("turnover of 15000 crore", None),
        ("a fee of Rs 500", None),
        ("roll number 23103045", None),
        ("1.2 lakh per month", None),
        ("at 5 pm or 10 pm", None),
    ],
)
def test_yearly_pay_is_the_whole_of_the_lowest_offer(text: str, lakhs: float | None) -> None:
    assert yearly_lakhs(find_amounts(text)) == lakhs


@pytest.mark.parametrize(
    ("text", "rupees"),
    [
        ("Rs. 30,000/- per month", 30_000),
        ("stipend 25K/month", 25_000),
        ("Rs 50,000 pm", 50_000),
        ("₹40 thousand a month", 40_000),
        ("1.2 lakh per month", 120_000),
        ("₹55,000 per month (earlier ₹45,000)", 55_000),
        ("20,000 - 25,000 per month", 20_000),
        ("Rs 5 per month", None),
        ("12 LPA", None),
    ],
)
def test_monthly_pay_is_in_rupees(text: str, rupees: int | None) -> None:
    assert monthly_rupees(find_amounts(text)) == rupees


def test_line_of_endless_amounts_is_cut() -> None:
    assert len(find_amounts("Rs 5 lakh " * 500)) == 40


@pytest.mark.parametrize(
    "text",
    [
        "19.8 LPA (excluding a joining bonus of 2 lakh and RSUs worth 6 lakh over 4 years)",
        "19.8 LPA (plus relocation and sign-on bonus of 1 LPA)",
        "19.8 LPA excluding a joining bonus of 2 lakh",
        "19.8 LPA (including ESOPs of 3 LPA)",
    ],
)
def test_what_comes_beside_the_pay_takes_nothing_away_from_it(text: str) -> None:
    assert yearly_lakhs(find_amounts(text)) == 19.8


def test_pay_in_a_bracket_that_begins_like_an_extra_is_read() -> None:
    assert yearly_lakhs(find_amounts("20k per month (plus a CTC of 12 LPA with insurance)")) == 12.0

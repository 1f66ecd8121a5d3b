"""The branches of 2025-26 and offers, as the reference's examples have them."""

from typing import Any

from placement_alerts.core.branches import BranchRange, BranchRule, BranchTable
from placement_alerts.core.matching import company_key
from placement_alerts.core.offer import Offer, OfferId, OfferRole, OfferStudent
from tests.builders import NOW, YEAR

RULES = (
    BranchRule("JUIT", "contains a letter"),
    BranchRule("MTech", "begins with 24"),
    BranchRule("JUIT", "has 9 digits"),
)
RANGES = (
    BranchRange("CSE", 22103000, 22104000, 342),
    BranchRange("CSE", 9922103000, 9922104000, 270),
    BranchRange("ECE", 22102000, 22103000, 240),
    BranchRange("ECE", 9922102000, 9922103000, 147),
    BranchRange("IT", 22104000, 22105000, 66),
    BranchRange("BT", 22101000, 22102000, 47),
    BranchRange("Intg. MTech", 21803000, 21804000, 28),
    BranchRange("Intg. MTech", 21802000, 21803000, 3),
    BranchRange("Intg. MTech", 21801000, 21802000, 10),
)
NOT_COUNTED = frozenset({"JUIT", "MTech", "Other"})
TABLE = BranchTable(YEAR, RULES, RANGES, NOT_COUNTED)
BANDS = (6.0, 13.0)


def a_chosen(number: str | None, **values: Any) -> OfferStudent:
    """Return a student who was chosen."""
    defaults: dict[str, Any] = {"name": f"Student {number}", "enrollment": number, "offered_at": NOW}
    return OfferStudent(**(defaults | values))


def an_offer(company: str, *students: OfferStudent, **values: Any) -> Offer:
    """Return a company's offer as it was merged."""
    key = company_key(company)
    defaults: dict[str, Any] = {
        "id": OfferId(f"{YEAR}:{key}"),
        "year": YEAR,
        "company": company,
        "company_key": key,
        "contributions": (),
        "roles": (OfferRole(role="Engineer"),),
        "students": students,
        "sent_at": NOW,
    }
    return Offer(**(defaults | values))


def worked_example() -> list[Offer]:
    """Return the offers of section 5.2 of reference/offers-and-statistics.md."""
    x, y = OfferRole(role="X", package_lpa=6.0), OfferRole(role="Y", package_lpa=10.0)
    return [
        an_offer("A", a_chosen("22103001"), a_chosen("22102001"), roles=(x,)),
        an_offer("B", a_chosen("22103001"), a_chosen("AB1234"), a_chosen(None, name="Nobody"), roles=(y,)),
    ]

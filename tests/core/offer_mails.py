"""Mails that tell of one company's offer, and what they make together."""

from typing import Any

from placement_alerts.core.offer import Contribution, Offer, OfferRole, OfferStudent
from placement_alerts.core.offers import add
from tests.builders import NOW, YEAR, a_contribution, after

KEY = "brightwave systems"
MEERA = ("Meera Nair", "22103998")
KABIR = ("Kabir Sethi", "9922102997")


def merged(*contributions: Contribution, **values: Any) -> Offer:
    """Return the offer that these mails make, taken in one after another."""
    offer = None
    for one in contributions:
        offer = add(offer, one, YEAR, KEY, **values)
    assert offer is not None
    return offer


def mail(number: int, *students: OfferStudent, **values: Any) -> Contribution:
    """Return the contribution of the mail that was sent at that hour."""
    sent_at = after(hours=number)
    rows = tuple(one.model_copy(update={"offered_at": sent_at}) for one in students)
    defaults = {"students": rows, "sent_at": sent_at, "author": "T and P Office", "roles": (role(),)}
    return a_contribution(f"m{number}", **(defaults | values))


def chosen(name: str, enrollment: str | None, **values: Any) -> OfferStudent:
    """Return a row of a result that says nothing but who it is."""
    return OfferStudent(name=name, enrollment=enrollment, **({"offered_at": NOW} | values))


def role(name: str | None = "Software Engineer", package: float | None = 11.5, **values: Any) -> OfferRole:
    """Return what a mail says of a role."""
    return OfferRole(role=name, package_lpa=package, **values)

"""The wording of the official page's cards, as values (reference/official-page.md, section 2.3). Pure."""

import re
from typing import Any

from placement_alerts.core.document import squeeze
from placement_alerts.core.official import Card, CardKind

MAX_TITLE = 200  # characters; a title is an amount or a count
MAX_DESCRIPTION = 400  # characters
LARGEST_LPA = 1_000.0  # ten crore a year; a larger figure is no package
LARGEST_COUNT = 100_000  # of companies or offers

_NUMBER = r"(\d{1,4}(?:,\d{2,3}){0,3}(?:\.\d{1,2})?)"
_AMOUNT = rf"(?:(?:rs\.?|inr|₹)\s?)?{_NUMBER}\s?(?:lacs?|lakhs?|lpa)?"
_ONE = re.compile(rf"{_AMOUNT}\s?(\+)?", re.IGNORECASE)
_RANGE = re.compile(rf"{_AMOUNT}\s?(?:to|-|–|—)\s?{_AMOUNT}", re.IGNORECASE)
_UP_TO = re.compile(rf"(?:up ?to|below|under)\s?{_AMOUNT}", re.IGNORECASE)
_COUNT = re.compile(r"(\d{1,6})\s?(\+)?")
_COMPANIES = re.compile(r"(?:quality )?companies visited(?: so far)?", re.IGNORECASE)
_HIGHEST = re.compile(
    r"(?:(\d)(?:st|nd|rd|th) )?highest package(?: by (.+?))?(?: ?\(\s?(\d{1,6}) offers?\s?\))?", re.IGNORECASE
)
_BAND = re.compile(r"packages? ?\(\s?(\d{1,6}) compan(?:y|ies) ?[-–—,] ?(\d{1,6}) offers?\s?\)", re.IGNORECASE)
_MIDDLE = re.compile(r"(average|median) package", re.IGNORECASE)


def read_card(title: str, description: str) -> Card:
    """Return the card with its values; one of unknown wording stays as it is, of kind OTHER.

    title, description: as on the page; spaces are collapsed here, and what is too long is cut.
    """
    title, description = one_line(title, MAX_TITLE), one_line(description, MAX_DESCRIPTION)
    for read in (_companies, _highest, _band, _middle):
        if found := read(title, description):
            return Card(title=title, description=description, **found)
    return Card(title=title, description=description)


def one_line(text: str, limit: int) -> str:
    """Return the text with spaces collapsed, cut to the limit, and without what no store can keep."""
    # cut before it is looked at: whatever stands in a page, it costs the same; spaces are rarely more than the text
    line = " ".join(text[: 8 * limit].split())
    if line.isascii() and line.isprintable():
        return line[:limit].rstrip()
    line = squeeze(line)[:limit].rstrip()
    return line.encode(errors="replace").decode()  # half a surrogate pair from a script cannot be stored


def _companies(title: str, description: str) -> dict[str, Any] | None:
    count = _COUNT.fullmatch(title.replace(",", ""))
    if not _COMPANIES.fullmatch(description) or count is None or int(count[1]) > LARGEST_COUNT:
        return None
    return {"kind": CardKind.COMPANIES, "companies": int(count[1]), "at_least": count[2] is not None}


def _highest(title: str, description: str) -> dict[str, Any] | None:
    said, amount = _HIGHEST.fullmatch(description), _ONE.fullmatch(title)
    if said is None or amount is None or (lpa := _lpa(amount[1])) is None:
        return None
    return {
        "kind": CardKind.HIGHEST,
        "rank": int(said[1] or 1) or None,
        "amount": lpa,
        "company": said[2],
        "offers": int(said[3]) if said[3] else None,
        "at_least": amount[2] is not None,
    }


def _band(title: str, description: str) -> dict[str, Any] | None:
    said = _BAND.fullmatch(description)
    bounds, top = _RANGE.fullmatch(title), _UP_TO.fullmatch(title)
    if said is None or (bounds is None and top is None):
        return None
    low = _lpa(bounds[1]) if bounds else None
    high = _lpa(bounds[2] if bounds else top[1] if top else "")
    if high is None or (bounds is not None and (low is None or low > high)):
        return None
    return {"kind": CardKind.BAND, "low": low, "high": high, "companies": int(said[1]), "offers": int(said[2])}


def _middle(title: str, description: str) -> dict[str, Any] | None:
    said, amount = _MIDDLE.fullmatch(description), _ONE.fullmatch(title)
    if said is None or amount is None or (lpa := _lpa(amount[1])) is None:
        return None
    return {"kind": CardKind(said[1].lower()), "amount": lpa, "at_least": amount[2] is not None}


def _lpa(number: str) -> float | None:
    lakhs = float(number.replace(",", ""))
    return lakhs if lakhs <= LARGEST_LPA else None

"""Amounts of money as the office writes them: lakhs, crores, thousands, rupees with Indian grouping, ranges."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LAKH = 100_000  # rupees
SMALLEST_YEARLY = LAKH / 2  # rupees; a smaller figure called yearly is in another unit or is something else
LARGEST_YEARLY = 1_000 * LAKH  # rupees; a larger figure is a turnover or an investment
MOST_AMOUNTS = 40  # that are read in one line
_CONTEXT = 45  # characters before and after an amount that say what it is

_NUMBER = r"\d{1,3}(?:,\d{2,3})+(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?"
_CURRENCY = r"(?:₹|\binr\b|\brs\b\.?|\brupees\b)"
_UNIT = r"l\.?p\.?a\b\.?|lpm\b|lakhs?\b|lacs?\b|lakh?\b|l\b|crores?\b|cr\b|k\b|thousand\b"
_PER = (
    r"(?:inr|rs\.?|rupees)?\s?(?:/-|-/|only)?\s?(?:\(?(?P<year>(?:per|an?|each|/)\s?(?:annum|year|yr)\b"
    r"|p\.\s?a\b\.?|pa\b|annually|yearly)"
    r"|\(?(?P<month>(?:per|an?|each|/)\s?(?:month|mth|mon)\b|p\.\s?m\b\.?|pm\b|monthly))"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,/-])(?P<cur>{_CURRENCY}\s*)?(?<![\d.])(?P<low>{_NUMBER})\s?(?P<u1>{_UNIT})?"
    rf"(?:\s?(?:-|–|—|to)\s?(?:{_CURRENCY}\s*)?(?P<high>{_NUMBER}))?(?![\d])\s?(?P<unit>{_UNIT})?"
    rf"\s?(?:{_PER})?",
    re.IGNORECASE,
)
_NOT_PAY_BEFORE = re.compile(
    r"(joining|sign[- ]?(?:on|in|ing)|retention|relocation|referral|performance|annual|variable)[\w"
    r" ]*(?:bonus|benefits?)\W*(?:of|:|worth)?\W*$"
    r"|\b(bonus|bond|esops?|rsus?|stocks?|shares|prizes?|prize pool|pool|worth|cash|win(?:ners)?|rewards?|fees?|deposit"
    r"|fine|penalty|pay(?!\s*[:–-])|scholarship"
    r"|reimburse\w*|incentives?|allowance|insurance|cover|accommodation|relocation|turnover|funding"
    r"|revenue|average package"
    r"|highest \w+"
    r"|less than|more than|above|below|raised from|agreement)\b[^.;\d]{0,22}$"
    r"|\b(earlier|previous(?:ly)?|instead of|in place of|in lieu of|rather than|not|was|against|old|mentioned"
    r" as)\W{1,3}"
    r"(?:\w+\W){0,3}$"
    r"|\b(?:bond|deposit|penalty)\b[^.;:|]{0,12}\d{1,2} (?:months?|years?)[\s,]{1,3}(?:(?:of|with|and|or|a) ){0,2}"
    r"(?:penalty (?:of )?)?$"
    r"|\blast (?:year|season)\b[^.]*$",
    re.IGNORECASE,
)
_NOT_PAY_AFTER = re.compile(
    r"(?!\W{0,3}(?:\w+[ -]){1,3}(?:of|is|worth)\W{0,3}(?:₹|rs\b|inr\b|\d))"
    r"[\s,(]{0,3}(?:(?!date\b|of\b|and\b|with\b|plus\b|excl|incl|apart\b|besides\b)\w+ ){0,2}"
    r"(joining(?! date)|sign[- ]?on|one[- ]time|retention"
    r"|relocation|bond\b|esops?|rsus?|prize"
    r"|deposit|fees?\b|cash prize"
    r"|per day|a day|/day|(?:mentioned |informed |announced "
    r"|circulated )?earlier\b(?!\W{0,4}(?:\w+\W{1,3}){0,2}?(?:₹|rs|inr|\d)))",
    re.IGNORECASE,
)
_CHANGED_FROM = re.compile(
    r"\b(?:revised|increased|changed|enhanced|raised|corrected|reduced|updated)[^.;]{0,30}\bfrom\W*$", re.IGNORECASE
)
_PART_AFTER = re.compile(
    r"\W{0,3}(?:as |is |of )?(?:the )?(?:annual |performance |max |target )?(?:fixed|base|variable|bonus"
    r"|perf\w*|incentives?)\b",
    re.IGNORECASE,
)
_PART_BEFORE = re.compile(
    r"\b(?:fixed|base|basic|variable|hra|bonus|pf|gratuity|allowances?)\W{0,3}(?:pay|component|part|salary)?\W{0,4}$",
    re.IGNORECASE,
)


_BESIDES = re.compile(
    r"\(\s*(?:excl\w*|incl\w*|plus|\+|and|with(?:out)?|apart|besides|over and above|in addition|not incl\w*|exclusive"
    r"|inclusive)\b(?P<inside>[^()]{0,200})\)",
    re.IGNORECASE,
)
_BONUS = re.compile(
    r"\b(?:bonus\w*|rsus?|esops?|stocks?|equity|relocation|insurance|benefits?|perks?|retention|sign[- ]?(?:on|in|ing)"
    r"|allowances?|reimburse\w*)\b",
    re.IGNORECASE,
)
_PAY_WORD = re.compile(r"\b(?:ctc|package|salary|stipend|conver\w+|ppo|full[- ]?time)\b", re.IGNORECASE)


class Per(StrEnum):
    """What an amount is paid for."""

    YEAR = "year"
    MONTH = "month"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a text. rupees: the lower end of a range. certain: written with a unit, a currency or a period.

    part: one part of a pay (fixed, variable). inner: it stands in brackets behind another amount.
    excluded: not the pay: a bonus, a bond, a prize, an earlier value.
    """

    start: int
    end: int
    rupees: float
    per: Per
    certain: bool
    part: bool = False
    inner: bool = False
    excluded: bool = False


def find_amounts(text: str) -> list[Amount]:
    """Return what looks like an amount of money, in the order of the text."""
    found: list[Amount] = []
    text = _BESIDES.sub(_blanked, text)
    for match in _AMOUNT.finditer(text):
        if len(found) >= MOST_AMOUNTS:
            break
        unit = (match["unit"] or match["u1"] or "").lower().replace(".", "")
        if _is_money(match, unit):
            rupees = _figure(text, match) * _factor(unit)
            found.append(_amount(text, match, rupees, _per(unit, match), found))
    return found


def _blanked(match: re.Match[str]) -> str:
    """Return spaces for a bracket that says what comes beside a pay: it is no pay, and the pay before it is one."""
    is_bonus = _BONUS.search(match["inside"]) and not _PAY_WORD.search(match["inside"])
    return " " * len(match[0]) if is_bonus else match[0]


def yearly_lakhs(amounts: Iterable[Amount]) -> float | None:
    """Return the yearly pay in lakhs: the lowest whole pay, else the sum of its parts; None if none."""
    yearly = [amount for amount in amounts if _is_yearly(amount)]
    pays = [amount for amount in yearly if not amount.inner] or yearly
    whole = [amount.rupees for amount in pays if not amount.part]
    if whole:
        return _lakhs(min(whole))
    parts = [amount.rupees for amount in pays]
    return _lakhs(sum(parts)) if parts else None


def monthly_rupees(amounts: Iterable[Amount]) -> int | None:
    """Return the lowest monthly amount in rupees, None if none."""
    values = [
        amount.rupees
        for amount in amounts
        if amount.per is Per.MONTH and not amount.excluded and 500 <= amount.rupees <= 10 * LAKH
    ]
    return round(min(values)) if values else None


def _is_money(match: re.Match[str], unit: str) -> bool:
    if unit or match["cur"] or "," in match["low"]:
        return True
    return bool(match["year"]) or (bool(match["month"]) and len(match["low"]) > 2)  # "5 pm" is a time of day


def _amount(text: str, match: re.Match[str], rupees: float, per: Per, before: list[Amount]) -> Amount:
    left = text[max(0, match.start() - _CONTEXT) : match.start()]
    right = text[match.end() : match.end() + _CONTEXT]
    gap = text[before[-1].end : match.start()] if before else ""
    return Amount(
        match.start(),
        match.end(),
        rupees,
        per,
        certain=bool(match["cur"] or match["unit"] or match["u1"] or match["year"] or match["month"]),
        part=bool(_PART_AFTER.match(right) or _PART_BEFORE.search(left)),
        inner=bool(before)
        and text.rfind("(", 0, match.start()) > max(before[0].start, text.rfind(")", 0, match.start()))
        and len(gap) < 80,
        excluded=bool(_NOT_PAY_BEFORE.search(left) or _NOT_PAY_AFTER.match(right)),
    )


def _figure(text: str, match: re.Match[str]) -> float:
    """Return the lower end of a range, but the new value where something changed from one to the other."""
    changed = match["high"] and _CHANGED_FROM.search(text, max(0, match.start() - _CONTEXT), match.start())
    return float((match["high"] if changed else match["low"]).replace(",", ""))


def _factor(unit: str) -> float:
    if unit.startswith(("cr", "crore")):
        return 100 * LAKH
    if unit.startswith("l"):
        return LAKH
    return 1_000 if unit in {"k", "thousand"} else 1


def _per(unit: str, match: re.Match[str]) -> Per:
    if match["month"] or unit == "lpm":
        return Per.MONTH
    return Per.YEAR if match["year"] or unit == "lpa" else Per.UNSAID


def _is_yearly(amount: Amount) -> bool:
    return amount.per is not Per.MONTH and not amount.excluded and SMALLEST_YEARLY <= amount.rupees <= LARGEST_YEARLY


def _lakhs(rupees: float) -> float:
    return round(rupees / LAKH, 2)

"""Longer forms of a company's name in the text, and whether it is only one of several companies named in a row."""

import re
from itertools import islice

from placement_alerts.core.document import Text
from placement_alerts.core.extract.cities import is_city
from placement_alerts.core.extract.company_phrases import BRANCHES, BUSINESS, GENERIC, NAMES_IN_A_ROW
from placement_alerts.core.matching import company_key

_OPENING = 3_000  # characters in which names in a row are looked for
_MOST_ROWS = 40
_TRADE_WORDS = """
    ai analytics automation bank capital cloud controls corporation data digital dynamics electronics energy
    engineering enterprises finance financial finserve fintech foods global group healthcare india industries
    infosystems infotech infra insurance learning life logistics media mobility motors networks pharma power
    retail robotics security semiconductors steel studios tech technologies telecom therapeutics ventures works
"""
_TRADE = BUSINESS | frozenset(_TRADE_WORDS.split())
_BETWEEN = re.compile(r",? (?:and|&) |, ")


def longer_form(name: str, text: Text) -> str:
    """Return the one form of the name in the text that goes on with words of a trade: "Acme Labs" for "Acme"."""
    pattern = re.compile(rf"(?<![\w.]){re.escape(name)}(?P<more>(?: [A-Z]\w*){{1,3}})")
    found: set[str] = set()
    for match in islice(pattern.finditer(text.body[:_OPENING]), _MOST_ROWS):
        more: list[str] = []
        for word in match["more"].split():
            if word.lower() not in _TRADE:
                break
            more.append(word)
        if more:
            found.add(" ".join([name, *more]))
    return found.pop() if len(found) == 1 else name


def is_one_of_several(name: str, text: Text) -> bool:
    """Whether the text names it beside other companies: "letters from Acme Labs, Kestrel and Tern Works"."""
    key = company_key(name)
    for match in islice(NAMES_IN_A_ROW.finditer(text.body[:_OPENING]), _MOST_ROWS):
        names = [part for part in _BETWEEN.split(match[0]) if _is_name(part)]
        if len(names) > 1 and key in map(company_key, names) and sum(_is_company(one) for one in names) > 1:
            return True
    return False


def _is_name(part: str) -> bool:
    words = [word.lower().strip(".") for word in part.split()]
    return not (is_city(part) or BRANCHES.fullmatch(part) or all(word in GENERIC or word in _TRADE for word in words))


def _is_company(part: str) -> bool:
    """Whether the last word says that it is a company: a place or a person beside one is none."""
    return len(part.split()) > 1 and part.split()[-1].lower() in _TRADE

"""Which names mean one company in the offers: by spelling, by what somebody declared, and what may be proposed."""

from collections.abc import Iterable, Mapping
from unicodedata import normalize

from rapidfuzz import fuzz

from placement_alerts.core.matching import company_key

SIMILAR_FROM = 90.0  # token-set ratio: one name within the other gives 100, one letter off in a long name 92
SHORTEST = 4  # letters of a name that may be compared by likeness: "IBM" and "IBN" are two companies
MOST_PROPOSALS = 3  # for one new company
_LONGEST_CHAIN = 10  # declarations that are followed one after the other
_SHORTEST_ACRONYM = 3
# words that many companies share: a name made of nothing else is like all of them
_SHARED = frozenset(
    {"bank", "capital", "consulting", "digital", "engineering", "global", "group", "international", "labs", "services"}
    | {"software", "solutions", "systems", "tech", "technologies", "technology"}
)


def key_of(company: str, aliases: Mapping[str, str]) -> str:
    """Return the key under which a company's offers are kept.

    aliases: key -> key that it means; followed to the end, a circle ends where it closes.
    """
    name = normalize("NFKC", company)
    return meant_by(company_key(name) or " ".join(name.casefold().split()), aliases)


def meant_by(key: str, aliases: Mapping[str, str]) -> str:
    """Return the key that this one means."""
    passed = {key}
    for _ in range(_LONGEST_CHAIN):
        key = aliases.get(key, key)
        if key in passed:
            return key
        passed.add(key)
    return key


def declared(names: Mapping[str, str]) -> dict[str, str]:
    """Return aliases as keys. names: name -> name that it means, as an operator wrote them."""
    keys = {key_of(name, {}): key_of(means, {}) for name, means in names.items()}
    return {alias: kept for alias, kept in keys.items() if alias != kept}


def propose(company: str, known: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs (known key, new key) that may mean one company, the likeliest first. It only proposes.

    company, known: keys. A short name is only ever proposed as the initials of a long one.
    """
    likeness = {other: _likeness(company, other) for other in known if other != company}
    found = sorted((-score, other) for other, score in likeness.items() if score >= SIMILAR_FROM)
    return [(other, company) for _, other in found[:MOST_PROPOSALS]]


def _likeness(one: str, other: str) -> float:
    if _is_acronym(one, other) or _is_acronym(other, one):
        return 100.0
    if min(len(one.replace(" ", "")), len(other.replace(" ", ""))) < SHORTEST:
        return 0.0
    if _SHARED.issuperset(one.split()) or _SHARED.issuperset(other.split()):
        return 0.0
    return fuzz.token_set_ratio(one, other)


def _is_acronym(short: str, long: str) -> bool:
    initials = "".join(word[0] for word in long.split())
    return len(initials) >= _SHORTEST_ACRONYM and short == initials

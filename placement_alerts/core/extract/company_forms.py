"""What the name of a company looks like, and what of the words around it is no part of it."""

import re

from placement_alerts.core.document import Text
from placement_alerts.core.enrollment import ENROLLMENT
from placement_alerts.core.extract.cities import is_city
from placement_alerts.core.extract.company_phrases import (
    ABSTRACT,
    BRANCHES,
    BUSINESS,
    CATEGORY,
    CLOSES_A_NAME,
    CONTEST_BEHIND,
    EVENT_NAME,
    GENERIC,
    INITIALS,
    LEGAL,
    NOT_A_HOST,
    ODD_START,
    OWN_HOUSE,
    ROLE,
    ROLE_START,
    SMALL,
    SMALL_BEHIND,
    TOOL,
)

_ODD_START = re.compile(rf"{ODD_START}(?!\w)")
_WITH_FIGURES = re.compile(r"(?P<word>[A-Z][A-Za-z]{2,})\d{1,5}")  # Mark00002
_SHORT_WITH_FIGURE = re.compile(r"[A-Z]\d [A-Z][A-Za-z]+.*")  # C3 AI
_YEAR_AT_END = re.compile(r"\b20\d\d$")
_LONGEST = 6  # words of a company's name


def tidy_name(name: str) -> str:
    """Return the name without legal forms, remarks in brackets and words that are no part of a name."""
    name = re.sub(r"\([^)]*\)|\*", " ", name)
    if TOOL.match(name.strip()):
        return ""
    legal = LEGAL.search(name)
    if legal and legal.start() > 0:
        name = name[: legal.start()]
    words = re.sub(r"^m/s\.?\s+", "", name.strip(), flags=re.IGNORECASE).split()[: _LONGEST + 3]
    while words and (
        bare_word(words[0]) in GENERIC or (words[0][0].isdigit() and not _ODD_START.match(" ".join(words)))
    ):
        words.pop(0)
    count = len(words)
    while words and (
        (len(words) > 2 and _YEAR_AT_END.match(words[-1]) and not EVENT_NAME.search(name))
        or (is_generic(words[-1]) and bare_word(words[-1]) not in CLOSES_A_NAME and words[-2:-1] != ["&"])
        or (len(words) < count and bare_word(words[-1]) == "tech")
    ):
        words.pop()
    return " ".join(words[:_LONGEST]).strip(" .,:;-–'’&").removesuffix("'s").removesuffix("’s")


def is_generic(word: str) -> bool:
    """Whether it is a word of the trade, or several in one: "GD/PI"."""
    bare = bare_word(word)
    parts = [part for part in bare.split("/") if part]
    return bare in GENERIC or (len(parts) > 1 and all(part in GENERIC for part in parts))


def bare_word(word: str) -> str:
    """Return the word in lower case without the marks and the genitive around it."""
    return word.lower().strip(".,:;!?'’\"").removesuffix("'s").removesuffix("’s")


def host_of_contest(name: str) -> str | None:
    """Return the company in front of the name of its contest: "Acme" of "Acme CodeSprint'25"."""
    match = CONTEST_BEHIND.fullmatch(name)
    if match is None:
        return None
    host = tidy_name(match["host"] or match["host2"] or match["host3"])
    return host if is_possible(host) and not NOT_A_HOST.search(host) else None


def is_possible(name: str) -> bool:
    """Whether a tidied name can be a company's: no event, room, post, branch or words of the office."""
    shortest = 2 if INITIALS.fullmatch(name) or _ODD_START.fullmatch(name) else 3
    if len(name) < shortest or OWN_HOUSE.search(name) or name.isdigit():
        return False
    if (not name[0].isupper() and not _ODD_START.match(name)) or _YEAR_AT_END.search(name):
        return False
    if EVENT_NAME.search(name) or is_city(name):
        return False
    words = [bare_word(word) for word in name.split()]
    if (
        ROLE.fullmatch(words[-1])
        or BRANCHES.fullmatch(name)
        or CATEGORY.fullmatch(name)
        or all(word in GENERIC or word in BUSINESS for word in words)
    ):
        return False
    if len(words) == 1 and words[0] in ABSTRACT:
        return False
    return _has_a_names_figures(name)


def _has_a_names_figures(name: str) -> bool:
    """Whether the first word has no figures, or such as names have; those of rooms and rounds are others."""
    first = name.split()[0]
    if not any(char.isdigit() for char in first) or _ODD_START.match(name) or _SHORT_WITH_FIGURE.fullmatch(name):
        return True
    found = _WITH_FIGURES.fullmatch(first)
    return (
        found is not None
        and found["word"].lower() not in GENERIC
        and not re.search(r"20[0-4]\d$", first)
        and ENROLLMENT.fullmatch(first) is None
    )


def before_role(words: str) -> str:
    """Return what stands before a post whose first word is a usual one: "Acme Corner" of "Acme Corner Data Analyst"."""
    start = ROLE_START.search(words)
    return tidy_name(words[: start.start()]) if start else ""


def in_small_letters(text: Text) -> str | None:
    """Return the words before "(Analyst)" or "ka form" that the title has as well, with capitals."""
    title = [bare_word(word) for word in text.title.split()]
    for line in text.lines[:12]:
        for match in SMALL_BEHIND.finditer(line.text):
            if bare_word(match["words"].split()[0]) in title:
                return tidy_name(match["words"].title()) or None
        for match in SMALL.finditer(line.text):
            words = [bare_word(word) for word in match["words"].split()]
            for start in range(len(words)):
                run = words[start:]
                if any(title[at : at + len(run)] == run for at in range(len(title))):
                    name = tidy_name(" ".join(run).title())
                    if is_possible(name):
                        return name
    return None

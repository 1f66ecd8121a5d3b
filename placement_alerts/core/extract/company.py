"""The company that a message is about."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from placement_alerts.core.document import Text
from placement_alerts.core.extract.company_phrases import (
    BRANCHES,
    BUSINESS,
    CAPITALISED,
    CLOSES_A_NAME,
    CONTEST_BEHIND,
    DESK,
    EVENT,
    EVENT_NAME,
    GENERIC,
    IN_BRACKETS,
    INITIALS,
    LABEL,
    LEGAL,
    NOT_A_HOST,
    OWN_HOUSE,
    PERSON_BEFORE,
    QUOTED,
    ROLE,
    SENTENCES,
    SEVERAL,
    SMALL,
    SPLIT_TITLE,
)
from placement_alerts.core.extract.labels import Field, fields_of
from placement_alerts.core.matching import company_key

_ENOUGH = 3.0  # points: one clear sentence, or a title part that the body repeats
_ABSTRACT = re.compile(r"(?:ing|tion|sion|ment|ments|ance|ence|ness)s?$")  # a single such word names a matter
_OPENING = 3_000  # characters in which the writer's own company is looked for
_MOST_NAMES = 200
_LONGEST = 6  # words of a company's name
_LONGEST_LINE = 45  # characters of a line that is nothing but a company's name


@dataclass(frozen=True, slots=True)
class Company:
    """The company found and why. name None: none is named, or several are."""

    name: str | None
    reason: str


def find_company(
    text: Text,
    fields: Iterable[Field] | None = None,
    known_companies: Iterable[str] = (),
    senders: Iterable[tuple[str | None, str | None]] = (),
) -> Company:
    """Return the one company that the message is about.

    known_companies: spellings to prefer for the same name. senders: of a mail: (name, name in the address's domain).
    """
    fields = fields_of(text) if fields is None else tuple(fields)
    labelled = [tidy_name(field.value) for field in fields if LABEL.fullmatch(field.label)]
    distinct = {company_key(name): name for name in labelled if name}
    if len(distinct) == 1:
        return Company(_as_known(next(iter(distinct.values())), known_companies), "it is labelled so")
    if len(distinct) > 1 or any(SEVERAL.search(line.text) for line in text.lines[:12]):
        return Company(None, "several companies are named")
    known_companies = tuple(known_companies)
    points = _points(text, tuple(senders))
    best, score = points[0] if points else (None, 0.0)
    if best is None or score < _ENOUGH:
        mentioned = _mentioned(text.title, known_companies)
        if mentioned is not None:
            return Company(mentioned, "the title names it and it is known")
        small = _in_small_letters(text)
        if small is not None:
            return Company(_as_known(small, known_companies), "the title and the text name it in small letters")
    if best is None:
        return Company(None, "no company is named")
    if score < _ENOUGH:
        return Company(None, f"nothing says clearly that {best!r} is a company")
    return Company(_as_known(best, known_companies), "the title and the sentences around it name it")


def tidy_name(name: str) -> str:
    """Return the name without legal forms, remarks in brackets and words that are no part of a name."""
    name = re.sub(r"\([^)]*\)|\*", " ", name)
    legal = LEGAL.search(name)
    if legal and legal.start() > 0:
        name = name[: legal.start()]
    words = re.sub(r"^m/s\.?\s+", "", name.strip(), flags=re.IGNORECASE).split()[: _LONGEST + 3]
    while words and (_is_generic(words[0]) or words[0][0].isdigit()):
        words.pop(0)
    count = len(words)
    while words and (
        (_is_generic(words[-1]) and _bare(words[-1]) not in CLOSES_A_NAME)
        or (len(words) < count and _bare(words[-1]) == "tech")
    ):
        words.pop()
    return " ".join(words[:_LONGEST]).strip(" .,:;-–'’&").removesuffix("'s").removesuffix("’s")


def _is_generic(word: str) -> bool:
    """Whether it is a word of the trade, or several in one: "GD/PI"."""
    bare = _bare(word)
    parts = [part for part in bare.split("/") if part]
    return bare in GENERIC or (len(parts) > 1 and all(part in GENERIC for part in parts))


def _bare(word: str) -> str:
    return word.lower().strip(".,:;!?'’\"").removesuffix("'s").removesuffix("’s")


def _points(text: Text, senders: tuple[tuple[str | None, str | None], ...]) -> list[tuple[str, float]]:
    """Return the candidates with their points, best first; a longer form of a name takes over the shorter one's."""
    points: dict[str, float] = {}
    shown: dict[str, str] = {}
    whole: set[str] = set()
    houses = {house for _, house in senders if house is not None}
    written = (*_from_title(text.title), *_from_body(text), *_from_senders(senders), *_of_houses(text, houses))
    for name, score, is_whole in written:
        key = company_key(name)
        points[key] = points.get(key, 0.0) + score
        shown.setdefault(key, name)
        if is_whole:
            whole.add(key)
    body = text.body
    for key, name in shown.items():
        inside = len(re.findall(rf"(?<=[\w,:(] ){re.escape(name)}(?!\w)", body))
        if not inside and " " not in name and key not in company_key(text.title).split():
            points[key] *= 0.4  # a capital at the start of a sentence says nothing
        points[key] += min(2.0, 0.75 * inside)
        if any(_is_of_house(key, house) for house in houses):
            points[key] += 2.0
    merged = _merged(points, whole)
    ranked = sorted(merged.items(), key=lambda item: (-item[1], item[0]))
    return [(shown[key], score) for key, score in ranked]


def _from_senders(senders: Iterable[tuple[str | None, str | None]]) -> Iterator[tuple[str, float, bool]]:
    """Yield the company that writes itself: its name without "Campus Team" is the name in its domain."""
    for sender, house in senders:
        name = tidy_name(DESK.sub(" ", sender or "").strip())
        if house is not None and _is_possible(name) and _is_of_house(company_key(name), house):
            yield name, _ENOUGH, False


def _of_houses(text: Text, houses: Iterable[str]) -> Iterator[tuple[str, float, bool]]:
    """Yield names in the opening that are the domain of the writer's address, spelled out."""
    wanted = {house.replace("-", "") for house in houses}
    if wanted:
        for match in islice(CAPITALISED.finditer(f"{text.title}\n{text.body}"[:_OPENING]), _MOST_NAMES):
            name = tidy_name(match["name"])
            letters = company_key(name).replace(" ", "")
            if any(letters.startswith(house) for house in wanted) and _is_possible(name):
                yield name, 1.5, True


def _is_of_house(key: str, house: str) -> bool:
    letters, other = key.replace(" ", ""), house.replace("-", "")
    return len(letters) > 3 and (letters.startswith(other) or other.startswith(letters))


def _merged(points: dict[str, float], whole: set[str]) -> dict[str, float]:
    merged: dict[str, float] = {}
    keys = sorted(points, key=len)
    for key in keys:
        longer = [
            other
            for other in keys
            if other != key and (other.startswith(key + " ") or other.endswith(" " + key)) and other in whole
        ]
        target = max(longer, key=lambda other: points[other]) if longer else key
        if not longer:
            shorter = [other for other in keys if key.startswith(other + " ")]
            if shorter and key not in whole:
                target = max(shorter, key=lambda other: points[other])
        merged[target] = merged.get(target, 0.0) + points[key]
    return merged


def _from_title(title: str) -> Iterator[tuple[str, float, bool]]:
    bare = QUOTED.sub(" | ", title)
    aside = {match.strip(" .!") for match in IN_BRACKETS.findall(title)}
    for part in SPLIT_TITLE.split(bare):
        yield from ((name, points + 0.5, whole) for name, points, whole in _in_sentence(part))
        rest = LEGAL.sub("", part).strip(" .!")
        for match in list(CAPITALISED.finditer(part))[:2]:
            name = tidy_name(match["name"])
            if PERSON_BEFORE.search(part, max(0, match.start() - 9), match.start()):
                continue
            if (host := _host(match["name"])) is not None:
                yield host, 1.5, False
            if not _is_possible(name) or ROLE.search(match["name"]):
                continue
            is_whole = len(name) >= len(rest) - 1
            alone = all(_is_generic(word) or not word[0].isalpha() for word in rest.replace(name, " ").split())
            points = 1.5 if rest in aside else _title_points(part, is_whole=is_whole, alone=alone)
            yield name, points, is_whole


def _title_points(part: str, *, is_whole: bool, alone: bool) -> float:
    """Return the points of a name in a part of the title. alone: only words of the trade stand beside it."""
    if EVENT.search(part):
        return 1.5
    return _ENOUGH + 0.5 if is_whole else _ENOUGH if alone else 1.5


def _from_body(text: Text) -> Iterator[tuple[str, float, bool]]:
    for index, line in enumerate(text.lines):
        if line.cells and len(line.cells) > 2:
            continue
        yield from _in_sentence(line.text)
        legal = LEGAL.search(line.text)
        if legal and (match := list(CAPITALISED.finditer(line.text[: legal.start()]))):
            name = tidy_name(match[-1]["name"])
            if _is_possible(name) and match[-1].end() >= legal.start() - 1:
                yield name, 3.0, True
        bare = LEGAL.sub("", line.text).strip(" .:*")
        if len(bare) < _LONGEST_LINE and (line.heading or index == 0) and CAPITALISED.fullmatch(bare):
            name = tidy_name(bare)
            if _is_possible(name) and len(name) == len(bare):
                yield name, 1.5, True


def _in_sentence(sentence: str) -> Iterator[tuple[str, float, bool]]:
    plain = sentence.replace("*", "")
    for pattern, points in SENTENCES:
        for match in pattern.finditer(plain):
            raw = match["name"]
            name = _host(raw) or tidy_name(raw)
            if (
                not _is_possible(name)
                or PERSON_BEFORE.search(plain, max(0, match.start("name") - 8), match.start("name"))
                or OWN_HOUSE.search(plain[match.start("name") : match.end("name") + 12])
            ):
                continue
            if _bare(raw.split()[0]) not in GENERIC:
                yield name, points, not ROLE.search(raw)


def _host(name: str) -> str | None:
    """Return the company in front of the name of its contest: "Acme" of "Acme CodeSprint'25"."""
    match = CONTEST_BEHIND.fullmatch(name)
    if match is None:
        return None
    host = tidy_name(match["host"])
    return host if _is_possible(host) and not NOT_A_HOST.search(host) else None


def _is_possible(name: str) -> bool:
    if len(name) < 3 or not name[0].isupper() or OWN_HOUSE.search(name) or name.isdigit():
        return False
    if EVENT_NAME.search(name):
        return False
    words = [_bare(word) for word in name.split()]
    if (
        ROLE.fullmatch(words[-1])
        or INITIALS.fullmatch(name)
        or BRANCHES.fullmatch(name)
        or all(word in GENERIC or word in BUSINESS for word in words)
    ):
        return False
    if len(words) == 1 and _ABSTRACT.search(words[0]):
        return False
    return not any(char.isdigit() for char in words[0])


def _in_small_letters(text: Text) -> str | None:
    """Return the words before "(Analyst)" or "ka form" that the title has as well, with capitals."""
    title = [_bare(word) for word in text.title.split()]
    for line in text.lines[:12]:
        for match in SMALL.finditer(line.text):
            words = [_bare(word) for word in match["words"].split()]
            for start in range(len(words)):
                run = words[start:]
                if any(title[at : at + len(run)] == run for at in range(len(title))):
                    name = tidy_name(" ".join(run).title())
                    if _is_possible(name):
                        return name
    return None


def _mentioned(title: str, known_companies: Iterable[str]) -> str | None:
    """Return the known company whose name stands in the title; None if none or several do."""
    words = f" {company_key(title)} "
    found = {known for known in known_companies if f" {company_key(known)} " in words}
    return found.pop() if len(found) == 1 else None


def _as_known(name: str, known_companies: Iterable[str]) -> str:
    """Return the known spelling of the same company: equal, or longer by the words that were left out here."""
    key = company_key(name)
    longer = set()
    for known in known_companies:
        other = company_key(known)
        if other == key:
            return known
        if other.startswith(key + " "):
            longer.add(known)
    return longer.pop() if len(longer) == 1 else name

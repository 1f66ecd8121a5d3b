"""The company that a message is about."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from placement_alerts.core.document import Text
from placement_alerts.core.extract.company_context import is_one_of_several, longer_form
from placement_alerts.core.extract.company_forms import (
    bare_word,
    before_role,
    host_of_contest,
    in_small_letters,
    is_generic,
    is_possible,
    tidy_name,
)
from placement_alerts.core.extract.company_phrases import (
    BY_MEANS_OF,
    CAPITALISED,
    DESK,
    EVENT,
    GENERIC,
    IN_BRACKETS,
    INITIALS,
    LABEL,
    LEGAL,
    NOT_A_COMPANY,
    OF_ALUMNI,
    OF_MANY,
    OFFICE,
    OWN_HOUSE,
    PERSON_BEFORE,
    PROCESS,
    QUOTED,
    ROLE,
    SENTENCES,
    SEVERAL,
    SPLIT_TITLE,
    TOOL_MAKERS,
)
from placement_alerts.core.extract.labels import Field, fields_of
from placement_alerts.core.matching import company_key

_HALVES = frozenset({"am", "pm", "a.m.", "p.m.", "ist"})  # of the day, behind a time
_ENOUGH = 3.0  # points: one clear sentence, or a title part that the body repeats
_ON_A_WAY = re.compile(r"\bfrom\b.+\bto\b", re.IGNORECASE)  # "From campus to Silicon Valley" names no company
_NOT_IN_TITLE = 0.6  # share of the points of a name that the title lacks where it names another one clearly
_ABSTRACT = re.compile(r"(?:ing|tion|sion|ment|ments|ance|ence|ness)s?$")  # a single such word names a matter
_OPENING = 3_000  # characters in which the writer's own company is looked for
_MOST_NAMES = 200
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
    if len(distinct) > 1 or OF_MANY.search(text.title) or any(SEVERAL.search(line.text) for line in text.lines[:12]):
        return Company(None, "several companies are named")
    known_companies = tuple(known_companies)
    points = _points(text, tuple(senders))
    best, score = points[0] if points else (None, 0.0)
    if best is None or score < _ENOUGH:
        mentioned = _mentioned(text.title, known_companies)
        if mentioned is not None:
            return Company(mentioned, "the title names it and it is known")
        small = in_small_letters(text)
        if small is not None:
            return Company(_as_known(small, known_companies), "the title and the text name it in small letters")
    if best is None:
        return Company(None, "no company is named")
    if score < _ENOUGH:
        return Company(None, f"nothing says clearly that {best!r} is a company")
    if company_key(best) not in company_key(text.title) and is_one_of_several(best, text):
        return Company(None, "several companies are named")
    return Company(_as_known(longer_form(best, text), known_companies), "the title and the sentences around it name it")


def _points(text: Text, senders: tuple[tuple[str | None, str | None], ...]) -> list[tuple[str, float]]:
    """Return the candidates with their points, best first; a longer form of a name takes over the shorter one's."""
    points: dict[str, float] = {}
    shown: dict[str, str] = {}
    whole: set[str] = set()
    houses = {house for _, house in senders if house is not None}
    written = (*_from_title(text.title), *_from_body(text), *_from_senders(senders), *_of_houses(text, houses))
    own = _own_words(senders)
    titled = frozenset(company_key(text.title).split())
    body = "\n".join(line.text for line in text.lines if line.text != text.title)
    for name, score, is_whole in written:
        key = company_key(name)
        if set(key.split()) <= own or not _is_believable(name, key, titled, body, houses):
            continue
        points[key] = points.get(key, 0.0) + score
        shown.setdefault(key, name)
        if is_whole:
            whole.add(key)
    for key, name in shown.items():
        inside = len(re.findall(rf"(?<=[\w,:(] ){re.escape(name)}(?!\w)", body))
        if not inside and " " not in name and key not in company_key(text.title).split():
            points[key] *= 0.4  # a capital at the start of a sentence says nothing
        points[key] += min(2.0, 0.75 * inside)
        if any(_is_of_house(key, house) for house in houses):
            points[key] += 2.0
    merged = _merged(points, whole)
    if any(score > _ENOUGH and key in whole and set(key.split()) <= titled for key, score in merged.items()):
        merged = {key: score if titled & set(key.split()) else score * _NOT_IN_TITLE for key, score in merged.items()}
    ranked = sorted(merged.items(), key=lambda item: (-item[1], item[0]))
    return [(shown[key], score) for key, score in ranked]


def _own_words(senders: Iterable[tuple[str | None, str | None]]) -> frozenset[str]:
    """Return the words of the office's own name: "TPO Office, BIST Bhopal" writes about others, not about BIST."""
    offices = (name for name, _ in senders if name and OFFICE.search(name))
    return frozenset(word for name in offices for word in company_key(name).split())


def _is_believable(name: str, key: str, titled: frozenset[str], body: str, houses: Iterable[str]) -> bool:
    """Whether a name that can be something else as well stands where a company's would.

    Initials and single words that end like abstract nouns must stand in the title; initials in the body too.
    """
    if INITIALS.fullmatch(name):
        return key not in NOT_A_COMPANY and key in titled and re.search(rf"\b{name}\b", body) is not None
    if " " not in name and _ABSTRACT.search(key):
        if any(_is_of_house(key, house) for house in houses):
            return True
        return key in titled and re.search(rf"\b{re.escape(key)}\b", body) is None
    return True


def _from_senders(senders: Iterable[tuple[str | None, str | None]]) -> Iterator[tuple[str, float, bool]]:
    """Yield the company that writes itself: its name without "Campus Team" is the name in its domain."""
    for sender, house in senders:
        name = tidy_name(DESK.sub(" ", sender or "").strip())
        if house is not None and is_possible(name) and _is_of_house(company_key(name), house):
            yield name, _ENOUGH, False


def _of_houses(text: Text, houses: Iterable[str]) -> Iterator[tuple[str, float, bool]]:
    """Yield names in the opening that are the domain of the writer's address, spelled out."""
    wanted = {house.replace("-", "") for house in houses}
    if wanted:
        for match in islice(CAPITALISED.finditer(f"{text.title}\n{text.body}"[:_OPENING]), _MOST_NAMES):
            name = tidy_name(match["name"])
            letters = company_key(name).replace(" ", "")
            if any(letters.startswith(house) for house in wanted) and is_possible(name):
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
    if _names_only_aside(title):
        aside = set()
    for part in SPLIT_TITLE.split(bare):
        if _ON_A_WAY.search(part):
            continue
        yield from ((name, points + 0.5, whole) for name, points, whole in _in_sentence(part))
        rest = LEGAL.sub("", part).strip(" .!")
        for match in list(CAPITALISED.finditer(part))[:2]:
            name = tidy_name(match["name"])
            if PERSON_BEFORE.search(part, max(0, match.start() - 9), match.start()) or BY_MEANS_OF.search(
                part, max(0, match.start() - 10), match.start()
            ):
                continue
            if (host := host_of_contest(match["name"])) is not None:
                yield host, _ENOUGH, False
                continue
            if ROLE.search(match["name"]):
                name = before_role(match["name"])
                if name and is_possible(name):
                    yield name, _ENOUGH, False
                continue
            if not is_possible(name):
                continue
            is_whole = len(name) >= len(rest) - 1
            beside = rest.replace(name, " ").split()
            alone = all(is_generic(word) or not word[0].isalpha() or word.lower() in _HALVES for word in beside)
            is_aside = rest in aside or name.lower() in TOOL_MAKERS
            points = 1.5 if is_aside else _title_points(part, is_whole=is_whole, alone=alone)
            yield name, points, is_whole


def _names_only_aside(title: str) -> bool:
    """Whether a title about a selection names something in brackets alone: "Joining of those selected (Acme Labs)"."""
    rest = IN_BRACKETS.sub(" ", title)
    inside = [match for match in IN_BRACKETS.findall(title) if " " in tidy_name(match)]
    return bool(inside and PROCESS.search(rest)) and all(
        is_generic(word) or not word[0].isupper() for word in re.findall(r"[\w&'’./-]+", rest)
    )


def _title_points(part: str, *, is_whole: bool, alone: bool) -> float:
    """Return the points of a name in a part of the title. alone: only words of the trade stand beside it."""
    if EVENT.search(part):
        return 1.5
    return _ENOUGH + 0.5 if is_whole else _ENOUGH if alone else 1.5


def _from_body(text: Text) -> Iterator[tuple[str, float, bool]]:
    for index, line in enumerate(text.lines):
        if (line.cells and len(line.cells) > 2) or line.text == text.title:
            continue
        if not OF_ALUMNI.search(line.text):
            yield from _in_sentence(line.text)
        legal = LEGAL.search(line.text)
        if legal and (match := list(CAPITALISED.finditer(line.text[: legal.start()]))):
            name = tidy_name(match[-1]["name"])
            if is_possible(name) and match[-1].end() >= legal.start() - 1:
                yield name, 3.0, True
        bare = LEGAL.sub("", line.text).strip(" .:*")
        if len(bare) < _LONGEST_LINE and (line.heading or index == 0) and CAPITALISED.fullmatch(bare):
            name = tidy_name(bare)
            if is_possible(name) and len(name) == len(bare):
                yield name, 1.5, True


def _in_sentence(sentence: str) -> Iterator[tuple[str, float, bool]]:
    plain = sentence.replace("*", "")
    for pattern, points in SENTENCES:
        for match in pattern.finditer(plain):
            raw = match["name"]
            name = host_of_contest(raw) or tidy_name(raw)
            if (
                not is_possible(name)
                or PERSON_BEFORE.search(plain, max(0, match.start("name") - 8), match.start("name"))
                or OWN_HOUSE.search(plain[match.start("name") : match.end("name") + 12])
                or BY_MEANS_OF.search(plain, max(0, match.start("name") - 10), match.start("name"))
            ):
                continue
            if bare_word(raw.split()[0]) not in GENERIC:
                yield name, points, not ROLE.search(raw)


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

"""Students whom a message names without numbers: in a sentence that addresses them, or one to a line."""

import re
from collections.abc import Iterator

from placement_alerts.core.document import Line, Text
from placement_alerts.core.extract.cities import is_city
from placement_alerts.core.extract.company_phrases import GENERIC, ROLE
from placement_alerts.core.extract.person_names import LONGEST_NAME, full_name
from placement_alerts.core.notice import ListedStudent

_LONGEST_ADDRESS = 1_000  # characters of a line that addresses persons
_SHORTEST_BLOCK = 2  # lines
_YOU_DID = re.compile(
    r"\s*(?:[-–—:,]\s*)?\b(?:you(?: all| both| guys| people)?(?: have|.ve| are|.re)?|you)\s+(?:all |been |both )?"
    r"(?:cleared|qualified|short-?listed|selected|made it|through|placed)\b",
    re.IGNORECASE,
)
_NAMES_BETWEEN = re.compile(r"\s*(?:,|;|/|&|\band\b)\s*")
_ANNOUNCES = re.compile(
    r"\b(?:names|short-?list\w*|select(?:ed|s|ion)|cleared|qualified|clear kar\w+|students?|candidates?)\b"
    r".{0,80}(?::|👇|⬇|\bbelow|\bfollow\w*|\bunder|-)\W*$|\b(?:following|below|these)\b.{0,60}"
    r"\b(?:select\w*|short-?list\w*|cleared|qualified|placed)\b[^.]{0,80}$"
    r"|\b(?:issued|granted|approved|given|sanctioned|offered|extended|made)\b[^.]{0,40}\b(?:to|for)\b[^.]{0,40}:\W*$",
    re.IGNORECASE,
)
# what lists of other things consist of: papers, subjects, companies
_THING = re.compile(
    r"\b(?:cards?|sheets?|marksheets?|certificates?|photo\w*|resumes?|letters?|cop(?:y|ies)|proofs?|forms?|labs?|systems?"
    r"|technolog\w+|solutions?|softwares?|infotech|services|limited|bank|reasoning|ability|aptitude|java|python|sql"
    r"|structures?|algorithms?|science|engineering|learning|skills?|design|development|management|marketing|sales"
    r"|finance|analytics|industries|networks?|computing|communication|english|quantitative|verbal|logical)\b",
    re.IGNORECASE,
)
_OUT = re.compile(
    r"\b(?:not|wait\w*|absent\w*|reject\w*|reserve|standby|pending|debarred|co-?ordinators?|volunteers?|speakers?"
    r"|contact\w*|winners?|yet to|bring|carry|documents?|submit\w*|upload\w*|compan\w+|steps?|process|topics?|syllabus"
    r"|instructions?|links?|rounds? (?:are|will|of)|skills?)\b",
    re.IGNORECASE,
)


def find_lone_names(text: Text) -> tuple[ListedStudent, ...]:
    """Return the students that are only named, in the order of the text."""
    return tuple(_addressed(text)) or tuple(_blocks(text))


def _addressed(text: Text) -> Iterator[ListedStudent]:
    """Yield the persons whom a sentence addresses: "Asha Rao, Ben Dey and Cy Roy - you have cleared the test"."""
    for line in text.lines:
        said = _YOU_DID.search(line.text[:_LONGEST_ADDRESS])
        parts = [part for part in _NAMES_BETWEEN.split(line.text[: said.start()]) if part.strip()] if said else []
        names = [_persons_name(part) for part in parts]
        if len(names) > 1 and all(names):
            yield from (ListedStudent(name=name) for name in names)


def _blocks(text: Text) -> Iterator[ListedStudent]:
    """Yield the names of a block of lines that are nothing but names, below a line that announces a list of them."""
    names, announced = list[str](), False
    for line in (*text.lines, Line("")):
        name = _persons_name(line.text) if announced and not line.cells else None
        if name is not None:
            names.append(name)
            continue
        if len(names) >= _SHORTEST_BLOCK:
            yield from (ListedStudent(name=one) for one in names)
        names = []
        announced = _ANNOUNCES.search(line.text) is not None and not _OUT.search(line.text)


def _persons_name(text: str) -> str | None:
    """Return a full name of which no word belongs to the trade: no "Group Discussion", no "Training Officer"."""
    name = full_name(re.sub(r"[\s.,;]+$", "", text)) if len(text) <= LONGEST_NAME else None
    if (
        name is None
        or _THING.search(name)
        or is_city(name)
        or any(word.lower().strip(".") in GENERIC or ROLE.fullmatch(word) for word in name.split())
    ):
        return None
    return name

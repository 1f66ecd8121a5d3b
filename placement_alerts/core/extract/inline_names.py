"""Students that a sentence names without numbers: "A, B and C have been selected", "confirmed the selection of A"."""

import re
from collections.abc import Callable, Iterator

from placement_alerts.core.document import Text
from placement_alerts.core.extract.role_phrases import ROLE_NOUN

_LONGEST_LIST = 1_200  # characters before or behind the words of selection
_MOST_VERBS = 40  # in one line

_GOT = r"(?:an? |the |their |his |her |its |first |final |job |full[- ]time |internship |pre[- ]placement )*"
_ADVERB = r"(?:(?:also|now|finally|both|all|been|successfully|provisionally|all set to be|being|each)\s+)*"
_CHOSEN = (
    r"(?:selected|placed|short-?\s?listed|hired|recruited|offered|chosen|finali[sz]ed|qualified|called for"
    r"|interviewed|made it|cleared|absorbed)"
)
_AFTER_NAMES = re.compile(
    rf"\s(?:(?:have|has|had|are|is|were|was|got|gets?|stands?|will be|to be)\s+{_ADVERB}{_CHOSEN}"
    rf"|(?:(?:have|has|had)\s+{_ADVERB})?(?:bagged|received|secured|earned|got|accepted|cracked)\s{_GOT}"
    r"(?:offers?|ppos?|placements?|internships?|role|position)"
    r"|(?:(?:have|has)\s+)?(?:converted|made it to|cracked)|(?:will|shall) (?:be joining|join)"
    r"|(?:have|has) joined|(?:ka|ki|ke)\s(?:final )?(?:selection|placement)"
    r"|(?:select|shortlist|place) ho\b)\b",
    re.IGNORECASE,
)
_BEFORE_NAMES = re.compile(
    r"\b(?:(?:final )?selections? of|(?:have|has) (?:finally |also )?(?:selected|short-?listed|hired|recruited|chosen"
    r"|offered|picked|finali[sz]ed)|offers? (?:letters? )?(?:have been |has been |are |is )?(?:extended |made |given"
    r" |released |rolled out |issued )?to|(?:offered|extended|rolled out)[^.:]{0,60}? to"
    r"|congratulat(?:ions|e|ing)(?: to)?)(?:\s(?:our|the)? ?(?:students?|candidates?))?[\s,:-]{1,3}(?=[A-Z])",
    re.IGNORECASE,
)
_CHEERS = re.compile(r"congratulat", re.IGNORECASE)
_ON_SELECTION = re.compile(
    r"[\s,]*(?:on|for|who|has|have)\b[^.]{0,60}\b(?:select\w*|plac\w+|shortlist\w*|offers?|ppos?)\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[a-z)\d])(?<!\bMr)(?<!\bMs)(?<!\bMrs)[.!?]\s+|[:;|]\s|\s[-–—]\s|\n")
_BETWEEN = re.compile(r"\s*(?:,\s*and\b|,|/|&|\band\b|\baur\b|\balong with\b)\s*", re.IGNORECASE)
_ASIDE = re.compile(
    r"\s*\([^()]{1,30}\)\s*|,\s(?:CSE|ECE|EEE|IT|BT|ME|CE|MCA|AIML|Mechanical|Civil|[BM]\.?Tech)\b(?=\s*(?:,|$|and\b))"
)
_TITLE_BEFORE = re.compile(r"^(?:both|mr|ms|mrs|miss|shri|kumari)\b\.?\s+", re.IGNORECASE)
_WORD = r"[A-Z][\w.'’-]*+"
_AT_END = re.compile(rf"(?:^|(?P<lead>[\w']+)[\s,:]+|(?<=\W))(?P<name>{_WORD}(?: {_WORD}){{1,4}})$")
_AT_START = re.compile(rf"(?P<name>{_WORD}(?: {_WORD}){{1,4}})(?=\s+[a-z(&]|\s*[.,!;:|/–-]|$)")
_NO_SUBJECT_AFTER = frozenset(
    {"of", "at", "by", "in", "from", "for", "with", "on", "the", "than", "like", "per", "via", "as"}
)
_NO_PERSON = re.compile(
    rf"\b{ROLE_NOUN}s?\b|"
    r"\b(?:institute|college|university|limited|bank|capital|foods?|labs?|software|softlabs|motors|robotics|analytics"
    r"|solutions?|services|industries|group|india|cloud\w*|team|panel|batch|round|semester|office|cell|committee"
    r"|school|house|club|teams|consult\w+|networks?|global|international|digital|energy|health\w*|pharma\w*|retail"
    r"|finance|financial|securities|motor|auto|infotech|tech|semicon\w*|media|games|studios?|ventures|holdings|we"
    r"|you|they|i|how|why|what|who|when|he|she|it|some|all|congratulations?|heartiest|hearty|many|our|this|that|these|below|here)\b",
    re.IGNORECASE,
)


def inline_names(text: Text, full_name: Callable[[str], str | None]) -> Iterator[str]:
    """Yield the names of those who are said to be selected, shortlisted or placed, in the order of the text.

    full_name: returns the words as a person's name, None if they cannot be one.
    """

    def person(words: str) -> str | None:
        name = full_name(_TITLE_BEFORE.sub("", words.strip(" .")))
        return name if name is not None and not _NO_PERSON.search(name) else None

    for line in text.lines:
        if len(line.cells) > 2:
            continue
        plain = line.text.replace("*", "")
        for count, match in enumerate(_AFTER_NAMES.finditer(plain)):
            if count >= _MOST_VERBS:
                break
            yield from _ending(plain[max(0, match.start() - _LONGEST_LIST) : match.start()], person)
        for count, match in enumerate(_BEFORE_NAMES.finditer(plain)):
            if count >= _MOST_VERBS:
                break
            names, rest = _beginning(plain[match.end() : match.end() + _LONGEST_LIST], person)
            if not _CHEERS.match(match[0]) or _ON_SELECTION.match(rest):
                yield from names


def _ending(before: str, person: Callable[[str], str | None]) -> list[str]:
    """Return the names that the text ends with."""
    sentence = _SENTENCE.split(before)[-1]
    names: list[str] = []
    for part in reversed(_BETWEEN.split(_ASIDE.sub(" ", sentence).strip(" ,"))):
        name = person(part)
        if name is None:
            match = _AT_END.search(part[-120:])
            if match and (match["lead"] or "").lower() not in _NO_SUBJECT_AFTER and (name := person(match["name"])):
                names.append(name)
            break
        names.append(name)
    return names[::-1]


def _beginning(behind: str, person: Callable[[str], str | None]) -> tuple[list[str], str]:
    """Return the names that the text begins with, and what follows them."""
    names: list[str] = []
    at = 0
    while True:
        match = _AT_START.match(behind, at)
        name = person(match["name"]) if match else None
        if match is None or name is None:
            return names, behind[at:]
        names.append(name)
        at = match.end("name")
        aside = _ASIDE.match(behind, at)
        at = aside.end() if aside else at
        between = _BETWEEN.match(behind, at)
        if between is None:
            return names, behind[at:]
        at = between.end()

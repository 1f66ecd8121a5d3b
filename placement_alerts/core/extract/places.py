"""Where one would work: the places that a message names (the location)."""

import re
from collections.abc import Iterable, Iterator

from placement_alerts.core.document import Text
from placement_alerts.core.extract.cities import is_city
from placement_alerts.core.extract.labels import Field, segments_of
from placement_alerts.core.extract.venues import HAS_ROOM, SENTENCE_END

MOST_LOCATIONS = 15
_SHORTEST_CAPITALS = 5  # letters of a place in capitals; shorter ones are departments (IIC, CDC)
_LOCATION_LABEL = re.compile(
    r"(?:job|work|working|joining|base|posting|office|preferred|place of)?\s?(?:locations?|place of (?:posting"
    r"|work)|posting|place|work place|job place|city|work city"
    r"|plants?|base|sites?|unit|duty station)(?:\(s\))?(?: of (?:posting|work|job))?(?: for"
    r" .{1,30})?"
)
_LOCATION_SAID = re.compile(
    r"\b(?i:(?:job |work |base |joining )?locations?(?:\s+(?:for|of)\s+[\w ]{1,30})?\s*(?:shall be|will be"
    r"|would be|is|are|being)?"
    r"|(?:posting|posted)\s+(?:(?:shall|may|will|would) be\s*)?(?:at|in)|(?:posting|place of posting|place of work)"
    r" (?:shall be|may be|will be|would be|is)(?: (?:at|in))?|based (?:out of|in|at)|(?:office|work) is in"
    r"|(?:at|in) its)\s*[:–-]?\s*(?i:any of the \w+(?: viz\.?)?\s*)?(?i:any of"
    r" )?(?P<place>[A-Z][\w]*(?:(?:\s*(?:,|/|&|\bor\b|\band\b)\s*|\s)[A-Z\d]\w*){0,8})"
)
_PLANTS = re.compile(
    r"(?P<place>[A-Z]\w+(?:(?:, | and | & | or |/)[A-Z]\w+){0,5}) (?:plants?|facilit(?:y|ies)|offices?"
    r"|cent(?:re|er)s?|branch|factory"
    r"|sites?|works(?! (?:on|in|for|with|at|as|to|across|towards?)\b))\b"
)
_ADDED = re.compile(
    r"\b(?P<place>[A-Z]\w+(?:(?:, | and )[A-Z]\w+)*) (?:has|have) been added to the (?:list of )?locations?"
)
_NOT_A_PLACE = re.compile(
    r"\b(?:tpo|t&p|cdc|hr|placement|sector|plot|phase|floor|block|india only|wfo|as per|tbd|to be|any|office"
    r"|business|requirement|plants?|campus|hybrid mode|across|depend\w*|announced|accommodation|provided"
    r"|travel|tnp|cr|crores?|lpa|lakhs?|mrs?|ms)\b",
    re.IGNORECASE,
)
_HOME = re.compile(r"\b(?:work from home|wfh|remote|pan[- ]india)\b", re.IGNORECASE)
# "(6 LPA, Chakan)", "Test Engineer, 6 LPA, Pune"
_BEHIND_PAY = re.compile(
    r"(?i:\bl\.?p\.?a\b|\blakhs?|\blacs?|\bp\.?a\b|\bannum|\bp\.?m\b|\bmonth|/-|\d\s?k)\.?,\s"
    r"(?P<place>[A-Z][a-z]\w+(?: [A-Z][a-z]\w+)?(?:(?:, ?| and |/| / | & )[A-Z][a-z]\w+){0,4})\s*(?P<end>[).;]|$)"
)
_NOT_BEHIND_PAY = re.compile(
    r"\b(?:full|part|apply|bond|plus|with|only|fixed|variable|interview|rounds?|final|test|deadline|batch|joining|all"
    r"|branch\w*|internship|stipend|bonus|incentives?|permanent|probation|time|male|female|freshers?|performance)\b",
    re.IGNORECASE,
)
_INDOORS = re.compile(
    r"\b(?:hall|auditorium|rooms?|theat(?:re|er)|library|block|seminar|classroom|laboratory|lab ?-?\d\w*"
    r"|(?:lt|cr|lh|ab)[ -]?\d\w*)\b",
    re.IGNORECASE,
)
_FROM_HOME = re.compile(r"[,(|]\s*(?P<place>remote|work from home|wfh|pan[- ]india)\s*(?=[),.;|]|$)", re.IGNORECASE)
_NO_ROOM = re.compile(r"\b(?:office|institute|university|centre)\b", re.IGNORECASE)
_BESIDE = re.compile(
    r"(?:(?:,|–|-|\bat|\bin|/)\s(?:an? )?|\()(?P<place>[A-Z]\w+(?: [A-Z]\w+)?)(?=\s*(?:$|[.,)(/|]|is\b"
    r"|shall\b|for\b|at\b|and\b|with\b|–|-|[a-z]))"
)


def find_locations(text: Text, fields: Iterable[Field], *, said_only: bool = False) -> tuple[str, ...]:
    """Return the places of work as written. said_only: only where the message calls them so."""
    found: dict[str, str] = {}
    fields = tuple(fields)
    for place in _labelled_places(fields):
        found.setdefault(place.casefold(), place)
    if not found and not said_only:
        wheres = (f.value.split(" (")[0] for f in fields if f.label == "where")
        found = {where.casefold(): where for where in wheres if is_city(where)}
    for pattern in (_ADDED, _LOCATION_SAID) if said_only else (_ADDED, _LOCATION_SAID, _PLANTS):
        if not found:
            found = {
                place.casefold(): place
                for line in text.lines
                for match in pattern.finditer(line.text)
                for place in _places(match["place"])
            }
    if not found:
        found = {place.casefold(): place for place in _behind_pay(text)}
    if not found:
        found = {
            match["place"].casefold(): match["place"] for line in text.lines for match in _FROM_HOME.finditer(line.text)
        }
    if not found and not said_only:
        found = {place.casefold(): place for place in _cities(text)}
    return tuple(found.values())[:MOST_LOCATIONS]


def _labelled_places(fields: Iterable[Field]) -> Iterator[str]:
    for field in fields:
        is_venue = field.label == "place" and HAS_ROOM.search(field.value)  # "Place: Seminar Hall"
        if _LOCATION_LABEL.fullmatch(field.label) and not is_venue and not _INDOORS.search(field.value):
            yield from _places(field.value)


def _behind_pay(text: Text) -> Iterator[str]:
    """Yield places that follow an amount: in brackets any, elsewhere known cities."""
    for line in text.lines:
        for match in _BEHIND_PAY.finditer(line.text):
            places = list(_places(match["place"]))
            if all(map(is_city, places)) or (match["end"] == ")" and not _NOT_BEHIND_PAY.search(match["place"])):
                yield from places


def _places(value: str) -> Iterator[str]:
    value = re.split(r"(?<=[a-z)])\.\s|\.$|\bas per\b|\(", value)[0] if not _HOME.match(value) else value
    for part in re.split(r"\s*(?:,|/|&|;|\bor\b|\band\b|\+|\|)\s*", re.sub(r"\([^)]*\)", "", value)):
        home = _HOME.search(part)
        if home:
            yield home[0]
            continue
        place = re.sub(
            r"\b(?:plant|office|facility|unit|region|only|location)s?\b.*$", "", part, flags=re.IGNORECASE
        ).strip(" .*:-–")
        if (
            place
            and len(place) <= 40
            and len(place.split()) <= 3
            and place[0].isupper()
            and not _NOT_A_PLACE.search(place)
            and not (place.isupper() and len(place) < _SHORTEST_CAPITALS)
            and not any(char.isdigit() for char in place)
        ):
            yield place


def _cities(text: Text) -> Iterator[str]:
    """Yield known cities that stand where a place of work would: behind a comma, a dash, a bar, or alone."""
    for sentence in (part for line in text.lines for part in SENTENCE_END.split(line.text)):
        if HAS_ROOM.search(_NO_ROOM.sub("", sentence)):
            continue
        for segment in segments_of(sentence):
            if is_city(segment):
                yield segment.strip(" .,")
            yield from (match["place"] for match in _BESIDE.finditer(segment) if is_city(match["place"]))

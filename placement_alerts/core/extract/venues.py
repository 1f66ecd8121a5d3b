"""Where one has to be: room, address or platform of an event (the venue)."""

import re
from collections.abc import Iterable, Iterator

from placement_alerts.core.document import Text
from placement_alerts.core.extract.cities import is_city
from placement_alerts.core.extract.labels import Field

_LONGEST_VENUE = 120  # characters
_PLATFORMS = (
    (
        "Google Meet",
        re.compile(r"\bgoogle meet\b|\bg-?meet\b|\bmeet\.google\.com|\b(?:on|via|over) Meet\b", re.IGNORECASE),
    ),
    ("Zoom", re.compile(r"\bzoom(?:\.us)?\b", re.IGNORECASE)),
    (
        "Microsoft Teams",
        re.compile(
            r"\b(?:microsoft|ms)[ -]teams\b|\bteams\.microsoft\.com|\b(?:on|via|over) teams\b"
            r"|\bteams (?:link|meeting|call|invite)\b",
            re.IGNORECASE,
        ),
    ),
    ("Webex", re.compile(r"\bwebex\b", re.IGNORECASE)),
    ("Skype", re.compile(r"\bskype\b", re.IGNORECASE)),
    ("YouTube Live", re.compile(r"\byoutube live\b|\byoutube\.com/live", re.IGNORECASE)),
)
_ONLINE = re.compile(r"\b(?:online|virtual(?:ly)?)\b", re.IGNORECASE)
_VENUE_LABEL = re.compile(
    r"(?:reporting |test |interview |drive |event |exam |meeting )?(?:venue|place|where|address|platform|mode|room"
    r"|labs?|hall|auditorium|classroom|lecture hall|point|test cent(?:re|er)|exam(?:ination)? cent(?:re|er)"
    r"|reporting at|venue ?(?:&|and) ?\w+|reporting)(?: of (?!work|posting|joining)[\w ]+)?"
)
_ROOM = (
    r"(?:lab(?:oratory|s)?|labs? \d[\d-]*|[a-z]{1,2}-\d{1,3}|[a-z]{3,4}-\d{2,3}|hall"
    r"|auditorium|room|theat(?:re|er)|block"
    r"|centre|center|library|hub|class \d+"
    r"|campus|building|lt-?\s?\d+|cr-?\s?\d+|hq|college|institute|university|floor|annexe?|lounge|studio"
    r"|academy|office|cabin|ground|complex|classroom|conference|seminar|cowork\w*|tower|park|hotel|polytechnic|headquarters"
    r"|dept|department|amphitheatre|foyer|wing)"
)
_PLACE_WORD = (
    r"(?:(?!(?:\d{1,2}(?:[:.]\d\d)?\s?[AaPp]\.?[Mm]|20\d\d|AM|PM|IST|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Febr)uary|March|April|May"
    r"|June|July|August|(?:Sept|Nov|Dec)ember|October)\b)[A-Z0-9][\w&'’-]*+|of\b|and(?= [A-Z]))"
)
_PLACE = re.compile(
    rf"(?<!\w)(?P<place>(?:(?=[A-Z]){_PLACE_WORD}|\d\w{{0,3}} [Ff]loor)"
    rf"(?:[ ](?:No\.? ?[A-Z]{{0,2}}-?\d[\w-]*+|& \d+|(?:& )?{_PLACE_WORD})){{0,6}}"
    rf"(?: (?:(?:seminar|conference|interview|meeting|board|lecture|computer|placement|drawing) )?(?:campus"
    rf"|lab|hall|room"
    rf"|office|floor|auditorium|block|building|centre|center|theatre|library|cell"
    rf"|ground)\b)?(?:\s?\([A-Z][\w -]{{1,20}}\))?"
    rf"(?:, (?:the )?(?:{_PLACE_WORD}(?:[ ](?:{_PLACE_WORD}|floor|block|campus)){{0,4}}|\d\w{{0,3}}"
    rf" [Ff]loor)){{0,4}}(?:\s?\([A-Z][\w -]{{1,20}}\))?)"
)
HAS_ROOM = re.compile(rf"\b{_ROOM}\b", re.IGNORECASE)
_LED = re.compile(
    r"(?:\b(?:in|at|to|venue|reporting|report)(?: (?:the|our|its|their)(?: office\b)?)?\W{0,3}|(?:am|pm"
    r"|noon|a\.m\.|p\.m\.|hrs|\d{4}"
    r"|day\)?|onwards)(?:\s?IST)?\)?\s?[,|(–—-]+\s?(?:in |at )?(?:the )?)$",
    re.IGNORECASE,
)
_NUMBERED_ROOM = re.compile(r"(?:room|lab|hall|lt|cr|lecture (?:hall|theatre))\b[ -]?(?:no\.? ?)?\d", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\b(?:rooms?|hall|venue|office|lab|block|department) \($", re.IGNORECASE)
_CITY_OF_EVENT = re.compile(
    r"\b(?:finals?|finale|held|event|hackathon|workshop|summit|round|camp|on-?site)\b[^.;:]{0,40}\b(?:at|in) "
    r"(?P<place>[A-Z]\w+(?: [A-Z]\w+)?)(?= on\b|[,.;]|$| \()"
)
_NEW = re.compile(
    r"\b(?:changed|shifted|moved|relocated|now|revised|new)\b[^.]{0,160}?\b(?:to|in|at|is)\W{0,3}(?:the )?$",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"\b(?:from|instead of|in place of|earlier(?: in| at)?|previously(?: in| at)?|maintenance(?: work)? (?:in"
    r"|at|of)|not(?: in| at)?|than|was(?: in| at)?|in lieu of)\W{0,3}(?:the )?$",
    re.IGNORECASE,
)
_IN_PERSON = re.compile(
    r"^\W*(?:in[- ]person|physical(?:ly)?|off-?line|face[- ]to[- ]face)(?: mode)?\s?[,:–(-]+\s*(?=\w)", re.IGNORECASE
)
_COUNTER = re.compile(
    r"\b(?:collect\w*|deposit|submit\w*|submission|contact|meet the|write to|query|queries|doubts|pick up"
    r"|difficulty|helpdesk|reply|will work|closed)\b",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[a-z)\d!])(?<!\bNo)[.;!]\s+(?=[A-Z])")
_NO_VENUE = re.compile(
    r"\b(?:T&P|TPO) (?:Head|Office$)|\bcampus (?:recruit|hiring|drive|placement|interview|connect|program|engagement"
    r"|selection|season|process|relations|team)|\bprogram(?:me)?s?\b(?! (?:office|hall|room))",
    re.IGNORECASE,
)
_CLAUSE_IN_BRACKETS = re.compile(
    r"\s*\([^()]*\b(?:will|shall|is|are|be|link|please|kindly|note|bring|carry|see|mail(?:ed)?|shared|only)\b[^()]*\)",
    re.IGNORECASE,
)
_BECAUSE = re.compile(
    r"\b(?:due to|owing to|because of|on account of|in view of|as there is|since there is)\b[^,.;]{0,120}",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\b(?:held|conducted|take place|taking place|organi[sz]ed|hosted|scheduled|report(?:ing)?|assemble)"
    r"(?: (?:in|at|to))(?: the| our)? ",
    re.IGNORECASE,
)
_TIME_GOES_ON = re.compile(r"\s?(?:[ap]\.?m\b|[:.]\d\d|hrs|noon|o'?clock|(?:to|-|–) ?\d)", re.IGNORECASE)
# what was online before, or is done online beside the event
_NOT_THE_EVENT = re.compile(
    r"\b(?:cleared|qualified|passed|attempted|completed|appeared (?:for|in)|based on|after|results? of|performance in"
    r"|conducted on \w+|earlier|previous|last) (?:[\w'’-]+ ){0,4}?(?:online|virtual)(?: \w+)?"
    r"|\b(?:appl\w+|regist\w+|fill\w*|submit\w*|pay|sign\w*|upload\w*) (?:\w+ ){0,2}online"
    r"|\bonline (?:applications?|forms?|registrations?|portals?|mode of (?:application|payment)|payment)",
    re.IGNORECASE,
)
_DATE_TAIL = re.compile(
    r"[\s,;(–-]{1,4}(?:(?:on|at|from|by) )?(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?"
    r"\d{1,2}(?:(?:st|nd|rd|th)? ?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|[:.]\d\d"
    r"|\s?[ap]\.?m\b|[./-]\d{1,2}[./-]\d).*$",
    re.IGNORECASE,
)
_DATE_LEAD = re.compile(r"^.*(?:20\d\d|[apAP]\.?[mM]\.?|noon)\W+(?=[A-Z])")


def find_venue(text: Text, fields: Iterable[Field], links: Iterable[str], *, is_located: bool = False) -> str | None:
    """Return room, address or platform of the event, `Online` if it is online without a platform, None if not said.

    is_located: what the message calls a location is where the event is held, not a place of work.
    """
    fields = tuple(fields)
    lines = [text.title, *(line.text for line in text.lines if not (line.cells and len(line.cells) > 2))]
    labelled = [
        venue
        for field in fields
        if _VENUE_LABEL.fullmatch(field.label)
        and not field.column
        and not (field.label == "where" and " (" in field.value and is_city(field.value.split(" (")[0]))
        and (venue := _venue(field.value))
    ]
    if is_located:
        labelled += [field.value for field in fields if field.label == "location" and not field.column]
    rooms = [venue for venue in labelled if HAS_ROOM.search(venue)]
    rooms = (
        rooms
        or [place for line in lines for place in _rooms(line, renewed=True)]
        or [place for line in lines for place in _rooms(line)]
    )
    platform = _platform("\n".join([*lines, *links]))
    rooms = [place for line in lines for place in _held_in(line, rooms)] or rooms
    if rooms:
        return _innermost(next((room for room in rooms if re.match(rf"{re.escape(rooms[0])},? \w", room)), rooms[0]))
    if platform is not None:
        return platform
    if labelled:
        return labelled[0]
    if is_located:
        cities = (match["place"] for line in lines for match in _CITY_OF_EVENT.finditer(line))
        if (city := next(filter(is_city, cities), None)) is not None:
            return city
    return "Online" if _ONLINE.search(_NOT_THE_EVENT.sub(" ", "\n".join(lines))) else None


def _held_in(line: str, rooms: Iterable[str]) -> Iterator[str]:
    """Yield the rooms in which the line says that something is held; other places are named beside them."""
    for match in _HELD.finditer(line):
        yield from (room for room in rooms if line.startswith(room, match.end()))


def _innermost(place: str) -> str:
    """Return the room where only the brackets hold one: "Pre Placement Talk (Auditorium)"."""
    match = re.fullmatch(r"(?P<head>[^()]+?)\s?\((?P<inside>[^()]+)\)", place)
    if match and not HAS_ROOM.search(match["head"]) and HAS_ROOM.search(match["inside"]):
        return match["inside"]
    return place


def _venue(value: str) -> str | None:
    """Return the venue that a labelled value holds."""
    value = re.split(r"(?<=[a-z)\d])(?<!\bDr)(?<!\bSt)(?<!\bMt)(?<!\bNo)\.\s+(?=[A-Z])|\s[—]\s|\s\|\s|;", value)[0]
    value = _IN_PERSON.sub("", _CLAUSE_IN_BRACKETS.sub("", value))
    if re.search(r"\d{1,2}[:.]\d\d|\b\d{1,2}\s?[ap]m\b|20\d\d", value, re.IGNORECASE):
        place = _DATE_TAIL.sub("", value)
        value = place if HAS_ROOM.search(place) and place[:1].isalpha() else _DATE_LEAD.sub("", value)
        if re.match(r"\W*\d", value) or not HAS_ROOM.search(value):
            return _platform(value)
    platform = _platform(value)
    if platform is not None and not HAS_ROOM.search(value):
        return platform
    if _ONLINE.search(value) and not HAS_ROOM.search(value):
        return "Online"
    return (
        re.sub(r"^the\s+", "", value.removesuffix(")" if "(" not in value else "\0").strip(" .*"))[:_LONGEST_VENUE]
        or None
    )


def _rooms(line: str, *, renewed: bool = False) -> Iterator[str]:
    """Yield rooms and addresses of a line. renewed: only those that a change leads to."""
    line = re.sub(r"\b([ap])\.m\.?", r"\1m", line)
    for whole in SENTENCE_END.split(line):
        if _COUNTER.search(whole):
            continue
        sentence = _BECAUSE.sub(lambda match: " " * len(match[0]), whole)
        for match in _PLACE.finditer(sentence):
            place = _without_time(match["place"], sentence[match.end("place") :]).strip(" ,")
            before = sentence[max(0, match.start() - 200) : match.start()]
            if not HAS_ROOM.search(place) or _OLD.search(before) or _NO_VENUE.search(place):
                continue
            led = _LED.search(before) or (_NUMBERED_ROOM.match(place) and _IN_BRACKETS.search(before))
            if _NEW.search(before) if renewed else led:
                yield place[:_LONGEST_VENUE]


def _without_time(place: str, after: str) -> str:
    """Return the place without a last number that begins a time: "Room 3, 10" before " AM to 1 PM"."""
    return re.sub(r"(?:,|\bat|\bfrom)? *\b\d{1,2}$", "", place) if _TIME_GOES_ON.match(after[:20]) else place


def _platform(text: str) -> str | None:
    return next((name for name, pattern in _PLATFORMS if pattern.search(text)), None)

"""What the name of a post looks like in a text."""

import re
from itertools import islice

from placement_alerts.core.extract.cities import is_city

_MOST_PHRASES = 30  # in one line

ROLE_NOUN = (
    r"(?:engineer|developer|analyst|trainee|intern|associate|consultant|executive|manager|scientist|designer"
    r"|architect|administrator"
    r"|specialist|officer|programmer|curator|researcher|apprentice|fellow|technician|representative|writer"
    r"|strategist|operator|tester"
    r"|advisor|adviser|coordinator|lead|assistant|accountant|auditor|editor|illustrator|animator|artist|planner"
    r"|chemist|instructor|educator"
    r"|counsellor|technologist|supervisor|expert|support|mts|technical staff|sde|swe|get|sre|sdet|qa|bde|bda|dba|pgt)"
)
_WORD = r"(?!(?:LPA|CTC|INR|Rs|AM|PM|P\.A)\b)(?:[a-z](?=[A-Z]))?[A-Z0-9][\w+#.&/'’-]*"
_SUFFIX_WORD = r"[A-Z](?:[\w+#&]|\.(?=\w)){1,14}"
_NO_GRADE = (
    r"(?:am|will|have|had|was|would|to|or|and|nos?|years?|months?|weeks?|days|positions?|openings?|posts?|vacanc\w+"
    r"|students?|candidates?|each)\b"
)  # behind a figure that is no grade of the post
_PHRASE = re.compile(
    rf"(?<![\w@/.&'-])\.?(?<![\w.]\.)(?:{_WORD}+ (?:[&/] |(?<=Member )of )?){{0,6}}(?:{_WORD}[/-])?(?i:{ROLE_NOUN})s?\b"
    rf"(?:[ /-](?i:{ROLE_NOUN})s?\b)*(?:[ -](?:I{{1,3}}|IV|[1-4])\b(?!\s*(?:\d|{_NO_GRADE})))?"
    rf"(?: ?\((?P<inside>[^()]{{1,40}})\))?(?: [-–] "
    rf"(?P<suffix>{_SUFFIX_WORD}(?: (?:&|and|{_SUFFIX_WORD})){{0,2}})(?=\s*(?:[/:,;.)|(]|$)))?"
)
# what stands behind a post's name and a dash and is no part of the name
_NOT_A_SUFFIX = re.compile(
    r"\b(?:batch|shortlist\w*|short|rounds?|results?|interviews?|finals?|offers?|drives?|campus|apply|appl\w+|reminder"
    r"|updates?|updated|tests?|online|offline|remote|hybrid|wfh|full|part|internships?|ppos?|ppt|notice|select\w*|list"
    r"|schedule\w*|venue|deadline|extended|hiring|openings?|opportunity|registration|register|link|pool|lpa|ctc|rs|inr"
    r"|months?|india|location|stipend|package|eligib\w+|cgpa|b\.?tech|m\.?tech|urgent|congrat\w*|gd|pi|hr|job"
    r"|role|position|students?|candidates?|all|any|last|open|closed|today|tomorrow|only|on|off|pan|new|now|the|pay|fixed"
    r"|technologies|technology|pvt|ltd|limited|solutions|labs|placement|placements|recruitment|dates?|day|slots?|details?"
    r"|important|cancelled|postponed|rescheduled|revised|change\w*|correction|corrigendum)\b"
    r"|\d{4}|^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\b",
    re.IGNORECASE,
)
_JOB_TYPE = re.compile(
    r"\b(?:cse?|ece?|eee?|me|mech\w*|civil|it|b\.?tech|m\.?tech|mca|mba)\b|package|\brs\b|₹|ctc|salary|fte|intern|month|ppo|batch"
    r"|year"
    r"|pwd|lpa|stipend|full[- ]?time|girl|female|women|on-?campus|campus|remote"
    r"|wfh|\d{4}|students|only",
    re.IGNORECASE,
)
_NOT_A_ROLE = re.compile(
    r"^\d{1,2}[ -]?(?:m|months?|weeks?)\b.*$|^(?:placement|training|t&p|student|hr|campus|the|dear|our"
    r"|chief|vice|senior vice|asst|assistant|deputy"
    r"|faculty|course|class|team|industry"
    r"|help|portal|technical|executive|customer) ?(?:coordinator|officer|manager|executive|representative|lead"
    r"|assistant|expert|support)s?$"
    r"|^(?:intern|engineer|developer|associate|lead|support|expert|assistant|coordinator|get|qa|manager|officer"
    r"|fellow|consultant|executive|trainee|analyst)s?$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:the|for|of|in|and|dear|as|post|role|position|profile|apply|open|hiring|urgent|opening|requirement"
    r"|eligible|selected|walk-in|(?-i:[Ii]t)|need|wanted|required|\d+|job"
    r"|interview|shortlist\w*|round|results?|final|immediate|invitation|opportunity|drive|students?|batch"
    r"|campus|is|our|b\.tech|notice|update|reminder|b\.e)\b\W*)+",
    re.IGNORECASE,
)


def role_phrases(text: str) -> list[tuple[int, int, str]]:
    """Return (start, end, phrase) of everything that looks like the name of a post, cleaned and in the singular."""
    found = []
    for match in islice(_PHRASE.finditer(text), _MOST_PHRASES):
        name = _tidy(match)
        if len(name) > 2 and not _NOT_A_ROLE.search(name):
            found.append((match.start(), _end(match, name), name))
        elif match["inside"] is not None:  # "6 interns (Data Analyst Intern)"
            at = match.start("inside")
            found += [(at + start, at + end, inner) for start, end, inner in role_phrases(match["inside"])]
    return found


def _end(match: re.Match[str], name: str) -> int:
    """Return where the post's name ends: before brackets and a suffix that are no part of it."""
    if match["inside"] is not None and f"({match['inside']})" not in name:
        return match.start("inside") - 1
    if match["suffix"] is not None and not name.endswith(match["suffix"]):
        return len(match.string[: match.start("suffix")].rstrip(" -–"))
    return match.end()


def _tidy(match: re.Match[str]) -> str:
    suffix, inside = match["suffix"] or "", match["inside"]
    name = match.string[match.start() : match.start("suffix")].rstrip(" -–") if suffix else match[0]
    bare = name[: name.rfind("(")].strip() if inside else name
    initials = "".join(word[0] for word in bare.split() if word[0].isalpha())
    places = re.split(r"\s*(?:/|,|&|\bor\b|\band\b)\s*", inside or "")
    if inside and (
        all(map(is_city, places))
        or _JOB_TYPE.search(inside)
        or not inside[0].isupper()
        or inside.upper() == initials.upper()
    ):
        name = bare
    if suffix and not _NOT_A_SUFFIX.search(suffix) and not is_city(suffix):
        name = f"{name} {'–' if match.string[match.start('suffix') - 2] == '–' else '-'} {suffix}"
    name = _LEADING.sub("", name)
    return re.sub(rf"({ROLE_NOUN})s(?=$| \(| -)", r"\1", name, flags=re.IGNORECASE).strip(" -/&,.")

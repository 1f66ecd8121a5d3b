"""The posts that a message offers, and what each of them pays."""

import re
from collections.abc import Iterable
from itertools import pairwise

from placement_alerts.core.document import Text
from placement_alerts.core.enrollment import ENROLLMENT
from placement_alerts.core.extract.cities import is_city
from placement_alerts.core.extract.labels import Field
from placement_alerts.core.extract.pay import own_pay, total_pay
from placement_alerts.core.extract.posts_in_rows import posts_in_rows
from placement_alerts.core.extract.role_phrases import role_phrases
from placement_alerts.core.extract.unusual_roles import BARE, alone, beside_pay
from placement_alerts.core.matching import role_key
from placement_alerts.core.money import find_amounts
from placement_alerts.core.notice import Role

MOST_ROLES = 12
_LONGEST_HEADING = 70  # characters

_ROLE_LABEL = re.compile(
    r"(?:(?:job|name of (?:the )?|open|offered|internship|intern|full[- ]?time|fte|proposed|final|initial|hiring"
    r"|selected|target|work|campus) ?)*(?:role|profile|designation|position|post|job title)s?"
    r"(?: (?:offered|name|title|open))?(?:/\w+)?|the role|opening|hiring for|profile offered"
)
_STATED = re.compile(
    r"(?:\b(?:role|position|post|profile|designation|job|posts|roles|positions|profiles) of|\bas(?: an?| the)?"
    r"|\bcapacity of|\bdesignated(?: as)?(?: an?)?"
    r"|\bhir(?:e|ing)(?: for)?|\brecruit(?:ing|ment|ing for)?(?: of)?|\brequires?|\brequirement of|\boffering"
    r"|\btaking|\blooking (?:out )?for|\bneeds?(?: \d+)?"
    r"|\bopened|\bopenings? (?:for|of)|\bcontinuation (?:to|of) the|\bfor(?: the)?|\bis|\brole is|\bdesignation"
    r" offered is|\bplacements? as|\bwants?|\b(?:stipend|ctc|package|salary|pay|vacanc(?:y|ies)|opening"
    r"|openings|interviews?|test|candidates|selection|rounds?|assessment|assignment|shortlist|process|drive|discussion"
    r"|hiring) (?:of|for))"
    r"\W{1,3}(?:the |an? |fresh |\d+ )?$|\b(?:of|by|from|at|in|with) {1,2}[-–—|:] ?$",
    re.IGNORECASE,
)
_STATED_AFTER = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:role|position|opening|profile|post|vacanc\w+|designation|job|openings|roles|posts"
    r"|positions)\b",
    re.IGNORECASE,
)
_QUALIFIER = re.compile(
    r"\s[-–—]\s(?P<rest>[A-Z][\w&+#]*(?: [A-Z][\w&+#]*){0,2})"
    r"(?=\s*(?:\.?$|\()|\s+(?:with|through|at|for|in|profile|role|position|post|by|from|and|or)\b)"
)
_PAY_FOLLOWS = re.compile(r"\W{1,4}(?:₹|rs\.?|inr)?\s?\d[\d.,]*\s?(?:lpa|lakhs?|lacs?)\b", re.IGNORECASE)
_ALONE_AFTER_DASH = re.compile(r"[\s*]*[-–—:|]\s*")  # the company's name, which stood before, is taken out
_BAR_BEFORE = re.compile(r"(?:^|\|)\s*$")
_BAR_AFTER = re.compile(r"\s*\|")
_FULL_TIME = re.compile(r"\b(?:full[- ]?time|fte|convert\w*|conversion|absorbed)\b[^.;]{0,20}$", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,|/|&|and|or|, and)\s+(?:an? |\d{1,3} )?", re.IGNORECASE)
_PARTS_OF_ROW = re.compile(r"\s*[()\[\],;|]\s*|\s+[-–—]\s*")
_LONGEST_ROW = 160  # characters of a line that is about one student
_NONE = (None, None)
_IN_LIST = re.compile(r"\W*\d{1,3}[.)]\s|.{0,80}\d{6}|\W*[-•*▪➢→]\s")
_COUNTED = re.compile(
    r"\W{0,3}\(?\d{1,3}\)?(?: (?:students?|candidates?|selects?|selected))?\)?[\s:.]*$", re.IGNORECASE
)


def find_roles(text: Text, fields: Iterable[Field]) -> tuple[Role, ...]:
    """Return the posts with their pay; a single one without a name if a pay is stated and no post is named."""
    fields = tuple(fields)
    names = _names(text, fields)[:MOST_ROLES]
    lakhs, stipend = total_pay(text, fields)
    if not names:
        return (Role(role=None, package_lpa=lakhs, stipend_per_month=stipend),) if lakhs or stipend else ()
    if len(names) == 1:
        names = [_after_internship(names[0], text)]
        return (Role(role=names[0], package_lpa=lakhs, stipend_per_month=stipend),)
    own = {name: own_pay(name, names, text, fields) for name in names}
    _share(own, text)
    if not any(own.values()):
        return tuple(Role(role=name, package_lpa=lakhs, stipend_per_month=stipend) for name in names)
    return tuple(
        Role(role=n, package_lpa=(p or (None, None))[0], stipend_per_month=(p or (None, None))[1])
        for n, p in own.items()
    )


def _share(own: dict[str, tuple[float | None, int | None] | None], text: Text) -> None:
    """Give posts that are named in one breath, "A and B at 15 LPA", the pay of the last."""
    for line in text.lines:
        found = role_phrases(line.text)
        for (_, end, name), (start, _, following) in list(pairwise(found))[::-1]:
            if _BETWEEN.fullmatch(line.text, end, start) and own.get(name, _NONE) is None:
                own[name] = own.get(following)


def _after_internship(name: str, text: Text) -> str:
    """Return the full-time post that an internship leads to, where the message names both."""
    base = role_key(name).removesuffix(" intern")
    if base == role_key(name):
        return name
    for line in text.lines:
        for start, _, other in role_phrases(line.text):
            if role_key(other) == base and _FULL_TIME.search(line.text, max(0, start - 40), start):
                return other
    return name


def _names(text: Text, fields: tuple[Field, ...]) -> list[str]:
    """Return the names of the posts, from the most certain place that names any."""
    labelled = [f for f in fields if _ROLE_LABEL.fullmatch(f.label)]
    columns = _unique(name for f in labelled if f.column for name in _split(f.value))
    listed = columns or posts_in_rows(text) or _listed(text) or _above_students(text) or _behind_students(text)
    if len(listed) > 1:
        return listed
    in_title = _in_title(_without_quotes(text.title))
    stated = _unique(name for f in labelled if not f.column for name in _split(f.value))
    if in_title and not (len(stated) > len(in_title)):
        return _fuller(in_title, stated or _stated(text))
    return stated or listed or _spelled_out(beside_pay(text, fields), _stated(text)) or _alone(text)


def _spelled_out(beside: list[str], in_sentences: list[str]) -> list[str]:
    """Return the posts that pays are set apart by, in full where a sentence has them: "Trainee – Sales" for "Sales"."""
    ends = {name: re.split(r" [-–—] ", name)[-1] for name in in_sentences}
    return in_sentences if not beside or set(ends.values()) == set(beside) else beside


def _alone(text: Text) -> list[str]:
    """Return the post that an occupation alone names, with those that follow in the same breath."""
    found = alone(text)
    if found is None:
        return []
    line, end, name = found
    plain = re.sub(r"\([^()]*\)", lambda aside: " " * len(aside[0]), line)
    return [_qualified(line, end, name), *_joined_to(end, plain)]


def _in_title(title: str) -> list[str]:
    parts = [[name for _, _, name in role_phrases(part)] for part in re.split(r"\s+/\s+", title)]
    if not all(parts):  # "UI / UX Developer" is one post
        parts = [[name for _, _, name in role_phrases(title)]]
    return _unique(name for names in parts for name in names)


def _fuller(in_title: list[str], stated: list[str]) -> list[str]:
    """Prefer the name in the body where it is the same post spelled out: `SDE` in the title, `SDE (Backend)` below."""
    if len(in_title) == len(stated) == 1 and _shortens(in_title[0], stated[0]):
        return stated
    return in_title


def _shortens(short: str, long: str) -> bool:
    """Whether each word of `short` is one of `long`, or the initials of some of its words one after another."""
    words = role_key(long).split()
    initials = "".join(word[0] for word in words)
    return all(
        word in words or (1 < len(word) < len(words) + 1 and word in initials) for word in role_key(short).split()
    )


def _above_students(text: Text) -> list[str]:
    """Return posts that are headings of lists of students."""
    names = []
    for line, below in pairwise(text.lines):
        bare = _COUNTED.sub("", line.text).strip(" .:*-–")
        found = role_phrases(bare) if len(bare) <= _LONGEST_HEADING and ENROLLMENT.search(below.text) else []
        if found and found[0][:2] == (0, len(bare)):
            names.append(found[0][2])
    return _unique(names)


def _behind_students(text: Text) -> list[str]:
    """Return posts that stand behind the numbers of students: "Asha Rao 22103001 (Analyst)", "- SDE 1 -"."""
    parts = (
        part
        for line in text.lines
        if not line.cells and (number := ENROLLMENT.search(line.text[:_LONGEST_ROW]))
        for part in _PARTS_OF_ROW.split(line.text[number.end() : _LONGEST_ROW])
    )
    return _unique(found[0][2] for part in parts if (found := role_phrases(part)) and found[0][:2] == (0, len(part)))


def _listed(text: Text) -> list[str]:
    """Return posts that stand on lines of their own beside a pay: `a) Test Engineer - 5 LPA`."""
    names = []
    for line in text.lines:
        paid = [name for _, end, name in role_phrases(line.text) if _PAY_FOLLOWS.match(line.text, end)]
        if len(paid) > 1 or (paid and _IN_LIST.match(line.text)):
            names.extend(paid)
            continue
        head = re.sub(r"^\W*(?:\(?[a-z0-9]{1,2}[.)]\s*)?", "", line.text)
        found = role_phrases(head[:90])
        if (
            found
            and found[0][0] == 0
            and (
                _PAY_FOLLOWS.match(head, found[0][1])
                or (
                    re.match(r"\W{0,3}(?:\.|:|-|–|—|\(|\|)", head[found[0][1] :][:5])
                    and find_amounts(head[found[0][1] :])
                )
            )
        ):
            names.append(found[0][2])
    return _unique(names)


def _stated(text: Text) -> list[str]:
    """Return posts that a sentence names: "for the role of X", "X role", "is hiring Xs", "(X)" behind a company."""
    names: list[tuple[str, ...]] = []
    for line in text.lines:
        for start, end, name in role_phrases(line.text):
            before, after = line.text[max(0, start - 40) : start], line.text[end : end + 40]
            in_brackets = before.endswith("(") and re.match(r"\s*(?:[,)]|[-–—]\s)", after)
            if (
                _STATED.search(before)
                or _STATED_AFTER.match(after)
                or in_brackets
                or (_ALONE_AFTER_DASH.fullmatch(before) and not after.strip(" *."))
                or (not line.cells and _BAR_BEFORE.search(before) and _BAR_AFTER.match(after))
                or re.match(r"\W{0,4}\|?\W{0,3}(?:CTC|₹|INR)", after)
            ):
                full = _qualified(line.text, end, name) if _STATED.search(before) else name
                names.append((full, *_joined_to(end + len(full) - len(name), line.text)))
    return _unique(names[0]) if names else []


def _joined_to(end: int, text: str) -> list[str]:
    """Return the posts that follow the one that ends here, set apart by a comma or "and" only."""
    names = []
    for start, ends, name in role_phrases(text):
        if start >= end and _BETWEEN.fullmatch(text, end, start):
            names.append(_qualified(text, ends, name))
            end = ends + len(names[-1]) - len(name)
    return names


def _split(value: str) -> list[str]:
    parts = re.split(r"\s*[;,]\s*|\s+/\s+|\s+(?:and|&|or)\s+(?=[A-Z][\w ]+$)", value)
    if len(parts) > 1 and " / " in value and any(BARE.fullmatch(part) for part in parts):
        return [value.strip(" .*")]  # "Analyst / Associate Analyst": two grades of one post
    named = [name for part in parts for _, _, name in role_phrases(part)[:1]]
    if named:
        return named
    whole = re.sub(r"\s*\([^)]*\)|[.*]+$", "", value).strip()
    return [whole] if 2 < len(whole) <= 60 else []


def _qualified(value: str, end: int, name: str) -> str:
    """Return the post with what a labelled value adds behind a dash: "Junior Analyst - Energy Markets"."""
    match = _QUALIFIER.match(value, end)
    return name if match is None or is_city(match["rest"]) else f"{name}{match[0].rstrip()}"


def _unique(names: Iterable[str]) -> list[str]:
    """Return each post once; a name that is part of a longer one is left out."""
    kept: dict[str, str] = {}
    for name in names:
        kept.setdefault(role_key(name), name)
    return [
        name
        for key, name in kept.items()
        if not any(key != other and re.search(rf"\b{re.escape(key)}\b", other) for other in kept)
    ]


def _without_quotes(title: str) -> str:
    return re.sub(r"\"[^\"]*\"|“[^”]*”", " ", title)

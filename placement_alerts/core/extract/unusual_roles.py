"""Posts that no usual noun names: an occupation alone, and the names that a company's pays are set apart by."""

import re
from collections.abc import Iterable

from placement_alerts.core.document import Text
from placement_alerts.core.extract.cities import is_city
from placement_alerts.core.extract.labels import Field
from placement_alerts.core.matching import role_key

BARE = re.compile(
    r"(?:Engineer|Developer|Analyst|Associate|Consultant|Executive|Trainee|Specialist|Manager|Designer|Officer|Fellow)s?"
)  # a post that is named by its occupation alone
_BARE_STATED = re.compile(
    r"(?:\b(?:as|(?:role|post|position|profile|designation)(?: of)?)(?: an?| the)?[\s:–-]{1,3}(?P<a>BARE)"
    r"|\b(?P<b>BARE) (?:role|post|position|profile)|(?:[|–—]|(?:^|\s)-|^)\s*(?P<c>BARE)(?=\s+(?:[|–—]|-\s)|\s*$))"
    r"(?![\w/&-]| [A-Z])".replace("BARE", BARE.pattern)
)
_NAMED_PAY = re.compile(
    r"(?:^|[,;/&|]|\band\b)\s*(?P<name>[A-Z][\w+#.-]*(?: [A-Z][\w+#.-]*){0,4})\s*[-–—:(=]?\s*"
    r"(?:₹|(?:rs|inr)\b\.?)?\s*\d{1,3}(?:\.\d+)?\s?(?i:lpa|lakhs?|lacs?)\b"
)
_NAME_AND_PAY = re.compile(
    r"\W*(?P<name>[A-Z][\w+#.&/ -]{1,40}?)\s*(?::|–|—|-|=)\s*(?:₹|(?:rs"
    r"|inr)\b\.?)?\s*\d{1,3}(?:\.\d+)?\s?(?i:lpa|lakhs?|lacs?)\b"
)
_NOT_NAMED = re.compile(
    r"\b(?:fixed|variable|base|basic|bonus|total|ctc|package|salary|stipend|pay|gross|stocks?|esops?|joining|fte|ppo"
    r"|b\.?tech|m\.?tech|mca|mba|ug|pg|year|location|avg|average|highest|median|upto|rs|inr)\b",
    re.IGNORECASE,
)
_PAY_FIELD = re.compile(r"(?:(?:ctc|package|salary|pay|profile|role|post)s?\b ?(?:&|and|/|offered|details?)? ?){1,3}")


def beside_pay(text: Text, fields: Iterable[Field]) -> list[str]:
    """Return the names that set pays apart: "Packages: Ninja 3.36 LPA, Digital 7 LPA", lines such as "GenC : 4 LPA"."""
    names = [match["name"] for line in text.lines if (match := _NAME_AND_PAY.match(line.text))]
    if len(names) > 1 and not any(_NOT_NAMED.search(name) or is_city(name) for name in names):
        return _unique_names(names)
    for field in fields:
        names = [match["name"] for match in _NAMED_PAY.finditer(field.value)] if _PAY_FIELD.match(field.label) else []
        if len(names) > 1 and not any(_NOT_NAMED.search(name) for name in names):
            return _unique_names(names)
    return []


def alone(text: Text) -> tuple[str, int, str] | None:
    """Return (line, end, name) of a post that is named by an occupation alone where it is said to be a post."""
    for line in (text.title, *(line.text for line in text.lines if not line.cells)):
        for match in _BARE_STATED.finditer(line):
            return line, match.end(), (match["a"] or match["b"] or match["c"]).removesuffix("s")
    return None


def _unique_names(names: Iterable[str]) -> list[str]:
    return list({role_key(name): name for name in names}.values())

"""Who may apply: branches, least CGPA, graduating year."""

import re
from collections.abc import Iterator
from datetime import date

from placement_alerts.core.document import Text
from placement_alerts.core.extract.labels import rows_with_header

_STUDY = range(2, 6)  # years from admission to graduation
_FARTHEST_YEAR = 4  # years from now in which a reader of today can graduate

_ALL = re.compile(
    r"\b(?:any|all|every)\s+(?:the\s+)?(?:(?:eligible|engineering|b\.?\s?tech|ug|other)\s+)?(?:branch(?:es)?"
    r"|streams?|disciplines?|departments?|courses|specialisations?|specializations?)\b"
    r"|\b(?:branch(?:es)?|streams?|disciplines?|courses?)\W{1,4}(?:any|all|no bar)\b|\bopen (?:to|for) all\b"
    r"|\b(?:koi|kisi) bhi (?:branch|stream)|\bsab(?:hi)? branch\w*|\ball branch\w* (?:wale|ke|walon)"
    r"|\birrespective of (?:the )?(?:branch|stream)|\bbranch agnostic\b",
    re.IGNORECASE,
)
_INTEGRATED = re.compile(
    r"\b(?:int(?:g|egrated)?\.?|dual degree)[\s-]*\(?\s*m\.?\s?tech\b(?:\s*[-–(]\s*\(?[A-Za-z &]{2,40}\)?"
    r"|\s+(?:CSE|ECE|IT|BT)\b)?",
    re.IGNORECASE,
)
_MTECH = re.compile(
    r"\bm\.?\s?tech\b\.?(?:\s*[-–(]\s*\(?(?:cse?|ece?|it|bt|vlsi|computer science[A-Za-z &]*|electronics[A-Za-z"
    r" &]*)\)?)?",
    re.IGNORECASE,
)
_BRANCHES = (
    (
        "CSE",
        re.compile(
            r"\bCSE?\b(?!\.)|\bcomputers?(?: (?:science|engineering|engg)\b|(?=\s*(?:$|[,/|&;)])))|\bComp\.? ?Sc",
            re.IGNORECASE,
        ),
    ),
    (
        "ECE",
        re.compile(
            r"\bECE\b|\bE ?& ?TC\b|\bE[XN]TC\b|\belectronics (?:and|&) communications?\b|\belectronics\b", re.IGNORECASE
        ),
    ),
    (
        "IT",
        re.compile(
            r"(?:^|[\s,/&|(:–-])IT(?! (?:Analyst|Engineer|Consultant|Support|Trainee|Services"
            r"|Executive|Intern|Associate))"
            r"(?=$|[\s,/&|):;.–-])|\b[Ii]nformation [Tt]echnology\b"
        ),
    ),
    ("BT", re.compile(r"\bBT\b|\bbio-?\s?tech(?:nology)?\b", re.IGNORECASE)),
    ("MCA", re.compile(r"\bMCA\b", re.IGNORECASE)),
)
_ELIGIBLE = re.compile(
    r"\b(?:eligib\w*|branch(?:es)?|streams?|courses?|open (?:to|for)|b\.?\s?tech|m\.?\s?tech|students?|criteria"
    r"|qualification|degree|who (?:can|should|may)|candidates?|graduates?|cgpa|cpi|pointer|discipline"
    r"|pass[- ]?outs?|b\.?e\b"
    r"|programmes?"
    r"|departments?|allowed|only for|batch)\b",
    re.IGNORECASE,
)
_EXCEPT = re.compile(r"\b(?:except|excluding|other than|barring)\b", re.IGNORECASE)
_BTECH = ("CSE", "ECE", "IT", "BT")  # what "all branches" means where one of them is left out
_NOT_ELIGIBLE = re.compile(r"\bnot (?:eligible|allowed|open)\b|\bexcept\b", re.IGNORECASE)
_POST_HEAD = re.compile(
    r"\b(?:positions?|profiles?|roles?|designations?|posts?|job titles?|packages?|ctc|salary|stipend)\b"
)
_BRANCH_HEAD = re.compile(r"\b(?:branch(?:es)?|streams?|disciplines?|departments?|courses?|eligib\w+)\b")
_BUILDING = re.compile(
    r"\b(?:IT|CSE?|ECE?|BT|MCA|M\.?\s?Tech)[\s-]+(?:block|lab(?:oratory|s)?|building|seminar|auditorium|floor|wing"
    r"|hall|office|cell|park|class ?room|conference)\b",
    re.IGNORECASE,
)
_SCHOOL = re.compile(
    r"\b(?:X|XI?I|10(?:th|\+2)|12(?:th)?|ssc|hsc|cbse|icse|class (?:10|12)|matric\w*|intermediate)\b", re.IGNORECASE
)
_COLLEGE = re.compile(
    r"\b(?:b\.?\s?tech|b\.?e|m\.?\s?tech|mca|degree|graduation|ug|pg|college|pursuing|current|semesters?|engineering"
    r"|throughout|aggregate)\b",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\W*(?:(?:B\.?\s?Tech|M\.?\s?Tech|CSE?|ECE|IT|BT|MCA|Intg?\.?|Integrated|and|or|only)\b[\s,/&().+|-]*)+",
    re.IGNORECASE,
)

_COLUMNS = re.compile(r"\s*(?:(?<!\.)\.{3,}|//|\s\|\s)\s*")
_NUMBER = r"(?P<n{0}>10(?:\.0+)?|\d(?:\.\d{{1,2}})?)(?![\d%]|\.\d|\s?%)"
_CGPA = re.compile(
    rf"\b(?:c\.?g\.?p\.?a|s?gpa|cpi|pointer)\b(?:(?! no | not )[^\d.;\n"
    rf"|]| not (?=(?:be )?(?:below|less|lower|under))){{0,45}}?(?:\|\s*)?{_NUMBER.format(1)}"
    rf"(?!\s?(?:%|percent|lpa|lakh|lac|backlog|year|am\b|pm\b))"
    rf"|\b(?:criteria|eligibility|cut-?off|minimum|pointer|whoever|anyone|those|students?)\b[^.;\n\d|]{{0,60}}?"
    rf"(?<![\d.]){_NUMBER.format(4)}\s?(?:\+|(?:and|&|or) (?:above|more)\b)"
    r"(?!\s?(?:%|percent|lpa|lakh|lac|years?|months?|days|ctc|hours|backlog|students|members|offers?|compan|drives|candidates|people|rounds|am\b|pm\b))"
    rf"|(?<![\d.]){_NUMBER.format(2)}\s*\+?\s*(?:\(?on (?:a )?(?:scale of 10|10)\)?\s*)?(?:and above |or above "
    rf"|& above |or more |minimum |min\.? )?(?:in )?(?:c\.?g\.?p\.?a|cpi|gpa|pointer)\b",
    re.IGNORECASE,
)
_CHANGED_FROM = re.compile(r"\bfrom\W{0,4}$", re.IGNORECASE)
_CHANGED_TO = re.compile(rf"\s?(?:c\.?g\.?p\.?a\.?|cpi)?\s?(?:to|→|->|-)\W{{0,4}}{_NUMBER.format(3)}", re.IGNORECASE)
_YEAR = re.compile(
    r"\b(?:batch(?:es)?|class)\W{0,4}(?:of\W|:|\||-|–)?\W{0,3}(?P<a>20\d\d)(?!\s?-\s?\d\d)(?:\W{0,5}(?:and|&|/"
    r"|,|or)\W{0,2}(?P<a2>20\d\d))?"
    r"|(?P<b>20\d\d)(?:\W{1,3}(?:and|&|/|,|or)\W{0,2}(?P<b2>20\d\d))?\W{0,2}(?:(?:graduating|passing[- ]out"
    r"|pass(?:ing)?|b\.?tech)\W{0,2})?(?:batch(?:es)?|pass[- ]?outs?|graduates|graduating|passouts?|passing)\b"
    r"|\b(?:graduating|passing(?:[- ]out)?|pass(?:ing)?[- ]?out|graduation"
    r"|graduates?)\W{1,3}(?:year\W{1,4})?(?:in\W|of\W"
    r"|batch\W|:\W?)?\W{0,2}(?P<c>20\d\d)"
    r"|\b(?:b\.?\s?tech|branch|m\.?\s?tech|students)\W{1,3}(?P<d>20\d\d)\b(?!\s?-\s?\d\d)(?:\W{1,3}(?:and|&|/|,"
    r"|or)\W{0,2}(?P<d2>20\d\d))?"
    r"|(?:\||//|\()\s?(?P<g>20\d\d) (?:batch )?only\b"
    r"|\bcampus (?:recruitment|hiring|placements?|drive)\W{1,3}(?P<f>20\d\d)\b(?!\s?-\s?\d\d)"
    r"|20(?P<from>\d\d)\s?[-–]\s?(?:20)?(?P<to>\d\d)\W{1,3}(?:batch(?:es)?|pass[- ]?outs?|graduat\w+)\b"
    r"|\b(?:batch(?:es)?|class)\W{0,4}(?:of\W)?\W{0,3}20(?P<from2>\d\d)\s?[-–]\s?(?:20)?(?P<to2>\d\d)(?![\d/-])"
    r"|(?P<e>20\d\d)\s+(?:unplaced |final year )?(?:b\.?\s?tech\W{1,2})?students\b",
    re.IGNORECASE,
)


def find_branches(text: Text) -> tuple[str, ...]:
    """Return the codes of the branches that may apply, in the order of the text; ("All",) for any branch."""
    found: dict[str, None] = {}
    for line in (*_lines_about_eligibility(text), *_cells_for_posts(text)):
        if _ALL.search(line):
            left_out = {code for _, code in _codes(_EXCEPT.split(line, maxsplit=1)[1])} if _EXCEPT.search(line) else ()
            return tuple(code for code in _BTECH if code not in left_out) if left_out else ("All",)
        for _, code in sorted(_codes(line)):
            found.setdefault(code)
    return tuple(found)


def find_min_cgpa(text: Text) -> float | None:
    """Return the least CGPA on the scale of 10, None if there is none or only percentages are said."""
    of_school = [one for one in text.lines if _SCHOOL.search(one.text) and not _COLLEGE.search(one.text)]
    for line in (*(one for one in text.lines if one not in of_school), *of_school):
        if len([cell for cell in line.cells if cell]) > 2 and _has_long_number(line.text):
            continue  # a student's own CGPA
        for match in _CGPA.finditer(line.text):
            value = _new_value(line.text, match) or float(match["n1"] or match["n2"] or match["n4"])
            if 4 <= value <= 10:
                return value
    return None


def _new_value(line: str, match: re.Match[str]) -> float | None:
    """Return the second figure of "from 7 to 6.5", None if the figure is not the first of such a pair."""
    group = next(name for name in ("n1", "n2", "n4") if match[name])
    if not _CHANGED_FROM.search(line, max(0, match.start(group) - 12), match.start(group)):
        return None
    new = _CHANGED_TO.match(line, match.end(group))
    return float(new["n3"]) if new else None


def find_batch_year(text: Text, today: date) -> int | None:
    """Return the graduating year of the readers, None if none or several are said. Years of alumni do not count."""
    years: set[int] = set()
    for line in (text.title, *(line.text for line in text.lines)):
        for match in _YEAR.finditer(line):
            said = _years_in(match)
            near = {year for year in said if today.year <= year <= today.year + _FARTHEST_YEAR}
            years.update(said if near and len(said) > 1 else near)
    return years.pop() if len(years) == 1 else None


def _years_in(match: re.Match[str]) -> set[int]:
    """Return the graduating years that are said; of "2022-26 batch" the last, of a session ("2025-26") none."""
    first, last = match["from"] or match["from2"], match["to"] or match["to2"]
    if last:
        return {2000 + int(last)} if int(last) - int(first) in _STUDY else set()
    return {int(year) for year in match.groups() if year}


def _lines_about_eligibility(text: Text) -> Iterator[str]:
    near = 0
    for line in (text.title, *(line.text for line in text.lines)):
        if _has_long_number(line):
            continue
        for sentence in re.split(r"(?<=[a-z)])(?<!Int)(?<!Intg)[.]\s+(?=[A-Z])", line):
            if re.search(r"\b(?:eligib|applicable courses|who can apply|branches|criteria)", sentence, re.IGNORECASE):
                near = 6
            asked = _ELIGIBLE.search(sentence) or near or _ALONE.fullmatch(sentence)
            yield from (part for part in _COLUMNS.split(sentence)[1:] if _ALONE.fullmatch(part))
            if asked and (not _NOT_ELIGIBLE.search(sentence) or (_ALL.search(sentence) and _EXCEPT.search(sentence))):
                yield sentence
        near = max(0, near - 1)


def _cells_for_posts(text: Text) -> Iterator[str]:
    """Yield the cells below "Branch" in tables of posts: each says who may apply for one of them."""
    for _, row, header in rows_with_header(text.lines):
        if header is None or not any(_POST_HEAD.search(label) for label in header) or _has_long_number(row.text):
            continue
        yield from (cell for label, cell in zip(header, row.cells, strict=False) if _BRANCH_HEAD.search(label))


def _codes(line: str) -> Iterator[tuple[int, str]]:
    for match in _INTEGRATED.finditer(line):
        yield match.start(), "Intg. M.Tech"
    line = _BUILDING.sub(lambda match: " " * len(match[0]), line)
    rest = _INTEGRATED.sub(lambda match: " " * len(match[0]), line)
    for match in _MTECH.finditer(rest):
        yield match.start(), "M.Tech"
    rest = _MTECH.sub(lambda match: " " * len(match[0]), rest)
    for code, pattern in _BRANCHES:
        found = pattern.search(rest)
        if found is not None:
            yield found.start(), code


def _has_long_number(line: str) -> bool:
    """Whether the line names a student by number."""
    return re.search(r"\b\d{8,10}\b", line) is not None

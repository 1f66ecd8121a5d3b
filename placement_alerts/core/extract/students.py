"""The students that a message names: who is selected, called to a next round, or holds a certificate."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from placement_alerts.core.document import Line, Text, gist
from placement_alerts.core.enrollment import ENROLLMENT
from placement_alerts.core.extract.inline_names import inline_names
from placement_alerts.core.extract.labels import rows_with_header
from placement_alerts.core.extract.person_names import NO_NAME, PHONE, RELATION, as_name, full_name
from placement_alerts.core.notice import ListedStudent

MOST_STUDENTS = 2_000
_SEVERAL = 2  # lines with a number of phone from which it is the students' own
_LONGEST_VERDICT = 40  # characters of a cell that says what became of a student

_ALSO_IN_COLUMN = re.compile(r"[A-Z0-9][A-Z0-9/.-]{3,19}", re.IGNORECASE)
_NUMBER_HEAD = re.compile(r"\b(?:enrol\w*|enrl\w*|roll|regn?|registration|usn|prn|student id|admission|college id)\b")
_NAME_HEAD = re.compile(r"\b(?:name|student|candidate)s?\b|\bname\b")
_NOT_NAME_HEAD = re.compile(r"company|organi|mentor|father|faculty|role|post")
_REFUSED = re.compile(
    r"\b(?:wait\w*|not (?:selected|short\w*|recommended|cleared|approved)|reject\w*|absent|withdrawn|pending|on"
    r" hold|reserve|declined|standby)\b",
    re.IGNORECASE,
)
_SECTION_OUT = re.compile(
    r"\b(?:wait(?:ing|ed)?[- ]?list\w*|wait-listed|reserve list"
    r"|stand[- ]?by|(?:in )?waiting(?: (?:candidates?|students?|names?))?(?=\s*[(:–-])"
    r"|(?:reserved?|back-?ups?)(?=\s*[(:–-])|not selected|not shortlisted|rejected"
    r"|absent(?:ees)?\b|debarred|placement coordinators?|student coordinators?"
    r"|disqualified|on hold|pending|under process|regretted)\b[^:.]{0,40}(?::|-|–|—|$|\()",
    re.IGNORECASE,
)
_VERDICT_HEAD = re.compile(r"\b(?:result|status|remarks?|decision|outcome|verdict)\b")
_REFUSED_IN_SHORT = re.compile(r"\W*(?:no|n|ns|wl|fail(?:ed)?|did not \w+|left out)\W*", re.IGNORECASE)
_OWN_VERDICT = re.compile(
    r"[\s,;(–—:|-]\s*(?:result ?[:=-] ?)?(?:wait[- ]?list(?:ed)?|not (?:yet )?(?:selected|shortlisted|cleared)"
    r"|reject(?:ed)?|absent|on hold|disqualified|regretted|withdrawn)\W*",
    re.IGNORECASE,
)
_LEAD_OUT = re.compile(
    r"\b(?:following|below|these)\b.{0,60}\b(?:absent|debarred|blacklisted|rejected|disqualified"
    r"|not (?:yet |been )?(?:selected"
    r"|shortlisted|eligible|cleared|filled|submitted|registered|applied|reported|uploaded)|yet to|defaulters?)\b",
    re.IGNORECASE,
)
_SECTION_IN = re.compile(
    r"\b(?:selected|shortlisted|short-listed|selects|final list|qualified|cleared|panel|slot|group|batch|campus"
    r"|list|shortlist|round|offered|approved)\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\b(?:contact|spoc|co-?ordinators?|call|whatsapp|mob(?:ile)?|phone|ph|tel|quer(?:y|ies)|speaker|regards"
    r"|volunteers?|reach out|doubts|otp|transaction|reference|pnr|booking|ticket|order|invoice|account"
    r"|meeting id|passcode)\b",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(
    r"\s*(?:[,;:|()\[\]–—→•▶👉✅*]|\s/\s|\s-+\s?|\s?-+\s|^-+|-+$|\band\b|\t| {2,}|&|\d{1,2}[.)](?=\s))\s*"
)
_NUMBER_LABEL = re.compile(
    r"\b(?:reg(?:n|istration|d)?|roll|enrol(?:l?ment)?|enrl|usn|prn|student id|college id"
    r"|admission)\b\.?\s?(?:no|number|id)?"
    r"\b\.?\s?[:=#-]?(?=\s?[A-Z\d])",
    re.IGNORECASE,
)
_NAME_LABEL = re.compile(r"[\s,;|-]*\b(?:student(?:'s)? )?name\s?[:=-]\s?", re.IGNORECASE)
_SHORT = re.compile(
    r"\W*(?:\d{1,3}[.)]\s+)?(?:(?P<n1>\d{5,7})[\s,:|()–-]+(?P<a>[^\d|,;:()–]{3,60}?)"
    r"|(?P<b>[^\d|,;:()–]{3,60}?)[\s,:|(–-]+(?P<n2>\d{5,7})\)?)[\s.,;]*"
)
_BEFORE_CONTACT = re.compile(r"\s*(?P<name>[^\W\d_][^\d@<>]{2,60}?)\s+(?:\+?\d[\d -]{8,}|<?[\w.+-]{1,64}@)")
_SLOT = re.compile(r"\s*(?:[-–—,:|(]|\bat\b)\s*\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\b\.?|hrs)?\)?$", re.IGNORECASE)
_OCCUPATION = re.compile(r"Engineer|Merchant|Associate|Executive", re.IGNORECASE)
_SMALL_NAME = re.compile(r"\s*[a-z]{2,20}(?: [a-z]{1,20}){1,3}\s*")
_LIST_LEAD = re.compile(
    r"\b(?:select(?:ed|s|ion)?|shortlist\w*|select list|names|congrat\w*|cleared|qualified|offers?|ppos?"
    r"|(?:following|below|these)(?:[- ]mentioned)? (?:students|candidates))\b"
    r"|\b(?:rounds?|interviews?|tests?|gd|assessment)\b[^.:]{0,80}\bfor\s?:",
    re.IGNORECASE,
)


def find_students(text: Text, *, names_alone: bool = False) -> tuple[ListedStudent, ...]:
    """Return the listed students in the order of the text, each number once.

    Waiting lists, coordinators, contacts and senders are left out.
    names_alone: also take lists of names without numbers.
    """
    found: dict[str, ListedStudent] = {}
    for student in _listed(text):
        found.setdefault(student.enrollment or str(student.name).casefold(), student)
        if len(found) >= MOST_STUDENTS:
            break
    if not found and names_alone:
        return tuple(_short_numbers(text)) or tuple(_names_alone(text)) or tuple(_inline(text))
    return tuple(found.values())


def student_lines(text: Text) -> tuple[int, ...]:
    """Return the indexes of the lines that hold an enrollment number."""
    return tuple(index for index, line in enumerate(text.lines) if ENROLLMENT.search(line.text))


def _listed(text: Text) -> Iterator[ListedStudent]:
    headers = {index: header for index, _, header in rows_with_header(text.lines)}
    out = False
    phoned = sum(1 for line in text.lines if PHONE.search(line.text) and ENROLLMENT.search(line.text))
    for index, line in enumerate(text.lines):
        has_number = ENROLLMENT.search(line.text) is not None
        is_row = has_number and _is_row(line)
        if not is_row and (not has_number or _SECTION_OUT.search(line.text)):
            out = _section(line.text, out)
        if not has_number and not headers.get(index):
            continue
        if _is_refused(line, headers.get(index)) or _is_left_out(line, out, has_phones=phoned >= _SEVERAL):
            continue
        row = _from_row(line, headers.get(index)) if line.cells else None
        if row is not None:
            yield row
        else:
            yield from _from_line(_before_left_out(line.text))


def _section(text: str, out: bool) -> bool:
    """Return whether the lines that follow belong to a waiting list or the like."""
    if _SECTION_OUT.search(text) or _LEAD_OUT.search(text):
        return True
    return out and not _SECTION_IN.search(text) and len(text) < 60


def _is_row(line: Line) -> bool:
    """Whether the line is about a single student, so that a verdict in it is only this student's."""
    numbers = list(islice(ENROLLMENT.finditer(line.text), 2))
    if len(numbers) != 1:
        return False
    if len(line.cells) > 2:
        return _SECTION_OUT.search(line.cells[0]) is None
    verdict = next(_OWN_VERDICT.finditer(line.text, numbers[0].end()), None)
    return verdict is not None and verdict.end() == len(line.text)


def _is_refused(line: Line, header: tuple[str, ...] | None) -> bool:
    """Whether the row's own cell, or the end of the line, says that this student is not meant."""
    if any(_REFUSED.search(cell) for cell in line.cells if len(cell) < _LONGEST_VERDICT):
        return True
    if header is not None and any(
        _VERDICT_HEAD.search(label) and _REFUSED_IN_SHORT.fullmatch(cell)
        for label, cell in zip(header, line.cells, strict=False)
    ):
        return True
    return not line.cells and _is_row(line)


def _is_left_out(line: Line, out: bool, *, has_phones: bool) -> bool:
    """Whether the line names somebody else. has_phones: the list gives each student's number of phone."""
    if line.cells and len(line.cells) > 2:
        return out  # a student's own number of phone stands in such a row
    start = _SECTION_OUT.search(line.text)
    if start is not None:
        return ENROLLMENT.search(line.text, 0, start.start()) is None
    return out or bool(_CONTACT.search(ENROLLMENT.split(line.text)[0]) or (PHONE.search(line.text) and not has_phones))


def _before_left_out(text: str) -> str:
    start = _SECTION_OUT.search(text)
    return text[: start.start()] if start else text


def _from_row(line: Line, header: tuple[str, ...] | None) -> ListedStudent | None:
    """Return the student of a table row; None if the row must be read as plain text."""
    if header is None:
        return _from_cells(line.cells)
    number_at = next((i for i, label in enumerate(header) if _NUMBER_HEAD.search(label)), None)
    name_at = next(
        (
            i
            for i, label in enumerate(header)
            if _NAME_HEAD.search(label) and i != number_at and not _NOT_NAME_HEAD.search(label)
        ),
        None,
    )
    if number_at is None or name_at is None or max(number_at, name_at) >= len(line.cells):
        return _from_cells(line.cells)
    number, name = line.cells[number_at].replace(" ", ""), line.cells[name_at]
    if not (_ALSO_IN_COLUMN.fullmatch(number) and re.search(r"\d{2}", number)):
        return _from_cells(line.cells)
    return ListedStudent(name=as_name(name, strict=False), enrollment=number.upper())


def _from_cells(cells: Iterable[str]) -> ListedStudent | None:
    """Return the student of a row without headings: a number in a cell of its own and the likeliest name."""
    cells = [cell for cell in cells if cell]
    numbers = [cell for cell in cells if ENROLLMENT.fullmatch(cell)]
    if len(numbers) != 1:
        return None
    at = cells.index(numbers[0])
    nearest = sorted((cell for cell in cells if cell != numbers[0]), key=lambda cell: abs(cells.index(cell) - at))
    name = next((named for cell in nearest if (named := as_name(cell))), None)
    return ListedStudent(name=name, enrollment=numbers[0].upper())


def _from_line(text: str) -> Iterator[ListedStudent]:
    """Yield the students of a line of text: name before or after each number."""
    text = _NAME_LABEL.sub(", ", _NUMBER_LABEL.sub(" ", text))
    matches = list(ENROLLMENT.finditer(text))
    if not matches:
        return
    before = [_last_name(text[(matches[i - 1].end() if i else 0) : match.start()]) for i, match in enumerate(matches)]
    after = [
        _first_name(text[match.end() : (matches[i + 1].start() if i + 1 < len(matches) else len(text))])
        for i, match in enumerate(matches)
    ]
    names = before if before[0] is not None else after
    for match, name in zip(matches, names, strict=True):
        if name is not None or len(text) < 20:
            yield ListedStudent(name=name, enrollment=match[0].upper())


def _last_name(text: str) -> str | None:
    parts = [part for part in _SEPARATORS.split(RELATION.sub("", text[-120:])) if part.strip(" .")]
    if not parts:
        return None
    return as_name(parts[-1]) or _tail(parts[-1]) or _rare_name(parts[-1]) or _small_name(parts[-1], text)


def _first_name(text: str) -> str | None:
    parts = [part for part in _SEPARATORS.split(RELATION.sub("", text[:120])) if part.strip(" .")]
    if not parts:
        return None
    before_contact = _BEFORE_CONTACT.match(parts[0])
    return as_name(before_contact["name"]) if before_contact else as_name(parts[0])


def _rare_name(part: str) -> str | None:
    """Return a name of two words of which the second is an occupation: "Cyrus Engineer"."""
    words = part.split()
    if len(words) == 2 and NO_NAME.search(words[0]) is None and _OCCUPATION.fullmatch(words[1]):
        return as_name(part, strict=False)
    return None


def _small_name(part: str, before: str) -> str | None:
    """Return a name in small letters where its number follows in brackets: "asha rao (22103001)"."""
    if not before.rstrip().endswith("(") or _SMALL_NAME.fullmatch(part) is None or NO_NAME.search(part):
        return None
    return as_name(part.strip(), strict=False)


def _tail(part: str) -> str | None:
    """Return the capitalised words at the end of a sentence: "Acme has shortlisted Rachit Grover"."""
    match = re.search(r"(?:(?:[A-Z][\w.'’-]*+) ?){1,5}$", part)
    words = match[0].split() if match else []
    tails = [words[start:] for start in range(max(1, len(words) - 1))]  # of one word only if there is no other
    return next((name for tail in tails if (name := as_name(" ".join(tail)))), None)


def _short_numbers(text: Text) -> list[ListedStudent]:
    """Return the students of a list with numbers of five to seven digits, if they are as long as each other.

    Alone such a number can be anything: a postal code, a room, an amount.
    """
    found: dict[str, ListedStudent] = {}
    out = False
    for line in text.lines:
        out = _section(line.text, out)
        match = _SHORT.fullmatch(line.text[:120])
        if match is None or out:
            continue
        name, number = as_name(match["a"] or match["b"]), match["n1"] or match["n2"]
        if name is not None and len(name.split()) > 1:
            found.setdefault(number, ListedStudent(name=name, enrollment=number))
    return list(found.values()) if len(found) > 1 and len({len(number) for number in found}) == 1 else []


def _names_alone(text: Text) -> Iterator[ListedStudent]:
    """Yield the names of lists without numbers that follow a line about selected students.

    A list of marked entries counts only if each of them can be a name; lines without marks belong to it as long as
    they are names, if the line before them ends with a colon.
    """
    lead, names, opened = False, list[str](), False
    for line in (*text.lines, Line("")):
        bare = _SLOT.sub("", re.sub(r"^\W*(?:\d{1,3}[.)]\s*)?", "", line.text[:120]))
        marked = line.item or (bare and not line.text.startswith(bare))
        if lead and (marked or (opened and full_name(bare))):
            names.append(full_name(bare) or "")
            continue
        if len(names) > 1 and all(names):
            yield from (ListedStudent(name=name) for name in names)
        names = []
        lead = _LIST_LEAD.search(line.text) is not None and not (
            _SECTION_OUT.search(line.text) or _LEAD_OUT.search(line.text)
        )
        opened = line.text.rstrip(" *").endswith(":")


def _inline(text: Text) -> Iterator[ListedStudent]:
    """Yield those whom sentences name without numbers, each once."""
    for name in list(dict.fromkeys(inline_names(gist(text), full_name)))[:MOST_STUDENTS]:
        yield ListedStudent(name=name)

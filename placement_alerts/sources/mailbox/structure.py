"""The parts of a mail: where each one's bytes are, found without copying them.

The standard library's own splitter reads line by line and calls itself for each level: 10 MB of short lines take it
3.6 s and 130 MiB, a thousand levels end its stack. This one searches for the boundaries only, in bounded depth.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, field

from placement_alerts.sources.mailbox.headers import Headers, Parametered, parametered, split_mail, split_part
from placement_alerts.sources.mailbox.transfer import transfer_decoded

MAX_DEPTH = 12  # parts inside parts; real mails have up to 6
MAX_PARTS = 200
_MAX_TRIES = 5_000  # lines that begin like a boundary
_MIME_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,120}")
_GUESSED = re.compile(rb"(?m)^--([^\s-][^\r\n]{0,70}?|-{2,30}[^\s-][^\r\n]{0,70}?)[ \t]*\r?\n[Cc]ontent-")
_GUESS_WITHIN = 8_192  # bytes in which a boundary that the header does not name is looked for


@dataclass
class Part:
    """A part: raw[start:end] are the bytes of its body, its children those of a multipart or of an attached mail.

    implied: its type where it does not say one. depth: 0 for the mail itself. content: its Content-Type, else the
    implied one. disposition: its Content-Disposition.
    """

    headers: Headers
    raw: bytes = field(repr=False)
    start: int
    end: int
    implied: str = "text/plain"
    depth: int = 0
    children: list["Part"] = field(default_factory=list)
    content: Parametered = field(init=False)
    disposition: Parametered = field(init=False)

    def __post_init__(self) -> None:
        declared = parametered(self.headers.first("content-type"))
        known = _MIME_TYPE.fullmatch(declared.word)
        self.content = declared if known else Parametered(self.implied, declared.params)
        self.disposition = parametered(self.headers.first("content-disposition"))

    @property
    def media_type(self) -> str:
        """Its type, in lower case."""
        return self.content.word

    @property
    def body(self) -> bytes:
        """Its bytes, still encoded for transfer."""
        return self.raw[self.start : self.end]

    @property
    def filename(self) -> str:
        """The name its sender gave it; empty if none."""
        return self.disposition.params.get("filename") or self.content.params.get("name", "")


@dataclass
class Structure:
    """A mail taken apart. problems: what was left out of it, in words."""

    root: Part
    problems: list[str]


def take_apart(raw: bytes) -> Structure:
    """Return the mail's tree of parts."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")  # as old Macs ended lines
    start = len(BOM_UTF8) if raw.startswith(BOM_UTF8) else 0
    if raw.startswith((b"From ", b">From "), start):  # of an mbox file
        start = raw.find(b"\n", start) + 1
    headers, body = split_mail(raw, start, len(raw))
    structure = Structure(Part(headers, raw, body, len(raw)), ["its header is too long"] if headers.cut else [])
    open_parts, found = [structure.root], 1
    while open_parts:
        part = open_parts.pop()
        if not _is_container(part):
            continue
        if part.depth == MAX_DEPTH:
            _note(structure, f"its parts are nested more than {MAX_DEPTH} deep")
            continue
        for child in _children(part):
            found += 1
            if found > MAX_PARTS:
                _note(structure, f"it has more than {MAX_PARTS} parts")
                return structure
            if child.headers.cut:
                _note(structure, "the header of a part is too long")
            part.children.append(child)
        open_parts.extend(reversed(part.children))
    return structure


def _note(structure: Structure, problem: str) -> None:
    if problem not in structure.problems:
        structure.problems.append(problem)


def _is_container(part: Part) -> bool:
    return part.media_type.startswith("multipart/") or part.media_type == "message/rfc822"


def _children(part: Part) -> Iterator[Part]:
    if part.media_type == "message/rfc822":
        yield _attached_mail(part)
        return
    implied = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
    empty = True
    for start, end in _between_boundaries(part):
        empty = False
        headers, body = split_part(part.raw, start, end)
        yield Part(headers, part.raw, min(body, end), end, implied, part.depth + 1)
    if empty:  # what claims to have parts and has none is read as text
        part.content = Parametered("text/plain", part.content.params)


def _attached_mail(part: Part) -> Part:
    encoding = part.headers.first("content-transfer-encoding") or ""
    if encoding.lower() in {"base64", "quoted-printable"}:  # forbidden by RFC 2046, section 5.2.1, and seen
        raw = transfer_decoded(part.body, encoding)
        start, end = 0, len(raw)
    else:
        raw, start, end = part.raw, part.start, part.end
    while start < end and raw[start : start + 1] in {b"\r", b"\n"}:
        start += 1  # blank lines before its header
    headers, body = split_mail(raw, start, end)
    return Part(headers, raw, min(body, end), end, depth=part.depth + 1)


def _between_boundaries(part: Part) -> Iterator[tuple[int, int]]:
    """Yield where the parts of a multipart are; nothing if it has no boundary."""
    named = part.content.params.get("boundary", "").encode("utf-8", "replace")
    delimiters = list(_delimiters(part, named)) if named else []
    if not delimiters:
        guessed = _GUESSED.search(part.raw, part.start, min(part.end, part.start + _GUESS_WITHIN))
        delimiters = list(_delimiters(part, guessed[1])) if guessed else []
    ends = [*(before for before, _, _ in delimiters), part.end][1:]
    for (_, begun, closing), end in zip(delimiters, ends, strict=False):
        if closing:
            return
        yield begun, max(begun, end)


def _delimiters(part: Part, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield for each delimiter line where the text before it ends, where the next part begins, and if it closes."""
    raw, mark = part.raw, b"\n--" + boundary
    at = part.start - 1 if raw.startswith(b"--" + boundary, part.start) and part.start else part.start
    for _ in range(_MAX_TRIES):
        found = raw.find(mark, at, part.end)
        if found < 0:
            return
        rest = raw[found + len(mark) : min(part.end, found + len(mark) + 200)]
        line, newline, _ = rest.partition(b"\n")
        at = found + len(mark)
        if line.strip() not in {b"", b"--"} or (not newline and at + len(rest) < part.end):
            continue
        after = at + len(line)
        yield _without_line_end(raw, found), min(after + 1, part.end), line.strip() == b"--"
        at = after


def _without_line_end(raw: bytes, newline: int) -> int:
    """Return where the text before a delimiter ends: the line end before it belongs to the delimiter."""
    return newline - (raw[newline - 1 : newline] == b"\r")

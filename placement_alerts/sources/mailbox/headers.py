"""Header lines of a mail or of one of its parts: split, decoded by the standard library, and bounded.

Words are decoded by `email.policy.default`. Its parser raises many kinds of errors on malformed values, and its time
grows with the square of their length; so each value is bounded, and what it cannot read is read as plain words.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.policy import default
from email.utils import collapse_rfc2231_value
from typing import TypeVar

from placement_alerts.sources.mailbox.charsets import clean, decoded, repaired, safe_charset

T = TypeVar("T")

MAX_BLOCK = 256 * 1024  # bytes; real ones have up to 30,000, with many recipients 100,000
MAX_PART_BLOCK = 16 * 1024  # bytes of a part's header lines
MAX_LINES = 1_000  # header lines of one block
MAX_VALUE = 4_000  # characters of one value that the standard library's parser is given
MAX_PARAMETERS = 1_000  # the same of a value with parameters, as a mail may have hundreds of them
# what its parser raises, besides the errors it documents: found by mutation (tests/chaos/hostile_mails.py)
MALFORMED = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError, ArithmeticError)

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_END = re.compile(rb"\r?\n\r?\n")
_CHARSET = re.compile(r"(=\?)([^?*\s]{1,60})(\*[^?\s]{0,20})?(\?[bqBQ]\?)")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Headers:
    """Header lines in their order, the outermost first. pairs: name in lower case and raw, still folded value."""

    pairs: tuple[tuple[str, bytes], ...] = ()
    cut: bool = False

    def all(self, name: str) -> Iterator[str]:
        """Yield the values of a header, unfolded, not decoded."""
        return (unfolded(value) for key, value in self.pairs if key == name)

    def first(self, name: str) -> str | None:
        """Return the first value of a header, unfolded, not decoded; None if it is missing."""
        return next(self.all(name), None)

    def text(self, name: str) -> str:
        """Return the first value with its RFC 2047 words decoded; empty if it is missing."""
        value = self.first(name)
        return "" if value is None else decoded_words(value)


@dataclass(frozen=True, slots=True)
class Parametered:
    """A value like that of Content-Type: its first word in lower case, and its parameters by lower-case name."""

    word: str = ""
    params: dict[str, str] = field(default_factory=dict)


def split_mail(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Return the header lines of the mail raw[start:end] and where its body begins.

    Lines that are none are passed over, as a relay that breaks long lines makes some; without a blank line the first
    of them begins the body.
    """
    return _split(raw, start, end, MAX_BLOCK, strict=False)


def split_part(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Return the header lines of the part raw[start:end] and where its body begins: the first other line does."""
    return _split(raw, start, end, MAX_PART_BLOCK, strict=True)


def _split(raw: bytes, start: int, end: int, longest: int, *, strict: bool) -> tuple[Headers, int]:
    for blank in (b"\r\n", b"\n"):
        if raw.startswith(blank, start, end):
            return Headers(), start + len(blank)
    limit = min(end, start + longest)
    found = _END.search(raw, start, limit)
    headers, other = _read(raw[start : found.start() if found else limit])
    if other is not None and (strict or not found):
        return headers, start + other
    if found or limit == end:
        return headers, found.end() if found else end
    return Headers(headers.pairs, cut=True), end


def _read(block: bytes) -> tuple[Headers, int | None]:
    """Return the header lines of a block, and where the first line is that is none."""
    pairs: list[tuple[str, list[bytes]]] = []
    lines = block.split(b"\n", 20 * MAX_LINES)
    place, other = 0, None
    for line in lines[: 20 * MAX_LINES]:
        name = _NAME.match(line)
        if line[:1] in {b" ", b"\t"} and pairs:
            pairs[-1][1].append(line)
        elif name is None:
            other = place if other is None else other
        elif len(pairs) == MAX_LINES:
            return Headers(_joined(pairs), cut=True), other
        else:
            pairs.append((name[1].decode("ascii").lower(), [line[name.end() :]]))
        place += len(line) + 1
    return Headers(_joined(pairs), cut=len(lines) > 20 * MAX_LINES), other


def unfolded(value: bytes) -> str:
    """Return a raw value as one line of text: bytes beyond ASCII as UTF-8, else as Windows-1252."""
    return clean(decoded(value).replace("\r", "").replace("\n", "")).strip()


def decoded_words(value: str) -> str:
    """Return the text of an unstructured value: RFC 2047 words decoded and joined, spaces squeezed."""
    value = value[:MAX_VALUE]
    if "=?" in value:
        value = repaired(parsed(lambda: str(default.header_factory("subject", _known_charsets(value))), value))
    return squeezed(value)


def squeezed(text: str) -> str:
    """Return the text as one clean line without needless spaces."""
    return _SPACES.sub(" ", clean(text)).strip()


def parsed(read: Callable[[], T], otherwise: T) -> T:
    """Return what the standard library's parser reads, or `otherwise` if the value is beyond it."""
    try:
        return read()
    except MALFORMED:
        return otherwise


def parametered(value: str | None) -> Parametered:
    """Return a value with parameters, RFC 2231 continuations and (against the rules, but common) RFC 2047 words."""
    if not value:
        return Parametered()
    return parsed(lambda: _parametered(";".join(value[:MAX_PARAMETERS].split(";")[:40])), Parametered())


def _parametered(value: str) -> Parametered:
    message = Message()  # the modern policy's parser takes 30 ms for a hostile value, and there may be hundreds
    message["Content-Type"] = value
    (word, _), *params = message.get_params([("", "")])
    read = {name.lower(): decoded_words(repaired(collapse_rfc2231_value(text))) for name, text in reversed(params)}
    return Parametered(word.strip().lower(), read)


def _known_charsets(value: str) -> str:
    """Return the value with the charset of each encoded word replaced, where its codec must not be used."""
    return _CHARSET.sub(lambda word: word[0] if safe_charset(word[2]) else word[1] + "utf-8" + word[4], value)


def _joined(pairs: list[tuple[str, list[bytes]]]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, b"\n".join(lines)) for name, lines in pairs)

"""Authentication-Results (RFC 8601): which of these headers our own server wrote, and what they say.

Whoever sends a mail can write such headers too, with any name in them. Servers write theirs above everything that came
to them, so what counts depends on where a header stands. The server that took the mail in from outside wrote the first
`Received` line from the top that names another machine as its origin: the border. A line without an origin, of the same
machine (127.0.0.1) or of local delivery (LMTP) is not it.

* Headers above the border were written by machines of ours: all count, and nothing below does.
* Where there are none above: below the border the sender's own lines begin somewhere. Only the topmost of these headers
  there counts, only right below the border (trace lines may stand between), and only if the border was written by the
  very machine that the header names, as Gmail does it: that machine always writes its own, above any that came along.
* A mail without any `Received` line never came over a network (it was put into the folder): the topmost counts, if it
  stands above everything that a sender writes.

In each case the header must begin with the configured authserv-id. All others are as good as not there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from placement_alerts.sources.mailbox.headers import Headers, unfolded

MAX_RESULTS = 8_000  # characters of one header
_NAME = "authentication-results"
_TRACE = re.compile(r"return-path|received-spf|delivered-to|x-.*|arc-.*|dkim-filter|envelope-to|delivery-date")
_ORIGIN = re.compile(r"from\s", re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]+)", re.IGNORECASE)
# The name after "from" is what the other side calls itself; the address in brackets is where it really was.
_LOCAL = re.compile(r"from\s+\S+\s+\([\w.-]*\s*\[(?:127\.\d+\.\d+\.\d+|(?:ipv6:)?::1)\]\)", re.IGNORECASE)
_DELIVERED = re.compile(r"\swith\s+LMTP[SA]{0,2}(?:\s|$)", re.IGNORECASE)
_METHOD = re.compile(r"([a-z0-9-]+)(?:\s*/\s*\d+)?\s*=\s*([a-z0-9-]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"""(?:^|\s)([a-z0-9-]+)\s*\.\s*([a-z0-9_-]+)\s*=\s*("[^"]*"|[^\s;"]*)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Result:
    """One result. method: dkim, dmarc, spf... outcome: pass, fail... properties: by name, like "header.d"."""

    method: str
    outcome: str
    properties: Mapping[str, str]


def own_results(headers: Headers, authserv_id: str) -> list[Result]:
    """Return what our own server found out about a mail. authserv_id: its name; empty: nothing counts."""
    if not authserv_id:
        return []
    return [result for value in _own_values(headers, authserv_id) for result in results_in(value, authserv_id)]


def is_written_by(value: str, authserv_id: str) -> bool:
    """Whether a header's value names this server as its author."""
    return _names(_sections(_without_comments(value[:MAX_RESULTS]))[0], authserv_id)


def results_in(value: str, authserv_id: str) -> list[Result]:
    """Return the results in a header's value; none if it was written by another server."""
    first, *others = _sections(_without_comments(value[:MAX_RESULTS]))
    if not _names(first, authserv_id):
        return []
    return [result for section in others if (result := _result(section))]


def _own_values(headers: Headers, authserv_id: str) -> list[str]:
    border = _border(headers)
    if border is None:
        return [] if headers.first("received") else _topmost(headers, 0)  # else: nobody says where it came in
    above = [unfolded(value) for name, value in headers.pairs[:border] if name == _NAME]
    if any(is_written_by(value, authserv_id) for value in above):
        return above
    by_it = _written_by(_line(headers.pairs[border][1])) == authserv_id.lower()
    return _topmost(headers, border + 1) if by_it else []


def _topmost(headers: Headers, first: int) -> list[str]:
    """Return the first of these headers from a place on, if only trace lines stand between."""
    for name, value in headers.pairs[first:]:
        if name == _NAME:
            return [unfolded(value)]
        if not _TRACE.fullmatch(name):
            break
    return []


def _border(headers: Headers) -> int | None:
    """Return the place of the line that our border server wrote; None if no line names another machine."""
    for place, (name, value) in enumerate(headers.pairs):
        if name != "received":
            continue
        line = _line(value)
        delivered = _written_by(line) is not None and _DELIVERED.search(_without_comments(line))
        if _ORIGIN.match(line) and not _LOCAL.match(line) and not delivered:
            return place
    return None


def _line(value: bytes) -> str:
    return unfolded(value)[:MAX_RESULTS]


def _written_by(line: str) -> str | None:
    """Return the machine that wrote a `Received` line; None if there is room for doubt.

    The other side chooses the name after "from", and some servers let it have spaces, and so a "by" of its own.
    """
    names = _BY.findall(_without_comments(line))
    return names[0].lower() if len(names) == 1 else None


def _names(section: str, authserv_id: str) -> bool:
    words = section.split()
    return bool(words) and words[0].strip('"').lower() == authserv_id.lower()


def _result(section: str) -> Result | None:
    method = _METHOD.match(section.strip())
    if method is None:
        return None
    rest = section.strip()[method.end() :]
    found = {f"{kind}.{name}".lower(): value.strip('"') for kind, name, value in reversed(_PROPERTY.findall(rest))}
    return Result(method[1].lower(), method[2].lower(), found)


def _without_comments(value: str) -> str:
    """Return the value with its comments, which may be nested, turned into a space."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in value:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif not quoted and char in "()":
            depth = depth + 1 if char == "(" else max(0, depth - 1)
            kept.append(" ")
            continue
        if not depth:
            kept.append(char)
    return "".join(kept)


def _sections(value: str) -> list[str]:
    """Return what stands between semicolons; those in quotation marks part nothing."""
    return re.findall(r"""((?:[^;"]|"[^"]*"|")*)(?:;|$)""", value) or [""]

"""The words of a mail: which of its parts are read, and what they say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate

from placement_alerts.core.html import sanitise, to_text
from placement_alerts.sources.mailbox.charsets import clean, decoded
from placement_alerts.sources.mailbox.roles import Role, is_returned, role_of
from placement_alerts.sources.mailbox.structure import Part
from placement_alerts.sources.mailbox.transfer import transfer_decoded

MAX_WORDS = 1024 * 1024  # bytes of one part; the longest real circular has 100,000
MAX_JOINED = 400_000  # characters of several parts together
_MAX_STAND_IN = 300  # characters of a text that stands in for HTML
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{1,40})""", re.IGNORECASE)
_FORWARD = "---------- Forwarded message ---------"
_FORWARDED_LINES = ("From", "Date", "Subject", "To", "Cc")


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a mail or of a part. html: not sanitised, empty if there is text. cut: there were more."""

    text: str = ""
    html: str = ""
    cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.text or self.html)


def body_of(mail: Part) -> Body:
    """Return the words of a mail: of alternatives the first plain text, else the first HTML; of a sequence all."""
    return _words_of(mail, None, _Budget())


@dataclass
class _Budget:
    """How many bytes of words may still be decoded."""

    left: int = MAX_WORDS


def _words_of(part: Part, parent: Part | None, budget: _Budget) -> Body:
    kind = part.media_type
    if not part.children:
        return _leaf(part, budget) if role_of(part, parent) is Role.WORDS else Body()
    if kind == "multipart/encrypted":
        return Body()
    read = part.children[:1] if kind in {"multipart/related", "multipart/signed"} else part.children
    bodies = [_words_of(child, part, budget) for child in read if not is_returned(child, part)]
    if kind == "multipart/alternative":
        return _best_of(bodies)
    if kind == "message/rfc822":
        bodies.insert(0, Body(_forwarded_head(part.children[0])))
    return _joined(bodies)


def _leaf(part: Part, budget: _Budget) -> Body:
    if budget.left <= 0:
        return Body(cut=True)
    limit = 3 * MAX_WORDS + 1024
    raw = part.raw[part.start : min(part.end, part.start + limit)]
    raw = transfer_decoded(raw, part.headers.first("content-transfer-encoding"), MAX_WORDS)
    cut = len(raw) > MAX_WORDS
    budget.left -= len(raw)
    declared = part.content.params.get("charset")
    if part.media_type != "text/html":
        text = clean(decoded(raw[:MAX_WORDS], declared))
        flowed = part.content.params.get("format", "").lower() == "flowed"
        text = unflowed(text, part.content.params.get("delsp", "").lower() == "yes") if flowed else text
        return Body(text=text if text.strip() else "", cut=cut)
    meta = _META_CHARSET.search(raw, 0, 2048) if not declared else None
    html = clean(decoded(raw[:MAX_WORDS], meta[1].decode() if meta else declared))
    return Body(html=html if html.strip() else "", cut=cut)


def unflowed(text: str, delete_space: bool) -> str:
    """Return the text with the lines joined that the sender's program broke (RFC 3676)."""
    lines: list[list[str]] = []
    quoted, goes_on = 0, False
    for raw in text.split("\n"):
        depth = len(raw) - len(raw.lstrip(">"))
        line = raw[depth:].removeprefix(" ")
        signature = line == "-- "
        shown = line[:-1] if delete_space and line.endswith(" ") and not signature else line
        if goes_on and depth == quoted and not signature:
            lines[-1].append(shown)
        else:
            lines.append([">" * depth + (" " if depth else ""), shown])
        quoted, goes_on = depth, line.endswith(" ") and not signature
    return "\n".join("".join(pieces) for pieces in lines)


def _best_of(bodies: Sequence[Body]) -> Body:
    """Return the first text of alternatives, unless it only says that there is HTML."""
    first = _first_of(bodies)
    html = next((body for body in bodies if body.html), None)
    if html is None or not 0 < len(first.text) <= _MAX_STAND_IN:
        return first
    said, meant = " ".join(first.text.split()), " ".join(to_text(html.html).split())
    return html if len(meant) > 2 * len(said) and said not in meant else first


def _first_of(bodies: Sequence[Body]) -> Body:
    with_text = next((body for body in bodies if body.text), None)
    return with_text or next((body for body in bodies if body.html), Body(cut=any(body.cut for body in bodies)))


def _joined(bodies: Sequence[Body]) -> Body:
    """Return the words of several parts, one after another: as text if all are text, else as HTML."""
    saying = [body for body in bodies if body]
    kept = _fitting(saying)
    cut = len(kept) < len(saying) or any(body.cut for body in bodies)
    if len(kept) < 2:
        return replace(kept[0], cut=cut) if kept else Body(cut=cut)
    if not any(body.html for body in kept):
        return Body(text="\n\n".join(body.text for body in kept), cut=cut)
    parts = (sanitise(body.html) if body.html else f"<pre>{escape(body.text)}</pre>" for body in kept)
    return Body(html="\n".join(parts), cut=cut)


def _fitting(bodies: Sequence[Body]) -> Sequence[Body]:
    """Return the first ones, as many as fit; the first in any case."""
    sizes = accumulate(len(body.text) + len(body.html) for body in bodies)
    return bodies[: max(1, sum(size <= MAX_JOINED for size in sizes))]


def _forwarded_head(mail: Part) -> str:
    """Return the lines that a mail program writes over a mail that it forwards."""
    lines = [f"{name}: {mail.headers.text(name.lower())}" for name in _FORWARDED_LINES]
    return "\n".join([_FORWARD, *(line for line in lines if not line.endswith(": ")), ""])

"""What a mail says itself, ready to be understood: the words of everyone who forwarded it and added something."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, datetime, timedelta

from placement_alerts.core.dates import local_day
from placement_alerts.core.document import MAX_BODY, Line, Text, from_plain
from placement_alerts.core.html import from_html
from placement_alerts.core.mail import Mail
from placement_alerts.core.mailtext.attached import attached_lines
from placement_alerts.core.mailtext.headers import house_of, moment_of, name_of
from placement_alerts.core.mailtext.parts import Part, parts_of, says_something
from placement_alerts.core.mailtext.subjects import bare_subject, is_reply
from placement_alerts.core.mailtext.trimming import trim

_MOST_LINES = 8_000
_LONGEST_BODY = 2 * MAX_BODY  # characters: footers and quoted mails are cut off it
_LONGEST_PLACEHOLDER = 400  # characters of a text part that only says that there is an HTML part
_PLACEHOLDER = re.compile(r"\bhtml\b|view (?:this|it) (?:message|mail|e-?mail|in)|does not support", re.IGNORECASE)
_QUOTE_MARK = re.compile(r"\s{0,3}> ?")
_RELATIVE = re.compile(r"\b(?:day after tomorrow|tomorrow|today|tonight|aaj|kal)\b", re.IGNORECASE)
_AHEAD = timedelta(days=1)  # a forwarded mail cannot be younger than the mail that brings it; clocks and zones differ


@dataclass(frozen=True, slots=True)
class Content:
    """A mail's own words. text: with the rows of attachments, its title is the innermost subject.

    shown: the lines as written, for plain text with blank ones. inner: what the innermost mail says, for comparison.
    author: who wrote it: the last who added something of substance, a name. footer: small print of bulk mail.
    senders: (name, name in the domain of the address) of everyone who said something, the innermost first.
    to: whom the innermost mail is addressed to, as its header block says.
    is_answer: it answers another mail. own_words: its writer says something beside what is quoted or forwarded.
    """

    text: Text
    shown: tuple[str, ...]
    inner: str
    author: str | None
    sent_at: datetime
    footer: str
    senders: tuple[tuple[str | None, str | None], ...]
    to: str
    is_answer: bool
    own_words: bool


@dataclass(frozen=True, slots=True)
class _Own:
    """The own lines of one mail of the chain. lines: places in the body. texts: without marks of quotation."""

    part: Part
    lines: tuple[int, ...]
    texts: tuple[str, ...]
    footer: str


def read_content(mail: Mail) -> Content:
    """Take a mail's text apart."""
    is_html = bool(mail.html) and (not mail.text.strip() or _is_placeholder(mail.text))
    document = from_html("", mail.html) if is_html else None
    body = [line.text for line in document.lines] if document else _lines_of(mail.text)
    own = [_own(body, part, mail.subject, has_blank_lines=not is_html) for part in parts_of(body, mail.subject)]
    subject = next((one.part.header.subject for one in own[::-1] if one.part.header and one.part.header.subject), None)
    title = bare_subject(mail.subject if subject is None else subject, mail.list_id)
    said = [one for one in own if says_something(one.texts)] or own[-1:]
    sent_at = _sent_at(mail, own)
    dated = [_dated(one, _own_time(mail, one), sent_at) for one in said]
    text = _of_html(title, document, dated) if document else _of_plain(title, dated)
    attached = attached_lines(mail.attachments, first_table=max((line.table for line in text.lines), default=0) + 1)
    return Content(
        text=replace(
            text,
            lines=(*text.lines, *attached),
            shortened=text.shortened or (document is None and len(mail.text) > _LONGEST_BODY),
        ),
        shown=(*_shown(said), *(line.text for line in attached)),
        inner="\n".join(own[-1].texts),
        author=_author(mail, own, said),
        sent_at=sent_at,
        footer="\n".join(one.footer for one in own if one.footer),
        senders=tuple(_sender(mail, one) for one in said[::-1]),
        to=own[-1].part.header.to if own[-1].part.header else "",
        is_answer=is_reply(mail.subject),
        own_words=says_something(own[0].texts),
    )


def _is_placeholder(text: str) -> bool:
    return len(text.strip()) < _LONGEST_PLACEHOLDER and _PLACEHOLDER.search(text) is not None


def _lines_of(text: str) -> list[str]:
    return text[:_LONGEST_BODY].replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MOST_LINES]


def _own(body: Sequence[str], part: Part, subject: str, *, has_blank_lines: bool) -> _Own:
    texts = [_QUOTE_MARK.sub("", body[i], count=1) if part.depth else body[i] for i in part.lines]
    answered = is_reply(subject if part.header is None else part.header.subject or "")
    trimmed = trim(texts, range(len(texts)), is_reply=answered, has_blank_lines=has_blank_lines)
    return _Own(part, tuple(part.lines[i] for i in trimmed.kept), tuple(texts[i] for i in trimmed.kept), trimmed.footer)


def _of_plain(title: str, said: Sequence[_Own]) -> Text:
    return from_plain(title, "\n\n".join("\n".join(one.texts) for one in said))


def _of_html(title: str, document: Text, said: Sequence[_Own]) -> Text:
    kept = {index: text for one in said for index, text in zip(one.lines, one.texts, strict=True)}
    lines = [_with_text(line, kept[index]) for index, line in enumerate(document.lines) if index in kept]
    inside = "\n".join(line.text for line in lines)
    cut = "\n".join(line.text for index, line in enumerate(document.lines) if index not in kept)
    links = [
        link
        for link in document.links
        if link.line in kept and not (link.text and link.text in cut and link.text not in inside)
    ]
    return Text(title, tuple(lines), tuple(links), document.shortened)


def _with_text(line: Line, text: str) -> Line:
    return line if line.text == text or line.cells else replace(line, text=text)


def _dated(one: _Own, sent: datetime, counted_from: datetime) -> _Own:
    """Return the lines with days instead of "tomorrow" where the writer counts from another day than the reader."""
    today = local_day(sent)
    if today == local_day(counted_from) or today.year == MAXYEAR:
        return one
    days = {"day after tomorrow": 2, "tomorrow": 1, "kal": 1}

    def day(match: re.Match[str]) -> str:
        return f"{today + timedelta(days=days.get(match[0].lower(), 0)):%d %B %Y}"

    return replace(one, texts=tuple(_RELATIVE.sub(day, text) for text in one.texts))


def _own_time(mail: Mail, one: _Own) -> datetime:
    """Return when one mail of the chain was sent, as far as it says; else when the mail was that brings it."""
    said = one.part.header.sent if one.part.header else None
    read = moment_of(said, mail.sent_at) if said else None
    return read if read is not None and read - mail.sent_at <= _AHEAD else mail.sent_at


def _shown(said: Sequence[_Own]) -> list[str]:
    """Return the lines with at most one blank line between them."""
    lines: list[str] = []
    for one in said:
        for text in (*one.texts, ""):
            if text.strip() or (lines and lines[-1]):
                lines.append(text.rstrip())
    return lines[:-1] if lines and not lines[-1] else lines


def _author(mail: Mail, own: Sequence[_Own], said: Sequence[_Own]) -> str | None:
    """Return who wrote it: the outermost who added something, else the writer of the innermost mail."""
    names = [
        one.part.header.sender if one.part.header else name_of(mail.sender_name or "")
        for one in (*said[:1], *own[::-1])
    ]
    return next((name for name in names if name), None)


def _sender(mail: Mail, one: _Own) -> tuple[str | None, str | None]:
    header = one.part.header
    if header is not None:
        return header.sender, header.house
    return name_of(mail.sender_name or ""), house_of(mail.sender_address or "")


def _sent_at(mail: Mail, own: Sequence[_Own]) -> datetime:
    """Return when the innermost mail was sent, as its header block says; the mail's own time if none does."""
    for one in own[::-1]:
        said = one.part.header.sent if one.part.header else None
        read = moment_of(said, mail.sent_at) if said else None
        if read is not None and read - mail.sent_at <= _AHEAD:
            return read
    return mail.sent_at

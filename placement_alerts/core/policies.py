"""How a mail becomes a version of the placement policy, and what readers are told of it. Pure."""

import html
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from placement_alerts.core.composition import finished, notice_id
from placement_alerts.core.mail import MAILBOX, Mail
from placement_alerts.core.mail_notice import item_key
from placement_alerts.core.mail_understanding import UnderstoodMail
from placement_alerts.core.notice import Facts, Notice, NoticeKind
from placement_alerts.core.policy import Policy
from placement_alerts.core.policy_markdown import deeper, heading_of, plain, table_of_contents, to_markdown
from placement_alerts.core.timetable import show_date

MAX_LINES = 15  # of what changed; the rest is counted

_LINE_LIMIT = 160  # characters of a line that is quoted
_AMENDS = re.compile(r"\b(?:amend(?:ment|ed|s|ing)?s?|corrigendum|addendum)\b", re.IGNORECASE)
_TOP = 400  # characters in which a mail says that it is an amendment
_NUMBERING = re.compile(
    r"^\W*(?:(?:new\s+)?(?:section|clause|article|part)\s+)?[\dIVX]*(?:\.\d+)*[.):]?\s+", re.IGNORECASE
)
_IS_TITLE = re.compile(r"placement\s+policy", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+")
_GREETING = re.compile(r"(?:dear|greetings|hello|hi)\b", re.IGNORECASE)
_OPENING = "Opening"


def next_version(mail: Mail, understood: UnderstoodMail, current: Policy | None, now: datetime) -> Policy | None:
    """Return the version that the mail makes, or None if it says what the current one says, or is older than it.

    A mail that only amends stands below what it amends; any other replaces it (reference/mailbox.md, section 9).
    Raises ValueError if nobody said which graduating year the mail is about.
    """
    if understood.graduating_year is None:
        raise ValueError("a policy needs a graduating year")
    if current is not None and understood.sent_at < current.sent_at:
        return None  # it came late: what is in force was said after it
    content, title = to_markdown(understood.text), title_of(understood)
    if current is not None and _only_amends(understood, content, current):
        heading = f"Amendments of {show_date(understood.sent_at)}"
        content = f"{current.content}\n\n## {heading}\n\n{deeper(content)}"
        title = current.title
    if current is not None and _letters(content) == _letters(current.content):
        return None
    return Policy(
        year=understood.graduating_year,
        version=current.version + 1 if current else 1,
        title=title,
        content=content,
        toc=table_of_contents(content),
        mail_id=mail.id,
        author=understood.author,
        subject=mail.subject,
        sent_at=understood.sent_at,
        stored_at=now,
        updated_on=(*(current.updated_on if current else ()), understood.sent_at),
    )


def what_changed(before: Policy, after: Policy) -> tuple[str, ...]:
    """Return short lines that say what differs, section by section, in the order of `after`; no links, no addresses."""
    old, new = _sections(before.content), _sections(after.content)
    lines = [
        line
        for key, (heading, texts) in new.items()
        for line in (_changes(heading, old[key][1], texts) if key in old else (_new(heading, texts),))
    ]
    lines += [f"Removed: {heading}" for key, (heading, _) in old.items() if key not in new]
    shown = [_ADDRESS.sub("…", line) for line in lines]
    return (*shown[:MAX_LINES], f"and {len(shown) - MAX_LINES} more") if len(shown) > MAX_LINES else tuple(shown)


def notice_of(
    policy: Policy, before: Policy | None, understood: UnderstoodMail, placement_year: str, now: datetime
) -> Notice:
    """Return the notice that tells of a version. before: the version that it replaces."""
    if before is None:
        head = f"The placement policy for the batch of {policy.year} was published."
        lines = _parts(policy)
    else:
        head = f"The placement policy for the batch of {policy.year} changed; this is version {policy.version}."
        lines = what_changed(before, policy)
    shown = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return finished(
        Notice(
            id=notice_id(MAILBOX, f"policy:{policy.mail_id}"),
            revision=1,
            year=placement_year,
            source=MAILBOX,
            items=(item_key(policy.mail_id),),
            title=title_of(understood),
            html=f"<p>{html.escape(head)}</p>" + (f"<ul>{shown}</ul>" if lines else ""),
            text="\n".join([head, *(f"• {line}" for line in lines)]),
            facts=Facts(kind=NoticeKind.POLICY, author=policy.author, reasons=understood.facts.reasons),
            author=policy.author,
            published_at=policy.sent_at,
            updated_at=policy.sent_at,
            stored_at=now,
            expires_at=now,
        )
    )


def title_of(understood: UnderstoodMail) -> str:
    """Return the mail's title, or one of our own where it has none to speak of."""
    title = understood.title.strip()
    return title if len(title) >= 3 else f"Placement policy {understood.graduating_year}"


def _parts(policy: Policy) -> tuple[str, ...]:
    """Return the main headings, without those that only say that this is a policy."""
    top = min((entry.level for entry in policy.toc), default=2)
    texts = [entry.text for entry in policy.toc if entry.level == top and not _IS_TITLE.search(entry.text)]
    return tuple(_ADDRESS.sub("…", text) for text in texts[:MAX_LINES])


def _only_amends(understood: UnderstoodMail, content: str, current: Policy) -> bool:
    """Say whether the mail changes parts of the policy and does not hold it whole."""
    top = f"{understood.title}\n{understood.text[:_TOP]}"
    return bool(_AMENDS.search(top)) and len(content) < len(current.content) / 2


def _sections(content: str) -> dict[str, tuple[str, list[str]]]:
    """Return heading and lines of each section by what its heading says, without numbers, which move."""
    sections: dict[str, tuple[str, list[str]]] = {"": (_OPENING, [])}
    key = ""
    for line in content.splitlines():
        found = heading_of(line)
        if found is not None:
            key = base = _letters(_NUMBERING.sub("", found[1])) or _letters(found[1])
            number = 1
            while key in sections:
                number += 1
                key = f"{base} {number}"
            sections[key] = (found[1], [])
        elif line.strip():
            sections[key][1].append(plain(line.strip()))
    return sections


def _new(heading: str, lines: Sequence[str]) -> str:
    """Return the line that tells of a new section, with its first words."""
    words = next((line for line in lines if not _GREETING.match(line)), None)
    return f"New: {heading}: {_quoted(words)}" if words else f"New: {heading}"


def _changes(heading: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield what differs in one section."""
    old, new = {_letters(line) for line in before}, {_letters(line) for line in after}
    gone = [line for line in before if _letters(line) not in new]
    come = [line for line in after if _letters(line) not in old]
    if len(gone) == len(come) == 1:
        yield f"{heading}: {_quoted(gone[0])} → {_quoted(come[0])}"
        return
    for word, lines in (("added", come), ("removed", gone)):
        if lines:
            more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
            yield f"{heading}: {word} {_quoted(lines[0])}{more}"


def _quoted(line: str) -> str:
    words = re.sub(r"^(?:- |\d+\. )", "", line)
    return f"“{words}”" if len(words) <= _LINE_LIMIT else f"“{words[: _LINE_LIMIT - 1]}…”"


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())

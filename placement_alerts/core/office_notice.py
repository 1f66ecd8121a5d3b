"""What the placement office wrote, as a notice; and what is wrong with it before it becomes one. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from placement_alerts.core import composition
from placement_alerts.core.document import clean_title
from placement_alerts.core.draft import OFFICE, Draft, DraftId
from placement_alerts.core.enrollment import normal_number
from placement_alerts.core.html import is_web_address, links, to_text
from placement_alerts.core.notice import Audience, Facts, ListedStudent, Notice, NoticeId, NoticeKind

TITLE_LIMIT = 200  # characters
TEXT_LIMIT = 20_000
LINE_LIMIT = 200  # of company, venue and author
LINK_LIMIT = 1_000
MOST_LINKS = 20
MOST_NAMED = 2_000  # students named by number: more than a year has
NUMBER_LIMIT = 40
MOST_BRANCHES = 30
BRANCH_LIMIT = 30
WRITABLE_KINDS = tuple(kind for kind in NoticeKind if kind is not NoticeKind.IRRELEVANT)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value. field: a name of Draft's, "audience.branches" for one inside. text: a sentence."""

    field: str
    text: str


def item_key(draft_id: DraftId) -> str:
    """Return the key under which a draft stands in its notice's items."""
    return f"draft:{draft_id}"


def id_of_draft(draft_id: DraftId) -> NoticeId:
    """Return the id of a draft's notice: publishing twice makes one."""
    return composition.notice_id(OFFICE, item_key(draft_id))


def cleaned(draft: Draft) -> Draft:
    """Return the draft as it is kept: one-line values squeezed, numbers as they are compared, nothing twice."""
    numbers = (_number(one) or one.strip() for one in draft.enrollments if one.strip())
    return draft.model_copy(
        update={
            "title": clean_title(draft.title),
            "text": draft.text.replace("\r\n", "\n").strip(),
            **{name: _line(getattr(draft, name)) for name in ("company", "venue", "author")},
            "links": tuple(dict.fromkeys(one.strip() for one in draft.links if one.strip())),
            "enrollments": tuple(dict.fromkeys(numbers)),
        }
    )


def faults(draft: Draft, years: Collection[str]) -> tuple[Fault, ...]:
    """Return everything that keeps this draft from being a notice, in the order of a form. draft: as `cleaned`."""
    return tuple(_faults(draft, years))


def notice_of_draft(draft: Draft, html: str, now: datetime) -> Notice:
    """Return revision 1 of the draft's notice. html: the text, sanitised."""
    notice = _written(draft, html, now)
    return _marked(composition.finished(notice), draft)


def revised(current: Notice, draft: Draft, html: str, now: datetime) -> Notice | None:
    """Return the revision that says what the draft says; None if `current` says that already.

    Whom it is meant for and who may read it are part of what it says, though nothing is announced about these.
    """
    written = _written(draft, html, now).model_copy(
        update={"id": current.id, "items": current.items, "published_at": current.published_at}
    )
    revision = composition.next_revision(current, written, now)
    if revision is not None:
        return _marked(revision, draft)
    if _beside_text(written) == _beside_text(current):
        return None
    return composition.finished(
        written.model_copy(
            update={"revision": current.revision + 1, "changes": (), "announcement": None, "matters": False}
        )
    )


def draft_of_notice(notice: Notice, created_by: str) -> Draft:
    """Return an office notice as it was written, to be changed. Not urgent: that would be said of the change."""
    facts = notice.facts
    return Draft(
        id=DraftId(notice.id),
        year=notice.year,
        kind=facts.kind,
        title=notice.title,
        text=notice.text if notice.written is None else notice.written,
        company=facts.company,
        deadline=facts.deadline,
        event_at=facts.event_at,
        venue=facts.venue,
        links=tuple(link for link in facts.links if link not in _targets(notice.html)),
        enrollments=tuple(one.enrollment for one in facts.students if one.enrollment),
        audience=notice.audience or Audience(),
        public=notice.public,
        author=notice.author,
        created_by=created_by,
    )


def probe(year: str, audience: Audience, enrollments: Collection[str], now: datetime) -> Notice:
    """Return an empty notice for these readers: what planning is asked about before there is a real one."""
    draft = Draft(
        id=DraftId("probe"),
        year=year,
        kind=NoticeKind.ANNOUNCEMENT,
        title="",
        text="",
        audience=audience,
        enrollments=tuple(enrollments),
        created_by="",
    )
    return notice_of_draft(cleaned(draft), "", now)


def _written(draft: Draft, html: str, now: datetime) -> Notice:
    return Notice(
        id=id_of_draft(draft.id),
        revision=1,
        year=draft.year,
        source=OFFICE,
        items=(item_key(draft.id),),
        title=draft.title,
        html=html,
        text=to_text(html),
        written=draft.text,
        facts=Facts(
            kind=draft.kind,
            company=draft.company,
            deadline=draft.deadline,
            event_at=draft.event_at,
            venue=draft.venue,
            links=tuple(dict.fromkeys([*draft.links, *_targets(html)])),
            students=tuple(ListedStudent(name=None, enrollment=number) for number in draft.enrollments),
            author=draft.author,
            reasons=(f"kind: {draft.kind}, because the office chose it",),
        ),
        author=draft.author,
        published_at=now,
        updated_at=now,
        stored_at=now,
        expires_at=now,
        public=draft.public,
        audience=None if draft.audience == Audience() else draft.audience,
    )


def _marked(notice: Notice, draft: Draft) -> Notice:
    """Return the notice urgent if the office says so; of a revision only if it tells something."""
    fresh = notice.revision == 1 or notice.announcement is not None
    return notice.model_copy(update={"urgent": notice.urgent or (draft.urgent and fresh)})


def _beside_text(notice: Notice) -> tuple[object, ...]:
    return (notice.audience, notice.public, notice.author, notice.facts, notice.html)


def _targets(html: str) -> tuple[str, ...]:
    return tuple(link.url for link in links(html))


def _line(value: str | None) -> str | None:
    return " ".join((value or "").split()) or None


def _number(written: str) -> str | None:
    return normal_number(written) if len(written) <= NUMBER_LIMIT else None


def _faults(draft: Draft, years: Collection[str]) -> Iterator[Fault]:
    if draft.year not in years:
        yield Fault("year", f"There is no placement year {draft.year[:20]!r}; there are: {', '.join(sorted(years))}.")
    if draft.kind not in WRITABLE_KINDS:
        yield Fault("kind", "The office does not write notices of this kind.")
    if not draft.title:
        yield Fault("title", "A notice needs a title.")
    yield from _too_long(draft)
    yield from _link_faults(draft.links)
    yield from _number_faults(draft)
    branches = draft.audience.branches
    if len(branches) > MOST_BRANCHES or any(not 0 < len(one) <= BRANCH_LIMIT for one in branches):
        yield Fault("audience.branches", f"At most {MOST_BRANCHES} branches of {BRANCH_LIMIT} characters each.")
    if draft.public and (draft.enrollments or draft.audience.only_named):
        yield Fault("public", "A notice that names students is not for everybody.")


def _too_long(draft: Draft) -> Iterator[Fault]:
    if len(draft.title) > TITLE_LIMIT:
        yield Fault("title", f"The title has {len(draft.title)} characters; at most {TITLE_LIMIT} are possible.")
    if len(draft.text) > TEXT_LIMIT:
        yield Fault("text", f"The text has {len(draft.text):,} characters; at most {TEXT_LIMIT:,} are possible.")
    for name in ("company", "venue", "author"):
        if len(getattr(draft, name) or "") > LINE_LIMIT:
            yield Fault(name, f"At most {LINE_LIMIT} characters are possible here.")


def _link_faults(given: Collection[str]) -> Iterator[Fault]:
    if len(given) > MOST_LINKS:
        yield Fault("links", f"At most {MOST_LINKS} links are possible.")
    if any(len(link) > LINK_LIMIT or not is_web_address(link) for link in given):
        yield Fault("links", "A link begins with https:// or http:// and has at most 1,000 characters.")


def _number_faults(draft: Draft) -> Iterator[Fault]:
    numbers = draft.enrollments
    if len(numbers) > MOST_NAMED:
        yield Fault("enrollments", f"At most {MOST_NAMED:,} students can be named.")
    wrong = sum(_number(number) is None for number in numbers[:MOST_NAMED])
    if wrong:
        yield Fault("enrollments", f"Not an enrollment number: {wrong} of the {len(numbers)} given.")
    if draft.audience.only_named and not numbers:
        yield Fault("enrollments", "The notice is for named students only, and nobody is named.")

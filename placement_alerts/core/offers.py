"""How mails become one offer of a company, and what of it is worth telling (reference/offers-and-statistics.md)."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from placement_alerts.core.contributions import contribution_of, missing
from placement_alerts.core.fields import show_role
from placement_alerts.core.html import from_html
from placement_alerts.core.ids import derived_id
from placement_alerts.core.mail import MailId
from placement_alerts.core.matching import role_key
from placement_alerts.core.notice import Change, Notice, NoticeKind, Role
from placement_alerts.core.offer import (
    Contribution,
    Offer,
    OfferEvent,
    OfferEventKind,
    OfferId,
    OfferRole,
    OfferStudent,
)
from placement_alerts.core.offer_fold import Folded, completed, fold, in_order, name_key


def offer_id(year: str, company_key: str) -> OfferId:
    """Return the id of a company's offer in a year."""
    return OfferId(derived_id("o", year, company_key))


def event_id(year: str, company_key: str, mail_id: str) -> str:
    """Return the id of what a mail has to tell of a company's offer; its notice's id follows from it."""
    return derived_id("e", year, company_key, mail_id)


def add(
    offer: Offer | None,
    contribution: Contribution,
    year: str,
    company_key: str,
    *,
    announce: bool = True,
    archived: bool = False,
) -> Offer:
    """Return the offer with a mail's contribution, and the event that follows from it in `pending`.

    offer: what is stored under the company's key; None if nothing is. It is returned itself if it holds just that
    contribution. One that says something else under the same id replaces it: then an event that still waits is told
    anew, and one that was told stays as it was told. announce False: something else tells it. archived: it is history.
    """
    fresh = completed(contribution)
    known = offer.contributions if offer else ()
    if offer is not None and fresh in known:
        return offer
    others = [one for one in known if one.mail_id != fresh.mail_id]
    pending = offer.pending if offer else ()
    identifier = event_id(year, company_key, fresh.mail_id)
    waits = any(event.id == identifier for event in pending)
    if announce and (waits or len(others) == len(known)):
        event = _event(identifier, others, fresh, archived=archived)
        pending = (*(one for one in pending if one.id != identifier), *([event] if event else []))
    return _made(offer, year, company_key, [*others, fresh], pending)


def without(offer: Offer, mail_id: str) -> Offer | None:
    """Return the offer as if that mail had never come; None if nothing is left; itself if the mail says nothing."""
    left = [one for one in offer.contributions if one.mail_id != mail_id]
    if len(left) == len(offer.contributions):
        return offer
    pending = [event for event in offer.pending if event.mail_id != mail_id]
    return _made(offer, offer.year, offer.company_key, left, pending) if left else None


def united(kept: Offer | None, other: Offer, company_key: str) -> Offer:
    """Return the kept offer with everything of the other, events that wait included; itself if it has all of it."""
    known = {one.mail_id for one in kept.contributions} if kept else set()
    waiting = {event.id for event in kept.pending} if kept else set()
    contributions = [one for one in other.contributions if one.mail_id not in known]
    pending = [event for event in other.pending if event.id not in waiting]
    if kept is not None and not contributions and not pending:
        return kept
    all_of_it = [*(kept.contributions if kept else ()), *contributions]
    return _made(kept, other.year, company_key, all_of_it, [*(kept.pending if kept else ()), *pending])


def published(offer: Offer, events: Collection[str]) -> Offer | None:
    """Return the offer without these events; None if none of them waits."""
    pending = tuple(event for event in offer.pending if event.id not in events)
    if len(pending) == len(offer.pending):
        return None
    return offer.model_copy(update={"pending": pending, "version": offer.version + 1})


def tells_result(notice: Notice) -> bool:
    """Say whether a notice of the portal tells a final result with everything that an offer needs."""
    facts = notice.facts
    return facts.kind is NoticeKind.OFFER and not facts.held and not notice.withdrawn and not missing(facts)


def contribution_of_notice(notice: Notice) -> Contribution | None:
    """Return what a notice of the portal says of a final result; None if it tells none. Reads its text again: slow."""
    if not tells_result(notice):
        return None
    return contribution_of(
        notice.facts,
        from_html(notice.title, notice.html),
        mail_id=MailId(notice.id),
        subject=notice.title,
        author=notice.author,
        sent_at=notice.published_at,
    )


def _made(
    before: Offer | None,
    year: str,
    company_key: str,
    contributions: Iterable[Contribution],
    pending: Iterable[OfferEvent],
) -> Offer:
    ordered = in_order(contributions)
    folded = fold(ordered)
    return Offer(
        id=offer_id(year, company_key),
        year=year,
        company=next((one.company for one in ordered if one.company.strip()), company_key),
        company_key=company_key,
        version=before.version + 1 if before else 1,
        contributions=ordered,
        pending=tuple(pending),
        roles=folded.roles,
        students=folded.students,
        lowered=folded.lowered,
        **_told(ordered),
    )


def _told(ordered: Collection[Contribution]) -> dict[str, Any]:
    """Return the fields in which the latest mail that says them counts; places are united."""
    places: dict[str, str] = {}
    for place in (place for one in ordered for place in one.locations):
        places.setdefault(place.casefold(), place)
    told: dict[str, Any] = {
        "locations": tuple(places.values()),
        "internship_only": all(one.internship_only for one in ordered),
        "sent_at": max(one.sent_at for one in ordered),
    }
    for field in ("joining_date", "additional_info", "author", "subject"):
        said = [value for one in ordered if (value := getattr(one, field))]
        told[field] = said[-1] if said else "" if field == "subject" else None
    return told


def _event(
    identifier: str, others: Collection[Contribution], fresh: Contribution, *, archived: bool
) -> OfferEvent | None:
    """Return what the contribution changes about an offer that the others make; None if nothing that is told."""
    after = fold([*others, fresh])
    identified: tuple[OfferStudent, ...] = ()
    changes: tuple[Change, ...] = ()
    if not others:
        kind, students = OfferEventKind.NEW, after.students
    else:
        students = _only_named_by(fresh.mail_id, after)
        identified = _identified_by(others, fresh, after)
        changes = tuple(_changes(others, fresh, after))
        if identified:
            changes = (*changes, _change("Enrollment numbers", None, f"{len(identified)} of those named before"))
        if not students and not changes:
            return None
        kind = OfferEventKind.MORE_STUDENTS if students else OfferEventKind.CHANGED
    return OfferEvent(
        id=identifier,
        kind=kind,
        mail_id=fresh.mail_id,
        sent_at=fresh.sent_at,
        author=fresh.author,
        students=students,
        identified=identified,
        changes=changes,
        total_students=len(after.students),
        archived=archived,
    )


def _only_named_by(mail_id: str, folded: Folded) -> tuple[OfferStudent, ...]:
    return tuple(
        student for student, named_by in zip(folded.students, folded.named_by, strict=True) if named_by == {mail_id}
    )


def _identified_by(others: Iterable[Contribution], fresh: Contribution, folded: Folded) -> tuple[OfferStudent, ...]:
    """Return who was named before, and whose number is said now for the first time."""
    known = {student.enrollment for one in others for student in one.students}
    return tuple(
        student
        for student, named_by in zip(folded.students, folded.named_by, strict=True)
        if student.enrollment and student.enrollment not in known and named_by > {fresh.mail_id}
    )


def _changes(others: Collection[Contribution], fresh: Contribution, after: Folded) -> Iterator[Change]:
    """Yield what differs for who knew the offer before; no change names a student."""
    before = fold(others)
    was, now = _told(in_order(others)), _told(in_order([*others, fresh]))
    yield from _role_changes(before.roles, after.roles)
    yield from _pay_changes(before.students, after.students)
    if was["locations"] != now["locations"] and set(was["locations"]) != set(now["locations"]):
        yield _change("Location", ", ".join(was["locations"]), ", ".join(now["locations"]))
    if was["joining_date"] != now["joining_date"]:
        yield _change("Joining date", was["joining_date"], now["joining_date"])


def _role_changes(before: Iterable[OfferRole], after: Iterable[OfferRole]) -> Iterator[Change]:
    known = {role_key(role.role or ""): role for role in before}
    for role in after:
        was = known.get(role_key(role.role or ""))
        if was is None:
            yield _change("Role", None, _shown_role(role))
        elif (was.package_lpa, was.stipend_per_month) != (role.package_lpa, role.stipend_per_month):
            yield _change("Role", _shown_role(was), _shown_role(role))


def _pay_changes(before: Iterable[OfferStudent], after: Iterable[OfferStudent]) -> Iterator[Change]:
    """Yield how many students got another package, for each pair of old and new."""
    known = list(before)
    by_number: dict[str | None, OfferStudent] = {one.enrollment: one for one in known if one.enrollment}
    by_name = {name_key(one.name): one for one in known if not one.enrollment}
    pairs: Counter[tuple[str | None, str | None]] = Counter()
    for student in after:
        was = by_number.get(student.enrollment) or by_name.get(name_key(student.name))
        if was is not None and was.package_lpa != student.package_lpa:
            pairs[_lpa(was.package_lpa), _lpa(student.package_lpa)] += 1
    for (old, new), count in pairs.items():
        yield _change(f"Package of {count} student{'s' if count > 1 else ''}", old, new)


def _shown_role(role: OfferRole) -> str:
    """Return the role with its pay, as a message shows it."""
    return show_role(Role(role=role.role, package_lpa=role.package_lpa, stipend_per_month=role.stipend_per_month))


def _lpa(package: float | None) -> str | None:
    return None if package is None else f"{package:g} LPA"


def _change(field: str, before: str | None, after: str | None) -> Change:
    return Change(field=field, before=before or None, after=after or None)

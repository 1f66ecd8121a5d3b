"""How a mail, or what a company's offer has to tell, becomes a notice. Ids come from the mail, never from the clock."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from html import escape

from placement_alerts.core import composition
from placement_alerts.core.job import Job
from placement_alerts.core.mail import MAILBOX, Attachment, Mail, MailId
from placement_alerts.core.mail_understanding import UnderstoodMail
from placement_alerts.core.notice import Change, Facts, ListedStudent, Notice, NoticeId, NoticeKind, Role
from placement_alerts.core.offer import Offer, OfferEvent, OfferEventKind, OfferStudent

_UNREAD_TEXT = 20_000  # characters that are shown of a mail that the rules failed on
# addresses and Indian mobile numbers; plainer than what the rules take out, for when those failed
_CONTACT = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,253}|(?<!\d)(?:\+?91[ -]?)?[6-9]\d{4}[ -]?\d{5}(?!\d)")


def item_key(mail_id: MailId) -> str:
    """Return the key under which a mail stands in a notice's items."""
    return f"mail:{mail_id}"


def id_of_mail(mail_id: MailId) -> NoticeId:
    """Return the id of a mail's notice."""
    return composition.notice_id(MAILBOX, item_key(mail_id))


def id_of_event(event_id: str) -> NoticeId:
    """Return the id of an offer event's notice: follows from year, company key and mail, as the event's id does."""
    return composition.notice_id(MAILBOX, f"offer:{event_id}")


def year_of_mail(named: str | None, offered: Collection[str], active: str) -> str | None:
    """Return the placement year of a mail; None if its alias names one that is not configured.

    named: by a plus-alias, if there is one.
    """
    if named is None:
        return active
    return named if named in offered else None


def notice_of_mail(mail: Mail, understood: UnderstoodMail, year: str, job: Job | None, now: datetime) -> Notice:
    """Return the notice of a mail. job: the one on the portal that it is about; its values stand beside the mail's."""
    files = [line for one in mail.attachments if (line := _file_line(one)) and one.name not in understood.text]
    text = "\n".join([understood.text, *files]).strip()
    html = understood.html + "".join(f"<p>{escape(line)}</p>" for line in files)
    return composition.finished(
        Notice(
            id=id_of_mail(mail.id),
            revision=1,
            year=year,
            source=MAILBOX,
            items=(item_key(mail.id),),
            title=understood.title.strip() or "Notice",
            html=html,
            text=text,
            facts=understood.facts.model_copy(update={"held": None}),
            job=job,
            author=understood.author,
            published_at=understood.sent_at,
            updated_at=understood.sent_at,
            stored_at=now,
            expires_at=now,
        )
    )


def plain_reading(mail: Mail) -> UnderstoodMail:
    """Return what can be said of a mail that the rules fail on: its own subject and text, as an announcement."""
    text = _CONTACT.sub("…", mail.text[:_UNREAD_TEXT])
    return UnderstoodMail(
        facts=Facts(kind=NoticeKind.ANNOUNCEMENT, reasons=("kind: announcement, because the rules failed on it",)),
        title=mail.subject,
        text=text,
        html="".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip()),
        author=None,
        sent_at=mail.sent_at,
        year=None,
        graduating_year=None,
        contribution=None,
        digest="",
    )


def notice_of_offer(offer: Offer, event: OfferEvent, now: datetime) -> Notice:
    """Return the notice of an event. Each line that names a student can be told from the others and be hidden."""
    lines = list(_lines(offer, event))
    return composition.finished(
        Notice(
            id=id_of_event(event.id),
            revision=1,
            year=offer.year,
            source=MAILBOX,
            items=(item_key(event.mail_id),),
            title=_title(offer, event),
            html="".join(f"<p>{escape(line)}</p>" for line in lines),
            text="\n".join(lines),
            facts=_facts(offer, event),
            author=event.author,
            published_at=event.sent_at,
            updated_at=event.sent_at,
            stored_at=now,
            expires_at=now,
            archived=event.archived,
        )
    )


def _file_line(attachment: Attachment) -> str:
    if attachment.unread:
        return f"📎 With attachment {attachment.name} (not read: {attachment.unread})"
    return f"📎 With attachment {attachment.name}"


def _title(offer: Offer, event: OfferEvent) -> str:
    if event.kind is OfferEventKind.NEW:
        return f"Placement Offer: {offer.company}"
    if event.kind is OfferEventKind.MORE_STUDENTS:
        return f"Placement Update: {offer.company} (+{len(event.students)})"
    return f"Offer changed: {offer.company}"


def _facts(offer: Offer, event: OfferEvent) -> Facts:
    return Facts(
        kind=NoticeKind.OFFER,
        company=offer.company,
        roles=tuple(
            Role(role=role.role, package_lpa=role.package_lpa, stipend_per_month=role.stipend_per_month)
            for role in offer.roles
        ),
        location=offer.locations,
        students=tuple(ListedStudent(name=one.name or None, enrollment=one.enrollment) for one in _named(event)),
        author=event.author,
        reasons=(f"kind: offer, because of the event {event.kind} of the company's offers",),
    )


def _lines(offer: Offer, event: OfferEvent) -> Iterator[str]:
    """Yield what a message's fields do not say: those show company, roles and places."""
    yield from (_change_line(change) for change in event.changes)
    if offer.joining_date:
        yield f"Joining date: {offer.joining_date}"
    yield from (f"{role.role or 'Package'}: {role.details}" for role in offer.roles if role.details)
    if offer.internship_only:
        yield "An internship only"
    if event.kind is OfferEventKind.MORE_STUDENTS:
        yield f"New offers: {len(event.students)}"
    yield f"Number of offers: {event.total_students}"
    yield from (_student_line(student, offer) for student in _named(event))
    if offer.additional_info:
        yield offer.additional_info
    if event.students:
        yield "Congratulations!"


def _named(event: OfferEvent) -> tuple[OfferStudent, ...]:
    return (*event.students, *event.identified)


def _change_line(change: Change) -> str:
    if change.before is None:
        return f"{change.field} added: {change.after}"
    return f"{change.field}: {change.before} → {change.after or 'no longer stated'}"


def _student_line(student: OfferStudent, offer: Offer) -> str:
    who = f"{student.name} ({student.enrollment})" if student.name and student.enrollment else student.name
    own: list[str | None] = [student.role, f"{student.package_lpa:g} LPA" if student.package_lpa else None]
    own += [student.location if student.location not in offer.locations[:1] else None]
    own += [f"joins {student.joining_date}" if student.joining_date not in {None, offer.joining_date} else None]
    told = ", ".join(part for part in own if part)
    who = who or student.enrollment or "A student"
    return f"{who} – {told}" if told else who

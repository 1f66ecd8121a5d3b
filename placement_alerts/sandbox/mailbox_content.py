"""The mails that the demo's office writes: a list in an attachment, final results, and a stranger's mail.

Companies, persons and enrollment numbers are invented; every host is below the reserved `.example`.
"""

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from placement_alerts.sandbox.mailbox import SimulatedMailbox
from placement_alerts.sandbox.portal_content import OfficeEvent
from placement_alerts.sandbox.portal_drives import INDIA, in_words

AUTHSERV_ID = "mx.tiit.ac.example"
TRUSTED = "@tiit.ac.example"
OFFICE = "Anupam Kestwal <anupam.kestwal@tiit.ac.example>"
ROLE = "Data Analyst"
POLICY = """Dear Students,

Please find below the placement policy for the batch of 2026. Read it before you apply.

1. REGISTRATION
1.1 Taking part in campus placements is voluntary; who registers keeps to these rules.
1.2 A profile with wrong marks is withdrawn from all drives.

2. OFFERS
2.1 A student may hold one offer. Companies that pay twice as much or more may be applied for after it.
2.2 A pre-placement offer counts as an offer.

3. CONDUCT
3.1 Be in time for every test and interview you registered for; missing two of them ends your registration.
3.2 Formal dress at every interview, on campus and online.

Regards
Anupam Kestwal
"""

_PAST_COMPANIES = (
    "Ember Forge Systems",
    "Sable Networks",
    "Peacock Robotics",
    "Copperleaf Software",
    "Indigo Harrow",
    "Banyan Circuits",
    "Halcyon Freight",
    "Harbour Nine Labs",
    "Juniper Loom Technologies",
)
_BRANCHES = (0, 1, 1, 2, 2, 2, 2, 3)  # of the numbers: BT, ECE, CSE, IT
_FIRST = ("Aastha", "Bhavesh", "Chitra", "Devika", "Eshan", "Farida", "Gopal", "Harini", "Ishita", "Jatin")
_LAST = ("Bhargav", "Chandran", "Dholakia", "Iyengar", "Kulkarni", "Mirchandani", "Nambiar", "Sehgal")

Listed = tuple[str, str]  # enrollment number and name


@dataclass(frozen=True, slots=True)
class Mailing:
    """What the mails speak of. students: chosen in the order of the mails; the first two are chosen first."""

    company: str
    students: Sequence[Listed]
    now: datetime


def script(mailing: Mailing) -> tuple[OfficeEvent[SimulatedMailbox], ...]:
    """Return half a minute of the office's mails; the students named first are on every list."""

    def mails(what: str, after_s: float, raw: bytes) -> OfficeEvent[SimulatedMailbox]:
        return OfficeEvent(after_s, what, lambda mailbox: mailbox.deliver(raw))

    company = mailing.company
    later = replace(mailing, now=mailing.now + timedelta(minutes=1))
    return (
        mails(f"mails a shortlist of {company}, the list as CSV attachment", 11, shortlist(mailing)),
        mails(f"mails the final result of {company}: an offer", 16, result(mailing, mailing.students[:2], 8.5)),
        mails("(a stranger mails a fake result: it is held, an admin is asked)", 20, fake(mailing)),
        mails(f"mails more results of {company} at a better package", 27, result(later, mailing.students[2:5], 9.5)),
    )


def history(seed: int, now: datetime) -> list[tuple[bytes, datetime]]:
    """Return the placement policy and the final results of the last weeks with the time of each, oldest first."""
    rng = random.Random(seed)  # noqa: S311  invented content, not a secret
    long_ago = now - timedelta(days=60)
    mails = [(policy(Mailing("", (), long_ago)), long_ago)]
    for position, company in enumerate(_PAST_COMPANIES):
        then = now - timedelta(days=3 * (len(_PAST_COMPANIES) - position), hours=2)
        numbers = {
            str(22_101_000 + 1000 * rng.choice(_BRANCHES) + rng.randrange(1, 40)) for _ in range(rng.randrange(2, 12))
        }
        students = [(number, f"{rng.choice(_FIRST)} {rng.choice(_LAST)}") for number in sorted(numbers)]
        package = rng.randrange(9, 44) / 2
        mails.append((result(Mailing(company, students, then), students, package), then))
    return mails


def shortlist(mailing: Mailing) -> bytes:
    """Return a shortlist whose names stand in an attached CSV file."""
    at = _at(mailing.now, days=2, hour=10)
    mail = _mail(mailing, f"{mailing.company} - shortlisted students for interview", "shortlist")
    mail.set_content(
        f"Dear Students,\n\nThe students in the attached list are shortlisted for the interview of {mailing.company}"
        f" ({ROLE}).\n\nDate and time: {in_words(at)}\nVenue: LT-3, Academic Block I\n\nBring two copies of your"
        " resume.\n\nRegards\nAnupam Kestwal\n"
    )
    sheet = io.StringIO()
    csv.writer(sheet).writerows([("S.No", "Enrollment No", "Name"), *_numbered(mailing.students)])
    mail.add_attachment(sheet.getvalue().encode(), "text", "csv", filename="shortlist.csv")
    return mail.as_bytes()


def result(mailing: Mailing, students: Sequence[Listed], package: float) -> bytes:
    """Return a final result with a table of names. package: LPA."""
    mail = _mail(mailing, f"Final Result || {mailing.company} || 2026 Batch", f"result-{package}")
    rows = "".join(f"<tr><td>{n}</td><td>{number}</td><td>{name}</td></tr>" for n, number, name in _numbered(students))
    html = (
        f"<p>Dear Students,</p><p>The following students have been <b>finally selected</b> by {mailing.company} for the"
        f" role of {ROLE}.</p><p>CTC: {package:g} LPA<br>Job Location: Pune</p>"
        f"<table><tr><td>S.No</td><td>Enrollment No</td><td>Name</td></tr>{rows}</table><p>Congratulations!</p>"
    )
    mail.set_content(html, subtype="html")
    return mail.as_bytes()


def policy(mailing: Mailing) -> bytes:
    """Return the placement policy of the batch that is placed now."""
    mail = _mail(mailing, "Placement Policy for the Batch of 2026", "policy")
    mail.set_content(POLICY)
    return mail.as_bytes()


def fake(mailing: Mailing) -> bytes:
    """Return what a stranger writes in the office's name, with a forged result of the sender check further down."""
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{AUTHSERV_ID}; dkim=fail header.i=@tiit.ac.example; dmarc=fail"
    mail["Received"] = f"from mail.stranger.example by {AUTHSERV_ID}; {format_datetime(mailing.now)}"
    mail["Authentication-Results"] = f"{AUTHSERV_ID}; dkim=pass header.i=@tiit.ac.example; dmarc=pass"
    _head(mail, mailing, "Final Result || Northgate Capital || 2026 Batch", "fake")
    rows = "\n".join(f"{number}  {name}" for number, name in mailing.students[:2])
    mail.set_content(
        "Dear Students,\n\nThe following students have been finally selected by Northgate Capital for the role of"
        f" Software Engineer.\n\nCTC: 42 LPA\n\n{rows}\n\nConfirm your details at https://northgate.example/confirm\n"
    )
    return mail.as_bytes()


def _mail(mailing: Mailing, subject: str, name: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{AUTHSERV_ID}; dkim=pass header.i=@tiit.ac.example; dmarc=pass"
    mail["Received"] = f"from out.tiit.ac.example by {AUTHSERV_ID}; {format_datetime(mailing.now)}"
    _head(mail, mailing, subject, name)
    return mail


def _head(mail: EmailMessage, mailing: Mailing, subject: str, name: str) -> None:
    mail["From"] = OFFICE
    mail["To"] = "placements@tiit.ac.example"
    mail["Subject"] = subject
    mail["Date"] = format_datetime(mailing.now.astimezone(INDIA))
    mail["Message-ID"] = f"<{name}.{mailing.now:%Y%m%d%H%M%S}@tiit.ac.example>"


def _numbered(students: Sequence[Listed]) -> list[tuple[str, str, str]]:
    return [(str(position), number, name) for position, (number, name) in enumerate(students, 1)]


def _at(now: datetime, *, days: int, hour: int) -> datetime:
    day = now.astimezone(INDIA) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)

"""Who visits a page: the browser's session, the student behind it, and what they may do.

The middleware in web/sessions.py makes the visitor of every request; handlers ask here.
"""

from dataclasses import dataclass

from aiohttp import web

from placement_alerts.core.session import Session
from placement_alerts.core.student import Student


@dataclass(frozen=True, slots=True)
class Visitor:
    """student: of the session, anonymous ones too. signed_in: they proved who they are. csrf: for the forms of a page.

    csrf is "" while the browser has no cookie of ours; `sessions.begin` gives it one.
    """

    session: Session | None = None
    student: Student | None = None
    signed_in: bool = False
    is_admin: bool = False
    csrf: str = ""


VISITOR = web.RequestKey("visitor", Visitor)  # where the middleware puts it in a request


class SignInNeeded(Exception):
    """The page needs a signed-in student; the middleware leads there and back."""


class AdminsOnly(Exception):
    """The page is for admins; to everybody else it does not exist."""


def visitor(request: web.Request) -> Visitor:
    """Return who asks; a stranger where no middleware runs."""
    return request.get(VISITOR) or Visitor()


def signed_in_student(request: web.Request) -> Student:
    """Return the student who is signed in. Raises SignInNeeded."""
    found = visitor(request)
    if found.student is None or not found.signed_in:
        raise SignInNeeded
    return found.student


def admin(request: web.Request) -> Student:
    """Return the admin who asks. Raises SignInNeeded or AdminsOnly."""
    student = signed_in_student(request)
    if not visitor(request).is_admin:
        raise AdminsOnly
    return student

"""A browser that we know again, and how a person signs in on it."""

from typing import NewType

from placement_alerts.core.frozen import Frozen, UtcDatetime
from placement_alerts.core.student import StudentId

SessionId = NewType("SessionId", str)
SignInId = NewType("SignInId", str)


class Session(Frozen):
    """A browser. The cookie holds a random secret; the id is its SHA-256 in hex, so the store signs nobody in.

    student_id: whose browser it is; None: nobody's yet. signed_in: the student proved by Telegram who they are; False
    with a student: an anonymous one, made when the browser subscribed to web push. label: browser and system, for the
    student's own list of devices. A new session is made at every sign-in, so a fixed one is worth nothing.
    """

    id: SessionId
    student_id: StudentId | None = None
    signed_in: bool = False
    label: str = ""
    created_at: UtcDatetime
    visited_at: UtcDatetime
    expires_at: UtcDatetime


class SignIn(Frozen):
    """A sign-in under way. The id is the SHA-256 of its code in hex; it can be taken once, until `expires_at`.

    From a deep link: session_id is the browser that shows the link and `digits`, student_id None until that person
    finds the same number among three in the chat (else anybody's link would sign a stranger's browser in).
    From the bot: student_id is who asked for a code, session_id None; whoever types the code is signed in.
    """

    id: SignInId
    session_id: SessionId | None = None
    student_id: StudentId | None = None
    label: str = ""
    digits: str = ""
    created_at: UtcDatetime
    expires_at: UtcDatetime

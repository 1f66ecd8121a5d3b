"""What a push service's status says (reference/webpush.md, section 1). Pure."""

from enum import Enum, auto


class Answer(Enum):
    """The rows of the table."""

    TAKEN = auto()
    MALFORMED = auto()  # our bug
    UNKNOWN_SENDER = auto()  # our token, or the key of this subscription
    GONE = auto()
    TOO_LARGE = auto()
    TOO_MANY = auto()
    REDIRECT = auto()
    TROUBLE = auto()  # its own, for a while
    ODD = auto()  # a refusal that the standard does not know


_EXACT = {
    400: Answer.MALFORMED,
    401: Answer.UNKNOWN_SENDER,
    403: Answer.UNKNOWN_SENDER,
    404: Answer.GONE,
    408: Answer.TROUBLE,
    410: Answer.GONE,
    413: Answer.TOO_LARGE,
    425: Answer.TROUBLE,
    429: Answer.TOO_MANY,
}


def answer_of(status: int) -> Answer:
    """Return the row of the table for a status."""
    if status in _EXACT:
        return _EXACT[status]
    if 200 <= status < 300:
        return Answer.TAKEN
    if 300 <= status < 400:
        return Answer.REDIRECT
    return Answer.TROUBLE if status >= 500 else Answer.ODD

"""What a part is in its mail: words to be read, a file, a picture inside the words, or nothing for us."""

from collections.abc import Iterator
from enum import Enum, auto

from placement_alerts.sources.mailbox.structure import Part

_IGNORED_TYPES = """
    text/calendar application/ics text/vcard text/x-vcard text/directory text/x-amp-html text/watch-html
    text/rfc822-headers message/delivery-status message/global-delivery-status message/disposition-notification
    message/feedback-report application/pgp-signature application/pgp-keys application/pgp-encrypted
    application/pkcs7-signature application/x-pkcs7-signature application/applefile
    """
_IGNORED = frozenset(_IGNORED_TYPES.split())
_WORDS = frozenset({"text/plain", "text/html", "text/markdown", "text/x-markdown", "text/enriched"})


class Role(Enum):
    """What a part without parts of its own is."""

    WORDS = auto()
    FILE = auto()
    PICTURE = auto()  # inside the words: of a signature mostly
    NOTHING = auto()


def role_of(part: Part, parent: Part | None) -> Role:
    """Return what a part is. parent: the part that it is in; None for the mail itself."""
    if part.media_type in _IGNORED:
        return Role.NOTHING
    if part.media_type.startswith("image/") and _is_shown_inside(part, parent):
        return Role.PICTURE
    if part.media_type in _WORDS and not _is_called_file(part, parent):
        return Role.WORDS
    return Role.FILE


def leaves(part: Part, parent: Part | None = None) -> Iterator[tuple[Part, Role]]:
    """Yield the parts without parts of their own, in their order; a report's returned mail is left out."""
    if not part.children:
        container = part.media_type.startswith("multipart/") or part.media_type == "message/rfc822"
        yield part, Role.NOTHING if container else role_of(part, parent)
    for child in part.children:
        if not is_returned(child, part):
            yield from leaves(child, part)


def is_returned(part: Part, parent: Part) -> bool:
    """Whether a part is the mail that a delivery report gives back: nobody forwarded it."""
    return parent.media_type == "multipart/report" and part.media_type.startswith("message/")


def _is_shown_inside(part: Part, parent: Part | None) -> bool:
    related = parent is not None and parent.media_type == "multipart/related"
    if part.disposition.word == "attachment":
        return related and part.headers.first("content-id") is not None
    return related or part.disposition.word == "inline" or part.headers.first("content-id") is not None


def _is_called_file(part: Part, parent: Part | None) -> bool:
    if part.disposition.word == "attachment":
        return True
    return parent is not None and bool(part.filename) and part.disposition.word != "inline"

"""The links of a message that a reader can use."""

import re
from itertools import islice
from urllib.parse import urlsplit

from placement_alerts.core.document import Text

MOST_LINKS = 50
_LONGEST_LINK = 1_500  # characters

_WRITTEN = re.compile(
    r"(?<![\w@/.-])(?:https?://[^\s<>\"'\[\]{}|]+|(?:www\.)[\w.-]+\.\w{2,}(?:[/?#][^\s<>\"'\[\]{}|]*)?"
    r"|(?-i:(?:[a-z0-9-]+\.)+[a-z]{2,12})/[^\s<>\"'\[\]{}|]+)",
    re.IGNORECASE,
)
_NOT_FOR_READERS = re.compile(
    r"(?:^|\.)(?:instagram|facebook|twitter|x|linkedin|t|wa|whatsapp|pinterest|threads|discord|snapchat)\.(?:com|me|net|gg)$"
    r"|^groups\.google\.com$|^(?:my)?accounts?\.google\.com$",
    re.IGNORECASE,
)
_HOME_PAGE = re.compile(r"(?:https?://)?[\w.-]+/?", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w/.-])(?:\+?91[ -]?|0)?[6-9]\d{4}[ -]?\d{5}(?!\d)|\b0\d{2,4}[ -]\d{6,8}\b")
_REGARDS = re.compile(
    r"\W{0,8}(?:(?:thanks?|warm|best|kind|with|and|&|many) {0,2}){0,6}"
    r"(?:regards|yours (?:sincerely|faithfully|truly)|sincerely)\b",
    re.IGNORECASE,
)
_NO_LINE = 1 << 30
_MOST_SIGNED = 12  # lines of a signature
_USELESS = re.compile(r"unsubscribe|/u/\d+$|\.(?:png|jpe?g|gif|svg|webp)(?:$|\?)", re.IGNORECASE)


def find_links(text: Text) -> tuple[str, ...]:
    """Return the http(s) links in the order of the text, each once, `https://` added where the text has no scheme.

    Left out: social profiles, pictures, list footers, unsubscribe links.
    """
    found: dict[str, str] = {}
    shown = {_key(link.text) for link in text.links if link.text}
    signed = _signature(text)
    for link in text.links:
        if link.line < signed or not _HOME_PAGE.fullmatch(link.url):
            _keep(found, link.url)
    for index, line in enumerate(text.lines):
        written = [_trimmed(match[0]) for match in islice(_WRITTEN.finditer(line.text), MOST_LINKS)]
        is_signature = bool(written) and (index >= signed or _PHONE.search(line.text) is not None)
        for url in written:
            if not (is_signature and _HOME_PAGE.fullmatch(url)) and _key(url) not in shown:
                _keep(found, url if "://" in url else f"https://{url}")
        if len(found) >= MOST_LINKS:
            break
    return tuple(found.values())[:MOST_LINKS]


def _signature(text: Text) -> int:
    """Return the index of the line that begins the signature, one behind every line if there is none."""
    first = max(0, len(text.lines) - _MOST_SIGNED)
    return next((i for i, line in enumerate(text.lines[first:], first) if _REGARDS.match(line.text)), _NO_LINE)


def _keep(found: dict[str, str], url: str) -> None:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return
    if len(url) <= _LONGEST_LINK and "." in host and not _NOT_FOR_READERS.search(host) and not _USELESS.search(url):
        found.setdefault(_key(url), url)


def _key(url: str) -> str:
    return re.sub(r"^https?://", "", url.strip(), flags=re.IGNORECASE).rstrip("/").casefold()


def _trimmed(url: str) -> str:
    """Return the address without the punctuation of the sentence it stands in."""
    url = url.rstrip(".,;:!?*'’”>")
    return url[:-1] if url.endswith(")") and "(" not in url else url

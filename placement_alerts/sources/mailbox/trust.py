"""Whether the sender of a mail is one whom the settings trust, and our own mail server says that it is really them.

What counts is the outer `From` and the results of our own server (authentication.py). Forwarded blocks, display names,
`Reply-To` and `Sender` never do. A trusted domain means that domain and not the ones below it, as those may be given to
students. SPF proves the envelope only, which no reader sees: it counts within DMARC and not by itself.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from placement_alerts.sources.mailbox.authentication import Result, own_results
from placement_alerts.sources.mailbox.headers import Headers

_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\"]{1,253}")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_LIST_ID = re.compile(r"<\s*([^<>\s]{1,255})\s*>\s*$")
_MAX_FROM = 1_000  # characters


def distrust(headers: Headers, trusted: Sequence[str], authserv_id: str) -> str | None:
    """Return why the sender of a mail is not trusted, in words; None if they are.

    trusted: "office@x", "@domain" or "list:list-id", in lower case.
    """
    if not trusted:
        return "no trusted senders are configured"
    address = single_sender(headers)
    if address is None:
        return "it does not have exactly one sender"
    results = own_results(headers, authserv_id)
    named = list_id_of(headers)
    if named and f"list:{named}" in trusted and _list_signed(headers, named, results):
        return None
    domain = address.rpartition("@")[2]
    if address not in trusted and f"@{domain}" not in trusted:
        listed = named is not None and f"list:{named}" in trusted
        return "our mail server did not confirm the mailing list" if listed else "the sender is not a trusted one"
    if _confirmed(domain, results):
        return None
    return "our mail server did not confirm that it comes from the sender it names"


def single_sender(headers: Headers) -> str | None:
    """Return the address of the one `From`, in lower case; None if there is none, several, or room for doubt."""
    values = list(headers.all("from"))
    if len(values) != 1 or len(values[0]) > _MAX_FROM:
        return None
    bare = _COMMENT.sub(" ", _QUOTED.sub(" ", values[0]))
    angled = re.fullmatch(r"[^<>@,;]*<\s*([^<>\s]+)\s*>\s*", bare)
    address = angled[1] if angled else bare.strip()
    if not _ADDRESS.fullmatch(address):
        return None
    local, _, domain = address.rpartition("@")
    ascii_name = ascii_domain(domain)
    return f"{local.lower()}@{ascii_name}" if ascii_name else None


def list_id_of(headers: Headers) -> str | None:
    """Return the mailing list's id, in lower case, without its description; None if there is not exactly one."""
    values = list(headers.all("list-id"))
    if len(values) != 1:
        return None
    value = values[0][:_MAX_FROM].strip()
    angled = _LIST_ID.search(value)
    bare = angled[1] if angled else value
    return ascii_domain(bare)


def ascii_domain(domain: str) -> str | None:
    """Return a domain in lower case as it stands in DNS; None if it cannot be one, or only after folding signs."""
    name = domain.rstrip(".").lower()
    if not 0 < len(name) <= 253 or unicodedata.normalize("NFKC", name) != name:
        return None
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return name if re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", name) else None


def _confirmed(domain: str, results: Iterable[Result]) -> bool:
    """Whether a signature of the domain, or of one below it, or DMARC for the domain itself passed."""
    return any(
        (result.method == "dkim" and _is_within(_signer(result), domain))
        or (result.method == "dmarc" and ascii_domain(result.properties.get("header.from", "")) == domain)
        for result in results
        if result.outcome == "pass"
    )


def _list_signed(headers: Headers, list_id: str, results: Iterable[Result]) -> bool:
    """Whether the list's server signed the mail, the name of the list included.

    A server signs for all its lists, and for its people. So a signature that leaves `List-Id` out proves nothing about
    the list; and a sender may add one that names it and fails, so that which one passed must be beyond doubt.
    """
    signatures = [_tags(value) for value in headers.all("dkim-signature")]
    for result in results:
        signer = _signer(result) if (result.method, result.outcome) == ("dkim", "pass") else None
        if signer and "." in signer and _is_within(list_id, signer):
            meant = [tags for tags in signatures if _may_be(tags, signer, result)]
            if meant and all("list-id" in tags.get("h", "").lower().split(":") for tags in meant):
                return True
    return False


def _may_be(tags: Mapping[str, str], signer: str, result: Result) -> bool:
    """Whether the signature with these tags may be the one that a result is about."""
    selector, beginning = result.properties.get("header.s"), result.properties.get("header.b", "")
    return (
        _is_within(signer, ascii_domain(tags.get("d", "")))
        and (selector is None or selector.lower() == tags.get("s", "").lower())
        and tags.get("b", "").startswith(beginning)
    )


def _tags(signature: str) -> dict[str, str]:
    """Return the tags of a signature by name, values without spaces; of one that is given twice, none counts."""
    pairs = [part.partition("=") for part in "".join(signature.split()).split(";")]
    times = Counter(name for name, _, _ in pairs)
    return {name: value for name, _, value in pairs if times[name] == 1}


def _signer(result: Result) -> str | None:
    """Return the domain that signed: of header.d, else of header.i, which lies within it."""
    signer = result.properties.get("header.d") or result.properties.get("header.i", "").rpartition("@")[2]
    return ascii_domain(signer) if signer else None


def _is_within(domain: str | None, parent: str | None) -> bool:
    return domain is not None and parent is not None and (domain == parent or domain.endswith("." + parent))

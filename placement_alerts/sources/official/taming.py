"""Prepares a page for the parser, so that no page costs more than a normal one of its size.

lexbor needs quadratic time for deep elements and for many attributes, and quadratic memory for formatting elements that
stay open; pages that cannot be made harmless are refused.
"""

import re

MAX_PAGE = 8_000_000  # characters with scripts
MAX_REST = 1_500_000  # characters without scripts
MAX_SCRIPTS = 2_000
MAX_TAGS = 10_000  # opening and closing ones, and those in comments; the site's page has some 3,000
MAX_ATTRIBUTES = 60  # of one tag
MAX_NAMES = 40_000  # distinct words, any of which may be the name of an attribute
SMALL = 200_000  # characters, in which more than MAX_NAMES would do no harm

# The parser repeats open formatting elements in every later paragraph, and gathers the attributes of every `body`.
# We read nothing of them. An element that is empty by definition takes their place; the end tags then end nothing.
_NEEDLESS = re.compile(
    r"<(?:[abisuABISU]|(?i:big|body|code|em|font|html|nobr|small|strike|strong|tt))(?=[\s/>])[^>]{0,4000}+>"
)
_NOTHING = "<wbr>"
# A tag, as the HTML standard tokenises it, that goes on after too many attributes or after a name out of all bounds.
# Looked for at every `<`, also inside of other tags, because only the parser knows what is a tag: so all is bounded.
_GAP = r"[ \t\n\r\f]{0,1000}+"
_GAP_OR_SLASH = r"[ \t\n\r\f/]{0,1000}+"
_VALUE = r"\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]{0,300}+"
_ENDLESS_TAG = re.compile(
    rf"<[a-zA-Z][^\s/>]{{0,100}}+"
    rf"(?:{_GAP_OR_SLASH}[^\s/>][^\s/>=]{{0,100}}+(?:{_GAP}={_GAP}(?:{_VALUE}))?+){{0,{MAX_ATTRIBUTES}}}+"
    rf"{_GAP_OR_SLASH}[^>]",
    re.ASCII,
)
_WORD = re.compile(r"[\s/\"']([^\s/>=]+)")


class NotUnderstood(Exception):
    """We do not know the page's layout, find no batch, or refuse to read it. The text says which, in words."""


def tame(html: str, *, menus: bool = True) -> tuple[str, list[str]]:
    """Return the page without scripts and formatting, and the texts of its scripts. Raises NotUnderstood.

    menus: whether navigation and drawings are kept; they are half of the site's page, and say nothing of placements.
    """
    if len(html) > MAX_PAGE:
        raise NotUnderstood(f"the page has {len(html)} characters, more than {MAX_PAGE}")
    rest, scripts = _without("script", html)
    if not menus:
        rest = _without("svg", _without("nav", rest)[0])[0]
    # as references: all that follows is half as fast as soon as one character, a dash say, needs two bytes
    rest = rest.encode("ascii", "xmlcharrefreplace").decode()
    if len(rest) > MAX_REST:
        raise NotUnderstood(f"the page has {len(rest)} characters beside its scripts, more than {MAX_REST}")
    if rest.count("<") > MAX_TAGS:
        raise NotUnderstood(f"the page has more than {MAX_TAGS} tags")
    if _ENDLESS_TAG.search(rest):
        raise NotUnderstood(f"the page has a tag with more than {MAX_ATTRIBUTES} attributes")
    if len(rest) > SMALL and len(set(_WORD.findall(rest))) > MAX_NAMES:
        raise NotUnderstood(f"the page has more than {MAX_NAMES} different words")
    return _NEEDLESS.sub(_NOTHING, rest), scripts


def _without(name: str, html: str) -> tuple[str, list[str]]:
    """Return the page without these elements, and what they hold; those in capitals stay: the parser knows them too.

    The first end tag ends them. One without an end hides all that follows.
    """
    kept: list[str] = []
    inner: list[str] = []
    start = 0
    while (found := html.find(f"<{name}", start)) >= 0 and len(inner) < MAX_SCRIPTS:
        kept.append(html[start:found])
        opened = html.find(">", found) + 1
        end = html.find(f"</{name}", opened) if opened else -1
        if end < 0:
            return _NOTHING.join(kept), inner
        inner.append(html[opened:end])
        start = html.find(">", end) + 1 or len(html)
    kept.append(html[start:])
    return _NOTHING.join(kept), inner

"""Makes any HTML well-formed, shallow and short, before a real parser sees it.

The tree builder behind nh3 takes time and memory with the square of unclosed or deep elements; what leaves here
is bounded, but not yet safe to show: only `core.html.sanitise` gives that.
"""

import re
from html import escape, unescape

MAX_HTML = 400_000  # characters that are looked at; notices written in Word bring 100,000 for one page
MAX_CLEAN = 100_000  # characters that are kept
MAX_DEPTH = 40  # open elements at once; the tree builder behind nh3 needs quadratic time for deep nesting
MAX_SPAN = 50  # cells or rows that one table cell may cover

_LISTS = frozenset({"ul", "ol", "dl"})
_CONTAINERS = _LISTS | {"table", "thead", "tbody", "tfoot", "blockquote", "div", "section", "article"}
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption"})
CELLS = frozenset({"td", "th"})
_TERMS = frozenset({"dt", "dd"})
_TABLE_PARTS = CELLS | {"table", "thead", "tbody", "tfoot", "tr"}
_CLOSES_ITSELF = frozenset({"p", "li", "dt", "dd", "tr", "td", "th"})
BLOCKS = _CONTAINERS | HEADINGS | _CLOSES_ITSELF | {"pre", "hr", "br"}
_INLINE = frozenset({"a", "b", "strong", "i", "em", "u", "code", "s", "del", "sub", "sup", "small"})
VOID = frozenset({"br", "hr"})
TAGS = BLOCKS | _INLINE
_OTHER_NAMES = {"strike": "s", "center": "div", "header": "div", "footer": "div", "main": "div", "figcaption": "p"}
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}

# Possessive and anchored at the end of the text, so that no input is read twice.
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<hidden>script|style|title|template|noscript|textarea|iframe|svg|math|object)\b.*?(?:</(?P=hidden)\s*>|\Z)"
    r"|<(?P<close>/?)(?P<name>[a-z][a-z0-9:]*+)(?P<rest>(?:\"[^\"]*+\"|'[^']*+'|[^\"'<>])*+)>"
    r"|<[a-z/!?][^<>]*+>"
    r"|(?P<text>[^<]++|<)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"\b(href|colspan|rowspan)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))", re.IGNORECASE)


def well_formed(html: str) -> str:
    """Return the HTML with allowed tags only, each closed, at most MAX_DEPTH deep and about MAX_CLEAN long."""
    written: list[str] = []
    size = 0
    nesting = _Nesting()
    for token in _TOKEN.finditer(html[:MAX_HTML]):
        text = token["text"]
        piece = escape(unescape(text), quote=False) if text is not None else nesting.tag(token)
        size += len(piece)
        if size > MAX_CLEAN:
            break
        written.append(piece)
    return "".join(written)


class _Nesting:
    """Writes tags so that they are well-formed and at most MAX_DEPTH are open; tags beyond that are dropped.

    Every tag that is forgotten in the input is closed here: the tree builder carries an unclosed `<b>` on into every
    later paragraph, which grows with the square of the input.
    """

    def __init__(self) -> None:
        self._open: list[str] = []

    def tag(self, token: re.Match[str]) -> str:
        """Return what to write for a token of _TOKEN that is no text."""
        name = (token["name"] or "").lower()
        name = _OTHER_NAMES.get(name, name)
        if name not in TAGS:
            return ""
        if token["close"]:
            return self._close(name)
        if name in VOID:
            return f"<{name}>"
        closed = self._close_predecessors(name)
        if len(self._open) >= MAX_DEPTH:
            return closed
        self._open.append(name)
        return f"{closed}<{name}{_attributes(name, token['rest'])}>"

    def _close(self, name: str) -> str:
        """Close the innermost `name` and what is open inside it; inside a table cell nothing outside is closed."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] == name:
                return self._cut(index)
            if self._open[index] in CELLS and name not in _TABLE_PARTS:
                return ""
        return ""

    def _close_predecessors(self, name: str) -> str:
        """Close the `<p>`, `<li>`, `<td>` that a browser closes by itself when the next one opens."""
        closed = self._cut_back("p") if name in BLOCKS else ""
        return closed + (self._cut_back(name) if name in _CLOSES_ITSELF else "")

    def _cut_back(self, name: str) -> str:
        others = CELLS if name in CELLS else _TERMS if name in _TERMS else {name}
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] in others:
                return self._cut(index)
            if self._open[index] in _CONTAINERS or (name == "p" and self._open[index] in CELLS):
                return ""
        return ""

    def _cut(self, index: int) -> str:
        closed = "".join(f"</{name}>" for name in reversed(self._open[index:]))
        del self._open[index:]
        return closed


def _attributes(name: str, rest: str) -> str:
    wanted = ATTRIBUTES.get(name, set())
    written = []
    for match in _ATTRIBUTE.finditer(rest):
        key, value = match[1].lower(), unescape(match[2] or match[3] or match[4] or "").strip()
        if key not in wanted or (key != "href" and not _is_span(value)):
            continue
        written.append(f' {key}="{escape(value)}"')
    return "".join(dict.fromkeys(written))


def _is_span(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= len(str(MAX_SPAN)) and 0 < int(value) <= MAX_SPAN

"""Where a page may lead back to: only to ourselves. Pure."""

import re
from urllib.parse import unquote

LENGTH_MAX = 2_000  # characters
_PLAIN = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)  # printable ASCII; browsers take a backslash for a slash
_LOCAL = re.compile(r"/(?![/\\\x00-\x20])", re.ASCII)  # and leave control characters out


def local_path(text: str, default: str = "/") -> str:
    """Return a path of ours with its query, as it came; the default for whatever could lead anywhere else."""
    if len(text) > LENGTH_MAX or not _PLAIN.fullmatch(text):
        return default
    return text if _LOCAL.match(unquote(text)) else default  # a proxy may decode it before the browser sees it
